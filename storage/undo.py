"""What an officer did last at this desk: the command, or the many done at once, that may be taken back."""

from __future__ import annotations

from collections.abc import Iterator

from core.events import DOSSIER_KINDS
from core.record import Event, read_event
from storage.desk import Desk
from storage.officers import Officer

_LATEST = f"""
SELECT event.header, event.body FROM event JOIN origin ON origin.no = event.origin
WHERE event.officer = ? AND origin.desk = ? AND origin.epoch = ?
AND event.kind IN ({", ".join("?" * len(DOSSIER_KINDS))}) ORDER BY event.seq DESC
"""


def last_commands(desk: Desk, officer: Officer) -> list[Event]:
    """The first event of the officer's last command on a dossier here, or of each one of the bulk that it ended.

    The latest first; empty where that was taken back already.
    """
    latest = _latest(desk, officer)
    last = next(latest, None)
    if last is None or last.kind == "undone":
        return []
    own, bulk = {last.group_key: last}, last.body.get("bulk")
    for event in latest:
        begun = own.get(event.group_key)
        if begun is None and (bulk is None or event.body.get("bulk") != bulk):
            break
        if begun is None or begun.entity == event.entity:
            own[event.group_key] = event
    return list(own.values())


def _latest(desk: Desk, officer: Officer) -> Iterator[Event]:
    own = desk.identity.origin
    for header, body in desk.connection.execute(_LATEST, (officer.id, own.desk, own.epoch, *DOSSIER_KINDS)):
        yield read_event(header, body)
