"""A shorter limit as a paper: what is asked for, what it would have held, why not the rest; in Vietnamese."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from pathlib import Path

from core.answers import Refusal
from core.document import Document, Facts, Rows, Signature, fill
from core.faster import CONFIDENCE, ENOUGH, PERCENTILE, Proposal, shortest
from core.forms import day_words
from core.moments import HOUR, legal_day
from storage.desk import Desk
from storage.faster import Faster, Group, paper_title
from storage.officers import Officer
from storage.press import Press
from tui.handover import procedure_title
from tui.i18n import in_language, tr
from tui.limit_words import phases_words, quantity_words
from tui.papers import heading_of
from tui.reports.faster import interval_words, percent, proposed_words, share_words, variant_title, why_words

FORM = "limit-proposal"
_ROWS = 5


def group_of(desk: Desk, facts: Faster, procedure: str, variant: str | None) -> Group | Refusal:
    """What a proposal is about: of several (units, limits that changed) the one with the most dossiers.

    `variant` None: of the only case that ended. Refusals `procedure_unknown`, `proposal_nothing` (no dossier of it
    ended in the period), `proposal_which` (several cases did).
    """
    row = desk.law.find(procedure)
    if row is None:
        return Refusal("procedure_unknown", params={"procedure": procedure})
    ended = [one for one in facts.groups if one.kind.procedure == row.name]
    found = [one for one in ended if variant in (None, one.kind.variant or "default")]
    if not found:
        return Refusal("proposal_nothing", params={"procedure": procedure, "variant": variant or "–"})
    cases = sorted({one.kind.variant or "default" for one in found})
    if len(cases) > 1:
        return Refusal("proposal_which", params={"variants": ", ".join(cases)})
    return max(found, key=lambda one: len(one.cases))


def chosen(group: Group, amount: int | None) -> Proposal | Refusal:
    """The limit that is proposed: `amount`, else the shortest that holds.

    Refusals: `proposal_no_limit` (the limit has parts or is one unit already), `proposal_none_holds`,
    `proposal_not_shorter`.
    """
    limit = group.limit
    if limit is None or limit.amount < 2:
        return Refusal("proposal_no_limit", params={"limit": phases_words(group.kind.phases)})
    if amount is None:
        return shortest(group.proposals) or Refusal("proposal_none_holds", params={"count": str(len(group.cases))})
    if not 1 <= amount < limit.amount:
        return Refusal("proposal_not_shorter", params={"limit": phases_words(group.kind.phases)})
    return Proposal(amount, bisect_right(group.amounts, amount), len(group.amounts))


def proposal_paper(
    desk: Desk, press: Press, facts: Faster, group: Group, one: Proposal, officer: Officer | None
) -> Document:
    """The sheet; it is the unit's own, for no form of law is known."""
    with in_language("vi"):
        today = legal_day(desk.now())
        form = press.form(FORM, today)
        names = {"officer": officer.name if officer else "", "head": ""}
        return Document(
            form=form,
            heading=heading_of(desk, form),
            day_words=day_words(today),
            blocks=fill(form, _facts(desk, facts, group, one)),
            signatures=tuple(
                Signature((form.words[f"sign_{key}"],), names[key], form.words["sign_here"]) for key in form.signatures
            ),
        )


def _facts(desk: Desk, facts: Faster, group: Group, one: Proposal) -> Facts:
    kind, row, many = group.kind, desk.law.find(group.kind.procedure), len(group.cases)
    limit = phases_words(kind.phases)
    words = {
        "request": procedure_title(desk, kind.procedure),
        "national_code": (row.code if row is not None else None) or "",
        "case": variant_title(desk, kind.procedure, kind.variant) if kind.variant else "",
        "proposer": desk.identity.unit_name if kind.unit == desk.identity.unit else kind.unit,
        "period": f"{facts.span.first:%d/%m/%Y}–{facts.span.last:%d/%m/%Y}",
        "limit": limit,
        "limit_basis": _basis(desk, group),
        "proposed": tr("proposal.from_to", limit=limit, proposed=proposed_words(group, one)),
        "counted": str(many),
        "held": tr("proposal.held", count=one.held, share=percent(one)),
        "missed": str(one.missed),
        "used": tr(
            "proposal.used",
            median=quantity_words_of(group, group.median),
            share=share_words(PERCENTILE),
            most=quantity_words_of(group, group.most.value),
            interval=interval_words(group),
            sure=share_words(CONFIDENCE),
        ),
    }
    reasons = tuple(tr("proposal.reason", count=count, why=why_words(why)) for why, count in group.why(one.amount))
    return Facts(
        words,
        {"reasons": reasons, "doubts": tuple(_doubts(facts, group, one))},
        rows={"waits": _waits(group), "papers": _papers(desk, facts, kind.procedure)},
    )


def quantity_words_of(group: Group, amount: int) -> str:
    """An amount in the unit that the group is counted in."""
    return quantity_words(Fraction(amount), group.unit)


def _basis(desk: Desk, group: Group) -> str:
    """The article of the row of law that judged the last of them; unread ones are told as such."""
    law = group.cases[-1].ended.law
    version = None if law is None else desk.law.version_by_hash(law)
    case = None if version is None else version.variant(group.kind.variant)
    if version is None or case is None:
        return ""
    basis = case.basis or version.basis
    return basis if version.verified else tr("paper.unchecked", basis=basis)


def _doubts(facts: Faster, group: Group, one: Proposal) -> list[str]:
    """What nobody may overlook in the figures."""
    told = []
    if len(group.cases) < ENOUGH:
        told.append(tr("proposal.few", count=len(group.cases), few=ENOUGH))
    if not one.holds:
        told.append(tr("proposal.not_held"))
    left = "; ".join(tr(f"report.faster.left.{word}", count=count) for word, count in facts.left_out.items())
    if left:
        told.append(tr("proposal.left", told=left))
    return told


def _waits(group: Group) -> Rows:
    return tuple(
        (
            step or tr(f"kind.{since}"),
            tr("report.faster.theirs" if one.theirs else "report.faster.ours"),
            str(len(one.seconds)),
            str(round(one.median / HOUR)),
            str(round(one.total / HOUR)),
        )
        for (since, step), one in group.waits[:_ROWS]
    )


def _papers(desk: Desk, facts: Faster, procedure: str) -> Rows:
    found = [one for one in facts.asked if one.procedure == procedure and one.paper is not None]
    return tuple(
        (paper_title(desk, procedure, one.paper or "", english=False), str(len(one.after)), str(len(one.before)))
        for one in found[:_ROWS]
    )


def write_proposal(
    desk: Desk, facts: Faster, group: Group, amount: int | None, path: Path, officer: Officer | None
) -> Proposal | Refusal:
    """The sheet as a PDF. Raises OSError where the file cannot be written."""
    one = chosen(group, amount)
    if isinstance(one, Refusal):
        return one
    press = Press(desk.folder)
    path.write_bytes(press.letters([proposal_paper(desk, press, facts, group, one, officer)], desk.now()).content)
    return one
