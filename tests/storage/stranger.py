"""A desk that writes what no desk of this program would: any header, any bytes, in a chain that holds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from core.record import NO_HASH, Event, body_hash, chain_hash
from storage.database import transaction
from storage.desk import Desk
from storage.event_log import Origin, StoredEvent, bodies, epoch_ms
from tests.storage.sync_desks import START, UNIT

LATER_MS = epoch_ms(START) + 1000
"""After the founding, and near enough to be followed."""


@dataclass
class Stranger:
    """One origin; `by` is the officer that it names."""

    by: str
    desk: str = "stranger"
    events: list[StoredEvent] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    @property
    def origin(self) -> Origin:
        return Origin(self.desk, 1)

    def write(self, entity: str, kind: str, body: object, parents: Sequence[str] = (), **header: Any) -> str:
        """A command of one event; `body` is encoded unless it is bytes. Answers the event's id."""
        seq = len(self.events) + 1
        head = {
            "at": START.isoformat(timespec="seconds"),
            "by": self.by,
            "desk": self.desk,
            "entity": entity,
            "epoch": 1,
            "group": (0, 1),
            "hlc": LATER_MS << 16 | seq,
            "id": f"{self.desk}-{seq:06}",
            "kind": kind,
            "parents": tuple(parents),
            "seq": seq,
            "unit": UNIT,
            "v": 1,
        } | header
        self.append(msgspec.json.encode(head, order="sorted"), body)
        self.ids.append(str(head["id"]))
        return self.ids[-1]

    def append(self, header: bytes, body: object) -> None:
        """Bytes as they are, chained."""
        data = body if isinstance(body, bytes) else msgspec.json.encode(body, order="sorted")
        salt = hashlib.sha256(header).digest()[:16]
        digest = body_hash(salt, data)
        before = self.events[-1].hash if self.events else NO_HASH
        self.events.append(StoredEvent(header, digest, salt, data, chain_hash(before, header, digest)))

    def reach(self, desk: Desk) -> list[Event]:
        """Let a desk take all of it, as an exchange does."""
        with transaction(desk.connection):
            taken = bodies(desk.log.receive(self.origin, self.events, epoch_ms(desk.now())))
            desk.projection.apply(taken)
        return taken


def rebuilt(desk: Desk) -> list[str]:
    """The shared tables as a rebuild makes them."""
    with transaction(desk.connection):
        desk.projection.rebuild()
    return list(desk.projection.dump())
