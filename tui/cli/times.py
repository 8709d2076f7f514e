"""Reading moments as the contract says: ISO 8601, without an offset in the calendar's zone."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from core.answers import InvalidInput

_YEARS = range(1900, 2201)


def read_moment(text: str, zone: tzinfo) -> datetime:
    """Raises `InvalidInput`: `time_missing` for a date alone, `time_invalid`, `out_of_range`."""
    try:
        moment = datetime.fromisoformat(text)
        alone = len(text) <= 10 and "T" not in text and " " not in text
    except ValueError:
        raise InvalidInput("time_invalid", value=text[:40]) from None
    if alone:
        raise InvalidInput("time_missing", value=text[:40])
    if moment.year not in _YEARS:
        raise InvalidInput("out_of_range")
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment


def read_date(text: str) -> date:
    """A calendar date; raises `InvalidInput`: `date_invalid`, `out_of_range`."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidInput("date_invalid", value=text[:40]) from None
    if day.year not in _YEARS:
        raise InvalidInput("out_of_range")
    return day
