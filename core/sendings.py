"""What became of each letter with a result: sent, its number, delivered by what proof, or come back and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from core.record import Event

if TYPE_CHECKING:
    from core.dossier import Dossier

NEXT = ("send_again", "ask_address", "counter")
"""What is to be done with a result that came back: send it once more, ask for the address, wait at the counter."""
STANDS = ("out", "delivered", "returned")
"""What a letter may have come to."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One letter: `event` handed it to the carrier. `decision`: the one by which somebody else bears the fee (đồng).

    `delivered_on`: the day that the carrier says; `returned_at`: when it was here again, `next`: one of NEXT.
    """

    event: str
    at: datetime
    carrier: str | None = None
    tracking: str | None = None
    batch: str | None = None
    fee: Decimal | None = None
    payer: str | None = None
    decision: str | None = None
    delivered_on: date | None = None
    proof: str | None = None
    returned_at: datetime | None = None
    reason: str | None = None
    next: str | None = None

    @property
    def stands(self) -> str:
        """One of STANDS."""
        if self.returned_at is not None:
            return "returned"
        return "out" if self.delivered_on is None else "delivered"


def tracking_key(number: str) -> str:
    """A carrier's number as it is compared: scanners and lists write it with blanks, hyphens and small letters."""
    return "".join(letter for letter in number if letter.isalnum()).upper()


def handed(dossier: Dossier, event: Event) -> None:
    """A letter more is on its way."""
    body = event.body
    fee = body.get("fee")
    texts = {name: body.get(name) for name in ("carrier", "tracking", "batch", "payer", "decision")}
    dossier.sendings.append(Sending(event.event_id, event.at, fee=None if fee is None else Decimal(str(fee)), **texts))


def tracked(dossier: Dossier, event: Event) -> None:
    """The carrier's number came later, or was another."""
    _say(dossier, tracking=str(event.body["tracking"]))


def delivered(dossier: Dossier, event: Event, day: date) -> None:
    """The carrier brought it; `day`: where the event names none."""
    body = event.body
    if dossier.at_post:
        on = date.fromisoformat(str(body["delivered_on"])) if body.get("delivered_on") else day
        _say(dossier, delivered_on=on, proof=body.get("proof") or body.get("reference"))


def came_back(dossier: Dossier, event: Event) -> None:
    """It is here again; nobody got it."""
    body = event.body
    _say(dossier, returned_at=event.at, reason=body.get("reason"), next=body.get("next"), delivered_on=None)


def _say(dossier: Dossier, **facts: Any) -> None:
    if dossier.sendings:
        dossier.sendings[-1] = replace(dossier.sendings[-1], **facts)
