"""What starts a clock or one of its phases, and what of it can come after hours."""

from __future__ import annotations

from datetime import datetime

import pytest

from core.deadline import ClockEvent, ClockRules, deadline
from core.time_limit import Phase
from tests.core.desk_calendar import at, desk_calendar, limit, rules

CALENDAR = desk_calendar()
SEVEN, PAUSING = rules(7, "working_day"), rules(7, "working_day", on_supplement="pause")


def event(kind: str, moment: str) -> ClockEvent:
    return ClockEvent(kind, at(moment))


def due(how: ClockRules, *events: ClockEvent) -> datetime | None:
    return deadline(at("2026-05-18T09:00"), how, events, CALENDAR).due_at


ASKED, STOPPED = event("supplement_requested", "2026-05-20T10:00"), event("suspended", "2026-05-21T10:00")


@pytest.mark.parametrize("gate", ["payment_received", "verification_completed"])
def test_a_gate_that_opened_before_receipt_starts_the_clock_with_it(gate: str) -> None:
    how = rules(2, "working_day", starts_on=gate)
    assert due(how, event(gate, "2026-05-15T10:00")) == at("2026-05-20T17:00")
    assert due(how, event(gate, "2026-05-19T10:00")) == at("2026-05-21T17:00")


def test_the_first_phases_own_event_is_the_gate() -> None:
    how = ClockRules((Phase(limit(2, "working_day"), "verification_completed"),), starts_on="payment_received")
    told = deadline(at("2026-05-18T09:00"), how, (event("payment_received", "2026-05-19T10:00"),), CALENDAR)
    assert (told.due_at, told.waiting_for) == (None, "verification_completed")
    assert due(how, event("verification_completed", "2026-05-20T10:00")) == at("2026-05-22T17:00")


def test_a_gate_that_opens_after_the_papers_came_is_where_the_clock_starts() -> None:
    how = rules(2, "working_day", starts_on="payment_received")
    early = (event("supplement_requested", "2026-05-18T10:00"), event("supplement_received", "2026-05-19T10:00"))
    assert due(how, *early, event("payment_received", "2026-05-21T10:00")) == at("2026-05-25T17:00")


def test_any_kind_of_event_can_be_a_gate_and_no_other_is_known() -> None:
    step = event("step_completed", "2026-05-20T10:00")
    assert due(rules(2, "working_day", starts_on="step_completed"), step) == at("2026-05-22T17:00")
    later = ClockRules((Phase(limit(9, "working_day")), Phase(limit(2, "working_day"), "step_completed")))
    assert due(later, step) == at("2026-05-22T17:00")
    told = deadline(at("2026-05-18T09:00"), later, (), CALENDAR)
    assert (told.due_at, told.waiting_for, told.by_date, told.unconfirmed) == (None, "step_completed", False, False)


def test_a_phase_that_starts_on_receipt_runs_beside_the_one_before() -> None:
    how = ClockRules((Phase(limit(1, "working_day")), Phase(limit(3, "working_day"), "received")))
    assert due(how) == at("2026-05-21T17:00")


def test_papers_brought_after_closing_are_brought_by_the_policy_and_a_resumption_is_not_a_receipt() -> None:
    evening = rules(7, "working_day", on_supplement="pause", offhours="next_working_day")
    assert due(evening, ASKED, event("supplement_received", "2026-05-22T18:00")) == at("2026-06-01T17:00")
    assert due(PAUSING, ASKED, event("supplement_received", "2026-05-22T18:00")) == at("2026-05-29T17:00")
    assert due(evening, STOPPED, event("resumed", "2026-05-22T18:00")) == at("2026-05-28T17:00")


EVENING = "2026-05-22T18:00"  # a Friday, after closing


@pytest.mark.parametrize(
    ("how", "events", "expected"),
    [
        ({"starts_on": "payment_received"}, ["payment_received"], "2026-05-27T17:00"),
        ({"starts_on": "verification_completed"}, ["verification_completed"], "2026-05-27T17:00"),
        ({}, ["supplement_received"], "2026-05-27T17:00"),
        ({"on_supplement": "none"}, ["supplement_received"], "2026-05-20T17:00"),
    ],
)
def test_where_the_clock_starts_in_the_evening_the_next_working_day_is_the_day_of_receipt(
    how: dict[str, str], events: list[str], expected: str
) -> None:
    rule = rules(2, "working_day", offhours="next_working_day", **how)
    assert due(rule, *(event(kind, EVENING) for kind in events)) == at(expected)


@pytest.mark.parametrize(
    ("kind", "expected"), [("payment_received", "2026-05-27T17:00"), ("verification_completed", "2026-05-26T17:00")]
)
def test_of_what_starts_a_later_phase_only_a_receipt_can_come_after_hours(kind: str, expected: str) -> None:
    phases = (Phase(limit(10, "working_day")), Phase(limit(2, "working_day"), kind))
    assert due(ClockRules(phases, offhours="next_working_day"), event(kind, EVENING)) == at(expected)


def test_money_brought_after_closing_is_brought_by_the_policy() -> None:
    asked, paid = event("payment_requested", "2026-05-20T10:00"), event("payment_received", EVENING)
    assert due(SEVEN, asked, paid) == at("2026-05-29T17:00")
    assert due(rules(7, "working_day", offhours="next_working_day"), asked, paid) == at("2026-06-01T17:00")
