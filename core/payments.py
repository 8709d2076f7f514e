"""Of what a payment is, and how much of it may be taken back: no more than stands paid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from core.answers import InvalidInput, Refusal
from core.dossier import Dossier
from core.fines import decision_key, decision_keys, owed

_PAID = "payment_received"
_BACK = "payment_reversed"


def own_number(dossier: Dossier, number: str) -> str | None:
    """A decision of the dossier's by any way of writing its number, or by its paper's event where it has none."""
    if number in dossier.decisions:
        return number
    keys = decision_keys(number)
    named = (one.number for one in dossier.decisions.values() if one.named)
    return next((one for one in named if decision_key(one) in keys), None)


def is_for_fine(dossier: Dossier, fields: Mapping[str, Any]) -> bool:
    """Whether the payment is one for a fine: as it says, else where there is one."""
    purpose = fields.get("purpose")
    return purpose == "fine" or (bool(dossier.fines) and purpose != "fee")


def as_credited(dossier: Dossier, kind: str, fields: Mapping[str, Any]) -> dict[str, Any] | Refusal:
    """The body with what it leaves open and the dossier leaves no doubt of: the purpose, and the decision as the
    dossier has it. Refusals: `decision_not_here`, `reversed_too_much`, `payment_purpose_missing`, `fine_which`.

    Raises InvalidInput `field_invalid` for a decision of a fee.
    """
    body = dict(fields)
    said = str(body.get("decision") or "")
    if kind == "fine_decided":
        return _said_anew(dossier, body, own_number(dossier, said) or said)
    if kind not in (_PAID, _BACK):
        return body
    if said:
        if body.get("purpose") == "fee":
            raise InvalidInput("field_invalid", field="decision")
        number = own_number(dossier, said)
        if number is None:
            return Refusal("decision_not_here", params={"decision": said})
        body |= {"purpose": "fine", "decision": number}
    if kind == _BACK:
        return _taken_back(dossier, body)
    if body.get("purpose") == "fine" and not said and len(dossier.decisions) == 1:
        body["decision"] = next(iter(dossier.decisions))
    return body


def decided_anew(dossier: Dossier, kind: str, body: Mapping[str, Any]) -> str | None:
    """The dossier's decision that would be another one by this: said again, or by what a paper waits for."""
    known = own_number(dossier, str(body.get("decision") or ""))
    if known is None:
        return None
    if kind == "fine_decided":
        event = dossier.decisions[known].event
        return known if any(one.event_id == event and one.kind == kind for one in dossier.events) else None
    other = kind == "original_taken" and body.get("fine") is not None
    return known if other and Decimal(str(body["fine"])) != dossier.decisions[known].amount else None


def _said_anew(dossier: Dossier, body: dict[str, Any], number: str) -> dict[str, Any]:
    """Of what it does not say now it says what it said before."""
    known = dossier.decisions.get(number)
    days = {} if known is None else {name: getattr(known, name) for name in ("decided_on", "handed_on", "pay_by")}
    return {name: day.isoformat() for name, day in days.items() if day is not None} | body | {"decision": number}


def _taken_back(dossier: Dossier, body: dict[str, Any]) -> dict[str, Any] | Refusal:
    """Of what it is: as it says, else of the one that covers it. What came before purposes were said may be of both."""
    amount = Decimal(str(body.get("amount") or 0))
    fees = sum((Decimal(one) for one, _ in dossier.paid), Decimal(0))
    fines = sum((one.amount for one in dossier.fine_payments), Decimal(0))
    both = sum((one.amount for one in dossier.fine_payments if one.also_fee), Decimal(0))
    purpose = body.get("purpose")
    by_purpose = {"fee": (fees, dossier.paid), "fine": (fines, dossier.fine_payments)}
    covering = [name for name, (paid, any_of) in by_purpose.items() if any_of and amount <= paid]
    if purpose not in (*covering, None) or not covering or amount > fees + fines - both:
        paid = by_purpose[purpose][0] if purpose else max(fees, fines)
        return too_much(min(paid, fees + fines - both))
    if purpose is None and len(covering) > 1:
        of_both = any(one.also_fee and one.amount == amount for one in dossier.fine_payments)
        return body if of_both else Refusal("payment_purpose_missing")
    purpose = purpose or covering[0]
    if purpose == "fee":
        return body | {"purpose": "fee"} if dossier.fines else body
    return _of_decision(dossier, body | {"purpose": "fine"}, amount)


def _of_decision(dossier: Dossier, body: dict[str, Any], amount: Decimal) -> dict[str, Any] | Refusal:
    """The decision off which it comes; none where payments that name none, as earlier versions wrote them, cover it."""
    paid = {one.decision.number: one.paid for one in owed(dossier)}
    number = body.get("decision")
    if number is not None:
        return body if amount <= paid[number] else too_much(paid[number])
    fitting = [name for name, some in paid.items() if amount <= some]
    given = {(one.decision, one.amount) for one in dossier.fine_payments}
    found = [name for name in fitting if (name, amount) in given] or fitting
    if len(found) == 1:
        return body | {"decision": found[0]}
    if amount <= sum((one.amount for one in dossier.fine_payments if one.decision not in paid), Decimal(0)):
        return body
    return which_decision(found) if found else too_much(max(paid.values(), default=Decimal(0)))


def too_much(paid: Decimal) -> Refusal:
    """More is taken back than stands paid."""
    return Refusal("reversed_too_much", params={"paid": dong(max(Decimal(0), paid))})


def which_decision(numbers: Iterable[str]) -> Refusal:
    """Several decisions fit: one of them is to be named."""
    return Refusal("fine_which", params={"decisions": ", ".join(numbers)})


def dong(amount: Decimal) -> str:
    """An amount as it is written: «1.500.000»."""
    return f"{amount:,.0f}".replace(",", ".")
