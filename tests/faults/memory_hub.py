"""A hub in memory that answers as a database does: an origin's head moves together with its batch or not at all."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from threading import Lock

from core.answers import InvalidInput
from core.record import NO_HASH
from storage.event_log import Head, Origin
from storage.sync.batch import BatchBroken, BatchHead, read_head, unpack
from storage.sync.protocol import DURABLE_AFTER_S, NOTHING, Answer, Offer, Offers, Reach, answer, reached


@dataclass(slots=True)
class Held:
    """One origin at the hub."""

    head: Head = NOTHING
    batches: dict[int, tuple[BatchHead, bytes]] = field(default_factory=dict)


class MemoryHub:
    """What stands in `stored` and `named` is the whole hub: a copy of both is its backup."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.stored: dict[str, dict[Origin, Held]] = {}
        self.named: dict[tuple[str, str], bytes] = {}
        self.refuses: str | None = None
        """`hub_unreachable` from every call, or the code that every writing call raises."""
        self._durable = DURABLE_AFTER_S
        self.memory: dict[str, str] = {}
        self._one_at_a_time = Lock()

    @property
    def url(self) -> str:
        return f"memory:{self._name}"

    def backup(self) -> tuple[object, object]:
        """A copy to restore from."""
        return copy.deepcopy(self.stored), dict(self.named)

    def restore(self, backup: tuple[object, object]) -> None:
        self.stored, self.named = copy.deepcopy(backup[0]), dict(backup[1])  # type: ignore[assignment, call-overload]

    def create(self, durable_after: int | None = None) -> None:
        self._reached(writes=True)
        if durable_after is not None:
            self._durable = durable_after

    def stations(self) -> list[str]:
        self._reached()
        return sorted(self.stored)

    def heads(self, station: str, held: Mapping[Origin, Head]) -> dict[Origin, Reach]:
        """As the database does: of what the asker holds the head alone is read; who holds nothing has all looked at."""
        self._reached()
        return {
            origin: Reach(one.head if origin in held else _whole(one, every_byte=not held), one.head.seq)
            for origin, one in self.stored.get(station, {}).items()
        }

    def offers(self, station: str, origin: Origin, after: int) -> Offers:
        self._reached()
        one = self.stored.get(station, {}).get(origin, Held())
        batches = [(first, head) for first, (head, _) in sorted(one.batches.items()) if head.last > after]
        name = f"{station}/{origin.desk}/{origin.epoch}"
        return Offers(tuple(Offer(f"{name}/{first}", head) for first, head in batches))

    def fetch(self, offer: Offer) -> bytes:
        self._reached()
        station, _, place = offer.place.partition("/")
        desk, epoch, first = place.rsplit("/", 2)
        try:
            return self.stored[station][Origin(desk, int(epoch))].batches[int(first)][1]
        except KeyError as error:
            raise InvalidInput("hub_unreachable", url=self.url) from error

    def push(self, station: str, head: BatchHead, data: bytes) -> Answer:
        self._reached(writes=True)
        with self._one_at_a_time:
            return self._push(station, head, data)

    def _push(self, station: str, head: BatchHead, data: bytes) -> Answer:
        one = self.stored.get(station, {}).get(head.origin, Held())
        if (one.head.seq, one.head.hash) == (head.first_seq - 1, head.prev):
            self.stored.setdefault(station, {})[head.origin] = one
            one.batches[head.first_seq] = head, data
            one.head = Head(head.last, head.end)
            return Answer.OK
        if self._refills(one, head):
            one.batches[head.first_seq] = head, data
            return Answer.OK
        said = answer(head, one.head.seq, partial(_hash_at, one))
        known = one.batches.get(head.first_seq)
        if said is Answer.DUPLICATE and known is not None and _spoilt(known[1]) and known[0].end == head.end:
            one.batches[head.first_seq] = known[0], data
        return said

    def rewrite(self, station: str, offer: Offer, data: bytes) -> None:
        self._reached(writes=True)
        _, desk, epoch, first = offer.place.split("/")
        batches = self.stored[station][Origin(desk, int(epoch))].batches
        batches[int(first)] = batches[int(first)][0], data

    def put_blob(self, station: str, name: str, data: bytes) -> None:
        self._reached(writes=True)
        self.named[station, name] = data

    def get_blob(self, station: str, name: str) -> bytes | None:
        self._reached()
        return self.named.get((station, name))

    def delete_blob(self, station: str, name: str) -> None:
        self._reached(writes=True)
        self.named.pop((station, name), None)

    def blobs(self, station: str, prefix: str) -> list[str]:
        self._reached()
        return sorted(name for of, name in self.named if of == station and name.startswith(prefix))

    def now(self) -> datetime | None:
        self._reached()
        return None

    def durable_after(self) -> int:
        self._reached()
        return self._durable

    def _reached(self, *, writes: bool = False) -> None:
        if self.refuses is not None and (writes or self.refuses == "hub_unreachable"):
            raise InvalidInput(self.refuses, url=self.url)

    def _refills(self, one: Held, head: BatchHead) -> bool:
        """Whether a batch that was lost from amid the chain comes back."""
        if head.last > one.head.seq or any(b.first_seq <= head.last and b.last >= head.first_seq for b, _ in _all(one)):
            return False
        if head.last == one.head.seq and head.end != one.head.hash:
            return False
        return _hash_at(one, head.first_seq - 1) in (None, head.prev)


def _whole(one: Held, *, every_byte: bool) -> Head:
    """Where the chain ends that no lost batch interrupts, nor a spoilt one."""
    known = sorted(one.batches.items())
    offers = [Offer(str(first), head) for first, (head, data) in known if not (every_byte and _spoilt(data))]
    return reached(offers, NOTHING) or NOTHING


def _all(one: Held) -> list[tuple[BatchHead, bytes]]:
    return list(one.batches.values())


def _hash_at(one: Held, seq: int) -> bytes | None:
    """The chain hash at a place: a batch's border, or read from the batch around it."""
    if seq == 0:
        return NO_HASH
    if seq == one.head.seq:
        return one.head.hash
    for head, data in _all(one):
        if head.first_seq == seq + 1:
            return head.prev
        if head.last == seq:
            return head.end
        if head.first_seq <= seq < head.last:
            try:
                return unpack(data, {}).events[seq - head.first_seq].hash
            except BatchBroken:
                return None
    return None


def _spoilt(data: bytes) -> bool:
    try:
        read_head(data)
    except BatchBroken:
        return True
    return False
