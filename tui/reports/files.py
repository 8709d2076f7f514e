"""A report as a file: .xlsx for whoever counts on, .csv for other programs, .pdf for paper (in Vietnamese)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from core.document import Document, Paragraph, Said, Signature, Table
from core.forms import day_words
from core.moments import legal_day
from storage.desk import Desk
from storage.press import Press
from tui.i18n import in_language, tr
from tui.papers import heading_of
from tui.reports import Report
from tui.reports.sheet import Cell, Part, Sheet, cell_text

FORMATS = (".xlsx", ".csv", ".pdf")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NARROW, _BROAD = 12, 60
_SHEET_NAME = 31


def write(desk: Desk, report: Report, facts: Any, path: Path) -> None:
    """Write the report by the ending of its name, one of FORMATS. Raises OSError where the file cannot be written."""
    ending = path.suffix.lower()
    if ending == ".pdf":
        with in_language("vi"):
            path.write_bytes(_pdf(desk, report.sheet(desk, facts)))
        return
    (_write_xlsx if ending == ".xlsx" else _write_csv)(report.sheet(desk, facts), path)


def _write_csv(sheet: Sheet, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(_rows(sheet))


def _rows(sheet: Sheet) -> Iterator[list[object]]:
    yield from ([_harmless(words)] for words in (sheet.title, sheet.period, *sheet.about))
    for title, part in sheet.parts:
        yield []
        yield [_harmless(title)]
        yield list(_headers(part))
        for line in part.lines:
            yield [cell.isoformat() if isinstance(cell, date) else _harmless(cell) for cell in line.cells]


def _harmless(cell: str | int) -> str | int:
    """A spreadsheet takes a text that begins like a formula for one."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _write_xlsx(sheet: Sheet, path: Path) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook()
    page = book.active
    page.title = sheet.totals.title[:_SHEET_NAME]
    for words in (sheet.title, sheet.period, *sheet.about):
        _append(page, (words,))
    page["A1"].font = Font(bold=True, size=14)
    page.append([])
    for place, part in enumerate(sheet.tables):
        if place:
            page = book.create_sheet(part.title[:_SHEET_NAME])
        _append(page, _headers(part))
        for cell in page[page.max_row]:
            cell.font = Font(bold=True)
        page.freeze_panes = page.cell(page.max_row + 1, 1)
        for line in part.lines:
            _append(page, line.cells)
        for number, column in enumerate(part.columns):
            longest = max((len(cell_text(line.cells[number])) for line in part.lines), default=0)
            width = min(_BROAD, max(_NARROW, longest + 2, len(tr(column.title_key)) + 2))
            page.column_dimensions[page.cell(1, number + 1).column_letter].width = width
    book.save(path)


def _append(page: Any, cells: Iterable[Cell]) -> None:
    """Values as they are: texts never as formulas, days as days."""
    page.append(list(cells))
    for cell in page[page.max_row]:
        if cell.data_type == "f":
            cell.data_type = "s"
        elif cell.is_date:
            cell.number_format = "dd/mm/yyyy"


def _headers(part: Part) -> tuple[str, ...]:
    return tuple(tr(column.title_key) for column in part.columns)


def _pdf(desk: Desk, sheet: Sheet) -> bytes:
    today = legal_day(desk.now())
    press = Press(desk.folder)
    form = press.form("report", today)
    document = Document(
        form=replace(form, title=f"{form.title}\n{sheet.title.upper()}"),
        heading=heading_of(desk, form),
        day_words=day_words(today),
        blocks=(
            Said((("", sheet.period),), strong=True),
            *(Paragraph(words) for words in sheet.about),
            *(_table(title, part, form.words["none"]) for title, part in sheet.parts),
        ),
        signatures=(Signature((form.words["sign_maker"],), "", form.words["sign_here"]),),
    )
    return press.letters([document], desk.now()).content


def _table(title: str, part: Part, empty: str) -> Table:
    rows = tuple(tuple(_paper(cell) for cell in line.cells) for line in part.lines)
    return Table(title, _headers(part), rows, empty)


def _paper(cell: Cell) -> str:
    """A number may go over to the next line behind each of its hyphens."""
    return cell_text(cell).replace("-", "-\u200b")
