"""The fold's order: Kahn over `parents`, always the ready command with the smallest place."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.record import Event

Author = tuple[str, int]
"""A desk and its epoch: what one wrote stands in one line, by seq."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """`events` in fold order, `pending` those that wait for a parent, `ancestors` how far each author was seen.

    `ancestors` (by position) is None for a history in which everyone had seen everything before. As authors are few,
    it stays small for a hundred thousand events, and for one event with as many parents.
    """

    events: tuple[Event, ...]
    pending: tuple[Event, ...]
    ancestors: tuple[Mapping[Author, int], ...] | None

    def seen(self, place: int) -> Mapping[Author, int]:
        """Of each author the last seq that the event at `place` stands on; only where `ancestors` are known."""
        assert self.ancestors is not None
        return self.ancestors[place]

    def concurrent(self, earlier: int, later: int) -> bool:
        """Whether the author of the event at `later` had not seen the one at `earlier`."""
        if self.ancestors is None:
            return False
        event = self.events[earlier]
        return self.ancestors[later].get((event.desk, event.epoch), 0) < event.seq

    def saw(self, earlier: int, later: int) -> bool:
        """Whether the event at `later` stands on the one at `earlier`, or is it."""
        return earlier == later or (earlier < later and not self.concurrent(earlier, later))


def fold_order(events: Iterable[Event]) -> Ordered:
    """Order one entity's events; a command stays together, a missing parent keeps its children waiting."""
    known = sorted(events, key=lambda event: event.order)
    if _is_line(known):
        return Ordered(tuple(known), (), None)
    once: dict[str, Event] = {}
    for event in known:  # the tail of a forked desk may be known under two of its epochs
        once[event.event_id] = event
    ordered, pending = _kahn(list(once.values()))
    return Ordered(tuple(ordered), tuple(pending), _ancestors(ordered))


def said_last(events: Sequence[Event]) -> Sequence[Event]:
    """Of what a forked desk wrote under several of its epochs only what stands under the last one.

    That copy comes to every desk; which of two histories a desk has under the forked epoch's name depends on its hubs.
    """
    if len({event.name for event in events}) == len(events):
        return events
    last: dict[tuple[str, str], Event] = {}
    for event in events:
        known = last.get(event.name)
        if known is None or event.order > known.order:
            last[event.name] = event
    return list(last.values())


def each_once(events: Collection[Event], counts: Callable[[Event], bool]) -> Collection[Event]:
    """Of what several desks wrote under one id, that which `counts`, on every desk the same one.

    An id is no secret: whoever can write at a hub may write something else under it.
    """
    if len({event.event_id for event in events}) == len(events):
        return events
    authors: dict[str, set[str]] = {}
    for event in events:
        authors.setdefault(event.event_id, set()).add(event.desk)
    shared = sorted((event for event in events if len(authors[event.event_id]) > 1), key=lambda one: one.order)
    chosen: dict[str, str] = {}
    for event in sorted(shared, key=lambda one: not counts(one)):
        chosen.setdefault(event.event_id, event.desk)
    return [event for event in events if chosen.get(event.event_id, event.desk) == event.desk]


def _is_line(events: Sequence[Event]) -> bool:
    before: tuple[str, ...] = ()
    for event in events:
        if event.parents != before:
            return False
        before = (event.event_id,)
    return True


def _kahn(events: Sequence[Event]) -> tuple[list[Event], list[Event]]:
    nodes: dict[tuple[str, int, int], list[Event]] = {}
    home: dict[str, tuple[str, int, int]] = {}
    for event in events:
        nodes.setdefault(event.group_key, []).append(event)
        home[event.event_id] = event.group_key
    waits: dict[tuple[str, int, int], set[object]] = {}
    children: dict[object, list[tuple[str, int, int]]] = {}
    for key, members in nodes.items():
        members.sort(key=lambda event: event.seq)
        before = {home.get(parent, parent) for event in members for parent in event.parents} - {key}
        waits[key] = set(before)
        for parent in before:
            children.setdefault(parent, []).append(key)
    ready = [(nodes[key][0].order, key) for key, before in waits.items() if not before]
    heapq.heapify(ready)
    ordered: list[Event] = []
    while ready:
        _, key = heapq.heappop(ready)
        ordered.extend(nodes.pop(key))
        for child in children.get(key, ()):
            waits[child].discard(key)
            if not waits[child]:
                heapq.heappush(ready, (nodes[child][0].order, child))
    return ordered, [event for members in nodes.values() for event in members]


def _ancestors(ordered: Sequence[Event]) -> tuple[Mapping[Author, int], ...]:
    found: list[Mapping[Author, int]] = []
    with_itself: dict[str, dict[Author, int]] = {}
    for event in ordered:
        first, *others = [with_itself[parent] for parent in event.parents if parent in with_itself] or [{}]
        before = dict(first) if others else first
        for other in others:
            for author, seq in other.items():
                if before.get(author, 0) < seq:
                    before[author] = seq
        author = (event.desk, event.epoch)
        found.append(before)
        with_itself[event.event_id] = before | {author: max(event.seq, before.get(author, 0))}
    return tuple(found)
