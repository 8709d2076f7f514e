"""What was written down in a period, desk by desk: found by the chains' own order, however long the log is."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from core.moments import LEGAL_TIME
from core.queue import midnight
from core.record import Event, read_event
from storage.desk import Desk
from storage.work import written_before

_SLICE = 5_000
_RANGE = "FROM event WHERE origin = ? AND seq > ? AND seq <= ? AND kind IN ({}) ORDER BY seq"


class Span(NamedTuple):
    """A part of a chain: the events with `after` < seq ≤ `upto` of the origin with this number in the file."""

    origin: int
    after: int
    upto: int


def spans(desk: Desk, first: date, last: date) -> Iterator[Span]:
    """Where what was written on the days `first` to `last` stands, a few thousand events at a time.

    Record time is the axis (as for hours of work): what happened earlier and was typed later stands where it was typed.
    """
    begin, end = (midnight(day) * 1000 << 16 for day in (first, last + timedelta(days=1)))
    for origin, top in desk.connection.execute("SELECT no, seq FROM origin WHERE seq > 0").fetchall():
        after = written_before(desk.connection, origin, top, begin)
        until = written_before(desk.connection, origin, top, end)
        for begun in range(after, until, _SLICE):
            yield Span(origin, begun, min(begun + _SLICE, until))


def recorded(desk: Desk, first: date, last: date, kinds: Collection[str], unit: str | None = None) -> Iterator[Event]:
    """The events of these kinds that were written on the days `first` to `last`, by whoever had the right to."""
    may = desk.projection.authority().may
    for span in spans(desk, first, last):
        for header, body in _rows(desk, "header, body", span, kinds):
            event = read_event(header, body)
            if unit in (None, event.unit) and may(event):
                yield event


def headers_in(desk: Desk, span: Span, kinds: Collection[str]) -> list[bytes]:
    """The headers of the events of these kinds that stand in `span`, whoever wrote them."""
    return [header for (header,) in _rows(desk, "header", span, kinds)]


def _rows(desk: Desk, columns: str, span: Span, kinds: Collection[str]) -> list[tuple[Any, ...]]:
    # read to its end: a writer on this connection must not find an older state of the file still open
    asked = f"SELECT {columns} {_RANGE.format(', '.join('?' * len(kinds)))}"
    found: list[tuple[Any, ...]] = desk.connection.execute(asked, (*span, *kinds)).fetchall()
    return found


def written_at(event: Event) -> datetime:
    """When the event was written down, in legal time."""
    return datetime.fromtimestamp((event.hlc >> 16) / 1000, UTC).astimezone(LEGAL_TIME)
