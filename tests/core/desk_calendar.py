"""A small Vietnamese calendar, 2025–2026, written out for the tests of the time engine."""

from __future__ import annotations

from datetime import date, datetime, time
from fractions import Fraction

from core.calendar import DayRow, HoursRow, WorkCalendar
from core.days import CountingRule
from core.deadline import ClockRules
from core.moments import LEGAL_TIME
from core.time_limit import Limit, Phase, Unit

OFF = """
2025-01-01 2025-01-27 2025-01-28 2025-01-29 2025-01-30 2025-01-31 2025-04-07 2025-04-30 2025-05-01 2025-05-02
2025-09-01 2025-09-02 2026-01-01 2026-01-02 2026-02-16 2026-02-17 2026-02-18 2026-02-19 2026-02-20 2026-04-27
2026-04-30 2026-05-01 2026-08-31 2026-09-01 2026-09-02 2026-11-24
"""
WORKED = "2025-04-26 2026-01-10 2026-08-22"
HOURS = ((27_000, 41_400), (46_800, 61_200))
WEEK = (HOURS,) * 5 + ((), ())


def rows() -> list[DayRow]:
    return [DayRow(date.fromisoformat(day), False, "nghỉ lễ", "holiday", "BLLĐ Đ.112") for day in OFF.split()] + [
        DayRow(date.fromisoformat(day), True, "làm bù", "make-up day", "CV hoán đổi") for day in WORKED.split()
    ]


CITED = [
    CountingRule(name, date(2017, 1, 1), f"Đ.{article} BLDS 2015")
    for name, article in (
        ("from_the_moment", "147.1"), ("first_day", "147.2"), ("month", "148.3"), ("year", "148.4"), ("rolls", "148.5"),
    )
]  # fmt: skip
CITED.append(CountingRule("weekend", date(1999, 10, 2), "QĐ 188/1999/QĐ-TTg"))


def desk_calendar(extra: tuple[DayRow, ...] = ()) -> WorkCalendar:
    return WorkCalendar.from_rows(
        [*rows(), *extra],
        [HoursRow(date(2025, 1, 1), WEEK, None)],
        date(2024, 1, 1),
        date(2027, 12, 31),
        rules=CITED,
    )


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LEGAL_TIME)


def limit(amount: float | str, unit: str, **more: str) -> Limit:
    times = {name: time.fromisoformat(value) for name, value in more.items()}
    return Limit(Fraction(str(amount)), Unit(unit), **times)


def rules(amount: float | str, unit: str, **policy: object) -> ClockRules:
    times = {name: str(policy.pop(name)) for name in ("cutoff", "time") if name in policy}
    return ClockRules((Phase(limit(amount, unit, **times)),), **policy)  # type: ignore[arg-type]
