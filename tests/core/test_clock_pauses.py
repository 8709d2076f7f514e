"""Pauses within pauses, around new appointments, extensions and restarts: the clock by itself, counted by hand."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from core.answers import InvalidInput
from core.calendar import HoursRow, WorkCalendar
from core.deadline import ClockEvent, ClockRules, deadline
from core.time_limit import Limit, Phase
from core.trace import explain
from tests.core.desk_calendar import HOURS, WEEK, at, desk_calendar, limit, rules

CALENDAR = desk_calendar()
SEVEN, PAUSING = rules(7, "working_day"), rules(7, "working_day", on_supplement="pause")


def event(kind: str, moment: str, given: Limit | None = None, due: str | None = None) -> ClockEvent:
    return ClockEvent(kind, at(moment), given, at(due) if due else None)


def due(how: ClockRules, *events: ClockEvent, received: str = "2026-05-18T09:00") -> datetime | None:
    return deadline(at(received), how, events, CALENDAR).due_at


ASKED, BROUGHT = event("supplement_requested", "2026-05-20T10:00"), event("supplement_received", "2026-05-26T10:00")
STOPPED, WENT_ON = event("suspended", "2026-05-21T10:00"), event("resumed", "2026-05-25T10:00")
LATER = event("resumed", "2026-05-28T10:00")
MOVED = event("rescheduled", "2026-05-19T10:00", due="2026-05-29T17:00")


def test_a_suspension_inside_a_supplement_adds_nothing() -> None:
    assert due(PAUSING, ASKED, STOPPED, WENT_ON, BROUGHT) == at("2026-06-02T17:00")
    assert due(SEVEN, ASKED, STOPPED, WENT_ON, BROUGHT) == at("2026-06-04T17:00")


def test_a_limit_of_nothing_ends_in_the_moment_between_two_pauses() -> None:
    how = rules(0, "hour", starts_on="payment_received", on_payment="pause")
    paid, asked_again = event("payment_received", "2026-05-21T10:00"), event("payment_requested", "2026-05-21T10:00")
    stopped, went_on = event("suspended", "2026-05-20T10:00"), event("resumed", "2026-05-21T10:00")
    paid_again = event("payment_received", "2026-05-22T10:00")
    assert due(how, stopped, paid, went_on, asked_again, paid_again) == at("2026-05-21T10:00")


def test_a_suspension_that_outlasts_a_supplement_goes_on_pausing() -> None:
    for how, expected in ((PAUSING, "2026-06-04T17:00"), (SEVEN, "2026-06-08T17:00")):
        told = deadline(at("2026-05-18T09:00"), how, (ASKED, STOPPED, BROUGHT), CALENDAR)
        assert (told.due_at, told.paused_since) == (None, at("2026-05-21T10:00"))
        assert due(how, ASKED, STOPPED, BROUGHT, LATER) == at(expected)


@pytest.mark.parametrize(("unit", "expected"), [("hour", "2026-05-28T14:00"), ("working_hour", "2026-05-28T15:30")])
def test_hours_that_would_start_inside_a_pause_start_when_it_is_over(unit: str, expected: str) -> None:
    assert due(rules(4, unit), ASKED, STOPPED, BROUGHT, LATER) == at(expected)
    stop = event("suspended", "2026-05-18T09:00")
    assert due(rules(4, unit), stop, LATER) == at(expected)


def test_the_first_request_that_is_still_open_is_since_when_it_is_paused() -> None:
    told = deadline(at("2026-05-18T09:00"), PAUSING, (ASKED, STOPPED), CALENDAR)
    assert told.paused_since == at("2026-05-20T10:00")
    told = deadline(at("2026-05-18T09:00"), PAUSING, (ASKED, STOPPED, WENT_ON), CALENDAR)
    assert told.paused_since == at("2026-05-20T10:00")


def test_a_request_on_the_last_day_still_pauses_and_one_after_it_does_not() -> None:
    for moment, paused in (("2026-05-27T23:59", True), ("2026-05-28T00:00", False)):
        assert (due(PAUSING, event("supplement_requested", moment)) is None) is paused


def test_papers_that_will_restart_the_clock_stop_it_even_after_its_end() -> None:
    late = event("supplement_requested", "2026-05-29T10:00")
    assert due(SEVEN, late) is None
    assert due(PAUSING, late) == at("2026-05-27T17:00")
    told = deadline(at("2026-05-18T09:00"), SEVEN, (late,), CALENDAR)
    assert told.paused_since == at("2026-05-29T10:00")


def test_the_day_of_the_request_is_counted_and_the_day_of_receipt_is_not() -> None:
    same_day = (event("suspended", "2026-05-20T08:00"), event("resumed", "2026-05-20T16:00"))
    assert due(PAUSING, *same_day) == at("2026-05-27T17:00")
    over_night = (event("suspended", "2026-05-20T23:59"), event("resumed", "2026-05-21T00:00"))
    assert due(PAUSING, *over_night) == at("2026-05-28T17:00")


@pytest.mark.parametrize(
    ("amount", "asked", "answered", "expected"),
    [
        (9, "2026-05-25", "2026-05-27", "2026-05-29"),  # 19–25 = 1–7; 28, 29 = 8, 9
        (12, "2026-06-01", "2026-06-05", "2026-06-01"),  # used up on Saturday 30/5, before the request
        (8, "2026-05-26", "2026-06-02", "2026-05-26"),  # used up on the day of the request
        (9, "2026-05-26", "2026-06-02", "2026-06-03"),
        (9, "2026-05-22", "2026-05-24", "2026-05-29"),  # 19–22 = 1–4; 25–29 = 5–9
    ],
)
def test_pauses_of_calendar_days(amount: int, asked: str, answered: str, expected: str) -> None:
    stop, go = event("suspended", f"{asked}T10:00"), event("resumed", f"{answered}T10:00")
    assert due(rules(amount, "day"), stop, go) == at(f"{expected}T17:00")


def test_working_days_that_are_used_up_on_the_day_of_the_request_are_used_up() -> None:
    stop, go = event("suspended", "2026-05-27T10:00"), event("resumed", "2026-06-02T10:00")
    assert due(SEVEN, stop, go) == at("2026-05-27T17:00")
    assert due(rules(8, "working_day"), stop, go) == at("2026-06-03T17:00")


@pytest.mark.parametrize(
    ("unit", "amount", "expected"),
    [
        ("working_day", 3, "2026-05-28T17:00"),
        ("day", 3, "2026-05-28T17:00"),
        ("working_hour", 16, "2026-05-27T08:00"),
        ("hour", 30, "2026-05-26T14:00"),
        ("month", 1, "2026-06-25T17:00"),
    ],
)
def test_a_pause_before_the_gate_is_over_and_one_after_it_counts(unit: str, amount: int, expected: str) -> None:
    how = rules(amount, unit, starts_on="payment_received")
    before = (event("suspended", "2026-05-18T10:00"), event("resumed", "2026-05-19T10:00"))
    paid = event("payment_received", "2026-05-20T09:00")
    after = (event("suspended", "2026-05-21T10:00"), event("resumed", "2026-05-26T09:00"))
    assert due(how, *before, paid, *after) == at(expected)


@pytest.mark.parametrize("unit", ["hour", "working_hour"])
def test_hours_that_are_used_up_when_the_pause_begins_end_there(unit: str) -> None:
    stop, go = event("suspended", "2026-05-20T11:00"), event("resumed", "2026-05-21T09:00")
    assert due(rules(2, unit), stop, go, received="2026-05-20T09:00") == at("2026-05-20T11:00")
    assert due(rules("2.5", unit), stop, go, received="2026-05-20T09:00") == at("2026-05-21T09:30")


def test_pauses_after_a_new_appointment_move_it_once_where_they_overlap() -> None:
    assert due(PAUSING, MOVED, ASKED, BROUGHT) == at("2026-06-04T17:00")
    assert due(PAUSING, MOVED, ASKED, STOPPED, WENT_ON, BROUGHT) == at("2026-06-04T17:00")
    assert due(PAUSING, MOVED, ASKED, STOPPED, BROUGHT, LATER) == at("2026-06-08T17:00")


def test_a_pause_that_began_before_the_appointment_was_made_does_not_move_it() -> None:
    moved = event("rescheduled", "2026-05-21T10:00", due="2026-05-29T17:00")
    assert due(PAUSING, ASKED, moved) is None
    assert due(PAUSING, ASKED, moved, BROUGHT) == at("2026-05-29T17:00")


@pytest.mark.parametrize(
    ("appointment", "expected"),
    [
        ("2026-05-29T17:00", "2026-06-02T17:00"),
        ("2026-05-29T10:00", "2026-06-02T10:00"),
        ("2026-05-22T17:00", "2026-05-26T17:00"),
        ("2026-05-21T17:00", "2026-05-25T17:00"),
        ("2026-05-20T17:00", "2026-05-22T17:00"),
        ("2026-05-20T10:00", "2026-05-20T10:00"),
        ("2026-05-20T09:00", "2026-05-20T09:00"),
    ],
)
def test_an_appointment_keeps_its_hour_and_its_distance(appointment: str, expected: str) -> None:
    moved = event("rescheduled", "2026-05-19T10:00", due=appointment)
    stop, go = event("suspended", "2026-05-20T10:00"), event("resumed", "2026-05-22T10:00")
    assert due(SEVEN, moved, stop, go) == at(expected)


def test_an_appointment_on_a_day_off_never_moves_to_an_earlier_day() -> None:
    saturday = event("rescheduled", "2026-05-19T10:00", due="2026-05-30T09:00")
    stop, go = event("suspended", "2026-05-27T10:00"), event("resumed", "2026-05-27T11:00")
    assert due(SEVEN, saturday, stop, go) == at("2026-05-30T09:00")


def test_one_that_was_brought_on_a_day_off_waits_for_the_next_working_day() -> None:
    moved = event("rescheduled", "2026-05-19T10:00", due="2026-05-20T17:00")
    stop, go = event("suspended", "2026-05-20T10:00"), event("resumed", "2026-05-23T10:00")
    assert due(SEVEN, moved, stop, go) == at("2026-05-25T17:00")


def test_what_happens_in_the_moment_of_the_reschedule_comes_after_it() -> None:
    moved = event("rescheduled", "2026-05-20T10:00", due="2026-05-29T17:00")
    assert due(PAUSING, moved, ASKED, BROUGHT) == at("2026-06-04T17:00")


def test_a_pause_by_the_policys_day_is_no_shorter_than_it() -> None:
    evening = rules(7, "working_day", on_supplement="pause", offhours="next_working_day")
    saturday = event("supplement_received", "2026-05-23T10:00")
    stop, go = event("suspended", "2026-05-23T10:00"), event("resumed", "2026-05-26T10:00")
    assert due(evening, MOVED, ASKED, saturday, stop, go) == at("2026-06-04T17:00")


def test_an_appointment_at_closing_stays_at_closing_when_hours_change() -> None:
    hours = [
        HoursRow(date(2026, 1, 1), WEEK, None),
        HoursRow(date(2026, 6, 1), ((*HOURS, (64_800, 72_000)),) * 7, None),
    ]
    calendar = WorkCalendar.from_rows([], hours, date(2026, 1, 1), date(2026, 12, 31))
    for appointment, expected in (("17:00", "20:00"), ("16:30", "16:30")):
        moved = event("rescheduled", "2026-05-19T10:00", due=f"2026-05-29T{appointment}")
        told = deadline(at("2026-05-18T09:00"), PAUSING, (moved, ASKED, BROUGHT), calendar)
        assert told.due_at == at(f"2026-06-04T{expected}")


def test_an_appointment_at_midnight_is_the_end_of_a_whole_day_or_the_beginning_of_the_next() -> None:
    midnight = event("rescheduled", "2026-05-19T10:00", due="2026-05-30T00:00")
    whole = WorkCalendar.from_rows([], [HoursRow(date(2026, 1, 1), None, None)], date(2026, 1, 1), date(2026, 12, 31))
    for calendar, day in ((whole, date(2026, 5, 29)), (CALENDAR, date(2026, 5, 30))):
        told = deadline(at("2026-05-18T09:00"), SEVEN, (midnight,), calendar)
        assert (told.due_at, told.due_date) == (at("2026-05-30T00:00"), day)
    told = deadline(at("2026-05-18T09:00"), PAUSING, (midnight, ASKED, BROUGHT), whole)
    assert (told.due_at, told.due_date) == (at("2026-06-05T00:00"), date(2026, 6, 4))


def test_a_phase_starts_with_the_first_event_from_the_trigger_on() -> None:
    how = ClockRules((Phase(limit(5, "working_day")), Phase(limit(2, "working_day"), "verification_completed")))
    again = (event("verification_completed", "2026-05-26T10:00"), event("verification_completed", "2026-05-28T10:00"))
    assert due(how, *again) == at("2026-05-28T17:00")
    assert due(how, ASKED, BROUGHT, *again) == at("2026-05-28T17:00")
    assert due(how, event("verification_completed", "2026-05-19T10:00"), ASKED, BROUGHT) == at("2026-05-28T17:00")


def test_an_open_request_before_the_moved_appointment_pauses() -> None:
    stop, go = event("suspended", "2026-05-25T10:00"), event("resumed", "2026-06-01T10:00")
    again = event("suspended", "2026-06-03T10:00")
    assert due(SEVEN, MOVED, stop, go) == at("2026-06-05T17:00")
    assert due(SEVEN, MOVED, stop, go, again) is None
    after = event("suspended", "2026-06-06T00:00")
    assert due(SEVEN, MOVED, stop, go, after) == at("2026-06-05T17:00")


def test_hours_are_over_at_the_appointed_instant_and_days_with_the_day() -> None:
    for how, appointment, expected in (
        (rules(4, "working_hour"), "2026-05-21T10:00", at("2026-05-21T10:00")),
        (SEVEN, "2026-05-21T10:00", None),
    ):
        moved = event("rescheduled", "2026-05-18T10:00", due=appointment)
        assert due(how, moved, event("suspended", "2026-05-21T10:30")) == expected
        assert due(how, moved, event("suspended", "2026-05-21T09:30")) is None


def test_a_restart_or_an_extension_takes_the_new_appointment_away() -> None:
    assert due(SEVEN, MOVED, ASKED, BROUGHT) == at("2026-06-04T17:00")
    longer = event("extended", "2026-05-20T10:00", limit(1, "working_day"))
    assert due(SEVEN, MOVED, longer) == at("2026-05-28T17:00")
    told = deadline(at("2026-05-18T09:00"), SEVEN, (MOVED, longer), CALENDAR)
    assert told.apology_owed_by is None


def test_an_extension_lengthens_the_last_phase_alone() -> None:
    one = Phase(limit(1, "working_day"))
    longer = event("extended", "2026-05-18T10:00", limit(1, "working_day"))
    assert due(ClockRules((one, one)), longer) == at("2026-05-21T17:00")


@pytest.mark.parametrize("given", [limit(0, "immediate"), limit(1, "same_day"), limit(1, "by_time", time="08:00")])
def test_an_extension_is_a_length_of_time(given: Limit) -> None:
    with pytest.raises(InvalidInput) as error:
        due(SEVEN, event("extended", "2026-05-18T10:00", given))
    assert error.value.code == "limit_invalid"


def test_extensions_of_other_units_count_on_one_after_another() -> None:
    first, second = limit(2, "working_day"), limit(1, "month")
    events = (event("extended", "2026-05-18T10:00", first), event("extended", "2026-05-18T10:00", second))
    assert due(rules(5, "day"), *events) == at("2026-06-26T17:00")
    assert due(rules(5, "day"), *reversed(events)) == at("2026-06-25T17:00")
    hours = event("extended", "2026-05-18T10:00", limit(4, "working_hour"))
    assert due(rules(1, "working_day"), hours) == at("2026-05-20T11:30")


def test_months_move_by_the_calendar_days_of_each_pause_before_their_end() -> None:
    month = rules(1, "month", on_supplement="pause")
    assert due(month, ASKED, BROUGHT) == at("2026-06-24T17:00")
    assert due(
        month, ASKED, BROUGHT, event("suspended", "2026-06-19T10:00"), event("resumed", "2026-06-23T10:00")
    ) == at("2026-06-29T17:00")
    late = (event("suspended", "2026-06-18T10:00"), event("resumed", "2026-06-25T10:00"))
    assert due(rules(1, "month"), *late) == at("2026-06-18T17:00")


@pytest.mark.parametrize("unit", ["day", "month"])
def test_a_first_day_that_is_paused_is_not_counted(unit: str) -> None:
    how = rules(1, unit, count_first_day=True)
    events = (event("suspended", "2026-05-19T10:00"), BROUGHT, event("resumed", "2026-05-26T11:00"))
    whole = {"day": "2026-05-27T17:00", "month": "2026-06-26T17:00"}
    assert due(how, *events) == at(whole[unit])


def test_the_trace_of_months_extended_twice_keeps_what_each_counted() -> None:
    more = [event("extended", "2026-05-19T10:00", limit(1, unit)) for unit in ("working_day", "month")]
    trace = explain(at("2026-05-18T09:00"), rules(1, "month"), more, CALENDAR).trace
    told = [(one.effect, str(one.unit), int(one.counted)) for one in trace if one.counted]
    assert told == [("counted", "month", 1), ("extended", "working_day", 1), ("extended", "month", 1)]


def test_the_trace_of_half_a_day_extended_by_days_ends_in_the_extension() -> None:
    longer = event("extended", "2026-05-19T10:00", limit(2, "working_day"))
    trace = explain(at("2026-05-18T09:00"), rules(0.5, "working_day"), (longer,), CALENDAR).trace
    assert (trace[-1].effect, trace[-1].to_at) == ("extended", at("2026-05-21T11:30"))
