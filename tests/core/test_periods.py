"""Periods of reports: whole months, quarters, halves and years, and from the 15th to the 14th."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import InvalidInput
from core.periods import Periods, read_periods

DAYS = st.dates(date(1997, 1, 1), date(2090, 12, 31))
RULES = st.builds(Periods, st.sampled_from([1, 3, 6, 12]), st.integers(1, 28))


@pytest.mark.parametrize(
    ("months", "from_day", "day", "first", "last"),
    [
        ("1", "1", "2026-02-28", "2026-02-01", "2026-02-28"),
        ("3", "1", "2026-06-30", "2026-04-01", "2026-06-30"),
        ("6", "1", "2026-07-01", "2026-07-01", "2026-12-31"),
        ("12", "1", "2026-01-01", "2026-01-01", "2026-12-31"),
        ("1", "15", "2026-03-14", "2026-02-15", "2026-03-14"),
        ("1", "15", "2026-03-15", "2026-03-15", "2026-04-14"),
        ("3", "15", "2025-12-15", "2025-12-15", "2026-03-14"),
        ("3", "15", "2026-03-15", "2026-03-15", "2026-06-14"),
        ("12", "15", "2025-12-14", "2024-12-15", "2025-12-14"),
    ],
)
def test_the_period_that_has_a_day(months: str, from_day: str, day: str, first: str, last: str) -> None:
    found = read_periods(months, from_day).around(date.fromisoformat(day))
    assert [one.isoformat() for one in found] == [first, last]


@given(RULES, DAYS)
def test_periods_follow_one_another_without_a_gap(rule: Periods, day: date) -> None:
    first, last = rule.around(day)
    assert first <= day <= last
    assert rule.around(first) == rule.around(last) == (first, last)
    assert rule.before(first)[1] == first - timedelta(days=1)


@pytest.mark.parametrize("months", ["", "0", "2", "quarter", "-3"])
@pytest.mark.parametrize("first_day", ["1", "0", "29", "x", ""])
def test_what_is_no_period(months: str, first_day: str) -> None:
    for one in ((months, first_day), (months, "1"), *([] if first_day == "1" else [("3", first_day)])):
        with pytest.raises(InvalidInput):
            read_periods(*one)
