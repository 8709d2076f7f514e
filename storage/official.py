"""Dossiers that the national system does not have yet, and its export matched with what is here."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.answers import InvalidInput, Refusal
from core.catalogue import ProcedureVersion
from core.decisions import Act
from core.moments import LEGAL_TIME
from core.official import Claimed, Outcome, number_key, outcome
from core.queue import midnight
from core.settled import OUTSIDE
from storage.desk import Desk
from storage.elsewhere import official_is
from storage.officers import Officer
from storage.queries import Row

_WAITING = (
    "official_number IS NULL AND receipt_number IS NOT NULL AND state <> 'voided' AND away IS NULL"
    " AND (channel IS NOT 'online' OR external_id IS NULL)"
    " AND procedure NOT IN (SELECT value FROM json_each(?))"
)
"""What came from a portal with its number is in the national system: nobody types it again."""
_TWICE = """
SELECT official_number FROM dossier WHERE official_number IS NOT NULL
GROUP BY official_number COLLATE NOCASE HAVING count(*) > 1
"""
_BEYOND_ASCII = "SELECT official_number FROM dossier WHERE official_number GLOB '*[^ -~]*'"
"""Of these letters SQLite knows no capitals."""
MOST = 500
"""Rows of the list that a screen shows: the newest."""
_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Matched:
    """What became of one row of the export; `refused`: why the number was not written, where it should have been."""

    outcome: Outcome
    dossier: str | None = None
    receipt_number: str | None = None
    refused: Refusal | None = None


def waiting(desk: Desk, first: date | None = None, last: date | None = None, most: int = MOST) -> list[Row]:
    """Dossiers without an official number, received on these days, the newest first."""
    where, values = _WAITING, list[object](_outside(desk))
    if first is not None:
        where, values = f"{where} AND received_at >= ?", [*values, midnight(first)]
    if last is not None:
        where, values = f"{where} AND received_at < ?", [*values, midnight(last + timedelta(days=1))]
    return desk.queries.rows(f"{where} ORDER BY received_at DESC, id DESC LIMIT ?", (*values, most), desk.bounds())


def waiting_count(desk: Desk) -> int:
    """How many there are, counted no further than 10,000."""
    asked = f"SELECT count(*) FROM (SELECT 1 FROM dossier WHERE {_WAITING} LIMIT ?)"
    return int(desk.connection.execute(asked, (*_outside(desk), _COUNTED)).fetchone()[0])


def given_twice(desk: Desk) -> list[Sequence[Row]]:
    """Dossiers that bear one official number, as desks that had not met may have given it; the newest first."""
    numbers = {number_key(row[0]) for row in desk.connection.execute(_TWICE)}
    counted = Counter(number_key(row[0]) for row in desk.connection.execute(_BEYOND_ASCII))
    numbers.update(number for number, count in counted.items() if count > 1)
    found = [rows for rows in (_bearing(desk, number) for number in numbers) if len(rows) > 1]
    return sorted(found, key=lambda rows: (-rows[0]["received_at"], rows[0].id))


def bears_too(desk: Desk, row: Row) -> list[Row]:
    """The other dossiers that bear this one's official number; a voided one has no part in it."""
    number = row["official_number"]
    if number is None or row["state"] == "voided":
        return []
    return [one for one in _bearing(desk, number) if one.id != row.id]


def _bearing(desk: Desk, number: str) -> list[Row]:
    where, values = official_is(number)
    where += " AND state <> 'voided' ORDER BY received_at DESC, id DESC"
    return desk.queries.rows(where, values, desk.bounds())


def _outside(desk: Desk) -> tuple[str]:
    """The procedures that are none of that system's: decisions that fine somebody."""
    return (json.dumps([one.name for one in desk.law.procedures if one.field in OUTSIDE]),)


def field_values(desk: Desk, row: Row) -> dict[str, str]:
    """What is copied of a dossier, by `core.official.FIELDS`; what it does not have is empty."""
    dossier = desk.dossier(row.id)
    assert dossier is not None
    applicant, procedure = dossier.applicant, desk.law.find(dossier.procedure)
    version = desk.law.version_by_hash(dossier.version) if dossier.version else None
    found = {
        "procedure_code": procedure.code if procedure else None,
        "procedure_title": version.title_vi if isinstance(version, ProcedureVersion) else dossier.procedure,
        "applicant_name": applicant.get("name"),
        "applicant_number": applicant.get("number") or applicant.get("id_number"),
        "birth_date": _birth(str(applicant.get("birth") or "")),
        "address": applicant.get("address"),
        "phone": applicant.get("phone"),
        "email": applicant.get("email"),
        "bringer_name": dossier.bringer.get("name"),
        "received_at": _moment(row["received_at"]),
        "due_at": _moment(row["due_at"]),
        "receipt_number": dossier.receipt_number,
    }
    return {name: str(value or "") for name, value in found.items()}


def match(desk: Desk, officer: Officer, claim: Claimed) -> Matched:
    """Give the number to the dossier that the row means, where that is one; inside a transaction of the caller's."""
    found = _fitting(desk, claim)
    word, dossier = outcome(claim, [(row.id, row["official_number"]) for row in found])
    number = next((row["receipt_number"] for row in found if row.id == dossier), None)
    if word is Outcome.ALREADY:
        bearing = [row for row in found if row.id == dossier]
        bearing += bears_too(desk, bearing[0])
        if len(bearing) > 1:
            told = ", ".join(str(row["receipt_number"] or row.id) for row in bearing)
            refused = Refusal("official_number_twice", params={"number": claim.number, "numbers": told})
            return Matched(Outcome.REFUSED, dossier, number, refused)
    if word is Outcome.REFUSED:
        bears = next(str(row["official_number"]) for row in found if row.id == dossier)
        return Matched(word, dossier, number, Refusal("official_number_other", params={"number": bears}))
    if word is not Outcome.MATCHED or dossier is None:
        return Matched(word, dossier, number)
    answer = desk.do_within(Act(dossier, "official_number_given", desk.now(), {"number": claim.number}), officer)
    if isinstance(answer, Refusal):
        return Matched(Outcome.REFUSED, dossier, number, answer)
    return Matched(word, dossier, number)


def _fitting(desk: Desk, claim: Claimed) -> Sequence[Row]:
    """By the surest of what the row says: our own number, the sender's key, else whose it is and of what."""
    at = desk.bounds()
    if claim.receipt_number is not None:
        return desk.queries.rows("receipt_number = ? AND state <> 'voided'", (claim.receipt_number.upper(),), at)
    if claim.external_id is not None:
        return desk.queries.rows("external_id = ? AND state <> 'voided'", (claim.external_id,), at)
    known = desk.law.find(claim.procedure or "")
    if known is None:
        raise InvalidInput("procedure_unknown", procedure=claim.procedure or "")
    day = midnight(_day(claim.received_on or ""))
    where = "applicant_number = ? AND procedure = ? AND received_at >= ? AND received_at < ?"
    where += " AND receipt_number IS NOT NULL AND state <> 'voided'"
    return desk.queries.rows(where, (claim.applicant_number, known.name, day, day + 86_400), at)


def _day(text: str) -> date:
    """As ISO has it, or day, month and year as Vietnamese programs write it, an hour behind it or not."""
    for read in (datetime.fromisoformat, lambda written: datetime.strptime(written.split(" ")[0], "%d/%m/%Y")):  # noqa: DTZ007
        try:
            return read(text).date()
        except ValueError:
            continue
    raise InvalidInput("date_invalid", value=text)


def _birth(iso: str) -> str:
    return "/".join(reversed(iso.split("-")))


def _moment(seconds: int | None) -> str:
    return "" if seconds is None else f"{datetime.fromtimestamp(seconds, LEGAL_TIME):%d/%m/%Y %H:%M}"
