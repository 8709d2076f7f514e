"""What is known beside a dossier against a command on it: a number, a proof or a decision counts once at the station,
and what another unit has accepted is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from core.answers import Refusal
from core.decisions import Act, DossierCommand, TakeIn
from core.dossier import Dossier
from core.fines import decision_key, decision_keys, proof_counts
from core.official import LONGEST, spellings
from core.payments import is_for_fine, own_number
from core.text import nfc
from storage.database import Connection

Read = Callable[[str], Dossier | None]
_BEARING = """
SELECT COALESCE(receipt_number, id) FROM dossier WHERE {official} AND id <> ? AND state <> 'voided'
UNION ALL SELECT COALESCE(receipt_number, id) FROM dossier WHERE receipt_number = ? AND id <> ? AND state <> 'voided'
LIMIT 1
"""
_SAME = """
SELECT COALESCE(dossier.receipt_number, fine.dossier), fine.decided_on
FROM fine JOIN dossier ON dossier.id = fine.dossier
WHERE decision_key IN ({places}) AND stands <> 'void' AND fine.dossier <> ?
"""
_ACCEPTED = "SELECT offer, unit FROM inbox WHERE kind = 'accepted' AND dossier = ?"
_PROVED = "SELECT DISTINCT dossier FROM fine_payment WHERE proof_key = ?"


def refused_elsewhere(db: Connection, read: Read, dossier: Dossier | None, command: DossierCommand) -> Refusal | None:
    """Refusals: `official_number_taken`, `payment_known`, `decision_known`, `resolution_transferred`; `read` folds
    another dossier."""
    for kind, fields in _said(command):
        if kind == "official_number_given":
            refused = _numbered(db, str(fields.get("number")), command.dossier)
        elif kind == "fine_decided" and (dossier is None or own_number(dossier, str(fields.get("decision"))) is None):
            refused = _decided(db, fields, command.dossier)
        elif kind == "payment_received" and dossier is not None and is_for_fine(dossier, fields):
            refused = _proved(db, read, fields)
        elif kind == "conflict_resolved":
            refused = _accepted(db, fields, command.dossier)
        else:
            continue
        if refused is not None:
            return refused
    return None


def _said(command: DossierCommand) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if isinstance(command, Act):
        yield command.kind, command.fields
    elif isinstance(command, TakeIn):
        yield from command.along


def official_is(number: str) -> tuple[str, tuple[str, ...]]:
    """The condition for a dossier that bears the official number, in whatever letters, with its values."""
    found = spellings(number)
    if found is not None:
        return f"official_number IN ({marks(found)})", found
    return official_like(number)


def official_like(number: str, before: str = "") -> tuple[str, tuple[str, ...]]:
    """The same for a number however long; `before`: what LIKE takes before it. LIKE itself folds ASCII alone."""
    column, values, small = "official_number", list[str](), nfc(number)
    for letter in sorted({one.lower() for one in small[:LONGEST]}):
        capital = letter.upper()
        if not capital.isascii() and len(letter) == len(capital) == 1:
            column, small = f"replace({column}, ?, ?)", small.replace(capital, letter)
            values += [capital, letter]
    return f"official_number IS NOT NULL AND {column} LIKE ? ESCAPE '\\'", (*values, before + escaped(small))


def escaped(text: str) -> str:
    """A text as LIKE ... ESCAPE '\\' takes it literally."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def marks(values: tuple[str, ...]) -> str:
    """Places for so many values."""
    return ", ".join("?" * len(values))


def _accepted(db: Connection, fields: Mapping[str, Any], dossier: str) -> Refusal | None:
    """Another unit has accepted an offer that would not be kept: its letter lies here, and nobody could note it yet."""
    for offer, unit in db.execute(_ACCEPTED, (dossier,)):
        if offer in fields["branches"] and offer != fields["keep"]:
            return Refusal("resolution_transferred", params={"unit": str(unit)})
    return None


def _numbered(db: Connection, number: str, beside: str) -> Refusal | None:
    """Another dossier that bears the number, as its official or its own one."""
    where, values = official_is(number)
    row = db.execute(_BEARING.format(official=where), (*values, beside, number.upper(), beside)).fetchone()
    return None if row is None else Refusal("official_number_taken", params={"number": str(row[0])})


def _decided(db: Connection, fields: Mapping[str, Any], beside: str) -> Refusal | None:
    """The same number in another dossier, unless both say on which day they were made and the years differ."""
    said = str(fields.get("decision") or "")
    keys, day = decision_keys(said), str(fields.get("decided_on") or "")
    for number, text in db.execute(_SAME.format(places=marks(keys)), (*keys, beside)):
        if not text or not day or date.fromisoformat(text).year == date.fromisoformat(day).year:
            return Refusal("decision_known", params={"decision": said, "number": str(number)})
    return None


def _proved(db: Connection, read: Read, fields: Mapping[str, Any]) -> Refusal | None:
    """The dossier that has a payment by this proof that was not taken back."""
    for proof in (str(fields[name]) for name in ("receipt", "reference") if fields.get(name)):
        key = decision_key(proof)
        for (name,) in db.execute(_PROVED, (key,)).fetchall() if key else ():
            other = read(str(name))
            if other is not None and proof_counts(other, proof):
                return Refusal("payment_known", params={"proof": proof, "number": other.receipt_number or other.id})
    return None
