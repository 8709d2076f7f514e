"""`motcua official`: what the national system does not have yet, field by field; and its export, matched by number."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from core.answers import InvalidInput
from core.official import COLUMNS, Outcome, read_claim
from storage.database import transaction
from storage.desk import Desk
from storage.lawbook.official import official_form
from storage.officers import Officer
from storage.official import field_values, match, waiting, waiting_count
from tui.cli.common import acting_officer, acts, open_desk
from tui.cli.mapping import mapped_lines, read_mapping
from tui.cli.output import Problem, error_object, print_json
from tui.cli.table_files import chunks, lines_of, write_rejected
from tui.i18n import language, tr

_BAD = (Outcome.AMBIGUOUS, Outcome.UNKNOWN)


def arguments(parser: argparse.ArgumentParser) -> None:
    acts(parser)
    parser.add_argument("action", choices=("list", "import"), metavar="list|import")
    parser.add_argument("file", metavar="FILE|-", nargs="?")
    parser.add_argument("--from", dest="first", metavar="D")
    parser.add_argument("--to", dest="last", metavar="D")
    parser.add_argument("--limit", metavar="N", type=int, default=100)
    parser.add_argument("--mapping", metavar="MAP.toml", help=tr("cli.intake.mapping"))


def run(args: argparse.Namespace) -> int:
    if args.action == "import":
        return _import(args)
    if args.limit < 1 or args.file:
        raise Problem("official_usage", status=2)
    first, last = _day(args.first), _day(args.last)
    if first is not None and last is not None and first > last:
        raise Problem("report_period", {"first": first.isoformat(), "last": last.isoformat()}, status=2)
    with open_desk(args) as desk:
        document = list_json(desk, first, last, args.limit)
    if args.json:
        print_json(document)
    else:
        _print(document)
    return 0


def list_json(desk: Desk, first: date | None, last: date | None, most: int) -> dict[str, Any]:
    """docs/schemas/official-list.json."""
    form, vietnamese = official_form(), language() == "vi"
    return {
        "fields": [{"name": one.name, "title": one.title_vi if vietnamese else one.title_en} for one in form.fields],
        "unverified_reason": form.doubt and (form.doubt.vi if vietnamese else form.doubt.en),
        "waiting": waiting_count(desk),
        "dossiers": [_values(desk, row) for row in waiting(desk, first, last, most)],
    }


def _values(desk: Desk, row: Any) -> dict[str, Any]:
    found = field_values(desk, row)
    ordered = {one.name: found[one.name] or None for one in official_form().fields}
    return {"id": row.id, "receipt_number": row["receipt_number"], "values": ordered}


def _print(document: dict[str, Any]) -> None:
    print(tr("official.waiting", count=document["waiting"]))
    for one in document["dossiers"]:
        print(f"\n{one['receipt_number']}")
        for field in document["fields"]:
            print(f"  {field['title']}: {one['values'][field['name']] or '–'}")
    if document["unverified_reason"]:
        print(f"\n! {document['unverified_reason']}")


def _import(args: argparse.Namespace) -> int:
    if not args.file:
        raise Problem("file_not_named", status=2)
    lines = lines_of(args.file, whole=args.mapping is not None)
    if args.mapping is not None:
        lines = mapped_lines(lines, read_mapping(Path(args.mapping), COLUMNS))
    answers: list[dict[str, Any]] = []
    rejected: list[tuple[str, dict[str, Any]]] = []
    with open_desk(args) as desk:
        officer = acting_officer(args, desk)
        for chunk in chunks(lines):
            with transaction(desk.connection):
                for line, raw, row in chunk:
                    answer = _match(desk, officer, line, row)
                    answers.append(answer)
                    if answer["error"]:
                        rejected.append((raw, answer["error"]))
    if args.json:
        print_json(answers)
    else:
        _tell(answers)
    if rejected and args.file != "-":
        write_rejected(Path(args.file), rejected)
    return 1 if rejected else 0


def _match(desk: Desk, officer: Officer, line: int, row: dict[str, Any] | InvalidInput) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "line": line, "official_number": None, "outcome": Outcome.REFUSED.value, "receipt_number": None, "id": None,
        "error": None,
    }  # fmt: skip
    try:
        if isinstance(row, InvalidInput):
            raise row
        claim = read_claim(row)
        answer["official_number"] = claim.number
        found = match(desk, officer, claim)
        if found.refused is not None:
            answer |= {"receipt_number": found.receipt_number, "id": found.dossier}
            raise Problem.of(found.refused, line)
        answer["outcome"] = found.outcome.value
        if found.outcome in _BAD:
            raise Problem(f"official_{found.outcome.value}", {"number": claim.number}, line=line)
    except InvalidInput as error:
        return answer | {"error": error_object(Problem.of(error, line))}
    except Problem as problem:
        return answer | {"error": error_object(problem)}
    return answer | {"receipt_number": found.receipt_number, "id": found.dossier}


def _tell(answers: list[dict[str, Any]]) -> None:
    for answer in answers:
        line = tr("cli.line", line=answer["line"])
        if answer["error"]:
            print(f"{line}: {answer['error']['message']}", file=sys.stderr)
        else:
            words = tr(f"official.{answer['outcome']}")
            print(f"{line}: {answer['official_number']} → {answer['receipt_number'] or answer['id']}: {words}")
    counts = Counter(answer["outcome"] for answer in answers)
    print("; ".join(f"{tr(f'official.{one.value}')}: {counts[one.value]}" for one in Outcome))


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Problem("date_invalid", {"value": text}, status=2) from error
