"""How each unit is counted where the examples are silent, by the small calendar and by the package's law."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from core.answers import InvalidInput
from core.calendar import DayRow, HoursRow, WorkCalendar
from core.days import OpeningRow
from core.deadline import ClockEvent, ClockRules, deadline
from core.time_limit import Limit, Phase, Unit
from storage.lawbook import package_law
from tests.core.desk_calendar import HOURS, WEEK, at, desk_calendar, limit, rules
from tests.core.test_deadline import EXAMPLES

LAW = package_law()
NATIONAL = LAW.calendar()
MORNING = ((27_000, 41_400),)
SIX_DAYS = (*WEEK[:5], MORNING, ())


def due(received: str, how: ClockRules, calendar: WorkCalendar = NATIONAL) -> datetime | None:
    return deadline(at(received), how, (), calendar).due_at


def kept(*rows: DayRow, openings: tuple[OpeningRow, ...] = ()) -> WorkCalendar:
    """A unit that also receives on Saturday mornings."""
    hours = [HoursRow(date(2026, 1, 1), SIX_DAYS, None)]
    return WorkCalendar.from_rows(rows, hours, date(2026, 1, 1), date(2026, 12, 31), openings=openings)


@pytest.mark.parametrize(("received", "how", "events", "expected"), EXAMPLES)
def test_the_examples_hold_by_the_calendar_that_is_shipped(
    received: str, how: ClockRules, events: tuple[ClockEvent, ...], expected: str
) -> None:
    assert deadline(at(received), how, events, NATIONAL).due_at == at(expected)


@pytest.mark.parametrize(
    ("received", "amount", "unit", "expected"),
    [
        ("2024-02-29T09:00", 1, "year", "2025-02-28T17:00"),
        ("2023-02-28T09:00", 1, "year", "2024-02-28T17:00"),
        ("2024-02-29T09:00", 4, "year", "2028-02-29T17:00"),
        ("2023-12-31T09:00", 2, "month", "2024-02-29T17:00"),
        ("2025-03-31T09:00", 1, "month", "2025-05-05T17:00"),  # 30/4, 1/5 off, 2/5 swapped, weekend
        ("2025-10-31T09:00", 13, "month", "2026-11-30T17:00"),
        ("2025-12-15T09:00", 12, "month", "2026-12-15T17:00"),
    ],
)
def test_months_and_years_end_on_the_corresponding_date_or_the_months_last(
    received: str, amount: int, unit: str, expected: str
) -> None:
    assert due(received, rules(amount, unit)) == at(expected)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [("1/7200", "09:00:01"), ("1/7201", "09:00:00"), ("0.1", "09:06:00"), ("1.0001", "10:00:00"), ("1/3", "09:20:00")],
)
@pytest.mark.parametrize("unit", ["hour", "working_hour"])
def test_fractions_of_an_hour_are_rounded_to_whole_seconds_halves_up(hours: str, expected: str, unit: str) -> None:
    assert due("2026-05-22T09:00", ClockRules((Phase(Limit(Fraction(hours), Unit(unit))),))) == at(
        f"2026-05-22T{expected}"
    )


def test_saturday_mornings_take_receipts_and_count_for_no_limit() -> None:
    calendar = kept()
    assert due("2026-05-23T09:00", rules(1, "working_day"), calendar) == at("2026-05-25T17:00")
    assert due("2026-05-23T09:00", rules(4, "working_hour"), calendar) == at("2026-05-25T11:30")
    assert due("2026-05-22T16:00", rules(2, "working_hour"), calendar) == at("2026-05-25T08:30")
    assert due("2026-05-23T09:00", rules(0, "same_day"), calendar) == at("2026-05-25T17:00")
    assert due("2026-05-22T09:00", rules(1, "day"), calendar) == at("2026-05-25T17:00")


@pytest.mark.parametrize("offhours", ["as_received", "next_working_day"])
def test_a_saturday_that_the_units_calendar_lists_as_working_counts(offhours: str) -> None:
    made_up = DayRow(date(2026, 5, 23), True, "làm bù", "made up", "QĐ 7")
    assert due("2026-05-22T09:00", rules(1, "working_day", offhours=offhours), kept(made_up)) == at("2026-05-23T17:00")
    assert due("2026-05-22T16:00", rules(2, "working_hour"), kept(made_up)) == at("2026-05-23T08:30")
    own = DayRow(date(2026, 5, 23), True, "làm bù", "made up", "QĐ 7", periods=((50_400, 54_000),))
    assert due("2026-05-22T09:00", rules(1, "working_day", offhours=offhours), kept(own)) == at("2026-05-23T15:00")
    assert due("2026-05-22T16:00", rules(2, "working_hour"), kept(own)) == at("2026-05-23T15:00")


def test_an_opening_adds_reception_and_no_working_time() -> None:
    evening = OpeningRow(date(2026, 5, 22), ((64_800, 72_000),), "nhà văn hoá", "QĐ 8")
    calendar = kept(openings=(evening,))
    assert calendar.law.openings(evening.date.toordinal()) == [evening]
    assert calendar.law.openings(evening.date.toordinal() + 1) == ()
    assert due("2026-05-22T16:00", rules(2, "working_hour"), calendar) == at("2026-05-25T08:30")
    assert due("2026-05-21T09:00", rules(1, "working_day"), calendar) == at("2026-05-22T17:00")


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2026-05-22T19:00:00", "2026-05-25T17:00"),  # in the second half of the evening
        ("2026-05-22T20:00:00", "2026-05-25T17:00"),
        ("2026-05-22T20:00:01", "2026-05-26T17:00"),
        ("2026-05-23T10:00:00", "2026-05-26T17:00"),  # a van on a Saturday
        ("2026-05-21T17:00:01", "2026-05-25T17:00"),
    ],
)
def test_what_an_opening_takes_in_on_a_working_day_is_not_after_hours(received: str, expected: str) -> None:
    evening = OpeningRow(date(2026, 5, 22), ((64_800, 66_600), (68_400, 72_000)), "nhà văn hoá", "QĐ 8")
    van = OpeningRow(date(2026, 5, 23), ((27_000, 41_400),), "xe lưu động", "QĐ 8")
    how = rules(1, "working_day", offhours="next_working_day")
    assert due(received, how, kept(openings=(evening, van))) == at(expected)


@pytest.mark.parametrize(
    ("how", "expected", "announce"),
    [
        ({"amount": 0, "unit": "immediate"}, "2026-05-22T18:00", None),
        ({"amount": 40, "unit": "hour"}, "2026-05-24T10:00", None),
        ({"amount": 1, "unit": "by_time", "time": "08:00"}, "2026-05-26T08:00", None),
        ({"amount": 16, "unit": "working_hour"}, "2026-05-26T17:00", None),
        ({"amount": 24, "unit": "working_hour"}, "2026-05-27T17:00", "2026-05-26T17:00"),
        ({"amount": 0.5, "unit": "working_day"}, "2026-05-25T11:30", None),
    ],
)
def test_only_limits_that_run_from_the_moment_know_no_hours_of_receipt(
    how: dict[str, Any], expected: str, announce: str | None
) -> None:
    answer = deadline(at("2026-05-22T18:00"), rules(offhours="next_working_day", **how), (), NATIONAL)
    assert answer.due_at == at(expected)
    assert answer.apology_owed_by == (at(announce) if announce else None)
    assert not answer.unverified


@pytest.mark.parametrize("offhours", ["as_received", "next_working_day"])
@pytest.mark.parametrize(("unit", "expected"), [("working_day", "2026-05-25T17:00"), ("day", "2026-05-25T17:00")])
def test_a_first_day_that_counts_is_the_day_of_receipt_by_the_policy(offhours: str, unit: str, expected: str) -> None:
    how = rules(2, unit, count_first_day=True, offhours=offhours)
    assert due("2026-05-22T09:00", how) == at(expected)
    assert due("2026-05-21T09:00", how) == at("2026-05-22T17:00")


@pytest.mark.parametrize("one", [limit(2, "month"), limit(400, "hour"), limit(60, "working_hour"), limit(20, "day")])
def test_any_limit_that_rests_on_an_estimate_or_was_never_read_in_the_law_says_so(one: Limit) -> None:
    guess = DayRow(date(2026, 6, 1), False, "ước tính", "estimate", None, confirmed=False)
    for calendar, expected in ((desk_calendar((guess,)), True), (desk_calendar(), False)):
        for phases in ((Phase(one),), (Phase(one), Phase(limit(1, "working_day")))):
            assert deadline(at("2026-05-21T09:00"), ClockRules(phases), (), calendar).unconfirmed is expected
    for verified in (True, False):
        for phases in ((Phase(one),), (Phase(one), Phase(one)), (Phase(one, "payment_received"),)):
            answer = deadline(at("2026-05-21T09:00"), ClockRules(phases, verified=verified), (), desk_calendar())
            assert answer.unverified is (not verified)


def test_no_limit_ends_after_2200() -> None:
    hours = [HoursRow(date(1900, 1, 1), WEEK, None)]
    calendar = WorkCalendar.from_rows([], hours, date(2026, 1, 1), date(2026, 2, 1), grows=True)
    assert due("2190-06-02T09:00", rules(10, "year"), calendar) == at("2200-06-02T17:00")
    with pytest.raises(InvalidInput) as error:
        due("2200-12-31T09:00", rules(1, "month"), calendar)
    assert error.value.code == "out_of_range"


def test_a_due_day_ends_with_the_last_period_of_its_own_hours() -> None:
    later = [
        HoursRow(date(2026, 1, 1), WEEK, None),
        HoursRow(date(2026, 5, 25), ((*HOURS, (64_800, 72_000)),) * 7, None),
    ]
    calendar = WorkCalendar.from_rows([], later, date(2026, 1, 1), date(2026, 12, 31))
    assert due("2026-05-21T09:00", rules(1, "working_day"), calendar) == at("2026-05-22T17:00")
    assert due("2026-05-21T09:00", rules(2, "working_day"), calendar) == at("2026-05-25T20:00")
    assert due("2026-05-22T16:00", rules(10, "working_hour"), calendar) == at("2026-05-25T19:00")


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2026-05-22T05:00", "2026-05-22T11:30"),
        ("2026-05-22T12:00", "2026-05-22T17:00"),
        ("2026-05-22T11:30", "2026-05-22T17:00"),
        ("2026-05-22T17:00", "2026-05-25T11:30"),
        ("2026-05-22T20:00", "2026-05-25T11:30"),
        ("2026-08-21T16:00", "2026-08-22T10:30"),
    ],
)
def test_half_a_day_is_half_the_hours_of_the_day_of_receipt(received: str, expected: str) -> None:
    assert due(received, rules(0.5, "working_day")) == at(expected)


def test_half_of_an_odd_day_is_rounded_up_to_a_second() -> None:
    hours = [HoursRow(date(2026, 1, 1), (((27_000, 27_003),),) * 7, None)]
    calendar = WorkCalendar.from_rows([], hours, date(2026, 1, 1), date(2026, 12, 31))
    assert due("2026-05-22T05:00", rules(0.5, "working_day"), calendar) == at("2026-05-22T07:30:02")
    assert due("2026-05-21T05:00", rules(1.5, "working_day"), calendar) == at("2026-05-25T07:30:02")


@pytest.mark.parametrize(
    ("received", "cutoff", "expected"),
    [
        ("2026-05-22T15:00:00", "15:00", "2026-05-22T17:00"),
        ("2026-05-22T15:00:01", "15:00", "2026-05-25T17:00"),
        ("2026-05-22T15:30:00", "15:30", "2026-05-22T17:00"),
        ("2026-05-22T15:30:01", "15:30", "2026-05-25T17:00"),
        ("2026-05-22T15:00:31", "15:00:30", "2026-05-25T17:00"),
        ("2026-05-22T15:00:30", "15:00:30", "2026-05-22T17:00"),
        ("2026-05-22T17:00:00", "18:00", "2026-05-22T17:00"),
        ("2026-05-22T17:00:01", "18:00", "2026-05-25T17:00"),
        ("2026-08-21T16:00:00", "15:00", "2026-08-22T17:00"),
        ("2026-05-22T00:00:00", "00:15", "2026-05-25T17:00"),
    ],
)
def test_strictly_after_the_cutoff_or_the_last_period_it_is_the_next_working_day(
    received: str, cutoff: str, expected: str
) -> None:
    assert due(received, rules(0, "same_day", cutoff=cutoff)) == at(expected)


@pytest.mark.parametrize(
    ("received", "amount", "clock", "expected"),
    [
        ("2026-05-22T23:30", 1, "08:00", "2026-05-23T08:00"),
        ("2026-05-22T08:00:00", 0, "08:00", "2026-05-22T08:00"),
        ("2026-05-22T08:00:01", 0, "08:00", "2026-05-23T08:00"),
        ("2026-05-22T08:00:01", 0, "08:00:30", "2026-05-22T08:00:30"),
        ("2026-05-22T09:00:00", 2, "23:15", "2026-05-24T23:15"),
    ],
)
def test_a_time_of_day_runs_through_days_off(received: str, amount: int, clock: str, expected: str) -> None:
    assert due(received, rules(amount, "by_time", time=clock)) == at(expected)


@pytest.mark.parametrize(
    ("phases", "expected"),
    [
        ((limit(1, "working_day"), limit(1, "by_time", time="08:00")), "2026-05-23T08:00"),
        ((limit(1, "working_day"), limit(0, "by_time", time="08:00")), "2026-05-23T08:00"),
        ((limit(1, "working_day"), limit(0, "same_day")), "2026-05-22T17:00"),
        ((limit(1, "working_day"), limit(0, "working_day")), "2026-05-22T17:00"),
        ((limit(1, "working_day"), limit(0, "day")), "2026-05-22T17:00"),
        ((limit(1, "day"), limit(0.5, "working_day")), "2026-05-25T11:30"),
        ((limit(4, "working_hour"), limit(0.5, "working_day")), "2026-05-22T09:00"),
        ((limit(2, "hour"), limit(2, "hour")), "2026-05-21T13:00"),
    ],
)
def test_a_phase_takes_over_where_the_last_one_ended(phases: tuple[Limit, ...], expected: str) -> None:
    assert due("2026-05-21T09:00", ClockRules(tuple(Phase(one) for one in phases))) == at(expected)


def test_a_date_that_rests_on_a_year_nobody_decided_yet_says_so() -> None:
    decided = max(one.year for one in LAW.years if one.decided)
    eve = datetime(decided, 12, 30, 9, tzinfo=UTC)
    assert deadline(eve, rules(7, "working_day"), (), NATIONAL).unconfirmed
    early = deadline(datetime(decided, 3, 2, 9, tzinfo=UTC), rules(2, "working_day"), (), NATIONAL)
    assert not early.unconfirmed


def test_a_zone_with_summer_time_counts_the_hours_that_there_are() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    hours = [HoursRow(date(2026, 1, 1), None, None)]
    calendar = WorkCalendar.from_rows([], hours, date(2026, 1, 1), date(2026, 12, 31), frozenset(), zone=berlin)
    received = datetime(2026, 10, 24, 12, tzinfo=berlin)
    for unit in ("hour", "working_hour"):
        for hours, end in (
            (24, datetime(2026, 10, 25, 11, tzinfo=berlin)),
            (48, datetime(2026, 10, 26, 11, tzinfo=berlin)),
        ):
            assert deadline(received, rules(hours, unit), (), calendar).due_at == end
    assert deadline(received, rules(1, "working_day"), (), calendar).due_at == datetime(2026, 10, 26, tzinfo=berlin)
    assert deadline(received, rules(1, "day"), (), calendar).due_date == date(2026, 10, 25)
