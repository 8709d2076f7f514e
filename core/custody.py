"""Papers of people that lie here: where each one lies, what it waits for, who answers for it, and how its keeping ends.

A dossier holds several of one name as so many entries; the one that was taken first is given back first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from core import fines, sendings
from core.moments import legal_day
from core.record import Event
from core.states import State

if TYPE_CHECKING:
    from core.dossier import Dossier

WAYS = ("returned", "post", "transferred", "retained", "destroyed")
"""How keeping ends: given back at the counter or by post, handed on with minutes, kept or destroyed by law."""
FOUND_BY = ("slip", "card", "name")
"""How the dossier of whoever stands at the counter was found."""
FAULTS = ("station", "citizen")
PAYERS = ("citizen", "station", "support")
"""Who bears what the post costs: `support`, somebody else by a decision that names the applicants."""
PURPOSES = ("fee", "fine")
PAID_WITH = ("cash", "transfer", "card", "portal", "post", "exempt")
"""With what a payment is made; `exempt`: nothing is owed."""


@dataclass(frozen=True, slots=True)
class Held:
    """One paper here. `event`: what took it in; `fine` (đồng) must be proved before it goes back, `hold_until` come.

    `hold_until`: the first day on which it may go back. `keeper`: the officer's id, or a name, who looks again on
    `next_check`.
    """

    event: str
    paper: str
    since: datetime
    place: str | None = None
    number: str | None = None
    receipt: str | None = None
    decision: str | None = None
    fine: Decimal | None = None
    hold_until: date | None = None
    keeper: str | None = None
    next_check: date | None = None
    note: str | None = None

    @property
    def owned(self) -> bool:
        """Whether a person, a place and a day of the next check stand for it."""
        return bool(self.keeper and self.place and self.next_check)

    @property
    def look_on(self) -> date | None:
        """The day on which somebody must look at it: as agreed, else when it may go back."""
        return self.next_check or self.hold_until


def next_check(held: Iterable[Held]) -> date | None:
    """The earliest day on which somebody must look at one of them."""
    return min((one.look_on for one in held if one.look_on is not None), default=None)


def first_of(held: Iterable[Held], paper: str) -> Held | None:
    """The one of that name that was taken first."""
    return next((one for one in held if one.paper == paper), None)


def _taken(dossier: Dossier, event: Event) -> None:
    body = event.body
    paper = str(body["paper"])
    fine = body.get("fine")
    one = Held(
        event.event_id,
        paper,
        event.at,
        body.get("shelf"),
        body.get("number"),
        body.get("receipt"),
        body.get("decision"),
        None if fine is None else Decimal(fine),
        _date(body.get("hold_until")),
        body.get("keeper"),
        _date(body.get("next_check")),
        body.get("note"),
    )
    dossier.held.append(one)
    if one.fine is not None:
        fines.waited_for(dossier, event, one.decision, one.fine)
    _count(dossier, paper)


def _released(dossier: Dossier, event: Event) -> None:
    paper = str(event.body["paper"])
    one = first_of(dossier.held, paper)
    if one is not None:
        dossier.held.remove(one)
        if event.body.get("way") == "post":
            dossier.sent.append(one)
    _count(dossier, paper)


def _checked(dossier: Dossier, event: Event) -> None:
    body = event.body
    paper = body.get("paper")
    owned = {"keeper": body["keeper"], "place": body["shelf"], "next_check": _date(body["next_check"])}
    dossier.held[:] = [replace(one, **owned) if paper in (None, one.paper) else one for one in dossier.held]


def lies_here(dossier: Dossier, event: Event) -> None:
    """The result waits here from now on, at the place that the event names."""
    dossier.lies_since, dossier.returned_at = event.at, None
    dossier.reminded_at = dossier.archived_at = None
    if event.body.get("shelf"):
        dossier.facts["shelf"] = event.body["shelf"]


def _returned(dossier: Dossier, event: Event) -> None:
    sendings.delivered(dossier, event, legal_day(event.at))
    dossier.returned_at, dossier.lies_since = event.at, None
    dossier.returned_by = event.body.get("channel") or ("post" if dossier.at_post else None)


def _voided(dossier: Dossier, event: Event) -> None:
    dossier.lies_since = None


def _posted(dossier: Dossier, event: Event) -> None:
    dossier.at_post, dossier.lies_since = True, None
    sendings.handed(dossier, event)


def _came_back(dossier: Dossier, event: Event) -> None:
    """The mail came back: the result lies here again, and what went with it."""
    dossier.at_post = False
    sendings.came_back(dossier, event)
    lies_here(dossier, event)
    for one in dossier.sent:
        dossier.held.append(one)
        _count(dossier, one.paper)
    dossier.sent.clear()


def is_fine(event: Event) -> bool:
    """Whether it is said to be money for a fine: no fee, so it starts or resumes no clock."""
    return event.kind == "payment_received" and event.body.get("purpose") == "fine"


def fine_paid(dossier: Dossier, event: Event, *, also_fee: bool) -> None:
    """Money for a fine: said to be so, or come while a paper waited for one (`also_fee`: and counted as a fee, too)."""
    purpose = event.body.get("purpose")
    if purpose == "fee" or not (purpose == "fine" or dossier.fines):
        return
    amount = Decimal(event.body.get("amount", "0"))
    amount = -amount if event.kind == "payment_reversed" else amount
    if purpose == "fine" and fines.entered_twice(dossier, event, amount):
        return
    fines.paid(dossier, event, amount, also_fee=also_fee)
    dossier.fine_proofs += event.kind == "payment_received"


def _count(dossier: Dossier, paper: str) -> None:
    dossier.originals[paper] = sum(one.paper == paper for one in dossier.held)


def _archived(dossier: Dossier, event: Event) -> None:
    if dossier.state is State.RESULT_READY:
        dossier.archived_at = event.at
        dossier.facts["shelf"] = event.body["shelf"]


def _reminded(dossier: Dossier, event: Event) -> None:
    dossier.reminded_at = event.at


def _result_was_wrong(dossier: Dossier, event: Event) -> None:
    dossier.wrong = dossier.state is State.RESULT_READY
    if event.body.get("dossier"):
        dossier.corrections.append(str(event.body["dossier"]))


def _date(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None


EFFECTS: dict[str, Callable[[Dossier, Event], None]] = {
    "original_taken": _taken,
    "original_released": _released,
    "fine_decided": fines.decided,
    "custody_checked": _checked,
    "result_returned": _returned,
    "handed_to_post": _posted,
    "post_tracked": sendings.tracked,
    "post_returned": _came_back,
    "result_archived": _archived,
    "result_reminded": _reminded,
    "result_corrected": _result_was_wrong,
    "voided": _voided,
}
"""What the fold does with the kinds of this part."""
