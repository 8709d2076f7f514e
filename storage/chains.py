"""Does the log hold? Each origin's chain, event by event, with the columns that were made from it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from core.bodies import fault
from core.record import NO_HASH, read_event
from storage.database import Connection
from storage.event_log import EventLog, Head, Origin, follows

_INDEXED = """
SELECT event.entity, event.kind, event.officer FROM event JOIN origin ON origin.no = event.origin
WHERE origin.desk = ? AND origin.epoch = ? AND event.seq > ? ORDER BY event.seq LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Break:
    """The first event of an origin that does not hold."""

    origin: Origin
    seq: int
    problem: str


def first_breaks(connection: Connection, log: EventLog) -> list[Break]:
    """The first break of each origin's chain; an empty list where the whole history holds."""
    with _one_moment(connection):
        found = [_first_break(connection, log, origin, head) for origin, head in log.heads().items()]
    return [one for one in found if one is not None]


@contextmanager
def _one_moment(connection: Connection) -> Iterator[None]:
    """What is read is of one moment, for work goes on meanwhile."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def _first_break(connection: Connection, log: EventLog, origin: Origin, head: Head) -> Break | None:
    previous, seq = NO_HASH, 0
    while chunk := log.stored(origin, seq, 1000):
        indexed = connection.execute(_INDEXED, (origin.desk, origin.epoch, seq, 1000)).fetchall()
        for stored, columns in zip(chunk, indexed, strict=True):
            seq += 1
            try:
                event = read_event(stored.header, stored.body)
                places = (event.desk, event.epoch, event.seq) == (origin.desk, origin.epoch, seq)
                holds = follows(previous, stored)
            except (ValueError, KeyError, TypeError):
                return Break(origin, seq, "event_unreadable")
            if not places:
                return Break(origin, seq, "seq_wrong")
            if not holds:
                return Break(origin, seq, "hash_wrong")
            if columns != (event.entity, event.kind, event.by):
                return Break(origin, seq, "columns_wrong")
            if event.destroyed and not _may_be_gone(connection, log, origin, seq, event.event_id):
                return Break(origin, seq, "body_missing")
            previous = stored.hash
    return None if (seq, previous) == (head.seq, head.hash) else Break(origin, seq + 1, "head_wrong")


def _may_be_gone(connection: Connection, log: EventLog, origin: Origin, seq: int, event: str) -> bool:
    """Whether an act has destroyed the body, or it waits for a key that this desk has not got."""
    asked = "SELECT 1 FROM sealed WHERE origin = ? AND ? BETWEEN first_seq AND last_seq"
    if connection.execute(asked, (log.number(origin), seq)).fetchone() is not None:
        return True
    rows = connection.execute("SELECT header, body FROM event WHERE kind IN ('body_destroyed', 'feedback_destroyed')")
    acts = [act for row in rows if fault(act := read_event(*row)) is None]
    return any(event in act.body.get("events", ()) for act in acts)
