"""What law and decisions say of days: the rows that a calendar is compiled from."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from core.answers import InvalidInput
from core.moments import DAY

Period = tuple[int, int]
Periods = tuple[Period, ...]

WEEKEND = frozenset({5, 6})
WHOLE_DAY: Periods = ((0, DAY),)
_NEVER = date.max.toordinal()
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class DayRow:
    """What the law or a decision says of one date: a day off, or a weekend day made working.

    `confirmed` is False for an estimate or a proposal; `in_force` False for one that is only announced
    (shown, but not counted). `closure`: the unit's own closing, not a day off by law. `periods`: hours of
    its own for a day made working (else its Monday's).
    """

    date: date
    working: bool
    reason_vi: str
    reason_en: str
    basis: str | None
    confirmed: bool = True
    in_force: bool = True
    closure: bool = False
    periods: Periods | None = None


@dataclass(frozen=True, slots=True)
class HoursRow:
    """Reception hours from a day on: seconds after midnight `(open, close)` by weekday, Monday first.

    A weekday with no periods has no hours. `None` for `periods` means whole days (00:00–24:00).
    """

    valid_from: date
    periods: tuple[tuple[tuple[int, int], ...], ...] | None
    basis: str | None
    verified: bool = True


@dataclass(frozen=True, slots=True)
class CountingRule:
    """The article behind one rule of counting, from a day on; for the rules' names see `COUNTING_RULES`."""

    name: str
    valid_from: date
    basis: str
    verified: bool = True


COUNTING_RULES = ("from_the_moment", "first_day", "month", "year", "rolls", "one_apology", "weekend")


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """Reception beside the hours: an evening, a mobile van. It takes receipts and counts for no limit.

    `periods`: seconds after midnight. `desk`: the number of the desk that is there, where one is named.
    """

    date: date
    periods: Periods
    place: str
    basis: str | None
    desk: int | None = None


class DayLaw:
    """The rows of one calendar, looked up by day (an ordinal)."""

    __slots__ = (
        "_announced",
        "_cited",
        "_estimated_from",
        "_hours",
        "_openings",
        "_rows",
        "_unconfirmed",
        "_unsure_before",
        "_weekend",
    )

    def __init__(
        self,
        days: Iterable[DayRow],
        hours: Sequence[HoursRow],
        weekend: frozenset[int],
        estimated_from: date | None,
        openings: Iterable[OpeningRow] = (),
        rules: Iterable[CountingRule] = (),
    ) -> None:
        listed = list(days)
        self._cited = sorted(rules, key=lambda rule: rule.valid_from, reverse=True)
        self._rows = {row.date.toordinal(): row for row in listed if row.in_force}
        self._announced = {row.date.toordinal(): row for row in listed if not row.in_force}
        self._hours = tuple(sorted(hours, key=lambda row: row.valid_from))
        self._openings: dict[int, list[OpeningRow]] = {}
        for opening in openings:
            self._openings.setdefault(opening.date.toordinal(), []).append(opening)
        self._weekend = weekend
        unsure = [one for one in self._cited if one.name == "weekend"]
        sure = [one.valid_from.toordinal() for one in unsure if one.verified]
        self._unsure_before = min(sure, default=_NEVER) if len(sure) < len(unsure) else 0
        self._unconfirmed = sorted({row.date.toordinal() for row in listed if not row.confirmed})
        self._estimated_from = estimated_from.toordinal() if estimated_from else _NEVER

    def is_working(self, day: int) -> bool:
        """A row in force decides, else the weekday."""
        row = self._rows.get(day)
        return row.working if row is not None else (day + 6) % 7 not in self._weekend

    def periods(self, day: int) -> Periods:
        """The day's hours, seconds after midnight: reception hours where it is no working day.

        A weekend day made working has hours of its own or Monday's. Raises `InvalidInput("calendar_invalid")`
        where there are none to take.
        """
        row = self._rows.get(day)
        if row is not None and row.periods is not None:
            return row.periods
        valid = self.week_on(day)
        if valid is None:
            return WHOLE_DAY
        if row is None or not row.working or not self.is_weekend(day):
            return valid[(day + 6) % 7]
        if not valid[0]:
            raise InvalidInput("calendar_invalid")
        return valid[0]

    def week_on(self, day: int) -> tuple[Periods, ...] | None:
        """The hours by weekday that are in force on the day, Monday first; None: whole days."""
        valid = self._hours[0]
        for later in self._hours[1:]:
            if later.valid_from.toordinal() > day:
                break
            valid = later
        return valid.periods

    def cited(self, rule: str, day: int) -> str | None:
        """The article behind a rule of counting for what begins on the day; None where the calendar names none."""
        return next((one.basis for one in self._cited if one.name == rule and one.valid_from.toordinal() <= day), None)

    def openings(self, day: int) -> Sequence[OpeningRow]:
        """Reception beside the day's hours."""
        return self._openings.get(day, ())

    def row(self, day: int) -> DayRow | None:
        """The row in force for the day, if any."""
        return self._rows.get(day)

    def announced(self, day: int) -> DayRow | None:
        """What is announced for the day but not in force."""
        return self._announced.get(day)

    def is_weekend(self, day: int) -> bool:
        """Whether the weekday belongs to the weekend, whatever a decision made of the date."""
        return (day + 6) % 7 in self._weekend

    def basis(self, day: int) -> str | None:
        """The decision, law or rule by which the day is off (or made working)."""
        row = self._rows.get(day)
        if row is not None:
            return row.basis
        return self.cited("weekend", day) if self.is_weekend(day) else None

    @property
    def works_saturdays(self) -> bool:
        """Whether Saturday is a weekday that is worked, for fewer hours than Monday."""
        hours = [row.periods for row in self._hours if row.periods is not None]
        return _SATURDAY not in self._weekend and any(length_of(week[_SATURDAY]) < length_of(week[0]) for week in hours)

    def with_saturdays(self, *, worked: bool) -> DayLaw:
        """As if each Saturday were a whole day like Monday, or none."""
        changed = object.__new__(DayLaw)
        for name in self.__slots__:
            setattr(changed, name, getattr(self, name))
        if worked:
            weeks = ((row, row.periods) for row in self._hours)
            changed._hours = tuple(
                row if week is None else replace(row, periods=(*week[:_SATURDAY], week[0], *week[_SATURDAY + 1 :]))
                for row, week in weeks
            )
        else:
            changed._weekend = self._weekend | {_SATURDAY}
        return changed

    def with_days(self, since: date, until: date, rows: Iterable[DayRow]) -> DayLaw:
        """As if of the days from `since` to before `until` these rows alone were known."""
        first, last = since.toordinal(), until.toordinal()
        changed = object.__new__(DayLaw)
        for name in self.__slots__:
            setattr(changed, name, getattr(self, name))
        told = {row.date.toordinal(): row for row in rows if since <= row.date < until}
        changed._rows = {day: row for day, row in self._rows.items() if not first <= day < last} | told
        unsure = {day for day in self._unconfirmed if not first <= day < last}
        changed._unconfirmed = sorted(unsure | {day for day, row in told.items() if not row.confirmed})
        return changed

    def is_closure(self, day: int) -> bool:
        """Whether the day is off by the unit's own closing."""
        row = self._rows.get(day)
        return row is not None and row.closure

    def unconfirmed(self, first: int, last: int) -> bool:
        """Whether a day in [first, last] is an estimate, waits for a decision or, a Saturday, may have been worked."""
        if last >= self._estimated_from:
            return True
        saturday = first + (_SATURDAY - (first + 6)) % 7
        if saturday <= last and saturday < self._unsure_before:
            return True
        at = bisect_left(self._unconfirmed, first)
        return at < len(self._unconfirmed) and self._unconfirmed[at] <= last


def length_of(periods: Periods) -> int:
    """The seconds of a day's hours."""
    return sum(closing - opening for opening, closing in periods)
