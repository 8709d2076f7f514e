"""The limit: bare COPY of the same events into PostgreSQL, bare INSERT into a desk's file; no check, no fold, no batch.

`python -m tests.bench.sync_copy URL EVENTS PER_COMMIT` prints one JSON object.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime

import psycopg

from core.moments import LEGAL_TIME
from core.record import NO_HASH, read_event
from storage.database import Connection
from storage.event_log import Head, Origin, StoredEvent
from tests.bench.sync_events import Writer, work

_TABLE = """
CREATE TABLE event (
    station bigint, origin bigint, seq bigint, header bytea, digest bytea, salt bytea, body bytea, hash bytea,
    PRIMARY KEY (station, origin, seq)
)
"""
_COPY = "COPY event FROM STDIN (FORMAT BINARY)"
_TYPES = ("int8", "int8", "int8", "bytea", "bytea", "bytea", "bytea", "bytea")
_PAGE = """
SELECT seq, header, digest, salt, body, hash FROM event
WHERE station = 1 AND origin = 1 AND seq > %s ORDER BY seq LIMIT 5000
"""
_SIZE = "SELECT pg_total_relation_size('event')"
_BARE = """
CREATE TABLE bare (
    n INTEGER PRIMARY KEY, origin INTEGER, seq INTEGER, entity TEXT, kind TEXT, officer TEXT, header BLOB,
    digest BLOB, salt BLOB, body BLOB, hash BLOB, UNIQUE (origin, seq)
)
"""


def copied(url: str, events: Sequence[StoredEvent], per_commit: int) -> dict[str, float]:
    """Seconds to copy the events in and to read them back by pages, bytes an event on the server's disk."""
    with psycopg.connect(url) as link:
        link.execute("DROP TABLE IF EXISTS event")
        link.execute(_TABLE)
        link.commit()
        began = time.perf_counter()
        for first, part in _parts(events, per_commit):
            with link.cursor() as cursor, cursor.copy(_COPY) as copy:
                copy.set_types(_TYPES)
                for seq, one in enumerate(part, first):
                    copy.write_row((1, 1, seq, one.header, one.digest, one.salt, one.body, one.hash))
            link.commit()
        took = time.perf_counter() - began
        began, have = time.perf_counter(), 0
        with link.cursor(binary=True) as cursor:
            while rows := cursor.execute(_PAGE, (have,)).fetchall():
                have = rows[-1][0]
        read = time.perf_counter() - began
        size = link.execute(_SIZE).fetchone()
    assert size is not None and have == len(events)
    return {"push": took, "pull": read, "bytes": size[0] / len(events)}


def inserted(connection: Connection, events: Sequence[StoredEvent], per_commit: int) -> float:
    """Seconds to insert the events' rows into a table of a desk's own file, durable at each commit."""
    rows = []
    for seq, one in enumerate(events, 1):
        event = read_event(one.header, None)
        rows.append((seq, 1, seq, event.entity, event.kind, event.by, *_bytes(one)))
    connection.execute(_BARE)
    began = time.perf_counter()
    for _, part in _parts(rows, per_commit):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO bare VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", part)
        connection.execute("COMMIT")
    took = time.perf_counter() - began
    connection.execute("DROP TABLE bare")
    return took


def _bytes(one: StoredEvent) -> tuple[bytes | None, ...]:
    return one.header, one.digest, one.salt, one.body, one.hash


def _parts(items: Sequence, size: int) -> Iterator[tuple[int, Sequence]]:
    for begin in range(0, len(items), size):
        yield begin + 1, items[begin : begin + size]


def main() -> None:
    url, events, per_commit = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    begin = datetime(2026, 11, 23, 8, tzinfo=LEGAL_TIME)
    writer = Writer(Origin("d" * 36, 1), "T48.99", "o" * 36, Head(0, NO_HASH), begin)
    made = list(work(writer, events))
    print(json.dumps({"events": len(made), **copied(url, made, per_commit)}))


if __name__ == "__main__":
    main()
