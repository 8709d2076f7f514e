"""What waits to be sent, how the hubs fare, what two desks did without seeing each other: for the sync screen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.moments import LEGAL_TIME
from storage.desk import Desk
from storage.queries import Row

_WAITING = """
SELECT event.entity, count(*), min(event.seq) FROM event JOIN origin ON origin.no = event.origin
WHERE origin.desk = ? AND origin.epoch = ? AND event.seq > ? GROUP BY event.entity ORDER BY min(event.seq) LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A dossier (or another entity of the station) with events that no hub has; `since`: when the oldest was written.

    `reason`: why they still wait, as a code: `no_hub`, a hub's last error, or `next_exchange`.
    """

    entity: str
    events: int
    since: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class HubState:
    """What this desk remembers of a hub; times in epoch seconds, `error` as a code, with what it is `about`."""

    url: str
    last_try: int | None
    last_contact: int | None
    error: str | None
    about: Mapping[str, str]
    sent: int
    received: int
    clock_offset: float | None


def waiting(desk: Desk, limit: int = 500) -> list[Waiting]:
    """The oldest first."""
    accepted, reason = desk.frontier().accepted, _reason(desk)
    found: list[Waiting] = []
    for origin in desk.log.heads():
        if origin.desk == desk.identity.desk:
            values = (origin.desk, origin.epoch, accepted.get(origin, 0), limit)
            for entity, count, first in desk.connection.execute(_WAITING, values).fetchall():
                written = desk.log.stored(origin, first - 1, 1)[0].outline.hlc >> 16
                since = datetime.fromtimestamp(written / 1000, LEGAL_TIME)
                found.append(Waiting(entity, count, since, reason))
    return sorted(found, key=lambda one: one.since)[:limit]


def _reason(desk: Desk) -> str:
    known = hubs(desk)
    if not known:
        return "no_hub"
    return next((hub.error for hub in known if hub.error), "next_exchange")


def hubs(desk: Desk) -> list[HubState]:
    asked = "SELECT url, last_try, last_contact, error, about, sent, received, clock_offset FROM hub ORDER BY url"
    rows = desk.connection.execute(asked)
    return [
        HubState(url, tried, contact, error, json.loads(about or "{}"), sent, received, offset)
        for url, tried, contact, error, about, sent, received, offset in rows
    ]


def conflicts(desk: Desk) -> list[Row]:
    """Dossiers that wait for a person to decide, the earliest due first."""
    return desk.queries.rows("in_conflict = 1 ORDER BY binding_at, id", (), desk.bounds())
