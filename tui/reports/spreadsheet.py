"""A report as .xlsx: openpyxl makes the book with heads, widths and paper; the rows go into its sheets as text.

A cell object for each of a year's 600,000 cells took 17 s; rows that are written straight take about a tenth.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import islice
from pathlib import Path
from textwrap import wrap
from typing import Any, NamedTuple
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from tui.i18n import tr
from tui.reports.sheet import Cell, Line, Part, Sheet, cell_text, headers
from tui.widgets.columns import Column

_NARROW, _BROAD = 12, 60
_LINE = 15
"""Points that a line of a spreadsheet is high."""
_SHEET_NAME = 31
_MEASURED = 500
"""As many lines tell how wide a column is."""
_SLICE = 2_000
_EPOCH = date(1899, 12, 30).toordinal()
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NO_NAME = re.compile(r"[\[\]:*?/\\]")
"""What the name of a sheet may not have."""
_SPECIAL = re.compile("[&<>\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_REMEMBERED = 60_000
"""Texts of a column; more than a year of a station has dossiers."""
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"')
_END = b"</sheetData>"


def write_xlsx(sheet: Sheet, path: Path) -> None:
    """The totals with what is said of them, and each list on a sheet of its own. Raises OSError."""
    from openpyxl import Workbook

    book = Workbook()
    names = _names(part.title for part in sheet.tables)
    first = _Page(book.active, sheet.totals, next(names))
    for words in (sheet.title, sheet.period, *sheet.about):
        first.say(words)
    first.skip()
    first.table()
    pages = [first]
    for part in sheet.tables[1:]:
        pages.append(_Page(book.create_sheet(), part, next(names)))
        pages[-1].table()
    made = BytesIO()
    book.save(made)
    known: _Known = {}
    by_name = {f"xl/worksheets/sheet{number}.xml": page for number, page in enumerate(pages, 1)}
    with ZipFile(made) as frame, ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as file:
        for name in frame.namelist():
            page, content = by_name.get(name), frame.read(name)
            if page is None:
                file.writestr(name, content)
                continue
            with file.open(name, "w") as there:
                there.writelines(page.filled(content, known))


def _names(titles: Iterable[str]) -> Iterator[str]:
    """A name for each sheet as spreadsheets allow it: short, without their signs, and no two alike."""
    taken = {"history"}  # a name of the program's own
    for title in titles:
        whole = _NO_NAME.sub("-", _NO_XML.sub("", title)).strip("' ") or "-"
        name, count = whole[:_SHEET_NAME].rstrip("' "), 1
        while name.lower() in taken:
            count += 1
            name = f"{whole[: _SHEET_NAME - len(str(count)) - 1].rstrip()} {count}"
        taken.add(name.lower())
        yield name


class _Page:
    """One part on a sheet of its own; it counts its rows itself, for openpyxl looks through all of them."""

    def __init__(self, page: Any, part: Part, name: str) -> None:
        from openpyxl.cell import Cell as SheetCell
        from openpyxl.styles import Alignment, Font
        from openpyxl.utils import get_column_letter

        self._page, self._part, self._row = page, part, 0
        self._bold, self._wrapped = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        self._letters = [get_column_letter(number) for number in range(1, len(part.columns) + 1)]
        self._widths = [
            min(_BROAD, max(_NARROW, 2 + max(map(len, cells)))) for cells in zip(*self._texts(), strict=True)
        ]
        page.title = name
        for letter, width in zip(self._letters, self._widths, strict=True):
            page.column_dimensions[letter].width = width
        self._right = Alignment(horizontal="right", wrap_text=True, vertical="top")
        day, moment, right = (SheetCell(page, row=1, column=1) for _ in range(3))
        day.number_format, moment.number_format = "dd/mm/yyyy", "hh:mm dd/mm/yyyy"
        right.alignment = Alignment(horizontal="right")
        self._styles = _Styles(day.style_id, moment.style_id, right.style_id)

    def _texts(self) -> Iterator[tuple[str, ...]]:
        yield tuple(tr(column.title_key) for column in self._part.columns)
        yield from (tuple(map(cell_text, line.cells)) for line in islice(self._part.lines, _MEASURED))

    def say(self, words: str) -> None:
        """A line across the whole table."""
        self._append((words,))
        cell = self._page.cell(self._row, 1)
        cell.alignment = self._wrapped
        if self._row == 1:
            cell.font = self._bold
        self._page.merge_cells(f"{self._letters[0]}{self._row}:{self._letters[-1]}{self._row}")
        self._page.row_dimensions[self._row].height = _LINE * (1 + len(words) // sum(self._widths))

    def skip(self) -> None:
        """An empty row."""
        self._row += 1

    def table(self) -> None:
        """Heads that stay, and A4 across for paper: as wide as one sheet, the heads again on each."""
        page = self._page
        self._append(headers(self._part))
        head = self._row
        for letter, column in zip(self._letters, self._part.columns, strict=True):
            cell = page[f"{letter}{head}"]
            cell.font, cell.alignment = self._bold, self._right if column.align == "right" else self._wrapped
        told = zip(headers(self._part), self._widths, strict=True)
        page.row_dimensions[head].height = _LINE * max(len(wrap(text, width - 2)) for text, width in told)
        page.freeze_panes = f"A{head + 1}"
        page.print_area = f"A1:{self._letters[-1]}{self._last}"
        page.print_title_rows = f"{head}:{head}"
        page.page_setup.orientation, page.page_setup.paperSize = "landscape", page.PAPERSIZE_A4
        page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
        page.sheet_properties.pageSetUpPr.fitToPage = True

    @property
    def _last(self) -> int:
        return self._row + len(self._part.lines)

    def _append(self, texts: Iterable[str]) -> None:
        """Texts as they are, never as formulas."""
        self._row += 1
        for number, text in enumerate(texts, 1):
            cell = self._page.cell(self._row, number, _NO_XML.sub("", text))
            cell.data_type = "s"

    def filled(self, frame: bytes, known: _Known) -> Iterator[bytes]:
        """The sheet's XML with the lines behind its heads. `known`: the cells of the sheets before it."""
        frame = _DIMENSION.sub(f'<dimension ref="A1:{self._letters[-1]}{self._last}"'.encode(), frame, count=1)
        before, end, after = frame.partition(_END)
        assert end, "the heads are there"
        yield before
        lines = iter(self._part.lines)
        row = self._row
        rows = _Rows(self._letters, self._part.columns, self._styles, known)
        while some := list(islice(lines, _SLICE)):
            yield rows.xml(row + 1, some)
            row += len(some)
        yield end + after


class _Styles(NamedTuple):
    """A sheet's numbers of cell styles: of a day, of a moment, of a text in a column of figures."""

    day: int
    moment: int
    right: int


class _Rows:
    """Rows as XML, made column by column: numbers as numbers, days and moments as such, texts as texts, those in a
    column of figures at its right. Each cell says its place, without which some readers find nothing."""

    def __init__(self, letters: Sequence[str], columns: Sequence[Column], styles: _Styles, known: _Known) -> None:
        self._cells = []
        for column in columns:
            right = f' s="{styles.right}"' if column.align == "right" else ""
            self._cells.append(known.setdefault((column.key, styles, right), _Cells(styles, right)))
        cells = "".join(f'<c r="{letter}%b"%b' for letter in letters)
        self._row = f'<row r="%b">{cells}</row>'.encode()

    def xml(self, first: int, lines: Sequence[Line]) -> bytes:
        """The lines as the rows from number `first` on."""
        numbers = [b"%d" % number for number in range(first, first + len(lines))]
        columns = zip(*[line.cells for line in lines], strict=True)
        parts: list[Iterable[bytes]] = [numbers]
        for known, column in zip(self._cells, columns, strict=True):
            parts += (numbers, map(known.__getitem__, column))
        return b"".join([self._row % row for row in zip(*parts, strict=True)])


class _Cells(dict[Cell, bytes]):
    """What stands behind the place of a column's cells, remembered by what they hold: titles and days come often, and
    most dossiers are in several lists."""

    def __init__(self, styles: _Styles, of_texts: str) -> None:
        super().__init__()
        self._styles, self._of_texts = styles, of_texts

    def __missing__(self, cell: Cell) -> bytes:
        if isinstance(cell, str):
            found = f"{self._of_texts}{_text(cell)}"
        elif isinstance(cell, int | Decimal):
            found = f"><v>{cell}</v></c>"
        elif isinstance(cell, datetime):
            second = cell.hour * 3600 + cell.minute * 60 + cell.second
            found = f' s="{self._styles.moment}"><v>{cell.toordinal() - _EPOCH + second / 86_400:.8f}</v></c>'
        else:
            found = f' s="{self._styles.day}"><v>{cell.toordinal() - _EPOCH}</v></c>'
        made = found.encode()
        if len(self) < _REMEMBERED:
            self[cell] = made
        return made


_Known = dict[tuple[str, _Styles, str], _Cells]
"""The cells of a workbook's columns, by the column's key and styles."""


def _text(text: str) -> str:
    """What stands behind a text cell's style; its blanks at both ends are kept."""
    if not text:
        return "/>"
    words = escape(_NO_XML.sub("", text)) if _SPECIAL.search(text) else text
    kept = ' xml:space="preserve"' if words != words.strip() else ""
    return f' t="inlineStr"><is><t{kept}>{words}</t></is></c>'
