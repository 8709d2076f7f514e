"""The slow reference: the page on time limits, told day by day and second by second, with dates only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

ONE = timedelta(days=1)
Pause = tuple[datetime, datetime]


@dataclass(frozen=True)
class Week:
    """A calendar as plain facts: days off, worked weekend days, hours `(open, close)` in seconds of every day."""

    weekend: frozenset[int]
    off: frozenset[date]
    worked: frozenset[date]
    hours: tuple[tuple[int, int], ...]

    def working(self, day: date) -> bool:
        if day in self.off:
            return False
        return day in self.worked or day.weekday() not in self.weekend

    def next(self, day: date) -> date:
        while not self.working(day):
            day += ONE
        return day

    def closing(self, day: date) -> datetime:
        return midnight(day) + timedelta(seconds=self.hours[-1][1])

    def inside(self, moment: datetime) -> bool:
        """Whether the minute that begins here is worked."""
        second = (moment - midnight(moment.date())).seconds
        return self.working(moment.date()) and any(start <= second < end for start, end in self.hours)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001


def receipt_day(moment: datetime, week: Week, *, next_day: bool) -> date:
    day = moment.date()
    if next_day and (not week.working(day) or moment > week.closing(day)):
        return week.next(day + ONE)
    return day


def days_due(
    start: date, amount: int, counts: Callable[[date], bool], paused: Sequence[tuple[date, date]], *, first: bool
) -> date:
    """Walk day by day: day 1 is the day after the start (or the start itself)."""
    day = start - ONE if first else start
    while amount:
        day += ONE
        if counts(day) and not any(asked < day <= answered for asked, answered in paused):
            amount -= 1
    return day


def month_due(start: date, months: int) -> date:
    """The corresponding date, or the month's last day where there is none."""
    year, month = start.year + (start.month - 1 + months) // 12, (start.month - 1 + months) % 12 + 1
    for day in range(start.day, 0, -1):
        try:
            return date(year, month, day)
        except ValueError:
            continue
    raise AssertionError


def hours_due(start: datetime, minutes: int, week: Week | None, paused: Sequence[Pause]) -> datetime:
    """Walk minute by minute, only inside hours (without a week: through everything)."""
    moment = start
    while minutes:
        counts = week is None or week.inside(moment)
        if counts and not any(asked <= moment < answered for asked, answered in paused):
            minutes -= 1
        moment += timedelta(minutes=1)
    return moment


def minutes_between(start: datetime, end: datetime, week: Week) -> int:
    count, moment = 0, start
    while moment < end:
        count += week.inside(moment)
        moment += timedelta(minutes=1)
    return count
