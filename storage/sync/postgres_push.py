"""How a batch is put into a PostgreSQL hub: one statement moves the head and adds it, else it is told where it is."""

from __future__ import annotations

from functools import partial
from typing import Any

from core.record import NO_HASH
from storage.event_log import Head, StoredEvent
from storage.sync.batch import BatchBroken, BatchHead, read_head, unpack
from storage.sync.postgres_link import Link
from storage.sync.protocol import NOTHING, Answer, answer

_TRIES = 3
_HEAD = "SELECT seq, hash FROM motcua.head WHERE station = %(station)s AND desk = %(desk)s AND epoch = %(epoch)s"
_STORE = """
INSERT INTO motcua.batch (station, desk, epoch, first_seq, last_seq, prev_hash, end_hash, head, signature, data)
SELECT %(station)s, %(desk)s, %(epoch)s, %(first)s::bigint, %(last)s::bigint, %(prev)b::bytea, %(end)b::bytea,
    %(head)b::bytea, %(signature)b::bytea, %(data)b::bytea
"""
_BEGIN = f"""
WITH moved AS (
    INSERT INTO motcua.head (station, desk, epoch, seq, hash)
    VALUES (%(station)s, %(desk)s, %(epoch)s, %(last)s, %(end)b) ON CONFLICT DO NOTHING RETURNING seq
) {_STORE} FROM moved"""
_FOLLOW = f"""
WITH moved AS (
    UPDATE motcua.head SET seq = %(last)s, hash = %(end)b
    WHERE station = %(station)s AND desk = %(desk)s AND epoch = %(epoch)s AND seq = %(before)s AND hash = %(prev)b
    RETURNING seq
) {_STORE} FROM moved"""
_REFILL = f"""{_STORE}WHERE NOT EXISTS (
    SELECT 1 FROM motcua.batch
    WHERE station = %(station)s AND desk = %(desk)s AND epoch = %(epoch)s
    AND first_seq <= %(last)s AND last_seq >= %(first)s
)
"""
_HELD = """
SELECT first_seq, last_seq, end_hash, data FROM motcua.batch
WHERE station = %(station)s AND desk = %(desk)s AND epoch = %(epoch)s AND first_seq <= %(seq)s
ORDER BY first_seq DESC LIMIT 1
"""
_PREV = """
SELECT prev_hash FROM motcua.batch
WHERE station = %(station)s AND desk = %(desk)s AND epoch = %(epoch)s AND first_seq = %(seq)s::bigint + 1
"""
_MEND = """
UPDATE motcua.batch SET data = %(data)b
WHERE station = %(station)s AND desk = %(desk)s AND epoch = %(epoch)s AND first_seq = %(first)s AND end_hash = %(end)b
"""


def push(link: Link, station: str, head: BatchHead, data: bytes) -> Answer:
    """Store a batch where it follows its origin's head at once, or where the hub lost it; raises psycopg.Error."""
    asked = {
        "station": station,
        "desk": head.origin.desk,
        "epoch": head.origin.epoch,
        "first": head.first_seq,
        "before": head.first_seq - 1,
        "last": head.last,
        "prev": head.prev,
        "end": head.end,
        "head": head.signed(),
        "signature": head.signature,
        "data": data,
    }
    begins = head.first_seq == 1 and head.prev == NO_HASH
    for _ in range(_TRIES):
        if link.execute(_BEGIN if begins else _FOLLOW, asked).rowcount == 1:
            return Answer.OK
        row = _one(rows(link, _HEAD, asked))
        held = NOTHING if row is None else Head(row[0], row[1])
        if _refilled(link, head, held, asked):
            return Answer.OK
        said = answer(head, held.seq, partial(_hash_at, link, asked, held))
        if said is not Answer.OK:  # else what it follows has come just now
            _mended(link, head, asked, said)
            return said
    return Answer.GAP


def _refilled(link: Link, head: BatchHead, held: Head, asked: dict[str, Any]) -> bool:
    """Put a batch back that the hub lost from amid its chain, where it fits what is left there."""
    if head.last > held.seq:
        return False
    ends = ((head.first_seq - 1, head.prev), (head.last, head.end))
    fits = all(_hash_at(link, asked, held, seq) in (None, end) for seq, end in ends)
    return fits and link.execute(_REFILL, asked).rowcount == 1


def _mended(link: Link, head: BatchHead, asked: dict[str, Any], said: Answer) -> None:
    """Put whole bytes in the place of spoilt ones of the same batch."""
    stored = _one(rows(link, _HELD, asked | {"seq": head.first_seq})) if said is Answer.DUPLICATE else None
    if stored is not None and _head_in(stored[3]) is None:
        link.execute(_MEND, asked)


def _hash_at(link: Link, asked: dict[str, Any], held: Head, seq: int) -> bytes | None:
    """The chain hash at a place of an origin: a batch's border, or from the clear part of the batch around it."""
    if seq == 0:
        return NO_HASH
    if seq == held.seq:
        return held.hash
    row = _one(rows(link, _HELD, asked | {"seq": seq}))
    if row is None or row[1] < seq:
        after = _one(rows(link, _PREV, asked | {"seq": seq}))
        return None if after is None else bytes(after[0])
    first, last, end, data = row
    if last == seq:
        return bytes(end)
    try:
        inside: StoredEvent = unpack(data, {}).events[seq - first]
    except BatchBroken:
        return None
    return inside.hash


def rows(link: Link, query: str, asked: Any) -> list[Any]:
    """What a statement answers, in binary; nothing for one that answers nothing."""
    with link.cursor(binary=True) as cursor:
        cursor.execute(query, asked)
        return cursor.fetchall() if cursor.description else []


def _one(found: list[Any]) -> Any:
    return found[0] if found else None


def _head_in(data: bytes) -> BatchHead | None:
    try:
        return read_head(data)
    except BatchBroken:
        return None
