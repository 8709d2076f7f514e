"""`motcua act`: one officer's action on a dossier, by the same rules as the screens."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.answers import InvalidInput, Refusal
from core.bodies import fields_of, read_fields
from core.decisions import AcceptTransfer, Act, DossierCommand, TakeIn, Undo
from core.dossier import Dossier
from core.events import DOSSIER_KINDS, INTAKE_KINDS, KINDS, Kind
from core.intake import known_papers
from core.mending import CorrectResult, correction_of
from core.moments import LEGAL_TIME
from core.standing import version_of
from core.text import clean_line
from storage.bulk import part_of
from storage.desk import Desk, Done
from storage.drafts import finish
from storage.officers import Officer
from storage.results import Posting, ready_with, send_post
from storage.transfers import find_incoming, transfer_of
from tui.cli.common import acting_officer, acts, dossier_id, moment_text, named_officer, open_desk
from tui.cli.output import Problem, error_object, print_json, report
from tui.cli.show import dossier_json
from tui.cli.times import read_moment
from tui.done_words import doubts
from tui.i18n import tr
from tui.reason_words import basis_doubt


def arguments(parser: argparse.ArgumentParser) -> None:
    acts(parser)
    parser.add_argument("code", metavar="CODE", nargs="?")
    parser.add_argument("action", metavar="ACTION", nargs="?")
    parser.add_argument("--at", metavar="ISO")
    parser.add_argument("--reason", metavar="TEXT")
    parser.add_argument("--field", metavar="k=v", action="append", default=[])
    parser.add_argument("--together", choices=("person", "visit"))
    parser.add_argument("--kinds", action="store_true")


def run(args: argparse.Namespace) -> int:
    if args.kinds:
        _print_kinds(as_json=args.json)
        return 0
    if not args.code or not args.action:
        raise Problem("act_incomplete", status=2)
    if args.action not in DOSSIER_KINDS or args.action == "submitted":
        raise Problem("kind_unknown", {"kind": args.action}, status=2)
    if args.together and args.action not in ("result_returned", "handed_to_post"):
        raise Problem("not_together", {"kind": args.action}, status=2)
    with open_desk(args) as desk:
        officer = acting_officer(args, desk)
        if args.code == "-":
            return _many(desk, args, officer)
        try:
            command = _transfer(desk, args.code) if args.action == "transfer_accepted" else _of_dossier(desk, args)
            done = _carry_out(desk, command, officer, args.together)
        except InvalidInput as error:
            raise _refused(error) from error
        if isinstance(done, Refusal):
            raise Problem.of(done)
        _tell_doubts(desk, [done])
        if desk.row(command.dossier) is None:
            print_json({"id": command.dossier, "state": None}) if args.json else print(tr("act.gone"))
            return 0
        found = dossier_json(desk, command.dossier)
        if args.json:
            print_json(found)
        else:
            print(f"{found['receipt_number'] or found['id']}: {tr('state.' + found['state'])}")
    return 0


def _many(desk: Desk, args: argparse.Namespace, officer: Officer) -> int:
    """The same action on every dossier whose CODE is a line of standard input, in one transaction.

    Each line is decided first: one that may not be is answered with its reason and stops none of the others.
    """
    bulk = desk.new_id()
    codes = [line.strip() for line in sys.stdin.read().splitlines() if line.strip()]
    rows = [_row(desk, args, officer, line, code, bulk) for line, code in enumerate(codes, 1)]
    meant = [(place, one) for place, one in enumerate(rows) if not isinstance(one, Problem)]
    answers = desk.do_all([one for _, one in meant], officer)
    _tell_doubts(desk, answers)
    for (place, _), answer in zip(meant, answers, strict=True):
        if isinstance(answer, Refusal):
            rows[place] = Problem.of(answer, place + 1)
    found = [_row_json(desk, code, one, place) for place, (code, one) in enumerate(zip(codes, rows, strict=True), 1)]
    if args.json:
        print_json(found)
    else:
        for row, one in zip(found, rows, strict=True):
            if isinstance(one, Problem):
                report(one, as_json=False)
            else:
                print(f"{row['receipt_number'] or row['id']}: {tr('state.' + row['state'])}  {row['due_at'] or '–'}")
    return 1 if any(isinstance(one, Problem) for one in rows) else 0


def _tell_doubts(desk: Desk, answers: Sequence[object]) -> None:
    """Each basis that nobody held against the law's text, and what has no effect or stands at another time."""
    done = [one for one in answers if isinstance(one, Done)]
    events = [event for one in done for event in one.events]
    told = [tr("basis.doubt", basis=one.body["basis"], why=why) for one in events if (why := basis_doubt(one))]
    told += [words for one in done for words in doubts(desk, one)]
    for words in dict.fromkeys(told):
        print(words, file=sys.stderr)


def _row(
    desk: Desk, args: argparse.Namespace, officer: Officer, line: int, code: str, bulk: str
) -> DossierCommand | Problem:
    try:
        dossier = desk.dossier(dossier_id(desk, code))
        assert dossier is not None
        command = _command(desk, dossier, args)
        command = part_of(bulk, command) if isinstance(command, Act) else command
        answer = desk.would(command, officer)
    except InvalidInput as error:
        return _refused(error, line)
    except Problem as problem:
        problem.line = line
        return problem
    return Problem.of(answer, line) if isinstance(answer, Refusal) else command


def _refused(error: InvalidInput, line: int | None = None) -> Problem:
    """What is wrong; of a field that is missing also the option that gives it."""
    problem = Problem.of(error, line)
    if problem.code == "field_missing":
        field = problem.params["field"]
        problem.params["option"] = "--reason" if field == "reason" else f"--field {field}="
        problem.words = "field_missing_act"
    return problem


def _row_json(desk: Desk, code: str, one: DossierCommand | Problem, line: int) -> dict[str, Any]:
    error = error_object(one) if isinstance(one, Problem) else None
    row = None if isinstance(one, Problem) else desk.row(one.dossier)
    return {
        "line": line,
        "code": code,
        "id": row.id if row else None,
        "receipt_number": row["receipt_number"] if row else None,
        "state": row["state"] if row else None,
        "due_at": moment_text(row["due_at"]) if row else None,
        "error": error,
    }


def _carry_out(desk: Desk, command: DossierCommand | CorrectResult, officer: Officer, together: str | None) -> object:
    """What was done, or a `Refusal`. `together`: the same for all ready results of the person or the visit, or none."""
    if not isinstance(command, Act) or command.kind not in ("result_returned", "handed_to_post"):
        return desk.do(command, officer)
    dossiers = ready_with(desk, command.dossier, together) if together else [command.dossier]
    fields = dict(command.fields)
    if command.kind == "handed_to_post" and fields.get("carrier") and "batch" not in fields:
        carrier, tracking = str(fields["carrier"]), str(fields.get("tracking") or "")
        postings = [Posting(one, tracking) for one in dossiers]
        return send_post(desk, officer, carrier, postings, at=command.at, said=fields)
    return finish(desk, [replace(command, dossier=one) for one in dossiers], officer)


def _transfer(desk: Desk, code: str) -> AcceptTransfer:
    """What takes over the incoming dossier of that id or receipt number."""
    found = find_incoming(desk, code)
    if isinstance(found, Refusal):
        raise Problem.of(found)
    return transfer_of(desk, found)


def _of_dossier(desk: Desk, args: argparse.Namespace) -> DossierCommand | CorrectResult:
    dossier = desk.dossier(dossier_id(desk, args.code))
    assert dossier is not None
    return _command(desk, dossier, args)


def _command(desk: Desk, dossier: Dossier, args: argparse.Namespace) -> DossierCommand | CorrectResult:
    kind = KINDS[args.action]
    at = read_moment(args.at, LEGAL_TIME).astimezone(LEGAL_TIME).replace(microsecond=0) if args.at else desk.now()
    given = _pairs(args.field)
    if args.reason is not None:
        given["text" if kind.name == "noted" and "text" not in given else "reason"] = args.reason
    if kind.name == "assigned" and given.get("to"):
        given["to"] = named_officer(desk, given["to"]).id
    if given.get("keeper"):
        keeper = desk.officers.find(clean_line(given["keeper"]))
        given["keeper"] = given["keeper"] if isinstance(keeper, Refusal) else keeper.id
    if kind.name == "repeat_judged" and given.get("other"):
        given["other"] = dossier_id(desk, given["other"])
    if kind.name == "undone":
        return Undo(dossier.id, given.get("group") or _last_group(dossier), at)
    if kind.name in INTAKE_KINDS:
        return TakeIn(dossier.id, kind.name, at, read_fields(kind, given))
    body = read_fields(kind, given)
    if kind.name == "supplement_received" and (version := version_of(dossier, desk.law)) is not None:
        known_papers(body, version)
    if kind.name == "result_corrected":
        return correction_of(dossier.id, desk.new_id(), at, body)
    return Act(dossier.id, kind.name, at, body)


def _last_group(dossier: Dossier) -> str:
    last = dossier.events[-1]
    return next(event.event_id for event in dossier.events if event.group_key == last.group_key)


def _pairs(words: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise Problem("field_not_pair", {"field": word}, status=2)
        pairs[name] = f"{pairs[name]};{value}" if name in pairs else value
    return pairs


def _print_kinds(*, as_json: bool) -> None:
    kinds = [_kind_json(KINDS[name]) for name in DOSSIER_KINDS]
    if as_json:
        print_json(kinds)
        return
    for kind in kinds:
        fields = ", ".join(f"{field['name']}{'!' if field['required'] else ''}" for field in kind["fields"])
        print(f"{kind['kind']:24} {tr('kind.' + kind['kind'])}\n    {fields or '–'}\n    {', '.join(kind['states'])}")


def _kind_json(kind: Kind) -> dict[str, Any]:
    states = ["new" if state is None else state.value for state in kind.legal_from or ()]
    return {
        "kind": kind.name,
        "version": kind.version,
        "class": kind.cls.value,
        "fields": [{"name": f.name, "type": f.type, "required": f.required} for f in fields_of(kind)],
        "roles": sorted(kind.roles),
        "states": sorted(states),
        "state_after": kind.state_after.value if kind.state_after else None,
        "moves_from": sorted(state.value for state in kind.moves) if kind.moves else None,
    }
