"""What happens to a form on its way in: a scan fills it, its doubts are told, it becomes a dossier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from core.answers import InvalidInput, Refusal
from core.catalogue import Fee, ProcedureVersion
from core.duplicates import Duplicate, Likeness
from core.intake import opening_of
from core.slip_code import read_blank
from storage.blanks import blank_problem
from storage.desk import Desk
from storage.drafts import finish
from storage.officers import Officer
from storage.queries import Row
from tui.door_words import door_note
from tui.i18n import tr
from tui.screens import intake_facts as facts
from tui.screens.intake_facts import Form
from tui.screens.intake_law import Procedures, alike_words, grouped
from tui.screens.queue_rows import short_number
from tui.screens.search_rows import is_slip
from tui.sentences import sentence

_BRINGER = ("name", "number")
_CITIZEN, _PASSPORT = 9, 6
"""How long a number is at least, before it may be somebody's whole one."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan changes in a form; `of`: `person`, `bringer`, `blank`, a `note` of a blank, or `nothing`.

    `said`: what to tell of it, `warnings` what is doubtful, `problem` why a blank receipt can't be keyed in here.
    """

    of: str
    texts: dict[str, str]
    said: str = ""
    warnings: tuple[str, ...] = ()
    blank: str = ""
    problem: Refusal | None = None


def scanned(desk: Desk, form: Form, text: str, *, of_bringer: bool = False) -> Scan:
    """What a scan means for a form. `of_bringer`: it was scanned at one of the bringer's fields."""
    number = read_blank(text)
    if number is not None:
        return _blank(desk, form, number)
    reading = facts.read_scan(text, desk.now())
    if reading.status == "error":
        what = "qr_is_receipt" if is_slip(text) else reading.warnings[0]
        return Scan("nothing", {}, f"✗ {tr(f'warning.{what}')}")
    texts = facts.card_texts(reading.fields)
    if of_bringer or facts.is_bringers(form, texts["applicant_number"]):
        capacity = facts.likely_capacity(form, desk.now())
        found = {f"bringer_{part}": texts.get(f"applicant_{part}", "") for part in _BRINGER}
        return Scan("bringer", {**found, "bringer_capacity": capacity}, tr("intake.scanned_bringer"))
    person = replace(form, texts={**form.texts, "applicant_kind": "citizen", **texts})
    known = known_texts(desk, person)
    said, warnings = tr("intake.scanned", count=len(texts)), tuple(tr(f"warning.{one}") for one in reading.warnings)
    return Scan("person", {"applicant_kind": "citizen", **texts, **known}, said, warnings)


def _blank(desk: Desk, form: Form, number: str) -> Scan:
    """A receipt that was filled in by hand is keyed in; where it can't have its number here, the note keeps it."""
    problem = blank_problem(desk, number)
    if problem is None:
        return Scan("blank", {}, tr("intake.blank", number=short_number(number)), blank=number)
    if problem.code == "blank_used":
        return Scan("nothing", {}, problem=problem)
    before, words = form.text("note"), tr("intake.blank_note", number=number)
    note = before if number in before else f"{before} {words}".strip()
    return Scan("note", {"note": note}, problem=problem)


def known_texts(desk: Desk, form: Form) -> dict[str, str]:
    """What the person's last dossiers say, where the form says nothing yet."""
    number = form.text("applicant_number").replace(" ", "")
    if len(number) < (_CITIZEN if form.kind == "citizen" else _PASSPORT):
        return {}
    return {name: text for name, text in facts.known_person(desk, number).items() if not form.text(name)}


def fee_asked(fee: Fee | None) -> str:
    """The amount that the law asks, as the field shows it; nothing where it asks none."""
    return grouped(fee.amount) if fee is not None and fee.amount else ""


@dataclass(frozen=True, slots=True)
class Notes:
    """What of this person is open already and what does not fit; `repeat`: the first line is grave."""

    lines: Sequence[str] = ()
    repeat: bool = False
    alike: Sequence[tuple[Duplicate, Row]] = field(default=())


def notes_of(desk: Desk, procedures: Procedures, form: Form, *, is_whole: bool, key: str = "") -> Notes:
    """A repeat first, then what does not fit the number, then other dossiers of the person.

    `is_whole`: the number is no longer being typed; `key`: which key shows the open dossier.
    """
    found = facts.alike(desk, form)
    whole = is_whole or form.kind != "citizen" or len(form.text("applicant_number")) in (9, 12)
    doubts = [tr(f"warning.{code}") for code in facts.doubts(form, desk.now())] if whole else []
    repeat = bool(found) and found[0][0].likeness is Likeness.REPEAT
    open_ones = [alike_words(procedures, found, repeat=repeat, key=key)] if found else []
    elsewhere = facts.told_elsewhere(desk, form)
    if elsewhere is not None and not repeat:
        repeat, open_ones = True, [tr("intake.repeat_elsewhere", desk=elsewhere), *open_ones]
    return Notes([*open_ones, *doubts] if repeat else [*doubts, *open_ones], repeat, found)


def received_at(form: Form, now: datetime) -> datetime:
    """When it was received, as far as that can be read; now else."""
    try:
        return facts.moment_of(form, now)
    except InvalidInput:
        return now


def take_in(desk: Desk, officer: Officer, form: Form, version: ProcedureVersion | None, draft: str) -> str | Refusal:
    """Take it in and forget its draft, in one transaction: the dossier's id, durable when this returns.

    A form without a visit gets one, so that the next of the same visit has it too.
    """
    form.visit = form.visit or desk.new_id()
    dossier, unit = desk.new_id(), (desk.identity.unit, desk.identity.unit_name)
    try:
        calendar, now = desk.law.calendar(desk.identity.unit), facts.moment_of(form, desk.now())
        found = facts.outlook(desk.law, desk.identity.unit, form, now) if form.earlier else None
        if isinstance(found, facts.Outlook) and found.too_late is not None:
            return found.too_late
        command = facts.command_of(form, dossier, now, opening_of(calendar))
        if form.blank:
            command = replace(command, promised=facts.promise_of(form, desk.now(), calendar))
        note = door_note(desk.law, unit, version, now) if version else None
        if note is not None:
            command = replace(command, along=(*command.along, ("noted", {"text": note})))
        answer = finish(desk, [command], officer, draft)
    except InvalidInput as error:
        return Refusal(error.code, error.basis, error.params)
    return answer if isinstance(answer, Refusal) else dossier


def send_home(desk: Desk, officer: Officer, form: Form, missing: Sequence[str], draft: str) -> str | Refusal:
    """Write that the citizen was told what is missing (codes of papers), and forget the form's draft: the dossier's id,
    durable when this returns. It has no receipt number: nothing was received."""
    dossier = desk.new_id()
    try:
        opening = opening_of(desk.law.calendar(desk.identity.unit))
        command = facts.guidance_of(form, dossier, desk.now(), opening, missing)
        answer = finish(desk, [command], officer, draft)
    except InvalidInput as error:
        return Refusal(error.code, error.basis, error.params)
    return answer if isinstance(answer, Refusal) else dossier


def problem_words(problem: Refusal) -> str:
    """What is wrong with the form, in the words of its own field where one is missing."""
    place = facts.place_of(problem)
    if place is not None and problem.code == "field_missing":
        return tr(f"intake.missing.{place}")
    return sentence(problem.code, problem.params)
