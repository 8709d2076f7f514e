"""`motcua calendar count --batch`: how much time lies between, line by line."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

import msgspec

from core.calendar import WorkCalendar
from core.law import Law
from core.moments import HOUR
from tui.cli.batch import NULL, decode
from tui.cli.calendar_input import Calendars
from tui.cli.times import read_date, read_moment

_DECIMALS = 6


class CountIn(msgspec.Struct, rename={"start": "from", "end": "to"}):
    """A line: two ends and the unit between them."""

    start: str
    end: str
    unit: Literal["working_day", "day", "working_hour", "hour"]
    id: msgspec.Raw = NULL
    calendar: msgspec.Raw = NULL
    station: str | None = None


_line = msgspec.json.Decoder(CountIn)


class Counter:
    """Answers one line of input with one line of output."""

    def __init__(self, law: Law) -> None:
        self._calendars = Calendars(law)

    def __call__(self, line: bytes) -> bytes:
        """Raises `InvalidInput` for a bad line."""
        asked = decode(_line, line)
        calendar = self._calendars.find(bytes(asked.calendar), asked.station)
        amount: float
        seconds: int | None = None
        if asked.unit in ("working_day", "day"):
            first, last = _day(asked.start, calendar), _day(asked.end, calendar)
            between = last.toordinal() - first.toordinal()
            amount = calendar.count(first.toordinal(), last.toordinal()) if asked.unit == "working_day" else between
        else:
            seconds = _seconds(asked, calendar)
            amount = round(seconds / HOUR, _DECIMALS)
            amount = int(amount) if amount.is_integer() else amount
        return msgspec.json.encode({"id": asked.id, "amount": amount, "seconds": seconds, "error": None})


def _seconds(asked: CountIn, calendar: WorkCalendar) -> int:
    clock = calendar.clock
    start, end = (clock.seconds(read_moment(text, clock.zone)) for text in (asked.start, asked.end))
    return end - start if asked.unit == "hour" else calendar.work_between(start, end)


def _day(text: str, calendar: WorkCalendar) -> date:
    """A date, or the day of a moment."""
    if len(text) <= len("2026-01-01"):
        return read_date(text)
    moment: datetime = read_moment(text, calendar.clock.zone)
    return moment.astimezone(calendar.clock.zone).date()
