"""What was written down in a period, desk by desk: found by the chains' own order, however long the log is."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta

from core.moments import LEGAL_TIME
from core.queue import midnight
from core.record import Event, read_event, read_header
from storage.database import Connection
from storage.desk import Desk
from storage.work import written_before

_SLICE = 5_000
_AHEAD = LEGAL_TIME.utcoffset(None) // timedelta(hours=1)
_RANGE = """
SELECT header, {body} FROM event WHERE origin = ? AND seq > ? AND seq <= ? AND kind IN ({kinds}) ORDER BY seq
"""


def recorded(
    desk: Desk, first: date, last: date, kinds: Collection[str], unit: str | None = None, *, bodies: bool = True
) -> Iterator[Event]:
    """The events of these kinds that were written on the days `first` to `last`, by whoever had the right to.

    Record time is the axis (as for hours of work): what happened earlier and was typed later stands where it was typed.
    `bodies` False: all of them are left empty.
    """
    may = desk.projection.authority().may
    begin, end = (midnight(day) * 1000 << 16 for day in (first, last + timedelta(days=1)))
    asked = _RANGE.format(body="body" if bodies else "NULL", kinds=", ".join("?" * len(kinds)))
    for origin, top in desk.connection.execute("SELECT no, seq FROM origin WHERE seq > 0").fetchall():
        after = written_before(desk.connection, origin, top, begin)
        until = written_before(desk.connection, origin, top, end)
        for event in _between(desk.connection, asked, origin, after, until, kinds, bodies):
            if unit in (None, event.unit) and may(event):
                yield event


def _between(
    connection: Connection, asked: str, origin: int, after: int, until: int, kinds: Collection[str], bodies: bool
) -> Iterator[Event]:
    while after < until:
        upto = min(after + _SLICE, until)
        # read to its end: a writer on this connection must not find an older state of the file still open
        for header, body in connection.execute(asked, (origin, after, upto, *kinds)).fetchall():
            yield read_event(header, body) if bodies else read_header(header)
        after = upto


def written_at(event: Event) -> datetime:
    """When the event was written down, in legal time."""
    return datetime.fromtimestamp((event.hlc >> 16) / 1000, UTC).astimezone(LEGAL_TIME)


def written_hour(event: Event) -> int:
    """The hour, 0 to 23, of `written_at`: for hundreds of thousands of events."""
    return ((event.hlc >> 16) // 3_600_000 + _AHEAD) % 24
