"""Rows beside a dossier's own, one for each fact that is counted by itself: its letters by post, fines and payments of
them."""

from __future__ import annotations

from collections.abc import Iterator

from core.custody import is_fine
from core.dossier import Dossier
from core.fines import decision_key, owed
from core.record import Event
from core.sendings import tracking_key
from core.states import State
from storage.database import Connection

LEDGERS = {
    "sending": "id, dossier, batch, carrier, tracking, tracking_key, sent_at, delivered_on, proof, returned_at, "
    "reason, next, fee, payer, decision, stands, procedure, unit",
    "fine": "id, dossier, decision, decision_key, amount, entered_at, decided_on, handed_on, pay_by, paid, owed, "
    "paid_at, held, hold_until, stands, procedure, unit",
    "fine_payment": "id, dossier, paid_at, amount, channel, receipt, reference, proof_key, procedure, unit, method",
}
"""The columns of each table, in order; the first is the event's that the row is of."""
_KINDS = frozenset({"handed_to_post", "fine_decided", "original_taken"})
"""Without one of these, or money for a fine, a dossier has, and had, no such row."""


def write_ledgers(db: Connection, dossier: Dossier) -> None:
    """Write the dossier's rows again, as it is folded now."""
    if not any(map(_is_counted, dossier.events)):
        return
    for table, columns in LEDGERS.items():
        db.execute(f"DELETE FROM {table} WHERE dossier = ?", (dossier.id,))
        places = ", ".join("?" * len(columns.split(",")))
        rows = _ROWS[table](dossier) if dossier.state is not None else ()
        db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", list(rows))


def _is_counted(event: Event) -> bool:
    return event.kind in _KINDS or is_fine(event)


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


def _fines(dossier: Dossier) -> Iterator[tuple[object, ...]]:
    """`stands`: owed, held (paid, and a paper of it lies here), done or void."""
    for one in owed(dossier):
        said = one.decision
        held = [paper for paper in dossier.held if said.number in (paper.decision, paper.event)]
        until = max((paper.hold_until for paper in held if paper.hold_until is not None), default=None)
        stands = "owed" if one.left else "held" if held else "done"
        yield (
            said.event,
            dossier.id,
            said.number if said.named else None,
            decision_key(said.number) if said.named else None,
            f"{said.amount:f}",
            int(said.at.timestamp()),
            *(None if day is None else day.isoformat() for day in (said.decided_on, said.handed_on, said.pay_by)),
            f"{one.paid:f}",
            f"{one.left:f}",
            None if one.paid_at is None else int(one.paid_at.timestamp()),
            len(held),
            None if until is None else until.isoformat(),
            "void" if dossier.state is State.VOIDED else stands,
            dossier.procedure,
            dossier.unit,
        )


def _payments(dossier: Dossier) -> Iterator[tuple[object, ...]]:
    for one in dossier.fine_payments:
        proof = one.receipt or one.reference
        yield (
            one.event,
            dossier.id,
            int(one.at.timestamp()),
            f"{one.amount:f}",
            one.channel,
            one.receipt,
            one.reference,
            decision_key(proof) if proof else None,
            dossier.procedure,
            dossier.unit,
            one.method,
        )


_ROWS = {"sending": _sendings, "fine": _fines, "fine_payment": _payments}
