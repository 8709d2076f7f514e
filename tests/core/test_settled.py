"""Form II.06a: where a dossier counts, by both readings, and that the columns add up."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.moments import LEGAL_TIME
from core.settled import PARTS, SUMS, Column, Places, Reading, Span, Traits, places, summed

C = Column
OPEN = Traits(False, False, None, None, None, past=False, past_day=False, stands=False)
TRAITS = st.builds(
    Traits,
    carried=st.booleans(),
    online=st.booleans(),
    ending=st.sampled_from([None, "result_ready", "refused", "withdrawn", "stopped"]),
    judged=st.sampled_from([None, "none", "early", "on_time", "late"]),
    by_day=st.sampled_from([None, -1, 0, 1]),
    past=st.booleans(),
    past_day=st.booleans(),
    stands=st.booleans(),
)


def ended(kind: str, judged: str, by_day: int | None = 0) -> Traits:
    return OPEN._replace(ending=kind, judged=judged, by_day=by_day)


@pytest.mark.parametrize(
    ("traits", "ours", "portal"),
    [
        (ended("result_ready", "early", -1), C.EARLY, C.EARLY),
        (ended("result_ready", "on_time"), C.ON_TIME, C.ON_TIME),
        (ended("refused", "late", 1), C.LATE, C.LATE),
        (ended("result_ready", "late", 0), C.LATE, C.ON_TIME),  # an hour limit: portals see only the day
        (ended("result_ready", "early", 0), C.EARLY, C.ON_TIME),
        (ended("result_ready", "none", None), C.ON_TIME, C.ON_TIME),
        (ended("withdrawn", "late", 1), C.LATE, C.ON_TIME),
        (ended("withdrawn", "early", -1), C.EARLY, C.ON_TIME),
        (ended("stopped", "late", 1), C.LATE, C.WITHIN),
        (OPEN, C.WITHIN, C.WITHIN),
        (OPEN._replace(past=True, past_day=True), C.OVERDUE, C.OVERDUE),
        (OPEN._replace(past=True), C.OVERDUE, C.WITHIN),
        (OPEN._replace(past=True, past_day=True, stands=True), C.OVERDUE, C.WITHIN),
    ],
)
def test_what_became_of_a_dossier_by_whose_judgement(traits: Traits, ours: Column, portal: Column) -> None:
    assert [places(traits, one).became for one in Reading] == [ours, portal]


@pytest.mark.parametrize(
    ("carried", "online", "came"),
    [(False, False, C.DIRECT), (False, True, C.ONLINE), (True, True, C.CARRIED), (True, False, C.CARRIED)],
)
def test_how_it_came(carried: bool, online: bool, came: Column) -> None:
    assert places(OPEN._replace(carried=carried, online=online), Reading.OURS).came == came


@given(st.lists(st.tuples(TRAITS, st.integers(1, 9))), st.sampled_from(Reading))
def test_received_is_settled_and_pending(found: list[tuple[Traits, int]], reading: Reading) -> None:
    counts = [(places(traits, reading), many) for traits, many in found]
    figures = summed(counts)
    assert figures[C.RECEIVED] == sum(many for _, many in counts) == figures[C.SETTLED] + figures[C.PENDING]
    for total, parts in SUMS.items():
        assert figures[total] == sum(figures[part] for part in parts)
    assert all(isinstance(where, Places) and {*where} <= {*PARTS} for where, _ in counts)


def test_a_period_is_seen_from_its_end_or_from_now() -> None:
    def span(now: str) -> Span:
        return Span(date(2026, 6, 1), date(2026, 6, 30), datetime.fromisoformat(now).replace(tzinfo=LEGAL_TIME))

    over, runs = span("2026-07-09T10:00"), span("2026-06-09T10:00")
    assert (over.seen_at, over.seen_on, over.days_gone) == (over.end, date(2026, 6, 30), over.end)
    assert runs.seen_at == int(runs.now.timestamp()) and runs.seen_on == date(2026, 6, 9)
    assert over.begin < runs.days_gone < runs.seen_at, "what is due today is not past before the day is over"
