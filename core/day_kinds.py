"""What a day of the calendar is to those who look at it: worked, off and by what, or only proposed to be."""

from __future__ import annotations

from enum import StrEnum

from core.days import DayLaw, DayRow, length_of
from core.text import fold


class DayKind(StrEnum):
    """Each day is one of these; SHORT: worked, for fewer hours than the week's longest day."""

    WORKING = "working"
    SHORT = "short"
    MADE_UP = "made_up"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    SWAPPED = "swapped"
    CLOSED = "closed"
    PROPOSED = "proposed"


_SWAPPED = ("nghi bu", "hoan doi")
"""In the reason of a day off that stands for another day: the rows of law have no field that says so."""


def day_kind(law: DayLaw, day: int) -> DayKind:
    """The kind of a day (an ordinal) as it counts; what is proposed for it is told only where it would be otherwise.

    Raises `InvalidInput("calendar_invalid")` as `DayLaw.periods` does.
    """
    row = law.row(day)
    if row is not None and not row.working:
        return _day_off(row)
    if proposed(law, day) is not None:
        return DayKind.PROPOSED
    if not law.is_working(day):
        return DayKind.WEEKEND
    if law.is_weekend(day):
        return DayKind.MADE_UP
    week = law.week_on(day)
    longest = max(map(length_of, week)) if week is not None else 0
    return DayKind.SHORT if length_of(law.periods(day)) < longest else DayKind.WORKING


def proposed(law: DayLaw, day: int) -> DayRow | None:
    """What is announced for the day but not counted; a day that was withdrawn is an ordinary one again."""
    row = law.announced(day)
    return row if row is not None and row.working == law.is_weekend(day) else None


def _day_off(row: DayRow) -> DayKind:
    if row.closure:
        return DayKind.CLOSED
    reason = fold(row.reason_vi)
    return DayKind.SWAPPED if any(words in reason for words in _SWAPPED) else DayKind.HOLIDAY
