"""The letters of a dossier, filled from its events and its law; in Vietnamese whatever the screen speaks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from core.answers import Refusal
from core.apology import LETTER
from core.catalogue import Paper, ProcedureVersion
from core.citizen import citizen_deadline
from core.document import Document, Facts, Heading, Signature, fill
from core.dossier import Dossier
from core.forms import FormVersion, day_words, end_words, moment_words
from core.identity import mask
from core.moments import LEGAL_TIME, legal_day, limit_day
from core.record import Event
from core.results import handed_over
from core.standing import calendar_of, earliest, explained, judge
from storage.desk import Desk
from storage.officers import Officer
from storage.press import Press
from tui.case import Case, Filled
from tui.control_slip import control_slip
from tui.counter_words import fees_words, hours_of
from tui.custody_words import back_words
from tui.dossier_words import missing_papers, number_as
from tui.explanation import explanation_lines
from tui.i18n import in_language, language, tr
from tui.limit_words import variant_words
from tui.reason_words import basis_words
from tui.slips import why_no_date
from tui.two_languages import both, title
from tui.unit_words import unit_words

_IF_THERE = frozenset({"witness", "taker"})
"""Who signs only where there is one: nobody takes a result that was sent through the portal."""


def paper_of(
    desk: Desk, dossier: Dossier, kind: str, press: Press, officer: Officer | None = None, *, on: date | None = None
) -> Document | Refusal:
    """A letter of a dossier (one of DOSSIER_LETTERS) as things stand now, by the form of today; without its number.

    `on`: the day that it bears and whose form it follows, where it is a copy of what was issued then.
    Refusals: `letter_not_due` where nothing has happened that the letter tells of, `letter_elsewhere` where another
    unit has told it.
    """
    with in_language("vi"):
        day = on or legal_day(desk.now())
        case = Case(desk, dossier, officer, _addressed(press.form(kind, day), dossier))
        filled = _KINDS[kind](case)
        if filled is None:
            return Refusal("letter_not_due", params={"letter": tr(f"letter.{kind}")})
        told = _told_elsewhere(case, kind, filled)
        if told is not None:
            return told
        words = {**_common(case), **filled.facts.words}
        facts = Facts(words, filled.facts.items, filled.facts.ticks, filled.facts.rows)
        return Document(
            form=case.form,
            heading=heading_of(desk, case.form),
            day_words=day_words(day),
            blocks=fill(case.form, facts),
            signatures=tuple(
                _signature(case, key, filled)
                for key in case.form.signatures
                if key not in _IF_THERE or key in filled.names
            ),
            number="" if case.form.symbol else None,
            to=filled.to,
            recipients=case.form.recipients,
            marks=filled.marks,
            since=filled.since,
            promises=filled.promises,
        )


def _told_elsewhere(case: Case, kind: str, filled: Filled) -> Refusal | None:
    """The letter of what happened stands in another unit's name: this one can neither write nor copy it."""
    letters = [one for one in case.dossier.letters.values() if one.kind == kind]
    told = [one for one in letters if filled.since is not None and one.issued_at >= filled.since]
    if not told or case.desk.identity.unit in [one.unit for one in told]:
        return None
    unit, day = unit_words(case.desk, told[-1].unit), _day(told[-1].issued_at)
    return Refusal("letter_elsewhere", params={"unit": unit, "number": told[-1].number or "–", "day": day})


def _addressed(form: FormVersion, dossier: Dossier) -> FormVersion:
    """The form as it speaks to the applicant: an organisation is no «Ông/Bà»."""
    if dossier.applicant.get("kind") != "organisation":
        return form
    person, organisation = form.words["person"], form.words["organisation"]
    return replace(form, words={name: text.replace(person, organisation) for name, text in form.words.items()})


def heading_of(desk: Desk, form: FormVersion) -> Heading:
    """Who issues a paper of this desk."""
    return Heading(desk.identity.unit_name, form.words["office_superior"], form.words["office_place"])


def _signature(case: Case, key: str, filled: Filled) -> Signature:
    words = case.form.words
    role = filled.roles.get(key) or (words[f"sign_{key}"].format(unit=case.unit).upper(),)
    hint = filled.hints.get(key) or words["sign_and_seal" if key == "head" else "sign_here"]
    return Signature(role, filled.names.get(key, ""), hint)


def _common(case: Case) -> dict[str, str]:
    """What most forms ask for."""
    dossier, words = case.dossier, case.form.words
    applicant, unit = dossier.applicant, case.unit
    number = applicant.get("number") or applicant.get("id_number")
    begun = dossier.received_at or dossier.first_at
    return {
        "unit": unit,
        "receiver": case.receiver,
        "counter": tr("paper.counter"),
        "officer": case.officer.name if case.officer else case.name_of(dossier.officer),
        "unit_phone": words["office_phone"],
        "code": _numbers(dossier),
        "subject": str(applicant.get("name") or ""),
        "whose": _to(case),
        "number": number_as(applicant).format(number=mask(str(number))) if number else "",
        "address": str(applicant.get("address") or ""),
        "phone": str(applicant.get("phone") or ""),
        "email": str(applicant.get("email") or ""),
        "request": case.version.title_vi if case.version else dossier.procedure,
        "result": case.version.result_vi if case.version else "",
        "limit": limit_of(case.version, dossier.variant),
        "received": moment_words(begun) if begun else "",
        "received_day": _day(begun) if begun else "",
        "due": end_words(case.stands.binding_at) if case.stands.binding_at else _no_date(case),
    }


def _numbers(dossier: Dossier) -> str:
    """The receipt number and, once there is one, the official one."""
    official = tr("number.official", number=dossier.official_number) if dossier.official_number else ""
    return "; ".join(filter(None, (dossier.receipt_number, official)))


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(LEGAL_TIME):%d/%m/%Y}"


def _no_date(case: Case) -> str:
    """What the date waits for, as the receipt says it; nothing where no receipt was given."""
    if case.dossier.received_at is None:
        return ""
    words = case.form.words["no_date" if case.dossier.is_open else "no_date_ended"]
    return words.format(reason=why_no_date(case.desk, case.dossier), reason_en="")


def limit_of(version: ProcedureVersion | None, variant: str | None) -> str:
    """The limit of a case in words; a dash where the law has none."""
    case = version.variant(variant) if version else None
    return variant_words(case) if case else "–"


def _supplement(case: Case) -> Filled | None:
    asked = case.last("supplement_requested", "guided", "received")
    if asked is None or asked.kind == "received":
        return None
    named = tuple(str(one) for one in asked.body.get("items") or asked.body.get("missing") or ())
    titles = {paper.code: paper.title_vi for paper in case.version.papers} if case.version else {}
    items = tuple(titles.get(one, one) for one in named) or tuple(missing_papers(case.dossier, case.version))
    waits = citizen_deadline(case.dossier, case.desk.law)
    words = {
        "reason": str(asked.body.get("reason") or ""),
        "answer_by": day_words(waits.answer_by) if waits else "",
    }
    return Filled(Facts(words, {"items": items}), {"guide": case.name_of(asked.by)}, since=asked.at)


def _refusal(case: Case) -> Filled | None:
    refused = case.end("refused", "not_accepted")
    if refused is None:
        return None
    names = {"refuser": case.name_of(refused.by), "submitter": _submitter(case)}
    return Filled(Facts({"reason": str(refused.body.get("reason") or "")}), names, since=refused.at)


def _submitter(case: Case) -> str:
    """Who signs for having handed in; for an organisation somebody does, and writes the name by hand."""
    return str(case.dossier.bringer.get("name") or "") or _person(case)


def _person(case: Case) -> str:
    applicant = case.dossier.applicant
    return "" if applicant.get("kind") == "organisation" else str(applicant.get("name") or "")


def _apology(case: Case) -> Filled | None:
    moved = case.last("rescheduled")
    new = None if moved is None else _new_appointment(case, moved)
    if moved is None or new is None:
        return None
    missed = case.before(moved)
    old = missed.binding_at
    late = judge(moved.at, old, missed.by_date) == "late"
    words = {
        "old_due": end_words(old) if old else "",
        "new_due": end_words(new),
        "lateness": tr("paper.not_in_time" if late else "paper.will_not_be"),
        "reason": str(moved.body.get("reason") or ""),
        "extension": _extension(case, old, new) if old else "",
    }
    ours = case.is_ours(moved)  # else the head of this unit has signed nothing yet
    signer = str(moved.body.get("signer") or case.name_of(moved.by)) if ours else ""
    roles = {"head": _deputy(case)} if ours and moved.body.get("signed_as") == "deputy" else {}
    return Filled(Facts(words), {"head": signer}, roles, to=_to(case), since=moved.at, promises=new)


def _new_appointment(case: Case, moved: Event) -> datetime | None:
    """What a letter told already; else what binds now, for a pause may have moved what was signed.

    None: nothing binds now.
    """
    letters = case.dossier.letters.values()
    told = [one.promised_at for one in letters if one.kind == LETTER and one.issued_at >= moved.at and one.promised_at]
    if told:
        return told[-1]
    return case.stands.binding_at if case.dossier.is_open else datetime.fromisoformat(str(moved.body["due_at"]))


def _deputy(case: Case) -> tuple[str, ...]:
    """«KT. TRƯỞNG …», and below it the deputy's own office."""
    words = case.form.words
    return tuple(words[key].format(unit=case.unit).upper() for key in ("sign_head_delegate", "sign_head_deputy"))


def _extension(case: Case, old: datetime, new: datetime) -> str:
    first, last = (limit_day(moment).toordinal() for moment in (old, new))
    days = calendar_of(case.dossier, case.desk.law).count(first, last)
    return tr("paper.working_days", count=f"{days:02}")


def _stop(case: Case) -> Filled | None:
    stopped = case.end("stopped")
    if stopped is None:
        return None
    words = {
        "reason": str(stopped.body.get("reason") or ""),
        "basis": basis_words(stopped) if stopped.body.get("basis") else "",
        "stopped_day": day_words(legal_day(stopped.at)),
    }
    by = case.desk.officers.get(stopped.by)
    roles = {"head": _deputy(case)} if by is not None and by.signs == "deputy" else {}
    return Filled(Facts(words), {"head": by.name if by else ""}, roles, to=_to(case), since=stopped.at)


def _to(case: Case) -> str:
    applicant = case.dossier.applicant
    name = str(applicant.get("name") or "")
    return name if applicant.get("kind") == "organisation" else f"{case.form.words['person']} {name}"


def _checklist(case: Case) -> Filled | None:
    """What is needed for the procedure, with a cross before what is missing of what must be there."""
    held = {str(paper) for paper in case.dossier.facts.get("papers", ())}
    version, desk, form = case.version, case.desk, case.form
    if version is None:
        return None
    papers = tuple(both(form, partial(needed_words, paper)) for paper in version.papers)
    missing = tuple(
        paper.required and not held & {paper.code, paper.title_vi, paper.title_en} for paper in version.papers
    )
    words = {
        "request": both(form, lambda: title(version.title_vi, version.title_en)),
        "limit": both(form, lambda: limit_of(version, case.dossier.variant)),
        "fee": both(form, lambda: fees_words(desk, version)),
        "place": desk.identity.unit_name,
        "hours": both(form, lambda: hours_of(desk)),
    }
    name = case.officer.name if case.officer else ""
    return Filled(Facts(words, {"papers": papers}, {"papers": missing}), {"guide": name})


def needed_words(paper: Paper) -> str:
    """A paper with what must be known of it, and whether everybody needs it."""
    note = paper.note_vi if language() == "vi" else ""
    optional = "" if paper.required else tr("paper.if_any")
    return title(paper.title_vi, paper.title_en) + (f" ({note})" if note else "") + optional


def _result(case: Case) -> Filled | None:
    given = handed_over(case.dossier)
    if given is None:
        return None
    signs = tr("paper.thumbprint") if given.thumbprint else ""
    words = {
        "result": _named_result(case),
        "outcome": tr(f"outcome.{case.dossier.outcome}") if case.dossier.outcome else "",
        "taker": given.taker or str(case.dossier.applicant.get("name") or ""),
        "taker_number": mask(given.taker_number) if given.taker_number else "",
        "capacity": tr(f"capacity.{given.capacity}"),
        "proof": given.proof or "",
        "returned": moment_words(given.event.at),
        "channel": ", ".join(filter(None, (tr(f"channel.{given.channel}"), signs))),
        "reference": given.reference or "",
        "slip": tr("paper.slip_lost" if given.signed else "paper.slip_lost_print") if given.slip_lost else "",
        "witness": given.witness or "",
    }
    names = {"giver": case.name_of(given.event.by)}
    if given.channel != "online":
        names["taker"] = given.taker or _person(case)
    if given.witness:
        names["witness"] = given.witness
    hints = {"taker": case.form.words["thumbprint_here"]} if given.thumbprint else {}
    return Filled(Facts(words), names, hints=hints, marks=_shelf(case), since=given.event.at)


def _named_result(case: Case) -> str:
    """What is handed over, with its number."""
    ready = case.last("result_ready")
    number = str(ready.body.get("document") or "") if ready is not None else ""
    named = case.version.result_vi if case.version else ""
    return ", ".join(filter(None, (named, tr("paper.result_number", number=number) if number else "")))


def _shelf(case: Case) -> tuple[str, ...]:
    shelf = re.sub(r"^kệ\s+", "", str(case.dossier.facts.get("shelf") or ""), flags=re.IGNORECASE)  # «KỆ Kệ B2»
    return (case.form.words["shelf_mark"].format(shelf=shelf),) if shelf else ()


def _custody(case: Case) -> Filled | None:
    held = case.dossier.held
    if not held:
        return None
    titles = {paper.code: paper.title_vi for paper in case.version.papers} if case.version else {}
    today = legal_day(case.desk.now())
    rows: list[tuple[str, ...]] = []
    for place, one in enumerate(held, start=1):
        named = titles.get(one.paper, one.paper) + (f" ({one.number})" if one.number else "")
        until = back_words(case.dossier, one, today)
        rows.append((f"{place}", named, one.receipt or "", one.place or "", _day(one.since), until))
    last = max(held, key=lambda one: one.since)
    taken = next((event for event in case.dossier.events if event.event_id == last.event), None)
    gone = case.last("original_released")
    names = {"owner": _submitter(case), "keeper": case.name_of(taken.by if taken else None)}
    since = max(last.since, gone.at) if gone is not None else last.since
    return Filled(Facts(rows={"originals": tuple(rows)}), names, since=since)


def _explanation(case: Case) -> Filled | None:
    law = earliest(case.dossier, case.desk.law_for(case.dossier))
    reason = explained(case.dossier, law)
    if reason is None or case.version is None:
        return None
    steps = tuple(explanation_lines(reason, calendar_of(case.dossier, law), case.version.basis))
    words = case.form.words
    told = {
        "complaint_to": words["complaint_to"].format(unit=case.unit),
        "complaint_basis": words["complaint_basis"],
        "feedback_to": words["feedback_to"],
    }
    marks = (case.version.unverified_reason or "",) if not case.version.verified else ()
    officer = case.officer.name if case.officer else ""
    return Filled(Facts(told, {"steps": steps, "marks": tuple(filter(None, marks))}), {"officer": officer})


_KINDS: dict[str, Callable[[Case], Filled | None]] = {
    "supplement-request": _supplement,
    "refusal": _refusal,
    "apology": _apology,
    "stop-notice": _stop,
    "control-slip": control_slip,
    "checklist": _checklist,
    "result-slip": _result,
    "custody": _custody,
    "explanation": _explanation,
}
DOSSIER_LETTERS = tuple(_KINDS)
