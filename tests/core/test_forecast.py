"""The forecast of a unit against a search for a plan, and its mends against the forecast of the mended queue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.forecast import HORIZON, Counts, Foreseen, OpenDossier, Queue, forecast, foreseen, full_day, queue_of
from core.mends import Mend, MendKind, mends
from core.outlook import Light, Tight, of_list, of_officer, of_unit
from core.proof import Job, prove
from core.spreading import Bench, relief
from core.work import Stage

FIRST = date(2026, 11, 23)
DAYS = 4


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def queue(jobs: Mapping[str | None, Sequence[tuple[int, int]]], hours: Mapping[str, Sequence[int]]) -> Queue:
    """`jobs`: hours and due day by owner; `hours`: of the first days, of all later ones none."""
    named = {
        owner: [Job(f"{owner}{place}", Fraction(cost), day(due)) for place, (cost, due) in enumerate(given)]
        for owner, given in ({None: ()} | dict(jobs)).items()
    }
    there = {
        who: [Fraction(one) for one in given] + [Fraction(0)] * (HORIZON - len(given)) for who, given in hours.items()
    }
    return Queue(FIRST, named, there, {who: max(given) for who, given in there.items()}, {})


HOURS = st.integers(0, 4)
GIVEN_JOBS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, DAYS - 1)), max_size=5)


@st.composite
def queues(draw: st.DrawFn) -> Queue:
    officers = ["a", "b", "c"][: draw(st.integers(1, 3))]
    jobs: dict[str | None, list[tuple[int, int]]] = {who: draw(GIVEN_JOBS) for who in (None, *officers)}
    hours = {who: draw(st.lists(HOURS, min_size=DAYS, max_size=DAYS)) for who in officers}
    return queue(jobs, hours)


def planned(asked: Queue) -> bool:
    """Whether a search finds a plan: hours of jobs flow to an officer's days, a bit along each path that is left."""
    flow: dict[tuple[object, object], int] = {}
    for owner, jobs in asked.jobs.items():
        for job in jobs:
            flow["source", job.id] = int(job.hours)
            for who in asked.hours if owner is None else [owner]:
                for number in range((job.due - FIRST).days + 1):
                    flow[job.id, (who, number)] = int(job.hours)
    for who, hours in asked.hours.items():
        for number, there in enumerate(hours[:DAYS]):
            flow[(who, number), "sink"] = int(there)
    wanted = sum(left for (start, _), left in flow.items() if start == "source")
    for _ in range(wanted):
        path = _path(flow, "source", {"source"})
        if path is None:
            return False
        for start, end in path:
            flow[start, end] -= 1
            flow[end, start] = flow.get((end, start), 0) + 1
    return True


def _path(
    flow: Mapping[tuple[object, object], int], at: object, seen: set[object]
) -> list[tuple[object, object]] | None:
    if at == "sink":
        return []
    for (start, end), left in flow.items():
        if start == at and left > 0 and end not in seen:
            seen.add(end)
            rest = _path(flow, end, seen)
            if rest is not None:
                return [(start, end), *rest]
    return None


@settings(max_examples=150, deadline=None)
@given(queues())
def test_a_unit_is_in_time_if_and_only_if_there_is_a_plan(asked: Queue) -> None:
    seen = forecast(asked)
    assert seen.feasible == planned(asked)
    if seen.whole.first_break is not None:
        assert seen.breaks[0].found.date <= seen.whole.first_break.date


@settings(max_examples=150, deadline=None)
@given(queues(), st.sets(st.integers(0, 4)))
def test_every_mend_does_what_it_says_and_nobody_pays_for_it(asked: Queue, lacking: set[int]) -> None:
    ids = {job.id for jobs in asked.jobs.values() for job in jobs}
    asked = replace(asked, lacking=frozenset(one for one in ids if int(one[-1]) in lacking))
    before = forecast(asked)
    found = mends(asked, before)
    assert not found or not before.feasible
    for mend in found:
        owner = before.breaks[0].owner
        after = forecast(mended(asked, mend))
        proofs = [(before.own[who], after.own[who], who) for who in before.own] + [
            (before.nobodys, after.nobodys, None)
        ]
        for was, now, who in proofs:
            short = now.first_break.short_hours if now.first_break else 0
            if who == owner:
                assert short == mend.short_hours
                assert (now.first_break.date if now.first_break else None) == mend.breaks_on
            else:
                assert short <= (was.first_break.short_hours if was.first_break else 0)
        assert mend.makes_feasible == after.feasible
        assert mend.officer == owner
    whole = [mend for mend in found if mend.breaks_on is None]
    if any(mend.kind is not MendKind.OVERTIME for mend in whole):
        assert found == tuple(whole)
    assert found[: len(whole)] == tuple(sorted(whole, key=lambda mend: mend.hours))


@settings(max_examples=150, deadline=None)
@given(queues())
def test_the_fewest_dossiers_relieve_an_officer(asked: Queue) -> None:
    """Against all smaller sets: these go where one receiver, or all together, have room for them."""
    before = forecast(asked)
    bench = Bench(asked, before)
    for who, proof in before.own.items():
        jobs = asked.jobs[who]
        lacking = [bench.parts(load.demand_hours) - bench.parts(load.capacity_hours) for load in proof.days]
        need = relief(bench, lacking, jobs)
        assert holds(asked, who, [job for job in jobs if job not in need])
        assert not need or not any(holds(asked, who, left) for left in without(jobs, len(need) - 1))


@settings(max_examples=150, deadline=None)
@given(queues())
def test_no_fewer_of_what_still_fits_somebody_would_do(asked: Queue) -> None:
    """Where they fit nobody, the longest that do are chosen one after another: it is no search for the fewest.

    Where nobody's dossiers wait for the hours, too, one that was too long for them may fit once others have gone.
    """
    before = forecast(asked)
    for mend in mends(asked, before):
        if mend.breaks_on is not None or mend.officer is None:
            continue
        if mend.kind is MendKind.MOVE and not asked.jobs.get(None):
            jobs, count = asked.jobs[mend.officer], sum(len(ids) for _, ids in mend.moves)
            fit = [job for job in jobs if has_room(asked, mend, job)]
            left = [job for job in jobs if job not in fit]
            assert not any(holds(asked, mend.officer, [*left, *rest]) for rest in without(fit, count - 1))
        if mend.kind is MendKind.OVERTIME:
            fewer = forecast(mended(asked, replace(mend, half_days=mend.half_days[:-1])))
            assert not fewer.own[mend.officer].feasible


def without(jobs: Sequence[Job], count: int) -> Iterable[list[Job]]:
    return ([job for job in jobs if job not in gone] for gone in combinations(jobs, count))


def has_room(asked: Queue, mend: Mend, job: Job) -> bool:
    """Whether the dossier moves, or somebody who is in time could take it, too."""
    if any(job.id in ids for _, ids in mend.moves):
        return True
    before, after = forecast(asked), mended(asked, mend)
    able = (who for who, proof in before.own.items() if who != mend.officer and proof.feasible)
    return any(holds(asked, who, [*after.jobs.get(who, ()), job]) for who in able)


def holds(asked: Queue, officer: str, jobs: Sequence[Job]) -> bool:
    return prove(jobs, FIRST, lambda at: asked.hours[officer][(at - FIRST).days]).feasible


def mended(asked: Queue, mend: Mend) -> Queue:
    """The queue as it would be."""
    gone = {one for _, ids in mend.moves for one in ids} | set(mend.asked)
    jobs = {owner: [job for job in given if job.id not in gone] for owner, given in asked.jobs.items()}
    by_id = {job.id: job for given in asked.jobs.values() for job in given}
    for to, ids in mend.moves:
        jobs.setdefault(to, []).extend(by_id[one] for one in ids)
    hours = {who: list(given) for who, given in asked.hours.items()}
    for who, at in mend.half_days:
        hours[who][(at - FIRST).days] += asked.usual[who] / 2
    return replace(asked, jobs=jobs, hours=hours)


FULL = [8] * DAYS
EXAMPLES = [
    pytest.param(
        queue({"a": [(5, 1)] * 5}, {"a": FULL, "b": FULL}),
        [("move", 10, [("b", 2)], True)],
        id="two of five move; the two half days in time are an hour short",
    ),
    pytest.param(
        queue({"a": [(4, 0), (6, 0)]}, {"a": FULL}), [("overtime", 4, 1, True)], id="alone: half a day of overtime"
    ),
    pytest.param(
        queue({"a": [(8, 0), (3, 0), (2, 0)], "b": [(5, 3)]}, {"a": FULL, "b": FULL}),
        [("move", 8, [("b", 1)], True)],
        id="the longest one is the fewest",
    ),
    pytest.param(
        queue({"a": [(8, 0), (8, 0), (8, 0)]}, {"a": [0, 8], "b": [12], "c": [13]}),
        [("move", 16, [("b", 1), ("c", 1)], False)],
        id="spread as far as it goes",
    ),
    pytest.param(
        queue({"a": [(6, 0), (6, 0)], "b": [(2, 0)]}, {"a": FULL, "b": FULL}),
        [("overtime", 4, 1, True), ("move", 6, [("b", 1)], True)],
        id="the smaller one first",
    ),
    pytest.param(
        queue({"a": [(9, 0), (3, 0)], "b": [(5, 0)]}, {"a": FULL, "b": FULL}),
        [("overtime", 4, 1, True), ("move", 3, [("b", 1)], False)],
        id="who can't work longer is told what helps",
    ),
    pytest.param(
        queue({"a": [(4, 0)], "b": [(8, 0)]}, {"a": [0], "b": [8]}), [], id="whoever has no room gets nothing"
    ),
    pytest.param(
        queue({None: [(20, 0)]}, {"a": FULL, "b": FULL}), [("overtime", 4, 1, True)], id="nobody's: anybody's half day"
    ),
    pytest.param(
        queue({"a": [(4, 1)], None: [(8, 0)]}, {"a": [8, 0], "b": [0, 8]}),
        [("overtime", 4, 1, True)],
        id="in one pot it would hold",
    ),
    pytest.param(
        queue({"a": [(4, 0), (2, 0)], "b": [(14, 1)]}, {"a": [0], "b": [8, 8]}),
        [("move", 2, [("b", 1)], False)],
        id="no more than there is room for on every later day",
    ),
    pytest.param(
        queue({"a": [(2, 0), (1, 0)], None: [(7, 0)]}, {"a": [0], "b": [8]}),
        [("move", 1, [("b", 1)], False)],
        id="no more than nobody's dossiers leave hours for",
    ),
    pytest.param(
        queue({"a": [(4, 0), (2, 0)]}, {"a": [5], "b": [2]}),
        [("move", 2, [("b", 1)], True), ("overtime", Fraction(5, 2), 1, True)],
        id="a shorter one where the longest fits nobody",
    ),
    pytest.param(
        queue({None: [(4, 0)], "a": [(40, 1)]}, {"a": [4, 0]}),
        [],
        id="what the unit's own work would swallow does not help",
    ),
]


@pytest.mark.parametrize(("asked", "told"), EXAMPLES)
def test_mends_that_are_stated(asked: Queue, told: list[object]) -> None:
    found = [
        (
            mend.kind.value,
            mend.hours,
            [(to, len(ids)) for to, ids in mend.moves] or len(mend.half_days) or len(mend.asked),
            mend.makes_feasible,
        )
        for mend in mends(asked, forecast(asked))
    ]
    assert found == told


def test_a_day_of_overtime_is_no_full_day_and_gets_no_more_of_it() -> None:
    assert full_day([Fraction(one) for one in (3, 12, 8, 8, 0, 0, 0, 4)]) == 8
    assert full_day([]) == full_day([Fraction(0)]) == 0
    asked = replace(queue({"a": [(24, 1)]}, {"a": [12, 8]}), usual={"a": Fraction(8)})
    (mend,) = mends(asked, forecast(asked))
    assert (mend.half_days, mend.makes_feasible) == ((("a", day(1)),), True)


def test_nothing_moves_to_whom_is_late_himself() -> None:
    asked = queue({"a": [(4, 3)], "b": [(9, 0)]}, {"a": [0], "b": FULL})
    assert [one.owner for one in forecast(asked).breaks] == ["b", "a"]
    assert mends(asked, forecast(asked), "a") == ()
    assert {mend.officer for mend in mends(asked, forecast(asked))} == {"b"}


def test_whoever_can_be_asked_for_papers_is_asked_now() -> None:
    asked = replace(queue({"a": [(6, 0), (4, 0), (5, 0)]}, {"a": [11]}), lacking=frozenset({"a1", "a2"}))
    (mend,) = [one for one in mends(asked, forecast(asked)) if one.kind is MendKind.SUPPLEMENT]
    assert (mend.asked, mend.makes_feasible) == (("a2",), True)


@dataclass(frozen=True)
class TwoHours:
    """Two hours of work on each, learned of one procedure alone."""

    def hours(self, procedure: str, stage: Stage) -> Fraction:
        return Fraction(2 if stage is Stage.TAKEN_IN else 1)

    def enough(self, procedure: str) -> bool:
        return procedure == "known"


@dataclass(frozen=True)
class Weekdays:
    def hours(self, officer: str, day: date) -> Fraction:
        return Fraction(8 if day.weekday() < 5 and officer != "gone" else 0)


def dossier(name: str, due: int | None, owner: str | None = "a", procedure: str = "known") -> OpenDossier:
    return OpenDossier(name, procedure, Stage.TAKEN_IN, owner, None if due is None else day(due))


def asked_of(*dossiers: OpenDossier, first: date = FIRST) -> Queue:
    return queue_of(dossiers, TwoHours(), Weekdays(), ["b"], first)


def test_what_is_overdue_is_due_as_soon_as_anybody_works() -> None:
    saturday = FIRST - timedelta(days=2)
    asked = asked_of(dossier("late", -9), dossier("monday", 0), first=saturday)
    assert [job.due for job in asked.jobs["a"]] == [FIRST, FIRST]
    assert asked.counts["a"] == Counts(judged=2, overdue=1)
    assert forecast(asked).feasible


def test_what_is_paused_or_far_off_is_counted_and_not_judged() -> None:
    asked = asked_of(
        dossier("paused", None), dossier("last", HORIZON - 1), dossier("far", HORIZON), dossier("new", 3, None, "x")
    )
    seen = of_unit(asked, forecast(asked), ())
    assert seen.counts == Counts(judged=2, guessed=1, paused=1, later=1)
    assert not seen.enough_history
    assert of_officer(asked, forecast(asked), "a", ()).enough_history
    assert seen.days[-1].demand_hours == 4


def test_an_owner_who_is_not_there_breaks() -> None:
    asked = asked_of(dossier("left", 5, "gone"))
    seen = of_unit(asked, forecast(asked), mends(asked, forecast(asked)))
    assert seen.light is Light.BREAKS and seen.first_break is not None
    assert (seen.first_break.owner, seen.first_break.found.jobs) == ("gone", ("left",))
    assert [(mend.moves, mend.makes_feasible) for mend in seen.mends] == [((("b", ("left",)),), True)]


@pytest.mark.parametrize(("hours", "light"), [(4, Light.HOLDS), (5, Light.TIGHT), (8, Light.TIGHT), (9, Light.BREAKS)])
def test_the_light_turns_yellow_where_half_a_day_could_not_be_lost(hours: int, light: Light) -> None:
    assert (
        of_list([Job("a", Fraction(hours), day(1))], FIRST, lambda at: Fraction(0 if at == FIRST else 8)).light is light
    )
    asked = queue({"a": [(hours, 0)], "b": [(1, 0)]}, {"a": [8], "b": [8]})
    assert of_unit(asked, forecast(asked), ()).light is light
    assert of_officer(asked, forecast(asked), "b", ()).light is Light.HOLDS


def test_yellow_tells_who_is_tight_and_from_when_on() -> None:
    """Were half of the first day with hours lost, b's third day would break first, a's and nobody's fourth."""
    asked = queue(
        {"a": [(2, 1), (9, 3)], "b": [(4, 1), (9, 2)], None: [(12, 3)]}, {"a": [0, 8, 0, 6], "b": [4, 4, 6, 8]}
    )
    seen = of_unit(asked, forecast(asked), ())
    assert (seen.light, seen.tight, seen.feasible) == (Light.TIGHT, Tight("b", day(2)), True)
    assert seen.own_days == forecast(asked).own["b"].days
    assert of_officer(asked, forecast(asked), "a", ()).tight == Tight("a", day(3))
    assert of_officer(asked, forecast(asked), "b", ()).tight == Tight("b", day(2))
    alone = queue({None: [(7, 3)]}, {"a": [2, 2, 2, 2]})
    assert of_unit(alone, forecast(alone), ()).tight is None
    alone = queue({None: [(2, 0), (6, 3)]}, {"a": [2, 2, 2, 2]})
    assert of_unit(alone, forecast(alone), ()).tight == Tight(None, day(0))


@settings(max_examples=150, deadline=None)
@given(queues())
def test_who_is_tight_breaks_first_where_half_a_first_day_is_lost(asked: Queue) -> None:
    """Each officer's own queue is proved again with half of his first day's hours."""
    seen = forecast(asked)
    for who, there in asked.hours.items():
        first = next((number for number, hours in enumerate(there) if hours), 0)
        less = [hours / 2 if number == first else hours for number, hours in enumerate(there)]
        lost = prove(asked.jobs.get(who, ()), FIRST, lambda at, less=less: less[(at - FIRST).days])  # type: ignore[misc]
        told = of_officer(asked, seen, who, ())
        if told.feasible:
            assert told.tight == (Tight(who, lost.first_break.date) if lost.first_break else None)


@pytest.mark.parametrize(
    ("jobs", "late", "expected"),
    [
        ([(2, 0), (2, 1)], (), None),
        # of three hours too many the last two dossiers' turn does not come
        ([(2, 0), (3, 1), (2, 1)], (), (1, 3, ("a1", "a2"))),
        ([(3, 1), (2, 1)], (), (1, 1, ("a1",))),
        # who is late already is told elsewhere: the first day that breaks somebody else counts
        ([(3, 0), (1, 0), (2, 2)], ("a0",), (0, 2, ("a1",))),
        ([(3, 0), (9, 2)], ("a0",), (2, 6, ("a1",))),
        ([(3, 0)], ("a0",), None),
    ],
)
def test_the_first_that_will_not_be_done(
    jobs: list[tuple[int, int]], late: tuple[str, ...], expected: tuple[int, int, tuple[str, ...]] | None
) -> None:
    asked = queue({"a": jobs}, {"a": [2, 2, 2]})
    found = foreseen(asked.jobs["a"], forecast(asked).own["a"], late)
    assert found == (None if expected is None else Foreseen(day(expected[0]), Fraction(expected[1]), expected[2]))
