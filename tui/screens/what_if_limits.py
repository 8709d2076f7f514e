"""A time limit as an officer types it: «7 ngày làm việc», «4 gio lv», «trong ngày», «trước 8:00 ngày hôm sau»."""

from __future__ import annotations

import re
from datetime import time
from fractions import Fraction

from core.answers import InvalidInput
from core.text import fold
from core.time_limit import Limit, Unit

_UNITS = {
    Unit.WORKING_DAY: r"ngay lam viec|ngay lv|nlv|working days?|wd",
    Unit.WORKING_HOUR: r"gio lam viec|gio lv|glv|working hours?|wh",
    Unit.DAY: r"ngay|days?",
    Unit.HOUR: r"gio|hours?",
    Unit.MONTH: r"thang|months?",
    Unit.YEAR: r"nam|years?",
}
_COUNTED = re.compile(
    r"(\d{1,7}(?:[.,]\d{1,6})?) ?(?:" + "|".join(f"(?P<{unit}>{words})" for unit, words in _UNITS.items()) + ")"
)
_CLOCK = r"(\d{1,2}[:h]\d{2})"
_AT_ONCE = re.compile(r"(?:cap |tra )?ngay|at once|immediately")
_SAME_DAY = re.compile(
    rf"(?:trong ngay|within the day|same day)(?:[ ,(]+(?:nhan sau|truoc|received after|until) {_CLOCK}.*)?"
)
_BY_TIME = re.compile(
    rf"(?:truoc|before) {_CLOCK}(?:(?P<same> cung ngay| of the day)|(?P<next> ngay hom sau| hom sau| of the next day)"
    r"| sau (?P<days>\d{1,6}) ngay|, (?P<later>\d{1,6}) days later)"
)
_HALF = re.compile(r"(\d*)½")


def read_limit(text: str) -> Limit:
    """Reads what `tui.limit_words.limit_words` writes in either language, and the short spellings of a counter.

    Raises InvalidInput `limit_unread`, or what `Limit` has against the amount.
    """
    words = fold(_HALF.sub(lambda found: f"{found[1] or 0}.5", text))
    counted = _COUNTED.fullmatch(words)
    if counted is not None:
        return Limit(Fraction(counted[1].replace(",", ".")), Unit(str(counted.lastgroup)))
    if _AT_ONCE.fullmatch(words):
        return Limit(Fraction(0), Unit.IMMEDIATE)
    same_day = _SAME_DAY.fullmatch(words)
    if same_day is not None:
        return Limit(Fraction(0), Unit.SAME_DAY, cutoff=_clock(same_day[1], text) if same_day[1] else None)
    by_time = _BY_TIME.fullmatch(words)
    if by_time is None:
        raise InvalidInput("limit_unread", value=text)
    days = 0 if by_time["same"] else 1 if by_time["next"] else int(by_time["days"] or by_time["later"])
    return Limit(Fraction(days), Unit.BY_TIME, time=_clock(by_time[1], text))


def _clock(word: str, text: str) -> time:
    hour, minute = (int(part) for part in re.split("[:h]", word))
    if hour > 23 or minute > 59:
        raise InvalidInput("limit_unread", value=text)
    return time(hour, minute)
