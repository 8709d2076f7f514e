"""Everything out again, in an order that depends on nothing but the events."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import Any

from core.record import Event, read_event
from storage.desk import Desk
from storage.event_log import EventLog, Origin, StoredEvent

_CHUNK = 1000
_Placed = tuple[tuple[int, str, int, int], Event, StoredEvent]


def events_in_order(log: EventLog) -> Iterator[tuple[Event, StoredEvent]]:
    """All events in the one global order, streaming: along an origin the clock only moves forward."""
    streams = [_origin(log, origin) for origin in log.heads()]
    for _, event, stored in heapq.merge(*streams, key=lambda placed: placed[0]):
        yield event, stored


def event_json(event: Event, stored: StoredEvent) -> dict[str, Any]:
    """One event as other systems read it; the body is null once destroyed."""
    return {
        "event_id": event.event_id,
        "kind": event.kind,
        "at": event.at.isoformat(timespec="seconds"),
        "by": event.by,
        "unit": event.unit,
        "entity": event.entity,
        "body": None if event.destroyed else dict(event.body),
        "desk": event.desk,
        "epoch": event.epoch,
        "seq": event.seq,
        "hlc": str(event.hlc),
        "parents": list(event.parents),
        "hash": stored.hash.hex(),
    }


def dossier_ids(desk: Desk) -> list[str]:
    """Every dossier's id, in order."""
    return [str(row[0]) for row in desk.connection.execute("SELECT id FROM dossier ORDER BY id")]


def _origin(log: EventLog, origin: Origin) -> Iterator[_Placed]:
    after = 0
    while chunk := log.stored(origin, after, _CHUNK):
        for stored in chunk:
            event = read_event(stored.header, stored.body)
            yield event.order, event, stored
        after += len(chunk)
