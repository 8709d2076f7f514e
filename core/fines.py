"""Decisions that fine somebody: what is owed by each, how it was paid, and until when by law.

A decision is a dossier of `seized-item-return`, also where nothing is held: what comes from the street is a person, a
decision, papers and payments, and a dossier has all of these with its custody, its receipts and its search. Its field
is `FIELD`, by which reports on administrative procedures leave it out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from core.answers import InvalidInput, Refusal
from core.deadline import deadline
from core.intake import parse_money
from core.moments import LEGAL_TIME
from core.record import Event
from core.text import clean_line, fold

if TYPE_CHECKING:
    from core.dossier import Dossier
    from core.law import Law

FIELD = "fines"
"""The field of procedures that are no service to a citizen: none of them stands in II.06a."""
PROCEDURE = "seized-item-return"
PAYING = "traffic-fine-payment"
"""The procedure whose limit is the payer's, from when the decision was handed on."""
CHANNELS = ("counter", "post", "online")
"""How a fine is paid: here, by post, through the portal."""
METHODS = ("cash", "transfer", "card")
"""With what it is paid here."""
LONGEST = 80
"""Letters of a decision's number: it is printed, and stands in lists."""
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(\.[0-9]{3})+")
_PREFIX = re.compile(r"(?:quyetdinh|qd)?(?:so)?(?=[0-9])")
_PREFIXES = ("", "qd", "so", "qdso", "quyetdinh", "quyetdinhso")
_NOON = time(12)


@dataclass(frozen=True, slots=True)
class Decision:
    """A fine (đồng) of one decision; `handed_on`: when the payer got it; `pay_by`: as the decision itself says.

    `number` is an event's id where the paper that waits for the fine names no decision.
    """

    event: str
    number: str
    amount: Decimal
    at: datetime
    decided_on: date | None = None
    handed_on: date | None = None
    pay_by: date | None = None
    named: bool = True


@dataclass(frozen=True, slots=True)
class FinePayment:
    """Money for a fine; less than nothing where a payment was taken back. `method`: with what, where that was said.

    `decision`: the one that it is of, by its key in the dossier; None: earlier versions did not say. `also_fee`: it
    does not say what it is for, so that it stands among the fees, too.
    """

    event: str
    at: datetime
    amount: Decimal
    channel: str
    receipt: str | None = None
    reference: str | None = None
    method: str | None = None
    decision: str | None = None
    also_fee: bool = False

    @property
    def proof(self) -> str | None:
        """The number of its receipt, or its reference."""
        return self.receipt or self.reference


@dataclass(frozen=True, slots=True)
class Owed:
    """A decision with what of the dossier's payments goes to it; `paid_at`: when the last of it came."""

    decision: Decision
    paid: Decimal
    paid_at: datetime | None

    @property
    def left(self) -> Decimal:
        """What is still to be paid."""
        return max(Decimal(0), self.decision.amount - self.paid)


@dataclass(frozen=True, slots=True)
class PayBy:
    """The payer's last day, what it rests on, and whether anybody has held that against the text."""

    day: date
    basis: str
    verified: bool


def decision_key(number: str) -> str:
    """A decision's number as it is compared: «QĐ 15/QĐ-XPHC» is «qd 15 qd xphc»."""
    return "".join(letter for letter in fold(number) if letter.isalnum())


def decision_keys(number: str) -> tuple[str, ...]:
    """The keys of all ways in which the number may have been entered: «15/QĐ-XPHC» is «QĐ 15/QĐ-XPHC», too."""
    key = decision_key(number)
    bare = key[found.end() :] if (found := _PREFIX.match(key)) else key
    return tuple(prefix + bare for prefix in _PREFIXES) if bare[:1].isdecimal() else (key,)


def fine_amount(text: str) -> str:
    """A fine in whole đồng, as the list writes it, too: «4.000.000». Raises InvalidInput `amount_invalid`."""
    written = text.replace(" ", "").removesuffix("đ")
    if _GROUPED.fullmatch(written):
        written = written.replace(".", "")
    return parse_money(written)


def held_papers(words: Iterable[str]) -> list[tuple[str, str]]:
    """What is held, from «GPLX=480123»: each with its number or nothing; blanks are none. Raises InvalidInput
    `held_unnamed`."""
    found = []
    for word in words:
        paper, _, number = (clean_line(part) for part in word.partition("="))
        if number and not paper:
            raise InvalidInput("held_unnamed", field="held", value=word)
        if paper:
            found.append((paper, number))
    return found


def decision_refused(number: str, amount: str) -> Refusal | None:
    """Why this can be no decision, whoever enters it."""
    if not decision_key(number):
        return Refusal("decision_missing")
    if len(number) > LONGEST:
        return Refusal("decision_too_long", params={"most": f"{LONGEST}"})
    return Refusal("fine_amount_none") if Decimal(amount) <= 0 else None


def proof_counts(dossier: Dossier, proof: str, amount: Decimal | None = None) -> bool:
    """Whether a payment by this proof (of this amount) stands in the dossier and was not taken back since."""
    key, stands = decision_key(proof), 0
    given: set[tuple[Decimal, str | None]] = set()
    for one in dossier.fine_payments:
        if one.amount > 0 and decision_key(one.proof or "") == key and amount in (None, one.amount):
            stands += 1
            given.add((one.amount, one.decision))
        elif stands and (-one.amount, one.decision) in given:
            stands -= 1
    return stands > 0


def decided(dossier: Dossier, event: Event) -> None:
    """A decision more; one that was entered before is as it is said now."""
    body = event.body
    number = str(body["decision"])
    amount = Decimal(str(body["amount"]))
    dossier.fines[number] = amount
    decided_on, handed_on, last = (_day(body.get(name)) for name in ("decided_on", "handed_on", "pay_by"))
    dossier.decisions[number] = Decision(event.event_id, number, amount, event.at, decided_on, handed_on, last)


def waited_for(dossier: Dossier, event: Event, number: str | None, amount: Decimal) -> None:
    """A paper waits for a fine, whose decision was not entered by itself."""
    key = number or event.event_id
    known = dossier.decisions.get(key)
    dossier.fines[key] = amount
    new = Decision(event.event_id, key, amount, event.at, named=number is not None)
    dossier.decisions[key] = new if known is None else replace(known, amount=amount)


def entered_twice(dossier: Dossier, event: Event, amount: Decimal) -> bool:
    """Whether two desks that did not see each other wrote down one payment, by its proof and amount."""
    proof = event.body.get("receipt") or event.body.get("reference")
    return amount > 0 and bool(proof) and proof_counts(dossier, str(proof), amount)


def paid(dossier: Dossier, event: Event, amount: Decimal, *, also_fee: bool) -> None:
    """Money came for the dossier's fines, or was given back: off the way by which that amount, else the last, came."""
    body = event.body
    number = body.get("decision")
    before = _came(dossier, amount, number) if amount < 0 else None
    channel, method = (before.channel, before.method) if before else ("counter", None)
    if body.get("channel"):
        channel, method = str(body["channel"]), None
    dossier.fine_payments.append(
        FinePayment(
            event.event_id,
            event.at,
            amount,
            channel,
            body.get("receipt"),
            body.get("reference"),
            body.get("method") or method,
            number or (before.decision if before else None),
            also_fee,
        )
    )


def _came(dossier: Dossier, amount: Decimal, number: str | None) -> FinePayment | None:
    """The payment that is given back."""
    before = [one for one in dossier.fine_payments if number in (None, one.decision)] or dossier.fine_payments
    same = [one for one in before if one.amount == -amount] or before
    return same[-1] if same else None


def owed(dossier: Dossier) -> Iterator[Owed]:
    """Every decision with the payments that name it; the other money goes to the first one first."""
    rest = sum((one.amount for one in dossier.fine_payments if one.decision not in dossier.decisions), Decimal(0))
    decisions = list(dossier.decisions.values())
    for place, one in enumerate(decisions):
        own = sum((paid.amount for paid in dossier.fine_payments if paid.decision == one.number), Decimal(0))
        room = max(Decimal(0), one.amount - max(Decimal(0), own))
        part = rest if place == len(decisions) - 1 else min(rest, room)
        total = max(Decimal(0), own + part)
        rest -= part if part >= 0 else total - own
        days = [
            paid.at
            for paid in dossier.fine_payments
            if paid.decision == one.number or (part and paid.decision not in dossier.decisions)
        ]
        yield Owed(one, total, days[-1] if total else None)


def is_settled(dossier: Dossier) -> bool:
    """Whether a decision's dossier has nothing left: all was paid, and of what was held each thing's own record says
    who took it."""
    return (
        dossier.procedure == PROCEDURE
        and bool(dossier.decisions)
        and not dossier.held
        and not any(one.left for one in owed(dossier))
    )


def pay_by(handed_on: date, unit: str, law: Law) -> PayBy | None:
    """By the law of the day on which the decision was handed on; None where the law holds no such limit."""
    found = law.case_on(PAYING, None, handed_on)
    if isinstance(found, Refusal):
        return None
    version, case = found
    try:
        rules = law.clock_rules(version, None, unit, handed_on)
        due = deadline(datetime.combine(handed_on, _NOON, LEGAL_TIME), rules, (), law.calendar(unit)).due_at
    except InvalidInput:
        return None
    return None if due is None else PayBy(due.astimezone(LEGAL_TIME).date(), case.basis, version.verified)


def _day(text: object) -> date | None:
    return date.fromisoformat(str(text)) if text else None
