"""The fold's order: total, the same whatever comes first, commands whole, causes before effects."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from core.order import fold_order, said_last
from core.record import Event
from tests.core.writers import RECEIVED, Writer, everything, histories

QUICK = settings(max_examples=60, deadline=None)


def ids(events: tuple[Event, ...]) -> list[str]:
    return [event.event_id for event in events]


@QUICK
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_arrival(events: list[Event], chance: random.Random) -> None:
    expected = fold_order(events)
    chance.shuffle(events)
    assert fold_order(events) == expected
    assert sorted(ids(expected.events)) == sorted(event.event_id for event in events)
    assert not expected.pending


@QUICK
@given(histories())
def test_parents_come_first_and_commands_stay_together(events: list[Event]) -> None:
    ordered = fold_order(events).events
    place = {event.event_id: index for index, event in enumerate(ordered)}
    for event in ordered:
        assert all(place[parent] < place[event.event_id] for parent in event.parents)
    groups: dict[object, list[int]] = {}
    for event in ordered:
        groups.setdefault(event.group_key, []).append(place[event.event_id])
    for places in groups.values():
        assert places == list(range(places[0], places[0] + len(places)))


@QUICK
@given(histories())
def test_concurrent_is_what_the_parents_say(events: list[Event]) -> None:
    history = fold_order(events)
    known = {event.event_id: event for event in events}

    def seen(event: Event) -> set[str]:
        found: set[str] = set()
        left = list(event.parents)
        while left:
            parent = left.pop()
            if parent not in found:
                found.add(parent)
                left += known[parent].parents
        return found

    for later, event in enumerate(history.events):
        before = seen(event)
        for earlier in range(later):
            assert history.concurrent(earlier, later) == (history.events[earlier].event_id not in before)


@QUICK
@given(histories(), st.data())
def test_without_a_parent_its_children_wait_and_nobody_else(events: list[Event], data: st.DataObject) -> None:
    lost = data.draw(st.sampled_from(events))
    left = [event for event in events if event.group_key != lost.group_key]
    history = fold_order(left)
    gone = {event.event_id for event in events if event.group_key == lost.group_key}
    waiting: set[str] = set()
    for event in fold_order(events).events:
        group = [one for one in events if one.group_key == event.group_key]
        if event.event_id not in gone and any(parent in gone | waiting for one in group for parent in one.parents):
            waiting |= {one.event_id for one in group}
    assert set(ids(history.pending)) == waiting
    assert set(ids(history.events)) == {event.event_id for event in left} - waiting
    assert fold_order([*left, *(event for event in events if event.event_id in gone)]) == fold_order(events)


def test_a_clock_far_in_the_future_loses_to_whoever_has_seen_it() -> None:
    mad, sane = Writer("a", ahead=10**13), Writer("b")
    first = mad.write(("received", RECEIVED))
    sane.learn(first)
    last = sane.write(("corrected", {"field": "shelf", "new": "B4"}))
    assert last[0].hlc < first[0].hlc
    assert ids(fold_order(everything(mad, sane)).events) == [first[0].event_id, last[0].event_id]


def test_a_history_of_one_line_needs_no_ancestors() -> None:
    one = Writer("a")
    one.write(("received", RECEIVED))
    one.write("noted", "noted")
    assert fold_order(one.seen.values()).ancestors is None
    other = Writer("b")
    other.learn(one.seen.values())
    one.write("noted")
    other.write("noted")
    assert fold_order(everything(one, other)).ancestors is not None


def test_among_concurrent_commands_the_smallest_clock_then_desk_comes_first() -> None:
    one, two = Writer("b"), Writer("a")
    one.write("noted")
    two.write("noted")
    assert one.hlc == two.hlc
    assert ids(fold_order(everything(one, two)).events) == ["a-0001", "b-0001"]


def test_events_that_name_each_other_as_parents_wait_for_good() -> None:
    one = Writer("a")
    (first,) = one.write("noted")
    twins = [
        Event("x", first.entity, "noted", 1, first.at, "o", "u", "x", 1, 1, 5, ("y",), (0, 1), {}),
        Event("y", first.entity, "noted", 1, first.at, "o", "u", "y", 1, 1, 6, ("x",), (0, 1), {}),
    ]
    history = fold_order([first, *twins])
    assert ids(history.events) == [first.event_id]
    assert {event.event_id for event in history.pending} == {"x", "y"}


def test_the_clock_decides_before_the_desk_does() -> None:
    late, early = Writer("a", ahead=5), Writer("b")
    late.write("noted")
    early.write("noted")
    early.write("noted")
    assert ids(fold_order(everything(late, early)).events) == ["b-0001", "b-0002", "a-0001"]


def test_of_what_was_said_again_only_the_last_epoch_counts() -> None:
    first, second, other = [*Writer("a").write(("received", RECEIVED), "noted"), *Writer("b").write("noted")]
    again = replace(first, epoch=7, seq=1)
    assert said_last([first, second, other, again]) == [second, other, again]
    assert said_last([again, first]) == [again]


def test_one_name_that_a_desk_used_twice_in_an_epoch_is_two_events() -> None:
    first, second = Writer("a").write(("received", RECEIVED), "noted")
    assert said_last([first, replace(second, event_id=first.event_id)])[1].kind == "noted"
