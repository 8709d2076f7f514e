"""An event as it is stored and sent: header and body bytes, the salted chain hash, and reading them back.

`hash = SHA-256(prev ‖ header bytes ‖ SHA-256(salt ‖ body bytes))` over the stored bytes: nothing is ever
serialised again to be checked, and a body whose bytes were destroyed still leaves a chain that verifies.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec.structs import force_setattr

from core.answers import InvalidInput
from core.upcast import STEPS, present

Place = tuple[int, str, int, int]
"""An event's clock, desk, epoch and seq."""
Places = AbstractSet[Place]
NO_HASH = bytes(32)
BODY_LIMIT = 4_000_000
"""Bytes: a desk writes no larger body."""
READ_LIMIT = 4 * BODY_LIMIT
"""Bytes: a larger body that another desk wrote is kept and sent on, but not looked into."""
DEPTH_LIMIT = 32
"""A body that is nested deeper is kept and sent on, but not looked into."""
_MOST, _MOST_HLC = (1 << 48) - 1, (1 << 63) - 1
"""No command is larger, no clock further ahead: what is counted with them stays within what tables hold."""
_SMALL = 256
"""Bytes: so few cannot nest far enough to do harm, and are read without being measured first."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a decision wants written: the log adds identity, order and chain."""

    entity: str
    kind: str
    at: datetime
    body: Mapping[str, Any]


class Event(msgspec.Struct, frozen=True, gc=False, rename={"event_id": "id", "version": "v"}):
    """One fact. `group` is (position, size) within its command; `hlc` is unix ms << 16 | counter.

    `version` is what its author wrote, `body` is what that means today. `must`: whoever does not know the kind or the
    version may give the entity no further legal effect. `unreadable`: there is a body, but it is no JSON object or
    past the limits, so `body` is empty.
    """

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
    hlc: Annotated[int, msgspec.Meta(ge=0, le=_MOST_HLC)]
    parents: tuple[str, ...]
    group: tuple[Annotated[int, msgspec.Meta(ge=0, le=_MOST)], Annotated[int, msgspec.Meta(ge=1, le=_MOST)]]
    body: Any = {}  # a mapping; filled in beside the header
    destroyed: bool = False
    must: bool = True
    unreadable: bool = False

    @property
    def order(self) -> Place:
        """The place in the one global order; what is said again has one for each time."""
        return self.hlc, self.desk, self.epoch, self.seq

    @property
    def name(self) -> tuple[str, str]:
        """Whose it is and its id, which nobody keeps another desk from writing something else under."""
        return self.desk, self.event_id

    @property
    def group_key(self) -> tuple[str, int, int]:
        """Names the command's events: the origin and the first one's seq."""
        return self.desk, self.epoch, self.seq - self.group[0]


def canonical(value: object) -> bytes:
    """JSON with sorted keys and no blanks, UTF-8, NFC; floats are refused (amounts are decimal strings)."""
    _refuse_floats(value)
    return _composed(msgspec.json.encode(value, order="sorted"))


def own_body(body: Mapping[str, Any]) -> bytes:
    """The canonical bytes of a body that this desk is about to write; InvalidInput `body_too_large`."""
    written = canonical(body)
    if len(written) > BODY_LIMIT:
        raise InvalidInput("body_too_large", limit=f"{BODY_LIMIT // 1_000_000}")
    return written


def _composed(json: bytes) -> bytes:
    """NFC; keys that come to be spelled otherwise are sorted again, and of two that come to be one the last stays."""
    if json.isascii() or unicodedata.is_normalized("NFC", text := json.decode()):
        return json
    return msgspec.json.encode(msgspec.json.decode(unicodedata.normalize("NFC", text)), order="sorted")


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


class _Header(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Its fields stand in the order of the alphabet: as they are encoded, the header is canonical.

    A field that came later has a default and is left out where it has that: older headers keep their bytes.
    """

    at: str
    by: str
    desk: str
    entity: str
    epoch: int
    group: tuple[int, int]
    hlc: int
    id: str
    kind: str
    must: bool = True
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
        must=event.must,
        parents=event.parents,
        seq=event.seq,
        unit=event.unit,
        v=event.version,
    )
    return _composed(msgspec.json.encode(header))


_read_header = msgspec.json.Decoder(Event).decode
_read_body = msgspec.json.Decoder(dict[str, Any]).decode


def read_event(header: bytes, body: bytes | None) -> Event:
    """The event behind stored bytes, its body as the present version of its kind has it.

    A body that is gone reads as empty and marks the event destroyed; one that cannot be read marks it unreadable.
    Raises ValueError where the header's bytes are none.
    """
    return with_body(read_header(header), body)


def read_header(header: bytes) -> Event:
    """What the header's bytes say, the body left empty; ValueError where they are none."""
    try:
        return _read_header(header)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError("not an event") from error


def with_body(event: Event, body: bytes | None) -> Event:
    """The event that `read_header` answered, filled in from its body's bytes."""
    content = {} if body is None else _content(body)
    if event.kind in STEPS and content is not None:
        content = present(event.kind, event.version, content, STEPS)
    force_setattr(event, "body", {} if content is None else content)
    if event.destroyed is not (body is None):
        force_setattr(event, "destroyed", body is None)
    if event.unreadable is not (content is None):
        force_setattr(event, "unreadable", content is None)
    return event


def _content(body: bytes) -> Mapping[str, Any] | None:
    """A body's fields; None where it is no JSON object, or past what this program looks into."""
    if len(body) > _SMALL and _is_beyond(body):
        return None
    try:
        return _read_body(body)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def _is_beyond(body: bytes) -> bool:
    """Whether a body is past what this program looks into."""
    return len(body) > READ_LIMIT or (body.count(b"{") + body.count(b"[") > DEPTH_LIMIT and _too_deep(body))


def _too_deep(body: bytes) -> bool:
    """Whether brackets outside of texts nest beyond DEPTH_LIMIT; counted, so that nothing recurses."""
    depth = 0
    for bracket in _BRACKETS.findall(_TEXTS.sub(b"", body)):
        depth += 1 if bracket in b"{[" else -1
        if depth > DEPTH_LIMIT:
            return True
    return False


_TEXTS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKETS = re.compile(rb"[][{}]")


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
