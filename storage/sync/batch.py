"""A batch: consecutive events of one origin as one signed, self-checking file.

    magic «MOTCUAB» · version (1 byte) · length of head (4) · of headers (4) · of bodies (4), big-endian
    head     canonical JSON: proto, station, desk, epoch, first_seq, n, prev, end (hex), seal
    sign     Ed25519 by the desk's key over the head's bytes (64)
    headers  zstandard: for each event its header (length 4 + bytes) and the salted hash of its body (32)
    bodies   zstandard: for each event a flag, and unless destroyed its salt (16) and body (length 4 + bytes)
    SHA-256 of all before it (32)

`seal` is 0: bodies are not sealed yet. Pure functions over bytes; nothing here opens a file.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass

from core.record import body_hash, canonical, chain_hash, read_event
from storage.event_log import Origin, StoredEvent
from storage.keys import sign, signature_holds

PROTO = 1
MAGIC = b"MOTCUAB"
MAX_EVENTS = 5000
MAX_BYTES = 4 * 1024 * 1024
_MAX_UNPACKED = 256 * 1024 * 1024
_FIXED = struct.Struct(">7sBIII")
_LENGTH = struct.Struct(">I")
_HASH = 32
_SIGNATURE = 64
_SALT = 16


class BatchBroken(ValueError):
    """The bytes are not a whole, unaltered batch; the argument says what is wrong."""


@dataclass(frozen=True, slots=True)
class BatchHead:
    """The clear head: events `first_seq … last` of `origin`, whose chain leads from `prev` to `end`."""

    station: str
    origin: Origin
    first_seq: int
    n: int
    prev: bytes
    end: bytes
    signature: bytes

    @property
    def last(self) -> int:
        return self.first_seq + self.n - 1

    def signed(self) -> bytes:
        """What the signature covers."""
        return canonical(
            {
                "proto": PROTO,
                "station": self.station,
                "desk": self.origin.desk,
                "epoch": self.origin.epoch,
                "first_seq": self.first_seq,
                "n": self.n,
                "prev": self.prev.hex(),
                "end": self.end.hex(),
                "seal": 0,
            }
        )

    def signed_by(self, public: bytes) -> bool:
        return signature_holds(public, self.signature, self.signed())


def pack(
    station: str, origin: Origin, first_seq: int, prev: bytes, events: Sequence[StoredEvent], private: bytes
) -> bytes:
    """The file of these events; the same events, compressor and key give the same bytes."""
    unsigned = BatchHead(station, origin, first_seq, len(events), prev, events[-1].hash, b"")
    head = unsigned.signed()
    headers = _compress(b"".join(_sized(event.header) + event.digest for event in events))
    bodies = _compress(b"".join(_packed_body(event) for event in events))
    fixed = _FIXED.pack(MAGIC, PROTO, len(head), len(headers), len(bodies))
    whole = fixed + head + sign(private, head) + headers + bodies
    return whole + hashlib.sha256(whole).digest()


def read_head(data: bytes) -> BatchHead:
    """The head of a file that is whole, unaltered and of a known version; raises BatchBroken."""
    head_length, headers, bodies = _lengths(data)
    start = _FIXED.size + head_length
    if len(data) != start + _SIGNATURE + headers + bodies + _HASH:
        raise BatchBroken("length")
    if hashlib.sha256(data[:-_HASH]).digest() != data[-_HASH:]:
        raise BatchBroken("hash")
    head_bytes = data[_FIXED.size : start]
    try:
        found = json.loads(head_bytes)
        head = BatchHead(
            station=found["station"],
            origin=Origin(found["desk"], found["epoch"]),
            first_seq=found["first_seq"],
            n=found["n"],
            prev=bytes.fromhex(found["prev"]),
            end=bytes.fromhex(found["end"]),
            signature=data[start : start + _SIGNATURE],
        )
        sound = head.signed() == head_bytes and head.first_seq >= 1 and head.n >= 1
    except (ValueError, KeyError, TypeError) as error:
        raise BatchBroken("head") from error
    if not sound:
        raise BatchBroken("head")
    return head


def unpack(data: bytes) -> tuple[BatchHead, list[StoredEvent]]:
    """The head and its events, with the chain computed from `prev` to `end`; raises BatchBroken."""
    head = read_head(data)
    head_length, headers_length, bodies_length = _lengths(data)
    start = _FIXED.size + head_length + _SIGNATURE
    headers = _Reader(_decompress(data[start : start + headers_length]))
    start += headers_length
    bodies = _Reader(_decompress(data[start : start + bodies_length]))
    events: list[StoredEvent] = []
    previous = head.prev
    for seq in range(head.first_seq, head.last + 1):
        header, digest = headers.sized(), headers.take(_HASH)
        salt, body = bodies.salted()
        previous = chain_hash(previous, header, digest)
        if salt is not None and body is not None and body_hash(salt, body) != digest:
            raise BatchBroken("body")
        event = StoredEvent(header, digest, salt, body, previous)
        _check_place(event, head.origin, seq)
        events.append(event)
    if previous != head.end or not (headers.done and bodies.done):
        raise BatchBroken("chain")
    return head, events


def group_place(event: StoredEvent) -> tuple[int, int]:
    """An event's position in its command, and the command's size."""
    position, size = json.loads(event.header)["group"]
    return position, size


def cut(events: Sequence[StoredEvent], most: int = MAX_EVENTS, most_bytes: int = MAX_BYTES) -> int:
    """How many of the leading events make one batch: whole commands within the limits, a larger one alone.

    0 where not even the first command is whole.
    """
    end = total = 0
    for count, event in enumerate(events, start=1):
        total += len(event.header) + len(event.body or b"") + _HASH + _SALT
        position, size = group_place(event)
        if end and (count > most or total > most_bytes):
            break
        if position == size - 1:
            end = count
    return end


def _check_place(event: StoredEvent, origin: Origin, seq: int) -> None:
    try:
        read = read_event(event.header, event.body)
        fits = (read.desk, read.epoch, read.seq) == (origin.desk, origin.epoch, seq)
    except (ValueError, KeyError, TypeError) as error:
        raise BatchBroken("event") from error
    if not fits:
        raise BatchBroken("event")


def _lengths(data: bytes) -> tuple[int, int, int]:
    if len(data) < _FIXED.size:
        raise BatchBroken("length")
    magic, version, head, headers, bodies = _FIXED.unpack_from(data)
    if magic != MAGIC:
        raise BatchBroken("magic")
    if version != PROTO:
        raise BatchBroken("version")
    return head, headers, bodies


def _sized(data: bytes) -> bytes:
    return _LENGTH.pack(len(data)) + data


def _packed_body(event: StoredEvent) -> bytes:
    if event.salt is None or event.body is None:
        return b"\x00"
    return b"\x01" + event.salt + _sized(event.body)


def _compress(data: bytes) -> bytes:
    import zstandard

    return zstandard.ZstdCompressor(level=3).compress(data)


def _decompress(data: bytes) -> bytes:
    import zstandard

    try:
        if zstandard.frame_content_size(data) > _MAX_UNPACKED:
            raise BatchBroken("size")
        return zstandard.ZstdDecompressor().decompress(data)
    except zstandard.ZstdError as error:
        raise BatchBroken("compression") from error


class _Reader:
    """Takes parts off the front of bytes; BatchBroken where there are too few."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def done(self) -> bool:
        return self._at == len(self._data)

    def take(self, size: int) -> bytes:
        part = self._data[self._at : self._at + size]
        if len(part) != size:
            raise BatchBroken("length")
        self._at += size
        return part

    def sized(self) -> bytes:
        (size,) = _LENGTH.unpack(self.take(_LENGTH.size))
        return self.take(size)

    def salted(self) -> tuple[bytes | None, bytes | None]:
        if self.take(1) == b"\x00":
            return None, None
        return self.take(_SALT), self.sized()
