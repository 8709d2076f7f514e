"""The line between one desk and one hub, on which a request, an answer or the desk itself may be lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from core.answers import InvalidInput
from storage.event_log import Head, Origin
from storage.sync.batch import BatchHead
from storage.sync.protocol import Answer, Hub, Offer, Offers, Reach

READS = ("heads", "offers", "fetch")
ON_CALL: dict[str, tuple[str, ...]] = {
    "request_lost": (*READS, "push"),
    "ack_lost": ("push", "heads"),
    "push_duplicated": ("push",),
    "push_replayed": ("push",),
    "push_delayed": ("push",),
    "offers_shuffled": ("offers",),
    "fetch_truncated": ("fetch",),
    "bits_flipped": ("fetch",),
    "crash_before_call": (*READS, "push"),
    "crash_after_call": (*READS, "push"),
}
"""Faults that fire at one call of one exchange, and the calls that they can fire at."""


class Crash(BaseException):
    """The process is gone: nothing of ours may catch it."""


@dataclass(slots=True)
class Weather:
    """What lasts between one desk and one hub, until it clears up. `link`: up, down, pull_only or push_only."""

    link: str = "up"
    calls_left: int | None = None


@dataclass(slots=True)
class Air:
    """What all lines of a history share: batches that were on their way, and those that are still."""

    seen: list[tuple[str, BatchHead, bytes]] = field(default_factory=list)
    delayed: Callable[[Hub, str, BatchHead, bytes], None] = lambda *_: None


@dataclass(slots=True)
class Line:
    """A hub as one desk reaches it in one exchange. `armed`: faults of ON_CALL, each after so many calls."""

    hub: Hub
    weather: Weather
    air: Air
    rng: Random
    fired: Callable[[str], None]
    die: Callable[[], None]
    armed: dict[str, int] = field(default_factory=dict)
    read_only: str | None = None
    calls: int = 0

    @property
    def url(self) -> str:
        return self.hub.url

    @property
    def memory(self) -> dict[str, str]:
        return self.hub.memory

    def create(self, durable_after: int | None = None) -> None:
        self.hub.create(durable_after)

    def stations(self) -> list[str]:
        return self.hub.stations()

    def heads(self, station: str, held: Mapping[Origin, Head]) -> dict[Origin, Reach]:
        return self._call("heads", lambda: self.hub.heads(station, held))

    def offers(self, station: str, origin: Origin, after: int) -> Offers:
        found = self._call("offers", lambda: self.hub.offers(station, origin, after))
        if self._due("offers_shuffled", "offers") and len(found.batches) > 1:
            self.fired("offers_shuffled")
            found = Offers(tuple(self.rng.sample(found.batches, len(found.batches))), found.damaged)
        return found

    def fetch(self, offer: Offer) -> bytes:
        data = self._call("fetch", lambda: self.hub.fetch(offer))
        if self._due("fetch_truncated", "fetch"):
            self.fired("fetch_truncated")
            data = data[: int(len(data) * self.rng.random())]
        if self._due("bits_flipped", "fetch") and data:
            self.fired("bits_flipped")
            altered = bytearray(data)
            altered[int(len(data) * self.rng.random())] ^= 1 << self.rng.randrange(8)
            data = bytes(altered)
        return data

    def push(self, station: str, head: BatchHead, data: bytes) -> Answer:
        self.air.seen.append((station, head, data))
        return self._call("push", lambda: self._push(station, head, data))

    def put_blob(self, station: str, name: str, data: bytes) -> None:
        self._call("put_blob", lambda: self.hub.put_blob(station, name, data))

    def get_blob(self, station: str, name: str) -> bytes | None:
        return self._call("get_blob", lambda: self.hub.get_blob(station, name))

    def delete_blob(self, station: str, name: str) -> None:
        self._call("delete_blob", lambda: self.hub.delete_blob(station, name))

    def blobs(self, station: str, prefix: str) -> list[str]:
        return self._call("blobs", lambda: self.hub.blobs(station, prefix))

    def now(self) -> datetime | None:
        return self.hub.now()

    def durable_after(self) -> int:
        return self.hub.durable_after()

    def _call(self, name: str, effect: Callable[[], Any]) -> Any:
        self.calls += 1
        self._reach(name)
        if self._due("crash_before_call", name):
            self.fired("crash_before_call")
            self.die()
        if self._due("request_lost", name):
            self.fired("request_lost")
            raise self._lost()
        answered = effect()
        if self._due("crash_after_call", name):
            self.fired("crash_after_call")
            self.die()
        if self._due("ack_lost", name):
            self.fired("ack_lost")
            raise self._lost()
        return answered

    def _push(self, station: str, head: BatchHead, data: bytes) -> Answer:
        if self._due("push_delayed", "push"):
            self.fired("push_delayed")
            self.air.delayed(self.hub, station, head, data)
            raise self._lost()
        if self._due("push_replayed", "push"):
            self.fired("push_replayed")
            self.hub.push(*self.rng.choice(self.air.seen))
        said = self.hub.push(station, head, data)
        if self._due("push_duplicated", "push"):
            self.fired("push_duplicated")
            said = self.hub.push(station, head, data)
        return said

    def _reach(self, name: str) -> None:
        """Whether the weather and the hub's state let the call through."""
        writes = name in ("push", "put_blob", "delete_blob")
        weather = self.weather
        if weather.calls_left is not None:
            weather.calls_left -= 1
            if weather.calls_left < 0:
                raise self._lost()
        blocked = {"down": True, "pull_only": writes, "push_only": name in ("offers", "fetch"), "up": False}
        if blocked[weather.link]:
            raise self._lost()
        if writes and self.read_only is not None:
            raise InvalidInput(self.read_only, url=self.url)

    def _due(self, kind: str, name: str) -> bool:
        """Whether an armed fault fires now; it does so once."""
        if kind not in self.armed or name not in ON_CALL[kind] or self.calls <= self.armed[kind]:
            return False
        del self.armed[kind]
        return True

    def _lost(self) -> InvalidInput:
        return InvalidInput("hub_unreachable", url=self.url)
