"""Which period a report is of, and until when it is to be sent: dated settings of the station's law."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core.answers import InvalidInput
from core.periods import Periods, read_periods
from storage.desk import Desk
from storage.frozen import sent
from storage.lawbook.figures import figure, figure_if_any

_DUE = "report_due_days."
_ONE = timedelta(days=1)
_LONG_AGO = timedelta(days=800)
"""Longer than two of the longest periods: what was set before it moves no border any more."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """A report of the last period that is over, which nobody has sent; `by`: the last day to send it."""

    name: str
    first: date
    last: date
    by: date


def unsent(desk: Desk, today: date, ahead: int) -> Iterator[Unsent]:
    """Reports whose sending day is gone or comes within `ahead` working days; none where nobody has set such a day.

    One that was sent while its period still ran tells of a part of it: it is owed yet.
    """
    law = desk.law
    names = {one.name.removeprefix(_DUE) for one in law.policies if one.name.startswith(_DUE)}
    if not names:
        return
    near = date.fromordinal(law.calendar(desk.identity.unit).nth_after(today.toordinal(), ahead))
    for name in sorted(names):
        first, last = period_before(desk, name, today)
        by = send_by(desk, name, last)
        if by is None or by > near:
            continue
        whole = (one for one in sent(desk) if not one.early)
        if not any((one.name, one.first, one.last) == (name, first, last) for one in whole):
            yield Unsent(name, first, last, by)


def period_around(desk: Desk, report: str, day: date) -> tuple[date, date]:
    """The first and the last day of the report's period that has the day.

    A period is as it is set on its first day, and the next one begins where it ends: each day is in one, also where
    months from the 1st become months from the 15th.
    """
    early = day - min(_LONG_AGO, day - date.min)
    first, last = periods_of(desk, report, early).around(early)
    while last < day:
        first = last + _ONE
        last = periods_of(desk, report, first).around(first)[1]
    return first, last


def period_before(desk: Desk, report: str, day: date) -> tuple[date, date]:
    """The last one that is over on the day."""
    return period_around(desk, report, period_around(desk, report, day)[0] - _ONE)


def periods_of(desk: Desk, report: str, day: date) -> Periods:
    """The report's periods as they are set on the day: `report_months.NAME`, else of one month, from
    `report_first_day.NAME`, else the 1st on."""
    law, unit = desk.law, desk.identity.unit
    months = figure_if_any(law, f"report_months.{report}", unit, day) or "1"
    return read_periods(months, figure_if_any(law, f"report_first_day.{report}", unit, day) or "1")


def is_regular(desk: Desk, report: str, day: date) -> bool:
    """Whether somebody set the periods in which the report is owed."""
    return figure_if_any(desk.law, f"report_months.{report}", desk.identity.unit, day) is not None


def send_by(desk: Desk, report: str, last: date) -> date | None:
    """The last day to send the report of a period that ends on `last` (`report_due_days.NAME`: days after it).

    None: nobody has set one, which is no data and no leave. On a day off it is the next working day.
    """
    try:
        days = figure(desk.law, f"report_due_days.{report}", desk.identity.unit, last)
        wanted = last + timedelta(days=int(days))
        return date.fromordinal(desk.law.calendar(desk.identity.unit).next_working(wanted.toordinal()))
    except (InvalidInput, ValueError, OverflowError):
        return None
