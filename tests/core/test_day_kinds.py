"""What a day is to who looks at the calendar."""

from __future__ import annotations

from datetime import date

import pytest

from core.calendar import DayRow, HoursRow, WorkCalendar
from core.day_kinds import DayKind, day_kind, proposed
from core.days import Periods
from tests.core.desk_calendar import HOURS, WEEK

MORNING: Periods = (HOURS[0],)


def row(text: str, reason: str, *, working: bool = False, **more: object) -> DayRow:
    return DayRow(date.fromisoformat(text), working, reason, "in English", "QĐ 1", **more)  # type: ignore[arg-type]


LAW = WorkCalendar.from_rows(
    [
        row("2026-11-24", "Ngày Văn hóa Việt Nam"),
        row("2026-04-26", "Giỗ Tổ Hùng Vương"),
        row("2026-04-27", "Nghỉ bù Giỗ Tổ Hùng Vương"),
        row("2026-08-31", "Nghỉ hoán đổi, làm bù ngày 22/8/2026"),
        row("2026-08-22", "Làm bù cho ngày nghỉ 31/8/2026", working=True),
        row("2026-11-25", "Bão số 12", closure=True),
        row("2026-11-26", "Chiều họp dân", working=True, periods=MORNING),
        row("2026-11-23", "Đề xuất nghỉ hoán đổi", confirmed=False, in_force=False),
        row("2026-11-28", "Đề xuất làm bù", working=True, confirmed=False, in_force=False),
        row("2026-12-01", "Đã rút", working=True, in_force=False),
    ],
    [HoursRow(date(2026, 1, 1), WEEK, None), HoursRow(date(2027, 1, 1), (*WEEK[:4], MORNING, *WEEK[5:]), None)],
    date(2026, 1, 1),
    date(2027, 12, 31),
).law


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2026-11-20", DayKind.WORKING),
        ("2026-11-21", DayKind.WEEKEND),
        ("2026-11-24", DayKind.HOLIDAY),
        ("2026-04-26", DayKind.HOLIDAY),
        ("2026-04-27", DayKind.SWAPPED),
        ("2026-08-31", DayKind.SWAPPED),
        ("2026-08-22", DayKind.MADE_UP),
        ("2026-11-25", DayKind.CLOSED),
        ("2026-11-26", DayKind.SHORT),
        ("2026-11-23", DayKind.PROPOSED),
        ("2026-11-28", DayKind.PROPOSED),
        ("2026-12-01", DayKind.WORKING),
        ("2027-01-08", DayKind.SHORT),
        ("2027-01-07", DayKind.WORKING),
    ],
)
def test_each_day_is_of_one_kind(day: str, kind: DayKind) -> None:
    assert day_kind(LAW, date.fromisoformat(day).toordinal()) is kind


def test_what_was_withdrawn_is_not_proposed_any_more() -> None:
    assert proposed(LAW, date(2026, 12, 1).toordinal()) is None
    found = proposed(LAW, date(2026, 11, 28).toordinal())
    assert found is not None and found.reason_vi == "Đề xuất làm bù"
