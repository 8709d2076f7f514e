"""A table that somebody else's program made: .csv or .xlsx, read line by line with its numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tui.cli.output import Problem, reading_fault
from tui.i18n import tr

Line = tuple[int, dict[str, object]]


def read_table(name: str) -> list[Line]:
    """Every line with something in it, by the first row's names. Raises Problem where the file is no table."""
    path = Path(name)
    try:
        lines = list(_sheet(path) if path.suffix.lower() == ".xlsx" else _csv(path.read_bytes()))
    except OSError as error:
        raise Problem("file_unreadable", {"file": path.name, "detail": reading_fault(error)}, status=2) from error
    if not lines:
        raise Problem("table_empty", {"file": path.name})
    return lines


def _csv(data: bytes) -> Iterator[Line]:
    """Commas or, as Vietnamese spreadsheets write them, semicolons."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem("file_not_utf8", {"position": str(error.start)}) from error
    head = text.split("\n", 1)[0]
    between = ";" if head.count(";") > head.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=between, restkey="")
    try:
        for row in reader:
            if any(value for value in row.values()):
                yield reader.line_num, {str(key).strip(): value for key, value in row.items() if key}
    except csv.Error as error:
        raise Problem("row_unreadable", line=reader.line_num) from error


def _sheet(path: Path) -> Iterator[Line]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        rows = iter(list(book.worksheets[0].iter_rows(values_only=True)))
        names = [str(name or "").strip() for name in next(rows, ())]
    except (BadZipFile, InvalidFileException, LookupError, ValueError, SyntaxError, EOFError) as error:
        raise Problem("file_unreadable", {"file": path.name, "detail": tr("file.not_a_sheet")}, status=2) from error
    for number, cells in enumerate(rows, 2):
        if any(cell is not None for cell in cells):
            yield number, {name: _cell(cell) for name, cell in zip(names, cells, strict=False) if name}


def _cell(cell: object) -> object:
    """A day as ISO, a number without a decimal point that only the spreadsheet gave it."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return cell.date().isoformat() if isinstance(cell, datetime) else cell
