"""A bundle as a hub that can only be read: what lies in its files, whichever of them are there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from core.answers import InvalidInput, Refusal
from storage.event_log import Head, Origin
from storage.sync.age import CannotOpen
from storage.sync.batch import BatchHead
from storage.sync.bundle_file import LARGEST, Manifest, Part, read_part
from storage.sync.protocol import DURABLE_AFTER_S, NOTHING, Answer, Offer, Offers, Reach, reached

_PART = re.compile(r"(.+)\.(\d{3})")


class BundleHub:
    """The bundle that `path` is one file of, opened with the raw X25519 keys `privates`.

    `manifest` is the named file's. `missing`: files that are not there; `problems`: files that do not hold, and
    why. `signatures`: what each file that was read says of itself, and its signature, in order. Raises InvalidInput
    for the named file.
    """

    def __init__(self, path: Path, privates: Sequence[bytes]) -> None:
        self._base = path
        self._privates = privates
        self._parts: dict[int, Path] = {}
        self._offers: dict[Origin, list[Offer]] = {}
        self._last: tuple[int, Part] | None = None
        self.memory: dict[str, str] = {}
        self.problems: list[Refusal] = []
        self.signatures: list[tuple[bytes, bytes]] = []
        self.events = 0
        named = self._read(path)
        self.manifest: Manifest = named.manifest
        match = _PART.fullmatch(path.name)
        self._base = path.with_name(match[1]) if match and self.manifest.part > 1 else path
        self.missing = [number for number in range(1, self.manifest.parts + 1) if not self._found(number, named)]

    @property
    def url(self) -> str:
        return f"bundle:{self._base.name}"

    def create(self, durable_after: int | None = None) -> None:
        raise InvalidInput("hub_read_only", url=self.url)

    def stations(self) -> list[str]:
        return [self.manifest.station]

    def heads(self, station: str, held: Mapping[Origin, Head]) -> dict[Origin, Reach]:
        return {origin: self._reached(station, origin, held.get(origin)) for origin in self._of(station)}

    def offers(self, station: str, origin: Origin, after: int) -> Offers:
        return Offers(tuple(offer for offer in self._of(station).get(origin, ()) if offer.head.last > after))

    def fetch(self, offer: Offer) -> bytes:
        part, begin, end = (int(word) for word in offer.place.split(":"))
        if self._last is None or self._last[0] != part:
            self._last = part, self._read(self._parts[part])
        return self._last[1].payload[begin:end]

    def push(self, station: str, head: BatchHead, data: bytes) -> Answer:
        raise InvalidInput("hub_read_only", url=self.url)

    def rewrite(self, station: str, offer: Offer, data: bytes) -> None:
        raise InvalidInput("hub_read_only", url=self.url)

    def put_blob(self, station: str, name: str, data: bytes) -> None:
        raise InvalidInput("hub_read_only", url=self.url)

    def get_blob(self, station: str, name: str) -> bytes | None:
        return None

    def delete_blob(self, station: str, name: str) -> None:
        raise InvalidInput("hub_read_only", url=self.url)

    def blobs(self, station: str, prefix: str) -> list[str]:
        return []

    def now(self) -> datetime | None:
        return None

    def durable_after(self) -> int:
        return DURABLE_AFTER_S

    def _of(self, station: str) -> dict[Origin, list[Offer]]:
        return self._offers if station == self.manifest.station else {}

    def _reached(self, station: str, origin: Origin, held: Head | None) -> Reach:
        offers = self._of(station)[origin]
        claimed = max(offer.head.last for offer in offers)
        for start in (held, NOTHING):
            head = None if start is None else reached(offers, start)
            if head is not None:
                return Reach(head, claimed)
        return Reach(NOTHING, claimed)

    def _found(self, number: int, named: Part) -> bool:
        """Take note of one file; whether it is there, be it damaged or of another bundle."""
        path = self._base if number == 1 else part_path(self._base, number)
        if number == self.manifest.part:
            self._note(number, path, named)
            return True
        if not path.exists():
            return False
        try:
            part = self._read(path)
        except InvalidInput as error:
            self.problems.append(Refusal(error.code, params=error.params))
            return True
        same = (part.manifest.bundle, part.manifest.part) == (self.manifest.bundle, number)
        if same:
            self._note(number, path, part)
        return same

    def _note(self, number: int, path: Path, part: Part) -> None:
        self._parts[number] = path
        self._last = number, part
        self.events += part.manifest.events
        self.signatures.append((part.signed, part.signature))
        for head, begin, end in part.batches:
            self._offers.setdefault(head.origin, []).append(Offer(f"{number}:{begin}:{end}", head))

    def _read(self, path: Path) -> Part:
        try:
            if path.stat().st_size > LARGEST:
                raise InvalidInput("bundle_too_large", file=path.name)
            content = path.read_bytes()
        except OSError as error:
            raise InvalidInput("bundle_unreadable", file=path.name) from error
        try:
            return read_part(content, self._privates)
        except CannotOpen as error:
            raise InvalidInput(str(error), file=path.name) from error


def part_path(base: Path, number: int) -> Path:
    """Where a bundle's file lies: F, F.002, F.003, …"""
    return base if number == 1 else base.with_name(f"{base.name}.{number:03}")
