"""Amendments of one row by desks that did not see each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.order import Ordered, fold_order
from core.record import Event
from storage.lawbook.rows import LawRow

Amended = tuple[Event, Sequence[LawRow]]
_Contest = tuple[Event, Sequence[tuple[Event, LawRow]]]


@dataclass(frozen=True, slots=True)
class LawConflict:
    """Events that amended an entity apart, in the global order; `keys`: (table, key) of the rows that it is about.

    `kept_out`: those that have no effect, for they make no law together with the others (`contradiction`); none where
    the events amended the same rows.
    """

    entity: str
    events: tuple[Event, ...]
    keys: frozenset[tuple[str, str]]
    kept_out: frozenset[str] = frozenset()


def rival_rows(amended: Sequence[Amended]) -> Iterator[list[LawRow]]:
    """For each event that lost a row to a concurrent one: its rows of those keys.

    `amended` stands in the global order, of which the last one wins; who saw both and amended the key again has
    settled it.
    """
    lost: dict[str, list[LawRow]] = {}
    for _, losers in _apart(amended):
        for event, row in losers:
            lost.setdefault(event.event_id, []).append(row)
    yield from lost.values()


def contested_events(amended: Sequence[Amended]) -> frozenset[str]:
    """The events of `rival_rows`, and those that they lost to."""
    return frozenset(one.event_id for winner, losers in _apart(amended) for one in (winner, *(e for e, _ in losers)))


def law_conflicts(amended: Sequence[Amended]) -> list[LawConflict]:
    """What waits for somebody to amend again: contests that share an event are one conflict."""
    found: list[tuple[str, set[str], set[tuple[str, str]]]] = []
    for winner, losers in _apart(amended):
        names = {winner.event_id, *(event.event_id for event, _ in losers)}
        keys = {(row.table, row.key) for _, row in losers}
        for one in [one for one in found if one[0] == winner.entity and one[1] & names]:
            found.remove(one)
            names, keys = names | one[1], keys | one[2]
        found.append((winner.entity, names, keys))
    return [
        LawConflict(entity, tuple(event for event, _ in amended if event.event_id in names), frozenset(keys))
        for entity, names, keys in found
    ]


def _apart(amended: Sequence[Amended]) -> Iterator[_Contest]:
    for entity in dict.fromkeys(event.entity for event, _ in amended):
        own = [(event, rows) for event, rows in amended if event.entity == entity]
        history = fold_order(event for event, _ in own)
        if history.ancestors is not None:
            yield from _contests_of(own, history)


def _contests_of(own: Sequence[Amended], history: Ordered) -> Iterator[_Contest]:
    place = {event.event_id: at for at, event in enumerate(history.events)}
    by_key: dict[tuple[str, str], list[tuple[Event, LawRow]]] = {}
    for event, rows in own:
        if event.event_id in place:
            for row in rows:
                by_key.setdefault((row.table, row.key), []).append((event, row))
    for changes in by_key.values():
        unseen = [one for one in changes if not any(_saw(history, place, other, one[0]) for other, _ in changes)]
        winner, winning = unseen[-1]
        losers = [(event, row) for event, row in unseen[:-1] if row.row != winning.row]
        if losers:
            yield winner, losers


def _saw(history: Ordered, place: dict[str, int], later: Event, earlier: Event) -> bool:
    """Whether the author of `later` had seen `earlier`."""
    first, last = place[earlier.event_id], place[later.event_id]
    return first < last and not history.concurrent(first, last)
