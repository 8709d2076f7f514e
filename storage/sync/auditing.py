"""Once a day and hub: everything is read again, here and there, and what has rotted is mended by who has it right.

A chain is mended only by batches that its own desk signed and that lead on from what holds here.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from core.answers import Refusal
from core.moments import legal_day
from storage.chains import Break, first_breaks
from storage.database import DATABASE_NAME, is_whole, transaction
from storage.desk import Desk
from storage.event_log import Head, StoredEvent, follows, unlocked
from storage.folder import write_meta
from storage.keys import database_key
from storage.sync.batch import BatchBroken
from storage.sync.batches import fetched, heads, is_set_aside
from storage.sync.enrolment import sign_key
from storage.sync.protocol import Hub

_INSERT = """
INSERT INTO event (entity, kind, officer, header, digest, salt, body, hash, origin, seq)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def is_due(desk: Desk, hub: Hub) -> bool:
    """Whether nobody has audited with this hub today."""
    row = desk.connection.execute("SELECT audited FROM hub WHERE url = ?", (hub.url,)).fetchone()
    return row is None or row[0] != _today(desk)


def audited(desk: Desk, hub: Hub) -> None:
    with transaction(desk.connection):
        desk.connection.execute("UPDATE hub SET audited = ? WHERE url = ?", (_today(desk), hub.url))


def audit_again(desk: Desk) -> None:
    """Something does not hold: the next exchange with any hub reads everything again, today still."""
    with transaction(desk.connection):
        desk.connection.execute("UPDATE hub SET audited = NULL")


def mend(desk: Desk, hub: Hub) -> Refusal | None:
    """Mend what does not hold here from the hub; answers what was found, `history_mended` where all holds again.

    Of a page that cannot be read or is not where it belongs it answers `database_damaged`: work and the exchange go on.
    """
    if not is_whole(desk.folder / DATABASE_NAME, database_key(desk.folder)):
        return Refusal("database_damaged")
    found = first_breaks(desk.connection, desk.log)
    if not found:
        _project_anew(desk)
        return None
    before: list[Break] = []
    broken = found
    while broken and broken != before and any([_mend(desk, hub, one) for one in broken]):
        before, broken = broken, first_breaks(desk.connection, desk.log)
    _project_anew(desk)
    first = broken[0] if broken else found[0]
    params = {"desk": first.origin.desk, "epoch": str(first.origin.epoch), "seq": str(first.seq)}
    return Refusal("history_broken" if broken else "history_mended", params=params)


def _project_anew(desk: Desk) -> None:
    """Let the tables show what was mended, also where an earlier mending was cut off before they could."""
    with transaction(desk.connection):
        if desk.connection.execute("DELETE FROM meta WHERE name = 'rebuild' RETURNING 1").fetchone():
            desk.projection.rebuild()


def _mend(desk: Desk, hub: Hub, one: Break) -> bool:
    """Write the batch that holds the broken event over what is here; whether the chain goes on from it."""
    right = _right_events(desk, hub, one)
    if not right:
        return False
    number = desk.log.number(one.origin)
    with transaction(desk.connection), unlocked(desk.connection):
        for seq, stored in enumerate(right, start=one.seq):
            event = stored.event
            values = (
                event.entity, event.kind, event.by,
                stored.header, stored.digest, stored.salt, stored.body, stored.hash, number, seq,
            )  # fmt: skip
            desk.connection.execute("DELETE FROM event WHERE origin = ? AND seq = ?", (number, seq))
            desk.connection.execute(_INSERT, values)  # under a new number: whoever remembers reads it again
        if desk.log.last_seq(one.origin) <= one.seq + len(right) - 1:
            desk.log.move_head(one.origin, Head(one.seq + len(right) - 1, right[-1].hash))
        write_meta(desk.connection, {"rebuild": 1})
    return True


def _right_events(desk: Desk, hub: Hub, one: Break) -> Sequence[StoredEvent]:
    """The hub's events from the broken one on to the end of their batch; empty where it has none that fit."""
    before, known = desk.log.hash_at(one.origin, one.seq - 1), set(heads(desk, one.origin))
    key = sign_key(desk, one.origin.desk)
    for offer in hub.offers(desk.identity.station, one.origin, one.seq - 1).batches:
        head = offer.head
        signed = head in known or (key is not None and head.signed_by(key))
        if not signed or not head.first_seq <= one.seq <= head.last:
            continue
        try:
            batch = fetched(desk, hub, offer)
        except BatchBroken:
            continue
        events = batch.events
        place = one.seq - head.first_seq
        prev = events[place - 1].hash if place else head.prev
        if prev == before and (not batch.sealed or is_set_aside(desk, one.origin, head.first_seq)):
            return _up_to_what_holds(desk, one, events[place:])
    return []


def _up_to_what_holds(desk: Desk, one: Break, right: Sequence[StoredEvent]) -> Sequence[StoredEvent]:
    """As many of them as it takes until what stands here goes on from them.

    None where what stands here holds together and goes on from none: a copy of the desk wrote another line.
    """
    for count, event in enumerate(right, start=1):
        after = desk.log.stored(one.origin, one.seq + count - 1, 1)
        if after and follows(event.hash, after[0]):
            return right[:count]
    here = desk.log.stored(one.origin, one.seq - 1, len(right) + 1)
    return [] if any(follows(before.hash, after) for before, after in pairwise(here)) else right


def _today(desk: Desk) -> str:
    return legal_day(desk.now()).isoformat()
