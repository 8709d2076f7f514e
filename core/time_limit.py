"""Amounts and units of time: what a law, a unit's promise or an extension gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from fractions import Fraction

from core.answers import InvalidInput


class Unit(StrEnum):
    """What a time limit is counted in (shared vocabulary of data files and `deadline --batch`)."""

    IMMEDIATE = "immediate"
    WORKING_HOUR = "working_hour"
    HOUR = "hour"
    SAME_DAY = "same_day"
    BY_TIME = "by_time"
    WORKING_DAY = "working_day"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


HOURS = frozenset({Unit.IMMEDIATE, Unit.HOUR, Unit.WORKING_HOUR})
ROLLED = frozenset({Unit.DAY, Unit.MONTH, Unit.YEAR})
ADDABLE = frozenset({Unit.WORKING_DAY, Unit.DAY, Unit.MONTH, Unit.YEAR, Unit.HOUR, Unit.WORKING_HOUR})
_LARGEST = {
    Unit.IMMEDIATE: 0,
    Unit.SAME_DAY: 1,
    Unit.HOUR: 2_700_000,
    Unit.WORKING_HOUR: 2_700_000,
    Unit.YEAR: 300,
    Unit.MONTH: 3_600,
}
_MOST_DAYS = 110_000


@dataclass(frozen=True, slots=True)
class Limit:
    """`amount` of `unit`; `cutoff` only with `same_day`, `time` only (and always) with `by_time`.

    `days_key`: a number of its own for each limit of whole days and working days (at least one), else None.

    Raises `InvalidInput`: `limit_invalid` for what no rule can count, `out_of_range` beyond three centuries.
    """

    amount: Fraction
    unit: Unit
    cutoff: time | None = None
    time: time | None = None
    days_key: int | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        whole = self.amount.denominator == 1
        if self.unit is Unit.WORKING_DAY:
            whole = self.amount.denominator <= 2
        elif self.unit in (Unit.HOUR, Unit.WORKING_HOUR):
            whole = True
        misplaced = (self.cutoff is not None and self.unit is not Unit.SAME_DAY) or (
            (self.time is not None) != (self.unit is Unit.BY_TIME)
        )
        if self.amount < 0 or not whole or misplaced:
            raise InvalidInput("limit_invalid")
        if self.amount > _LARGEST.get(self.unit, _MOST_DAYS):
            raise InvalidInput("out_of_range" if self.unit in ADDABLE | {Unit.BY_TIME} else "limit_invalid")
        if self.unit in (Unit.DAY, Unit.WORKING_DAY) and self.amount >= 1 and self.amount.denominator == 1:
            object.__setattr__(self, "days_key", 2 * self.amount.numerator + (self.unit is Unit.DAY))

    @property
    def by_date(self) -> bool:
        """Whether it ends with a day (judged by date), not at an instant."""
        return (
            self.unit is Unit.SAME_DAY
            or self.unit in ROLLED
            or (self.unit is Unit.WORKING_DAY and self.amount.denominator == 1)
        )


@dataclass(frozen=True, slots=True)
class Phase:
    """One stretch of a limit; `starts_on` is the event kind that starts it (None: the last one's end)."""

    limit: Limit
    starts_on: str | None = None
    station: str | None = None
    basis: str | None = None
