"""What was written down in a period, desk by desk: found by the chains' own order, however long the log is."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from core.moments import LEGAL_TIME
from core.queue import midnight
from core.record import Event, read_event
from storage.database import Connection
from storage.desk import Desk
from storage.folder import open_folder
from storage.work import written_before

_SLICE = 5_000
_HEADERS = 20_000
"""The thread that reads them waits for the interpreter once for so many: five milliseconds, where it is busy."""
_RANGE = "FROM event WHERE origin = ? AND seq > ? AND seq <= ? AND kind IN ({})"
_IN_ONE = f"SELECT CAST(group_concat(header, char(10)) AS BLOB) {_RANGE}"


class _Span(NamedTuple):
    """A part of a chain: the events with `after` < seq ≤ `upto` of the origin with this number in the file."""

    origin: int
    after: int
    upto: int


def _spans(desk: Desk, first: date, last: date, most: int) -> Iterator[_Span]:
    """Where what was written on the days `first` to `last` stands, at most so many events at a time."""
    begin, end = (midnight(day) * 1000 << 16 for day in (first, last + timedelta(days=1)))
    for origin, top in desk.connection.execute("SELECT no, seq FROM origin WHERE seq > 0").fetchall():
        after = written_before(desk.connection, origin, top, begin)
        until = written_before(desk.connection, origin, top, end)
        for begun in range(after, until, most):
            yield _Span(origin, begun, min(begun + most, until))


def headers(desk: Desk, first: date, last: date, kinds: Collection[str]) -> Iterator[list[bytes]]:
    """The headers of what `recorded` tells, whoever wrote it: thousands of one chain at a time.

    While the caller works on them the next ones are read by a connection of its own: to decrypt them, which takes most
    of the time, needs no interpreter.
    """
    parts = list(_spans(desk, first, last, _HEADERS))
    if len(parts) < 2:
        yield from (_headers(desk.connection, part, kinds) for part in parts)
        return
    with ThreadPoolExecutor(1) as thread:
        connection, _ = thread.submit(open_folder, desk.folder).result()
        try:
            coming = thread.submit(_headers, connection, parts[0], kinds)
            for part in parts[1:]:
                found, coming = coming.result(), thread.submit(_headers, connection, part, kinds)
                yield found
            yield coming.result()
        finally:
            thread.submit(connection.close).result()


def _headers(connection: Connection, span: _Span, kinds: Collection[str]) -> list[bytes]:
    found = connection.execute(_IN_ONE.format(", ".join("?" * len(kinds))), (*span, *kinds)).fetchone()[0]
    return found.split(b"\n") if found else []


def recorded(desk: Desk, first: date, last: date, kinds: Collection[str], unit: str | None = None) -> Iterator[Event]:
    """The events of these kinds that were written on the days `first` to `last`, by whoever had the right to.

    Record time is the axis (as for hours of work): what happened earlier and was typed later stands where it was typed.
    """
    may = desk.projection.authority().may
    asked = f"SELECT header, body {_RANGE.format(', '.join('?' * len(kinds)))} ORDER BY seq"
    for span in _spans(desk, first, last, _SLICE):
        # read to its end: a writer on this connection must not find an older state of the file still open
        for header, body in desk.connection.execute(asked, (*span, *kinds)).fetchall():
            event = read_event(header, body)
            if unit in (None, event.unit) and may(event):
                yield event


def written_at(event: Event) -> datetime:
    """When the event was written down, in legal time."""
    return datetime.fromtimestamp((event.hlc >> 16) / 1000, UTC).astimezone(LEGAL_TIME)
