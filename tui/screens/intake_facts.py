"""The intake form's texts as facts: the row of the contract, the commands that it means, what the law says of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, time
from typing import Any

from core.answers import InvalidInput, Refusal
from core.calendar import WorkCalendar
from core.catalogue import Fee, ProcedureVersion, Variant
from core.contact import CHANNELS as TOLD_BY
from core.contact import NO
from core.deadline import ClockEvent
from core.decisions import TakeIn, no_promise
from core.dossier import Dossier
from core.duplicates import Case, Duplicate, duplicates
from core.identity import CardFields, CardReading, check_number, parse_card
from core.intake import APPLICANT_KINDS, CAPACITIES, CHANNELS, COLUMNS, OWN_NUMBER, Opening, parse_amount, read_row
from core.law import Law
from core.moments import LEGAL_TIME, legal_day
from core.numbers import day_of, read_number
from core.standing import clock_inputs
from core.text import fold, parse_birth
from core.trace import Explanation, explain
from storage import repeats
from storage.conflicts import desk_numbers
from storage.desk import Desk
from storage.queries import Row
from tui.i18n import tr
from tui.screens.what_if_asked import closing, read_when

PAID = ("cash", "transfer")
EXEMPT = "exempt"
OFFERED = {
    "applicant_kind": APPLICANT_KINDS,
    "sex": ("", "male", "female"),
    "bringer_capacity": CAPACITIES,
    "channel": CHANNELS,
    "return_by": CHANNELS,
    "tell": (NO, *TOLD_BY),
    "method": ("none", *PAID, EXEMPT),
}
"""The words that fields may hold, the usual one first."""
_NAMED_AS = {"bringer_capacity": "capacity", "return_by": "channel"}
_PLACE_OF_ERROR = {
    "number_invalid": "applicant_number",
    "birth_invalid": "birth_date",
    "sex_invalid": "sex",
    "phone_invalid": "phone",
    "email_invalid": "email",
    "amount_invalid": "fee",
    "variant_unknown": "variant",
    "procedure_unknown": "procedure",
    "procedure_not_in_force": "procedure",
    "procedure_not_yet_in_force": "procedure",
}


@dataclass(slots=True)
class Form:
    """What stands in the fields. `texts` go by the contract's column names, with `fee` and `method` besides.

    `earlier`: an appointment by hand, as the body of `promised_earlier`; empty where there is none. `blank`: the number
    of the blank receipt that was filled in by hand; `received_at` and `promised_at` are what is written on it. `offer`:
    what was said to the online service, as the body of `service_offered`; empty where nothing was.
    """

    texts: dict[str, str] = field(default_factory=dict)
    papers: list[str] = field(default_factory=list)
    originals: list[str] = field(default_factory=list)
    matter: dict[str, str] = field(default_factory=dict)
    visit: str = ""
    earlier: dict[str, str] = field(default_factory=dict)
    blank: str = ""
    offer: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Form:
        """A form that was kept as a draft."""
        return cls(**{name: content[name] for name in cls.__dataclass_fields__ if name in content})

    def content(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def empty(self) -> bool:
        """Whether an officer would miss nothing: words that stand there from the start do not count."""
        given = {name for name, text in self.texts.items() if text} - _CHOICES
        return not (given or self.papers or any(self.matter.values()) or self.earlier or self.blank)

    def text(self, name: str) -> str:
        return self.texts.get(name, "").strip()

    @property
    def kind(self) -> str:
        return self.text("applicant_kind") or "citizen"

    def same_visit(self) -> Form:
        """The next form of the same visit: the parties and how they come and go, nothing of the procedure."""
        kept = {name: text for name, text in self.texts.items() if name in _OF_THE_VISIT}
        return Form(texts=kept, visit=self.visit)


_CLOCK = re.compile(r"(?P<hour>\d{1,2}) ?(:|h|gio)? ?(?P<minute>\d{2})?( ?phut)?")
_ADULT = 18
_REMEMBERED = 3
_OF_A_PERSON = {"name": "applicant_name", "birth": "birth_date"} | {
    name: name for name in ("sex", "address", "phone", "email", "nationality")
}
_CHOICES = {"applicant_kind", "bringer_capacity", "channel", "return_by", "method", "variant", "tell"}
_OF_THE_VISIT = frozenset(COLUMNS[: COLUMNS.index("papers")]) - {"procedure", "variant", "received_at"}
_OF_THE_VISIT |= {"ticket", "tell"}


_OF_RECEIPT = frozenset({"fee_paid", "shelf"})


def offered(name: str) -> list[tuple[str, str]]:
    """The words that a field may hold, each with how it reads."""
    area = _NAMED_AS.get(name, name)
    return [(word, tr(f"{area}.{word}") if word else "") for word in OFFERED[name]]


def row_of(form: Form) -> dict[str, object]:
    """The form as a row of the contract, empty fields left out."""
    row: dict[str, object] = {name: form.text(name) for name in COLUMNS if form.text(name)}
    row.pop("received_at", None)  # as it is written on a blank receipt: `moment_of` reads it
    if form.kind in OWN_NUMBER and "applicant_number" in row:
        row["id_number"] = row.pop("applicant_number")
        row["id_type"] = OWN_NUMBER[form.kind]
    if form.kind != "foreigner":
        row.pop("nationality", None)
    if form.kind == "organisation":
        row.pop("birth_date", None)
        row.pop("sex", None)
    if row.get("bringer_capacity") == "self" and "bringer_name" not in row:
        del row["bringer_capacity"]
    if form.papers:
        row["papers"] = ";".join(form.papers)
    matter = {name: text for name, text in form.matter.items() if text.strip()}
    if matter:
        row["matter"] = matter
    return row


def command_of(form: Form, dossier: str, at: datetime, opening: Opening) -> TakeIn:
    """Taking it in, with what was paid, the originals that stay and an earlier promise.

    Raises InvalidInput of the first bad field.
    """
    intake = read_row(row_of(form), opening)
    facts = {**intake.facts, "visit": form.visit} if form.visit else intake.facts
    along: list[tuple[str, dict[str, str]]] = []
    if form.text("method") in PAID:
        paid = {"amount": amount_of(form), "method": form.text("method"), "channel": "counter"}
        along.append(("payment_received", paid))
    elif form.text("method") == EXEMPT:
        along.append(("payment_received", {"amount": "0", "method": EXEMPT, "channel": "counter"}))
    shelf = {"shelf": form.text("shelf")} if form.text("shelf") else {}
    along += [("original_taken", {"paper": paper, **shelf}) for paper in form.originals]
    if form.earlier:
        along.append(("promised_earlier", dict(form.earlier)))
    if form.offer and form.text("channel") in ("", "counter"):  # who came otherwise was not asked after all
        along.append(("service_offered", dict(form.offer)))
    return TakeIn(dossier, "received", at, facts, along=tuple(along), number=form.blank or None)


def guidance_of(form: Form, dossier: str, at: datetime, opening: Opening, missing: Sequence[str]) -> TakeIn:
    """Sending the citizen home with form 02: what is missing, and the note as its reason; nothing stays at the desk.
    The answer to the offer of the online service is kept.

    Raises InvalidInput of the first bad field, `guidance_of_blank`, and `guidance_empty` where there is neither.
    """
    if form.blank:
        raise InvalidInput("guidance_of_blank")
    command = command_of(form, dossier, at, opening)
    told = {name: value for name, value in command.facts.items() if name not in _OF_RECEIPT}
    reason = str(told.pop("note", ""))
    if not (missing or reason):
        raise InvalidInput("guidance_empty", field="note")
    told |= {"missing": list(missing), **({"reason": reason} if reason else {})}
    offers = tuple(one for one in command.along if one[0] == "service_offered")
    return TakeIn(dossier, "guided", at, told, along=offers)


def moment_of(form: Form, now: datetime) -> datetime:
    """When it was received: now, or the time that is written on the blank receipt, on that receipt's day.

    Raises InvalidInput `field_missing`, `moment_unread`.
    """
    found = read_number(form.blank)
    if found is None:
        return now
    typed = form.text("received_at")
    if not typed:
        raise InvalidInput("field_missing", field="received_at")
    clock = _CLOCK.fullmatch(fold(typed))
    if clock is None or int(clock["hour"]) > 23 or int(clock["minute"] or 0) > 59:
        raise InvalidInput("moment_unread", field="received_at", value=typed)
    at = time(int(clock["hour"]), int(clock["minute"] or 0))
    return datetime.combine(day_of(found.day), at, LEGAL_TIME)


def promise_of(form: Form, now: datetime, calendar: WorkCalendar) -> datetime | None:
    """The date that was typed of the blank receipt; None: what the law gives. Raises InvalidInput `moment_unread`,
    `out_of_range`."""
    typed = form.text("promised_at")
    try:
        return read_when(typed, now, closing(calendar)) if typed else None
    except InvalidInput as error:
        raise InvalidInput(error.code, **(error.params | {"field": "promised_at"})) from None


def amount_of(form: Form) -> str:
    """The fee in đồng; «20.000» and «20 000» are twenty thousand. Raises InvalidInput `amount_invalid`."""
    return parse_amount(re.sub(r"[.,\s]", "", form.text("fee")).removesuffix("đ"))


def place_of(problem: InvalidInput | Refusal) -> str | None:
    """The field that a problem is about, None for one about no field."""
    return problem.params.get("field") or _PLACE_OF_ERROR.get(problem.code)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the law says of the procedure that was chosen, were it received now.

    `earlier`: the appointment by hand, `too_late` why it is none.
    """

    version: ProcedureVersion
    case: Variant
    explanation: Explanation
    earlier: datetime | None = None
    too_late: Refusal | None = None


def outlook(law: Law, unit: str, form: Form, at: datetime) -> Outlook | Refusal:
    """The deadline with its reasons; a payment that was taken or is not owed has started a clock that waits for it."""
    day = legal_day(at)
    found = law.case_on(form.text("procedure"), form.text("variant") or None, day)
    if isinstance(found, Refusal):
        return found
    version, case = found
    dossier = Dossier("", procedure=version.procedure, variant=case.code, received_at=at, unit=unit)
    try:
        asked = clock_inputs(dossier, law, version)
        events = (ClockEvent("payment_received", at),) if form.text("method") in (*PAID, EXEMPT) else ()
        told = explain(at, asked.rules, events, asked.calendar, asked.committed)
    except InvalidInput as error:
        return Refusal(error.code, error.basis, error.params)
    if not form.earlier:
        return Outlook(version, case, told)
    earlier = datetime.fromisoformat(form.earlier["due_at"])
    return Outlook(version, case, told, earlier, no_promise(earlier, told.deadline.due_at, at, law.calendar(unit)))


def fee_of(version: ProcedureVersion, channel: str, at: datetime) -> Fee | None:
    """What is asked for by this channel on the day."""
    day = legal_day(at)
    return next((fee for fee in version.fees if fee.channel == channel and fee.in_force(day)), None)


def read_scan(text: str, at: datetime) -> CardReading:
    return parse_card(text, today=legal_day(at))


def card_texts(card: CardFields) -> dict[str, str]:
    """A card's facts as the form's fields show them."""
    birth = "/".join(reversed(card.birth.split("-"))) if card.birth else ""
    found = {
        "applicant_number": card.number,
        "applicant_name": card.name,
        "birth_date": birth,
        "sex": card.sex,
        "address": card.address,
    }
    return {name: text for name, text in found.items() if text}


def is_bringers(form: Form, number: str) -> bool:
    """Whether a scanned card is of whoever brings the papers: the form is about an organisation or somebody else."""
    if form.kind == "organisation":
        return True
    if form.text("applicant_number"):
        return form.text("applicant_number") != number
    return bool(form.text("applicant_name"))


def likely_capacity(form: Form, at: datetime) -> str:
    """As what somebody else most likely comes; the officer sees it and may choose otherwise."""
    if form.kind == "organisation":
        return "legal_representative"
    birth = birth_of(form)
    return "parent" if birth is not None and at.year - int(birth[:4]) < _ADULT else "authorised"


def doubts(form: Form, at: datetime) -> tuple[str, ...]:
    """What does not fit the number or the way back, as warning codes; never a reason to refuse."""
    lost = ("address_missing",) if form.text("return_by") == "post" and not form.text("address").strip() else ()
    number = form.text("applicant_number").replace(" ", "")
    if form.kind != "citizen" or not number:
        return lost
    day = legal_day(at)
    return (*check_number(number, birth_of(form), form.text("sex") or None, today=day).warnings, *lost)


def birth_of(form: Form) -> str | None:
    """The birth in ISO, None while it can't be read."""
    try:
        return parse_birth(form.text("birth_date"))
    except InvalidInput:
        return None


def known_person(desk: Desk, number: str) -> dict[str, str]:
    """What the last dossiers of this number say of the person, by the form's fields; the newest has the word."""
    found: dict[str, str] = {}
    for row in desk.queries.open_of_person(number, desk.bounds(), limit=_REMEMBERED):
        dossier = desk.dossier(row.id)
        for name, field_name in _OF_A_PERSON.items():
            text = str(dossier.applicant.get(name) or "") if dossier else ""
            if text:
                found.setdefault(field_name, text)
    if "birth_date" in found:
        found["birth_date"] = "/".join(reversed(found["birth_date"].split("-")))
    return found


def alike(desk: Desk, form: Form) -> list[tuple[Duplicate, Row]]:
    """The open dossiers of the same person, repeats first."""
    new = _case(form)
    known = {case.dossier: (case, row) for case, row in repeats.alike(desk, new)}
    return [(one, known[one.case.dossier][1]) for one in duplicates(new, [case for case, _ in known.values()])]


def told_elsewhere(desk: Desk, form: Form) -> int | None:
    """The number of a desk that has the same request in a dossier that is not here yet."""
    desks = repeats.told_elsewhere(desk, _case(form))
    return desk_numbers(desk).get(desks[0]) if desks else None


def _case(form: Form) -> Case:
    """The form as a case; a number or a name that is still being typed says nothing of a person."""
    number, name, birth = form.text("applicant_number").replace(" ", ""), form.text("applicant_name"), birth_of(form)
    if len(number) < 8:
        number = ""
    if len(name.split()) < 2:
        birth = None
    return Case("", form.text("procedure"), form.kind, name, number or None, birth, form.matter)
