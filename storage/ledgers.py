"""Rows beside a dossier's own, one for each fact that is counted by itself: its letters by post."""

from __future__ import annotations

from collections.abc import Iterator

from core.dossier import Dossier
from core.sendings import tracking_key
from storage.database import Connection

LEDGERS = {
    "sending": "id, dossier, batch, carrier, tracking, tracking_key, sent_at, delivered_on, proof, returned_at, "
    "reason, next, fee, payer, decision, stands, procedure, unit",
}
"""The columns of each table, in order; the first is the event's that the row is of."""
_KINDS = frozenset({"handed_to_post"})
"""Without one of these a dossier has, and had, no such row."""


def write_ledgers(db: Connection, dossier: Dossier) -> None:
    """Write the dossier's rows again, as it is folded now."""
    if not any(event.kind in _KINDS for event in dossier.events):
        return
    for table, columns in LEDGERS.items():
        db.execute(f"DELETE FROM {table} WHERE dossier = ?", (dossier.id,))
        places = ", ".join("?" * len(columns.split(",")))
        rows = _ROWS[table](dossier) if dossier.state is not None else ()
        db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", list(rows))


def _sendings(dossier: Dossier) -> Iterator[tuple[object, ...]]:
    for one in dossier.sendings:
        yield (
            one.event,
            dossier.id,
            one.batch,
            one.carrier,
            one.tracking,
            tracking_key(one.tracking) if one.tracking else None,
            int(one.at.timestamp()),
            None if one.delivered_on is None else one.delivered_on.isoformat(),
            one.proof,
            None if one.returned_at is None else int(one.returned_at.timestamp()),
            one.reason,
            one.next,
            None if one.fee is None else f"{one.fee:f}",
            one.payer,
            one.decision,
            one.stands,
            dossier.procedure,
            dossier.unit,
        )


_ROWS = {"sending": _sendings}
