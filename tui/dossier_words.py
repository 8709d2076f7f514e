"""What screens say of a dossier: who, what, when, and each event in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.apology import owes_letter
from core.bodies import CHOICES, fault, is_possible
from core.catalogue import Paper, ProcedureVersion
from core.citizen import citizen_deadline
from core.contact import CONSENTS
from core.dossier import Dossier
from core.events import ENDING_KINDS, INTAKE_KINDS, KINDS
from core.law import Law
from core.numbers import is_overflow
from core.record import Event
from core.regime import CAPACITIES as SIGNED_AS
from core.service import OFFERED, WHY_NOT
from core.standing import Standing
from core.states import State
from core.text import clean_line
from core.time_limit import ADDABLE, Unit
from storage.officers import Officer
from tui.dates import day_long, day_short, end_long, moment_short
from tui.i18n import language, tr
from tui.limit_words import quantity_words
from tui.reason_words import basis_words, proposed_words
from tui.sentences import sentence

_SHOWN_DIGITS = 4
_PAPERS = frozenset({"paper", "papers", "items"})
_UNTOLD = frozenset(
    {
        *(
            "cause",
            "code",
            "law",
            "batch",
            "bulk",
            "sha256",
            "digest",
            "handover",
            "group",
            "issue",
            "branches",
            "field",
            "keep",
            "new",
            "offer",
            "old",
            "other",
            "proposal",
            "replaces",
            "same",
            "station",
        ),
        "dossier",
    }
)
_WHOLE = frozenset({"rows", "object"})
"""Types of fields that hold other events or tables: nobody reads them, and they name the citizen."""
_NAMED_NUMBERS = frozenset({"passport", "old_card"})
_PERSONS_NUMBERS = frozenset({"applicant.number", "applicant.id_number", "bringer.number"})
_EVENT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SIGNS = {"undone": "u", "unauthorised": "✗", "conflict": "?", "lost": "✗", "out_of_order": "!"}


def method_words(method: str) -> str:
    """With what was paid; an officer may have written a way of his own."""
    return tr(f"method.{method}") if method in CHOICES["method"] else method


def to_be_mapped(dossier: Dossier) -> bool:
    """Whether the number lies past its desk's range and the official one has not come yet."""
    number = dossier.receipt_number
    return number is not None and dossier.official_number is None and is_overflow(number)


def numbers_line(dossier: Dossier) -> str:
    """The receipt number, that it is to be mapped, the official one, and the one that the citizen has of a portal."""
    words = [dossier.receipt_number or tr("queue.no_number")]
    words += [tr("number.to_map")] if to_be_mapped(dossier) else []
    words += [tr("number.official", number=dossier.official_number)] if dossier.official_number else []
    portal = dossier.facts.get("external_id") if dossier.facts.get("channel") == "online" else None
    words += [tr("number.portal", number=portal)] if portal else []
    return " · ".join(words)


def author(event: Event, officers: Mapping[str, str]) -> str:
    """Who wrote the event: an officer's name, or the desk of its own accord; of one who is not known here the unit."""
    if event.by == event.desk:
        return tr("by_itself")
    return officers.get(event.by) or tr("officer_of_unit", unit=event.unit)


def officer_names(officers: Iterable[Officer]) -> dict[str, str]:
    """Officers by id as screens name them: read once, so that no row asks."""
    return {officer.id: tr("title.officer", name=officer.name) for officer in officers}


def masked(number: str | None) -> str:
    """Only the last four of a person's number are shown on a list: the rest is nobody's business."""
    if not number:
        return tr("dossier.no_number")
    return "•" * max(0, len(number) - _SHOWN_DIGITS) + number[-_SHOWN_DIGITS:]


def money(amount: object) -> str:
    """«15.000đ»."""
    whole = int(Decimal(str(amount)))
    return tr("money", amount=f"{whole:,}".replace(",", "." if language() == "vi" else ","))


def number_as(applicant: Mapping[str, Any]) -> str:
    """How a paper tells the applicant's number: of what it is, where the forms' own caption says something else."""
    kind = None if applicant.get("number") and applicant.get("id_type") != "old_card" else applicant.get("id_type")
    return tr(f"number_as.{kind}") if kind in _NAMED_NUMBERS else "{number}"


def birth(text: str | None) -> str:
    """The year of a birth date in ISO."""
    return tr("dossier.born", year=text[:4]) if text else ""


def title_of(version: ProcedureVersion | None, name: str) -> str:
    """A procedure version's title; its name where the law has none for the dossier."""
    if version is None:
        return name
    return version.title_en if language() == "en" else version.title_vi


def missing_papers(dossier: Dossier, version: ProcedureVersion | None) -> list[str]:
    """What an open request asks for, else required papers that were not handed in, by their titles."""
    asked = _asked_for(dossier)
    if asked:
        return [paper_title(one, version) for one in asked]
    held = {str(paper) for paper in dossier.facts.get("papers", ())}
    papers: tuple[Paper, ...] = version.papers if version else ()
    return [
        _paper_title(paper)
        for paper in papers
        if paper.required and not held & {paper.code, paper.title_vi, paper.title_en}
    ]


def _asked_for(dossier: Dossier) -> list[str]:
    """What the citizen was asked to bring, or why, while that is waited for."""
    if dossier.state is not State.AWAITING_SUPPLEMENT:
        return []
    asked = [event.body for event in dossier.clock_events if event.kind == "supplement_requested"]
    items = [str(one) for one in asked[-1].get("items") or ()] if asked else []
    reason = str(asked[-1].get("reason") or "") if asked else ""
    return items or [one for one in (reason,) if one]


def papers_held(dossier: Dossier, version: ProcedureVersion | None) -> list[str]:
    """What was handed in, by the titles that the law knows."""
    return [paper_title(str(paper), version) for paper in dossier.facts.get("papers", ())]


def paper_title(code: str, version: ProcedureVersion | None) -> str:
    """A paper's title where the version of law asks for it, else as it was named."""
    paper = next((one for one in version.papers if one.code == code), None) if version else None
    return code if paper is None else _paper_title(paper)


def _paper_title(paper: Paper) -> str:
    return paper.title_en if language() == "en" else paper.title_vi


def person_line(dossier: Dossier) -> str:
    """Name, year of birth and the end of the number."""
    applicant = dossier.applicant
    number = applicant.get("number") or applicant.get("id_number")
    parts = [str(applicant.get("name", "")), birth(applicant.get("birth")), masked(number)]
    if applicant.get("phone"):
        parts.append(tr("dossier.phone", phone=applicant["phone"]))
    return " · ".join(part for part in parts if part)


def bringer_line(dossier: Dossier) -> str:
    """Who brought it, where that is someone else."""
    bringer = dossier.bringer
    if not bringer.get("name"):
        return ""
    capacity = str(bringer.get("capacity") or "")
    what = f" ({tr(f'capacity.{capacity}')})" if capacity else ""
    return tr("dossier.bringer", name=bringer["name"]) + what


def received_line(dossier: Dossier, version: ProcedureVersion | None, officers: Mapping[str, str]) -> str:
    """Procedure, when it was received, and whose it is now."""
    at = dossier.received_at or dossier.first_at
    received = tr("dossier.received", moment=f"{day_short(at.date())} {at:%H:%M}") if at else ""
    parts = (title_of(version, dossier.procedure), received, officers.get(dossier.officer, ""))
    return " · ".join(part for part in parts if part)


def fee_line(dossier: Dossier) -> str:
    """What was paid."""
    paid = [amount for amount, _ in dossier.paid] + [str(dossier.facts.get("fee_paid") or "0")]
    return tr("dossier.fee", amount=money(sum(Decimal(amount) for amount in paid)))


def history_line(dossier: Dossier, last: int = 4) -> str:
    """The last events, as words joined by «>»."""
    told = [tr(f"kind.{event.kind}") for event in dossier.events if event.kind in KINDS]
    shown = ["…", *told[-last:]] if len(told) > last else told
    return tr("dossier.history", kinds=" > ".join(shown))


def notes(dossier: Dossier) -> list[str]:
    """The note of the receipt and every later one, the newest first."""
    later = [str(event.body.get("text", "")) for event in dossier.events if event.kind == "noted"]
    first = str(dossier.facts.get("note") or "")
    return [note for note in (*reversed(later), first) if note]


def kind_words(event: Event) -> str:
    """What kind of thing happened; a kind that only a newer program knows has its own name."""
    return tr(f"kind.{event.kind}") if event.kind in KINDS else clean_line(event.kind)


def event_moment(event: Event) -> datetime | None:
    """When it happened; None where what was written is no moment that a calendar knows."""
    return event.at if is_possible(event.at) else None


def event_marks(mark: str | None, *, suspect: bool) -> str:
    """What is odd about an event, in brackets; nothing for an ordinary one."""
    told = [tr(f"mark.{mark}")] if mark else []
    if suspect:
        told.append(tr("mark.suspect_time"))
    return f"[{', '.join(told)}]" if told else ""


def event_words(
    event: Event, officers: Mapping[str, str], version: ProcedureVersion | None = None, *, whole: bool = False
) -> str:
    """What happened, with the facts of its body that a person wrote or needs; papers by the version's titles.

    `whole`: with persons' numbers, where an order asks for them.
    """
    title = kind_words(event)
    if event.destroyed:
        return f"{title} · {tr('mark.destroyed')}"
    if fault(event) is not None:
        return title
    told = "; ".join(_intake(event.body) if event.kind in INTAKE_KINDS else _body(event, officers, version, whole))
    return f"{title}: {told}" if told else title


def mark_sign(mark: str | None) -> str:
    """A sign for what is odd about an event; none for an ordinary one."""
    return _SIGNS.get(mark, "·") if mark else ""


def _intake(body: Mapping[str, Any]) -> Iterator[str]:
    if body.get("receipt_number"):
        yield str(body["receipt_number"])
    if body.get("channel"):
        yield tr(f"channel.{body['channel']}")
    for name in ("reason", "note"):
        if body.get(name):
            yield str(body[name])


def _body(event: Event, officers: Mapping[str, str], version: ProcedureVersion | None, whole: bool) -> Iterator[str]:
    if event.kind == "repeat_judged":
        yield tr("repeat.same" if event.body["same"] else "repeat.not_same")
    if event.kind == "corrected":
        yield _correction(event.body, whole)
    for field in KINDS[event.kind].fields:
        value = event.body.get(field.name)
        if value in (None, "", [], {}, False) or field.name in _UNTOLD or field.type in _WHOLE:
            continue
        if field.name == "decision" and _EVENT.fullmatch(str(value)):
            continue  # of a paper that waits for a fine without a decision's number
        if event.kind == "extended" and field.name == "unit":
            continue  # told with the amount
        if field.name in _PAPERS:
            named = value if isinstance(value, list) else [value]
            yield ", ".join(paper_title(str(one), version) for one in named)
            continue
        yield _value(event, field.name, field.type, value, officers)


def fact_title(name: str) -> str:
    """A fact that `corrected` may set (`applicant.phone`, `matter.plate`), by its title; its name where it has none."""
    for key in (f"corrected.{name}", name):
        if (words := tr(key)) != key:
            return words
    return name


def _correction(body: Mapping[str, Any], whole: bool) -> str:
    name = str(body["field"])
    told = [_fact(name, str(body[part]), whole) for part in ("old", "new") if body.get(part)]
    return f"{fact_title(name)}: {' → '.join(told)}"


def _fact(name: str, value: str, whole: bool) -> str:
    if name in _PERSONS_NUMBERS:
        return value if whole else masked(value)
    if name == "applicant.birth":
        return "/".join(reversed(value.split("-")))
    if name == "applicant.tell" and value in CONSENTS:
        return tr(f"tell.{value}")
    if name in ("channel", "return_by") and value in CHOICES[name]:
        return tr(f"channel.{value}")
    try:
        if name == "fee_paid":
            return money(value)
        return moment_short(datetime.fromisoformat(value)) if name == "received_at" else value
    except (ArithmeticError, ValueError):
        return value  # what was is nobody's to check


def _value(event: Event, name: str, kind: str, value: Any, officers: Mapping[str, str]) -> str:
    if kind == "flag":
        return tr(f"field.{name}")
    if name == "judged":
        return tr(f"judged.{value}")
    if name == "keeper" or (name == "to" and event.kind == "assigned"):
        return officers.get(str(value), str(value))
    if event.kind == "citizen_told":
        return tr(f"message.{value}" if name == "about" else f"tell.{value}")
    if event.kind == OFFERED and name == "reason":
        return tr(f"why_not.{value}") if value in WHY_NOT else str(value)
    if name == "letter":
        return tr(f"letter.{value}")
    if name == "basis":
        return f"{tr('field.basis')} {basis_words(event)}"
    if name == "signed_as" and value in SIGNED_AS:
        return tr(f"signs.{value}")
    if name == "signer":
        return f"{tr('field.signer')} {value}"
    if name != "return_by" and value in CHOICES.get(name, ()):
        told = tr(f"{name}.{value}")
        return told if name in ("channel", "capacity", "way", "answer", "method") else f"{tr(f'field.{name}')} {told}"
    if name == "due_at" and event.kind in ENDING_KINDS:
        return tr("dossier.was_due", moment=moment_short(datetime.fromisoformat(str(value))))
    if kind == "moment":
        return f"{tr(f'field.{name}')} {moment_short(datetime.fromisoformat(str(value)))}"
    if kind == "date":
        return f"{tr(f'field.{name}')} {day_short(date.fromisoformat(value))}"
    if name in ("fine", "fee"):
        return f"{tr(f'field.{name}')} {money(value)}"
    if kind == "list":
        return ", ".join(str(one) for one in value)
    if name in ("text", "reason", "step", "note", "number"):
        return str(value)
    if name == "amount" and event.kind == "extended":
        unit = Unit(event.body["unit"])
        return quantity_words(Fraction(value), unit) if unit in ADDABLE else str(value)
    if name == "amount":
        return money(value)
    return f"{tr(f'field.{name}')} {value}"


def citizen_lines(dossier: Dossier, law: Law) -> list[str]:
    """Until when the citizen has time for what was asked for, and what comes after it; nothing where nothing is."""
    waits = citizen_deadline(dossier, law)
    if waits is None:
        return []
    reminders = ", ".join(map(day_short, waits.remind_on)) or "–"
    return [tr("citizen.answer_by", day=day_long(waits.answer_by), reminders=reminders)]


def apology_lines(dossier: Dossier, officers: Mapping[str, str]) -> list[str]:
    """What waits in the regime for lateness: a proposal for the leader, a letter to be issued."""
    told = []
    if dossier.proposal is not None and dossier.is_open:
        body, by = dossier.proposal.body, officers.get(dossier.proposal.by, dossier.proposal.by)
        told.append(tr("apology.is_proposed", days=body["days"], reason=proposed_words(body), by=by))
    if dossier.is_open and owes_letter(dossier):
        moved = dossier.rescheduled_to
        told.append(tr("apology.awaits_letter", moment=end_long(moved)) if moved else tr("apology.is_owed"))
    return told


_OWN_WORDS = ("no_law", "not_received", "calendar_out_of_range", "out_of_range")


def no_deadline_words(stands: Standing) -> str:
    """Why a dossier has no due date that could be explained."""
    problem = stands.problem or "not_received"
    return tr(f"why.{problem}") if problem in _OWN_WORDS else sentence(problem, {})
