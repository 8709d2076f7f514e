"""When things happen at a counter: the shape of a day and of a week, on the unit's own calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from random import Random

from core.calendar import WorkCalendar

_EIGHTHS = (22, 24, 16, 10, 10, 9, 6, 3)  # arrivals in each eighth of a working day, in per cent
_BEFORE = (0, *accumulate(_EIGHTHS))
_WEEKDAYS = (130, 105, 95, 90, 95, 60, 60)  # Monday first; a made-up Saturday is quiet


@dataclass(frozen=True, slots=True)
class Hours:
    """Draws moments inside working hours; a day is its ordinal."""

    calendar: WorkCalendar
    random: Random

    def day_of(self, moment: datetime) -> int:
        return self.calendar.clock.day(self.calendar.clock.seconds(moment))

    def weight(self, day: int) -> int:
        """How busy a day is; 0 where nobody works."""
        return _WEEKDAYS[date.fromordinal(day).weekday()] if self.calendar.is_working(day) else 0

    def arrival(self, day: int) -> datetime:
        """A moment of the day as people come: the early morning is the fullest."""
        eighth = self.random.choices(range(8), _EIGHTHS)[0]
        return self.at_share(day, (eighth + self.random.random()) / 8)

    def passed(self, moment: datetime) -> float:
        """Which part of its day's arrivals comes before the moment, 0 to 1."""
        day = self.day_of(moment)
        seconds = self.calendar.clock.seconds(moment)
        worked = self.calendar.work_between(self.calendar.opening(day), max(self.calendar.opening(day), seconds))
        place = min(8.0, 8 * worked / (self.calendar.length(day) or 1))
        whole = min(7, int(place))
        return (_BEFORE[whole] + (place - whole) * _EIGHTHS[whole]) / 100

    def at_share(self, day: int, share: float) -> datetime:
        """The moment when `share` (0 to 1) of a day's working time is over."""
        seconds = max(1, int(share * self.calendar.length(day)))
        return self.calendar.clock.moment(self.calendar.after_work(self.calendar.opening(day), seconds)[0])

    def later(self, moment: datetime, minutes: float) -> datetime:
        """Working minutes after the moment, plus a few seconds so that no two people act at once."""
        seconds = max(1, int(minutes * 60)) + self.random.randrange(50)
        return self.calendar.clock.moment(self.calendar.after_work(self.calendar.clock.seconds(moment), seconds)[0])

    def between(self, after: datetime, until: datetime) -> datetime:
        """A working moment in (after, until]; shortly after `after` where nothing lies between."""
        start = self.calendar.clock.seconds(after)
        room = self.calendar.work_between(start, self.calendar.clock.seconds(until))
        if room < 120:
            return self.later(after, 1)
        return self.calendar.clock.moment(self.calendar.after_work(start, self.random.randrange(60, room))[0])

    def on(self, day: int, after: datetime | None = None) -> datetime:
        """A working moment of the day, after the given one where that is on the same day or later."""
        opening = self.calendar.clock.moment(self.calendar.opening(day))
        start = opening if after is None or after < opening else after
        return self.between(start, self.calendar.ending(day))

    def days_after(self, moment: datetime, count: int) -> int:
        """The working day `count` working days after the moment's day (0: that day, or the next working one)."""
        day = self.day_of(moment)
        return self.calendar.nth_after(day, count) if count else self.calendar.next_working(day)

    def days_before(self, day: int, count: int) -> int:
        """The working day `count` working days before `day`."""
        for _ in range(count):
            day = self.calendar.previous_working(day - 1)
        return day
