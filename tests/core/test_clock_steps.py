"""Phases of several units: each by its own calendar, with its own due time, late by itself."""

from __future__ import annotations

from datetime import date, datetime

from core.calendar import DayRow
from core.deadline import ClockEvent, ClockRules, Step, deadline
from core.time_limit import Phase
from tests.core.desk_calendar import at, desk_calendar, limit

MINE = desk_calendar()
STORM = desk_calendar((DayRow(date(2026, 5, 25), False, "bão", "storm", "TB 12", closure=True),))
RECEIVED = at("2026-05-21T09:00")
WARD, CITY = Phase(limit(1, "working_day"), basis="Đ.1"), Phase(limit(2, "working_day"), station="G01", basis="Đ.2")
CHECKED = Phase(limit(2, "working_day"), "verification_completed", "G01", "Đ.3")


def ruled(*phases: Phase) -> ClockRules:
    return ClockRules(phases, calendars={"G01": STORM})


def steps(rules: ClockRules, *events: ClockEvent) -> list[tuple[int, str | None, datetime | None, bool]]:
    answer = deadline(RECEIVED, rules, events, MINE)
    return [(one.phase, one.station, one.due_at, one.late) for one in answer.steps]


def test_a_phase_runs_by_its_owners_calendar_and_the_last_ones_end_is_the_dossiers() -> None:
    assert deadline(RECEIVED, ruled(WARD, CITY), (), MINE).due_at == at("2026-05-27T17:00")
    assert deadline(RECEIVED, ruled(CITY, WARD), (), MINE).due_at == at("2026-05-27T17:00")
    assert deadline(RECEIVED, ruled(CITY), (), MINE).due_at == at("2026-05-26T17:00")
    unknown = ClockRules((Phase(limit(2, "working_day"), station="G02"),))
    assert deadline(RECEIVED, unknown, (), MINE).due_at == at("2026-05-25T17:00")


def test_each_step_has_its_owner_and_its_own_due_time() -> None:
    answer = deadline(RECEIVED, ruled(WARD, CITY), (), MINE)
    assert answer.steps == (
        Step(1, None, "Đ.1", at("2026-05-22T17:00"), None, late=False),
        Step(2, "G01", "Đ.2", at("2026-05-27T17:00"), None, late=False),
    )
    assert deadline(RECEIVED, ruled(WARD), (), MINE).steps == ()


def test_a_step_that_has_not_begun_has_no_due_time() -> None:
    assert steps(ruled(WARD, CHECKED, CITY)) == [
        (1, None, at("2026-05-22T17:00"), False),
        (2, "G01", None, False),
        (3, "G01", None, False),
    ]
    answer = deadline(RECEIVED, ruled(WARD, CHECKED), (), MINE)
    assert answer.steps[1] == Step(2, "G01", "Đ.3", None, None, late=False)


def test_a_step_ends_by_the_next_ones_own_event_or_by_none() -> None:
    done = ClockEvent("verification_completed", at("2026-05-22T10:00"))
    answer = deadline(RECEIVED, ruled(WARD, CHECKED, CITY), (done,), MINE)
    assert [one.ended_at for one in answer.steps] == [at("2026-05-22T10:00"), None, None]
    assert answer.due_at == at("2026-05-29T17:00")


def test_a_late_step_is_late_by_itself_and_judged_by_date() -> None:
    for moment, late, then in (
        ("2026-05-22T23:59", False, "2026-05-27T17:00"),
        ("2026-05-23T00:00", True, "2026-05-27T17:00"),
        ("2026-05-26T08:00", True, "2026-05-28T17:00"),
    ):
        done = ClockEvent("verification_completed", at(moment))
        answer = deadline(RECEIVED, ruled(WARD, CHECKED), (done,), MINE)
        first, second = answer.steps
        assert (first.late, first.ended_at, second.late) == (late, at(moment), False)
        assert answer.due_at == second.due_at == at(then)


def test_a_step_of_hours_is_late_by_the_instant() -> None:
    hours = Phase(limit(4, "working_hour"))
    for moment, late in (("2026-05-21T14:30:00", False), ("2026-05-21T14:30:01", True)):
        done = ClockEvent("verification_completed", at(moment))
        assert deadline(RECEIVED, ruled(hours, CHECKED), (done,), MINE).steps[0].late is late


def test_the_moment_to_announce_a_delay_follows_the_last_owners_calendar() -> None:
    answer = deadline(RECEIVED, ruled(WARD, CITY), (), MINE)
    assert answer.apology_owed_by == at("2026-05-26T17:00")
    closed = Phase(limit(1, "working_day"), station="G01")
    assert deadline(RECEIVED, ruled(WARD, closed), (), MINE).apology_owed_by == at("2026-05-22T17:00")


def test_the_step_that_runs_is_the_last_that_has_begun_while_the_next_one_waits() -> None:
    answer = deadline(RECEIVED, ruled(WARD, CHECKED), (), MINE)
    assert answer.due_at is None and answer.running_step == answer.steps[0]
    done = ClockEvent("verification_completed", at("2026-05-22T10:00"))
    assert deadline(RECEIVED, ruled(WARD, CHECKED), (done,), MINE).running_step is None
    asked = ClockEvent("supplement_requested", at("2026-05-22T10:00"))
    assert deadline(RECEIVED, ruled(WARD, CHECKED), (asked,), MINE).running_step is None
    assert deadline(RECEIVED, ruled(WARD), (), MINE).running_step is None
