"""Which concurrent events of one dossier agree, coalesce or conflict; nothing here looks at a clock."""

from __future__ import annotations

from enum import StrEnum

from core.events import KINDS, Class
from core.record import Event, canonical

HARMLESS_CORRECTIONS = frozenset(
    {"applicant.phone", "applicant.email", "note", "shelf", "ticket", "return_by", "bringer.phone"}
)
_AGREES_WITH_ALL = frozenset(
    {"verification_completed", "delay_declared", "payment_reversed", "result_corrected"}
)


class Relation(StrEnum):
    """What two events are to each other that did not see each other."""

    AGREE = "agree"
    COALESCE = "coalesce"
    CONFLICT = "conflict"


def is_legal(event: Event) -> bool:
    """Whether the event has a legal effect, so that its concurrent opposite needs a person."""
    if event.kind == "corrected":
        return event.body.get("field") not in HARMLESS_CORRECTIONS
    if event.kind == "assigned":
        return "handover" in event.body
    kind = KINDS.get(event.kind)
    return kind is not None and kind.cls is Class.LEGAL


def relation(one: Event, other: Event) -> Relation:
    """Symmetric; two legal effects `conflict` by default. Equal: same kind, same body but the note."""
    if not (is_legal(one) and is_legal(other)):
        return Relation.AGREE
    if one.kind == other.kind and _essence(one) == _essence(other):
        return Relation.COALESCE
    if one.kind in _AGREES_WITH_ALL or other.kind in _AGREES_WITH_ALL:
        return Relation.AGREE
    if "corrected" in (one.kind, other.kind):
        same = one.kind == other.kind and one.body.get("field") == other.body.get("field")
        return Relation.CONFLICT if same else Relation.AGREE
    if ("assigned" in (one.kind, other.kind)) and one.kind != other.kind:
        return Relation.AGREE
    return Relation.CONFLICT


def _essence(event: Event) -> bytes:
    return canonical({name: value for name, value in event.body.items() if name != "note"})
