"""The national system beside this one: what it asks for, in its order, and which row of its export is which dossier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.answers import InvalidInput, Refusal
from core.service import Doubt
from core.text import clean_line, nfc

FIELDS = (
    *("procedure_code", "procedure_title", "applicant_name", "applicant_number", "birth_date", "address", "phone"),
    *("email", "bringer_name", "received_at", "due_at", "receipt_number"),
)
"""What can be copied of a dossier."""
COLUMNS = ("official_number", "receipt_number", "external_id", "applicant_number", "procedure", "received_on")
"""What a row of its export may say; needed are the number and by what the dossier is known: our number, the sender's
key, or whose it is, of which procedure and of which day, all three."""
_WHOSE = COLUMNS[3:]
LONGEST = 60
"""Characters of a number."""
_MOST_SPELLINGS = 256


class Outcome(StrEnum):
    """What became of a row of its export; only `matched` writes anything."""

    MATCHED = "matched"
    ALREADY = "already"
    AMBIGUOUS = "ambiguous"
    UNKNOWN = "unknown"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class OfficialField:
    """One field of its form."""

    name: str
    title_vi: str
    title_en: str


@dataclass(frozen=True, slots=True)
class OfficialForm:
    """Its form's fields in its order; `doubt`: what nobody has compared."""

    fields: tuple[OfficialField, ...]
    doubt: Doubt | None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row of its export: the number, and by what the dossier is to be known."""

    number: str
    receipt_number: str | None = None
    external_id: str | None = None
    applicant_number: str | None = None
    procedure: str | None = None
    received_on: str | None = None


def number_refused(number: str) -> Refusal | None:
    """Why this can be no number of that system, whoever gives it."""
    if 0 < len(number) <= LONGEST and not any(letter.isspace() for letter in number):
        return None
    return Refusal("official_number_invalid", params={"value": number[:LONGEST]})


def number_key(number: str) -> str:
    """A number as it is compared: in small letters."""
    return nfc(number).casefold()


def spellings(number: str) -> tuple[str, ...] | None:
    """The number in capital and small letters, in every mixture; None for one with too many letters."""
    found = [""]
    for letter in nfc(number):
        cases = sorted({letter, letter.upper(), letter.lower()})
        found = [before + one for before in found for one in cases]
        if len(found) > _MOST_SPELLINGS:
            return None
    return tuple(found)


def read_claim(row: Mapping[str, Any]) -> Claimed:
    """A row by our columns. Raises InvalidInput `column_unknown`, `field_missing`, `official_key_missing`,
    `official_number_invalid`.
    """
    unknown = sorted(set(row) - set(COLUMNS))
    if unknown:
        raise InvalidInput("column_unknown", column=unknown[0])
    texts = {name: clean_line(str(value)) for name, value in row.items() if value is not None}
    texts = {name: text for name, text in texts.items() if text}
    number = texts.pop("official_number", "")
    if not number:
        raise InvalidInput("field_missing", field="official_number")
    if (wrong := number_refused(number)) is not None:
        raise InvalidInput(wrong.code, **wrong.params)
    if not texts.keys() & {"receipt_number", "external_id"}:
        if not texts.keys() & set(_WHOSE):
            raise InvalidInput("official_key_missing")
        for name in _WHOSE:
            if name not in texts:
                raise InvalidInput("field_missing", field=name)
    return Claimed(number, **texts)


def outcome(claim: Claimed, found: Sequence[tuple[str, str | None]]) -> tuple[Outcome, str | None]:
    """What the row means for the dossiers (id, official number) that fit it, and which one it is."""
    key = number_key(claim.number)
    bearing = [dossier for dossier, number in found if number is not None and number_key(number) == key]
    if bearing:
        return Outcome.ALREADY, bearing[0]
    free = [dossier for dossier, number in found if number is None]
    if len(free) == 1:
        return Outcome.MATCHED, free[0]
    if len(free) > 1:
        return Outcome.AMBIGUOUS, None
    return (Outcome.REFUSED, found[0][0]) if found else (Outcome.UNKNOWN, None)
