"""One file of a bundle: sealed to the station as a whole, signed by the desk that made it, whole in itself.

    age (X25519) around
        magic «MOTCUAU» · version (1 byte) · length of the manifest (4, big-endian)
        manifest  canonical JSON
        sign      Ed25519 by the making desk's key over the manifest's bytes (64)
        payload   zstandard of batches, each behind its length (4) and compact (storage/sync/batch.py)

A bundle of n files carries the same id in all of them; each can be taken in without the others.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Any

from core.record import canonical
from storage.event_log import Origin
from storage.keys import sign
from storage.sync.age import MAGIC as AGE
from storage.sync.age import CannotOpen, decrypt, encrypt
from storage.sync.batch import BatchBroken, BatchHead, read_compact_head

FORMAT = 1
MOST_PLAIN = 60_000_000
"""Bytes of batches in one file before they are compressed: what comes of them fits any file system."""
LARGEST = 80_000_000
"""A longer file is not looked at."""
_MOST_UNPACKED = 256 * 1024 * 1024
_LEVEL = 17
"""The next levels take twice as long for two bytes an event less."""
_MAGIC = b"MOTCUAU"
_FIXED = struct.Struct(">7sBI")
_LENGTH = struct.Struct(">I")
_SIGNATURE = 64


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a file says of itself. `holds`: how far its maker holds each origin; `sha256`: of the plain payload.

    `spans`: for each origin of this file the first and last seq with the hashes before and after.
    `policy`: the event, document and signature by which its maker may write bundles.
    """

    bundle: str
    part: int
    parts: int
    station: str
    desk: str
    epoch: int
    created: str
    previous: str
    events: int
    holds: tuple[tuple[str, int, int], ...]
    spans: tuple[tuple[str, int, int, int, str, str], ...]
    policy: tuple[str, str, str]
    sha256: str

    def signed(self) -> bytes:
        """What the signature covers."""
        return canonical({"format": FORMAT, **asdict(self)})

    def vector(self) -> dict[Origin, int]:
        return {Origin(desk, epoch): seq for desk, epoch, seq in self.holds}


@dataclass(frozen=True, slots=True)
class Part:
    """An opened file. `batches`: each head with where its bytes stand in `payload`; `signed` is what was signed."""

    manifest: Manifest
    signed: bytes
    signature: bytes
    payload: bytes
    batches: tuple[tuple[BatchHead, int, int], ...]


def payload_of(batches: Iterable[bytes]) -> bytes:
    return b"".join(_LENGTH.pack(len(batch)) + batch for batch in batches)


def spans_of(heads: Iterable[BatchHead]) -> tuple[tuple[str, int, int, int, str, str], ...]:
    """One line for each origin of batches that follow each other."""
    found: dict[Origin, tuple[str, int, int, int, str, str]] = {}
    for head in heads:
        origin, before = head.origin, found.get(head.origin)
        first, prev = (before[2], before[4]) if before else (head.first_seq, head.prev.hex())
        found[origin] = (origin.desk, origin.epoch, first, head.last, prev, head.end.hex())
    return tuple(found.values())


def write_part(manifest: Manifest, payload: bytes, private: bytes, publics: Iterable[bytes]) -> bytes:
    """The file's bytes: signed by the raw Ed25519 key, sealed to the raw X25519 ones."""
    import zstandard

    signed = manifest.signed()
    packed = zstandard.ZstdCompressor(level=_LEVEL).compress(payload)
    fixed = _FIXED.pack(_MAGIC, FORMAT, len(signed))
    return encrypt(b"".join((fixed, signed, sign(private, signed), packed)), publics)


def read_part(content: bytes, privates: Iterable[bytes]) -> Part:
    """Open a file with any of the raw X25519 keys; its signature is left to the caller.

    Raises CannotOpen: `bundle_too_large`, `bundle_not_one`, `bundle_wrong_receiver`, `bundle_damaged`, `bundle_newer`.
    """
    if len(content) > LARGEST:
        raise CannotOpen("bundle_too_large")
    if not content.startswith(AGE):
        raise CannotOpen("bundle_not_one")
    plain = decrypt(content, privates)
    try:
        magic, version, length = _FIXED.unpack_from(plain)
    except struct.error as error:
        raise CannotOpen("bundle_not_one") from error
    if magic != _MAGIC:
        raise CannotOpen("bundle_not_one")
    if version > FORMAT:
        raise CannotOpen("bundle_newer")
    end = _FIXED.size + length
    signed, signature = plain[_FIXED.size : end], plain[end : end + _SIGNATURE]
    try:
        manifest = _manifest(json.loads(signed))
        payload = _unpacked(plain[end + _SIGNATURE :])
        if hashlib.sha256(payload).hexdigest() != manifest.sha256:
            raise ValueError("payload")
        batches = _batches(payload)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise CannotOpen("bundle_damaged") from error
    return Part(manifest, signed, signature, payload, batches)


def words_for(signed: Sequence[bytes], count: int = 6) -> str:
    """Words by which two people on the phone compare what they hold: eight bits each over what was signed."""
    words = files("storage.sync").joinpath("words.txt").read_text("utf-8").split()
    digest = hashlib.sha256(b"".join(hashlib.sha256(one).digest() for one in signed)).digest()
    return " ".join(words[byte] for byte in digest[:count])


def _manifest(found: dict[str, Any]) -> Manifest:
    manifest = Manifest(
        bundle=str(found["bundle"]),
        part=_count(found["part"]),
        parts=_count(found["parts"]),
        station=str(found["station"]),
        desk=str(found["desk"]),
        epoch=_count(found["epoch"]),
        created=str(found["created"]),
        previous=str(found["previous"]),
        events=_count(found["events"]),
        holds=tuple((str(desk), _count(epoch), _count(seq)) for desk, epoch, seq in found["holds"]),
        spans=tuple((str(a), _count(b), _count(c), _count(d), str(e), str(f)) for a, b, c, d, e, f in found["spans"]),
        policy=_three(found["policy"]),
        sha256=str(found["sha256"]),
    )
    if not 1 <= manifest.part <= manifest.parts <= 999:
        raise ValueError("part")
    return manifest


def _count(found: Any) -> int:
    """A number that a table holds; ValueError for anything else."""
    if type(found) is not int or not 0 <= found < 1 << 48:
        raise ValueError("number")
    return found


def _three(found: list[Any]) -> tuple[str, str, str]:
    event, document, signature = found
    return str(event), str(document), str(signature)


def _unpacked(packed: bytes) -> bytes:
    import zstandard

    try:
        if not 0 <= zstandard.frame_content_size(packed) <= _MOST_UNPACKED:
            raise ValueError("size")
        return zstandard.ZstdDecompressor().decompress(packed)
    except zstandard.ZstdError as error:
        raise ValueError("compression") from error


def _batches(payload: bytes) -> tuple[tuple[BatchHead, int, int], ...]:
    found: list[tuple[BatchHead, int, int]] = []
    at = 0
    while at < len(payload):
        begin = at + _LENGTH.size
        if begin > len(payload):
            raise BatchBroken("length")
        at = begin + _LENGTH.unpack_from(payload, begin - _LENGTH.size)[0]
        found.append((read_compact_head(payload[begin:at]), begin, at))
    return tuple(found)
