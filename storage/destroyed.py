"""The bytes of destroyed bodies leave this desk's file, and it remembers at which hubs its own still lie."""

from __future__ import annotations

from collections.abc import Collection

from core.record import read_event
from storage.database import Connection

_LEFT_AT_HUBS = """
INSERT OR IGNORE INTO destroyed_at SELECT hub.url, event.origin, event.seq
FROM event JOIN origin ON origin.no = event.origin JOIN hub WHERE event.n = ? AND origin.desk = ?
"""


def remove_bodies(connection: Connection, own: str | None, entity: str, named: Collection[str]) -> None:
    """Remove what an entity's events of these ids held, the secret of their salts, papers, and what was typed."""
    asked = "SELECT n, header FROM event WHERE entity = ? AND body IS NOT NULL"
    rows = connection.execute(asked, (entity,)).fetchall()
    gone = [number for number, header in rows if read_event(header, None).event_id in named]
    if gone:
        connection.executemany(_LEFT_AT_HUBS, [(number, own) for number in gone])
        connection.executemany("UPDATE event SET salt = NULL, body = NULL WHERE n = ?", [(number,) for number in gone])
        connection.execute("DELETE FROM secret WHERE entity = ?", (entity,))
        connection.execute("DELETE FROM print_job WHERE dossier = ?", (entity,))
        connection.execute("DELETE FROM letter_kept WHERE dossier = ?", (entity,))
        connection.execute("DELETE FROM draft WHERE id LIKE 'typing:%' AND instr(id || content, ?)", (entity,))
