"""The examples of the page on time limits, and the rules where it is silent."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from core.answers import InvalidInput
from core.calendar import DayRow, HoursRow, WorkCalendar
from core.deadline import ClockEvent, ClockRules, Deadline, deadline
from core.time_limit import Limit, Phase
from tests.core.desk_calendar import WEEK, at, desk_calendar, limit, rules

CALENDAR = desk_calendar()


def event(kind: str, moment: str, given: Limit | None = None, due: str | None = None) -> ClockEvent:
    return ClockEvent(kind, at(moment), given, at(due) if due else None)


def due(received: str, how: ClockRules, *events: ClockEvent) -> datetime | None:
    return deadline(at(received), how, events, CALENDAR).due_at


def answer(received: str, how: ClockRules, *events: ClockEvent, committed: Limit | None = None) -> Deadline:
    return deadline(at(received), how, events, CALENDAR, (Phase(committed),) if committed else None)


ASKED = (event("supplement_requested", "2026-05-20T10:00"), event("supplement_received", "2026-05-26T10:00"))


EXAMPLES = [
    ("2026-05-21T09:00", rules(7, "working_day"), (), "2026-06-01T17:00"),
    ("2026-02-12T10:00", rules(5, "working_day"), (), "2026-02-26T17:00"),
    ("2026-08-28T09:00", rules(1, "working_day"), (), "2026-09-03T17:00"),
    ("2026-08-17T09:00", rules(5, "working_day"), (), "2026-08-22T17:00"),
    ("2025-12-17T09:00", rules(15, "day"), (), "2026-01-05T17:00"),
    ("2026-07-31T09:00", rules(1, "month"), (), "2026-09-03T17:00"),
    ("2026-05-22T15:30", rules(4, "working_hour"), (), "2026-05-25T10:00"),
    ("2026-05-22T11:30", rules(4, "working_hour"), (), "2026-05-22T17:00"),
    ("2026-05-23T20:00", rules(12, "hour"), (), "2026-05-24T08:00"),
    ("2026-05-22T15:20", rules(0, "same_day", cutoff="15:00"), (), "2026-05-25T17:00"),
    ("2026-05-18T09:00", rules(7, "working_day"), ASKED, "2026-06-04T17:00"),
    ("2026-05-18T09:00", rules(7, "working_day", on_supplement="pause"), ASKED, "2026-06-02T17:00"),
]
"""The worked examples: received, rules, events, due."""


@pytest.mark.parametrize(("received", "how", "events", "expected"), EXAMPLES)
def test_examples_of_the_page(received: str, how: ClockRules, events: tuple[ClockEvent, ...], expected: str) -> None:
    assert due(received, how, *events) == at(expected)


@pytest.mark.parametrize(
    ("received", "how", "expected"),
    [
        ("2026-05-23T10:00", rules(1, "working_day"), "2026-05-25T17:00"),
        ("2026-05-23T10:00", rules(1, "working_day", offhours="next_working_day"), "2026-05-26T17:00"),
        ("2026-05-22T17:00", rules(1, "working_day", offhours="next_working_day"), "2026-05-25T17:00"),
        ("2026-05-22T17:01", rules(1, "working_day", offhours="next_working_day"), "2026-05-26T17:00"),
        ("2026-05-22T05:00", rules(1, "working_day", offhours="next_working_day"), "2026-05-25T17:00"),
        ("2026-05-23T10:00", rules(12, "hour", offhours="next_working_day"), "2026-05-23T22:00"),
        ("2026-05-22T10:00", rules(0, "working_day"), "2026-05-22T17:00"),
        ("2026-05-22T17:30", rules(0, "working_day"), "2026-05-25T17:00"),
        ("2026-05-23T10:00", rules(0, "working_day"), "2026-05-25T17:00"),
        ("2026-05-22T15:00", rules(0, "same_day", cutoff="15:00"), "2026-05-22T17:00"),
        ("2026-05-23T15:20", rules(0, "same_day", cutoff="15:00"), "2026-05-25T17:00"),
        ("2026-05-22T09:00", rules(0.5, "working_day"), "2026-05-22T14:30"),
        ("2026-05-23T09:00", rules(0.5, "working_day"), "2026-05-25T11:30"),
        ("2026-05-21T16:00", rules(1.5, "working_day"), "2026-05-25T11:30"),
        ("2026-05-22T12:00", rules(0, "working_hour"), "2026-05-22T13:00"),
        ("2026-05-22T11:30", rules(0, "working_hour"), "2026-05-22T11:30"),
        ("2026-05-23T12:00", rules(0, "immediate"), "2026-05-23T12:00"),
        ("2026-05-22T16:00", rules(1, "by_time", time="08:00"), "2026-05-23T08:00"),
        ("2026-05-22T16:00", rules(0, "by_time", time="08:00"), "2026-05-23T08:00"),
        ("2026-05-22T07:45", rules(0, "by_time", time="08:00"), "2026-05-22T08:00"),
        ("2026-05-21T09:00", rules(1, "working_day", count_first_day=True), "2026-05-21T17:00"),
        ("2026-05-23T09:00", rules(1, "working_day", count_first_day=True), "2026-05-25T17:00"),
        ("2026-05-21T09:00", rules(2, "day", count_first_day=True), "2026-05-22T17:00"),
        ("2026-05-21T09:00", rules(1, "month", count_first_day=True), "2026-06-22T17:00"),
        ("2026-01-31T09:00", rules(1, "month"), "2026-03-02T17:00"),
        ("2025-03-03T09:00", rules(1, "year"), "2026-03-03T17:00"),
        ("2026-05-22T09:00", rules("1/3", "working_hour"), "2026-05-22T09:20"),
    ],
)
def test_counting_rules(received: str, how: ClockRules, expected: str) -> None:
    assert due(received, how) == at(expected)


@pytest.mark.parametrize(
    ("amount", "unit"),
    [
        ("1.25", "working_day"),
        ("0.5", "day"),
        ("1.5", "month"),
        ("0.5", "year"),
        ("-1", "working_day"),
        ("2", "immediate"),
    ],
)
def test_limits_that_no_rule_can_count(amount: str, unit: str) -> None:
    with pytest.raises(InvalidInput, match="limit_invalid"):
        limit(amount, unit)


@pytest.mark.parametrize("unit", ["working_day", "day", "month", "year", "hour", "working_hour", "by_time"])
def test_huge_amounts_are_out_of_range(unit: str) -> None:
    with pytest.raises(InvalidInput, match="out_of_range"):
        limit(10**9, unit, **({"time": "08:00"} if unit == "by_time" else {}))


def test_a_computation_beyond_the_data_says_which_years_there_are() -> None:
    with pytest.raises(InvalidInput) as error:
        due("2026-05-22T09:00", rules(9, "year"))
    assert error.value.code == "calendar_out_of_range"
    assert error.value.params == {"first": "2024-01-01", "last": "2027-12-31"}


def test_an_open_request_leaves_no_due_date() -> None:
    for policy in ("restart", "pause"):
        told = answer("2026-05-18T09:00", rules(7, "working_day", on_supplement=policy), ASKED[0])
        assert (told.due_at, told.statutory_due_at, told.apology_owed_by) == (None, None, None)
        assert told.paused_since == at("2026-05-20T10:00")
    assert due("2026-05-18T09:00", rules(7, "working_day", on_supplement="none"), ASKED[0]) == at("2026-05-27T17:00")


def test_a_repeated_request_changes_nothing_and_a_stray_answer_only_restarts() -> None:
    twice = (ASKED[0], event("supplement_requested", "2026-05-22T10:00"), ASKED[1])
    pause = rules(7, "working_day", on_supplement="pause")
    assert due("2026-05-18T09:00", pause, *twice) == at("2026-06-02T17:00")
    assert due("2026-05-18T09:00", pause, ASKED[1]) == at("2026-05-27T17:00")
    assert due("2026-05-18T09:00", rules(7, "working_day"), ASKED[1]) == at("2026-06-04T17:00")


def test_a_pause_after_the_limit_ran_out_has_no_effect() -> None:
    late = event("suspended", "2026-05-28T08:00")
    assert due("2026-05-18T09:00", rules(7, "working_day"), late) == at("2026-05-27T17:00")
    assert due("2026-05-18T09:00", rules(7, "working_day"), late, event("resumed", "2026-06-05T08:00")) == at(
        "2026-05-27T17:00"
    )


def test_overlapping_pauses_count_once() -> None:
    how = rules(7, "working_day", on_supplement="pause")
    events = (
        event("supplement_requested", "2026-05-20T10:00"),
        event("suspended", "2026-05-21T10:00"),
        event("resumed", "2026-05-25T10:00"),
        event("supplement_received", "2026-05-26T10:00"),
    )
    assert due("2026-05-18T09:00", how, *events) == at("2026-06-02T17:00")


def test_pauses_of_hours_and_months() -> None:
    stop, go = event("suspended", "2026-05-22T16:00"), event("resumed", "2026-05-25T08:30")
    assert due("2026-05-22T15:30", rules(4, "working_hour"), stop, go) == at("2026-05-25T13:30")
    assert due("2026-05-22T15:30", rules(4, "hour"), stop, go) == at("2026-05-25T12:00")
    assert due("2026-05-20T15:30", rules(1, "month"), stop, go) == at("2026-06-23T17:00")


def test_the_clock_waits_for_its_gate() -> None:
    how = rules(2, "working_day", starts_on="payment_received")
    waiting = answer("2026-05-18T09:00", how, event("payment_requested", "2026-05-18T09:10"))
    assert (waiting.due_at, waiting.waiting_for, waiting.paused_since) == (None, "payment_received", None)
    paid = (event("payment_requested", "2026-05-18T09:10"), event("payment_received", "2026-05-20T09:00"))
    assert due("2026-05-18T09:00", how, *paid) == at("2026-05-22T17:00")
    assert due("2026-05-18T09:00", how, event("payment_received", "2026-05-15T09:00")) == at("2026-05-20T17:00")
    assert due("2026-05-18T09:00", how, paid[1], *ASKED[:1], ASKED[1]) == at("2026-05-28T17:00")


def test_payment_pauses_where_the_procedure_says_so() -> None:
    paid = (event("payment_requested", "2026-05-19T09:00"), event("payment_received", "2026-05-21T09:00"))
    assert due("2026-05-18T09:00", rules(3, "working_day"), *paid) == at("2026-05-25T17:00")
    assert due("2026-05-18T09:00", rules(3, "working_day", on_payment="none"), *paid) == at("2026-05-21T17:00")


@pytest.mark.parametrize("hours", ["immediate", "hour", "working_hour"])
def test_no_hours_at_all_after_a_day_phase_end_at_the_next_opening(hours: str) -> None:
    how = ClockRules((Phase(limit(2, "working_day")), Phase(limit(0, hours))))
    assert due("2026-05-20T09:00", how) == at("2026-05-25T07:30")


def test_phases_run_one_after_another() -> None:
    verified = (Phase(limit(30, "day")), Phase(limit(2, "working_day")))
    assert due("2026-05-18T09:00", ClockRules(verified)) == at("2026-06-19T17:00")
    own = (Phase(limit(30, "day")), Phase(limit(2, "working_day"), starts_on="verification_completed"))
    told = answer("2026-05-18T09:00", ClockRules(own))
    assert (told.due_at, told.waiting_for) == (None, "verification_completed")
    done = event("verification_completed", "2026-05-28T14:00")
    assert due("2026-05-18T09:00", ClockRules(own), done) == at("2026-06-01T17:00")
    mixed = (Phase(limit(1, "working_day")), Phase(limit(4, "working_hour")), Phase(limit(1, "working_day")))
    assert due("2026-05-18T09:00", ClockRules(mixed)) == at("2026-05-21T17:00")
    hours = ClockRules((Phase(limit(1, "working_day")), Phase(limit(2, "hour"))))
    assert due("2026-05-22T09:00", hours) == at("2026-05-26T09:30")


@pytest.mark.parametrize(
    ("received", "how", "more", "expected"),
    [
        ("2026-01-31T09:00", rules(1, "month"), [limit(1, "month")], "2026-03-31T17:00"),
        ("2026-05-18T09:00", rules(7, "working_day"), [limit(3, "working_day")], "2026-06-01T17:00"),
        ("2026-05-18T09:00", rules(7, "working_day"), [limit(1, "working_day")] * 2, "2026-05-29T17:00"),
        ("2026-05-18T09:00", rules(5, "day"), [limit(2, "working_day")], "2026-05-26T17:00"),
        ("2026-05-22T09:00", rules(1, "day"), [limit(1, "day")], "2026-05-25T17:00"),
    ],
)
def test_extensions_count_on_and_roll_once(received: str, how: ClockRules, more: list[Limit], expected: str) -> None:
    events = [event("extended", received, given) for given in more]
    assert due(received, how, *events) == at(expected)


def test_a_new_appointment_stands_until_the_clock_moves() -> None:
    moved = event("rescheduled", "2026-05-26T10:00", due="2026-06-03T17:00")
    how = rules(7, "working_day", on_supplement="pause")
    told = answer("2026-05-18T09:00", how, moved)
    assert (told.due_at, told.statutory_due_at) == (at("2026-06-03T17:00"), at("2026-05-27T17:00"))
    assert told.apology_owed_by is None
    extended = event("extended", "2026-05-26T11:00", limit(1, "working_day"))
    assert due("2026-05-18T09:00", how, moved, extended) == at("2026-05-28T17:00")
    stop, go = event("suspended", "2026-05-29T10:00"), event("resumed", "2026-06-05T10:00")
    assert due("2026-05-18T09:00", how, moved, stop) is None
    assert due("2026-05-18T09:00", how, moved, stop, go) == at("2026-06-10T17:00")
    restart = rules(7, "working_day")
    again = (
        event("supplement_requested", "2026-05-28T10:00"),
        event("supplement_received", "2026-05-29T10:00"),
    )
    assert due("2026-05-18T09:00", restart, moved, *again) == at("2026-06-09T17:00")


def test_the_earlier_of_law_and_promise() -> None:
    told = answer("2026-05-18T09:00", rules(7, "working_day"), committed=limit(3, "working_day"))
    assert told.due_at == told.committed_due_at == at("2026-05-21T17:00")
    assert told.statutory_due_at == at("2026-05-27T17:00")
    longer = answer("2026-05-18T09:00", rules(7, "working_day"), committed=limit(9, "working_day"))
    assert longer.due_at == longer.statutory_due_at


@pytest.mark.parametrize(
    ("received", "how", "expected"),
    [
        ("2026-05-21T09:00", rules(7, "working_day"), "2026-05-29T17:00"),
        ("2026-05-21T09:00", rules(2, "working_day"), "2026-05-22T17:00"),
        ("2026-05-21T09:00", rules(1, "working_day"), None),
        ("2026-05-21T09:00", rules(4, "working_hour"), None),
    ],
)
def test_the_last_moment_to_announce_a_delay(received: str, how: ClockRules, expected: str | None) -> None:
    assert answer(received, how).apology_owed_by == (at(expected) if expected else None)


def test_there_is_nothing_to_announce_before_the_first_working_day_of_a_calendar() -> None:
    hours = [HoursRow(date(2026, 1, 1), WEEK, None)]
    calendar = WorkCalendar.from_rows([], hours, date(2026, 1, 3), date(2026, 12, 31))
    told = deadline(at("2026-01-03T09:00"), rules(1, "working_day"), (), calendar)
    assert (told.due_at, told.apology_owed_by) == (at("2026-01-05T17:00"), None)


def test_what_is_remembered_of_one_limit_answers_for_no_other() -> None:
    asked = [
        ClockRules((Phase(limit(amount, unit)),), count_first_day=first, verified=verified)
        for amount in range(1, 8)
        for unit in ("day", "working_day")
        for first in (False, True)
        for verified in (False, True)
    ]
    calendar, received = desk_calendar(), at("2026-05-21T09:00")
    for how in asked * 2:
        assert deadline(received, how, (), calendar) == deadline(received, how, (), desk_calendar())


def test_a_due_date_that_rests_on_an_estimate_says_so() -> None:
    guess = DayRow(at("2026-05-26T00:00").date(), False, "ước tính", "estimate", None, confirmed=False)
    calendar = desk_calendar((guess,))
    assert deadline(at("2026-05-21T09:00"), rules(7, "working_day"), (), calendar).unconfirmed
    assert not deadline(at("2026-05-21T09:00"), rules(1, "working_day"), (), calendar).unconfirmed


@pytest.mark.parametrize(
    ("code", "events"),
    [
        ("events_unordered", (ASKED[1], ASKED[0])),
        ("event_unknown", (event("danced", "2026-05-20T10:00"),)),
        ("event_before_receipt", (event("suspended", "2026-05-10T10:00"),)),
        ("event_limit_missing", (event("extended", "2026-05-20T10:00"),)),
        ("event_due_missing", (event("rescheduled", "2026-05-20T10:00"),)),
    ],
)
def test_events_that_make_no_sense(code: str, events: tuple[ClockEvent, ...]) -> None:
    with pytest.raises(InvalidInput) as error:
        due("2026-05-18T09:00", rules(7, "working_day"), *events)
    assert (error.value.code, error.value.params) == (code, {"kind": events[-1].kind})
