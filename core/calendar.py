"""Which days and hours count; day arithmetic in O(1)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo
from typing import Any

from core.answers import InvalidInput
from core.days import WEEKEND, CountingRule, DayLaw, DayRow, HoursRow, OpeningRow, Periods
from core.moments import DAY, LEGAL_TIME, Clock, clock_for

__all__ = ["EARLIEST", "LATEST", "DayRow", "HoursRow", "OpeningRow", "WorkCalendar"]

EARLIEST = date(1900, 1, 1).toordinal()
LATEST = date(2200, 12, 31).toordinal()
_TEN_YEARS = 3_660
_STEP = 800


class WorkCalendar:
    """Working days and hours of one unit, compiled into arrays over a range of days.

    Days are ordinals (`date.toordinal`), moments are its clock's seconds (core.moments). A calendar of data
    answers `InvalidInput("calendar_out_of_range")` outside its range; one that grows knows 1900–2200.
    `remembered` is for those who ask the same of it again.
    """

    __slots__ = (
        *("_before", "_days", "_endings", "_grows", "_high", "_low", "_spans", "_worked"),
        *("clock", "law", "remembered"),
    )

    def __init__(self, law: DayLaw, clock: Clock, low: int, high: int, *, grows: bool) -> None:
        self.law = law
        self.clock = clock
        self._grows = grows
        self._endings: dict[int, datetime] = {}
        self._spans: dict[int, Periods] = {}
        self.remembered: dict[int, Any] = {}
        self._compile(low, high)

    @classmethod
    def from_rows(
        cls,
        days: Iterable[DayRow],
        hours: Sequence[HoursRow],
        first: date,
        last: date,
        weekend: frozenset[int] = WEEKEND,
        *,
        zone: tzinfo = LEGAL_TIME,
        estimated_from: date | None = None,
        openings: Iterable[OpeningRow] = (),
        rules: Iterable[CountingRule] = (),
        grows: bool = False,
    ) -> WorkCalendar:
        """Compile rows (a later row of one date replaces an earlier one) for the days `first`…`last`.

        `hours` has at least one row; the earliest also serves the days before it. From `estimated_from` on,
        every day is an estimate: the government has not decided that year yet.
        """
        law = DayLaw(days, hours, weekend, estimated_from, openings, rules)
        return cls(law, clock_for(zone), first.toordinal(), last.toordinal(), grows=grows)

    def by(self, law: DayLaw) -> WorkCalendar:
        """The same range and zone by other rows."""
        return WorkCalendar(law, self.clock, self._low, self._high, grows=self._grows)

    @property
    def first(self) -> date:
        """The first day of the range compiled so far."""
        return date.fromordinal(self._low)

    @property
    def last(self) -> date:
        """The last day of the range compiled so far."""
        return date.fromordinal(self._high)

    def is_working(self, day: date | int) -> bool:
        """Whether the day counts as a working day."""
        at = self._index(day if isinstance(day, int) else day.toordinal())
        return self._before[at + 1] > self._before[at]

    def nth_after(self, day: int, n: int) -> int:
        """The n-th working day after `day`, n ≥ 1."""
        at = self._index(day)
        return self._ahead(day, self._before[at + 1] + n - 1)

    def eve_and_nth_after(self, day: int, n: int) -> tuple[int, int]:
        """The working day before `nth_after` (an earlier day than `day` where there is none), and `nth_after`."""
        end = self.nth_after(day, n)
        position = self._before[end - self._low]
        return (self._days[position - 1] if position else self._low - 1), end

    def nth_after_each(self, days: Sequence[int], n: int) -> list[int]:
        """`nth_after` for many days at once."""
        if not days:
            return []
        first, last = min(days), max(days)
        self._index(first)
        self.nth_after(last, n)
        low, before, working, more = self._low, self._before, self._days, n - 1
        return [working[before[day - low + 1] + more] for day in days]

    def next_working(self, day: int) -> int:
        """`day` itself where it is a working day, else the next one."""
        at = self._index(day)
        return self._ahead(day, self._before[at])

    def previous_working(self, day: int) -> int:
        """`day` itself where it is a working day, else the one before."""
        self._index(day)
        while self._before[day - self._low + 1] == 0:
            self._extend(self._low - 1)
        return self._days[self._before[day - self._low + 1] - 1]

    def count(self, after: int, until: int) -> int:
        """How many working days lie in (after, until]; negative where the ends are swapped."""
        self._index(after)
        end = self._index(until)
        return self._before[end + 1] - self._before[after - self._low + 1]

    def periods(self, day: int) -> Periods:
        """The day's hours, seconds after midnight: reception hours where it is no working day."""
        return self.law.periods(day)

    def opening(self, day: int) -> int:
        """The moment when the day's first period begins; 00:00 where it has none."""
        periods = self.law.periods(day)
        return self.clock.at(day, periods[0][0] if periods else 0)

    def closing(self, day: int) -> int:
        """The moment when the day's last period ends; 24:00 where it has none."""
        periods = self.law.periods(day)
        return self.clock.at(day, periods[-1][1] if periods else DAY)

    def reception_end(self, day: int) -> int:
        """The moment after which nothing is received on the day: its closing, or an opening's end after it."""
        later = [self.clock.at(day, one.periods[-1][1]) for one in self.law.openings(day)]
        return max([self.closing(day), *later])

    def ending(self, day: int) -> datetime:
        """`closing` as a datetime, remembered."""
        known = self._endings.get(day)
        if known is None:
            known = self._endings[day] = self.clock.moment(self.closing(day))
        return known

    def spans(self, day: int) -> Periods:
        """The day's hours as moments, remembered."""
        known = self._spans.get(day)
        if known is None:
            at = self.clock.at
            periods = self.law.periods(day)
            known = self._spans[day] = tuple((at(day, opening), at(day, closing)) for opening, closing in periods)
        return known

    def length(self, day: int) -> int:
        """The working seconds of a day; 0 where it is no working day."""
        return sum(closing - opening for opening, closing in self.spans(day)) if self.is_working(day) else 0

    def work_between(self, start: int, end: int) -> int:
        """Working seconds in [start, end); negative where the ends are swapped."""
        first, last = self.clock.day(start), self.clock.day(end)
        self._index(first)
        self._index(last)
        return self._worked_before(last, end) - self._worked_before(first, start)

    def after_work(self, moment: int, seconds: int) -> tuple[int, int]:
        """When `seconds` ≥ 1 of working time after the moment are used up, and on which working day.

        Time that is used up exactly at a closing ends there.
        """
        first = self.clock.day(moment)
        self._index(first)
        while self._worked[-1] < (target := self._worked_before(first, moment) + seconds):
            position = bisect_left(self._worked, self._worked[-1])
            self._extend_ahead(first, self._days[position - 1] if position else self._low)
        position = bisect_left(self._worked, target) - 1
        day, left = self._days[position], target - self._worked[position]
        for opening, closing in self.spans(day):
            if left <= closing - opening:
                return opening + left, day
            left -= closing - opening
        raise AssertionError("working time outside its day")

    def next_open(self, moment: int) -> int:
        """The moment itself inside hours of a working day (a closing is inside), else the next opening."""
        day = self.clock.day(moment)
        if self.is_working(day):
            for opening, closing in self.spans(day):
                if moment <= closing:
                    return max(moment, opening)
        return self.after_work(moment, 1)[0] - 1

    def differs(self, other: WorkCalendar) -> list[int]:
        """The days of both ranges, in order, on which work or reception is not the same."""
        days = range(max(self._low, other._low), min(self._high, other._high) + 1)
        return [day for day in days if self._face(day) != other._face(day)]

    def _face(self, day: int) -> tuple[object, ...]:
        law = self.law
        return law.is_working(day), law.periods(day), tuple(one.periods for one in law.openings(day))

    def unconfirmed(self, first: int, last: int) -> bool:
        """Whether any day in [first, last] is an estimate or waits for a decision."""
        return self.law.unconfirmed(first, last)

    def _index(self, day: int) -> int:
        if not self._low <= day <= self._high:
            self._extend(day)
        return day - self._low

    def _ahead(self, asked: int, position: int) -> int:
        wanted = position - self._before[asked - self._low]
        while position >= len(self._days):
            self._extend_ahead(asked, self._days[-1] if self._days else self._low)
            position = self._before[asked - self._low] + wanted
        return self._days[position]

    def _worked_before(self, day: int, moment: int) -> int:
        at = day - self._low
        position = self._before[at]
        worked = self._worked[position]
        if self._before[at + 1] > position:
            for opening, closing in self.spans(day):
                worked += max(0, min(moment, closing) - opening)
        return worked

    def _extend_ahead(self, asked: int, last: int) -> None:
        """Widen the range for more working time after `last`; ten years without any is no calendar."""
        if self._grows and self._high - max(last, asked) > _TEN_YEARS:
            raise InvalidInput("calendar_invalid")
        self._extend(self._high + 1)

    def _extend(self, day: int) -> None:
        if not self._grows:
            raise InvalidInput("calendar_out_of_range", first=self.first, last=self.last)
        if not EARLIEST <= day <= LATEST:
            raise InvalidInput("out_of_range")
        size = max(_STEP, self._high - self._low)
        low = max(EARLIEST, day - _STEP // 2) if day < self._low else self._low
        high = min(LATEST, day + size) if day > self._high else self._high
        self._compile(low, high)

    def _compile(self, low: int, high: int) -> None:
        law, total = self.law, 0
        days, before, worked = [], [0], [0]
        lengths: dict[Periods, int] = {}
        for day in range(low, high + 1):
            if law.is_working(day):
                days.append(day)
                periods = law.periods(day)
                if periods not in lengths:
                    lengths[periods] = sum(closing - opening for opening, closing in periods)
                total += lengths[periods] if self.clock.even(day) else self._changed(day, periods)
                worked.append(total)
            before.append(len(days))
        self._low, self._high = low, high
        self._days, self._before, self._worked = days, before, worked

    def _changed(self, day: int, periods: Periods) -> int:
        at = self.clock.at
        return sum(at(day, closing) - at(day, opening) for opening, closing in periods)
