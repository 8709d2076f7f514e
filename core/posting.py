"""Results that go by post: a carrier's batch with its number, and what the post costs whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from core.answers import InvalidInput, Refusal
from core.law import Law
from core.record import Draft

ENTITY = "letters:post"
"""The station's aggregate of all batches."""


@dataclass(frozen=True, slots=True)
class SendPost:
    """The carrier takes these dossiers' results along, under one number; each one has its own `handed_to_post`."""

    carrier: str
    number: str
    dossiers: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class PostTerms:
    """`fee` in đồng, None: as the carrier's tariff says; `payer`: citizen or station; `basis`: what each rests on.

    `verified` is False where nobody has read the decision that says so.
    """

    fee: Decimal | None
    payer: str
    basis: tuple[str, ...]
    verified: bool


def post_terms(law: Law, unit: str, day: date) -> PostTerms | None:
    """What the district has decided, as the law's data has it on the day; None where they hold nothing."""
    try:
        fee, payer = (law.policy_row(name, unit, day) for name in ("post_fee", "post_fee_payer"))
    except InvalidInput:
        return None
    amount = Decimal(fee.value) if fee.value.isdecimal() else None
    return PostTerms(
        amount, payer.value, tuple(dict.fromkeys((fee.basis, payer.basis))), fee.verified and payer.verified
    )


def batch_number(day: date, desk_number: int, before: int) -> str:
    """A batch's number, the same for nobody else: day, desk number and its place among the desk's own of that day."""
    return f"BC-{day:%y%m%d}-{desk_number:02}-{before + 1:02}"


def decide_post(command: SendPost) -> tuple[Draft, ...] | Refusal:
    """The batch's own event."""
    if not command.carrier or not command.dossiers:
        return Refusal("post_batch_empty")
    body = {"carrier": command.carrier, "dossiers": list(command.dossiers), "number": command.number}
    return (Draft(ENTITY, "post_batch_sent", command.at, body),)
