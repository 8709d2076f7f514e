"""`motcua survey`: put answers into the box, open it, read the single answers, print forms with codes."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from core.answers import InvalidInput, Refusal
from core.moments import legal_day
from core.survey import CRITERIA, read_answer
from storage.database import transaction
from storage.desk import Desk
from storage.officers import Officer
from storage.press import Press
from storage.surveys import MOST_FORMS, Box, answers, box, is_taken, open_box, put_in, put_within
from tui.cli.actions import action, actions
from tui.cli.common import acting_officer, acts, open_desk
from tui.cli.output import Problem, error_object, print_json
from tui.cli.table_files import lines_of
from tui.cli.times import read_date
from tui.handover import procedure_title
from tui.i18n import tr
from tui.survey_words import box_words, in_steps

_COLUMNS = (
    "code",
    "overall",
    "points",
    *(f"c{place}" for place in range(1, CRITERIA + 1)),
    "channel",
    "procedure",
    "officer",
)


def arguments(parser: argparse.ArgumentParser) -> None:
    place = actions(parser, "add|import|box|open|list|forms")
    adding = action(place, "add", parser)
    adding.add_argument("--code", metavar="CODE", default="")
    adding.add_argument("--overall", metavar="1-5", help=tr("cli.survey.overall"))
    adding.add_argument("--points", metavar="212022122")
    adding.add_argument("--channel", metavar="paper|counter|phone")
    adding.add_argument("--procedure", metavar="CODE")
    adding.add_argument("--officer", dest="served", metavar="OFFICER")
    taking = action(place, "import", parser)
    taking.add_argument("file", metavar="FILE|-")
    action(place, "box", parser)
    opening = action(place, "open", parser)
    for one in (adding, taking, opening):
        acts(one)
    listing = action(place, "list", parser)
    listing.add_argument("--from", dest="first", metavar="D")
    listing.add_argument("--to", dest="last", metavar="D")
    printing = action(place, "forms", parser)
    printing.add_argument("count", metavar="N", type=int)
    printing.add_argument("--out", metavar="F.pdf", required=True)


def run(args: argparse.Namespace) -> int:
    with open_desk(args) as desk:
        if args.action == "import":
            return _import(args, desk)
        if args.action == "list":
            _list(args, desk)
        elif args.action == "forms":
            _forms(args, desk)
        elif args.action == "open":
            _open(args, desk)
        else:
            found = _add(args, desk) if args.action == "add" else box(desk)
            _tell(box_json(found), box_words(found), as_json=args.json)
    return 0


def box_json(found: Box) -> dict[str, Any]:
    """docs/schemas/survey-box.json."""
    return {
        "waiting": found.waiting,
        "least": found.least,
        "may_open": found.may_open,
        "procedures_lost": found.procedures_lost,
        "officers_lost": found.officers_lost,
    }


def _tell(document: object, lines: Iterable[str], *, as_json: bool) -> None:
    if as_json:
        print_json(document)
        return
    for line in lines:
        print(line)


def _add(args: argparse.Namespace, desk: Desk) -> Box:
    officer = acting_officer(args, desk)
    names = ("overall", "points", "channel", "procedure")
    row = in_steps({name: getattr(args, name) for name in names} | {"officer": args.served})
    found = put_in(desk, officer, read_answer(row), args.code)
    if isinstance(found, Refusal):
        raise Problem.of(found)
    return found


def _import(args: argparse.Namespace, desk: Desk) -> int:
    """All of the file or nothing of it: an answer has nothing by which it would be known a second time."""
    officer = acting_officer(args, desk)
    lines = list(lines_of(args.file))
    told: list[dict[str, Any]] = []
    with contextlib.suppress(_NotTaken), transaction(desk.connection):
        if lines and is_taken(desk, "\n".join(raw for _, raw, _ in lines).encode()):
            raise Problem("survey_file_again")
        told = [{"line": number, "error": _put(desk, officer, number, row)} for number, _, row in lines]
        if any(one["error"] for one in told):
            raise _NotTaken
    bad = [one["error"] for one in told if one["error"]]
    found = box(desk)
    document = {"taken": 0 if bad else len(told), "rows": told, "box": box_json(found)}
    for error in () if args.json else bad:
        print(f"{tr('cli.line', line=error['line'])}: {error['message']}", file=sys.stderr)
    if bad and not args.json:
        print(tr("survey.nothing_taken", count=len(bad)), file=sys.stderr)
    lines_told = [] if bad else [tr("survey.taken", count=len(told)), *box_words(found)]
    _tell(document, lines_told, as_json=args.json)
    return 1 if bad else 0


class _NotTaken(Exception):
    """Some row is no answer."""


def _put(desk: Desk, officer: Officer, line: int, row: dict[str, Any] | InvalidInput) -> dict[str, Any] | None:
    """What is wrong with the row; None where it is in the box."""
    try:
        if isinstance(row, InvalidInput):
            raise row
        unknown = next((name for name in row if name not in _COLUMNS), None)
        if unknown is not None:
            raise InvalidInput("survey_column", column=unknown[:40], known=", ".join(_COLUMNS))
        refused = put_within(desk, officer, read_answer(in_steps(row)), str(row.get("code") or ""))
    except InvalidInput as error:
        return error_object(Problem.of(error, line))
    return None if refused is None else error_object(Problem.of(refused, line))


def _open(args: argparse.Namespace, desk: Desk) -> None:
    officer = acting_officer(args, desk)
    before = box(desk)
    done = open_box(desk, officer)
    if isinstance(done, Refusal):
        raise Problem.of(done)
    counted = sum(event.kind == "survey_answered" for event in done.events)
    document = {
        "answers": counted,
        "procedures_lost": before.procedures_lost,
        "officers_lost": before.officers_lost,
    }
    _tell(document, [tr("survey.opened", count=counted)], as_json=args.json)


def _list(args: argparse.Namespace, desk: Desk) -> None:
    today = legal_day(desk.now())
    last = read_date(args.last) if args.last else today
    first = read_date(args.first) if args.first else min(last, today).replace(day=1)
    if first > last:
        raise Problem("report_period", {"first": first.isoformat(), "last": last.isoformat()}, status=2)
    rows = [_row(row) for row in answers(desk, first, last)]
    _tell(rows, [*(_line(desk, row) for row in rows), tr("survey.count", count=len(rows))], as_json=args.json)


def _row(row: tuple[Any, ...]) -> dict[str, Any]:
    day, unit, procedure, channel, overall, points, *marks = row
    return {
        "day": day, "unit": unit, "procedure": procedure, "channel": channel, "overall": overall, "points": points,
        "marks": marks,
    }  # fmt: skip


def _line(desk: Desk, row: dict[str, Any]) -> str:
    day = f"{date.fromisoformat(row['day']):%d/%m/%Y}"
    overall = tr(f"survey.step.{row['overall']}") if row["overall"] else "–"
    marks = "".join("-" if mark is None else f"{mark}" for mark in row["marks"])
    title = procedure_title(desk, row["procedure"]) if row["procedure"] else "–"
    return f"{day}  {marks}  {'–' if row['points'] is None else row['points']:>2}  {overall:<22}  {title}"


def _forms(args: argparse.Namespace, desk: Desk) -> None:
    from tui.survey_forms import survey_forms

    if not 1 <= args.count <= MOST_FORMS:
        raise Problem("survey_forms_count", {"most": str(MOST_FORMS)}, status=2)
    path = Path(args.out)
    if path.suffix.lower() != ".pdf":
        raise Problem("report_format", {"file": path.name, "known": ".pdf"}, status=2)
    plate = survey_forms(Press(desk.folder), desk, args.count)
    try:
        path.write_bytes(plate.content)
    except OSError as error:
        raise Problem("file_unwritable", {"file": path.name}) from error
    document = {"file": args.out, "forms": args.count}
    _tell(document, [tr("survey.forms", count=args.count, file=args.out)], as_json=args.json)
