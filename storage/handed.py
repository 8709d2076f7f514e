"""Handovers as the log has them, and the rows that lists of them are read from."""

from __future__ import annotations

from core.authority import Authority
from core.handover import Handed, handed
from core.record import Event
from storage.database import Connection
from storage.event_log import EventLog

COLUMNS = "id, sender, receiver, signed_at, accepted_at, sha256, desk, accepted_by, questions, in_conflict"
_WRITE = f"INSERT OR REPLACE INTO handover ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ACCEPTED_BY = "SELECT accepted_by FROM handover WHERE id = ?"
_ACCEPTANCES = "SELECT count(*) FROM event WHERE entity = ? AND kind = 'shift_accepted'"
_WRITTEN_BY = """
SELECT DISTINCT entity FROM event WHERE entity >= 'shift:' AND entity < 'shift;' AND officer = ?
"""


def handover_of(log: EventLog, authority: Authority, shift: str) -> Handed | None:
    """A handover that was signed over; None where there is none, or its sheet can't be read here (yet)."""

    def leads(event: Event) -> bool:
        return "leader" in authority.roles(event.by, event.order, event.desk)

    return handed(log.understood(f"shift:{shift}"), authority.may, leads)


def stands(connection: Connection, log: EventLog, authority: Authority, counted: Event) -> bool:
    """Whether what was counted with an acceptance came with the one that stands: of several only one has the handover.

    True where that can't be told here.
    """
    shift = str(counted.body["handover"])
    row = connection.execute(_ACCEPTED_BY, (shift,)).fetchone()
    if row is None or row[0] != counted.by:
        return row is None
    if connection.execute(_ACCEPTANCES, (f"shift:{shift}",)).fetchone()[0] == 1:
        return True
    found = handover_of(log, authority, shift)
    return found is None or found.accepted is None or found.accepted.group_key == counted.group_key


def write_handover(connection: Connection, shift: str, found: Handed | None) -> None:
    """The handover's row; gone where there is none."""
    if found is None:
        connection.execute("DELETE FROM handover WHERE id = ?", (shift,))
        return
    accepted = found.accepted
    values = (
        shift,
        found.sender,
        found.receiver,
        int(found.given.at.timestamp()),
        None if accepted is None else int(accepted.at.timestamp()),
        found.given.body["sha256"],
        found.given.desk,
        None if accepted is None else accepted.by,
        len(found.unanswered),
        int(bool(found.conflicts)),
    )
    connection.execute(_WRITE, values)


def shifts_of(connection: Connection, officer: str) -> list[str]:
    """The shifts to which an officer has written: they are judged again where the officer's rights change."""
    return [str(row[0]) for row in connection.execute(_WRITTEN_BY, (officer,))]
