"""`motcua intake`: takes in dossiers from .jsonl, .csv or .xlsx; good rows are kept, bad ones are named."""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from core.answers import InvalidInput, Refusal
from core.decisions import TakeIn
from core.intake import COLUMNS, known_papers, opening_of, read_row
from core.moments import legal_day
from core.numbers import is_overflow
from storage.database import transaction
from storage.desk import Desk
from storage.officers import Officer
from storage.queries import Row
from tui.cli.common import acting_officer, acts, moment_text, open_desk
from tui.cli.output import Problem, error_object, print_json, reading_fault, report
from tui.i18n import tr

_PER_TRANSACTION = 100


def arguments(parser: argparse.ArgumentParser) -> None:
    acts(parser)
    parser.add_argument("file", metavar="FILE|-", nargs="?")
    parser.add_argument("--template", metavar="F")


def run(args: argparse.Namespace) -> int:
    if args.template:
        return _write_template(Path(args.template))
    if not args.file:
        raise Problem("file_not_named", status=2)
    with open_desk(args) as desk:
        officer = acting_officer(args, desk)
        answers: list[dict[str, Any]] = []
        rejected: list[tuple[str, dict[str, Any]]] = []
        for chunk in _chunks(read_lines(args.file)):
            with transaction(desk.connection):
                for line, raw, row in chunk:
                    answer = _take_in(desk, officer, line, row)
                    answers.append(answer)
                    if answer["error"]:
                        rejected.append((raw, answer["error"]))
            if not args.json:
                _print(answers[-len(chunk) :])
    if args.json:
        print_json(answers)
    if rejected and args.file != "-":
        _write_rejected(Path(args.file), rejected)
    return 1 if rejected else 0


Line = tuple[int, str, dict[str, Any] | InvalidInput]


def _take_in(desk: Desk, officer: Officer, line: int, row: dict[str, Any] | InvalidInput) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "line": line, "receipt_number": None, "id": None, "due_at": None, "warnings": [], "error": None,
    }  # fmt: skip
    try:
        if isinstance(row, InvalidInput):
            raise row
        intake = read_row(row, opening_of(desk.law.calendar(desk.identity.unit)))
        at = intake.at or desk.now()
        version = desk.law.version_on(intake.facts["procedure"], legal_day(at))
        strange = known_papers(intake.facts, version) if not isinstance(version, Refusal) else ()
        warnings = [*intake.warnings, *(["paper_unknown"] if strange else [])]
        command = TakeIn(
            desk.new_id(), intake.kind, at, intake.facts, imported=intake.at is not None, number=intake.number
        )
        done = desk.do_within(command, officer)
        if isinstance(done, Refusal):
            raise Problem.of(done, line)
    except InvalidInput as error:
        answer["error"] = error_object(Problem.of(error, line))
        return answer
    except Problem as problem:
        answer["error"] = error_object(problem)
        return answer
    taken = desk.row(done.dossiers[0])
    assert taken is not None
    if done.repeated:
        warnings.append("taken_in_before")
    return answer | {
        "receipt_number": taken["receipt_number"],
        "id": taken.id,
        "due_at": moment_text(taken["due_at"]),
        "warnings": [*warnings, *_number_doubts(taken)],
    }


def _number_doubts(taken: Row) -> list[str]:
    """What a slip would say of the number: that there is none yet, or that it is not the final one."""
    number = taken["receipt_number"]
    if number is None:
        return ["number_missing"] if taken["received_at"] is not None else []
    return ["number_to_map"] if is_overflow(number) and taken["official_number"] is None else []


def _chunks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    chunk: list[Line] = []
    for line in lines:
        chunk.append(line)
        if len(chunk) == _PER_TRANSACTION:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def read_lines(name: str) -> Iterator[Line]:
    """The rows of a .jsonl, .csv or .xlsx (`-`: JSON Lines from standard input), each with its line and as it stood."""
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
    yield from (_csv(data) if path.suffix.lower() == ".csv" else _json_lines(data))


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


def _csv(data: bytes) -> Iterator[Line]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem("file_not_utf8", {"position": str(error.start)}) from error
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", strict=False)
    while True:
        try:
            row = next(reader, None)
        except csv.Error:
            yield reader.line_num, "", InvalidInput("row_unreadable")
            continue
        if row is None:
            return
        extra = row.pop("", None) or ()
        raw = _csv_line([str(value or "") for value in row.values()] + list(extra))
        if any(extra):
            yield reader.line_num, raw, InvalidInput("row_too_long")
        else:
            yield reader.line_num, raw, {name: value or None for name, value in row.items() if name}


def _csv_line(cells: Iterable[str]) -> str:
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
    except (BadZipFile, InvalidFileException, LookupError, ValueError, SyntaxError, EOFError) as error:
        raise Problem("file_unreadable", {"file": path.name, "detail": tr("file.not_a_sheet")}, status=2) from error
    for number, cells in enumerate(rows, 2):
        if any(cell is not None for cell in cells):
            row = {name: _cell(cell) for name, cell in zip(names, cells, strict=False) if name}
            yield number, json.dumps(row, ensure_ascii=False, default=str), row


def _cell(cell: object) -> object:
    if isinstance(cell, datetime):
        return cell.date().isoformat() if not (cell.hour or cell.minute or cell.second) else cell.isoformat()
    return cell


def _write_template(path: Path) -> int:
    try:
        _fill_template(path)
    except OSError as error:
        raise Problem("file_unwritable", {"file": path.name}) from error
    return 0


def _fill_template(path: Path) -> None:
    if path.suffix.lower() == ".xlsx":
        from openpyxl import Workbook

        book = Workbook()
        book.active.append(list(COLUMNS))
        book.save(path)
    elif path.suffix.lower() == ".jsonl":
        path.write_text(json.dumps(dict.fromkeys(COLUMNS)) + "\n", encoding="utf-8")
    else:
        path.write_text(_csv_line(COLUMNS) + "\n", encoding="utf-8-sig")


def _write_rejected(source: Path, rejected: list[tuple[str, dict[str, Any]]]) -> None:
    lines = [f"{error['line']}\t{error['message']}\t{raw}" for raw, error in rejected]
    target = source.with_name(source.name + ".rejected")
    try:
        target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError:  # the answers were given already: this is one more line beside them
        report(Problem("file_unwritable", {"file": target.name}), as_json=False)


def _print(answers: Iterable[dict[str, Any]]) -> None:
    for answer in answers:
        if answer["error"]:
            print(f"{tr('cli.line', line=answer['line'])}: {answer['error']['message']}", file=sys.stderr)
            continue
        warnings = "; ".join(tr(f"warning.{code}") for code in answer["warnings"])
        due = answer["due_at"] or "–"
        print("\t".join((str(answer["line"]), answer["receipt_number"] or "–", due, warnings)).rstrip())
