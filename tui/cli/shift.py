"""`motcua shift`: officers' shifts at this desk: what happened in them, opened and closed by hand."""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import date, datetime, time
from typing import Any

from core.answers import Refusal
from core.moments import LEGAL_TIME, legal_day
from core.shift import Shift
from core.text import clean_line
from storage.desk import Desk
from storage.officers import Officer
from storage.shift import close_shift, events_in, last_shifts, open_shift, shift_of
from tui.answers import iso
from tui.cli.actions import action
from tui.cli.common import acting_officer, acts, named_officer, open_desk
from tui.cli.output import Problem, print_json
from tui.cli.times import read_moment
from tui.dates import moment_short
from tui.i18n import tr

_SHOWN = 5
"""How many of an officer's last shifts are told where one officer is asked about."""


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--officer", dest="who", metavar="O")
    acts(parser)
    place = parser.add_subparsers(dest="action", metavar="show|open|close")
    shown = action(place, "show", parser)
    opening = action(place, "open", parser)
    opening.add_argument("--from", dest="first", metavar="HH:MM|ISO")
    opening.add_argument("--until", metavar="HH:MM|ISO")
    closing = action(place, "close", parser)
    closing.add_argument("--reason", metavar="TEXT")
    for one in (shown, closing):
        one.add_argument("--officer", dest="who", metavar="O", default=argparse.SUPPRESS)
    for one in (opening, closing):
        acts(one, again=True)


def run(args: argparse.Namespace) -> int:
    with open_desk(args) as desk:
        if args.action == "open":
            found = [_opened(args, desk)]
        elif args.action == "close":
            found = [_closed(args, desk)]
        elif args.who:
            found = last_shifts(desk, named_officer(desk, args.who).id, _SHOWN)
        else:
            known = (shift_of(desk, one.id) for one in desk.officers.all())
            found = [one for one in known if one is not None]
        document = {"shifts": [_shift_json(desk, one) for one in found]}
        if args.json:
            print_json(document)
        else:
            for told in [_line(desk, one) for one in found] or [tr("cli.shift.none")]:
                print(told)
    return 0


def _opened(args: argparse.Namespace, desk: Desk) -> Shift:
    """By the roster, or by hand where both times are given."""
    if (args.first is None) != (args.until is None):
        raise Problem("shift_times", status=2)
    officer, today = acting_officer(args, desk), legal_day(desk.now())
    start, until = (None if text is None else _moment(text, today) for text in (args.first, args.until))
    opened = open_shift(desk, officer, start, until)
    if isinstance(opened, Refusal):
        raise Problem.of(opened)
    return opened


def _closed(args: argparse.Namespace, desk: Desk) -> Shift:
    officer = acting_officer(args, desk)
    whose: Officer = named_officer(desk, args.who) if args.who else officer
    before = shift_of(desk, whose.id)
    if before is None:
        raise Problem("shift_none", {"officer": whose.code})
    done = close_shift(desk, officer, before.id, clean_line(args.reason) if args.reason else None)
    if isinstance(done, Refusal):
        raise Problem.of(done)
    return next(one for one in last_shifts(desk, whose.id) if one.id == before.id)


def _moment(text: str, today: date) -> datetime:
    """«13:30» is today's; anything else a moment. Raises InvalidInput as `read_moment`."""
    try:
        return datetime.combine(today, time.fromisoformat(text), LEGAL_TIME)
    except ValueError:
        return read_moment(text, LEGAL_TIME)


def _shift_json(desk: Desk, one: Shift) -> dict[str, Any]:
    """`events`: how many of each kind the officer wrote at this desk meanwhile; null where it is another desk's."""
    here = one.desk == desk.identity.desk
    return {
        "id": one.id,
        "officer": _code(desk, one.officer),
        "desk": one.desk,
        "opened_at": iso(one.opened_at),
        "from": iso(one.start),
        "until": iso(one.until),
        "by_hand": one.by_hand,
        "closed_at": iso(one.closed_at),
        "closed_by": _code(desk, one.closed_by) if one.closed_by else None,
        "reason": one.reason,
        "events": dict(sorted(_kinds(desk, one).items())) if here else None,
    }


def _kinds(desk: Desk, one: Shift) -> Counter[str]:
    return Counter(event.kind for event in events_in(desk, one))


def _line(desk: Desk, one: Shift) -> str:
    told = {"officer": _code(desk, one.officer), "opened": moment_short(one.opened_at)}
    words = tr("cli.shift.open", **told)
    if one.closed_at is not None:
        words = tr("cli.shift.closed", closed=moment_short(one.closed_at), **told)
        words += f" ({_reason(one.reason)})" if one.reason else ""
    if one.start is not None and one.until is not None:
        key = "cli.shift.by_hand" if one.by_hand else "cli.shift.planned"
        words += " · " + tr(key, start=moment_short(one.start), until=moment_short(one.until))
    if one.desk != desk.identity.desk:
        return words + " · " + tr("cli.shift.elsewhere")
    kinds = _kinds(desk, one)
    counted = ", ".join(f"{tr(f'kind.{kind}')} {count}" for kind, count in sorted(kinds.items()))
    return words + (f" · {counted}" if counted else "")


def _reason(reason: str) -> str:
    """What an officer wrote, or the words for what the program did."""
    words = tr(f"shift.reason.{reason}")
    return reason if words == f"shift.reason.{reason}" else words


def _code(desk: Desk, officer: str) -> str:
    known = desk.officers.get(officer)
    return known.code if known else officer
