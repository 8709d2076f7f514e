"""A dossier's history as it goes to another unit: events as they were written, with how their own unit judged them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from core.record import Event, read_event

Stored = tuple[Event, bytes, bytes | None]
"""An event with its header's and its body's bytes."""


def history_rows(events: Iterable[Stored], marks: Mapping[str, str]) -> list[dict[str, str]]:
    """The rows of `transfer_accepted.history`: header and body as they stand, `mark` where it had no effect."""
    rows = []
    for event, header, body in events:
        row = {"header": header.decode()}
        if body is not None:
            row["body"] = body.decode()
        if event.event_id in marks:
            row["mark"] = marks[event.event_id]
        rows.append(row)
    return rows


def history_of(body: Mapping[str, Any], dossier: str) -> Iterator[tuple[Event, str | None]]:
    """The events that an acceptance brings, with their marks; what is none of the dossier's is left out."""
    for row in body.get("history") or ():
        found = _event(row)
        if found is not None and found.entity == dossier:
            mark = "destroyed" if found.destroyed else row.get("mark")
            yield found, None if mark is None else str(mark)


def _event(row: Any) -> Event | None:
    header, body = row.get("header"), row.get("body")
    if not isinstance(header, str) or not isinstance(body, str | None):
        return None
    try:
        return read_event(header.encode(), None if body is None else body.encode())
    except ValueError:
        return None
