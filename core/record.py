"""An event as it is stored and sent: header and body bytes, the salted chain hash, and reading them back.

`hash = SHA-256(prev ‖ header bytes ‖ SHA-256(salt ‖ body bytes))` over the stored bytes: nothing is ever
serialised again to be checked, and a body whose bytes were destroyed still leaves a chain that verifies.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import force_setattr

NO_HASH = bytes(32)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a decision wants written: the log adds identity, order and chain."""

    entity: str
    kind: str
    at: datetime
    body: Mapping[str, Any]


class Event(msgspec.Struct, frozen=True, gc=False, rename={"event_id": "id", "version": "v"}):
    """One fact. `group` is (position, size) within its command; `hlc` is unix ms << 16 | counter."""

    event_id: str
    entity: str
    kind: str
    version: int
    at: datetime
    by: str
    unit: str
    desk: str
    epoch: int
    seq: int
    hlc: int
    parents: tuple[str, ...]
    group: tuple[int, int]
    body: Any = {}  # a mapping; filled in beside the header
    destroyed: bool = False

    @property
    def order(self) -> tuple[int, str, int, int]:
        """The place in the one global order."""
        return self.hlc, self.desk, self.epoch, self.seq

    @property
    def group_key(self) -> tuple[str, int, int]:
        """Names the command's events: the origin and the first one's seq."""
        return self.desk, self.epoch, self.seq - self.group[0]


def canonical(value: object) -> bytes:
    """JSON with sorted keys and no blanks, UTF-8, NFC; floats are refused (amounts are decimal strings)."""
    _refuse_floats(value)
    return _composed(msgspec.json.encode(value, order="sorted"))


def _composed(text: bytes) -> bytes:
    return text if text.isascii() else unicodedata.normalize("NFC", text.decode()).encode()


def _refuse_floats(value: object) -> None:
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None:
        return
    if isinstance(value, float):
        raise TypeError("a float in an event body: write the amount as a decimal string")
    if isinstance(value, Mapping):
        for inner in value.values():
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)


class _Header(msgspec.Struct):
    """Its fields stand in the order of the alphabet: as they are encoded, the header is canonical."""

    at: str
    by: str
    desk: str
    entity: str
    epoch: int
    group: tuple[int, int]
    hlc: int
    id: str
    kind: str
    parents: tuple[str, ...]
    seq: int
    unit: str
    v: int


def header_bytes(event: Event) -> bytes:
    """The canonical header, which the chain and the fold read; it says nothing of the body."""
    header = _Header(
        at=event.at.isoformat(timespec="seconds"),
        by=event.by,
        desk=event.desk,
        entity=event.entity,
        epoch=event.epoch,
        group=event.group,
        hlc=event.hlc,
        id=event.event_id,
        kind=event.kind,
        parents=event.parents,
        seq=event.seq,
        unit=event.unit,
        v=event.version,
    )
    return _composed(msgspec.json.encode(header))


_read_header = msgspec.json.Decoder(Event).decode
_read_body = msgspec.json.Decoder(dict[str, Any]).decode


def read_event(header: bytes, body: bytes | None) -> Event:
    """The event behind stored bytes; a body that is gone reads as empty and marks the event destroyed.

    Raises ValueError where the bytes are no event.
    """
    try:
        event = _read_header(header)
        if body is None:
            force_setattr(event, "destroyed", True)
        else:
            force_setattr(event, "body", _read_body(body))
    except msgspec.DecodeError as error:
        raise ValueError("not an event") from error
    return event


def body_hash(salt: bytes, body: bytes) -> bytes:
    return hashlib.sha256(salt + body).digest()


def chain_hash(previous: bytes, header: bytes, hashed_body: bytes) -> bytes:
    """The hash of an event from its predecessor's in the same origin (`NO_HASH` before the first)."""
    return hashlib.sha256(previous + header + hashed_body).digest()


def salt_for(secret: bytes, event_id: str) -> bytes:
    """Sixteen bytes from the entity's secret: with the secret gone, nothing is left to guess bodies by."""
    return hashlib.blake2b(event_id.encode(), key=secret, digest_size=16).digest()


def next_hlc(last: int, now_ms: int) -> int:
    """The hybrid logical clock after `last`: never behind it, the counter overflowing into the next ms."""
    return max(now_ms << 16, last + 1)
