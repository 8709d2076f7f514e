"""Periods of reports as dated data: months, quarters, halves or years, whole or from one day of a month to the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from core.answers import InvalidInput

_MONTHS = ("1", "3", "6", "12")
_LAST_DAY = 28
_ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Periods:
    """Every `months` months, from their `first_day`: 15 is from the 15th of the month before to the 14th."""

    months: int
    first_day: int = 1

    def around(self, day: date) -> tuple[date, date]:
        """The first and the last day of the period that has the day."""
        reported = _months(day) + int(1 < self.first_day <= day.day)
        block = reported - reported % self.months
        return self._begin(block), self._begin(block + self.months) - _ONE

    def before(self, first: date) -> tuple[date, date]:
        """The period before the one that begins on `first`."""
        return self.around(first - _ONE)

    def _begin(self, month: int) -> date:
        year, place = divmod(month - int(self.first_day > 1), 12)
        return date(year, place + 1, self.first_day)


MONTHLY = Periods(1)


def read_periods(months: str, first_day: str) -> Periods:
    """Every 1, 3, 6 or 12 months, from a day of 1 to 28. Raises InvalidInput `report_period_unknown`."""
    if months not in _MONTHS or not (first_day.isdecimal() and 1 <= int(first_day) <= _LAST_DAY):
        raise InvalidInput("report_period_unknown", value=f"{months}/{first_day}", known=", ".join(_MONTHS))
    return Periods(int(months), int(first_day))


def _months(day: date) -> int:
    return day.year * 12 + day.month - 1
