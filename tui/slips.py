"""The receipt slip's facts from a dossier and its law, in Vietnamese whatever the screen speaks."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import partial

from core.catalogue import ProcedureVersion
from core.dossier import Dossier
from core.forms import FormVersion
from core.issued import Letter
from core.letters import Fee, PaperRow, ReceiptSlip
from core.moments import legal_day
from core.posting import post_terms
from core.slip_claim import waits_for
from core.standing import Standing, calendar_of, earliest, explained, standing
from storage.desk import Desk
from storage.press import Press
from storage.slips import slip_code
from tui.dates import end_long
from tui.dossier_words import method_words, number_as, to_be_mapped
from tui.explanation import explanation_lines
from tui.i18n import in_language, tr
from tui.limit_words import variant_words
from tui.slip_words import waits_words
from tui.two_languages import both, both_lists, title
from tui.unit_words import came_from

_PAYMENT = "payment_received"


def receipt_slip(press: Press, desk: Desk, dossier: Dossier, *, copy_mark: bool = False) -> ReceiptSlip:
    """Form 01 for a received dossier, with the appointment that binds now: an earlier promise stays."""
    assert dossier.received_at is not None
    with in_language("vi"):
        stands, elsewhere = standing(dossier, desk.law), came_from(desk, dossier)
        officer = desk.officers.get(dossier.officer)
        applicant, facts, version = dossier.applicant, dossier.facts, stands.version
        form = press.form("receipt", legal_day(dossier.received_at))
        return ReceiptSlip(
            form=form,
            unit_name=desk.identity.unit_name,
            unit_parent=form.words["office_superior"],
            desk=f"Quầy {desk.identity.number}",
            receipt_number=dossier.receipt_number,
            official_number=dossier.official_number,
            place=form.words["office_place"],
            received_at=dossier.received_at,
            subject_name=applicant.get("name", ""),
            procedure_title=both(form, lambda: title(version.title_vi, version.title_en))
            if version
            else dossier.procedure,
            limit=both(form, lambda: _limit(version, dossier)),
            officer_name=officer.name if officer else "",
            due_at=stands.binding_at,
            waits_for=None if stands.binding_at else why_no_date(desk, dossier),
            waits_for_en=None if stands.binding_at else _in_english(desk, dossier),
            ended=not dossier.is_open,
            subject_number=applicant.get("number") or applicant.get("id_number"),
            masked=True,
            number_as=both(form, lambda: number_as(applicant)),
            address=applicant.get("address"),
            phone=applicant.get("phone"),
            email=applicant.get("email"),
            organisation=applicant.get("kind") == "organisation",
            bringer_name=dossier.bringer.get("name"),
            bringer_capacity=both(form, lambda: _capacity(dossier)) or None,
            papers=_papers(form, version, facts.get("papers", ())),
            return_by=facts.get("return_by", "counter"),
            fee=_fee(dossier, version, awaited=not stands.binding_at and waits_for(dossier, desk.law) == _PAYMENT),
            explanation=tuple(both_lists(form, lambda: _why(desk, dossier, stands))),
            notices=tuple(both_lists(form, lambda: _notices(desk, dossier, version))),
            provisional=to_be_mapped(dossier),
            copy_mark=copy_mark,
            code=slip_code(desk, dossier),
            dated=dossier.came if elsewhere else None,
        )


def receipt_kind(dossier: Dossier) -> str:
    """Which letter the receipt is: a slip without a number is another paper than the one that has it."""
    return "provisional_receipt" if dossier.receipt_number is None else "receipt"


def printed_before(desk: Desk, dossier: Dossier, appointment: datetime | None) -> Letter | None:
    """This unit's confirmed print of the receipt with this very date, which the citizen has; None where none is."""
    kind, unit = receipt_kind(dossier), desk.identity.unit
    seen = [one for one in dossier.letters.values() if one.printed and (one.kind, one.unit) == (kind, unit)]
    return next((one for one in reversed(seen) if one.promised_at == appointment), None)


def _limit(version: ProcedureVersion | None, dossier: Dossier) -> str:
    case = version.variant(dossier.variant) if version else None
    return variant_words(case) if case else "–"


def _capacity(dossier: Dossier) -> str:
    capacity = dossier.bringer.get("capacity")
    return tr(f"capacity.{capacity}") if capacity else ""


def why_no_date(desk: Desk, dossier: Dossier) -> str:
    """What the date waits for; of a dossier that came to its end without one, how it ended."""
    if dossier.is_open:
        return waits_words(waits_for(dossier, desk.law))
    state = tr(f"state.{dossier.state}")
    return state[:1].lower() + state[1:]


def _in_english(desk: Desk, dossier: Dossier) -> str:
    with in_language("en"):
        return why_no_date(desk, dossier)


def _papers(form: FormVersion, version: ProcedureVersion | None, held: tuple[str, ...]) -> tuple[PaperRow, ...]:
    known = {paper.code: paper for paper in version.papers} if version else {}

    def titled(code: str) -> str:
        paper = known.get(code)
        return title(paper.title_vi, paper.title_en) if paper else code

    return tuple(PaperRow(both(form, partial(titled, code))) for code in held)


def _fee(dossier: Dossier, version: ProcedureVersion | None, *, awaited: bool) -> Fee | None:
    """What is asked for and what was paid of it; None where the law gives no one amount and nobody paid.

    `awaited`: the date waits for a payment, so that «nothing» would be untrue although the law names no fee (a fine).
    """
    paid = sum((Decimal(amount) for amount, _ in dossier.paid), Decimal(0))
    how = next((method for _, method in reversed(dossier.paid) if method), None)
    if not paid and how == "exempt":
        return Fee(0, exempt=True)
    asked = _asked(dossier, version)
    if not paid:
        return None if asked is None or (awaited and not asked) else Fee(asked)
    return Fee(max(int(paid), asked or 0), int(paid), method_words(how) if how else None)


def _asked(dossier: Dossier, version: ProcedureVersion | None) -> int | None:
    """The amount that was asked for, else the law's for the channel on the day of receipt; None where there is none.

    Nothing for the mending of the station's own error.
    """
    marks = dossier.marks
    if dossier.facts.get("fault") == "station":
        return 0
    asked = [e.body.get("amount") for e in dossier.events if e.kind == "payment_requested" and e.event_id not in marks]
    if asked and asked[-1] is not None:
        return int(Decimal(str(asked[-1])))
    if version is None or dossier.received_at is None:
        return None
    channel, day = dossier.facts.get("channel", "counter"), legal_day(dossier.received_at)
    return next((fee.amount for fee in version.fees if fee.channel == channel and fee.in_force(day)), None)


def _why(desk: Desk, dossier: Dossier, stands: Standing) -> list[str]:
    """How the limit was counted; where the appointment is earlier than that, so it is said."""
    law = earliest(dossier, desk.law_for(dossier))
    reason = explained(dossier, law)
    if reason is None or stands.version is None:
        return []
    lines = explanation_lines(reason, calendar_of(dossier, law), stands.version.basis)
    if stands.binding_at is not None and stands.due_at is not None and stands.binding_at < stands.due_at:
        lines.append(tr("slip.earlier", moment=end_long(stands.binding_at)))
    return lines


def _post_line(desk: Desk, dossier: Dossier) -> str:
    """Who bears what the post costs, where a decision says that somebody else does; else the form's words stand."""
    assert dossier.received_at is not None
    kind, day = str(dossier.applicant.get("kind") or "citizen"), legal_day(dossier.received_at)
    terms = post_terms(desk.law, dossier.unit, day, kind, dossier.procedure)
    if terms is None or terms.support is None:
        return ""
    return tr("slip.post_support", payer=terms.support.borne_by, decision=terms.support.decision)


def _notices(desk: Desk, dossier: Dossier, version: ProcedureVersion | None) -> tuple[str, ...]:
    found = []
    received = came_from(desk, dossier)
    if received is not None and dossier.came is not None:
        found.append(tr("slip.came", unit=received, day=f"{dossier.came:%d/%m/%Y}"))
    if dossier.facts.get("return_by") == "post" and (post := _post_line(desk, dossier)):
        found.append(post)
    if version is not None and not version.verified:
        found.append(tr("slip.unverified"))
    if dossier.receipt_number is None:
        found.append(tr("slip.no_number" if desk.series.state().wanted else "slip.numbers_used_up"))
    elif to_be_mapped(dossier):
        found.append(tr("slip.to_map"))
    if desk.identity.test:
        found.append(tr("slip.demo"))
    return tuple(found)
