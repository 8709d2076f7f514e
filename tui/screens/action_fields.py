"""The fields of an action's form: which are asked, with what widget, and how what was typed is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from textual.widget import Widget

from core.bodies import CHOICES, fields_of
from core.calendar import WorkCalendar
from core.citizen import citizen_deadline
from core.contact import CONSENTS
from core.dossier import Dossier
from core.events import INTAKE_KINDS, Field, Kind
from core.filter import read_day
from core.law import Law
from core.moments import legal_day
from core.reasons import Reason, in_force
from core.regime import USE_OF
from core.service import OFFERED, WHY_NOT
from core.text import fold, parse_birth, parse_phone
from storage.lawbook.reasons import package_reasons
from storage.officers import Officer
from tui.dossier_words import missing_papers
from tui.i18n import tr
from tui.reason_words import reason_words
from tui.screens.intake_promise import read_promise
from tui.widgets.choice import Choice, ChoiceInput
from tui.widgets.composing import Holds
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField
from tui.widgets.phrases import PhraseInput

_UNASKED = frozenset({"handover", "batch", "digest", "sha256", "branches", "old", "dossier"})
_ASKED_AT_INTAKE = frozenset({"reason", "missing", "note", "fee_paid"})
_UNITS = ("working_day", "day", "working_hour", "hour", "month")
_CORRECTED = (
    "applicant.name", "applicant.birth", "applicant.phone", "applicant.email", "applicant.address", "applicant.tell",
    "bringer.name", "procedure",
    "note", "shelf",
)  # fmt: skip
_NUMBERED = frozenset(
    {"number", "taker_number", "to_number", "tracking", "reference", "receipt", "unit", "variant", "proposal", "fault"}
)
"""Texts that are a number or a code."""
_EITHER = frozenset({"shelf", "document", "decision", "basis", "proof", "ticket"})
"""Texts in which words and numbers stand together."""
_AGAIN = {"note": "note", "text": "note", "reason": "reason", "carrier": "carrier"}
"""Texts that are often written again, with the kind of field that remembers them."""
_ROWS = 4
Find = Callable[[str], Sequence[Choice]]


def asked(kind: Kind) -> list[Field]:
    """The fields that an officer fills in, the required ones first."""
    fields = [field for field in fields_of(kind) if field.name not in _UNASKED and field.type != "object"]
    if kind.name in USE_OF:
        fields = [replace(field, required=False) if field.name == "reason" else field for field in fields]
    else:
        fields = [field for field in fields if field.name != "code"]
    if kind.name in INTAKE_KINDS:
        fields = [field for field in fields if field.name in _ASKED_AT_INTAKE]
    return sorted(fields, key=lambda field: not field.required)


def widget(
    kind: Kind, field: Field, dossier: Dossier, law: Law, officers: Sequence[Officer], reasons: Sequence[Reason]
) -> Widget:
    """The field's widget, with what is most likely already in it; `reasons`: those in force for the kind."""
    name, place = f"field_{field.name}", (kind.name, field.name)
    if place == ("assigned", "to") or field.name == "keeper":
        return ChoiceInput(officer_finder(officers), rows=_ROWS, id=name)
    words = _codes(reasons, dossier, law) if field.name == "code" else _words(kind, field)
    if words is not None:
        return OptionField(words, id=name)
    settings: dict[str, Any] = {"value": _likely(place, dossier, law), "placeholder": _placeholder(field), "id": name}
    if field.name in _AGAIN:
        return PhraseInput(kind=_AGAIN[field.name], **settings)
    return KeyedInput(holds=_holds(field), **settings)


def _holds(field: Field) -> Holds:
    if field.type not in ("text", "list") or field.name in _NUMBERED:
        return "codes"
    return "both" if field.name in _EITHER else "words"


def officer_finder(officers: Sequence[Officer]) -> Find:
    """Officers by a part of their code or name."""
    choices = [Choice(one.id, f"{one.code} · {one.name}") for one in officers if one.active and one.here]
    return lambda text: [one for one in choices if fold(text) in fold(one.text)]


def value_of(field: Widget) -> str:
    """What a field holds, as text."""
    if isinstance(field, ChoiceInput):
        return field.choice.id if field.choice else ""
    assert isinstance(field, KeyedInput | OptionField)
    return field.value


def given(kind: Kind, typed: Mapping[str, str], dossier: Dossier, law: Law, now: datetime) -> dict[str, str]:
    """What was typed, in the spelling of `core.bodies.read_fields`. Raises InvalidInput for times and dates."""
    found = {name: value for name, value in typed.items() if value.strip()}
    for field in kind.fields:
        if field.name in found and field.type in ("moment", "date"):
            found[field.name] = _time(field, found[field.name], now, law.calendar(dossier.unit))
    if kind.name == "corrected" and {"field", "new"} <= set(found):
        found |= _correction(found["field"], found["new"], dossier, law)
    return found


def _time(field: Field, text: str, now: datetime, calendar: WorkCalendar) -> str:
    """A day without a time is an appointment at its closing."""
    if field.type == "moment":
        return read_promise(text, now, calendar).isoformat(timespec="seconds")
    day = read_day(text, legal_day(now))
    return day.isoformat() if day else text


def _correction(name: str, new: str, dossier: Dossier, law: Law) -> dict[str, str]:
    place, _, inner = name.partition(".")
    facts: Mapping[str, Any] = getattr(dossier, place) if inner else dossier.facts
    old = dossier.procedure if name == "procedure" else facts.get(inner or name)
    if name == "procedure":
        fitting = law.suggest(new, 1)
        new = fitting[0].name if fitting else new
    elif name == "applicant.birth":
        new = parse_birth(new)
    elif name == "applicant.phone":
        new = parse_phone(new)
    elif name == "applicant.tell":
        new = read_consent(new)
    return {"new": new, **({"old": str(old)} if old else {})}


def read_consent(text: str) -> str:
    """How somebody agrees to be told, as an officer types it: the code, or the word that the screens show."""
    words = {fold(tr(f"tell.{one}")): one for one in CONSENTS}
    return words.get(fold(text), text.lower())


def reasons_for(kind: Kind, day: date) -> tuple[Reason, ...]:
    """The reasons that the kind may have on the day; none where it has no codes."""
    return in_force(package_reasons(), USE_OF[kind.name], day) if kind.name in USE_OF else ()


def _codes(reasons: Sequence[Reason], dossier: Dossier, law: Law) -> list[tuple[str, str]]:
    """The reasons after «none of them»; of a supplement that did not come in time the reason to stop stands first."""
    none, words = [("", "–")], reason_words(reasons)
    silent = any(one.use == "stop" for one in reasons) and citizen_deadline(dossier, law) is not None
    return words + none if silent else none + words


def _words(kind: Kind, field: Field) -> list[tuple[str, str]] | None:
    """The words of a field that holds one of a few."""
    ids: tuple[str, ...]
    if field.name in CHOICES:
        ids, area = tuple(CHOICES[field.name]), "channel" if field.name == "return_by" else field.name
    elif (kind.name, field.name) == (OFFERED, "reason"):
        ids, area = WHY_NOT, "why_not"
    elif (kind.name, field.name) == ("extended", "unit"):
        ids, area = _UNITS, "limit_unit"
    elif (kind.name, field.name) == ("corrected", "field"):
        ids, area = _CORRECTED, "corrected"
    elif field.type == "flag":
        ids, area = ("yes",), "flag"
    else:
        return None
    empty = [] if field.required else [("", "–")]
    return [*empty, *((one, tr(f"{area}.{one}")) for one in ids)]


def _likely(place: tuple[str, str], dossier: Dossier, law: Law) -> str:
    if place == ("supplement_requested", "items"):
        from core.standing import version_of

        return "; ".join(missing_papers(dossier, version_of(dossier, law)))
    if dossier.held and place in _OF_THE_FIRST_HELD:
        first = dossier.held[0]
        return str((first.paper if place[1] == "paper" else first.place) or "")
    return ""


_OF_THE_FIRST_HELD = {("original_released", "paper"), ("custody_checked", "paper"), ("custody_checked", "shelf")}


def _placeholder(field: Field) -> str:
    hints = {"moment": "hint.moment", "date": "hint.date", "list": "hint.list", "amount": "hint.amount"}
    return tr(hints[field.type]) if field.type in hints else ""
