"""A station's own order of the queue: who sets it, what it moves, what two leaders apart come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from core.answers import Refusal
from core.queue import BY_LAW, BY_RECEIPT, QueueOrder, Urgency
from core.station import SetQueueOrder
from storage.conflicts import open_conflicts, resolve
from storage.desk import Desk, Done
from storage.law_changes import law_history, unread_changes
from storage.queue_order import would_stand
from tests.conftest import NOW, officer, take_in
from tests.storage.amended import amend, closed, due, dump, rebuilt
from tests.storage.sync_desks import Station, officer_of
from tui.screens.settings_law import law_lines

MIXED = QueueOrder((Urgency.NORMAL, Urgency.SOON, Urgency.NEXT_DAY), BY_RECEIPT)


def put(desk: Desk, order: QueueOrder = MIXED, by: str = "lanh", reason: str = "TB 12") -> Done | Refusal:
    return desk.do(SetQueueOrder(order.buckets, order.ties, reason, desk.now()), officer(desk, by))


def queue(desk: Desk) -> list[str]:
    return [row.id for row in desk.queries.after(None, desk.bounds(), -1)]


@pytest.fixture
def three(desk: Desk) -> dict[str, str]:
    """Of two that are due after «soon» the one that was received first is due last; a third one is due soon."""
    return {
        "fresh": take_in(desk, at=NOW, procedure="household-split"),
        "long": take_in(desk, at=NOW - timedelta(days=1)),
        "soon": take_in(desk, at=NOW - timedelta(hours=1), procedure="temporary-residence"),
    }


def test_a_leader_sets_it_and_the_queue_stands_by_it(desk: Desk, three: dict[str, str]) -> None:
    assert desk.bounds().order == BY_LAW
    assert queue(desk) == [three["soon"], three["fresh"], three["long"]]
    assert isinstance(put(desk), Done)
    assert desk.bounds().order == MIXED
    assert queue(desk) == [three["long"], three["fresh"], three["soon"]]


def test_the_test_tells_what_the_order_would_do_and_writes_nothing(desk: Desk, three: dict[str, str]) -> None:
    last, before = desk.log.last(), queue(desk)
    shifted = would_stand(desk, MIXED)
    assert desk.log.last() == last and queue(desk) == before
    places = {one.row.id: (one.before, one.after) for one in shifted}
    put(desk)
    after = queue(desk)
    moved = {
        one: (before.index(one) + 1, after.index(one) + 1) for one in before if before.index(one) != after.index(one)
    }
    assert places == moved and moved
    assert would_stand(desk, MIXED) == []


@pytest.mark.parametrize(
    ("by", "buckets", "reason", "code"),
    [
        ("hoa", MIXED.buckets, "x", "role_missing"),
        ("khai", MIXED.buckets, "x", "role_missing"),
        ("tra", MIXED.buckets, "x", "role_missing"),
        ("lanh", ("normal", *MIXED.buckets), "x", "order_buckets"),
        (
            "lanh",
            ("next_day", "soon", "normal", "apology_owed", "overdue", "today", "paused", "done"),
            "x",
            "order_hides",
        ),
        ("lanh", MIXED.buckets, "  ", "order_reason"),
    ],
)
def test_what_is_refused(desk: Desk, by: str, buckets: tuple[str, ...], reason: str, code: str) -> None:
    answer = desk.do(SetQueueOrder(tuple(buckets), BY_RECEIPT, reason, NOW), officer(desk, by))
    assert isinstance(answer, Refusal) and answer.code == code
    assert desk.bounds().order == BY_LAW


def test_it_moves_no_date_and_folds_nothing(desk: Desk, three: dict[str, str]) -> None:
    before, dates = desk.law, {one: due(desk, one) for one in three.values()}
    put(desk)
    found = desk.projection.shift(before, desk.law)
    assert (found.moves, found.others) == ([], [])
    assert {one: due(desk, one) for one in three.values()} == dates
    assert dump(desk) == rebuilt(desk)
    proposal = amend(desk, officer(desk), closed("2026-05-25"))
    assert proposal.moved and desk.bounds().order == MIXED


def test_it_is_told_among_what_changed_and_the_last_one_stands(desk: Desk) -> None:
    put(desk)
    put(desk, replace(MIXED, ties=BY_LAW.ties), reason="TB 13")
    assert desk.bounds().order == replace(MIXED, ties=BY_LAW.ties)
    assert [one.standing for one in law_history(desk)] == ["own", "own", "founding"]
    later = NOW.date() + timedelta(days=9)
    lines = law_lines(desk.law, law_history(desk)[:2], later), law_lines(desk.law, [], later)
    assert lines[0] == lines[1]  # the calendar is no younger for it
    (change,) = unread_changes(desk, officer(desk, "hoa"))
    assert (change.row.row["name"], change.row.row["basis"]) == ("queue_order", "TB 13")


def test_two_leaders_apart_are_a_conflict_that_a_leader_settles(station: Station) -> None:
    first, second, _ = station.desks
    for desk, order in ((first, MIXED), (second, replace(MIXED, ties=BY_LAW.ties))):
        command = SetQueueOrder(order.buckets, order.ties, f"TB {desk.identity.number}", desk.now())
        assert isinstance(desk.do(command, officer_of(desk)), Done)
    station.sync(0, 1, 0)
    assert first.bounds().order == second.bounds().order != BY_LAW
    assert not first.law.rivals
    (conflict,) = open_conflicts(first)
    assert conflict.entity == "calendar" and len(conflict.branches) == 2
    keep = next(one.event for one in conflict.branches if one.event.desk == first.identity.desk)
    assert isinstance(resolve(first, officer_of(first), conflict, keep, None), Done)
    station.sync(0, 1)
    assert first.bounds().order == second.bounds().order == MIXED
    assert open_conflicts(first) == open_conflicts(second) == []
