"""Dossiers that units offer each other: what has come for this one, what is on its way, and accepting it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.answers import Refusal
from core.decisions import AcceptTransfer
from core.dossier import Dossier
from core.law import known_units
from core.record import Event
from core.transfer import accepting_unit, history_of
from storage.desk import Desk
from storage.folder import station_id

REVOKED = "(station, desk) IN (SELECT station, desk FROM revoked_there)"
"""Whether a letter's sender was revoked by its own station, as far as is known here."""
_COME = f"""
SELECT DISTINCT dossier, offer, station, unit, content, {REVOKED} FROM inbox WHERE kind = 'offer'
ORDER BY dossier, offer
"""
_ANSWERS = "SELECT DISTINCT dossier, offer, unit FROM inbox WHERE kind = 'accepted' ORDER BY dossier, offer"
_OFFERED = "SELECT id FROM dossier WHERE offered_to IS NOT NULL ORDER BY id"
_FOLLOWED = "SELECT id FROM dossier WHERE late > 0 ORDER BY id"
_FOLLOWING = "SELECT DISTINCT dossier, unit FROM late WHERE taken = 0 ORDER BY dossier"
_MET = """
SELECT 1 FROM station_read WHERE station = :station UNION ALL SELECT 1 FROM sent_offer WHERE station = :station
UNION ALL SELECT 1 FROM inbox WHERE unit = :unit LIMIT 1
"""
_SENT = "SELECT 1 FROM sent_offer WHERE offer = ?"


@dataclass(frozen=True, slots=True)
class Incoming:
    """An offer of another unit's dossier to this one; `revoked`: by a desk that its own station has revoked."""

    dossier: str
    offer: str
    station: str
    unit: str
    receipt_number: str | None
    name: str
    history: tuple[dict[str, str], ...]
    clock: tuple[dict[str, Any], ...] = ()
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An offer of this unit's that stands; `sent`: a hub has it for the other unit, so far as this desk knows."""

    dossier: str
    offer: Event
    unit: str
    sent: bool


def incoming(desk: Desk) -> list[Incoming]:
    """The offers to this unit that nobody here has accepted."""
    found = []
    for name, offer, station, unit, content, revoked in desk.connection.execute(_COME).fetchall():
        if not is_accepted(desk, name, offer):
            told = json.loads(content)
            rows = tuple(told["rows"])
            clock = tuple(one for one in told.get("clock") or () if isinstance(one, dict))
            facts = [event.body for event, _ in history_of({"history": rows}, name)]
            number = next((str(one["receipt_number"]) for one in facts if one.get("receipt_number")), None)
            called = next((str(one["applicant"].get("name", "")) for one in facts if one.get("applicant")), "")
            found.append(Incoming(name, offer, station, unit, number, called, rows, clock, bool(revoked)))
    return found


def outgoing(desk: Desk) -> list[Outgoing]:
    """The offers of this unit that still stand."""
    found = []
    for (name,) in desk.connection.execute(_OFFERED).fetchall():
        dossier = desk.dossier(name)
        offer = dossier.open_offer if dossier is not None else None
        if offer is not None:
            sent = desk.connection.execute(_SENT, (offer.event_id,)).fetchone() is not None
            found.append(Outgoing(name, offer, str(offer.body["unit"]), sent))
    return found


def crossed(desk: Desk) -> list[tuple[str, str]]:
    """Dossiers that another unit (its code) accepted while the offer was overtaken here, or was decided against by
    somebody who did not know: both have them."""
    return [(name, unit) for name, _, unit in crossed_offers(desk)] + [
        (dossier.id, accepting_unit(dossier, event)) for dossier, event in _late(desk) if event.kind == "transferred"
    ]


def crossed_offers(desk: Desk) -> list[tuple[str, str, str]]:
    """Dossier, offer and unit of each."""
    found = []
    for name, offer, unit in desk.connection.execute(_ANSWERS).fetchall():
        dossier = desk.dossier(name)
        if dossier is not None and dossier.away is None and not stands(dossier, offer):
            found.append((name, offer, unit))
    return found


def followed(desk: Desk) -> list[str]:
    """Dossiers from another unit for which that one had more to tell: legal effects that wait for people here."""
    return list(dict.fromkeys(dossier.id for dossier, event in _late(desk) if event.kind != "transferred"))


def _late(desk: Desk) -> Iterator[tuple[Dossier, Event]]:
    for (name,) in desk.connection.execute(_FOLLOWED).fetchall():
        dossier = desk.dossier(name)
        if dossier is not None:
            yield from ((dossier, event) for event in dossier.events if event.event_id in dossier.late)


def following(desk: Desk) -> list[tuple[str, str]]:
    """Dossiers that were written on beside this desk's offer, and the unit that has not taken that in yet."""
    return [(str(name), str(unit)) for name, unit in desk.connection.execute(_FOLLOWING)]


def knows_unit(desk: Desk, unit: str) -> bool:
    """Whether the law here names the unit, or its station was met at a hub or wrote to this one.

    One that is not known may be new, or its code mistyped: what is sent to that one waits for ever.
    """
    if unit == desk.identity.unit or unit in known_units(desk.law):
        return True
    there = {"unit": unit, "station": station_id(unit)}
    return desk.connection.execute(_MET, there).fetchone() is not None


def stands(dossier: Dossier | None, offer: str) -> bool:
    """Whether this unit's offer may still be accepted."""
    return dossier is not None and dossier.open_offer is not None and dossier.open_offer.event_id == offer


def is_accepted(desk: Desk, dossier_id: str, offer: str) -> bool:
    """Whether this unit has accepted the offer, so that the acceptance has its effect."""
    dossier = desk.dossier(dossier_id)
    return dossier is not None and any(
        event.kind == "transfer_accepted" and event.body.get("offer") == offer and event.event_id not in dossier.marks
        for event in dossier.events
    )


def find_incoming(desk: Desk, code: str) -> Incoming | Refusal:
    """The offer behind a dossier's id or receipt number, or a unique ending of one."""
    wanted = code.strip()
    found = [
        one
        for one in incoming(desk)
        if wanted and (one.dossier.endswith(wanted.lower()) or (one.receipt_number or "").endswith(wanted.upper()))
    ]
    if len(found) == 1:
        return found[0]
    return Refusal("code_ambiguous" if found else "transfer_unknown", params={"code": code})


def transfer_of(desk: Desk, offer: Incoming) -> AcceptTransfer:
    """The command that takes the dossier over: it goes on here with its number, time of receipt and history."""
    return AcceptTransfer(
        offer.dossier, offer.offer, offer.station, offer.history, desk.now(), offer.clock, offer.revoked
    )
