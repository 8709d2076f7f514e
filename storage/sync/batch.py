"""A batch: consecutive events of one origin as one signed, self-checking file, in two parts.

    magic «MOTCUAB» · version (1 byte) · length of head (4) · of the clear part (4) · of the sealed part (4), big-endian
    head     canonical JSON: proto, station, desk, epoch, first_seq, n, prev, end (hex), seal (a station key)
    sign     Ed25519 by the desk's key over the head's bytes (64)
    clear    zstandard: for each event its header (length 4 + bytes), the salted hash of its body (32) and a flag:
             0 the body is in the sealed part, 1 salt (16) and body (length 4 + bytes) follow, 2 the body is destroyed
    sealed   zstandard of the other bodies (salt, length, bytes), sealed as a whole to the station's key
    SHA-256 of all before it (32)

The signature covers the head alone, and the chain the content: whoever holds the events and the signed head makes the
same batch again. Version 1 (an earlier desk's) has all bodies in its second part, unsealed. A *compact* batch (magic
«MOTCUAC») stands inside a bundle, which is sealed and compressed as a whole: plain, without the hashes of bodies that
travel along, without the last 32 bytes. Pure functions over bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from core.answers import InvalidInput
from core.events import KINDS
from core.record import body_hash, canonical, chain_hash
from storage.event_log import Origin, StoredEvent
from storage.keys import can_seal_to, seal, sign, signature_holds, unseal

PROTO = 2
MAGIC = b"MOTCUAB"
COMPACT = b"MOTCUAC"
MAX_EVENTS = 5000
MAX_BYTES = 4 * 1024 * 1024
_MAX_UNPACKED = 256 * 1024 * 1024
_FIXED = struct.Struct(">7sBIII")
_LENGTH = struct.Struct(">I")
_MOST, _MOST_EPOCHS = 1 << 48, (1 << 31) - 1
"""No place or length, and no epoch, is larger: what is counted with them stays within what tables hold."""
_NAME = re.compile(r"[0-9A-Za-z-]{1,64}")
"""Of a station or desk: a hub may make a folder's name of it."""
_HASH = 32
_SIGNATURE = 64
_SALT = 16
_SEALED, _HERE, _DESTROYED, _UNHASHED = b"\x00", b"\x01", b"\x02", b"\x03"


class BatchBroken(ValueError):
    """The bytes are not a whole, unaltered batch; the argument says what is wrong."""


@dataclass(frozen=True, slots=True)
class BatchHead:
    """The clear head: events `first_seq … last` of `origin`, whose chain leads from `prev` to `end`.

    `seal` is the public half of the station key (hex) that the bodies are sealed to; empty in version 1.
    """

    station: str
    origin: Origin
    first_seq: int
    n: int
    prev: bytes
    end: bytes
    signature: bytes = b""
    seal: str = ""
    proto: int = PROTO

    @property
    def last(self) -> int:
        return self.first_seq + self.n - 1

    def signed(self) -> bytes:
        """What the signature covers."""
        return canonical(
            {
                "proto": self.proto,
                "station": self.station,
                "desk": self.origin.desk,
                "epoch": self.origin.epoch,
                "first_seq": self.first_seq,
                "n": self.n,
                "prev": self.prev.hex(),
                "end": self.end.hex(),
                "seal": self.seal if self.proto > 1 else 0,
            }
        )

    def sign(self, private: bytes) -> BatchHead:
        """The head with its desk's signature."""
        return replace(self, signature=sign(private, self.signed()))

    def signed_by(self, public: bytes) -> bool:
        return signature_holds(public, self.signature, self.signed())


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A batch's events with the chain computed; `sealed`: its bytes where no key here opens the bodies, else empty."""

    head: BatchHead
    events: list[StoredEvent]
    sealed: bytes


def head_of(data: bytes, signature: bytes) -> BatchHead:
    """The head behind its signed bytes; raises BatchBroken."""
    try:
        found = json.loads(data)
        head = BatchHead(
            station=found["station"],
            origin=Origin(found["desk"], found["epoch"]),
            first_seq=found["first_seq"],
            n=found["n"],
            prev=bytes.fromhex(found["prev"]),
            end=bytes.fromhex(found["end"]),
            signature=signature,
            seal=found["seal"] or "",
            proto=found["proto"],
        )
        sound = _is_sound(head) and head.signed() == data
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BatchBroken("head") from error
    if not sound:
        raise BatchBroken("head")
    return head


def _is_sound(head: BatchHead) -> bool:
    """Whether every field is what it should be: nobody has signed yet what is read here."""
    names, numbers = (head.station, head.origin.desk), (head.first_seq, head.n)
    return (
        all(type(name) is str and _NAME.fullmatch(name) for name in names)
        and type(head.seal) is str
        and all(type(number) is int and 1 <= number <= _MOST for number in numbers)
        and type(head.origin.epoch) is int
        and 1 <= head.origin.epoch <= _MOST_EPOCHS
        and len(head.prev) == len(head.end) == _HASH
    )


def pack(head: BatchHead, events: Sequence[StoredEvent]) -> bytes:
    """The file of these events under their signed head; the same events and compressor give the same bytes."""
    clear, bodies = _parts_v1(events) if head.proto == 1 else _parts(events)
    second = _compress(bodies) if head.proto == 1 else _seal(head.seal, _compress(bodies))
    first, signed = _compress(clear), head.signed()
    fixed = _FIXED.pack(MAGIC, head.proto, len(signed), len(first), len(second))
    whole = b"".join((fixed, signed, head.signature, first, second))
    return whole + hashlib.sha256(whole).digest()


def pack_compact(head: BatchHead, events: Sequence[StoredEvent]) -> bytes:
    """The same batch as it stands inside a bundle: like beside like, which compresses well.

    Lengths of headers with flags, headers, hashes of destroyed bodies; then the other bodies' salts, lengths, bytes.
    """
    bodies = [(event.salt, event.body) for event in events if event.salt is not None and event.body is not None]
    clear = [
        *(_LENGTH.pack(len(event.header)) + (_DESTROYED if event.body is None else _UNHASHED) for event in events),
        *(event.header for event in events),
        *(event.digest for event in events if event.body is None),
    ]
    rest = [
        *(salt for salt, _ in bodies),
        *(_LENGTH.pack(len(body)) for _, body in bodies),
        *(body for _, body in bodies),
    ]
    first, second, signed = b"".join(clear), b"".join(rest), head.signed()
    fixed = _FIXED.pack(COMPACT, head.proto, len(signed), len(first), len(second))
    return b"".join((fixed, signed, head.signature, first, second))


def read_compact_head(data: bytes) -> BatchHead:
    """The head of a compact batch; raises BatchBroken."""
    version, head_length, first, second = _lengths(data, COMPACT)
    start = _FIXED.size + head_length
    if len(data) != start + _SIGNATURE + first + second:
        raise BatchBroken("length")
    head = head_of(data[_FIXED.size : start], data[start : start + _SIGNATURE])
    if head.proto != version:
        raise BatchBroken("version")
    return head


def read_head(data: bytes) -> BatchHead:
    """The head of a file that is whole, unaltered and of a known version; raises BatchBroken."""
    version, head_length, first, second = _lengths(data)
    start = _FIXED.size + head_length
    if len(data) != start + _SIGNATURE + first + second + _HASH:
        raise BatchBroken("length")
    if hashlib.sha256(memoryview(data)[:-_HASH]).digest() != data[-_HASH:]:
        raise BatchBroken("hash")
    head = head_of(data[_FIXED.size : start], data[start : start + _SIGNATURE])
    if head.proto != version:
        raise BatchBroken("version")
    return head


def unpack(data: bytes, keys: Mapping[str, bytes]) -> Unpacked:
    """The head and its events, with the chain computed from `prev` to `end`; raises BatchBroken.

    `keys` are the private halves of the station's keys by their public ones. A body that none of them opens is None.
    """
    if data.startswith(COMPACT):
        return _read_compact(data)
    head = read_head(data)
    _, head_length, first, second = _lengths(data)
    start = _FIXED.size + head_length + _SIGNATURE
    clear, rest = data[start : start + first], data[start + first : start + first + second]
    if head.proto == 1:
        return Unpacked(head, _read_v1(head, _decompress(clear), _decompress(rest)), b"")
    private = keys.get(head.seal)
    if private is None:
        return Unpacked(head, _read(head, _decompress(clear), None), data)
    return Unpacked(head, _read(head, _decompress(clear), _open(private, rest)), b"")


def cut(events: Sequence[StoredEvent], most: int = MAX_EVENTS, most_bytes: int = MAX_BYTES) -> int:
    """How many of the leading events make one batch: whole commands within the limits, a larger one alone.

    0 where not even the first command is whole.
    """
    end = total = 0
    for count, event in enumerate(events, start=1):
        total += len(event.header) + len(event.body or b"") + _HASH + _SALT
        position, size = event.outline.group
        if end and (count > most or total > most_bytes):
            break
        if position == size - 1:
            end = count
    return end


def _parts(events: Sequence[StoredEvent]) -> tuple[bytes, bytes]:
    clear: list[bytes] = []
    sealed: list[bytes] = []
    for event in events:
        clear += (_LENGTH.pack(len(event.header)), event.header, event.digest)
        if event.salt is None or event.body is None:
            clear.append(_DESTROYED)
            continue
        kind = KINDS.get(event.outline.kind)
        part, flag = (clear, _HERE) if kind is not None and kind.clear else (sealed, _SEALED)
        clear.append(flag)
        part += (event.salt, _LENGTH.pack(len(event.body)), event.body)
    return b"".join(clear), b"".join(sealed)


def _read(head: BatchHead, clear: bytes, sealed: bytes | None) -> list[StoredEvent]:
    """The hot loop of a pull: places in the bytes are counted here, and looked at as a whole at the end."""
    bodies = sealed or b""
    events: list[StoredEvent] = []
    previous, salt, body = head.prev, None, None
    at = place = 0
    try:
        for seq in range(head.first_seq, head.last + 1):
            begin = at + _LENGTH.size
            end = begin + _LENGTH.unpack_from(clear, at)[0]
            header, at = clear[begin:end], end + _HASH
            digest, flag = clear[end:at], clear[at : at + 1]
            at += 1
            if flag == _HERE:
                salt, body, at = _body_at(clear, at)
            elif flag == _SEALED and sealed is not None:
                salt, body, place = _body_at(bodies, place)
            elif flag in (_SEALED, _DESTROYED):
                salt = body = None
            else:
                raise BatchBroken("flag")
            previous = _placed(events, head, seq, previous, (header, digest, salt, body))
    except struct.error as error:
        raise BatchBroken("length") from error
    if previous != head.end or (at, place) != (len(clear), len(bodies)):
        raise BatchBroken("chain")
    return events


def _body_at(data: bytes, at: int) -> tuple[bytes, bytes, int]:
    """Salt, body and where the body ends; past the end of the data where that is too short."""
    begin = at + _SALT + _LENGTH.size
    end = begin + _LENGTH.unpack_from(data, begin - _LENGTH.size)[0]
    return data[at : at + _SALT], data[begin:end], end


def _parts_v1(events: Sequence[StoredEvent]) -> tuple[bytes, bytes]:
    headers = b"".join(_LENGTH.pack(len(event.header)) + event.header + event.digest for event in events)
    return headers, b"".join(_packed_body(event) for event in events)


def _packed_body(event: StoredEvent) -> bytes:
    if event.salt is None or event.body is None:
        return b"\x00"
    return b"\x01" + event.salt + _LENGTH.pack(len(event.body)) + event.body


def _read_v1(head: BatchHead, clear: bytes, rest: bytes) -> list[StoredEvent]:
    headers, bodies = _Reader(clear), _Reader(rest)
    events: list[StoredEvent] = []
    previous = head.prev
    for seq in range(head.first_seq, head.last + 1):
        header, digest = headers.sized(), headers.take(_HASH)
        salt, body = bodies.body() if bodies.take(1) != b"\x00" else (None, None)
        previous = _placed(events, head, seq, previous, (header, digest, salt, body))
    if previous != head.end or not (headers.done and bodies.done):
        raise BatchBroken("chain")
    return events


def _read_compact(data: bytes) -> Unpacked:
    head = read_compact_head(data)
    _, head_length, first, _ = _lengths(data, COMPACT)
    start = _FIXED.size + head_length + _SIGNATURE
    if head.n > first:
        raise BatchBroken("length")
    if head.proto > 1 and not can_seal_to(head.seal):  # whoever takes it is to leave it at hubs
        raise BatchBroken("seal")
    clear, rest = _Reader(data[start : start + first]), _Reader(data[start + first :])
    marks = [(clear.length(), clear.take(1)) for _ in range(head.n)]
    if any(flag not in (_UNHASHED, _DESTROYED) for _, flag in marks):
        raise BatchBroken("flag")
    headers = [clear.take(size) for size, _ in marks]
    here = sum(flag == _UNHASHED for _, flag in marks)
    salts = [rest.take(_SALT) for _ in range(here)]
    sizes = [rest.length() for _ in range(here)]
    bodies = iter([(salt, rest.take(size)) for salt, size in zip(salts, sizes, strict=True)])
    events: list[StoredEvent] = []
    previous = head.prev
    for (_, flag), header in zip(marks, headers, strict=True):
        salt, body = next(bodies) if flag == _UNHASHED else (None, None)
        digest = clear.take(_HASH) if salt is None or body is None else body_hash(salt, body)
        seq = head.first_seq + len(events)
        previous = _placed(events, head, seq, previous, (header, digest, salt, body))
    if previous != head.end or not (clear.done and rest.done):
        raise BatchBroken("chain")
    return Unpacked(head, events, b"")


def _placed(
    events: list[StoredEvent],
    head: BatchHead,
    seq: int,
    previous: bytes,
    parts: tuple[bytes, bytes, bytes | None, bytes | None],
) -> bytes:
    """Append the event in its place; answers its chain hash."""
    header, digest, salt, body = parts
    if body is not None and body_hash(salt or b"", body) != digest:
        raise BatchBroken("body")
    end = chain_hash(previous, header, digest)
    stored = StoredEvent(header, digest, salt, body, end)
    try:
        read = stored.outline
    except ValueError as error:
        raise BatchBroken("event") from error
    if read.seq != seq or read.desk != head.origin.desk or read.epoch != head.origin.epoch:
        raise BatchBroken("event")
    events.append(stored)
    return end


def _lengths(data: bytes, expected: bytes = MAGIC) -> tuple[int, int, int, int]:
    if len(data) < _FIXED.size:
        raise BatchBroken("length")
    magic, version, head, first, second = _FIXED.unpack_from(data)
    if magic != expected:
        raise BatchBroken("magic")
    if version not in (1, PROTO):
        raise BatchBroken("version")
    return version, head, first, second


def _seal(public: str, compressed: bytes) -> bytes:
    """Sealed under a key drawn from the content, which holds secret salts: the same bodies give the same bytes."""
    return seal(bytes.fromhex(public), compressed, drawn_from(compressed))


def drawn_from(secret: bytes) -> Callable[[int], bytes]:
    """Entropy that only whoever knows the secret can draw again."""
    return lambda size: hashlib.blake2b(secret, digest_size=size, person=b"motcua batch").digest()


def _open(private: bytes, sealed: bytes) -> bytes:
    try:
        return _decompress(unseal(private, sealed))
    except InvalidInput as error:
        raise BatchBroken("seal") from error


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

    __slots__ = ("_at", "_data")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def done(self) -> bool:
        return self._at == len(self._data)

    def take(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._data):
            raise BatchBroken("length")
        part = self._data[self._at : end]
        self._at = end
        return part

    def length(self) -> int:
        return int(_LENGTH.unpack(self.take(_LENGTH.size))[0])

    def sized(self) -> bytes:
        return self.take(self.length())

    def body(self) -> tuple[bytes, bytes]:
        return self.take(_SALT), self.sized()
