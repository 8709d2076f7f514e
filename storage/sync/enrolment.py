"""Whose signature counts, and how a desk that joined gets the station's private key."""

from __future__ import annotations

from collections.abc import Iterable

from core.answers import InvalidInput
from core.record import Event
from core.station import ShareStationKey
from storage.database import transaction
from storage.desk import Desk
from storage.event_log import Origin
from storage.folder import keep_station_key, read_identity, write_meta
from storage.keys import seal, seal_public, unseal
from storage.officers import Officer, Officers


def enrolment(desk: Desk, of: str, arriving: Iterable[Event] = ()) -> Event | None:
    """The event by which a desk enrolled itself: from the log, else from its own arriving batch."""
    known = desk.log.events_of(f"desk:{of}")
    own = [
        event
        for event in (*known, *arriving)
        if event.kind == "desk_enrolled" and event.entity == f"desk:{of}" and event.desk == of
    ]
    return min(own, key=lambda event: (event.epoch, event.seq), default=None)


def sign_key(desk: Desk, of: str, arriving: Iterable[Event] = ()) -> bytes | None:
    """The public Ed25519 key that a desk enrolled itself with; None where that has not arrived."""
    found = enrolment(desk, of, arriving)
    return None if found is None else bytes.fromhex(str(found.body.get("sign_key", "")))


def revoked_from(desk: Desk, origin: Origin) -> int | None:
    """The first seq of an origin that has no effect any more; None where its desk was not revoked."""
    may = desk.projection.authority().may
    places = [
        (int(event.body["epoch"]), int(event.body["from_seq"]))
        for event in desk.log.events_of(f"desk:{origin.desk}")
        if event.kind == "desk_revoked" and not event.destroyed and may(event)
    ]
    if not places:
        return None
    epoch, seq = min(places)
    return None if origin.epoch < epoch else seq if origin.epoch == epoch else 1


def receive_station_key(desk: Desk) -> None:
    """Unseal the station's private key, once someone has sealed it to this desk."""
    if desk.identity.station_private is not None:
        return
    for event in desk.log.events_of(f"desk:{desk.identity.desk}"):
        if event.kind != "station_key_shared":
            continue
        try:
            private = unseal(desk.identity.seal_private, bytes.fromhex(str(event.body["sealed"])))
        except (InvalidInput, ValueError):
            continue
        if seal_public(private).hex() == desk.station_key():
            with transaction(desk.connection):
                write_meta(desk.connection, {"station_private": private})
                keep_station_key(desk.connection, private)
            desk.identity = read_identity(desk.connection)
            desk.officers = Officers(desk.connection, desk.identity)
            return


def share_station_key(desk: Desk) -> int:
    """Seal the station's private key to each enrolled desk that has not got it; how many were served."""
    private = desk.identity.station_private
    if private is None:
        return 0
    rows = desk.connection.execute("SELECT id FROM desk WHERE key_sent = 0 ORDER BY id").fetchall()
    waiting = [enrolment(desk, name) for (name,) in rows if name not in (desk.identity.desk, _founder(desk))]
    served = [event for event in waiting if event is not None]
    itself = Officer(desk.identity.desk, "", "", (), active=True)
    for event in served:
        sealed = seal(bytes.fromhex(str(event.body["seal_key"])), private, desk.entropy)
        desk.do(ShareStationKey(event.desk, sealed.hex(), desk.now()), itself)
    return len(served)


def _founder(desk: Desk) -> str | None:
    known = desk.log.events_of(f"unit:{desk.identity.unit}")
    return next((event.desk for event in known if event.kind == "station_founded"), None)
