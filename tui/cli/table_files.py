"""Rows of a file that another program wrote: .jsonl, .csv or .xlsx; the bad ones handed back with their reasons."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from core.answers import InvalidInput
from tui.cli.output import Problem, reading_fault, report
from tui.i18n import tr

_PER_TRANSACTION = 100
Line = tuple[int, str, dict[str, Any] | InvalidInput]
"""The line's number, as it stood there, and its row or why there is none."""


def chunks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """As many lines as one transaction takes."""
    chunk: list[Line] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == _PER_TRANSACTION:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def lines_of(name: str, *, whole: bool = False) -> Iterator[Line]:
    """Every row of a .jsonl, .csv or .xlsx file, or of the standard input's JSON Lines (`-`), with its line.

    `whole`: a line of a .csv with fewer cells than its first one is broken, and no row.
    """
    if name == "-":
        yield from _json_lines(sys.stdin.buffer.read())
        return
    path = Path(name)
    try:
        if path.suffix.lower() == ".xlsx":
            yield from _sheet(path)
            return
        data = path.read_bytes()
    except OSError as error:
        raise Problem("file_unreadable", {"file": name, "detail": reading_fault(error)}, status=2) from error
    yield from (_csv(data, whole) if path.suffix.lower() == ".csv" else _json_lines(data))


def _json_lines(data: bytes) -> Iterator[Line]:
    for number, raw in enumerate(data.splitlines(), 1):
        if not raw.strip():
            continue
        try:
            row = json.loads(raw.decode("utf-8-sig"))
            if not isinstance(row, dict):
                raise ValueError
        except (ValueError, RecursionError):
            yield number, raw.decode("utf-8", "replace"), InvalidInput("row_unreadable")
            continue
        yield number, raw.decode("utf-8", "replace"), row


def _csv(data: bytes, whole: bool) -> Iterator[Line]:
    """Commas, tabs or, as Vietnamese spreadsheets write them, semicolons."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem("file_not_utf8", {"position": str(error.start)}) from error
    head = text.split("\n", 1)[0]
    between = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=between, restkey="", strict=False)
    try:
        _one_of_each(reader.fieldnames or ())
    except csv.Error:
        yield 1, "", InvalidInput("row_unreadable")
        return
    while True:
        begun = reader.line_num
        try:
            row = next(reader, None)
        except csv.Error:
            reader.line_num = reader.reader.line_num
            raw = "".join(islice(io.StringIO(text, newline=""), begun, reader.line_num))
            yield reader.line_num, raw.rstrip("\r\n"), InvalidInput("row_unreadable")
            continue
        if row is None:
            return
        extra = row.pop("", None) or ()
        raw = csv_line([str(value or "") for value in row.values()] + list(extra))
        if any(extra):
            yield reader.line_num, raw, InvalidInput("row_too_long")
        elif whole and None in row.values():
            yield reader.line_num, raw, InvalidInput("row_too_short")
        else:
            yield reader.line_num, raw, {name.strip(): value or None for name, value in row.items() if name}


def _one_of_each(names: Iterable[str]) -> None:
    """Of two columns with one name nobody can tell which is meant. Raises Problem."""
    counts = Counter(filter(None, (name.strip() for name in names)))
    twice = next((name for name, count in counts.items() if count > 1), None)
    if twice is not None:
        raise Problem("column_twice", {"column": twice})


def csv_line(cells: Iterable[str]) -> str:
    """Cells as one line of CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue()


def _sheet(path: Path) -> Iterator[Line]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        rows = iter(list(book.worksheets[0].iter_rows(values_only=True)))
        names = [str(name or "").strip() for name in next(rows, ())]
        _one_of_each(names)
    except (BadZipFile, InvalidFileException, LookupError, ValueError, SyntaxError, EOFError) as error:
        raise Problem("file_unreadable", {"file": path.name, "detail": tr("file.not_a_sheet")}, status=2) from error
    for number, cells in enumerate(rows, 2):
        if any(cell is not None for cell in cells):
            row = {name: _cell(cell) for name, cell in zip(names, cells, strict=False) if name}
            yield number, json.dumps(row, ensure_ascii=False, default=str), row


def _cell(cell: object) -> object:
    """A day as ISO, a number without a decimal point that only the spreadsheet gave it."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if not (cell.hour or cell.minute or cell.second) else cell.isoformat()
    return cell


def write_rejected(source: Path, rejected: list[tuple[str, dict[str, Any]]]) -> None:
    """The bad rows with their reasons beside the file that they came from."""
    lines = [f"{error['line']}\t{error['message']}\t{raw}" for raw, error in rejected]
    target = source.with_name(source.name + ".rejected")
    try:
        target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError:  # the answers were given already: this is one more line beside them
        report(Problem("file_unwritable", {"file": target.name}), as_json=False)
