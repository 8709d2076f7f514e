"""`motcua roster`: who works when, day by day; an officer's week, absences, and who is back."""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from typing import Any

from core.answers import Refusal
from core.days import Periods
from core.moments import legal_day
from core.roster import NOTHING, WEEKDAYS, Absence, Roster, leads, read_periods, written_periods
from core.rostering import EndAbsence, NoteAbsence, RosterCommand, SetRoster
from core.text import clean_line
from storage.desk import Desk
from storage.officers import Officer
from storage.roster import roster
from tui.cli.actions import action
from tui.cli.common import acting_officer, acts, named_officer, open_desk
from tui.cli.output import Problem, print_json
from tui.cli.roster_cover import cover_arguments, run_cover
from tui.cli.times import read_date
from tui.dates import day_short
from tui.i18n import tr

_WEEK = timedelta(days=6)
_MOST_DAYS = 366


def arguments(parser: argparse.ArgumentParser) -> None:
    _shown(parser, {})
    place = parser.add_subparsers(dest="action", metavar="show|set|away|back|cover")
    _shown(action(place, "show", parser), {"default": argparse.SUPPRESS})
    setting = action(place, "set", parser)
    setting.add_argument("who", metavar="OFFICER")
    setting.add_argument("--from", dest="first", metavar="D", required=True)
    setting.add_argument("--hours", action="append", metavar="mon-fri=07:30-11:30,13:00-17:00")
    setting.add_argument("--desk", type=int, metavar="N")
    setting.add_argument("--reason", metavar="TEXT")
    away = action(place, "away", parser)
    away.add_argument("who", metavar="OFFICER")
    away.add_argument("--from", dest="first", metavar="D", required=True)
    away.add_argument("--to", dest="last", metavar="D", required=True)
    away.add_argument("--half", choices=("morning", "afternoon"))
    away.add_argument("--reason", metavar="TEXT", required=True)
    back = action(place, "back", parser)
    back.add_argument("who", metavar="OFFICER")
    back.add_argument("--on", dest="first", metavar="D")
    back.add_argument("--reason", metavar="TEXT")
    for one in (setting, away, back):
        acts(one, again=True)
    cover_arguments(action(place, "cover", parser))


def _shown(parser: argparse.ArgumentParser, unsaid: dict[str, Any]) -> None:
    parser.add_argument("--officer", dest="who", metavar="O", **unsaid)
    parser.add_argument("--from", dest="first", metavar="D", **unsaid)
    parser.add_argument("--to", dest="last", metavar="D", **unsaid)
    parser.add_argument("--as", dest="officer", metavar="OFFICER", **unsaid)


def run(args: argparse.Namespace) -> int:
    if args.action == "cover":
        return run_cover(args)
    with open_desk(args) as desk:
        reader = acting_officer(args, desk) if args.officer or args.action in ("set", "away", "back") else None
        first = read_date(args.first) if args.first else legal_day(desk.now())
        last = first + _WEEK
        if args.action in (None, "show", "away") and args.last:
            last = read_date(args.last)
        if not 0 <= (last - first).days < _MOST_DAYS:
            raise Problem("roster_days", {"most": str(_MOST_DAYS)}, status=2)
        officers = [named_officer(desk, args.who)] if args.who else [one for one in desk.officers.all() if one.active]
        for command in _commands(args, desk, officers[0], first, last):
            done = desk.do(command, reader or officers[0])
            if isinstance(done, Refusal):
                raise Problem.of(done)
        document = roster_json(desk, officers, first, last, reader)
    if args.json:
        print_json(document)
    else:
        _print(document, everybody=args.who is None)
    return 0


def _commands(args: argparse.Namespace, desk: Desk, officer: Officer, first: date, last: date) -> list[RosterCommand]:
    reason = clean_line(args.reason) if getattr(args, "reason", None) else None
    if args.action == "set":
        return [SetRoster(officer.id, first, read_week(args.hours), desk.now(), args.desk, reason)]
    if args.action == "away":
        return [NoteAbsence(officer.id, first, last, reason or "", desk.now(), args.half)]
    if args.action != "back":
        return []
    absences = roster(desk).folded.get(officer.id, NOTHING).absences
    found = [one for one in absences if one.covers(first)]
    if not found:
        raise Problem("absence_unknown", {"officer": officer.code, "day": f"{first:%d/%m/%Y}"})
    return [EndAbsence(officer.id, one, first, desk.now(), reason) for one in found]


def read_week(given: list[str] | None) -> tuple[Periods, ...] | None:
    """`mon-fri=07:30-11:30,13:00-17:00` for each run of days; None for the unit's hours.

    Raises Problem `roster_hours_invalid`.
    """
    if given is None:
        return None
    week: list[Periods] = [()] * len(WEEKDAYS)
    for text in given:
        days, _, hours = text.partition("=")
        first, _, last = days.partition("-")
        try:
            begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
            periods = read_periods([part.strip().split("-") for part in hours.split(",")] if hours else [])
        except ValueError as error:
            raise Problem("roster_hours_invalid", {"value": text[:60]}, status=2) from error
        if end < begin:
            raise Problem("roster_hours_invalid", {"value": text[:60]}, status=2)
        week[begin : end + 1] = [periods] * (end + 1 - begin)
    return tuple(week)


def roster_json(desk: Desk, officers: list[Officer], first: date, last: date, reader: Officer | None) -> dict[str, Any]:
    """Each officer's week, absences and days. Why somebody is away is told to the leader, the admin and himself."""
    found = roster(desk)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "share": float(found.share),
        "officers": [_officer_json(desk, found, one, days, reader) for one in officers],
    }


def _officer_json(
    desk: Desk, found: Roster, officer: Officer, days: list[date], reader: Officer | None
) -> dict[str, Any]:
    said = found.folded.get(officer.id, NOTHING)
    row = found.row(officer.id, days[0])
    told = reader is not None and (leads(reader.roles) or reader.id == officer.id)
    kept = [one for one in said.absences if one.last >= days[0] and one.first <= days[-1]]
    return {
        "officer": officer.code,
        "source": "own" if row else "unit" if officer.id in found.usual else "none",
        "valid_from": row.valid_from.isoformat() if row else None,
        "week": dict(zip(WEEKDAYS, map(written_periods, row.week), strict=True)) if row and row.week else None,
        "desk_number": row.desk if row else None,
        "absences": [_absence_json(desk, one, told=told) for one in kept],
        "replaced": [{"event_id": one.event, "by": _code(desk, one.by), "winner": one.winner} for one in said.replaced],
        "days": [_day_json(found, officer.id, day, kept) for day in days],
    }


def _absence_json(desk: Desk, one: Absence, *, told: bool) -> dict[str, Any]:
    return {
        "id": one.id,
        "from": one.first.isoformat(),
        "to": one.last.isoformat(),
        "half": one.half,
        "noted_by": _code(desk, one.noted_by),
        "reason": one.reason if told else None,
    }


def _day_json(found: Roster, officer: str, day: date, absences: list[Absence]) -> dict[str, Any]:
    return {
        "date": day.isoformat(),
        "working": found.calendar.is_working(day),
        "periods": written_periods(found.periods(officer, day)),
        "away": any(one.covers(day) for one in absences),
        "hours": round(float(found.hours(officer, day)), 2),
    }


def _code(desk: Desk, officer: str) -> str:
    known = desk.officers.get(officer)
    return known.code if known else officer


def _print(document: dict[str, Any], *, everybody: bool) -> None:
    for one in document["officers"]:
        if everybody and one["source"] == "none":
            continue
        print(f"{one['officer']}  {tr('cli.roster.' + one['source'])}")
        for day in one["days"]:
            hours = " ".join("–".join(period) for period in day["periods"])
            words = [hours or tr("cli.roster.off")] + ([tr("cli.roster.away")] if day["away"] else [])
            left, minutes = divmod(round(day["hours"] * 60), 60)
            about = f"  {tr('cli.roster.hours', hours=left, minutes=minutes)}" if left or minutes else ""
            print(f"  {day_short(date.fromisoformat(day['date'])):9}  {' · '.join(words):30}{about}".rstrip())
        for lost in one["replaced"]:
            print(f"  {tr('cli.roster.replaced', officer=lost['by'])}")
