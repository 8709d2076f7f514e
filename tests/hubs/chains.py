"""Invented origins for tests of hubs: whole, signed batches without any desk."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from core.moments import LEGAL_TIME
from core.record import NO_HASH, Event, body_hash, canonical, chain_hash, header_bytes
from storage.event_log import Origin, StoredEvent
from storage.keys import seal_public
from storage.sync.batch import BatchHead, pack

STATION = "5a0f9a3e-6f0c-5c62-9a40-2d7bb1c8f001"
OTHER = "5a0f9a3e-6f0c-5c62-9a40-2d7bb1c8f002"
AT = datetime(2026, 11, 23, 8, tzinfo=LEGAL_TIME)
_PRIVATE = bytes(range(32))
_SEAL = seal_public(bytes(range(32, 64))).hex()


@dataclass(frozen=True)
class Chain:
    """One origin's events; `branch` begins another history after the event `since`."""

    desk: str = "01a205ea-be80-77f4-8bce-5f89fc40de24"
    epoch: int = 1
    branch: str = ""
    since: int = 0
    station: str = STATION

    @property
    def origin(self) -> Origin:
        return Origin(self.desk, self.epoch)

    def hash_at(self, seq: int) -> bytes:
        return self._events(seq)[-1].hash if seq else NO_HASH

    def batch(self, first: int, last: int, destroyed: int = 0) -> tuple[BatchHead, bytes]:
        """The batch of events `first … last` and its clear head; `destroyed`: the event whose body is gone."""
        events = self._events(last)[first - 1 :]
        events = [replace(one, salt=None, body=None) if one.event.seq == destroyed else one for one in events]
        head = BatchHead(
            self.station, self.origin, first, len(events), self.hash_at(first - 1), events[-1].hash, seal=_SEAL
        ).sign(_PRIVATE)
        return head, pack(head, events)

    def _events(self, last: int) -> list[StoredEvent]:
        events: list[StoredEvent] = []
        previous = NO_HASH
        for seq in range(1, last + 1):
            header, body, salt = self._header(seq), self._body(seq), bytes(16)
            digest = body_hash(salt, body)
            previous = chain_hash(previous, header, digest)
            events.append(StoredEvent(header, digest, salt, body, previous))
        return events

    def _body(self, seq: int) -> bytes:
        mark = self.branch if seq > self.since else ""
        return canonical({"note": hashlib.sha256(f"{self.desk}{seq}{mark}".encode()).hexdigest()})

    def _header(self, seq: int) -> bytes:
        event_id = f"01a205ea-be80-7{self.epoch:03}-8bce-{seq:012}"
        return header_bytes(
            Event(
                event_id, f"dossier:{event_id}", "noted", 1, AT, "o1", "T48.99", self.desk, self.epoch, seq,
                (1_795_000_000_000 + seq) << 16, (), (0, 1), {},
            )
        )  # fmt: skip
