"""Hours of work from the times at which acts were recorded: what counts, what is not measured, what is learned."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dossier import fold
from core.events import DOSSIER_KINDS
from core.law import Law
from core.moments import LEGAL_TIME
from core.states import OPEN
from core.touches import LATE, ODD, Mark, Sample, Touch, learn, measure, sample, stretches
from core.work import Source, Spread, Stage, WorkTable, spread_of, stage_of
from storage.lawbook import package_law
from tests.core.writers import NOTES, RECEIVED, Writer

LAW: Law = package_law()
STRETCH = stretches(LAW.calendar())
CAP = 30 * 60
HOUR = 3600


def mark(clock: str, entity: str = "d1", kind: str = "step_completed", *, officer: str = "o1", ago: int = 0) -> Mark:
    """An event recorded at a time of Thursday 2026-05-21, which happened `ago` seconds before."""
    at = datetime.fromisoformat(f"2026-05-21T{clock}").replace(tzinfo=LEGAL_TIME)
    return Mark(officer, entity, kind, int(at.timestamp()) - ago, int(at.timestamp() * 1000) << 16)


def took(*marks: Mark) -> list[tuple[str, int | None]]:
    return [(one.dossier, one.seconds) for one in sorted(measure(marks, STRETCH), key=lambda one: one.hlc)]


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([mark("08:00:00"), mark("08:10:00", "d2")], [("d1", None), ("d2", 600)]),
        # a closing lies between; the evening is a stretch of its own
        ([mark("11:25:00"), mark("13:05:00", "d2"), mark("13:06:00", "d3")], [("d1", None), ("d2", None), ("d3", 60)]),
        ([mark("16:50:00"), mark("17:10:00", "d2"), mark("17:20:00", "d3")], [("d1", None), ("d2", None), ("d3", 600)]),
        # the officers of one desk by turns
        ([mark("08:00:00"), mark("08:05:00", "d2", officer="o2"), mark("08:10:00", "d3")],
         [("d1", None), ("d2", None), ("d3", 600)]),
        # a burst shares its gap; what else it says of a dossier is no act of its own
        ([mark("08:00:00"), mark("08:10:00", "d2"), mark("08:10:01", "d3"), mark("08:10:02", "d3", "approved")],
         [("d1", None), ("d2", 300), ("d3", 300), ("d3", 0)]),
        # papers of an outage are not measured, but end the gap
        ([mark("08:00:00"), mark("08:10:00", "d2", ago=LATE + 1), mark("08:12:00", "d3")],
         [("d1", None), ("d2", None), ("d3", 120)]),
        ([mark("08:00:00"), mark("08:10:00", "d2", ago=LATE)], [("d1", None), ("d2", 600)]),
        # no work on the dossier, but the officer's time; a desk's own word is neither
        ([mark("08:00:00"), mark("08:10:00", "d2", "assigned"), mark("08:12:00", "d3")], [("d1", None), ("d3", 120)]),
        ([mark("08:00:00"), mark("08:10:00", "d2", "citizen_told"), mark("08:12:00", "d3")],
         [("d1", None), ("d3", 720)]),
        ([mark("08:00:00"), mark("08:10:00", "calendar", "opening_held"), mark("08:12:00", "d3")],
         [("d1", None), ("d3", 120)]),
    ],
)  # fmt: skip
def test_what_an_act_took(marks: list[Mark], expected: list[tuple[str, int | None]]) -> None:
    assert took(*marks) == expected


@given(st.lists(st.tuples(st.integers(0, 9 * HOUR), st.sampled_from(["d1", "d2"]), st.sampled_from(["o1", "o2"]))))
def test_no_more_is_given_than_there_was(acts: list[tuple[int, str, str]]) -> None:
    begin = int(datetime(2026, 5, 21, 7, 30, tzinfo=LEGAL_TIME).timestamp())
    marks = [
        Mark(officer, dossier, "noted", begin + second, (begin + second) * 1000 << 16 | n)
        for n, (second, dossier, officer) in enumerate(sorted(acts))
    ]
    found = list(measure(marks, STRETCH))
    assert len(found) == len(marks)
    assert sum(one.seconds or 0 for one in found) <= 2 * 8 * HOUR + len(marks)


def life(*touches: tuple[str, int | None]) -> list[Touch]:
    return [
        Touch("d1", n, kind, seconds, "p" if kind == "received" else None) for n, (kind, seconds) in enumerate(touches)
    ]


@pytest.mark.parametrize(
    ("touches", "expected"),
    [
        ([("received", 300), ("step_completed", 600), ("approved", 300), ("result_ready", 60)],
         {Stage.TAKEN_IN: 960, Stage.WORKED_ON: 360, Stage.DECIDED: 60}),
        ([("received", 300), ("refused", 600)], {Stage.TAKEN_IN: 600}),
        ([("received", 300), ("result_ready", 5 * HOUR)], {Stage.TAKEN_IN: CAP}),
        # what was not measured counts as the average
        ([("received", None), ("step_completed", 600), ("noted", None), ("result_ready", 300)],
         {Stage.TAKEN_IN: 1350, Stage.WORKED_ON: 600}),
        # most was not measured
        ([("received", 1), ("noted", None), ("noted", None), ("result_ready", 300)], {}),
        # one act entered the stage and ended it
        ([("received", 1), ("step_completed", 600), ("approved", 0), ("result_ready", 0)], {Stage.TAKEN_IN: 600}),
        # what is approved stays so
        ([("received", 1), ("approved", 300), ("step_completed", 120), ("result_ready", 60)],
         {Stage.TAKEN_IN: 480, Stage.DECIDED: 180}),
        # what came after the result is no work before it
        ([("received", 1), ("result_ready", 300), ("result_returned", 900)], {Stage.TAKEN_IN: 300}),
    ],
)  # fmt: skip
def test_what_a_dossier_cost_from_each_stage(touches: list[tuple[str, int | None]], expected: dict[Stage, int]) -> None:
    assert sample(life(*touches), CAP) == Sample("p", expected)


@pytest.mark.parametrize(
    "touches",
    [
        [("step_completed", 600), ("result_ready", 300)],
        [("received", 1), ("step_completed", 600)],
        [("received", 1), ("withdrawn", 600)],
        *([("received", 1), (kind, 600), ("result_ready", 300)] for kind in (ODD, "transfer_accepted", "undone")),
        [("received", 1), ("result_ready", 300), ("reopened", 1), ("result_ready", 300)],
    ],
)
def test_what_is_no_ordinary_whole_life_tells_nothing(touches: list[tuple[str, int | None]]) -> None:
    assert sample(life(*touches), CAP) is None


def test_outliers_do_not_matter() -> None:
    usual = [600 + n for n in range(101)]
    known = learn([Sample("p", {Stage.TAKEN_IN: seconds}) for seconds in [*usual, *[10**6] * 10]])
    found = known["p", Stage.TAKEN_IN]
    assert found.samples == 111
    assert Fraction(600, HOUR) <= found.lower <= found.median <= found.upper <= Fraction(700, HOUR)


@given(st.lists(st.integers(0, 10**6), min_size=1), st.randoms())
def test_quartiles_lie_among_the_samples_in_any_order(seconds: list[int], chance: Any) -> None:
    found = spread_of(seconds)
    assert min(seconds) <= found.lower * HOUR <= found.median * HOUR <= found.upper * HOUR <= max(seconds)
    shuffled = list(seconds)
    chance.shuffle(shuffled)
    assert spread_of(shuffled) == found


DEFAULTS: dict[tuple[str | None, Stage], Fraction] = {
    (None, Stage.TAKEN_IN): Fraction(2),
    (None, Stage.WORKED_ON): Fraction(1),
    (None, Stage.DECIDED): Fraction(1, 2),
    ("fire-safety", Stage.TAKEN_IN): Fraction(6),
}


def table(**learned: int) -> WorkTable:
    """Half an hour each, of as many dossiers."""
    half = Fraction(1, 2)
    spreads = {("p", Stage(name)): Spread(count, half, half, half) for name, count in learned.items()}
    return WorkTable(spreads, DEFAULTS, {"p": "residence", "f": "fire-safety"}, 20)


@pytest.mark.parametrize(
    ("known", "procedure", "expected"),
    [
        ({}, "p", (2, 1, Fraction(1, 2))),
        ({}, "f", (6, 1, Fraction(1, 2))),
        ({}, "of no catalogue", (2, 1, Fraction(1, 2))),
        ({"taken_in": 19, "worked_on": 19}, "p", (2, 1, Fraction(1, 2))),
        ({"taken_in": 20}, "p", (Fraction(1, 2), Fraction(1, 4), Fraction(1, 8))),
        ({"taken_in": 20, "worked_on": 20, "decided": 20}, "p", (Fraction(1, 2),) * 3),
    ],
)
def test_hours_are_learned_or_stated(known: dict[str, int], procedure: str, expected: tuple[Fraction, ...]) -> None:
    found = table(**known)
    assert tuple(found.hours(procedure, stage) for stage in Stage) == expected
    assert found.enough(procedure) is (known.get("taken_in", 0) >= 20)
    assert (found.spread(procedure, Stage.TAKEN_IN) is None) is ("taken_in" not in known)


def test_what_dossiers_cost_is_told_with_its_source_and_its_spread() -> None:
    counted = {("p", Stage.TAKEN_IN): 1, ("p", Stage.WORKED_ON): 3, ("f", Stage.TAKEN_IN): 1}
    found = table(taken_in=20, worked_on=4).costs(counted)
    assert [(one.procedure, one.stage, one.dossiers, one.hours, one.source) for one in found] == [
        ("f", Stage.TAKEN_IN, 1, 6, Source.STATED),
        ("p", Stage.WORKED_ON, 3, Fraction(1, 4), Source.PART),
        ("p", Stage.TAKEN_IN, 1, Fraction(1, 2), Source.MEASURED),
    ]
    assert [one.measured and one.measured.samples for one in found] == [None, 4, 20]


@given(
    st.lists(st.sampled_from([*NOTES, ("verification_completed", {}), ("suspended", {"reason": "chờ"})]), max_size=8)
)
def test_an_open_dossier_is_at_the_stage_that_learning_says(notes: list[tuple[str, dict[str, Any]]]) -> None:
    """Of lives by the rules: else the two would speak of different dossiers."""
    writer = Writer("a")
    writer.write(("received", RECEIVED))
    for note in notes:
        writer.write(note)
    dossier = fold("d1", writer.seen.values(), lambda event: True)
    effective = [event for event in dossier.events if event.event_id not in dossier.marks]
    if dossier.state not in OPEN or any(event.kind in ("reopened", "result_ready", "refused") for event in effective):
        return
    touches = life(*((event.kind, 60) for event in effective))
    ended = sample([*touches, Touch("d1", 98, "noted", 60), Touch("d1", 99, "result_ready", 60)], CAP)
    assert ended is not None
    reached = [stage for stage in Stage if stage in ended.seconds][-1]
    assert stage_of(dossier.state, dossier.outcome) is reached


def test_every_kind_of_the_measuring_is_a_kind() -> None:
    from core import touches

    named = touches._NO_WORK | touches._RESULTS | touches._BEGINS | (touches._ODD - {ODD})
    assert named <= set(DOSSIER_KINDS)


def test_the_time_between_is_that_of_the_calendar() -> None:
    one = int((datetime(2026, 5, 21, 11, 30, tzinfo=LEGAL_TIME)).timestamp())
    assert STRETCH(one) == STRETCH(one - HOUR) != STRETCH(one + 1)
    assert STRETCH(one) != STRETCH(int((datetime(2026, 5, 22, 11, 30, tzinfo=LEGAL_TIME)).timestamp()))
    assert STRETCH(one + int(timedelta(hours=8).total_seconds())) == STRETCH(one + 6 * HOUR)
