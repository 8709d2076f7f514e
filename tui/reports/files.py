"""A report as a file: .xlsx for whoever counts on, .csv for other programs, .pdf for paper (in Vietnamese)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.document import Document, Paragraph, Picture, Said, Signature, Table
from core.forms import day_words
from core.moments import legal_day
from storage.desk import Desk
from storage.press import Press
from tui.i18n import in_language, tr
from tui.papers import heading_of
from tui.reports import Report
from tui.reports.pictures import charts, pictures
from tui.reports.sheet import Cell, Part, Sheet, cell_text

FORMATS = (".xlsx", ".csv", ".pdf")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NARROW, _BROAD = 12, 60
_LINE = 15
"""Points that a line of a spreadsheet is high."""
_SHEET_NAME = 31


def write(desk: Desk, report: Report, facts: Any, path: Path) -> None:
    """Write the report by the ending of its name, one of FORMATS. Raises OSError where the file cannot be written."""
    ending = path.suffix.lower()
    if ending == ".pdf":
        with in_language("vi"):
            sheet = report.sheet(desk, facts)
            path.write_bytes(_pdf(desk, sheet, pictures(charts(desk, sheet, facts))))
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


def _harmless(cell: str | int | Decimal) -> str | int | Decimal:
    """A spreadsheet takes a text that begins like a formula for one."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _write_xlsx(sheet: Sheet, path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    page = _Page(book.active, sheet.totals)
    for words in (sheet.title, sheet.period, *sheet.about):
        page.say(words)
    page.append(())
    page.table()
    for part in sheet.tables[1:]:
        _Page(book.create_sheet(), part).table()
    book.save(path)


class _Page:
    """One part on a sheet of its own; it counts its rows itself, for openpyxl looks through all of them."""

    def __init__(self, page: Any, part: Part) -> None:
        from openpyxl.styles import Alignment, Font
        from openpyxl.utils import get_column_letter

        self._page, self._part, self._row = page, part, 0
        self._bold, self._wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        self._letters = [get_column_letter(number) for number in range(1, len(part.columns) + 1)]
        self._widths = [
            min(_BROAD, max(_NARROW, 2 + max(map(len, cells)))) for cells in zip(*self._texts(), strict=True)
        ]
        page.title = part.title[:_SHEET_NAME]
        for letter, width in zip(self._letters, self._widths, strict=True):
            page.column_dimensions[letter].width = width

    def _texts(self) -> Iterator[tuple[str, ...]]:
        yield tuple(tr(column.title_key) for column in self._part.columns)
        yield from (tuple(map(cell_text, line.cells)) for line in self._part.lines)

    def say(self, words: str) -> None:
        """A line across the whole table."""
        self.append((words,))
        cell = self._page.cell(self._row, 1)
        cell.alignment = self._wrapped
        if self._row == 1:
            cell.font = self._bold
        self._page.merge_cells(f"{self._letters[0]}{self._row}:{self._letters[-1]}{self._row}")
        self._page.row_dimensions[self._row].height = _LINE * (1 + len(words) // sum(self._widths))

    def table(self) -> None:
        """Heads that stay, the lines, and A4 across for paper: as wide as one sheet, the heads again on each."""
        page = self._page
        self.append(_headers(self._part))
        head = self._row
        for letter in self._letters:
            page[f"{letter}{head}"].font, page[f"{letter}{head}"].alignment = self._bold, self._wrapped
        page.freeze_panes = f"A{head + 1}"
        for line in self._part.lines:
            self.append(line.cells)
        page.print_area = f"A1:{self._letters[-1]}{self._row}"
        page.print_title_rows = f"{head}:{head}"
        page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
        page.sheet_properties.pageSetUpPr.fitToPage = True

    def append(self, cells: Iterable[Cell]) -> None:
        """Values as they are: texts never as formulas, days as days."""
        self._row += 1
        for number, value in enumerate(cells, 1):
            cell = self._page.cell(self._row, number, value)
            if cell.data_type == "f":
                cell.data_type = "s"
            elif isinstance(value, date):
                cell.number_format = "dd/mm/yyyy"


def _headers(part: Part) -> tuple[str, ...]:
    return part.heads or tuple(tr(column.title_key) for column in part.columns)


def _pdf(desk: Desk, sheet: Sheet, drawn: Iterable[Picture]) -> bytes:
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
            *(_table(title, part, form.words["none"]) for title, part in sheet.parts if part.on_paper),
            *drawn,
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
