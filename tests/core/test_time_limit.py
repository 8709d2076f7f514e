"""What a limit may be, and whether it ends with a day."""

from __future__ import annotations

from datetime import time
from fractions import Fraction

import pytest

from core.answers import InvalidInput
from core.deadline import ClockRules, deadline
from core.time_limit import Limit, Phase, Unit
from tests.core.desk_calendar import at, desk_calendar, limit


@pytest.mark.parametrize(
    ("amount", "unit", "by_date"),
    [
        ("7", "working_day", True), ("0", "working_day", True), ("1/2", "working_day", False),
        ("3/2", "working_day", False), ("1", "day", True), ("1", "month", True), ("1", "year", True),
        ("0", "same_day", True), ("1", "hour", False), ("1", "working_hour", False), ("0", "immediate", False),
    ],
)  # fmt: skip
def test_which_limits_are_judged_by_date(amount: str, unit: str, by_date: bool) -> None:
    one = Limit(Fraction(amount), Unit(unit))
    assert one.by_date is by_date
    assert deadline(at("2026-05-21T09:00"), ClockRules((Phase(one),)), (), desk_calendar()).by_date is by_date


@pytest.mark.parametrize(
    ("amount", "unit", "largest"),
    [
        ("110000", "working_day", True), ("110001", "working_day", False), ("110000", "day", True),
        ("110001", "day", False), ("3600", "month", True), ("3601", "month", False), ("300", "year", True),
        ("301", "year", False), ("2700000", "hour", True), ("2700000.5", "hour", False),
        ("2700000", "working_hour", True), ("2700001", "working_hour", False),
    ],
)  # fmt: skip
def test_three_centuries_are_enough(amount: str, unit: str, largest: bool) -> None:
    if largest:
        assert limit(amount, unit).amount == Fraction(amount)
    else:
        with pytest.raises(InvalidInput) as error:
            limit(amount, unit)
        assert error.value.code == "out_of_range"


@pytest.mark.parametrize(
    ("amount", "unit", "more"),
    [
        ("1", "immediate", {}), ("2", "same_day", {}), ("0", "same_day", {"time": "08:00"}), ("1", "by_time", {}),
        ("1", "by_time", {"cutoff": "08:00"}), ("1", "working_day", {"cutoff": "15:00"}),
        ("1", "day", {"time": "08:00"}), ("0.5", "same_day", {}), ("0.5", "by_time", {"time": "08:00"}),
        ("1/3", "working_day", {}), ("-1/2", "hour", {}), ("0", "immediate", {"time": "08:00"}),
    ],
)  # fmt: skip
def test_what_no_rule_can_count(amount: str, unit: str, more: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as error:
        Limit(Fraction(amount), Unit(unit), **{name: time.fromisoformat(value) for name, value in more.items()})
    assert error.value.code == "limit_invalid"
