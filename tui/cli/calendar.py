"""`motcua calendar`: a year's days with their reasons, and how much time lies between two moments."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from core.calendar import OpeningRow, WorkCalendar
from core.day_kinds import proposed
from tui.cli.amend import amend
from tui.cli.amend import arguments as amend_arguments
from tui.cli.batch import batch_argument, run_batch
from tui.cli.law import law_of
from tui.cli.output import Problem, print_json
from tui.day_words import clock_time, reason, reason_of
from tui.i18n import tr


def arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="show|count|amend")
    showing = _action(actions, "show")
    showing.add_argument("year", metavar="YEAR", type=int)
    showing.add_argument("--unit", metavar="CODE", help=tr("cli.calendar.unit"))
    batch_argument(_action(actions, "count"))
    amend_arguments(_action(actions, "amend"), file_needed=True)


def run(args: argparse.Namespace) -> int:
    if args.action == "amend":
        return amend(args)
    if args.action == "count":
        from tui.cli.calendar_count import Counter

        return run_batch(args.batch, Counter(law_of(args)), {"amount": None, "seconds": None})
    calendar = law_of(args).calendar(args.unit)
    days = [_day(date.fromordinal(day), calendar) for day in _days(args.year, calendar)]
    if args.json:
        print_json({"year": args.year, "days": days})
    else:
        from tui.cli.calendar_sheet import year_sheet

        print("\n".join(year_sheet(args.year, calendar)))
    return 0


def _action(actions: Any, name: str) -> argparse.ArgumentParser:
    """One action's parser; the common options may also stand after the action's name."""
    parser: argparse.ArgumentParser = actions.add_parser(name, description=tr("cli.calendar.help"))
    parser.add_argument("--data", metavar="DIR", default=argparse.SUPPRESS)
    parser.add_argument("--lang", choices=("vi", "en"), default=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS)
    parser.add_argument("--debug", action="store_true", default=argparse.SUPPRESS)
    return parser


def _days(year: int, calendar: WorkCalendar) -> range:
    if not calendar.first.year <= year <= calendar.last.year:
        first, last = str(calendar.first), str(calendar.last)
        raise Problem("calendar_out_of_range", {"first": first, "last": last})
    return range(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1)


def _day(day: date, calendar: WorkCalendar) -> dict[str, Any]:
    ordinal = day.toordinal()
    working = calendar.is_working(ordinal)
    told: dict[str, Any] = {
        "date": day.isoformat(),
        "working": working,
        "reason": reason(ordinal, calendar.law),
        "basis": None if working and calendar.law.row(ordinal) is None else calendar.law.basis(ordinal),
        "confirmed": not calendar.unconfirmed(ordinal, ordinal),
    }
    announced = proposed(calendar.law, ordinal)
    if announced is not None:
        why = reason_of(announced)
        told["announced"] = {"working": announced.working, "reason": why, "basis": announced.basis}
    openings = calendar.law.openings(ordinal)
    if openings:
        told["openings"] = [_opening(one) for one in openings]
    return told


def _opening(opening: OpeningRow) -> dict[str, Any]:
    return {
        "hours": [[clock_time(opens), clock_time(closes)] for opens, closes in opening.periods],
        "place": opening.place or None,
        "desk": opening.desk,
        "basis": opening.basis,
    }
