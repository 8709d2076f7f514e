"""Amounts and units of time → a due time, with the trace that explains it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from fractions import Fraction


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


@dataclass(frozen=True, slots=True)
class Limit:
    """`amount` of `unit`; `cutoff` only with `same_day`, `time` only with `by_time`."""

    amount: Fraction
    unit: Unit
    cutoff: time | None = None
    time: time | None = None


@dataclass(frozen=True, slots=True)
class Phase:
    """One stretch of a limit; `starts_on` is the event kind that starts it (None: the end of the one before)."""

    limit: Limit
    starts_on: str | None = None
    station: str | None = None
    basis: str | None = None
