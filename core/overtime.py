"""Half days of overtime as weeks of an officer's roster: longer on those days, after them as it was before.

The hours are put behind the day's last, and before its first where midnight leaves too few: a leader who wants them
elsewhere sets that week by hand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from core.days import Periods
from core.forecast import HORIZON, full_day
from core.moments import DAY
from core.roster import NOTHING, WEEKDAYS, Folded, Roster, RosterRow

_MINUTE = 60
_WEEK = len(WEEKDAYS)


def overtime(roster: Roster, officer: str, days: Collection[date], first: date) -> list[tuple[RosterRow, RosterRow]]:
    """The rows to set, each beside the one that is in force from its day on without it.

    `days`: those on which the officer works half of a full day of his more; `first`: the forecast's first one. Empty
    where rows can't say so: a day has hours of its own by decision, a half of it is missing, or it is too short.
    """
    usual = full_day(roster.hours(officer, day) for day in _from(first, HORIZON))
    if not usual:
        return []
    more = ceil(usual / 2 * 3600 / roster.share / _MINUTE) * _MINUTE
    found: list[tuple[RosterRow, RosterRow]] = []
    week: tuple[Periods, ...] = ((),) * _WEEK
    for stretch in _stretches(roster, officer, days):
        before, wanted = _in_force(roster, officer, stretch[0]), list(week)
        for day in stretch:
            planned = roster.planned(officer, day)
            if planned:
                wanted[day.weekday()] = _longer(planned, more) if day in days else planned
        if not found or tuple(wanted) != week or before.desk != found[-1][0].desk:
            week = tuple(wanted)
            found.append((replace(before, week=week), before))
    after = _in_force(roster, officer, max(days) + timedelta(days=1))
    found.append((after, after))
    return found if _comes_to(roster, officer, found, days, usual / 2) else []


def _from(first: date, count: int) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range(count))


def _stretches(roster: Roster, officer: str, days: Collection[date]) -> list[list[date]]:
    """From the first to the last day, cut where a week begins or the officer's own rows change."""
    rows = {one.valid_from for one in roster.folded.get(officer, NOTHING).rows}
    found: list[list[date]] = []
    for day in _from(min(days), (max(days) - min(days)).days + 1):
        if not found or not day.weekday() or day in rows:
            found.append([])
        found[-1].append(day)
    return found


def _in_force(roster: Roster, officer: str, day: date) -> RosterRow:
    """What holds on the day, as a row that begins on it."""
    row = roster.row(officer, day)
    return RosterRow(day, None) if row is None else RosterRow(day, row.week, row.desk)


def _longer(periods: Periods, seconds: int) -> Periods:
    """As far as the day has room."""
    later = min(seconds, DAY - periods[-1][1])
    opening = max(0, periods[0][0] - (seconds - later))
    opened = ((opening, periods[0][1]), *periods[1:])
    return (*opened[:-1], (opened[-1][0], opened[-1][1] + later))


def _comes_to(
    roster: Roster,
    officer: str,
    rows: Sequence[tuple[RosterRow, RosterRow]],
    days: Collection[date],
    hours: Fraction,
) -> bool:
    """Whether each of the days has that much more, and no other one is changed."""
    known = roster.folded.get(officer, NOTHING)
    by_day = {one.valid_from: one for one in known.rows} | {new.valid_from: new for new, _ in rows}
    folded = Folded(tuple(by_day[day] for day in sorted(by_day)), known.absences)
    changed = replace(roster, folded={**roster.folded, officer: folded})
    for day in _from(min(days), (max(days) - min(days)).days + 1 + _WEEK):
        gained = changed.hours(officer, day) - roster.hours(officer, day)
        if gained < hours if day in days else gained:
            return False
    return True
