"""Amendments of one row by desks that did not see each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.order import Ordered, fold_order
from core.record import Event
from storage.lawbook.rows import LawRow

Amended = tuple[Event, Sequence[LawRow]]


def rival_rows(amended: Sequence[Amended]) -> Iterator[list[LawRow]]:
    """For each event that lost a row to a concurrent one: its rows of those keys.

    `amended` stands in the global order, of which the last one wins; who saw both and amended the key again has
    settled it.
    """
    for entity in dict.fromkeys(event.entity for event, _ in amended):
        own = [(event, rows) for event, rows in amended if event.entity == entity]
        history = fold_order(event for event, _ in own)
        if history.ancestors is not None:
            yield from _rivals_of(own, history)


def _rivals_of(own: Sequence[Amended], history: Ordered) -> Iterator[list[LawRow]]:
    place = {event.event_id: at for at, event in enumerate(history.events)}
    by_key: dict[tuple[str, str], list[tuple[Event, LawRow]]] = {}
    for event, rows in own:
        if event.event_id in place:
            for row in rows:
                by_key.setdefault((row.table, row.key), []).append((event, row))
    lost: dict[str, list[LawRow]] = {}
    for changes in by_key.values():
        unseen = [one for one in changes if not any(_saw(history, place, other, one[0]) for other, _ in changes)]
        winner = unseen[-1][1]
        for event, row in unseen[:-1]:
            if row.row != winner.row:
                lost.setdefault(event.event_id, []).append(row)
    yield from lost.values()


def _saw(history: Ordered, place: dict[str, int], later: Event, earlier: Event) -> bool:
    """Whether the author of `later` had seen `earlier`."""
    first, last = place[earlier.event_id], place[later.event_id]
    return first < last and not history.concurrent(first, last)
