"""What a dossier used of its limit, against a slow search; percentiles and proposals, counted by hand."""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.deadline import ClockRules
from core.faster import (
    ENOUGH,
    Proposal,
    Used,
    Wait,
    Why,
    Yardstick,
    proposals,
    quantile,
    shortest,
    spread,
    why,
)
from core.moments import LEGAL_TIME
from core.passage import Passage, Turn
from core.time_limit import Limit, Phase, Unit
from tests.core.clock_stories import EQUAL_WEEKS, MOMENTS, WEEKS, aware, compiled, histories, plain
from tests.core.desk_calendar import desk_calendar
from tests.core.reference import Week
from tests.core.reference_clock import Story, naive

MEASURED = {
    *("supplement_requested", "supplement_received", "payment_requested", "payment_received"),
    *("suspended", "resumed", "verification_completed"),
}
CALENDAR = desk_calendar()
DAYS7 = ClockRules((Phase(plain(7, Unit.WORKING_DAY)),), on_supplement="pause")


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=LEGAL_TIME).timestamp())


def ran(received: str, ended: str, *turns: tuple[str, str], judged: str = "early") -> Passage:
    found = tuple(Turn(kind, seconds(at), kind if kind == "step_completed" else None) for kind, at in turns)
    return Passage(seconds(received), seconds(ended), "result_ready", judged, "x", False, found)


def known(one: Passage, rules: ClockRules = DAYS7) -> Used:
    found = Yardstick(rules, CALENDAR).used(one)
    assert isinstance(found, Used)
    return found


def waits(one: Passage, rules: ClockRules = DAYS7) -> list[Wait]:
    return Yardstick(rules, CALENDAR).waits(one)


@given(
    week=WEEKS | EQUAL_WEEKS,
    received=MOMENTS,
    minutes=st.integers(0, 20_000),
    unit=st.sampled_from([Unit.WORKING_DAY, Unit.DAY, Unit.WORKING_HOUR, Unit.HOUR]),
    supplement=st.sampled_from(["restart", "pause", "none"]),
    offhours=st.sampled_from(["as_received", "next_working_day"]),
    gate=st.sampled_from(["received", "received", "payment_received"]),
    first_day=st.booleans(),
    data=st.data(),
)
def test_used_is_the_least_limit_that_the_slow_clock_would_not_have_called_late(
    week: Week,
    received: datetime,
    minutes: int,
    unit: Unit,
    supplement: str,
    offhours: str,
    gate: str,
    first_day: bool,
    data: st.DataObject,
) -> None:
    rules = ClockRules(
        (Phase(plain(7, unit)),), gate, on_supplement=supplement, offhours=offhours, count_first_day=first_day
    )
    happened = [one for one in data.draw(histories(received, settled=True)) if one.kind in MEASURED]
    begun = max([received, *(naive(one.at) for one in happened)])
    ended = begun + timedelta(minutes=minutes)
    story = Story(aware(received), rules, happened, week)
    turns = tuple(Turn(one.kind, int(one.at.timestamp())) for one in happened)
    one = Passage(
        int(aware(received).timestamp()), int(aware(ended).timestamp()), "result_ready", "early", "x", False, turns
    )
    found = Yardstick(rules, compiled(week)).used(one)
    if story.trigger() is None:
        assert found == "not_started"
        return
    assert isinstance(found, Used)
    assert max(1, found.amount) == next(n for n in range(1, 2_000) if in_time(story, Limit(Fraction(n), unit), ended))


def in_time(story: Story, limit: Limit, ended: datetime) -> bool:
    end = story.tell((Phase(limit),)).end
    assert end is not None
    return ended <= end if isinstance(end, datetime) else ended.date() <= end


@pytest.mark.parametrize(
    ("ended", "amount", "hours"),
    [
        ("2026-05-21T16:00", 0, 6),  # the day of receipt: 9:00-11:30 and 13:00-16:00, less the half hour
        ("2026-05-22T09:00", 1, 8),
        ("2026-05-25T09:00", 2, 16),  # Thursday to Monday
        ("2026-05-23T10:00", 2, 14),  # ended on a Saturday: Friday's limit would have been missed
    ],
)
def test_working_days_by_hand(ended: str, amount: int, hours: int) -> None:
    found = known(ran("2026-05-21T09:00", ended))
    assert (found.amount, round(found.work / 3600)) == (amount, hours)


def test_a_pause_is_no_used_time_and_a_restart_forgets_what_was_before() -> None:
    asked = ("supplement_requested", "2026-05-22T09:00"), ("supplement_received", "2026-05-27T09:00")
    one = ran("2026-05-21T09:00", "2026-05-29T09:00", *asked)
    assert (known(one).amount, known(one).work) == (3, 3 * 8 * 3600)
    again = ClockRules(DAYS7.phases, on_supplement="restart")
    assert (known(one, again).amount, known(one, again).work) == (2, 2 * 8 * 3600)
    never = ClockRules(DAYS7.phases, on_supplement="none")
    assert known(one, never).amount == 6
    assert [wait.theirs for wait in waits(one)] == [False, True, False]
    assert [wait.theirs for wait in waits(one, never)] == [False, True, False], (
        "the citizen was waited for all the same"
    )


def test_a_clock_that_stood_or_never_began_is_not_measured() -> None:
    stood = ran("2026-05-21T09:00", "2026-05-29T09:00", ("suspended", "2026-05-22T09:00"))
    assert Yardstick(DAYS7, CALENDAR).used(stood) == "stood"
    gated = ClockRules(DAYS7.phases, "payment_received")
    assert Yardstick(gated, CALENDAR).used(ran("2026-05-21T09:00", "2026-05-29T09:00")) == "not_started"


def test_an_end_before_its_receipt_used_nothing() -> None:
    assert known(ran("2026-05-21T09:00", "2026-05-20T09:00")) == Used(0, 0)


def test_hours_are_compared_in_hours_and_a_closing_is_not_the_next_opening() -> None:
    hours = ClockRules((Phase(plain(8, Unit.WORKING_HOUR)),))
    assert known(ran("2026-05-21T09:00", "2026-05-21T11:00"), hours).amount == 2
    assert known(ran("2026-05-21T14:00", "2026-05-21T17:00"), hours).amount == 3
    assert known(ran("2026-05-21T14:00", "2026-05-22T07:30"), hours).amount == 4, "3 hours ended at the closing"
    elapsed = ClockRules((Phase(plain(24, Unit.HOUR)),))
    assert known(ran("2026-05-21T14:00", "2026-05-22T07:30"), elapsed).amount == 18


def test_limits_in_parts_or_halves_are_told_in_working_days_and_nothing_is_proposed() -> None:
    from core.faster import compared_in, single

    parts = (Phase(plain(3, Unit.DAY)), Phase(plain(2, Unit.HOUR), "verification_completed"))
    for phases in (parts, (Phase(plain("1/2", Unit.WORKING_DAY)),), (Phase(plain(1, Unit.MONTH)),)):
        assert (single(phases), compared_in(phases)) == (None, Unit.WORKING_DAY)
    assert proposals([1, 2], None) == []


@pytest.mark.parametrize(
    ("turns", "judged", "expected"),
    [
        ((("extended", "2026-05-22T09:00"),), "late", Why("late")),
        ((("extended", "2026-05-22T09:00"),), "early", Why("moved")),
        ((("supplement_requested", "2026-05-22T09:00"), ("supplement_received", "2026-05-22T10:00")), "early",
         Why("supplement")),
        ((("suspended", "2026-05-22T09:00"), ("resumed", "2026-05-22T10:00")), "early", Why("paused")),
        ((("step_completed", "2026-05-22T09:00"),), "early", Why("waited", "step_completed", "step_completed")),
    ],
)  # fmt: skip
def test_why_a_shorter_limit_would_not_have_held(
    turns: tuple[tuple[str, str], ...], judged: str, expected: Why
) -> None:
    one = ran("2026-05-21T09:00", "2026-05-29T09:00", *turns, judged=judged)
    by = Yardstick(DAYS7, CALENDAR)
    assert why(one.judged, one.turns, by.stretches(one.received, one.ended, one.ending, one.turns)) == expected


def test_waits_are_the_stretches_between_acts() -> None:
    one = ran(
        "2026-05-21T09:00", "2026-05-22T11:00", ("assigned", "2026-05-21T10:00"), ("approved", "2026-05-22T10:00")
    )
    assert waits(one) == [
        Wait("received", None, False, 3600),
        Wait("assigned", None, False, 8 * 3600),
        Wait("approved", None, False, 3600),
    ]


def binomial_at_most(many: int, most: int, p: Fraction) -> Fraction:
    return sum((math.comb(many, k) * p**k * (1 - p) ** (many - k) for k in range(most + 1)), Fraction(0))


@given(many=st.integers(1, 260))
def test_the_interval_is_of_exact_binomial_ranks(many: int) -> None:
    p, tail = Fraction(19, 20), Fraction(1, 40)
    found = quantile(range(1, many + 1))
    below = [binomial_at_most(many, rank - 1, p) for rank in range(1, many + 1)]
    assert found.low == max((rank for rank in range(1, many + 1) if below[rank - 1] <= tail), default=None)
    assert found.high == min((rank for rank in range(1, many + 1) if below[rank - 1] >= 1 - tail), default=None)
    assert found.value == math.ceil(many * 0.95) and (found.high is None) == (many < ENOUGH)


def test_how_few_are_too_few() -> None:
    assert ENOUGH == 72
    assert quantile([3]).low is None and quantile([3]).high is None and quantile([3]).value == 3
    many = quantile(range(50_000))
    assert many.low is not None and many.high is not None and many.low < many.value == 47_499 < many.high


def test_proposals_go_down_to_the_first_that_no_longer_holds() -> None:
    amounts = sorted([1] * 60 + [2] * 30 + [4] * 8 + [6] * 2)
    found = proposals(amounts, plain(7, Unit.WORKING_DAY))
    assert found == [Proposal(6, 100, 100), Proposal(5, 98, 100), Proposal(4, 98, 100), Proposal(3, 90, 100)]
    assert [one.holds for one in found] == [True, True, True, False]
    assert shortest(found) == found[2] and found[2].missed == 2
    assert proposals([], plain(7, Unit.WORKING_DAY)) == proposals([1], plain(1, Unit.WORKING_DAY)) == []


@given(amounts=st.lists(st.integers(0, 200), min_size=1, max_size=80), limit=st.integers(1, 60) | st.none())
def test_every_amount_stands_in_one_bar(amounts: list[int], limit: int | None) -> None:
    found = spread(sorted(amounts), None if limit is None else plain(limit, Unit.WORKING_DAY))
    assert sum(many for _, _, many in found) == len(amounts) and len(found) <= 21
    assert all(one[1] + 1 == other[0] for one, other in pairwise(found))
    assert all(sum(low <= one <= high for one in amounts) == many for low, high, many in found)


def test_events_of_no_clock_are_not_asked_of_it() -> None:
    early = ran(
        "2026-05-21T09:00", "2026-05-22T09:00", ("suspended", "2026-05-20T09:00"), ("resumed", "2026-05-20T10:00")
    )
    assert known(early).amount == 1
