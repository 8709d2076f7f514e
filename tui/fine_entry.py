"""A decision as it is typed, on a screen or line by line, and which of its fields a fault is of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from core.answers import InvalidInput, Refusal
from core.filter import read_day
from core.fines import fine_amount, held_papers
from core.text import clean_line, parse_phone
from storage.fines import NewFine
from tui.i18n import tr
from tui.widgets.composing import Holds

FIELDS: tuple[tuple[str, Holds], ...] = (
    ("decision", "both"),
    ("name", "words"),
    ("number", "codes"),
    ("phone", "codes"),
    ("amount", "codes"),
    ("decided_on", "codes"),
    ("handed_on", "codes"),
    ("pay_by", "codes"),
    ("held", "both"),
    ("shelf", "both"),
    ("hold_until", "codes"),
    ("plate", "codes"),
    ("seized_on", "codes"),
)
"""What is typed, in the order of the form; `seized_on` is of a vehicle alone."""
HELD = ("papers", "seizure")
"""What is held: papers (or nothing), or a vehicle whose time of seizure runs."""
_DAYS = ("decided_on", "handed_on", "pay_by", "hold_until", "seized_on")
_FIELD_OF = {
    "decision_missing": "decision",
    "decision_known": "decision",
    "decision_too_long": "decision",
    "fine_person_missing": "name",
    "number_invalid": "number",
    "phone_invalid": "phone",
    "amount_invalid": "amount",
    "fine_amount_none": "amount",
    "seized_on_alone": "seized_on",
}


def hint_of(name: str) -> str:
    """How a field is written."""
    if name == "seized_on":
        return tr("fines.form.seized_unsaid")
    return tr("fines.form.day") if name in _DAYS else tr("fines.form.held_as") if name == "held" else ""


def field_of(problem: Refusal | InvalidInput) -> str | None:
    """The field in which the officer mends it."""
    return problem.params.get("field") or _FIELD_OF.get(problem.code)


def checked(name: str, text: str, today: date) -> str:
    """One field as it was typed, cleaned. Raises InvalidInput for what can't be one."""
    text = clean_line(text)
    if not text:
        return ""
    if name == "amount":
        fine_amount(text)
    elif name == "held":
        held_papers(text.split(";"))
    elif name == "phone":
        parse_phone(text)
    elif name in _DAYS and read_day(text, today) is None:
        raise InvalidInput("date_invalid", value=text, field=name)
    return text


def new_fine(texts: Mapping[str, str], kind: str, held: str, today: date) -> NewFine:
    """The decision; `kind`: whose it is, `held`: one of HELD. Raises InvalidInput."""
    text = {name: checked(name, texts.get(name, ""), today) for name, _ in FIELDS}
    if held != "seizure":
        text["seized_on"] = ""
    if not text["amount"]:
        raise InvalidInput("fine_amount_none")
    return NewFine(
        decision=text["decision"],
        name=text["name"],
        amount=fine_amount(text["amount"]),
        kind=kind,
        number=text["number"],
        phone=parse_phone(text["phone"]) if text["phone"] else "",
        held=held_papers(text["held"].split(";")),
        shelf=text["shelf"],
        plate=text["plate"],
        vehicle=held == "seizure",
        **{name: read_day(text[name], today) if text[name] else None for name in _DAYS},
    )
