"""A letter between stations at one hub: sealed to the one, signed by a desk of the other.

It is a blob `inbox-SENDER-DOSSIER-OFFER` (of what follows: `-EVENT` besides) in the receiving station's place:
canonical JSON (format, kind, from, unit, desk, to, dossier, offer, seal, of what follows: event) · newline · sealed
content · Ed25519 of the sending desk (64).
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.answers import InvalidInput
from core.bodies import fault
from core.record import Event, canonical
from core.transfer import history_of
from storage.desk import Desk
from storage.folder import station_id
from storage.keys import can_seal_to, seal, sign, signature_holds, unseal
from storage.sync.batch import BatchBroken, unpack
from storage.sync.protocol import Hub, Offer

LARGEST = 8 * 1024 * 1024
_FORMAT = 1
_SIGNATURE = 64
_KINDS = ("offer", "accepted", "late", "late_taken")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a letter is about: a dossier's offer, and the event that follows it, if one does."""

    dossier: str
    offer: str
    event: str = ""

    def name(self, station: str) -> str:
        """The blob of that station's letter."""
        return "-".join(part for part in ("inbox", station, self.dossier, self.offer, self.event) if part)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that was read and holds: `content` is the JSON of an offer or of what follows, empty in an answer."""

    kind: str
    station: str
    unit: str
    subject: Subject
    desk: str
    content: bytes


def write_letter(desk: Desk, kind: str, to: str, key: str, subject: Subject, content: bytes) -> bytes:
    """`key`: the public half (hex) of the receiving station's key."""
    identity = desk.identity
    head = {
        "format": _FORMAT,
        "kind": kind,
        "from": identity.station,
        "unit": identity.unit,
        "desk": identity.desk,
        "to": to,
        "dossier": subject.dossier,
        "offer": subject.offer,
        "seal": key,
    } | ({"event": subject.event} if subject.event else {})
    sealed = seal(bytes.fromhex(key), content, desk.entropy)
    signed = canonical(head) + b"\n" + sealed
    return signed + sign(identity.sign_private, signed)


def open_letter(desk: Desk, hub: Hub, name: str, data: bytes) -> Letter | None:
    """The letter, where it is for this station and by an enrolled desk of the one that it names; else None."""
    signed, signature = data[:-_SIGNATURE], data[-_SIGNATURE:]
    head, _, sealed = signed.partition(b"\n")
    try:
        told = json.loads(head)
        kind, station, unit, sender, key = (str(told[part]) for part in ("kind", "from", "unit", "desk", "seal"))
        subject = Subject(str(told["dossier"]), str(told["offer"]), str(told.get("event", "")))
        for_us = (told["format"], told["to"], station) == (_FORMAT, desk.identity.station, station_id(unit))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    private = desk.keys().get(key)
    if not for_us or private is None or kind not in _KINDS:
        return None
    sign_key = sign_key_of(hub, station, sender, test=desk.identity.test)
    if name != subject.name(station) or sign_key is None or not signature_holds(sign_key, signature, signed):
        return None
    try:
        letter = Letter(kind, station, unit, subject, sender, unseal(private, sealed))
        return letter if _holds(letter, desk.identity.unit) else None
    except (InvalidInput, ValueError, KeyError, TypeError, RecursionError):
        return None


def _holds(letter: Letter, own: str) -> bool:
    """Whether an offer's rows are one dossier's history up to it, by that unit to this one, or the row is the event."""
    about = letter.subject
    if letter.kind not in ("offer", "late"):
        return bool(about.event) is (letter.kind == "late_taken")
    told = json.loads(letter.content)
    rows = told["rows"]
    if not can_seal_to(told["key"]):  # nobody could answer it
        return False
    events = [event for event, _ in history_of({"history": rows}, about.dossier)]
    if letter.kind == "late":
        return [event.event_id for event in events] == [about.event] and len(rows) == 1
    made = next((event for event in events if event.event_id == about.offer), None)
    return (
        len(events) == len(rows)
        and made is not None
        and (made.kind, made.unit, made.body.get("unit")) == ("transfer_offered", letter.unit, own)
    )


def _first_events(hub: Hub, station: str) -> dict[str, tuple[list[Event], str]]:
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


def _founding(found: Mapping[str, tuple[list[Event], str]], station: str, *, test: bool) -> Event | None:
    """The station's founding, by whoever founded it under the code that its id is made of."""
    events = [event for clear, _ in found.values() for event in clear if event.kind == "station_founded"]
    fitting = [one for one in events if bool(one.body.get("test")) == test and one.body["desk"] == one.desk]
    fitting = [one for one in fitting if station_id(str(one.body["code"])) == station]
    return min(fitting, key=lambda one: one.order, default=None)


def founding_there(hub: Hub, station: str, *, test: bool) -> Event | None:
    """By which another station was founded, as the hub shows it."""
    return _founding(_first_events(hub, station), station, test=test)


def station_key_of(hub: Hub, station: str, unit: str, *, test: bool) -> str | None:
    """The public key that another station seals its own bodies to now, by the desk that founded it."""
    found = _first_events(hub, station)
    founding = _founding(found, station, test=test)
    if founding is None or founding.body["code"] != unit:
        return None
    return found[founding.desk][1] or str(founding.body["station_key"])


def sign_key_of(hub: Hub, station: str, desk: str, *, test: bool) -> bytes | None:
    """The key with which a desk of another station enrolled itself, where the station's founding is known."""
    found = _first_events(hub, station)
    if desk not in found or _founding(found, station, test=test) is None:
        return None
    return _own_key(found[desk][0], desk)
