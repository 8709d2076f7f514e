"""What a desk wrote from its revocation on: it has no effect, but somebody may stand there with the slip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from core.answers import Refusal
from core.dossier import Dossier
from core.record import read_event
from storage.series import NUMBER_FIELDS

if TYPE_CHECKING:
    from storage.desk import Desk

_FROM = """
SELECT event.header, event.body FROM event JOIN origin ON origin.no = event.origin
WHERE origin.desk = ? AND (origin.epoch, event.seq) >= (?, ?) AND event.kind IN ('received', 'receipt_number_given')
AND event.body IS NOT NULL ORDER BY event.n
"""
_CARRIED = "SELECT 1 FROM dossier WHERE receipt_number = ?"
_SHORTEST = 4


def receipts_without_effect(desk: Desk) -> dict[str, str]:
    """Their numbers, each with the desk that gave it, as far as no dossier carries them."""
    found: dict[str, str] = {}
    for name, place in desk.projection.desks().revoked.items():
        if name == desk.identity.desk:
            continue
        for header, body in desk.connection.execute(_FROM, (name, *place)).fetchall():
            event = read_event(header, body)
            number = str(event.body.get(NUMBER_FIELDS[event.kind]) or "")
            if number and desk.connection.execute(_CARRIED, (number,)).fetchone() is None:
                found[number] = name
    return found


def without_effect(desk: Desk, code: str) -> Refusal | None:
    """What to tell whoever asks for such a number, or a unique ending of one; None where it is none."""
    wanted = code.strip().upper()
    if len(wanted) < _SHORTEST:
        return None
    given = receipts_without_effect(desk)
    named = [number for number in given if number.endswith(wanted)]
    if len(named) != 1:
        return None
    known = desk.projection.desks().known.get(given[named[0]])
    return Refusal("receipt_of_revoked_desk", params={"code": named[0], "number": f"{known.number}" if known else "?"})


def told_marks(desk: Desk, dossier: Dossier) -> Mapping[str, str]:
    """The dossier's marks, and what this desk wrote from its own revocation on, which keeps its effect here alone."""
    own, desks = desk.identity.desk, desk.projection.desks()
    void = (event.event_id for event in dossier.events if event.desk == own and desks.is_revoked(event))
    return {**dossier.marks, **dict.fromkeys(void, "unauthorised")}
