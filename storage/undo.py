"""What an officer did last at this desk: the one command that may still be taken back."""

from __future__ import annotations

from core.events import DOSSIER_KINDS
from core.record import Event
from storage.desk import Desk
from storage.officers import Officer

_LAST = f"""
SELECT event.entity, event.kind FROM event JOIN origin ON origin.no = event.origin
WHERE event.officer = ? AND origin.desk = ? AND origin.epoch = ?
AND event.kind IN ({", ".join("?" * len(DOSSIER_KINDS))}) ORDER BY event.seq DESC LIMIT 1
"""


def last_command(desk: Desk, officer: Officer) -> Event | None:
    """The first event of the officer's last command on a dossier here; None where that was taken back already."""
    own = desk.identity.origin
    row = desk.connection.execute(_LAST, (officer.id, own.desk, own.epoch, *DOSSIER_KINDS)).fetchone()
    if row is None or row[1] == "undone":
        return None
    mine = [
        event
        for event in desk.log.events_of(row[0])
        if event.by == officer.id and (event.desk, event.epoch) == (own.desk, own.epoch)
    ]
    last = max(mine, key=lambda event: event.seq)
    return next(event for event in mine if event.group_key == last.group_key)
