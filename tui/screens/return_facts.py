"""What it takes to hand a result over: whose it is, who takes it, what of theirs lies here, which events it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.answers import InvalidInput
from core.decisions import Act
from core.dossier import Dossier
from core.queue import Bounds
from core.states import State
from core.text import clean_line, fold
from storage.queries import Queries, Row
from tui.screens.search_rows import find_rows

_LAST = 4
_FOUND = 50


@dataclass(frozen=True, slots=True)
class Handing:
    """What the officer entered; `identity`: the last digits of the taker's paper, or the whole number."""

    channel: str
    identity: str = ""
    capacity: str = "self"
    taker: str = ""
    taker_number: str = ""
    carrier: str = ""
    tracking: str = ""

    @property
    def by_post(self) -> bool:
        return self.channel == "post"


def candidates(queries: Queries, text: str, bounds: Bounds, today: date) -> list[Row]:
    """The dossiers that the words mean, those whose result lies ready first; with one, its owner's other ones too."""
    found = {row.id: row for row in find_rows(queries, text, bounds, today, _FOUND)}
    if len(found) == 1:
        number = next(iter(found.values()))["applicant_number"]
        others = queries.open_of_person(number, bounds) if number else []
        found |= {row.id: row for row in others if is_ready(row)}
    return sorted(found.values(), key=lambda row: not is_ready(row))


def is_ready(row: Row) -> bool:
    """Whether there is something to hand over at the counter."""
    return bool(row["state"] == State.RESULT_READY.value and not row["at_post"])


def held_papers(dossier: Dossier) -> list[str]:
    """Originals of the citizen that lie here, by their codes."""
    return [paper for paper, count in dossier.originals.items() for _ in range(count)]


def acts(dossier: Dossier, handing: Handing, at: datetime) -> list[Act]:
    """Giving back what is held, then the result; or both to the post."""
    taker = clean_line(handing.taker)
    to = taker or handing.carrier or str(dossier.applicant.get("name") or "")
    found = [Act(dossier.id, "original_released", at, {"paper": paper, "to": to}) for paper in held_papers(dossier)]
    if handing.by_post:
        address = str(dossier.applicant.get("address") or "")
        fields = {"carrier": handing.carrier, "tracking": handing.tracking, "address": address}
        return [*found, Act(dossier.id, "handed_to_post", at, _given(fields))]
    fields = {
        "channel": handing.channel,
        "taker": taker,
        "taker_number": handing.taker_number.strip(),
        "capacity": handing.capacity,
    }
    return [*found, Act(dossier.id, "result_returned", at, _given(fields))]


def check_identity(dossiers: Sequence[Dossier], handing: Handing) -> None:
    """Raises InvalidInput: `identity_missing`, `identity_differs`, `taker_missing`, `tracking_missing`.

    Asked of whoever stands at the counter. Where it is the applicant, the digits must be theirs; somebody else's
    must be known by name, and is whoever brought the dossier or says so.
    """
    if handing.by_post:
        if not handing.carrier.strip():
            raise InvalidInput("carrier_missing")
        return
    if handing.channel == "online":
        return
    if handing.capacity != "self":
        if not handing.taker.strip():
            raise InvalidInput("taker_missing")
        return
    for dossier in dossiers:
        number = str(dossier.applicant.get("number") or dossier.applicant.get("id_number") or "")
        if number and len(handing.identity.strip()) < _LAST:
            raise InvalidInput("identity_missing")
        if number and not _fits(number, handing.identity.strip()):
            raise InvalidInput("identity_differs")


def place_of(problem: InvalidInput) -> str | None:
    """The field that a problem is about."""
    return {
        "identity_missing": "identity",
        "identity_differs": "identity",
        "taker_missing": "taker",
        "carrier_missing": "carrier",
    }.get(problem.code)


def capacity_of(dossier: Dossier, name: str) -> str:
    """As what somebody other than the applicant comes: as at intake, if it is who came then."""
    bringer = dossier.bringer
    came = bool(name) and fold(str(bringer.get("name") or "")) == fold(name)
    capacity = str(bringer.get("capacity") or "") if came else ""
    return capacity if capacity not in ("", "self", "post") else "authorised"


def _fits(number: str, shown: str) -> bool:
    return fold(number).endswith(fold(shown))


def _given(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in fields.items() if text}
