"""The proof of the queue against a simulation that works through it, and against every window by brute force."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.proof import Break, Job, prove

FIRST = date(2026, 11, 23)
HOURS = st.fractions(0, 12, max_denominator=6)
ANY_HOURS = HOURS | st.fractions(0, 10**12, max_denominator=10**9) | st.sampled_from((Fraction(0), Fraction(8)))
Days = Callable[[date], Fraction]


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def job(name: str, hours: float | Fraction, due: int, release: int | None = None) -> Job:
    return Job(name, Fraction(hours), day(due), None if release is None else day(release))


def machine(*hours: float | Fraction) -> Days:
    """A machine with these hours on the first days, and none later."""
    return lambda at: Fraction(hours[number]) if 0 <= (number := (at - FIRST).days) < len(hours) else Fraction(0)


EIGHT = machine(*[8] * 60)


def simulated(jobs: Sequence[Job], capacity: Days) -> date | None:
    """Work through the days, always on what is due first; the earliest due day of what was not done in time."""
    left = {place: one.hours for place, one in enumerate(jobs)}
    ends = [max(one.due, one.release or FIRST) for one in jobs]
    for number in range((max(ends, default=FIRST) - FIRST).days + 1):
        hours = capacity(day(number))
        for place in sorted(left, key=lambda place: jobs[place].due):
            if (jobs[place].release or FIRST) <= day(number) <= jobs[place].due:
                done = min(hours, left[place])
                left[place] -= done
                hours -= done
    return min((jobs[place].due for place, hours in left.items() if hours), default=None)


def excesses(jobs: Sequence[Job], capacity: Days) -> dict[tuple[date, date], Fraction]:
    """By how much each window, from a release to a due day, holds more than its capacity."""
    releases = {max(FIRST, one.release or FIRST) for one in jobs}
    return {
        (start, end): sum(
            (one.hours for one in jobs if max(FIRST, one.release or FIRST) >= start and one.due <= end), Fraction(0)
        )
        - sum((capacity(start + timedelta(days=n)) for n in range((end - start).days + 1)), Fraction(0))
        for start in releases
        for end in {one.due for one in jobs}
    }


@st.composite
def queues(draw: st.DrawFn) -> tuple[list[Job], Days]:
    days = draw(st.integers(1, 7))
    number = st.integers(-1, days)
    jobs = draw(st.lists(st.builds(job, st.text("abc", max_size=2), HOURS, number, st.none() | number), max_size=7))
    return jobs, machine(*draw(st.lists(st.just(Fraction(0)) | HOURS, min_size=days + 1, max_size=days + 1)))


@st.composite
def years(draw: st.DrawFn) -> tuple[list[Job], Days]:
    """Few jobs over a year of weeks with two days off and closures; any hours; released and due whenever."""
    number = st.integers(-400, 400)
    release = st.none() | number
    jobs = draw(st.lists(st.builds(job, st.text("abc", max_size=2), ANY_HOURS, number, release), max_size=5))
    week = draw(st.lists(ANY_HOURS, min_size=5, max_size=5))
    closed = draw(st.sets(st.integers(0, 400), max_size=9))

    def capacity(at: date) -> Fraction:
        off = at.weekday() > 4 or (at - FIRST).days in closed
        return Fraction(0) if off else week[at.weekday()]

    return jobs, capacity


@settings(max_examples=200, deadline=None)
@given(queues() | years())
@example(([], EIGHT))
@example(([job("late", 3, -1)], EIGHT))
@example(([job("turned", 1, 1, 2), job("free", 8, 2, 2)], EIGHT))
def test_the_proof_agrees_with_working_through_the_queue(case: tuple[list[Job], Days]) -> None:
    jobs, capacity = case
    proof = prove(jobs, FIRST, capacity)
    missed = simulated(jobs, capacity)
    assert proof.feasible == (missed is None) == (proof.first_break is None)
    assert proof.first_break is None or proof.first_break.date == missed


@settings(max_examples=200, deadline=None)
@given(queues())
def test_the_first_break_is_that_of_every_window_looked_at(case: tuple[list[Job], Days]) -> None:
    jobs, capacity = case
    over = {window: hours for window, hours in excesses(jobs, capacity).items() if hours > 0}
    found = prove(jobs, FIRST, capacity).first_break
    if found is None:
        assert not over
        return
    assert found.date == min(end for _, end in over)
    assert found.short_hours == max(over.values())
    at_date = {start: hours for (start, end), hours in over.items() if end == found.date}
    most = max(at_date.values())
    start = max(start for start, hours in at_date.items() if hours == most)
    inside = [one for one in jobs if one.hours and (one.release or FIRST) >= start and one.due <= found.date]
    if start == FIRST:
        inside = [one for one in jobs if one.hours and one.due <= found.date]
    assert found.jobs == tuple(one.id for one in sorted(inside, key=lambda one: one.due))


@settings(deadline=None)
@given(queues())
def test_the_days_sum_up_what_is_due_and_what_there_is(case: tuple[list[Job], Days]) -> None:
    jobs, capacity = case
    loads = prove(jobs, FIRST, capacity).days
    last = max((one.due for one in jobs), default=day(-1))
    assert [load.date for load in loads] == [day(number) for number in range((last - FIRST).days + 1)]
    for load in loads:
        assert load.demand_hours == sum(one.hours for one in jobs if one.due <= load.date)
        assert load.capacity_hours == sum(capacity(day(n)) for n in range((load.date - FIRST).days + 1))


@pytest.mark.parametrize(
    ("jobs", "capacity", "found"),
    [
        pytest.param([], EIGHT, None, id="no work"),
        pytest.param([job("a", 8, 0)], EIGHT, None, id="exactly full"),
        pytest.param([job("a", 0, -5)], EIGHT, None, id="nothing left to do on what is past due"),
        pytest.param([job("a", 0, 0, 4)], machine(0), None, id="nothing left to do, with no day for it"),
        pytest.param([job("a", Fraction(1, 3), 0)] * 3, machine(1), None, id="thirds are exact"),
        pytest.param([job("a", "0.1", 0)] * 10, machine(1), None, id="tenths are exact"),
        pytest.param(
            [job("a", 3, -2), job("b", 2, -1)], EIGHT, Break(day(-2), Fraction(5), ("a",)), id="past due has no day"
        ),
        pytest.param([job("a", 1, 0, 4)], EIGHT, Break(day(0), Fraction(1), ("a",)), id="due before its release"),
        pytest.param([job("a", 8, 3, -9)], machine(2, 2, 2, 2), None, id="released before the first day"),
        pytest.param([job("a", 1, 0), job("b", 2, 1)], machine(0, 3), Break(day(0), Fraction(1), ("a",)), id="closed"),
        pytest.param(
            [job("early", 4, 0), job("wide", 8, 1), job("narrow", 8, 1, 1), job("later", 9, 2, 2)],
            machine(8, 8, 8),
            Break(day(1), Fraction(5), ("early", "wide", "narrow")),
            id="short by the worst window, wherever it ends",
        ),
        pytest.param(
            [job("fills", 8, 0), job("late", 9, 1, 1)],
            EIGHT,
            Break(day(1), Fraction(1), ("late",)),
            id="of equal windows the one that begins last",
        ),
        pytest.param(
            [job("second", 6, 1), job("nothing", 0, 0), job("first", 6, 0), job("third", 6, 1)],
            EIGHT,
            Break(day(1), Fraction(2), ("first", "second", "third")),
            id="named by due day",
        ),
    ],
)
def test_answers_that_are_stated(jobs: list[Job], capacity: Days, found: Break | None) -> None:
    assert prove(jobs, FIRST, capacity).first_break == found


def test_capacity_is_asked_once_a_day_and_never_past_the_last_due_day() -> None:
    asked: list[date] = []

    def capacity(at: date) -> Fraction:
        asked.append(at)
        return Fraction(8)

    prove([job("a", 1, 3), job("b", 2, -4), job("c", 2, 2, 9)], FIRST, capacity)
    assert asked == [day(number) for number in range(4)]
