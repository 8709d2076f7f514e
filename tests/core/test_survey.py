"""Shares and means with their intervals, what only few share, and the order in which a lot is written."""

from __future__ import annotations

import random
from datetime import datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import Refusal
from core.moments import LEGAL_TIME
from core.survey import (
    ENOUGH_FOR_A_MEAN,
    OVERALL,
    Answer,
    Interval,
    OpenBox,
    answer_of,
    decide_box,
    mean,
    share,
    shared_only,
)
from storage.lawbook.scales import package_scales

AT = datetime(2026, 5, 21, 15, 42, 7, tzinfo=LEGAL_TIME)
ANSWERS = st.lists(
    st.builds(
        Answer,
        st.sampled_from(OVERALL),
        st.tuples(*[st.sampled_from([0, 1, 2, None])] * 9),
        st.just("paper"),
        st.sampled_from([None, "a", "b"]),
        st.sampled_from([None, "x", "y"]),
    ),
    max_size=30,
)


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (1, 1, 0.2065, 1.0),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_a_share_by_wilson(count: int, of: int, low: float, high: float) -> None:
    """As tables of the score interval have it; 81 of 263 is Newcombe's (1998) example."""
    found = share(count, of)
    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_of_nothing_there_is_no_share_and_of_few_no_interval_of_a_mean() -> None:
    assert share(0, 0) is None
    assert mean(18 * 29, 18 * 18 * 29, ENOUGH_FOR_A_MEAN - 1, 18) is None
    assert mean(18 * 30, 18 * 18 * 30, 30, 18) == Interval(Fraction(18), 18.0, 18.0)


@given(st.lists(st.integers(0, 18), min_size=30, max_size=60))
def test_a_mean_as_it_is_counted_by_hand(points: list[int]) -> None:
    found = mean(sum(points), sum(one * one for one in points), len(points), 18)
    assert found is not None
    middle = sum(points) / len(points)
    spread = (sum((one - middle) ** 2 for one in points) / (len(points) - 1)) ** 0.5
    assert float(found.value) == pytest.approx(middle)
    assert found.high == pytest.approx(min(18, middle + 1.959964 * spread / len(points) ** 0.5), abs=1e-9)


@given(ANSWERS, st.integers(1, 6))
def test_no_procedure_and_no_officer_is_named_by_fewer(answers: list[Answer], least: int) -> None:
    kept = shared_only(answers, least)
    assert len(kept) == len(answers)
    for one in kept:
        assert one.procedure is None or sum(each.procedure == one.procedure for each in kept) >= least
        alike = [each for each in kept if (each.procedure, each.officer) == (one.procedure, one.officer)]
        assert one.officer is None or len(alike) >= least


@given(ANSWERS, st.randoms(use_true_random=False))
def test_a_lot_is_the_same_however_its_answers_came(answers: list[Answer], shuffle: random.Random) -> None:
    mixed = list(answers)
    shuffle.shuffle(mixed)
    lots = [decide_box(OpenBox("b", tuple(each), ("2", "1"), 0, 2, AT)) for each in (answers, mixed)]
    assert lots[0] == lots[1] and not isinstance(lots[0], Refusal)
    *told, spent = lots[0]
    assert {draft.at.isoformat() for draft in lots[0]} == {"2026-05-21T00:00:00+07:00"}
    assert spent.body == {"codes": ["1", "2"]}
    read = [answer_of(draft.body) for draft in told]
    assert sorted(map(repr, read)) == sorted(map(repr, shared_only(answers, 2)))


@pytest.mark.parametrize(
    ("points", "band"),
    [
        (18, "excellent"),
        (15, "excellent"),
        (14.99, "good"),
        (12, "good"),
        (9, "fair"),
        (6, "average"),
        (5.9, "weak"),
        (0, "weak"),
    ],
)
def test_the_bands_of_the_data(points: float, band: str) -> None:
    assert {scale.band(Fraction(points)) for scale in package_scales()} == {band}
    assert not any(scale.verified for scale in package_scales()), "nobody has read the texts"


@pytest.mark.parametrize("body", [{}, {"answers": []}, {"answers": {"overall": "great", "1": 5, "2": True}}])
def test_a_body_that_says_nothing_counts_for_nothing(body: dict[str, object]) -> None:
    assert answer_of(body) is None
