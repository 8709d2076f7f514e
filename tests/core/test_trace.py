"""Traces: they tile the time from receipt to due, add up to the limit and say why."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar import DayRow, HoursRow, WorkCalendar
from core.deadline import ClockEvent, ClockRules, deadline
from core.time_limit import Phase, Unit
from core.trace import Explanation, Segment, explain
from tests.core.desk_calendar import at, desk_calendar, limit, rules

CALENDAR = desk_calendar()


def told(received: str, how: ClockRules, *events: ClockEvent) -> list[tuple[str, str, str, float]]:
    trace = explain(at(received), how, events, CALENDAR).trace
    return [(short(one.from_at), short(one.to_at), one.effect, float(one.counted)) for one in trace]


def short(moment: datetime | None) -> str:
    return moment.strftime("%d/%m %H:%M") if moment else "…"


def test_a_working_day_limit_reads_day_by_day() -> None:
    assert told("2026-05-21T09:00", rules(7, "working_day")) == [
        ("21/05 09:00", "22/05 00:00", "receipt_day", 0),
        ("22/05 00:00", "23/05 00:00", "counted", 1),
        ("23/05 00:00", "25/05 00:00", "day_off", 0),
        ("25/05 00:00", "30/05 00:00", "counted", 5),
        ("30/05 00:00", "01/06 00:00", "day_off", 0),
        ("01/06 00:00", "02/06 00:00", "counted", 1),
    ]


def test_a_month_ends_on_its_corresponding_date_and_rolls() -> None:
    assert told("2026-07-31T09:00", rules(1, "month")) == [
        ("31/07 09:00", "01/08 00:00", "receipt_day", 0),
        ("01/08 00:00", "01/09 00:00", "counted", 1),
        ("01/09 00:00", "04/09 00:00", "rolled", 0),
    ]


def test_working_hours_leave_out_nights_and_breaks() -> None:
    assert told("2026-05-22T11:00", rules(7, "working_hour")) == [
        ("22/05 11:00", "22/05 11:30", "counted", 0.5),
        ("22/05 11:30", "22/05 13:00", "closed", 0),
        ("22/05 13:00", "22/05 17:00", "counted", 4),
        ("22/05 17:00", "23/05 00:00", "closed", 0),
        ("23/05 00:00", "25/05 00:00", "day_off", 0),
        ("25/05 00:00", "25/05 07:30", "closed", 0),
        ("25/05 07:30", "25/05 10:00", "counted", 2.5),
    ]


def test_a_restart_abandons_what_was_counted() -> None:
    events = (
        ClockEvent("supplement_requested", at("2026-05-20T10:00")),
        ClockEvent("supplement_received", at("2026-05-26T10:00")),
    )
    assert told("2026-05-18T09:00", rules(1, "working_day"), *events) == [
        ("18/05 09:00", "20/05 10:00", "abandoned", 0),
        ("20/05 10:00", "26/05 10:00", "paused", 0),
        ("26/05 10:00", "27/05 00:00", "receipt_day", 0),
        ("27/05 00:00", "28/05 00:00", "counted", 1),
    ]
    assert told("2026-05-18T09:00", rules(7, "working_day", on_supplement="pause"), *events)[1:4] == [
        ("19/05 00:00", "21/05 00:00", "counted", 2),
        ("21/05 00:00", "27/05 00:00", "paused", 0),
        ("27/05 00:00", "30/05 00:00", "counted", 3),
    ]


def test_an_open_pause_has_no_end() -> None:
    asked = ClockEvent("supplement_requested", at("2026-05-20T10:00"))
    assert told("2026-05-18T09:00", rules(7, "working_day", on_supplement="pause"), asked)[-1] == (
        "21/05 00:00", "…", "paused", 0,
    )  # fmt: skip
    waiting = told("2026-05-18T09:00", rules(7, "working_day", starts_on="payment_received"))
    assert waiting == [("18/05 09:00", "…", "paused", 0)]


def test_hours_up_to_a_request_are_counted_in_part() -> None:
    asked = ClockEvent("suspended", at("2026-05-18T15:00"))
    assert told("2026-05-18T09:00", rules(16, "working_hour"), asked) == [
        ("18/05 09:00", "18/05 11:30", "counted", 2.5),
        ("18/05 11:30", "18/05 13:00", "closed", 0),
        ("18/05 13:00", "18/05 15:00", "counted", 2),
        ("18/05 15:00", "…", "paused", 0),
    ]
    assert told("2026-05-18T09:00", rules(16, "hour"), asked)[0] == ("18/05 09:00", "18/05 15:00", "counted", 6)


def test_while_a_phase_waits_the_law_is_traced_and_not_the_promise() -> None:
    phases = (Phase(limit(3, "day")), Phase(limit(2, "working_day"), "verification_completed"))
    answer = explain(at("2026-05-18T09:00"), ClockRules(phases), (), CALENDAR, (Phase(limit(5, "working_day")),))
    assert answer.trace[-1].to_at is None
    assert answer.other is not None and answer.other[0] == "committed"


def test_extensions_and_appointments_are_told_apart() -> None:
    more = ClockEvent("extended", at("2026-05-19T10:00"), limit(2, "working_day"))
    assert told("2026-05-18T09:00", rules(2, "working_day"), more)[1:] == [
        ("19/05 00:00", "21/05 00:00", "counted", 2),
        ("21/05 00:00", "23/05 00:00", "extended", 2),
    ]
    month = ClockEvent("extended", at("2026-05-19T10:00"), limit(1, "month"))
    assert told("2026-05-18T09:00", rules(1, "month"), month)[1:] == [
        ("19/05 00:00", "19/06 00:00", "counted", 1),
        ("19/06 00:00", "19/07 00:00", "extended", 1),
        ("19/07 00:00", "21/07 00:00", "rolled", 0),
    ]
    moved = ClockEvent("rescheduled", at("2026-05-19T10:00"), due_at=at("2026-05-22T17:00"))
    assert told("2026-05-18T09:00", rules(2, "working_day"), moved)[2:] == [
        ("21/05 00:00", "23/05 00:00", "rescheduled", 0)
    ]


def test_a_closure_is_no_day_off() -> None:
    storm = DayRow(date(2026, 5, 22), False, "bão", "storm", "TB 12/UBND", closure=True)
    trace = explain(at("2026-05-21T09:00"), rules(1, "working_day"), (), desk_calendar((storm,))).trace
    assert [(one.effect, one.basis) for one in trace][1:3] == [
        ("closed", "TB 12/UBND"),
        ("day_off", "QĐ 188/1999/QĐ-TTg"),
    ]


def test_the_other_limit_has_a_trace_of_its_own() -> None:
    answer = explain(at("2026-05-21T09:00"), rules(7, "working_day"), (), CALENDAR, (Phase(limit(1, "working_day")),))
    assert answer.trace[-1].to_at == at("2026-05-23T00:00")
    assert answer.other is not None
    assert answer.other[0] == "statutory"
    assert answer.other[1][-1].to_at == at("2026-06-02T00:00")


LIMITS = st.one_of(
    st.builds(limit, st.integers(0, 60), st.sampled_from(["working_day", "day"])),
    st.builds(limit, st.sampled_from(["0.5", "1.5", "3.5"]), st.just("working_day")),
    st.builds(limit, st.integers(0, 6), st.sampled_from(["month"])),
    st.builds(limit, st.sampled_from(["0.25", "1", "7.75", "40", "0.1"]), st.sampled_from(["hour", "working_hour"])),
    st.just(limit(0, "same_day")),
)
MOMENTS = st.integers(0, 440 * 86_400).map(lambda seconds: at("2025-03-01T00:00") + timedelta(seconds=seconds))


@st.composite
def clocks(draw: st.DrawFn) -> tuple[datetime, ClockRules, list[ClockEvent]]:
    received = draw(MOMENTS)
    phases = tuple(Phase(draw(LIMITS)) for _ in range(draw(st.integers(1, 2))))
    how = ClockRules(
        phases,
        on_supplement=draw(st.sampled_from(["restart", "pause", "none"])),
        offhours=draw(st.sampled_from(["as_received", "next_working_day"])),
        count_first_day=draw(st.booleans()),
    )
    events, now = [], received
    for _ in range(draw(st.integers(0, 3))):
        asks, answers = draw(
            st.sampled_from([("supplement_requested", "supplement_received"), ("suspended", "resumed")])
        )
        for kind in (asks, answers):
            now += timedelta(seconds=draw(st.integers(0, 400_000)))
            events.append(ClockEvent(kind, now))
    if draw(st.booleans()):
        extension = draw(st.builds(limit, st.integers(1, 4), st.sampled_from(["working_day", "day", "month"])))
        events.append(ClockEvent("extended", now, extension))
    return received, how, events


@given(clocks())
def test_segments_tile_from_receipt_to_due(clock: tuple[datetime, ClockRules, list[ClockEvent]]) -> None:
    received, how, events = clock
    answer = explain(received, how, events, CALENDAR)
    assert answer.deadline == deadline(received, how, events, CALENDAR)
    assert answer.deadline.due_at is not None
    end = answer.deadline.due_at
    if answer.deadline.by_date:
        assert answer.deadline.due_date is not None
        end = at(f"{answer.deadline.due_date + timedelta(days=1)}T00:00")
    assert tiled(received, answer.trace) == end


def tiled(received: datetime, trace: tuple[Segment, ...]) -> datetime | None:
    reached: datetime | None = received
    for one in trace:
        assert one.from_at == reached
        reached = one.to_at
    return reached


@given(clocks())
def test_what_is_counted_adds_up_to_the_limit(clock: tuple[datetime, ClockRules, list[ClockEvent]]) -> None:
    received, how, events = clock
    answer = explain(received, how, events, CALENDAR)
    for number, phase in enumerate(how.phases, start=1):
        counted = amounts(answer, number, "counted")
        extension = events[-1].limit if events and number == len(how.phases) else None
        if extension is not None:
            extended = amounts(answer, number, "extended").get(extension.unit, Fraction(0))
            if phase.limit.unit is extension.unit and phase.limit.amount.denominator == 2:
                assert counted[extension.unit] + extended == phase.limit.amount + extension.amount
                continue
            assert extended == extension.amount
        assert counted.get(phase.limit.unit, Fraction(0)) == phase.limit.amount


def amounts(answer: Explanation, phase: int, effect: str) -> dict[Unit, Fraction]:
    summed: dict[Unit, Fraction] = {}
    for one in answer.trace:
        if one.phase == phase and one.effect == effect:
            summed[one.unit] = summed.get(one.unit, Fraction(0)) + one.counted
    return summed


def test_half_of_a_working_day_without_hours_has_a_trace_to_its_end() -> None:
    week = ((), *((((27_000, 41_400),)),) * 6)
    closed = WorkCalendar.from_rows([], [HoursRow(date(2026, 1, 1), week, None)], date(2026, 1, 1), date(2026, 12, 31))
    answer = explain(at("2026-05-25T09:00"), rules("0.5", "working_day"), (), closed)
    assert answer.deadline.due_at == at("2026-05-26T07:30")
    assert tiled(at("2026-05-25T09:00"), answer.trace) == answer.deadline.due_at


def test_an_immediate_phase_after_days_is_traced_to_the_next_opening() -> None:
    how = ClockRules((Phase(limit(1, "working_day")), Phase(limit(0, "immediate"))))
    assert told("2026-05-21T09:00", how) == [
        ("21/05 09:00", "22/05 00:00", "receipt_day", 0),
        ("22/05 00:00", "23/05 00:00", "counted", 1),
        ("23/05 00:00", "25/05 00:00", "day_off", 0),
        ("25/05 00:00", "25/05 07:30", "closed", 0),
    ]


@pytest.mark.parametrize("unit", ["month", "year"])
def test_months_and_years_cite_their_own_article(unit: str) -> None:
    trace = explain(at("2025-05-21T09:00"), rules(1, unit), (), CALENDAR).trace
    assert trace[1].basis == {"month": "Đ.148.3 BLDS 2015", "year": "Đ.148.4 BLDS 2015"}[unit]


def test_what_stops_or_moves_a_clock_stands_by_its_own_article() -> None:
    how = rules(7, "working_day", on_supplement="pause", basis="Đ.22.3", supplement_basis="Đ.22.4")
    events = (
        ClockEvent("supplement_requested", at("2026-05-22T09:00")),
        ClockEvent("supplement_received", at("2026-05-26T09:00")),
        ClockEvent("suspended", at("2026-05-27T09:00"), basis="Đ.5 Luật X"),
        ClockEvent("resumed", at("2026-05-28T09:00")),
        ClockEvent("extended", at("2026-05-29T09:00"), limit(2, "working_day"), basis="Đ.9 Luật X"),
    )
    trace = explain(at("2026-05-21T09:00"), how, events, CALENDAR).trace
    cited = {(one.effect, one.basis) for one in trace if one.effect in ("counted", "paused", "extended")}
    expected = {("counted", "Đ.22.3"), ("paused", "Đ.22.4"), ("paused", "Đ.5 Luật X"), ("extended", "Đ.9 Luật X")}
    assert cited == expected
    restarted = rules(7, "working_day", basis="Đ.22.3", supplement_basis="Đ.22.4")
    trace = explain(at("2026-05-21T09:00"), restarted, events[:2], CALENDAR).trace
    assert {one.basis for one in trace if one.effect in ("abandoned", "paused")} == {"Đ.22.4"}
    stopped = explain(at("2026-05-21T09:00"), how, events[:3], CALENDAR).trace
    assert (stopped[-1].effect, stopped[-1].to_at, stopped[-1].basis) == ("paused", None, "Đ.5 Luật X")
