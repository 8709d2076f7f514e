"""Whose signature counts, and how the station's private keys come to the desks that may hold them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from core.answers import InvalidInput, Refusal
from core.bodies import fault
from core.desks import Desks, KnownDesk
from core.moments import legal_day
from core.record import Event
from core.station import ShareStationKey
from core.uniting import UNION
from storage.database import transaction
from storage.desk import Desk
from storage.event_log import Origin
from storage.folder import keep_station_key, read_identity, write_meta
from storage.keys import can_seal_to, seal, seal_public, sign_public, unseal
from storage.officers import Officer

_KEY = 32


def enrolment(desk: Desk, of: str, arriving: Iterable[Event] = ()) -> Event | None:
    """The event by which a desk enrolled itself: from the log, else from its own arriving batch."""
    return _enrolment(desk.log.understood(f"desk:{of}"), of) or _enrolment(arriving, of)


def _enrolment(events: Iterable[Event], of: str) -> Event | None:
    own = [
        event
        for event in events
        if event.kind == "desk_enrolled" and event.entity == f"desk:{of}" and event.desk == of and fault(event) is None
    ]
    return min(own, key=lambda event: (event.epoch, event.seq), default=None)


def sign_key(desk: Desk, of: str, arriving: Iterable[Event] = ()) -> bytes | None:
    """The public Ed25519 key that a desk enrolled itself with; None where that has not arrived."""
    found = enrolment(desk, of, arriving)
    try:
        return None if found is None else bytes.fromhex(str(found.body.get("sign_key", "")))
    except ValueError:
        return None


def revoked_from(desk: Desk, origin: Origin) -> int | None:
    """The first seq of an origin that has no effect any more; None where its desk was not revoked."""
    place = desk.projection.desks().revoked.get(origin.desk)
    if place is None:
        return None
    epoch, seq = place
    return None if origin.epoch < epoch else seq if origin.epoch == epoch else 1


def holds_admin_key(desk: Desk) -> bool:
    """Whether this desk can sign as the station's admin."""
    return desk.projection.desks().admin_key == sign_public(desk.identity.sign_private).hex()


def elsewhere(desk: Desk) -> Refusal:
    """`admin_key_elsewhere`: at which desk (its number) the admin's word can be signed."""
    asked = "SELECT number FROM desk WHERE id = ?"
    row = desk.connection.execute(asked, (desk.projection.desks().admin_desk,)).fetchone()
    return Refusal("admin_key_elsewhere", params={"number": str(row[0]) if row else "?"})


def receive_station_key(desk: Desk) -> None:
    """Put on the ring what others sealed to this desk, or in a union to the station, of its private keys."""
    desks = desk.projection.desks()
    wanted = set(desks.station_keys) - set(desk.keys())
    if not wanted:
        return
    shared = desk.log.understood(f"desk:{desk.identity.desk}")
    sealed = [str(event.body.get("sealed", "")) for event in shared if event.kind == "station_key_shared"]
    _keep_wanted(desk, wanted, (one for text in sealed for one in opened_halves(desk.identity.seal_private, text)))
    told = [str(one.body["sealed"]) for one in desk.log.understood(f"unit:{desk.identity.unit}") if one.kind == UNION]
    ring = list(desk.keys().values()) if told else []
    _keep_wanted(desk, wanted, (one for text in told for private in ring for one in opened_halves(private, text)))


def _keep_wanted(desk: Desk, wanted: Collection[str], privates: Iterable[bytes]) -> None:
    found = {seal_public(one).hex(): one for one in privates}
    keep_ring(desk, [private for public, private in found.items() if public in wanted])


def keep_ring(desk: Desk, privates: Iterable[bytes]) -> None:
    """Keep private halves of the station's keys; the one that holds now is the desk's own to seal and open with."""
    privates = list(privates)
    if not privates:
        return
    with transaction(desk.connection):
        for private in privates:
            keep_station_key(desk.connection, private)
        ring = desk.keys()
        newest = [public for public in desk.projection.desks().station_keys if public in ring][-1]
        write_meta(desk.connection, {"station_private": ring[newest]})
    desk.identity = read_identity(desk.connection)


def opened_halves(private: bytes, sealed: str) -> list[bytes]:
    """The private halves of station keys that were sealed (hex) to a key; none where it is another one's."""
    try:
        content = unseal(private, bytes.fromhex(sealed))
    except (InvalidInput, ValueError):
        return []
    return [content[place : place + _KEY] for place in range(0, len(content) - _KEY + 1, _KEY)]


def share_station_key(desk: Desk) -> int:
    """Seal the station's private keys to each desk that lacks the newest, be it its own other copy; how many.

    The admin's desk serves every enrolled desk, or under `strict_enrolment` those that it confirmed; any other desk
    that holds the newest key serves the confirmed ones.
    """
    desks = desk.projection.desks()
    own = desks.known.get(desk.identity.desk)
    ring = desk.keys()
    newest = desks.station_key
    if own is None or not own.is_served or newest is None or newest not in ring:
        return 0
    everyone = holds_admin_key(desk) and not is_strict(desk)
    served = [one for one in lacking(desks) if one.confirmed or everyone]
    itself = Officer(own.id, "", "", (), active=True)
    for one in served:
        sealed = sealed_ring(desk, one)
        desk.do(ShareStationKey(one.id, sealed, desk.now(), newest), itself)
    return len(served)


def lacking(desks: Desks) -> list[KnownDesk]:
    """The desks to which the newest of the station's keys has yet to come."""
    found = [one for _, one in sorted(desks.known.items()) if one.is_served and one.newest_key != desks.station_key]
    return [one for one in found if is_sealable(one)]


def is_sealable(one: KnownDesk) -> bool:
    """Whether its sealing key is one: anybody at a hub may enrol with anything."""
    return can_seal_to(one.seal_key)


def sealed_ring(desk: Desk, receiver: KnownDesk, *newer: bytes) -> str:
    """All private halves that this desk holds, and newer ones, sealed to the receiver's own key (hex)."""
    known = desk.keys()
    ring = [*newer, *(known[public] for public in reversed(desk.projection.desks().station_keys) if public in known)]
    return seal(bytes.fromhex(receiver.seal_key), b"".join(ring), desk.entropy).hex()


def is_strict(desk: Desk) -> bool:
    """Whether the unit's `strict_enrolment` lets a desk wait for its confirmation before it gets the station's key."""
    try:
        day = legal_day(desk.now())
        return desk.law.policy("strict_enrolment", desk.identity.unit, day) == "on"
    except InvalidInput:  # no such row: the setting is off
        return False
