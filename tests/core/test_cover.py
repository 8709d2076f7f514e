"""Absence cover: what falls due goes to those who have the hours, and nobody is late for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import zip_longest

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.cover import Away, Cover, cover, moved, still_holds, without_hours
from core.forecast import HORIZON, Counts, Queue, forecast, forecast_moved
from core.outlook import Light, of_unit
from core.proof import Job, Proof
from core.spreading import shortage

FIRST = date(2026, 11, 23)  # a Monday
DAYS = 4


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def queue(jobs: Mapping[str | None, Sequence[tuple[int, int]]], hours: Mapping[str, Sequence[int]]) -> Queue:
    """`jobs`: hours and due day by owner; `hours`: of the first days, of all later ones none."""
    named = {
        owner: [Job(f"{owner}{place}", Fraction(cost), day(due)) for place, (cost, due) in enumerate(known)]
        for owner, known in ({None: (), "a": ()} | dict(jobs)).items()
    }
    there = {
        who: [Fraction(one) for one in known] + [Fraction(0)] * (HORIZON - len(known)) for who, known in hours.items()
    }
    return Queue(FIRST, named, there, {who: max(known) for who, known in there.items()}, {})


def covered(asked: Queue, first: int, last: int) -> Cover:
    away = Away("a", day(first), day(last))
    return cover(without_hours(asked, "a", away.days), away)


def shares(found: Cover) -> dict[str, list[str]]:
    return {one.officer: [job.id for job in one.jobs] for one in found.shares}


FULL = [8] * DAYS
WEEK = {"a": FULL, "b": FULL, "c": FULL}


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ((1, 2), ["a1", "a2"]),
        ((0, 2), ["a0", "a1", "a2"]),
        ((3, 9), ["a3"]),
    ],
)
def test_what_falls_due_on_a_day_away_goes(days: tuple[int, int], expected: list[str]) -> None:
    found = covered(queue({"a": [(1, n) for n in range(DAYS)]}, WEEK), *days)
    assert sorted(one for ids in shares(found).values() for one in ids) == expected
    assert (found.left, found.after, found.short_hours, found.breaks_on) == ((), Light.HOLDS, 0, None)


def test_equal_officers_get_equal_shares_and_who_has_more_of_his_own_gets_fewer() -> None:
    found = covered(queue({"a": [(2, 2)] * 6}, WEEK), 1, 2)
    assert {who: len(ids) for who, ids in shares(found).items()} == {"b": 3, "c": 3}
    assert [one.hours for one in found.shares] == [6, 6]
    found = covered(queue({"a": [(2, 2)] * 2, "b": [(8, 2)]}, WEEK), 1, 2)
    assert shares(found) == {"c": ["a0", "a1"]}


def test_what_is_due_later_goes_as_far_as_the_hours_after_the_absence_do_not_do() -> None:
    """Three days away leave eight hours for the sixteen that are due on the fourth."""
    asked = queue({"a": [(4, 3)] * 4}, WEEK)
    found = covered(asked, 0, 2)
    assert found.before is Light.BREAKS and found.after is not Light.BREAKS
    assert sum(len(ids) for ids in shares(found).values()) == 2
    assert shares(covered(asked, 0, 0)) == {}


def test_half_a_day_moves_only_what_does_not_fit() -> None:
    asked = queue({"a": [(3, 0), (3, 0)]}, {"a": [4, 8], "b": FULL})
    assert shares(cover(asked, Away("a", day(0), day(0)))) == {"b": ["a0"]}


def test_what_nobody_has_room_for_is_told_and_stays() -> None:
    found = covered(queue({"a": [(4, 0)] * 5}, {"a": FULL, "b": FULL}), 0, 0)
    assert shares(found) == {"b": ["a0", "a1"]} and [job.id for job in found.left] == ["a2", "a3", "a4"]
    assert (found.short_hours, found.breaks_on, found.after) == (12, day(0), Light.BREAKS)


def test_what_stays_may_be_done_before_the_absence() -> None:
    found = covered(queue({"a": [(4, 1)], "b": [(8, 0), (8, 1)]}, {"a": FULL, "b": FULL}), 1, 1)
    assert shares(found) == {} and [job.id for job in found.left] == ["a0"]
    assert (found.short_hours, found.breaks_on) == (0, None)


def test_nobody_is_nobodys_room() -> None:
    """Who is late himself, who is not there, and whose free hours nobody's dossiers need."""
    late = queue({"a": [(1, 0)], "b": [(9, 0)]}, {"a": FULL, "b": FULL, "c": [0]})
    assert shares(covered(late, 0, 3)) == {}
    needed = queue({"a": [(2, 1), (1, 1)], None: [(15, 1)]}, {"a": FULL, "b": FULL})
    assert shares(covered(needed, 0, 1)) == {"b": ["a1"]}


def test_what_has_no_deadline_now_is_counted() -> None:
    asked = replace(queue({}, WEEK), counts={"a": Counts(paused=3)})
    assert covered(asked, 0, 1).paused == 3


@st.composite
def absences(draw: st.DrawFn) -> tuple[Queue, Away]:
    officers = ["a", "b", "c"][: draw(st.integers(1, 3))]
    known = st.lists(st.tuples(st.integers(0, 4), st.integers(0, DAYS - 1)), max_size=6)
    jobs: dict[str | None, list[tuple[int, int]]] = {who: draw(known) for who in (None, *officers)}
    hours = {who: draw(st.lists(st.integers(0, 6), min_size=DAYS, max_size=DAYS)) for who in officers}
    first = draw(st.integers(0, DAYS - 1))
    away = Away("a", day(first), day(draw(st.integers(first, DAYS))))
    asked = queue(jobs, hours)
    return (without_hours(asked, "a", away.days) if draw(st.booleans()) else asked), away


@settings(max_examples=300, deadline=None)
@given(absences())
def test_nobody_pays_for_a_cover_and_no_dossier_is_lost_or_doubled(asked: tuple[Queue, Away]) -> None:
    before, away = asked
    found = cover(before, away)
    by_id = {job.id: job for jobs in before.jobs.values() for job in jobs}
    after = moved(before, "a", {who: [by_id[one] for one in ids] for who, ids in found.moves})
    assert still_holds(before, "a", found.moves)
    owners = [(job.id, owner) for owner, jobs in after.jobs.items() for job in jobs]
    assert sorted(one for one, _ in owners) == sorted(by_id)
    given = {one: who for who, ids in found.moves for one in ids}
    assert {one for one, owner in owners if owner == "a"} == {job.id for job in before.jobs["a"]} - given.keys()
    assert dict(owners) == {job.id: who for who, jobs in before.jobs.items() for job in jobs} | given
    was, now = forecast(before), forecast(after)
    for who in before.hours.keys() - {"a"}:
        assert no_later(was.own[who], now.own[who])
    assert no_later(was.nobodys, now.nobodys)
    some = forecast_moved(was, after, {"a", *(who for who, _ in found.moves)})
    assert (some.own, some.nobodys, some.breaks, some.whole.days) == (now.own, now.nobodys, now.breaks, now.whole.days)
    assert (found.before, found.after) == (of_unit(before, was, ()).light, of_unit(after, now, ()).light)
    assert found.short_hours == shortage(now.own["a"])
    must = {job.id for job in before.jobs["a"] if _no_hours(before, away, job)}
    assert must <= given.keys() | {job.id for job in found.left}
    assert not {job.id for job in found.left} & given.keys()
    if not found.left:
        assert now.own["a"].feasible


def no_later(before: Proof, after: Proof) -> bool:
    """Whether by every day's end no more hours are due and not done than before."""
    was, now = (
        [max(Fraction(0), one.demand_hours - one.capacity_hours) for one in proof.days] for proof in (before, after)
    )
    return all(mine <= theirs for mine, theirs in zip_longest(now, was, fillvalue=Fraction(0)))


def _no_hours(asked: Queue, away: Away, job: Job) -> bool:
    return away.first <= job.due <= away.last and not asked.hours["a"][(job.due - FIRST).days]


def test_whom_it_makes_late_on_another_day_than_the_worst_does_not_take_it() -> None:
    """b lacks six hours on the first day: what would be an hour short on the fourth is late all the same."""
    late = {"a": [(2, 3)], "b": [(14, 0), (18, 3)]}
    assert not still_holds(queue(late, {"a": [0], "b": FULL}), "a", [("b", ["a0"])])
    assert still_holds(queue(late, {"a": [0], "b": [8, 8, 8, 10]}), "a", [("b", ["a0"])])
    asked = queue({"a": [(2, 3)], None: [(14, 0), (18, 3)]}, {"a": [0], "b": FULL})
    assert covered(asked, 0, 3).shares == () and not still_holds(asked, "a", [("b", ["a0"])])


def test_a_proposal_that_is_no_longer_true_does_not_hold() -> None:
    asked = queue({"a": [(4, 0)], "b": [(8, 1)]}, {"a": [0], "b": FULL})
    assert still_holds(asked, "a", [("b", ["a0"])])
    assert not still_holds(asked, "a", [("b", ["b0"])])
    assert not still_holds(asked, "a", [("left", ["a0"])])
    assert not still_holds(queue({"a": [(4, 0)], "b": [(8, 0)]}, {"a": [0], "b": FULL}), "a", [("b", ["a0"])])
