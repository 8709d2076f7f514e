"""What stations write each other at one hub: an offered dossier, and the word that the other one has it.

The offering desk keeps an offer there until its station has noted the transfer; the other station answers as long as
the offer lies there. So each side only ever repeats itself, and whatever is lost is said again.
"""

from __future__ import annotations

import json
from typing import Any

from core.decisions import NoteTransferred
from core.moments import legal_day
from core.record import canonical
from core.standing import clock_along
from storage.database import transaction
from storage.desk import Desk
from storage.folder import station_id
from storage.officers import Officer
from storage.sync.histories import rows_of, standing_at
from storage.sync.late import find_late, meet_late
from storage.sync.letters import LARGEST, Subject, open_letter, station_key_of, write_letter
from storage.sync.protocol import Hub
from storage.sync.senders import turn_away
from storage.transfers import Outgoing, is_accepted, outgoing, stands

_LETTERS = 200
"""A longer inbox is read at several exchanges."""
_KEEP = "INSERT OR REPLACE INTO inbox VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


def meet_inbox(desk: Desk, hub: Hub, *, again: bool = False) -> None:
    """Send what is offered, read what has come, answer what was accepted, and clear away what is settled.

    `again`: once a day all that was ever handed on is looked at.
    """
    if not desk.keys() or not desk.log.count_of(f"unit:{desk.identity.unit}"):
        return
    for offer in outgoing(desk):
        if offer.offer.desk == desk.identity.desk:
            _send(desk, hub, offer)
    come = hub.blobs(desk.identity.station, "inbox-")
    _read(desk, hub, come)
    turn_away(desk, hub)
    _note(desk, hub)
    _answer(desk, hub, come)
    find_late(desk, again=again)
    meet_late(desk, hub, come)
    _clear(desk, hub, come)


def _send(desk: Desk, hub: Hub, offer: Outgoing) -> None:
    """Where the other unit is not at this hub yet, the offer waits for another exchange."""
    there, subject = station_id(offer.unit), Subject(offer.dossier, offer.offer.event_id)
    name = subject.name(desk.identity.station)
    if name not in hub.blobs(there, name):
        told = _told(desk, offer)
        key = station_key_of(hub, there, offer.unit, test=desk.identity.test) if told else None
        if key is None:
            return
        content = canonical({"key": desk.station_key(), **told})
        hub.put_blob(there, name, write_letter(desk, "offer", there, key, subject, content))
    with transaction(desk.connection):
        values = (hub.url, there, name, subject.dossier, subject.offer)
        desk.connection.execute("INSERT OR IGNORE INTO sent_offer VALUES (?, ?, ?, ?, ?)", values)


def _told(desk: Desk, offer: Outgoing) -> dict[str, Any]:
    """The dossier as the offer saw it, and what its clock stands on; empty while this desk cannot read all of it."""
    dossier = desk.dossier(offer.dossier)
    if dossier is None or dossier.conflicts:
        return {}
    then = standing_at(desk, dossier, offer.offer)
    rows = rows_of(desk, dossier, then.events, then.marks)
    today = legal_day(desk.now())
    return {} if rows is None else {"rows": rows, "clock": clock_along(then, desk.law, today)}


def _read(desk: Desk, hub: Hub, names: list[str]) -> None:
    known = {row[0] for row in desk.connection.execute("SELECT name FROM inbox WHERE url = ?", (hub.url,))}
    for name in [one for one in names if one not in known][:_LETTERS]:
        data = hub.get_blob(desk.identity.station, name)
        letter = open_letter(desk, hub, name, data) if data is not None and len(data) <= LARGEST else None
        if letter is not None:
            about = letter.subject
            values = (letter.kind, letter.station, letter.unit, about.dossier, about.offer, letter.content, letter.desk)
            with transaction(desk.connection):
                desk.connection.execute(_KEEP, (hub.url, name, *values))


def _note(desk: Desk, hub: Hub) -> None:
    """Where the other unit has accepted, the dossier leaves: a desk says so, on that unit's signed word."""
    asked = "SELECT dossier, offer, station FROM inbox WHERE url = ? AND kind = 'accepted'"
    itself = Officer(desk.identity.desk, "", "", (), active=True)
    for dossier_id, offer, station in desk.connection.execute(asked, (hub.url,)).fetchall():
        dossier = desk.dossier(dossier_id)
        to = dossier.open_offer.body["unit"] if dossier is not None and dossier.open_offer is not None else ""
        if stands(dossier, offer) and station_id(str(to)) == station:
            desk.do(NoteTransferred(dossier_id, offer, station, desk.now()), itself)


def _answer(desk: Desk, hub: Hub, names: list[str]) -> None:
    """As long as an accepted offer lies here, its station has not heard of it."""
    asked = "SELECT name, dossier, offer, station, content FROM inbox WHERE url = ? AND kind = 'offer'"
    for name, dossier, offer, station, content in desk.connection.execute(asked, (hub.url,)).fetchall():
        if name in names and is_accepted(desk, dossier, offer):
            subject = Subject(dossier, offer)
            own = subject.name(desk.identity.station)
            if own not in hub.blobs(station, own):
                key = str(json.loads(content)["key"])
                hub.put_blob(station, own, write_letter(desk, "accepted", station, key, subject, b"{}"))


def _clear(desk: Desk, hub: Hub, names: list[str]) -> None:
    """Take away offers that stand no longer, the answers to them, and what was withdrawn at the hub."""
    sent = "SELECT station, name, dossier, offer FROM sent_offer WHERE url = ?"
    for station, name, dossier_id, offer in desk.connection.execute(sent, (hub.url,)).fetchall():
        dossier, answer = desk.dossier(dossier_id), Subject(dossier_id, offer).name(station)
        overtaken = dossier is not None and dossier.away is None and answer in names
        if stands(dossier, offer) or overtaken:  # what crossed on the way stays for a person to see
            continue
        hub.delete_blob(station, name)
        hub.delete_blob(desk.identity.station, answer)
        with transaction(desk.connection):
            values = (hub.url, station, name)
            desk.connection.execute("DELETE FROM sent_offer WHERE url = ? AND station = ? AND name = ?", values)
    kept = desk.connection.execute("SELECT name FROM inbox WHERE url = ?", (hub.url,)).fetchall()
    gone = [(hub.url, name) for (name,) in kept if name not in names]
    if gone:
        with transaction(desk.connection):
            desk.connection.executemany("DELETE FROM inbox WHERE url = ? AND name = ?", gone)
