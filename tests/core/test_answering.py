"""The answer that an online dossier is owed: eight working hours, counted by the unit's own days."""

from __future__ import annotations

import pytest

from core.answering import AnswerTimes, answer_of
from core.moments import LEGAL_TIME
from core.queue import Lane
from tests.core.lives import LAW, Life, at, stand


def came(when: str) -> Life:
    life = Life(now=at(when))
    assert life.take_in("submitted", channel="online") is None
    return life


@pytest.mark.parametrize(
    ("when", "due"),
    [
        ("2026-05-21T09:00", "2026-05-22T09:00"),  # Thursday: 6 h 30 are left with lunch taken out
        ("2026-05-21T07:30", "2026-05-21T17:00"),
        ("2026-05-22T16:00", "2026-05-25T16:00"),  # over a weekend
        ("2026-05-23T10:00", "2026-05-25T17:00"),  # on a Saturday
        ("2026-05-21T22:00", "2026-05-22T17:00"),  # at night
    ],
)
def test_eight_working_hours_from_when_the_system_has_it(when: str, due: str) -> None:
    life = came(when)
    assert life.dossier is not None
    answer = answer_of(life.dossier, LAW)
    assert answer is not None and answer.due_at is not None
    assert answer.due_at.astimezone(LEGAL_TIME) == at(due)
    assert (answer.given, answer.late, answer.verified) == (None, None, False)
    assert "45/2020" in str(answer.basis)


def test_it_sorts_the_queue_by_the_hour_and_no_apology_is_owed_past_it() -> None:
    stands = stand(came("2026-05-21T09:00"))
    assert (stands.step_at, stands.binding_at, stands.due_at) == (at("2026-05-22T09:00"), None, None)
    assert (stands.lane, stands.by_date) == (Lane.SETTLED, False)


@pytest.mark.parametrize("kind", ["received", "guided", "not_accepted"])
@pytest.mark.parametrize(("when", "late"), [("2026-05-22T09:00", False), ("2026-05-22T09:01", True)])
def test_any_of_the_three_answers_it_in_time_or_late(kind: str, when: str, late: bool) -> None:
    life = came("2026-05-21T09:00")
    life.now = at(when)
    assert life.take_in(kind, **({} if kind == "received" else {"reason": "thiếu giấy tờ"})) is None
    assert life.dossier is not None
    answer = answer_of(life.dossier, LAW)
    assert answer is not None and (answer.given, answer.given_at, answer.late) == (kind, at(when), late)


def test_the_first_answer_counts() -> None:
    life = came("2026-05-21T09:00")
    life.now = at("2026-05-21T10:00")
    assert life.take_in("guided", reason="thiếu giấy tờ") is None
    life.now = at("2026-05-25T10:00")
    assert life.take_in("received") is None
    assert life.dossier is not None
    answer = answer_of(life.dossier, LAW)
    assert answer is not None and (answer.given, answer.late) == ("guided", False)


def test_before_the_decree_there_is_no_limit_and_none_is_made_up() -> None:
    life = came("2020-05-21T09:00")
    assert life.dossier is not None
    answer = answer_of(life.dossier, LAW)
    assert answer is not None and (answer.due_at, answer.basis) == (None, None)
    assert stand(life).lane is Lane.UNSETTLED


def test_what_came_over_the_counter_is_owed_none() -> None:
    life = Life()
    assert life.take_in() is None
    assert life.dossier is not None and answer_of(life.dossier, LAW) is None


@pytest.mark.parametrize("came_at", ["2026-05-21T09:00", "2026-05-22T16:00", "2026-05-23T10:00", "2026-05-21T22:00"])
def test_many_answers_are_judged_as_one_is(came_at: str) -> None:
    """At every quarter of an hour over four days, below the limit's own hours and past them."""
    life, times = came(came_at), AnswerTimes(LAW)
    assert life.dossier is not None
    answer = answer_of(life.dossier, LAW)
    assert answer is not None and answer.due_at is not None
    since, due = (int(moment.timestamp()) for moment in (at(came_at), answer.due_at))
    told = [(given > due, times.late(since, given, life.dossier.unit)) for given in range(since, since + 345_600, 900)]
    assert all(slow is quick for slow, quick in told) and {slow for slow, _ in told} == {False, True}
    assert times.late(since, due, life.dossier.unit) is False and times.late(since, due + 1, life.dossier.unit) is True
    assert times.late(int(at("2015-05-21T09:00").timestamp()), due, life.dossier.unit) is None, "before the decree"
