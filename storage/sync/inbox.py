"""Letters between stations at one hub: an offered dossier, sealed to its new unit, and the word that this one has it.

A letter is a blob `inbox-SENDER-DOSSIER-OFFER` in the receiving station's place: canonical JSON (format, kind, from,
unit, desk, to, dossier, offer, seal) · newline · sealed content · Ed25519 of the sending desk (64). The offering desk
keeps an offer there until its station has noted the transfer; the other station answers as long as the offer lies
there. So each side only ever repeats itself, and whatever is lost is said again.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.answers import InvalidInput
from core.bodies import fault
from core.decisions import NoteTransferred
from core.dossier import Dossier, fold
from core.record import Event, canonical
from core.transfer import history_of, history_rows
from storage.database import transaction
from storage.desk import Desk
from storage.folder import station_id
from storage.keys import seal, sign, signature_holds, unseal
from storage.officers import Officer
from storage.sync.batch import BatchBroken, unpack
from storage.sync.protocol import Hub, Offer
from storage.transfers import Outgoing, is_accepted, outgoing, stands

_FORMAT = 1
_SIGNATURE = 64
_LARGEST = 8 * 1024 * 1024
_LETTERS = 200
"""A longer inbox is read at several exchanges."""
_KEEP = "INSERT OR REPLACE INTO inbox VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_STORED = "SELECT header, body FROM event WHERE entity = ?"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that was read and holds: `content` is the offer's JSON, empty in an answer."""

    kind: str
    station: str
    unit: str
    dossier: str
    offer: str
    content: bytes


def meet_inbox(desk: Desk, hub: Hub, *, gives: bool = True) -> None:
    """Send what is offered, read what has come, answer what was accepted, and clear away what is settled.

    Without `gives` nothing is sent or answered.
    """
    if not desk.keys() or not desk.log.count_of(f"unit:{desk.identity.unit}"):
        return
    for offer in outgoing(desk) if gives else ():
        if offer.offer.desk == desk.identity.desk:
            _send(desk, hub, offer)
    come = hub.blobs(desk.identity.station, "inbox-")
    _read(desk, hub, come)
    _note(desk, hub)
    if gives:
        _answer(desk, hub, come)
    _clear(desk, hub, come)


def _name(station: str, dossier: str, offer: str) -> str:
    return f"inbox-{station}-{dossier}-{offer}"


def _send(desk: Desk, hub: Hub, offer: Outgoing) -> None:
    """Where the other unit is not at this hub yet, the offer waits for another exchange."""
    there, own = station_id(offer.unit), desk.identity.station
    name = _name(own, offer.dossier, offer.offer.event_id)
    if name not in hub.blobs(there, name):
        rows = _rows(desk, offer)
        key = station_key_at(hub, there, offer.unit, test=desk.identity.test) if rows is not None else None
        if rows is None or key is None:
            return
        content = canonical({"key": desk.station_key(), "rows": rows})
        hub.put_blob(there, name, _letter(desk, "offer", there, key, offer.dossier, offer.offer.event_id, content))
    with transaction(desk.connection):
        values = (hub.url, there, name, offer.dossier, offer.offer.event_id)
        desk.connection.execute("INSERT OR IGNORE INTO sent_offer VALUES (?, ?, ?, ?, ?)", values)


def _rows(desk: Desk, offer: Outgoing) -> list[dict[str, str]] | None:
    """The dossier as the offer saw it, the same whenever it is sent; None while this desk cannot read all of it."""
    dossier = desk.dossier(offer.dossier)
    if dossier is None or dossier.conflicts:
        return None
    seen = _seen(dossier, offer.offer)
    authority = desk.projection.authority()
    then = fold(dossier.id, seen, authority.may, authority.desks.waiting)
    stored = {}
    for header, body in desk.connection.execute(_STORED, (dossier.id,)).fetchall():
        event_id = json.loads(header)["id"]
        stored[event_id] = (header, body)
    brought = _brought(dossier)
    rows = []
    for event in then.events:
        if event.event_id in stored:
            header, body = stored[event.event_id]
            body = None if event.destroyed else body
        elif event.event_id in brought:
            rows.append(brought[event.event_id])
            continue
        else:
            return None
        if event.kind == "transfer_accepted" and body is not None:
            body = canonical({name: value for name, value in event.body.items() if name != "history"})
        rows += history_rows([(event, bytes(header), None if body is None else bytes(body))], then.marks)
    return rows


def _seen(dossier: Dossier, offer: Event) -> list[Event]:
    """The offer and all that it stands on, as they stand in the log."""
    known = {event.event_id: event for event in dossier.events}
    found, left = {}, [offer.event_id]
    while left:
        event = known.get(left.pop())
        if event is not None and event.event_id not in found:
            found[event.event_id] = event
            left += event.parents
    return list(found.values())


def _brought(dossier: Dossier) -> dict[str, dict[str, str]]:
    """The rows of earlier transfers, by their events."""
    found: dict[str, dict[str, str]] = {}
    for event in dossier.events:
        for row in event.body.get("history") or () if event.kind == "transfer_accepted" else ():
            for one, _ in history_of({"history": [row]}, dossier.id):
                found.setdefault(one.event_id, dict(row))
    return found


def _letter(desk: Desk, kind: str, to: str, key: str, dossier: str, offer: str, content: bytes) -> bytes:
    identity = desk.identity
    head = {
        "format": _FORMAT,
        "kind": kind,
        "from": identity.station,
        "unit": identity.unit,
        "desk": identity.desk,
        "to": to,
        "dossier": dossier,
        "offer": offer,
        "seal": key,
    }
    sealed = seal(bytes.fromhex(key), content, desk.entropy)
    signed = canonical(head) + b"\n" + sealed
    return signed + sign(identity.sign_private, signed)


def _read(desk: Desk, hub: Hub, names: list[str]) -> None:
    known = {row[0] for row in desk.connection.execute("SELECT name FROM inbox WHERE url = ?", (hub.url,))}
    for name in [one for one in names if one not in known][:_LETTERS]:
        data = hub.get_blob(desk.identity.station, name)
        letter = _opened(desk, hub, name, data) if data is not None and len(data) <= _LARGEST else None
        if letter is not None:
            values = (letter.kind, letter.station, letter.unit, letter.dossier, letter.offer, letter.content)
            with transaction(desk.connection):
                desk.connection.execute(_KEEP, (hub.url, name, *values))


def _opened(desk: Desk, hub: Hub, name: str, data: bytes) -> Letter | None:
    """The letter, where it is for this station and by an enrolled desk of the one that it names; else None."""
    signed, signature = data[:-_SIGNATURE], data[-_SIGNATURE:]
    head, _, sealed = signed.partition(b"\n")
    try:
        told = json.loads(head)
        kind, station, unit, dossier, offer, sender, key = (
            str(told[part]) for part in ("kind", "from", "unit", "dossier", "offer", "desk", "seal")
        )
        for_us = (told["format"], told["to"]) == (_FORMAT, desk.identity.station)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    private = desk.keys().get(key)
    if not for_us or private is None or kind not in ("offer", "accepted") or station_id(unit) != station:
        return None
    sign_key = sign_key_at(hub, station, sender, test=desk.identity.test)
    if name != _name(station, dossier, offer) or sign_key is None or not signature_holds(sign_key, signature, signed):
        return None
    try:
        content = unseal(private, sealed)
        rows = json.loads(content)["rows"] if kind == "offer" else []
        if kind == "offer" and not _holds(rows, dossier, offer, unit, desk.identity.unit):
            return None
    except (InvalidInput, ValueError, KeyError, TypeError, RecursionError):
        return None
    return Letter(kind, station, unit, dossier, offer, content)


def _holds(rows: list[dict[str, str]], dossier: str, offer: str, unit: str, own: str) -> bool:
    """Whether the rows are one dossier's history up to an offer by that unit to this one."""
    events = [event for event, _ in history_of({"history": rows}, dossier)]
    made = next((event for event in events if event.event_id == offer), None)
    return (
        len(events) == len(rows)
        and made is not None
        and (made.kind, made.unit, made.body.get("unit")) == ("transfer_offered", unit, own)
    )


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
            own = _name(desk.identity.station, dossier, offer)
            if own not in hub.blobs(station, own):
                key = str(json.loads(content)["key"])
                hub.put_blob(station, own, _letter(desk, "accepted", station, key, dossier, offer, b"{}"))


def _clear(desk: Desk, hub: Hub, names: list[str]) -> None:
    """Take away offers that stand no longer, the answers to them, and what was withdrawn at the hub."""
    sent = "SELECT station, name, dossier, offer FROM sent_offer WHERE url = ?"
    for station, name, dossier_id, offer in desk.connection.execute(sent, (hub.url,)).fetchall():
        dossier, answer = desk.dossier(dossier_id), _name(station, dossier_id, offer)
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


def first_events(hub: Hub, station: str) -> dict[str, tuple[list[Event], str]]:
    """For each desk of another station what its first batch says in the clear, signed by itself, and its last seal."""
    origins = sorted(hub.heads(station, {}), key=lambda one: (one.desk, one.epoch))
    found: dict[str, tuple[list[Event], str]] = {}
    for origin in origins:
        batches = sorted(hub.offers(station, origin, 0).batches, key=lambda one: one.head.first_seq)
        if not batches:
            continue
        if origin.desk in found:
            clear, seal_key = found[origin.desk]
            found[origin.desk] = (clear, _last_seal(batches, _own_key(clear, origin.desk)) or seal_key)
            continue
        with contextlib.suppress(BatchBroken, InvalidInput):
            events = [one.event for one in unpack(hub.fetch(batches[0]), {}).events]
            clear = [event for event in events if not event.destroyed and fault(event) is None]
            key = _own_key(clear, origin.desk)
            if key is not None and batches[0].head.station == station and batches[0].head.signed_by(key):
                found[origin.desk] = (clear, _last_seal(batches, key))
    return found


def _last_seal(batches: Sequence[Offer], key: bytes | None) -> str:
    """The key that the desk's last batch is sealed to, of those that it signed itself: a hub could put in its own."""
    signed = [one.head.seal for one in batches if key is not None and one.head.signed_by(key)]
    return signed[-1] if signed else ""


def _own_key(events: list[Event], desk: str) -> bytes | None:
    enrolled = [
        one for one in events if one.kind == "desk_enrolled" and one.entity == f"desk:{desk}" and one.desk == desk
    ]
    with contextlib.suppress(ValueError):
        return bytes.fromhex(str(enrolled[0].body["sign_key"])) if enrolled else None
    return None


def founding_at(found: Mapping[str, tuple[list[Event], str]], station: str, *, test: bool) -> Event | None:
    """The station's founding, by whoever founded it under the code that its id is made of."""
    events = [event for clear, _ in found.values() for event in clear if event.kind == "station_founded"]
    fitting = [one for one in events if bool(one.body.get("test")) == test and one.body["desk"] == one.desk]
    fitting = [one for one in fitting if station_id(str(one.body["code"])) == station]
    return min(fitting, key=lambda one: one.order, default=None)


def station_key_at(hub: Hub, station: str, unit: str, *, test: bool) -> str | None:
    """The public key that another station seals its own bodies to now, by the desk that founded it."""
    found = first_events(hub, station)
    founding = founding_at(found, station, test=test)
    if founding is None or founding.body["code"] != unit:
        return None
    return found[founding.desk][1] or str(founding.body["station_key"])


def sign_key_at(hub: Hub, station: str, desk: str, *, test: bool) -> bytes | None:
    found = first_events(hub, station)
    if desk not in found or founding_at(found, station, test=test) is None:
        return None
    return _own_key(found[desk][0], desk)
