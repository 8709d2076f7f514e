"""Moments as whole seconds, so that rules can calculate with integers.

A `Clock` belongs to a calendar's zone. Its seconds run evenly (elapsed time), counted from day 0 of the
proleptic calendar; a day is its ordinal (`date.toordinal`). With a fixed offset, seconds are simply local
time; in a zone with summer time they are UTC and days are looked up.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Protocol

DAY = 86_400
HOUR = 3_600
LEGAL_TIME = timezone(timedelta(hours=7))


def legal_day(moment: datetime) -> date:
    """The civil day in Vietnam that an aware moment lies in."""
    return moment.astimezone(LEGAL_TIME).date()


def limit_day(moment: datetime) -> date:
    """The day that a limit stands on: a midnight is 24:00 of the day that it ends."""
    return legal_day(moment - timedelta(microseconds=1))


class Clock(Protocol):
    """Turns datetimes into evenly running seconds and back, and knows where days begin."""

    @property
    def zone(self) -> tzinfo:
        """The zone that wall times are read and told in."""

    def seconds(self, moment: datetime) -> int:
        """An aware moment as seconds; fractions are cut off. Raises `ValueError` for a naive one."""

    def day_of(self, moment: datetime) -> int:
        """The ordinal of the day that an aware moment lies in. Raises `ValueError` for a naive one."""

    def moment(self, seconds: int) -> datetime:
        """Seconds as a moment in the zone."""

    def day(self, seconds: int) -> int:
        """The ordinal of the day that the seconds lie in."""

    def at(self, day: int, second_of_day: int) -> int:
        """The seconds of a wall time, 0 … 86 400, on a day."""

    def even(self, day: int) -> bool:
        """Whether the clocks don't change on the day."""


class FixedClock:
    """A zone whose offset never changes (Vietnam's legal time)."""

    __slots__ = ("_origin", "zone")

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone
        self._origin = datetime(1, 1, 1, tzinfo=zone)

    def seconds(self, moment: datetime) -> int:
        zone = moment.tzinfo
        local = moment if zone is self.zone or zone == self.zone else _aware(moment).astimezone(self.zone)
        return local.toordinal() * DAY + local.hour * HOUR + local.minute * 60 + local.second

    def day_of(self, moment: datetime) -> int:
        zone = moment.tzinfo
        if zone is self.zone or zone == self.zone:
            return moment.toordinal()
        return _aware(moment).astimezone(self.zone).toordinal()

    def moment(self, seconds: int) -> datetime:
        return self._origin + timedelta(seconds=seconds - DAY)

    def day(self, seconds: int) -> int:
        return seconds // DAY

    def at(self, day: int, second_of_day: int) -> int:
        return day * DAY + second_of_day

    def even(self, day: int) -> bool:
        return True


class ZonedClock:
    """A zone with summer time: days may have 23 or 25 hours; a wall time that does not exist is moved on."""

    __slots__ = ("zone",)

    def __init__(self, zone: tzinfo) -> None:
        self.zone = zone

    def seconds(self, moment: datetime) -> int:
        return _utc_seconds(_aware(moment).astimezone(UTC))

    def day_of(self, moment: datetime) -> int:
        return _aware(moment).astimezone(self.zone).toordinal()

    def moment(self, seconds: int) -> datetime:
        return (_UTC_ORIGIN + timedelta(seconds=seconds - DAY)).astimezone(self.zone)

    def day(self, seconds: int) -> int:
        return self.moment(seconds).toordinal()

    def at(self, day: int, second_of_day: int) -> int:
        return _at(self.zone, day, second_of_day)

    def even(self, day: int) -> bool:
        return _even(self.zone, day)


_UTC_ORIGIN = datetime(1, 1, 1, tzinfo=UTC)


def clock_for(zone: tzinfo) -> Clock:
    """The cheaper clock where the zone's offset is fixed."""
    return FixedClock(zone) if isinstance(zone, timezone) else ZonedClock(zone)


def _at(zone: tzinfo, day: int, second_of_day: int) -> int:
    wall = datetime.fromordinal(day) + timedelta(seconds=second_of_day)
    return _utc_seconds(wall.replace(tzinfo=zone).astimezone(UTC))


@lru_cache(maxsize=1 << 16)
def _even(zone: tzinfo, day: int) -> bool:
    return _at(zone, day, DAY) - _at(zone, day, 0) == DAY


def _utc_seconds(moment: datetime) -> int:
    return moment.toordinal() * DAY + moment.hour * HOUR + moment.minute * 60 + moment.second


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment


def local_words(moment: datetime) -> str:
    """«01/06/2026 17:00», in legal time."""
    return f"{moment.astimezone(LEGAL_TIME):%d/%m/%Y %H:%M}"
