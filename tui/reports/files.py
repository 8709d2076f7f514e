"""A report as a file: .xlsx for whoever counts on, .csv for other programs, .pdf for paper (in Vietnamese)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.document import MAY_BREAK, Document, Paragraph, Picture, Said, Signature, Table
from core.forms import day_words
from core.moments import legal_day
from storage.desk import Desk
from storage.files import in_place_of
from storage.press import Press
from storage.quiet import few_collections
from tui.i18n import in_language
from tui.papers import heading_of
from tui.reports import Report
from tui.reports.pictures import charts, pictures
from tui.reports.sheet import Cell, Part, Sheet, cell_text, headers

FORMATS = (".xlsx", ".csv", ".pdf")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@few_collections()
def write(desk: Desk, report: Report, facts: Any, path: Path) -> None:
    """Write the report by the ending of its name, one of FORMATS. Raises OSError where the file cannot be written: what
    stood there stays."""
    with in_place_of(path) as fresh:
        ending = path.suffix.lower()
        if ending == ".pdf":
            with in_language("vi"):
                sheet = report.sheet(desk, facts)
                fresh.write_bytes(_pdf(desk, sheet, pictures(charts(desk, sheet, facts))))
            return
        sheet = report.sheet(desk, facts)
        if ending == ".csv":
            _write_csv(sheet, fresh)
            return
        from tui.reports.spreadsheet import write_xlsx  # openpyxl behind it: only this path pays for it

        write_xlsx(sheet, fresh)


def _write_csv(sheet: Sheet, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(_rows(sheet))


def _rows(sheet: Sheet) -> Iterator[list[object]]:
    yield from ([_harmless(words)] for words in (sheet.title, sheet.period, *sheet.about))
    for title, part in sheet.parts:
        yield []
        yield [_harmless(title)]
        yield list(headers(part))
        for line in part.lines:
            yield [cell.isoformat() if isinstance(cell, date) else _harmless(cell) for cell in line.cells]


def _harmless(cell: str | int | Decimal) -> str | int | Decimal:
    """A spreadsheet takes a text that begins like a formula for one."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


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
    return Table(title, headers(part), rows, empty)


def _paper(cell: Cell) -> str:
    """A number may go over to the next line behind each of its hyphens."""
    return cell_text(cell).replace("-", f"-{MAY_BREAK}")
