"""Overtime as rows of a roster: half a day more on the days that were asked for, and on no other one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import WorkCalendar
from core.days import DayRow, HoursRow, Periods
from core.forecast import full_day
from core.overtime import overtime
from core.roster import Absence, Folded, Roster, RosterRow

DAY = ((27_000, 41_400), (46_800, 61_200))  # 07:30–11:30 13:00–17:00
LONG = ((27_000, 41_400), (46_800, 75_600))  # … 21:00
NIGHT = ((72_000, 86_400),)  # 20:00–24:00
MONDAY = date(2026, 11, 16)
HOLIDAY, MADE_UP, SPECIAL = (MONDAY + timedelta(days=n) for n in (8, 12, 21))
CALENDAR = WorkCalendar.from_rows(
    [
        DayRow(HOLIDAY, False, "nghỉ lễ", "a holiday", "QĐ 1"),
        DayRow(MADE_UP, True, "làm bù", "made working", "QĐ 2"),
        DayRow(SPECIAL, True, "mở nửa ngày", "half a day", "QĐ 3", periods=DAY[:1]),
    ],
    [HoursRow(date(2000, 1, 1), (DAY,) * 5 + ((), ()), None)],
    date(2026, 1, 1),
    date(2027, 12, 31),
)
OWN: tuple[Periods, ...] = (NIGHT,) * 5 + ((), ())


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def roster(*rows: RosterRow, absences: tuple[Absence, ...] = ()) -> Roster:
    folded = {"a": Folded(rows, absences)}
    return Roster(CALENDAR, Fraction(7, 10), frozenset({"a"}), folded, frozenset({"a"}))


def written(known: Roster, days: set[date]) -> Roster:
    """The roster once the rows are set, as `core.roster` folds them: of one day the later one stands."""
    rows = {one.valid_from: one for one in known.folded["a"].rows}
    found = overtime(known, "a", days, MONDAY)
    assert found
    rows |= {new.valid_from: new for new, _ in found}
    return replace(known, folded={"a": replace(known.folded["a"], rows=tuple(rows[one] for one in sorted(rows)))})


def test_it_is_behind_the_days_last_hour_and_ends_with_its_last_day() -> None:
    found = overtime(roster(), "a", {day(1), day(2)}, MONDAY)
    (longer, before), (after, _) = found
    assert longer.valid_from == day(1) and longer.week is not None and longer.week[1:3] == (LONG, LONG)
    assert before == RosterRow(day(1), None) and after == RosterRow(day(3), None)


def test_weeks_of_overtime_are_one_row_though_a_holiday_lies_between() -> None:
    days = {day(n) for n in (*range(5), 7, 9, 10, 11)}
    found = overtime(roster(), "a", days, MONDAY)
    assert [new.valid_from for new, _ in found] == [MONDAY, day(12)]
    assert written(roster(), days).periods("a", MADE_UP) == DAY


@given(
    st.sets(st.integers(0, 20), min_size=1),
    st.lists(st.tuples(st.integers(-3, 22), st.sampled_from([None, OWN, (DAY,) * 5 + ((), ())])), max_size=3),
)
def test_half_a_full_day_more_on_each_of_the_days_and_nothing_else(
    numbers: set[int], rows: list[tuple[int, tuple[Periods, ...] | None]]
) -> None:
    by_day = {day(number): RosterRow(day(number), week, desk=number + 9) for number, week in rows}
    known = roster(*(by_day[one] for one in sorted(by_day)))
    days = {day(number) for number in numbers if known.planned("a", day(number))}
    if not days:
        return
    after, usual = written(known, days), full_day(known.hours("a", day(n)) for n in range(60))
    for number in range(60):
        more = after.hours("a", day(number)) - known.hours("a", day(number))
        assert more == (usual / 2 if day(number) in days else 0)
        assert after.desk("a", day(number)) == known.desk("a", day(number))


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        (roster(), SPECIAL),
        (roster(absences=(Absence("x", MONDAY, MONDAY, "afternoon", "họp"),)), MONDAY),
        (roster(RosterRow(MONDAY, (((0, 86_400),),) * 5 + ((), ()))), MONDAY),
        (roster(RosterRow(MONDAY, ((),) * 7)), MONDAY),
    ],
    ids=["hours by decision", "half of it is missing", "no room", "no hours"],
)
def test_nothing_where_the_roster_cannot_say_it(known: Roster, asked: date) -> None:
    assert overtime(known, "a", {asked}, MONDAY) == []


def test_what_was_set_is_taken_back_by_the_rows_before() -> None:
    known = roster(RosterRow(day(2), OWN, 3))
    days = {day(n) for n in (1, 2, 3, 7)}
    rows = {new.valid_from: before for new, before in overtime(known, "a", days, MONDAY)}
    rows |= {one.valid_from: rows.get(one.valid_from, one) for one in known.folded["a"].rows}
    back = replace(known, folded={"a": Folded(tuple(rows[one] for one in sorted(rows)))})
    assert [back.periods("a", day(n)) for n in range(30)] == [known.periods("a", day(n)) for n in range(30)]
