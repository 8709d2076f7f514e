"""A yellow light: the moves that are proposed for it do what they say, and nobody becomes tight by them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.easing import eases
from core.forecast import Forecast, Queue, forecast
from core.outlook import Light, of_officer, of_unit
from tests.core.test_forecast import DAYS, FULL, mended, queue


def lights(asked: Queue, known: Forecast) -> Mapping[str, Light]:
    return {who: of_officer(asked, known, who, ()).light for who in asked.hours}


@st.composite
def lightly_loaded(draw: st.DrawFn) -> Queue:
    """Mostly in time, often not by much."""
    officers = ["a", "b", "c"]
    jobs = st.lists(st.tuples(st.integers(1, 4), st.integers(0, DAYS - 1)), max_size=3)
    hours = st.sampled_from([FULL, FULL, [0, 8, 8, 8], [4, 4, 0, 4]])
    nobodys: list[tuple[int, int]] = draw(jobs) if draw(st.booleans()) else []
    return queue({None: nobodys} | {who: draw(jobs) for who in officers}, {who: draw(hours) for who in officers})


@settings(max_examples=300, deadline=None)
@given(lightly_loaded())
def test_what_is_proposed_eases_and_nobody_pays_for_it(asked: Queue) -> None:
    before = forecast(asked)
    tight = of_unit(asked, before, ()).tight
    found = eases(asked, before)
    assert tight is not None or not found
    for mend in found:
        after = mended(asked, mend)
        proofs, was = forecast(after), lights(asked, before)
        now = lights(after, proofs)
        assert proofs.feasible and tight is not None and tight.owner is not None and mend.officer == tight.owner
        assert now[tight.owner] is Light.HOLDS
        assert {who for who in now if now[who] is not Light.HOLDS} <= {
            who for who in was if was[who] is not Light.HOLDS
        } - {tight.owner}
        assert mend.makes_green == (of_unit(after, proofs, ()).light is Light.HOLDS)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (queue({"a": [(3, 0), (2, 0)]}, {"a": FULL, "b": FULL}), [([("b", ["a0"])], True)]),
        # b is tight as well, and becomes so by more: c takes it, and b is still tight
        (queue({"a": [(5, 0)], "b": [(5, 1), (8, 1)]}, {"a": FULL, "b": FULL, "c": [14]}), [([("c", ["a0"])], False)]),
        # half of b's day would not do for it: half a day more, of which a half counts on the first day
        (queue({"a": [(5, 0)]}, {"a": FULL, "b": FULL}), [([], True)]),
        (queue({"a": [(7, 0)]}, {"a": FULL}), []),
        # before the day that is tight, but no more on the first one than there must be
        (queue({"a": [(14, 1)]}, {"a": FULL}), [([], True)]),
        (queue({"a": [(17, 2)]}, {"a": [4, 8, 6, 8]}), [([], True)]),
        # b is tight on his first day, too, and nobody has room
        (queue({"a": [(6, 0)], "b": [(6, 0)]}, {"a": FULL, "b": FULL}), [([], False)]),
        (queue({"a": [(4, 0)]}, {"a": FULL, "b": FULL}), []),
        (queue({"a": [(9, 0)]}, {"a": FULL, "b": FULL}), []),
        (queue({None: [(7, 0)]}, {"a": FULL}), []),
    ],
)
def test_eases_that_are_stated(asked: Queue, told: list[object]) -> None:
    found = eases(asked, forecast(asked))
    assert [([(to, list(ids)) for to, ids in one.moves], one.makes_green) for one in found] == told


def test_half_days_are_the_fewest_and_as_late_as_they_may_be() -> None:
    asked = queue({"a": [(5, 0), (16, 2)]}, {"a": FULL})
    (mend,) = eases(asked, forecast(asked))
    assert [(who, (day - asked.first).days) for who, day in mend.half_days] == [("a", 0)]
    asked = queue({"a": [(22, 2)]}, {"a": FULL})
    (mend,) = eases(asked, forecast(asked))
    assert (mend.hours, [(day - asked.first).days for _, day in mend.half_days]) == (4, [2])


def test_an_officer_is_eased_alone_though_somebody_else_is_tight_before_him() -> None:
    asked = queue({"a": [(5, 0)], "b": [(9, 1), (4, 1)]}, {"a": FULL, "b": FULL, "c": [24]})
    known = forecast(asked)
    assert [mend.officer for mend in eases(asked, known)] == ["a"]
    assert [mend.moves for mend in eases(asked, known, "b")] == [(("c", ("b0",)),)]
    assert eases(asked, known, "c") == ()
