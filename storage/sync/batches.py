"""A desk's batches: cut once from its own events, signed, and the same at every hub; others' kept as they came."""

from __future__ import annotations

from collections.abc import Sequence

from core.answers import InvalidInput
from core.record import read_event
from storage.database import transaction
from storage.desk import Desk
from storage.event_log import Origin, StoredEvent, follows
from storage.keys import seal_public
from storage.sync.batch import MAX_EVENTS, BatchBroken, BatchHead, Unpacked, cut, head_of, pack, unpack
from storage.sync.enrolment import opened_halves
from storage.sync.protocol import Hub, Offer

_BORDERS = "SELECT first_seq, last_seq FROM batch WHERE origin = ? ORDER BY first_seq"
_HEAD = "SELECT head, signature FROM batch WHERE origin = ? AND first_seq = ?"
_SET_ASIDE = """
INSERT INTO sealed VALUES (?, ?, ?, ?, ?) ON CONFLICT (origin, first_seq) DO UPDATE
SET last_seq = excluded.last_seq, station_key = excluded.station_key, data = excluded.data
WHERE excluded.last_seq > last_seq
"""
_ASIDE = "SELECT data FROM sealed WHERE origin = ? AND first_seq = ?"
_KEEP = """
INSERT INTO batch VALUES (?, ?, ?, ?, ?) ON CONFLICT (origin, first_seq) DO UPDATE
SET last_seq = excluded.last_seq, head = excluded.head, signature = excluded.signature
WHERE excluded.last_seq > last_seq
"""
_FILL = "UPDATE event SET salt = ?, body = ? WHERE origin = ? AND seq = ? AND digest = ? AND body IS NULL"


def borders(desk: Desk, origin: Origin) -> list[tuple[int, int]]:
    """The origin's batches as they were cut, in order: (first, last)."""
    return [(first, last) for first, last in desk.connection.execute(_BORDERS, (desk.log.number(origin),))]


def heads(desk: Desk, origin: Origin) -> list[BatchHead]:
    """The origin's batches as they were signed when they were taken or cut."""
    asked = "SELECT head, signature FROM batch WHERE origin = ? ORDER BY first_seq"
    return [head_of(*row) for row in desk.connection.execute(asked, (desk.log.number(origin),))]


def keep(desk: Desk, head: BatchHead) -> None:
    """Remember a signed batch, inside the caller's transaction.

    Of two that begin at the same event the longer one is kept: else what only it holds could never be passed on.
    """
    values = (desk.log.number(head.origin), head.first_seq, head.last, head.signed(), head.signature)
    desk.connection.execute(_KEEP, values)


def is_cut(desk: Desk) -> bool:
    """Whether a signed batch holds each of this desk's own events."""
    return not any(_uncut(desk, origin) for origin in _own(desk))


def cut_own(desk: Desk) -> None:
    """Cut batches from whatever of this desk is in none yet: from now on it counts as offered, and stays.

    Raises InvalidInput `history_broken` where what is here does not hold: it is not signed.
    """
    if is_cut(desk):
        return
    with transaction(desk.connection):
        for origin in _own(desk):
            for after, last in _uncut(desk, origin):
                while after < last and (events := _next(desk, origin, after, last)):
                    keep(desk, _signed(desk, origin, after + 1, events))
                    after += len(events)


def fresh(desk: Desk, origin: Origin, first: int, last: int) -> tuple[BatchHead, bytes]:
    """A batch of own events with other borders, for a hub that holds a part of the one that was cut."""
    events = desk.log.stored(origin, first - 1, last - first + 1)
    head = _signed(desk, origin, first, events)
    return head, pack(head, events)


def whole(desk: Desk, origin: Origin, first: int) -> tuple[BatchHead, bytes]:
    """The batch that begins there, as it was first cut; one whose bodies wait for a key goes on as it came.

    Raises InvalidInput `history_broken` where what is here does not lead to what was signed: it is not passed on.
    """
    number = desk.log.number(origin)
    head = head_of(*desk.connection.execute(_HEAD, (number, first)).fetchone())
    row = desk.connection.execute(_ASIDE + " AND last_seq = ?", (number, first, head.last)).fetchone()
    if row is not None:
        return head, bytes(row[0])
    events = desk.log.stored(origin, first - 1, head.n)
    _check(head.prev, events, origin, first)
    if events[-1].hash != head.end:
        raise InvalidInput("history_broken", desk=origin.desk, epoch=origin.epoch, seq=head.last)
    return head, pack(head, events)


def opened(desk: Desk, data: bytes) -> Unpacked:
    """A batch, opened as far as it can be: also by a key that it brings to this desk itself. Raises BatchBroken.

    What a desk lost of its own may hold the only copy of the key to which it is sealed.
    """
    batch = unpack(data, desk.keys())
    if not batch.sealed:
        return batch
    private, own = desk.identity.seal_private, f"desk:{desk.identity.desk}"
    events = (one.event for one in batch.events if one.outline.kind == "station_key_shared")
    told = [str(event.body.get("sealed", "")) for event in events if event.entity == own and not event.destroyed]
    brought = {seal_public(half).hex(): half for text in told for half in opened_halves(private, text)}
    return unpack(data, brought) if batch.head.seal in brought else batch


def fetched(desk: Desk, hub: Hub, offer: Offer) -> Unpacked:
    """An offered batch, `opened`. Raises BatchBroken, also where it is not the one offered."""
    batch = opened(desk, hub.fetch(offer))
    if batch.head != offer.head:
        raise BatchBroken("head")
    return batch


def is_set_aside(desk: Desk, origin: Origin, first: int) -> bool:
    """Whether bodies of the batch that begins there wait for a key."""
    return desk.connection.execute(_ASIDE, (desk.log.number(origin), first)).fetchone() is not None


def set_aside(desk: Desk, head: BatchHead, data: bytes) -> None:
    """Keep a batch whose bodies no key here opens, until one comes; inside the caller's transaction.

    Of two that begin at the same event the longer one is kept: it holds the bodies of both.
    """
    values = (desk.log.number(head.origin), head.first_seq, head.last, head.seal, data)
    desk.connection.execute(_SET_ASIDE, values)


def has_sealed(desk: Desk) -> bool:
    """Whether anything lies aside that no key here opens."""
    return desk.connection.execute("SELECT 1 FROM sealed LIMIT 1").fetchone() is not None


def open_sealed(desk: Desk) -> bool:
    """Read what was set aside and can be opened now, and project everything anew; whether all of it was in order.

    What turns out to be no sealed part (a hub may put anything there) is asked for again by the next audit, at once.
    A number that this desk gave before its database moved backwards counts again.
    """
    keys = desk.keys()
    rows = desk.connection.execute("SELECT origin, first_seq, last_seq, station_key FROM sealed").fetchall()
    known = [row for row in rows if row[3] in keys]
    if not known:
        return True
    count, in_order = 0, True
    with transaction(desk.connection):
        for number, first, last, _ in known:
            (data,) = desk.connection.execute(_ASIDE, (number, first)).fetchone()
            origin = desk.log.origin(number)
            events = desk.log.stored(origin, first - 1, last - first + 1)  # some may have come in another batch
            try:
                found = [one for one in unpack(data, keys).events if one.body is not None]
            except BatchBroken:
                found, in_order = [], False
                desk.connection.execute("UPDATE hub SET audited = NULL")
            desk.connection.executemany(
                _FILL, [(one.salt, one.body, number, one.outline.seq, one.digest) for one in found]
            )
            desk.connection.execute("DELETE FROM sealed WHERE origin = ? AND first_seq = ?", (number, first))
            count += sum(event.body is None for event in events) if found else 0
            if origin.desk == desk.identity.desk:
                desk.count_numbers(read_event(one.header, one.body) for one in found)
        if count:
            desk.projection.rebuild()
    return in_order


def _check(previous: bytes, events: Sequence[StoredEvent], origin: Origin, first: int) -> None:
    for seq, event in enumerate(events, start=first):
        if not follows(previous, event):
            raise InvalidInput("history_broken", desk=origin.desk, epoch=origin.epoch, seq=seq)
        previous = event.hash


def _own(desk: Desk) -> list[Origin]:
    return [origin for origin in desk.log.heads() if origin.desk == desk.identity.desk]


def _uncut(desk: Desk, origin: Origin) -> list[tuple[int, int]]:
    """The spans (after, last) that no batch holds: the end, and a hole where a database came back between two acts."""
    at, spans = 0, []
    for first, last in [*borders(desk, origin), (desk.log.last_seq(origin) + 1, 0)]:
        if first > at + 1:
            spans.append((at, first - 1))
        at = max(at, last)
    return spans


def _next(desk: Desk, origin: Origin, after: int, last: int) -> list[StoredEvent]:
    events = desk.log.stored(origin, after, min(MAX_EVENTS, last - after))
    if events and not cut(events):  # a command that is larger than a batch travels alone
        events = desk.log.stored(origin, after, events[0].event.group[1])
    return events[: cut(events)]


def _signed(desk: Desk, origin: Origin, first: int, events: list[StoredEvent]) -> BatchHead:
    before = desk.log.hash_at(origin, first - 1) or b""
    _check(before, events, origin, first)
    head = BatchHead(
        desk.identity.station, origin, first, len(events), before, events[-1].hash, seal=desk.station_key()
    )
    return head.sign(desk.identity.sign_private)
