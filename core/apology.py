"""What the fold makes of the regime for lateness: proposed, declared, appointed, excused, and told the citizen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from core.record import Event

if TYPE_CHECKING:
    from core.dossier import Dossier

LETTER = "apology"
_LOST = frozenset({"conflict", "lost"})


def _proposed(dossier: Dossier, event: Event) -> None:
    """The latest proposal stands; there is nothing to propose once the one new appointment is made."""
    if dossier.rescheduled_to is None:
        dossier.proposal = event


def _declined(dossier: Dossier, event: Event) -> None:
    """Only what the leader saw is declined: what another desk proposed meanwhile still waits."""
    meant = event.body.get("proposal")
    if dossier.proposal is not None and meant in (None, dossier.proposal.event_id):
        dossier.proposal = None


def _declared(dossier: Dossier, event: Event) -> None:
    """A delay of a date that came after the excused one is another delay, which owes its own letter or excuse."""
    dossier.delays.append(event)
    dossier.delay_declared = True
    bound = _date_of(event)
    if dossier.excused is not None and bound is not None and bound > dossier.excused:
        dossier.apology_settled, dossier.excused = False, None


def _rescheduled(dossier: Dossier, event: Event) -> None:
    """It owes its letter, after an excuse too; one of before days were always counted stands for one that existed."""
    dossier.delays.append(event)
    dossier.rescheduled_to = datetime.fromisoformat(event.body["due_at"])
    dossier.proposal, dossier.excused = None, None
    dossier.apology_settled = event.body.get("days") is None


def _excused(dossier: Dossier, event: Event) -> None:
    dossier.delays.append(event)
    if dossier.excused is not None or not dossier.apology_settled:
        dossier.excused = _date_of(event)
    dossier.apology_settled = True
    dossier.proposal = None


def _date_of(event: Event) -> datetime | None:
    """The date that the delay is of; an earlier version did not write it."""
    text = event.body.get("binding_at")
    return None if text is None else datetime.fromisoformat(text)


def _reminded(dossier: Dossier, event: Event) -> None:
    dossier.asked_again_at = event.at


def letter_issued(dossier: Dossier, event: Event) -> None:
    """The letter with the new appointment pays the debt; one with the date of an appointment that lost does not."""
    if event.body["letter"] != LETTER or dossier.rescheduled_to is None:
        return
    told = event.body.get("promised_at")
    if told is None or datetime.fromisoformat(told) not in _without_effect(dossier):
        dossier.apology_settled, dossier.excused = True, None


def _without_effect(dossier: Dossier) -> set[datetime]:
    """The appointments that another desk made apart and nobody kept."""
    apart = (one for one in dossier.events if one.kind == "rescheduled" and dossier.marks.get(one.event_id) in _LOST)
    return {datetime.fromisoformat(one.body["due_at"]) for one in apart} - {dossier.rescheduled_to}


def is_settled(dossier: Dossier, binding_at: datetime | None) -> bool:
    """Whether nothing is owed for the date that binds.

    An excuse is of one date: not of a later one that a supplement, a pause or an extension has given since. What the
    calendar alone moved is still the date that was excused.
    """
    if dossier.excused is None or binding_at is None or binding_at <= dossier.excused:
        return dossier.apology_settled
    excuse = next(one for one in reversed(dossier.delays) if one.kind == "delay_excused")
    return not any(one.at > excuse.at for one in dossier.clock_events)


def owes_letter(dossier: Dossier) -> bool:
    """Whether a delay was declared or a new appointment made, and the citizen holds neither letter nor excuse."""
    return not dossier.apology_settled and (dossier.delay_declared or dossier.rescheduled_to is not None)


EFFECTS: Mapping[str, Callable[[Dossier, Event], None]] = {
    "apology_proposed": _proposed,
    "apology_declined": _declined,
    "delay_declared": _declared,
    "rescheduled": _rescheduled,
    "delay_excused": _excused,
    "citizen_reminded": _reminded,
}
