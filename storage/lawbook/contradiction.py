"""Amendments by desks apart that make no law together: what was kept out, by what, and until when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.answers import InvalidInput
from core.order import fold_order
from storage.lawbook.building import law_from_rows
from storage.lawbook.contested import LawConflict
from storage.lawbook.station import CONTRADICTS, LawEvent


def contradictions(judged: Sequence[LawEvent]) -> list[LawConflict]:
    """Each event that was kept out, with those that did not see it and with which it cannot stand.

    It is settled once somebody who has seen them all amends one of their rows again; what was kept out stays so.
    """
    return [found for one in judged if one.problem == CONTRADICTS for found in _conflict(judged, one)]


def _conflict(judged: Sequence[LawEvent], out: LawEvent) -> Iterator[LawConflict]:
    own = [one for one in judged if one.event.entity == out.event.entity]
    history = fold_order(one.event for one in own)
    place = {event.event_id: at for at, event in enumerate(history.events)}

    def saw(later: LawEvent, earlier: LawEvent) -> bool:
        first, last = place.get(earlier.event.event_id), place.get(later.event.event_id)
        return first is not None and last is not None and history.saw(first, last)

    effective = [one for one in own if one.problem is None and one.event.event_id in place]
    later = [one for one in effective if saw(one, out)]
    rivals = [
        one for one in effective if one not in later and not saw(out, one) and _fits_without(judged, out, (one, *later))
    ]
    keys = frozenset((row.table, row.key) for one in (out, *rivals) for row in one.rows)
    settled = any(
        all(saw(one, rival) for rival in rivals) and any((row.table, row.key) in keys for row in one.rows)
        for one in later
    )
    if rivals and not settled:
        sides = tuple(one.event for one in own if one is out or one in rivals)
        yield LawConflict(out.event.entity, sides, keys, kept_out=frozenset({out.event.event_id}))


def _fits_without(judged: Sequence[LawEvent], out: LawEvent, others: Sequence[LawEvent]) -> bool:
    """Whether the command that was kept out would be law if those others had not been written."""
    gone, command = {one.event.group_key for one in others}, out.event.group_key
    rows = [row for one in judged if one.problem is None and one.event.group_key not in gone for row in one.rows]
    try:
        law_from_rows([*rows, *(row for one in judged if one.event.group_key == command for row in one.rows)])
    except InvalidInput:
        return False
    return True
