"""What fills a desk's disk unseen: a reader that keeps the file beside the database growing, and a disk nearly full."""

from __future__ import annotations

import shutil

from core.answers import Refusal
from storage.database import DATABASE_NAME
from storage.desk import Desk

WAL_BEHIND = 32 * 1024 * 1024
"""Bytes that wait to go into the database. SQLite takes them over from 4 MB on, unless somebody still reads what was
there before: a received dossier is 80 KB, a note 40 KB (measured), so this is a third of a busy desk's day."""
LEAST_FREE = 256 * 1024 * 1024
"""Bytes free beside room for one more copy of the database, which an upgrade, a backup or a snapshot needs."""


def room_warnings(desk: Desk) -> list[Refusal]:
    """What somebody should look after before work stops: `reader_holds_up`, `disk_nearly_full`, each with `size` in MB.

    Nothing is written or waited for.
    """
    found = []
    behind = wal_behind(desk)
    if behind >= WAL_BEHIND:
        found.append(Refusal("reader_holds_up", params={"size": _mb(behind)}))
    free = shutil.disk_usage(desk.folder).free
    if free < LEAST_FREE + (desk.folder / DATABASE_NAME).stat().st_size:
        found.append(Refusal("disk_nearly_full", params={"size": _mb(free)}))
    return found


def wal_behind(desk: Desk) -> int:
    """Bytes that were committed and that the database itself lacks; a file that is merely large counts nothing."""
    _, written, taken_over = desk.connection.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
    (page,) = desk.connection.execute("PRAGMA page_size").fetchone()
    return max(0, int(written) - int(taken_over)) * int(page)


def _mb(size: int) -> str:
    return str(size // 1_000_000)
