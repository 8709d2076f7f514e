"""What is said of letters with results."""

from __future__ import annotations

from core.moments import legal_day
from core.posting import post_terms
from storage.desk import Desk
from storage.post import Batch, Letter
from tui.dossier_words import money
from tui.i18n import tr


def letter_cells(one: Letter) -> tuple[str, ...]:
    """Number, name, tracking number, when sent, what became of it, who bears the fee."""
    return (
        one.receipt_number or one.dossier,
        one.applicant_name,
        one.tracking or tr("post.untracked"),
        f"{one.sent_on:%d/%m/%Y}",
        stands_words(one),
        fee_words(one),
    )


def stands_words(one: Letter) -> str:
    """What became of it: delivered when and by what proof, or come back when, why, and what is to be done."""
    parts = [tr(f"post.stands.{one.stands}")]
    if one.stands == "delivered":
        parts = [tr("post.delivered_on", day=f"{one.delivered_on:%d/%m/%Y}"), one.proof or tr("post.unproved")]
    elif one.returned_on is not None:
        parts = [tr(f"post.next.{one.next}")] if one.next else []
        parts += [tr("post.returned_on", day=f"{one.returned_on:%d/%m/%Y}"), one.reason or ""]
    return " · ".join(part for part in parts if part)


def fee_words(one: Letter) -> str:
    """Who bears the fee, how much, by which decision; empty where nobody wrote it."""
    parts = [tr(f"payer.{one.payer}") if one.payer else "", money(one.fee) if one.fee else "", one.decision or ""]
    return " · ".join(part for part in parts if part)


def fee_said(one: Letter) -> str:
    """Who bears the fee, where nothing else says that it is of the fee; empty where nobody wrote it."""
    words = fee_words(one)
    return tr("post.borne", words=words) if words else ""


def post_words(desk: Desk, applicant: str | None = None, procedure: str | None = None) -> str:
    """What the post costs whom, by the data that are in force, and whether anybody has read the decision."""
    day = legal_day(desk.now())
    terms = post_terms(desk.law, desk.identity.unit, day, applicant, procedure)
    if terms is None:
        return ""
    fee = tr("return.tariff") if terms.fee is None else money(f"{terms.fee:f}")
    payer = terms.support.borne_by if terms.support else tr(f"payer.{terms.payer}")
    told = tr("return.terms", fee=fee, payer=payer, basis="; ".join(terms.basis))
    told = told if terms.verified else f"{told} {tr('return.unverified')}"
    asked = [tr("post.asked", whom=one.whom, payer=one.borne_by, decision=one.decision) for one in terms.asked]
    return " ".join([told, *asked])


def batch_words(one: Batch) -> str:
    """What became of a batch's letters, what needs somebody first; what there is none of is left out."""
    counts = (("returned", one.returned), ("out", one.out), ("delivered", one.delivered))
    return " · ".join(tr(f"post.batch.{word}", count=count) for word, count in counts if count)
