"""Who may get a result and by what proof, what a corrected one means, and when nobody came for one."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.answers import Refusal
from core.dossier import Dossier
from core.fines import decision_refused, is_settled
from core.keeping import check_refusal, closing_refusal, payment_refusal, release_refusal
from core.law import Law
from core.moments import legal_day
from core.official import number_refused
from core.record import Event
from core.text import fold

_CLOSING = frozenset({"result_returned", "withdrawn", "stopped", "voided"})
_HANDING = frozenset({"result_returned", "handed_to_post"})


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How a result went out, for its slip: `taker` None: the applicant; `event` carries all that was written."""

    event: Event
    channel: str
    taker: str | None
    taker_number: str | None
    capacity: str
    proof: str | None
    reference: str | None
    slip_lost: bool
    signed: bool
    thumbprint: bool
    witness: str | None


def handed_over(dossier: Dossier) -> HandedOver | None:
    """The handing over that has effect; None where the result was not handed over, or came back since."""
    if dossier.returned_at is None:
        return None
    effective = (one for one in reversed(dossier.events) if one.event_id not in dossier.marks)
    event = next((one for one in effective if one.kind == "result_returned"), None)
    if event is None:
        return None
    body = event.body
    return HandedOver(
        event,
        str(body.get("channel") or "counter"),
        body.get("taker"),
        body.get("taker_number"),
        str(body.get("capacity") or "self"),
        body.get("proof"),
        body.get("reference"),
        bool(body.get("slip_lost")),
        bool(body.get("signed")),
        bool(body.get("thumbprint")),
        body.get("witness"),
    )


def as_written(kind: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body as it is written: how keeping ended always stands in it, so that two desks that end it meet."""
    return {"way": "returned", **fields} if kind == "original_released" else fields


def results_refusal(
    dossier: Dossier, kind: str, fields: Mapping[str, Any], at: datetime, law: Law, roles: AbstractSet[str]
) -> Refusal | None:
    """Why an action on results, papers in custody, money or numbers may not be done; None for all other kinds."""
    if kind in _HANDING and dossier.wrong:
        return Refusal("result_was_wrong")
    if kind == "result_returned" and dossier.at_post and fields.get("channel") != "post":
        return Refusal("at_post_already")
    if kind == "result_returned" and (refused := _handing_refusal(dossier, fields)):
        return refused
    if kind == "result_returned" and (refused := _delivery_refusal(dossier, fields, legal_day(at))):
        return refused
    if kind in _CLOSING:
        return closing_refusal(dossier, at)
    if kind == "post_returned" and not dossier.at_post:
        return Refusal("not_at_post")
    if kind == "post_tracked" and not dossier.sendings:
        return Refusal("never_posted")
    if kind in ("handed_to_post", "result_archived", "result_reminded") and dossier.at_post:
        return Refusal("at_post_already")
    if kind == "original_released":
        return release_refusal(dossier, fields, at, law, roles)
    if kind == "custody_checked":
        return check_refusal(dossier, fields, at)
    if kind == "official_number_given":
        return number_refused(str(fields["number"]))
    if kind == "fine_decided":
        return decision_refused(str(fields["decision"]), str(fields["amount"]))
    if kind in ("payment_received", "payment_requested"):
        return _own_error(dossier, fields) or (payment_refusal(dossier, fields) if kind == "payment_received" else None)
    return None


def _delivery_refusal(dossier: Dossier, fields: Mapping[str, Any], today: date) -> Refusal | None:
    """A carrier delivers what it has, between the day it took it and today."""
    if not fields.get("delivered_on"):
        return None
    day = date.fromisoformat(str(fields["delivered_on"]))
    if not dossier.at_post:
        return Refusal("not_at_post")
    if day > today:
        return Refusal("delivered_in_future", params={"day": f"{day:%d/%m/%Y}"})
    sent = legal_day(dossier.sendings[-1].at) if dossier.sendings else day
    return Refusal("delivered_before_sent", params={"day": f"{sent:%d/%m/%Y}"}) if day < sent else None


def is_own_error(dossier: Dossier) -> bool:
    """Whether the dossier mends a result that was wrong by the station's own fault."""
    return bool(dossier.facts.get("corrects")) and dossier.facts.get("fault") == "station"


def _own_error(dossier: Dossier, fields: Mapping[str, Any]) -> Refusal | None:
    if is_own_error(dossier) and Decimal(str(fields.get("amount") or 0)) > 0 and fields.get("purpose") != "fine":
        return Refusal("own_error_no_fee")
    return None


def _handing_refusal(dossier: Dossier, fields: Mapping[str, Any]) -> Refusal | None:
    """At the counter: who comes for somebody else is known by name, number and the paper that proves it."""
    channel = str(fields.get("channel") or "counter")
    if channel == "online" and not fields.get("reference"):
        return Refusal("reference_missing")
    if fields.get("slip_lost") and not (fields.get("signed") or fields.get("thumbprint")):
        return Refusal("slip_lost_unsigned")
    if fields.get("thumbprint"):
        if not fields.get("witness"):
            return Refusal("witness_missing")
        if fold(str(fields["witness"])) in _names(dossier, fields):
            return Refusal("witness_is_taker")
    return _capacity_refusal(dossier, fields) if channel == "counter" and not is_settled(dossier) else None


def _capacity_refusal(dossier: Dossier, fields: Mapping[str, Any]) -> Refusal | None:
    capacity, taker = fields.get("capacity"), str(fields.get("taker") or "")
    if capacity in (None, "self"):
        if dossier.died is not None:
            return Refusal("applicant_died")
        if dossier.applicant.get("kind") == "organisation":
            return Refusal("organisation_sends_somebody")
        own = not taker or fold(taker) == fold(str(dossier.applicant.get("name") or ""))
        return None if own else Refusal("capacity_missing")
    if not fields.get("taker"):
        return Refusal("taker_unknown")
    if brought_it(dossier, str(fields["taker"]), str(capacity)):
        return None
    if not fields.get("taker_number"):
        return Refusal("taker_number_missing")
    return None if fields.get("proof") else Refusal("proof_missing")


def brought_it(dossier: Dossier, name: str, capacity: str) -> bool:
    """Whether who comes now is who brought the dossier in that capacity: what proves it lies in the dossier."""
    bringer = dossier.bringer
    return bringer.get("capacity") == capacity and fold(str(bringer.get("name") or "")) == fold(name)


def _names(dossier: Dossier, fields: Mapping[str, Any]) -> set[str]:
    return {fold(str(fields.get("taker") or dossier.applicant.get("name") or ""))}
