"""The calendar of a batch line: the law's, a station's, or one that the line brings along."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta, tzinfo

import msgspec

from core.answers import InvalidInput
from core.calendar import DayRow, HoursRow, WorkCalendar
from core.days import CountingRule
from core.law import Law
from core.moments import DAY, LEGAL_TIME

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_OFFICE = ((27_000, 41_400), (46_800, 61_200))
_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
BUILT_IN = frozenset({b'"VN"', b"null"})
_KEPT = 256


class CalendarIn(msgspec.Struct):
    """A calendar object as the contract has it."""

    weekend: list[str] | None = None
    days_off: list[str] | None = None
    working_days: list[str] | None = None
    hours: dict[str, list[tuple[str, str]] | None] | msgspec.UnsetType | None = msgspec.UNSET
    timezone: str | None = None


_decoder = msgspec.json.Decoder(CalendarIn)


class Calendars:
    """Compiled calendars, the ones of lines kept by their text (a bounded number)."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._compiled: dict[bytes, WorkCalendar] = {}

    def find(self, raw: bytes, station: str | None) -> WorkCalendar:
        """`raw`: the line's JSON value (null: none). Raises `InvalidInput("calendar_invalid")`."""
        if raw in BUILT_IN:
            return self._law.calendar(station)
        known = self._compiled.get(raw)
        if known is None:
            if len(self._compiled) >= _KEPT:
                self._compiled.clear()
            known = self._compiled[raw] = compiled(raw, self._law.rules)
        return known


def compiled(raw: bytes, rules: Iterable[CountingRule]) -> WorkCalendar:
    """Compile a calendar object, without dates that don't exist; raises `InvalidInput("calendar_invalid")`."""
    try:
        given = _decoder.decode(raw)
    except msgspec.DecodeError:
        raise InvalidInput("calendar_invalid") from None
    weekend = frozenset({5, 6} if given.weekend is None else map(_weekday, given.weekend))
    hours = _hours(given.hours)
    off, worked = _dates(given.days_off), _dates(given.working_days)
    rows = [DayRow(day, False, "", "", None) for day in off]
    rows += [DayRow(day, True, "", "", None, periods=_worked_hours(day, hours)) for day in worked - off]
    today = date(2026, 1, 1)
    return WorkCalendar.from_rows(
        rows,
        [HoursRow(date(1900, 1, 1), hours, None)],
        min(off | worked, default=today),
        max(off | worked, default=today) + timedelta(days=366),
        weekend,
        zone=_zone(given.timezone),
        rules=[rule for rule in rules if rule.name != "weekend"],
        grows=True,
    )


def _weekday(name: str) -> int:
    if name not in DAYS:
        raise InvalidInput("calendar_invalid")
    return DAYS.index(name)


def _dates(texts: list[str] | None) -> frozenset[date]:
    found = set()
    for text in texts or ():
        try:
            day = date.fromisoformat(text)
        except ValueError:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) is None:
                raise InvalidInput("calendar_invalid") from None
            continue
        if 1900 <= day.year <= 2199:
            found.add(day)
    return frozenset(found)


def _hours(
    given: dict[str, list[tuple[str, str]] | None] | msgspec.UnsetType | None,
) -> tuple[tuple[tuple[int, int], ...], ...] | None:
    if given is None:
        return None
    if isinstance(given, msgspec.UnsetType):
        return (_OFFICE,) * 7
    for name in given:
        _weekday(name)
    return tuple(_periods(given.get(name) or []) for name in DAYS)


def _periods(given: list[tuple[str, str]]) -> tuple[tuple[int, int], ...]:
    periods = sorted((_second(opening), _second(closing)) for opening, closing in given)
    last = -1
    for opening, closing in periods:
        if opening >= closing or opening < last:
            raise InvalidInput("calendar_invalid")
        last = closing
    return tuple(periods)


def _second(text: str) -> int:
    matched = _TIME.fullmatch(text)
    second = (
        sum(int(part or 0) * unit for part, unit in zip(matched.groups(), (3600, 60, 1), strict=True))
        if matched
        else DAY + 1
    )
    if second > DAY:
        raise InvalidInput("calendar_invalid")
    return second


def _worked_hours(
    day: date, hours: tuple[tuple[tuple[int, int], ...], ...] | None
) -> tuple[tuple[int, int], ...] | None:
    """A working date's hours: its weekday's, else Monday's."""
    if hours is None:
        return None
    periods = hours[day.weekday()] or hours[0]
    if not periods:
        raise InvalidInput("calendar_invalid")
    return periods


def _zone(name: str | None) -> tzinfo:
    if name is None or name in ("Asia/Ho_Chi_Minh", "Asia/Saigon"):
        return LEGAL_TIME
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise InvalidInput("calendar_invalid") from None
