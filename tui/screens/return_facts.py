"""What it takes to hand a result over: whose it is, who takes it, what of theirs lies here, which events it means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core.answers import InvalidInput, Refusal
from core.custody import Held
from core.decisions import Act
from core.dossier import Dossier
from core.filter import read_day
from core.identity import CardFields
from core.intake import CAPACITIES
from core.keeping import kept_back
from core.law import Law
from core.moments import legal_day
from core.queue import Bounds
from core.states import State
from core.text import clean_line, fold
from storage.desk import Desk
from storage.drafts import finish
from storage.officers import Officer
from storage.queries import Queries, Row
from storage.results import Posting, send_post
from tui.screens.search_rows import find_rows

TAKERS = tuple(capacity for capacity in CAPACITIES if capacity != "post")
WORDS = {"slip": ("kept", "lost"), "sign": ("signature", "thumbprint")}
"""What may be said of the slip and of how was signed for it, the usual first."""
_LAST = 4
_FOUND = 50
_LOOKED_AT = 2000
"""A result lies ready for days while the newest of a common name come in."""
_CHECK_DAYS = 30
"""Where the law's data names no days after which somebody looks again."""


@dataclass(frozen=True, slots=True)
class Handing:
    """What the officer entered; `identity`: the last digits of the taker's paper, or the whole number.

    `slip`: `kept` or `lost`; `sign`: `signature` or `thumbprint`; `keeper`, `place` and `next_check` are of papers that
    stay here.
    """

    channel: str
    identity: str = ""
    capacity: str = "self"
    taker: str = ""
    taker_number: str = ""
    proof: str = ""
    reference: str = ""
    slip: str = "kept"
    sign: str = "signature"
    witness: str = ""
    carrier: str = ""
    tracking: str = ""
    keeper: str = ""
    place: str = ""
    next_check: str = ""
    found_by: str = ""

    @property
    def by_post(self) -> bool:
        return self.channel == "post"

    @classmethod
    def begin(cls, dossier: Dossier | None, found_by: str = "") -> Handing:
        """What is most likely: the channel that was asked for at intake, an organisation's representative."""
        sends = dossier is not None and dossier.applicant.get("kind") == "organisation"
        channel = str(dossier.facts.get("return_by") or "counter") if dossier else "counter"
        return cls(channel, capacity="legal_representative" if sends else "self", found_by=found_by)


def candidates(queries: Queries, text: str, bounds: Bounds, today: date) -> list[Row]:
    """The dossiers that the words mean, those whose result lies ready first; with one, its owner's and its visit's."""
    found = {row.id: row for row in find_rows(queries, text, bounds, today, _LOOKED_AT)}
    if len(found) == 1:
        only = next(iter(found.values()))
        number, visit = only["applicant_number"], only["visit"]
        others = queries.open_of_person(number, bounds) if number else []
        others += queries.rows("visit = ? ORDER BY received_at DESC LIMIT 20", (visit,), bounds) if visit else []
        found |= {row.id: row for row in others if is_ready(row)}
    return sorted(found.values(), key=lambda row: not is_ready(row))[:_FOUND]


def is_ready(row: Row) -> bool:
    """Whether there is something to hand over at the counter."""
    return bool(row["state"] == State.RESULT_READY.value and row["lies_since"] is not None)


def going(dossier: Dossier, channel: str, law: Law, today: date) -> list[Held]:
    """Papers that go back with the result: none of them online, for nobody is there to take them."""
    if channel == "online":
        return []
    return [one for one in dossier.held if kept_back(dossier, one, today, law) is None]


def staying(dossier: Dossier, channel: str, law: Law, today: date) -> list[Held]:
    """Papers that do not go back today, and that nobody owns beyond the dossier's end."""
    goes = {one.event for one in going(dossier, channel, law, today)}
    kept = [one for one in dossier.held if one.event not in goes]
    return [one for one in kept if not one.owned or (one.next_check is not None and one.next_check < today)]


def of_one_person(rows: Iterable[Row], whose: Row) -> list[Row]:
    """Those of the same person, or brought in at the same visit."""
    return [
        row
        for row in rows
        if row.id == whose.id
        or any(row[name] is not None and row[name] == whose[name] for name in ("applicant_number", "visit"))
    ]


def check_day(held: Sequence[Held], law: Law, unit: str, today: date) -> date:
    """When somebody should look again: when the last of them may go back, else after the policy's days."""
    until = [one.hold_until for one in held if one.hold_until is not None and one.hold_until > today]
    if until:
        return max(until)
    try:
        days = int(law.policy("custody_check_days", unit, today))
    except InvalidInput:
        days = _CHECK_DAYS
    return today + timedelta(days=days)


def releases(dossier: Dossier, handing: Handing, at: datetime, law: Law) -> list[Act]:
    """Giving back what may go back, with the result; who looks after the rest."""
    today = legal_day(at)
    taker = clean_line(handing.taker) if handing.capacity != "self" else ""
    to = taker or str(dossier.applicant.get("name") or "")
    if handing.by_post:
        fields = {"way": "post", "to": to, "carrier": handing.carrier.strip(), "tracking": handing.tracking.strip()}
    else:
        fields = {"way": "returned", "to": to, "to_number": handing.taker_number.strip()}
        fields |= {"capacity": handing.capacity, "proof": clean_line(handing.proof)} if taker else {}
    found = [
        Act(dossier.id, "original_released", at, {"paper": one.paper} | _given(fields))
        for one in going(dossier, handing.channel, law, today)
    ]
    for paper in dict.fromkeys(one.paper for one in staying(dossier, handing.channel, law, today)):
        found.append(Act(dossier.id, "custody_checked", at, {"paper": paper} | _owner(handing, today)))
    return found


def _owner(handing: Handing, today: date) -> dict[str, str]:
    for name in ("keeper", "place", "next_check"):
        if not getattr(handing, name).strip():
            raise InvalidInput(f"{name}_missing")
    day = read_day(handing.next_check.strip(), today)
    if day is None:
        raise InvalidInput("next_check_missing")
    return {"keeper": handing.keeper, "shelf": clean_line(handing.place), "next_check": day.isoformat()}


def acts(dossier: Dossier, handing: Handing, at: datetime, law: Law) -> list[Act]:
    """What may go back of what is held, then the result: over the counter or online."""
    other = handing.capacity != "self"
    fields: dict[str, Any] = {"channel": handing.channel}
    if handing.channel == "online":
        fields["reference"] = handing.reference.strip()
    else:
        fields |= {"capacity": handing.capacity, "found_by": handing.found_by}
        fields |= {"taker": clean_line(handing.taker), "taker_number": handing.taker_number.strip()} if other else {}
        fields |= {"proof": clean_line(handing.proof)} if other else {}
        fields |= {"slip_lost": True, "signed": handing.sign == "signature"} if handing.slip == "lost" else {}
        fields |= {"thumbprint": True, "witness": clean_line(handing.witness)} if handing.sign == "thumbprint" else {}
    return [*releases(dossier, handing, at, law), Act(dossier.id, "result_returned", at, _given(fields))]


def check_identity(dossiers: Sequence[Dossier], handing: Handing) -> None:
    """Raises InvalidInput: `identity_missing`, `identity_differs`, `carrier_missing`.

    Asked of whoever stands at the counter. Where it is the applicant, the digits must be theirs; what somebody else
    must bring, the desk's rules ask.
    """
    if handing.by_post:
        if not handing.carrier.strip():
            raise InvalidInput("carrier_missing")
        return
    if handing.channel == "online" or handing.capacity != "self":
        return
    for dossier in dossiers:
        number = number_of(dossier)
        if number and len(handing.identity.strip()) < _LAST:
            raise InvalidInput("identity_missing")
        if number and not _fits(number, handing.identity.strip()):
            raise InvalidInput("identity_differs")


_PLACES = {
    "identity_missing": "identity",
    "identity_differs": "identity",
    "taker_unknown": "taker",
    "capacity_missing": "capacity",
    "taker_number_missing": "taker_number",
    "proof_missing": "proof",
    "applicant_died": "capacity",
    "organisation_sends_somebody": "capacity",
    "reference_missing": "reference",
    "witness_missing": "witness",
    "witness_is_taker": "witness",
    "carrier_missing": "carrier",
    "keeper_missing": "keeper",
    "place_missing": "place",
    "next_check_missing": "next_check",
    "check_in_past": "next_check",
}


def place_of(problem: InvalidInput | Refusal) -> str | None:
    """The field that a problem is about."""
    return _PLACES.get(problem.code)


def number_of(dossier: Dossier) -> str:
    """The number of the applicant's paper; nothing where none is known."""
    return str(dossier.applicant.get("number") or dossier.applicant.get("id_number") or "")


def shown_by(dossiers: Sequence[Dossier], card: CardFields) -> dict[str, str]:
    """Who stands at the counter by their card, as fields of a `Handing`: the applicant of all, or somebody else."""
    if all(number_of(dossier) == card.number for dossier in dossiers):
        return {"identity": card.number or "", "capacity": "self"}
    capacity = capacity_of(dossiers[0], card.name or "") if dossiers else "authorised"
    return {"capacity": capacity, "taker": card.name or "", "taker_number": card.number or ""}


def hand_over(desk: Desk, officer: Officer, dossiers: Sequence[Dossier], handing: Handing) -> str | Refusal:
    """Hand over all of them or none; what goes by post goes in a batch, whose number is answered («» else).

    Raises InvalidInput for what `check_identity` asks and for a field that is missing.
    """
    check_identity(dossiers, handing)
    at = desk.now()
    if handing.by_post:
        first = [act for dossier in dossiers for act in releases(dossier, handing, at, desk.law)]
        postings = [Posting(dossier.id, handing.tracking.strip()) for dossier in dossiers]
        return send_post(desk, officer, clean_line(handing.carrier), postings, first=first, at=at)
    done = finish(desk, [act for one in dossiers for act in acts(one, handing, at, desk.law)], officer)
    return done if isinstance(done, Refusal) else ""


def capacity_of(dossier: Dossier, name: str) -> str:
    """As what somebody other than the applicant comes: as at intake, if it is who came then."""
    bringer = dossier.bringer
    came = bool(name) and fold(str(bringer.get("name") or "")) == fold(name)
    capacity = str(bringer.get("capacity") or "") if came else ""
    return capacity if capacity not in ("", "self", "post") else "authorised"


def _fits(number: str, shown: str) -> bool:
    return fold(number).endswith(fold(shown))


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}
