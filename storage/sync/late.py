"""What a unit wrote of a dossier without knowing that it was offered: it follows to the unit that has it now.

Each event is a letter of the desk that offered. It lies there until the other unit has taken the event into its log
and says so; whoever knows the event already only says so again.
"""

from __future__ import annotations

import json

from core.decisions import TakeLate
from core.dossier import Dossier
from core.record import Event, canonical
from storage.database import transaction
from storage.desk import Desk
from storage.folder import station_id
from storage.officers import Officer
from storage.sync.histories import beside, rows_of
from storage.sync.letters import Subject, station_key_of, write_letter
from storage.sync.protocol import Hub
from storage.transfers import REVOKED, crossed_offers

_AWAY = "SELECT id FROM dossier WHERE away IS NOT NULL"
_TOUCHED = "SELECT DISTINCT entity FROM event WHERE n > ? AND entity IN (SELECT id FROM dossier WHERE away IS NOT NULL)"
_SEEN = "SELECT value FROM meta WHERE name = 'late_seen'"
_FOUND = "INSERT OR IGNORE INTO late VALUES (?, ?, ?, ?, 0)"
_LETTERS = f"SELECT name, station, dossier, offer, content FROM inbox WHERE url = ? AND kind = ? AND NOT ({REVOKED})"


def find_late(desk: Desk, *, again: bool) -> None:
    """Remember what was written beside this desk's accepted offers; `again`: looking at all of them."""
    seen, last = desk.connection.execute(_SEEN).fetchone(), desk.log.last()
    touched = desk.connection.execute(_AWAY) if again or seen is None else desk.connection.execute(_TOUCHED, seen)
    offers = [(row[0], None) for row in touched.fetchall()] + [(name, offer) for name, offer, _ in crossed_offers(desk)]
    rows = []
    for name, offer_id in offers:
        dossier = desk.dossier(name)
        offer = _offer(dossier, offer_id) if dossier is not None else None
        if dossier is not None and offer is not None and offer.desk == desk.identity.desk:
            to = str(offer.body["unit"])
            rows += [(event.event_id, name, offer.event_id, to) for event in beside(desk, dossier, offer)]
    with transaction(desk.connection):
        desk.connection.executemany(_FOUND, rows)
        desk.connection.execute("INSERT OR REPLACE INTO meta VALUES ('late_seen', ?)", (last,))


def _offer(dossier: Dossier, name: str | None) -> Event | None:
    """The offer of that id; without one the one upon which the dossier left."""
    if name is None:
        left = [
            event for event in dossier.events if event.kind == "transferred" and event.event_id not in dossier.marks
        ]
        name = str(left[-1].body["offer"]) if left else None
    return next((event for event in dossier.events if event.event_id == name), None)


def meet_late(desk: Desk, hub: Hub, names: list[str]) -> None:
    """Send what follows, take in what has followed, answer it, and heed answers; `names`: the letters in the inbox."""
    _send(desk, hub)
    _take(desk, hub, names)
    _heed(desk, hub)


def _send(desk: Desk, hub: Hub) -> None:
    asked = "SELECT dossier, offer, event, unit FROM late WHERE taken = 0"
    for *about, unit in desk.connection.execute(asked).fetchall():
        subject, there = Subject(*about), station_id(unit)
        name = subject.name(desk.identity.station)
        if name in hub.blobs(there, name):
            continue
        dossier = desk.dossier(subject.dossier)
        event = next((one for one in dossier.events if one.event_id == subject.event), None) if dossier else None
        rows = rows_of(desk, dossier, [event], dossier.marks) if dossier is not None and event is not None else None
        key = station_key_of(hub, there, unit, test=desk.identity.test) if rows else None
        if key is not None:
            content = canonical({"key": desk.station_key(), "rows": rows})
            hub.put_blob(there, name, write_letter(desk, "late", there, key, subject, content))


def _take(desk: Desk, hub: Hub, names: list[str]) -> None:
    """As long as a letter lies here that this unit has taken in, its station has not heard of it."""
    itself = Officer(desk.identity.desk, "", "", (), active=True)
    for name, station, dossier_id, offer, content in desk.connection.execute(_LETTERS, (hub.url, "late")).fetchall():
        told = json.loads(content)
        (row,) = told["rows"]
        event = str(json.loads(row["header"])["id"])
        if not _is_known(desk, dossier_id, event):
            desk.do(TakeLate(dossier_id, offer, station, row, desk.now()), itself)
        subject = Subject(dossier_id, offer, event)
        own = subject.name(desk.identity.station)
        if name in names and _is_known(desk, dossier_id, event) and own not in hub.blobs(station, own):
            hub.put_blob(station, own, write_letter(desk, "late_taken", station, str(told["key"]), subject, b"{}"))


def _is_known(desk: Desk, dossier_id: str, event: str) -> bool:
    dossier = desk.dossier(dossier_id)
    return dossier is not None and any(one.event_id == event for one in dossier.events)


def _heed(desk: Desk, hub: Hub) -> None:
    """What the other unit has taken in needs no letter; only the desk that sent it clears it away."""
    asked = "SELECT dossier, offer, event, unit FROM late"
    answers = {row[0] for row in desk.connection.execute(_LETTERS, (hub.url, "late_taken"))}
    for *about, unit in desk.connection.execute(asked).fetchall() if answers else ():
        subject, there = Subject(*about), station_id(unit)
        answer = subject.name(there)
        if answer in answers:
            with transaction(desk.connection):
                desk.connection.execute("UPDATE late SET taken = 1 WHERE event = ?", (subject.event,))
            hub.delete_blob(there, subject.name(desk.identity.station))
            hub.delete_blob(desk.identity.station, answer)
