"""`motcua calendar`: a year's days with their reasons, and how much time lies between two moments."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from core.calendar import DayRow, OpeningRow, WorkCalendar
from tui.cli.amend import amend
from tui.cli.amend import arguments as amend_arguments
from tui.cli.batch import batch_argument, run_batch
from tui.cli.law import law_of
from tui.cli.output import Problem, print_json
from tui.i18n import language, tr


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
        "reason": reason(ordinal, calendar),
        "basis": None if working and calendar.law.row(ordinal) is None else calendar.law.basis(ordinal),
        "confirmed": not calendar.unconfirmed(ordinal, ordinal),
    }
    announced = announcement(ordinal, calendar)
    if announced is not None:
        why = announced.reason_vi if language() == "vi" else announced.reason_en
        told["announced"] = {"working": announced.working, "reason": why, "basis": announced.basis}
    openings = calendar.law.openings(ordinal)
    if openings:
        told["openings"] = [_opening(one) for one in openings]
    return told


def announcement(day: int, calendar: WorkCalendar) -> DayRow | None:
    """What is announced for the day but not counted; a day that was withdrawn is an ordinary one again."""
    row = calendar.law.announced(day)
    return row if row is not None and row.working == calendar.law.is_weekend(day) else None


def _opening(opening: OpeningRow) -> dict[str, Any]:
    return {
        "hours": [[clock_time(opens), clock_time(closes)] for opens, closes in opening.periods],
        "place": opening.place or None,
        "desk": opening.desk,
        "basis": opening.basis,
    }


def clock_time(second: int) -> str:
    """Seconds after midnight as «17:30»."""
    return f"{second // 3_600:02}:{second // 60 % 60:02}"


def reason(day: int, calendar: WorkCalendar) -> str | None:
    """Why a day is off, or a weekend day worked; None for an ordinary working day."""
    row = calendar.law.row(day)
    if row is not None:
        return row.reason_vi if language() == "vi" else row.reason_en
    return tr("calendar.weekend") if calendar.law.is_weekend(day) else None
