"""Results that go by post: a carrier's batch with its number, and what the post costs whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from core.answers import InvalidInput, Refusal
from core.catalogue import PostSupport
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
    """`fee` in đồng, None: as the carrier's tariff says; `payer`: one of PAYERS; `basis`: what each rests on.

    `support`: the decision by which somebody else pays, where one holds for this applicant. `asked`: the decisions that
    would, for whoever proves to be meant. `verified` is False where nobody has read the decision that says so.
    """

    fee: Decimal | None
    payer: str
    basis: tuple[str, ...]
    verified: bool
    support: PostSupport | None = None
    asked: tuple[PostSupport, ...] = ()


def post_terms(
    law: Law, unit: str, day: date, applicant: str | None = None, procedure: str | None = None
) -> PostTerms | None:
    """What the district has decided, as the law's data has it on the day; None where they hold nothing.

    `applicant`: its kind, `procedure`: our name; without them no support holds that names any.
    """
    try:
        fee, payer = (law.policy_row(name, unit, day) for name in ("post_fee", "post_fee_payer"))
    except InvalidInput:
        return None
    fitting = list(_supports(law, unit, day, applicant, procedure))
    asked = tuple(one for one in fitting if one.whom is not None)
    own = [one for one in fitting if one.whom is None]
    support = max(own, key=lambda one: (one.unit is not None, one.valid_from, one.decision), default=None)
    if support is not None:
        amount = Decimal(support.fee) if support.fee else _amount(fee.value)
        return PostTerms(amount, "support", (support.decision,), support.verified, support, asked)
    basis = tuple(dict.fromkeys((fee.basis, payer.basis)))
    return PostTerms(_amount(fee.value), payer.value, basis, fee.verified and payer.verified, None, asked)


def _supports(law: Law, unit: str, day: date, applicant: str | None, procedure: str | None) -> Iterator[PostSupport]:
    """The decisions in force for this unit, applicant and procedure."""
    code = law.code_on(unit, day)
    for one in law.supports:
        whose = not one.applicants or applicant in one.applicants
        named = {known.name for text in one.procedures if (known := law.find(text)) is not None}
        what = not one.procedures or procedure in named
        if one.unit in (None, code) and one.in_force(day) and whose and what:
            yield one


def _amount(value: str) -> Decimal | None:
    return Decimal(value) if value.isdecimal() else None


def batch_number(day: date, desk_number: int, before: int) -> str:
    """A batch's number, the same for nobody else: day, desk number and its place among the desk's own of that day."""
    return f"BC-{day:%y%m%d}-{desk_number:02}-{before + 1:02}"


def decide_post(command: SendPost) -> tuple[Draft, ...] | Refusal:
    """The batch's own event."""
    if not command.carrier or not command.dossiers:
        return Refusal("post_batch_empty")
    body = {"carrier": command.carrier, "dossiers": list(command.dossiers), "number": command.number}
    return (Draft(ENTITY, "post_batch_sent", command.at, body),)
