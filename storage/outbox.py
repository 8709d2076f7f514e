"""What waits to be sent, how the hubs fare, what two desks did without seeing each other: for the sync screen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from storage.desk import Desk
from storage.queries import Row

_WAITING = """
SELECT event.entity, count(*), min(event.seq) FROM event JOIN origin ON origin.no = event.origin
WHERE origin.desk = ? AND origin.epoch = ? AND event.seq > ? GROUP BY event.entity ORDER BY min(event.seq) LIMIT ?
"""
_HEADER = """
SELECT header FROM event JOIN origin ON origin.no = event.origin
WHERE origin.desk = ? AND origin.epoch = ? AND event.seq = ?
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A dossier (or another entity of the station) with events that no hub has; `since`: the oldest one's time."""

    entity: str
    events: int
    since: datetime


@dataclass(frozen=True, slots=True)
class HubState:
    """What this desk remembers of a hub; times in epoch seconds, `error` as a code."""

    url: str
    last_try: int | None
    last_contact: int | None
    error: str | None
    sent: int
    received: int


def waiting(desk: Desk, limit: int = 500) -> list[Waiting]:
    """The oldest first."""
    own = desk.identity.origin
    rows = desk.connection.execute(_WAITING, (own.desk, own.epoch, desk.queries.accepted(own), limit)).fetchall()
    return [Waiting(entity, count, _at(desk, first)) for entity, count, first in rows]


def hubs(desk: Desk) -> list[HubState]:
    asked = "SELECT url, last_try, last_contact, error, sent, received FROM hub ORDER BY url"
    return [HubState(*row) for row in desk.connection.execute(asked)]


def conflicts(desk: Desk) -> list[Row]:
    """Dossiers that wait for a person to decide, the earliest due first."""
    return desk.queries.rows("in_conflict = 1 ORDER BY binding_at, id", (), desk.bounds())


def _at(desk: Desk, seq: int) -> datetime:
    own = desk.identity.origin
    header = desk.connection.execute(_HEADER, (own.desk, own.epoch, seq)).fetchone()[0]
    return datetime.fromisoformat(json.loads(header)["at"])
