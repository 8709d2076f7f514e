"""How far each origin is only here, accepted by a hub, or durable there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from storage.database import Connection
from storage.event_log import Origin

_ACCEPTED = """
SELECT accepted.desk, accepted.epoch, max(accepted.seq),
       max(accepted.seq) FILTER (WHERE accepted.at > 0 AND accepted.at + hub.durable_after <= :now)
FROM accepted LEFT JOIN hub ON hub.url = accepted.url GROUP BY accepted.desk, accepted.epoch
"""
_OF_ENTITY = """
SELECT origin.desk, origin.epoch, max(event.seq) FROM event JOIN origin ON origin.no = event.origin
WHERE event.entity = ? GROUP BY event.origin
"""
_WORDS = ("here", "hub", "durable")


@dataclass(frozen=True, slots=True)
class Frontier:
    """Of each origin the last seq that any hub holds, and the last that no loss of that hub takes back."""

    accepted: Mapping[Origin, int]
    durable: Mapping[Origin, int]

    def word(self, origin: Origin, seq: int) -> str:
        """`here`, `hub` or `durable`."""
        return _WORDS[(seq <= self.accepted.get(origin, 0)) + (seq <= self.durable.get(origin, 0))]

    def of_entity(self, connection: Connection, entity: str) -> str:
        """The least of an entity's events."""
        found = connection.execute(_OF_ENTITY, (entity,)).fetchall()
        return min(
            (self.word(Origin(desk, epoch), seq) for desk, epoch, seq in found), key=_WORDS.index, default="here"
        )


def frontier(connection: Connection, now: datetime) -> Frontier:
    """What the hubs are known to hold: durable is what a hub has had for as long as it says that it takes."""
    accepted: dict[Origin, int] = {}
    durable: dict[Origin, int] = {}
    for desk, epoch, seq, safe in connection.execute(_ACCEPTED, {"now": int(now.timestamp())}):
        accepted[Origin(desk, epoch)], durable[Origin(desk, epoch)] = seq, safe or 0
    return Frontier(accepted, durable)
