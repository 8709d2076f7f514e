"""`motcua intake`: takes in dossiers from .jsonl, .csv or .xlsx; good rows are kept, bad ones are named."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from core.answers import InvalidInput, Refusal
from core.catalogue import ProcedureVersion
from core.decisions import TakeIn
from core.intake import COLUMNS, Intake, known_papers, opening_of, read_row
from core.moments import legal_day
from core.numbers import is_overflow
from core.service import service_on
from core.states import BEFORE_RECEIPT
from storage.database import transaction
from storage.desk import Desk
from storage.lawbook.services import package_services
from storage.officers import Officer
from storage.queries import Row
from tui.cli.common import acting_officer, acts, moment_text, open_desk
from tui.cli.mapping import mapped_lines, read_mapping
from tui.cli.output import Problem, error_object, print_json
from tui.cli.table_files import chunks, csv_line, lines_of, write_rejected
from tui.i18n import tr


def arguments(parser: argparse.ArgumentParser) -> None:
    acts(parser)
    parser.add_argument("file", metavar="FILE|-", nargs="?")
    parser.add_argument("--template", metavar="F")
    parser.add_argument("--mapping", metavar="MAP.toml", help=tr("cli.intake.mapping"))


def run(args: argparse.Namespace) -> int:
    if args.template:
        return _write_template(Path(args.template))
    if not args.file:
        raise Problem("file_not_named", status=2)
    with open_desk(args) as desk:
        officer = acting_officer(args, desk)
        answers: list[dict[str, Any]] = []
        rejected: list[tuple[str, dict[str, Any]]] = []
        mapping = None if args.mapping is None else read_mapping(Path(args.mapping), COLUMNS)
        lines = lines_of(args.file, whole=mapping is not None)
        theirs = {} if mapping is None else mapping.columns
        for chunk in chunks(lines if mapping is None else mapped_lines(lines, mapping)):
            with transaction(desk.connection):
                for line, raw, row in chunk:
                    answer = _take_in(desk, officer, line, row, theirs)
                    answers.append(answer)
                    if answer["error"]:
                        rejected.append((raw, answer["error"]))
            if not args.json:
                _print(answers[-len(chunk) :])
    if args.json:
        print_json(answers)
    elif not answers:
        print(tr("error.table_empty", file=Path(args.file).name))
    if rejected and args.file != "-":
        write_rejected(Path(args.file), rejected)
    return 1 if rejected else 0


def _take_in(
    desk: Desk, officer: Officer, line: int, row: dict[str, Any] | InvalidInput, theirs: Mapping[str, str]
) -> dict[str, Any]:
    """The row's answer. `theirs`: by our column the one of the file, which a refusal names then."""
    answer: dict[str, Any] = {
        "line": line, "receipt_number": None, "id": None, "due_at": None, "warnings": [], "error": None,
    }  # fmt: skip
    try:
        if isinstance(row, InvalidInput):
            raise row
        intake = read_row(row, opening_of(desk.law.calendar(desk.identity.unit)))
        at = intake.at or desk.now()
        version = desk.law.version_on(intake.facts["procedure"], legal_day(at))
        warnings = list(intake.warnings)
        if isinstance(version, ProcedureVersion):
            warnings += _doubts_of(intake, version, legal_day(at))
        command = TakeIn(
            desk.new_id(), intake.kind, at, intake.facts, imported=intake.at is not None, number=intake.number
        )
        done = desk.do_within(command, officer)
    except InvalidInput as error:
        return answer | {"error": _refused(error, line, theirs)}
    if isinstance(done, Refusal):
        return answer | {"error": _refused(done, line, theirs)}
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


def _doubts_of(intake: Intake, version: ProcedureVersion, day: date) -> Iterator[str]:
    if known_papers(intake.facts, version):
        yield "paper_unknown"
    if intake.facts.get("channel") == "online" and service_on(version, package_services(), day).counter_only:
        yield "counter_only"


def _refused(reason: InvalidInput | Refusal, line: int, theirs: Mapping[str, str]) -> dict[str, Any]:
    problem = Problem.of(reason, line)
    field = problem.params.get("field")
    if field in theirs:
        problem.params["field"] = theirs[field]
    return error_object(problem)


def _number_doubts(taken: Row) -> list[str]:
    """What a slip would say of the number: that there is none yet, or that it is not the final one."""
    number = taken["receipt_number"]
    if number is None:
        return [] if taken["state"] in BEFORE_RECEIPT else ["number_missing"]
    return ["number_to_map"] if is_overflow(number) and taken["official_number"] is None else []


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
        path.write_text(csv_line(COLUMNS) + "\n", encoding="utf-8-sig")


def _print(answers: Iterable[dict[str, Any]]) -> None:
    for answer in answers:
        if answer["error"]:
            print(f"{tr('cli.line', line=answer['line'])}: {answer['error']['message']}", file=sys.stderr)
            continue
        warnings = "; ".join(tr(f"warning.{code}") for code in answer["warnings"])
        due = answer["due_at"] or "–"
        print(
            "\t".join((str(answer["line"]), answer["receipt_number"] or tr("queue.no_number"), due, warnings)).rstrip()
        )
