"""The slow reference: days and hours as the page on time limits tells them, with naive local datetimes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

ONE = timedelta(days=1)
MINUTE = timedelta(minutes=1)
Hours = tuple[tuple[int, int], ...]


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001


def second_of(moment: datetime) -> int:
    return (moment - midnight(moment.date())).seconds


@dataclass(frozen=True)
class Week:
    """A calendar as plain facts; `versions`: hours by weekday (None: whole days) from a day on; `own`: one date's.

    `openings`: reception beside the hours.
    """

    weekend: frozenset[int]
    off: frozenset[date]
    worked: frozenset[date]
    versions: tuple[tuple[date, tuple[Hours, ...] | None], ...]
    own: Mapping[date, Hours] = field(default_factory=dict)
    openings: Mapping[date, Hours] = field(default_factory=dict)

    def working(self, day: date) -> bool:
        if day in self.off:
            return False
        return day in self.worked or day.weekday() not in self.weekend

    def hours(self, day: date) -> Hours:
        if day in self.own:
            return self.own[day]
        valid = [hours for first, hours in self.versions if first <= day or first == self.versions[0][0]][-1]
        if valid is None:
            return ((0, 86_400),)
        made_up = day in self.worked and day not in self.off and day.weekday() in self.weekend
        return valid[0 if made_up else day.weekday()]

    def next(self, day: date) -> date:
        while not self.working(day):
            day += ONE
        return day

    def opening(self, day: date) -> datetime:
        hours = self.hours(day)
        return midnight(day) + timedelta(seconds=hours[0][0] if hours else 0)

    def closing(self, day: date) -> datetime:
        hours = self.hours(day)
        return midnight(day) + timedelta(seconds=hours[-1][1] if hours else 86_400)

    def receives_until(self, day: date) -> datetime:
        ends = [midnight(day) + timedelta(seconds=end) for _, end in self.openings.get(day, ())]
        return max([self.closing(day), *ends])

    def inside(self, moment: datetime) -> bool:
        """Whether the minute that begins here is worked."""
        day = moment.date()
        return self.working(day) and any(start <= second_of(moment) < end for start, end in self.hours(day))

    def closes(self, moment: datetime) -> bool:
        """Whether the day's minute that ends here is worked: a closing is inside (24:00 is the next day's 00:00)."""
        return second_of(moment) > 0 and self.inside(moment - MINUTE)

    def open_from(self, moment: datetime) -> datetime:
        while not self.inside(moment) and not self.closes(moment):
            moment += MINUTE
        return moment

    def length(self, day: date) -> timedelta:
        return timedelta(seconds=sum(end - start for start, end in self.hours(day)))


def minutes_between(start: datetime, end: datetime, week: Week) -> int:
    count, moment = 0, start
    while moment < end:
        count += week.inside(moment)
        moment += MINUTE
    return count
