"""Dates and times in one form everywhere: «T2 23/11», «thứ Hai 23/11/2026», «17:00»."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from core.moments import LEGAL_TIME
from tui.i18n import tr


def weekday_short(day: date) -> str:
    return tr(f"weekday.short.{day.isoweekday()}")


def day_short(day: date) -> str:
    """«T2 23/11»."""
    return f"{weekday_short(day)} {day:%d/%m}"


def day_long(day: date) -> str:
    """«thứ Hai 23/11/2026»."""
    return f"{tr(f'weekday.long.{day.isoweekday()}')} {day:%d/%m/%Y}"


def moment_long(moment: datetime) -> str:
    """When something happened or began: «17:00 thứ Hai 23/11/2026»; midnight is «00:00» of the day that it begins."""
    local = moment.astimezone(LEGAL_TIME)
    return f"{local:%H:%M} {day_long(local.date())}"


def end_long(moment: datetime) -> str:
    """Until when something is due: as `moment_long`, but midnight is «24:00» of the day that it ends."""
    local = moment.astimezone(LEGAL_TIME)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"24:00 {day_long(local.date() - timedelta(days=1))}"
    return moment_long(local)


def epoch_long(seconds: int) -> str:
    """`moment_long` of epoch seconds."""
    return moment_long(datetime.fromtimestamp(seconds, LEGAL_TIME))


def epoch_end_long(seconds: int) -> str:
    """`end_long` of epoch seconds."""
    return end_long(datetime.fromtimestamp(seconds, LEGAL_TIME))


def moment_short(moment: datetime) -> str:
    """«23/11 17:00»."""
    return f"{moment.astimezone(LEGAL_TIME):%d/%m %H:%M}"


def age(seconds: int) -> str:
    """«40 phút», «3 giờ», «2 ngày»: how long ago something was, down to its largest unit."""
    for name, size in (("days", 86_400), ("hours", 3_600)):
        if seconds >= size:
            return tr(f"age.{name}", count=seconds // size)
    return tr("age.minutes", count=max(0, seconds) // 60)


def days_list(days: Sequence[date]) -> str:
    """«22, 25, 26, 27, 28, 29/5, 1/6»: the month stands at its last day; runs over a week are folded."""
    parts: list[str] = []
    for place, day in enumerate(days):
        last_of_month = place + 1 == len(days) or days[place + 1].month != day.month
        parts.append(f"{day.day}/{day.month}" if last_of_month else f"{day.day}")
    return ", ".join(parts)


def days_span(first: date, last: date) -> str:
    """«14–22/2», «30/12–2/1», or one day."""
    if first == last:
        return f"{first.day}/{first.month}"
    start = f"{first.day}" if first.month == last.month else f"{first.day}/{first.month}"
    return f"{start}–{last.day}/{last.month}"
