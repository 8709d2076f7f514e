"""How an ended dossier ran: when it was received, when it ended, and the acts between; from its events alone.

What reports measure of it (`core.faster`) goes by law and calendar when it is asked, so that no law moves a stored row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from core.custody import is_fine
from core.dossier import CLOCK_KINDS, Dossier
from core.record import Event

CLOCKED = frozenset(
    {
        *("supplement_requested", "supplement_received", "payment_requested", "payment_received"),
        *("suspended", "resumed", "verification_completed"),
    }
)
STOPS = frozenset({"supplement_requested", "payment_requested", "suspended"})
RUNS_ON = {
    "supplement_received": "supplement_requested",
    "payment_received": "payment_requested",
    "resumed": "suspended",
}
_ACTS = frozenset({"assigned", "step_completed", "approved", "reopened", "transfer_accepted"})
_TURNS = _ACTS | CLOCK_KINDS


class Turn(NamedTuple):
    """An act between receipt and end, in epoch seconds; `step`: what was completed, where the act names it."""

    kind: str
    at: int
    step: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """`law`: the hash of the row by which its ending was judged. `came`: another unit received it and ran its clock."""

    received: int
    ended: int
    ending: str
    judged: str | None
    law: str | None
    came: bool
    turns: tuple[Turn, ...]

    @property
    def clocked(self) -> bool:
        """Whether anything happened that a clock may start, stop or run on by."""
        return any(turn.kind in CLOCKED for turn in self.turns)


@dataclass(frozen=True, slots=True)
class Asked:
    """Papers that were asked for after receipt (`supplement_requested`), or before it (`guided`), as written then."""

    event: str
    kind: str
    at: int
    items: tuple[str, ...]


def passage(dossier: Dossier) -> Passage | None:
    """How it ran; None of one that has not ended, was voided, was never received, or is another unit's by now."""
    ending = dossier.ending
    if ending is None or dossier.received_at is None or dossier.state == "voided" or dossier.away is not None:
        return None
    end = next((one for one in dossier.events if one.order == ending.place), None)
    turns = [one for one in _effective(dossier) if one.kind in _TURNS and not is_fine(one) and one.at <= ending.at]
    return Passage(
        received=int(dossier.received_at.timestamp()),
        ended=int(ending.at.timestamp()),
        ending=ending.kind,
        judged=ending.judged,
        law=None if end is None else end.body.get("law"),
        came=dossier.came is not None,
        turns=tuple(_turn(one) for one in sorted(turns, key=lambda one: one.at)),
    )


def asked(dossier: Dossier) -> tuple[Asked, ...]:
    """What was asked for; nothing of a dossier that was voided."""
    if dossier.state == "voided":
        return ()
    return tuple(
        Asked(one.event_id, one.kind, int(one.at.timestamp()), _named(one))
        for one in _effective(dossier)
        if one.kind in ("supplement_requested", "guided")
    )


def _named(event: Event) -> tuple[str, ...]:
    return tuple(str(one) for one in event.body.get("items") or event.body.get("missing") or ())


def _effective(dossier: Dossier) -> Iterator[Event]:
    return (one for one in dossier.events if one.event_id not in dossier.marks)


def _turn(event: Event) -> Turn:
    step = event.body.get("step") if event.kind == "step_completed" else None
    return Turn(event.kind, int(event.at.timestamp()), None if step is None else str(step))
