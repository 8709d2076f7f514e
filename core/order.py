"""The fold's order: Kahn over `parents`, always the ready command with the smallest place."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.record import Event


@dataclass(frozen=True, slots=True)
class Ordered:
    """`events` in fold order, `pending` those that wait for a parent, `ancestors` a bit mask by position.

    `ancestors` is None for a history in which everyone had seen everything before.
    """

    events: tuple[Event, ...]
    pending: tuple[Event, ...]
    ancestors: tuple[int, ...] | None

    def concurrent(self, earlier: int, later: int) -> bool:
        """Whether the author of the event at `later` had not seen the one at `earlier`."""
        return self.ancestors is not None and not self.ancestors[later] >> earlier & 1


def fold_order(events: Iterable[Event]) -> Ordered:
    """Order one entity's events; a command stays together, a missing parent keeps its children waiting."""
    known = sorted(events, key=lambda event: event.order)
    if _is_line(known):
        return Ordered(tuple(known), (), None)
    once: dict[str, Event] = {}
    for event in known:  # the tail of a forked desk may be known under two of its epochs
        once.setdefault(event.event_id, event)
    ordered, pending = _kahn(list(once.values()))
    return Ordered(tuple(ordered), tuple(pending), _ancestors(ordered))


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


def _ancestors(ordered: Sequence[Event]) -> tuple[int, ...]:
    place = {event.event_id: position for position, event in enumerate(ordered)}
    masks: list[int] = []
    for event in ordered:
        mask = 0
        for parent in event.parents:
            mask |= masks[place[parent]] | 1 << place[parent] if place[parent] < len(masks) else 0
        masks.append(mask)
    return tuple(masks)
