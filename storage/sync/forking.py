"""Another database wrote under this desk's name (a clone, a backup that came back): nothing is overwritten or lost.

The history at the hub stays under the epoch's name. What was written here instead moves on to a new epoch, event by
event under the same ids, so that whatever names them still does.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.record import NO_HASH, Draft, Event, chain_hash, header_bytes
from storage.database import transaction
from storage.desk import Desk
from storage.event_log import Head, Origin, StoredEvent, epoch_ms
from storage.folder import read_identity, write_meta
from storage.keys import sign_public
from storage.sync.batch import BatchBroken, unpack
from storage.sync.protocol import Hub, Offer

_STAYS = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = 'event_stays'"


def part_ways(desk: Desk, hub: Hub, origin: Origin) -> bool:
    """Move what was written here beyond the common history to a new epoch; whether there truly was a fork."""
    common = _common(desk, hub, origin)
    if common is None:
        return False
    with transaction(desk.connection):
        tail = desk.log.stored(origin, common, desk.log.last_seq(origin) - common)
        epoch = 1 + max(one.epoch for one in desk.log.heads() if one.desk == origin.desk)
        epoch = max(epoch, desk.identity.epoch + 1)
        write_meta(desk.connection, {"epoch": epoch})
        _cut_back(desk, origin, common)
        moved = desk.log.receive(Origin(origin.desk, epoch), _moved(tail, epoch), epoch_ms(desk.now()))
        incident = Draft(f"desk:{origin.desk}", "fork_found", desk.now(), {"epoch": origin.epoch, "seq": common})
        written = desk.log.append([incident], origin.desk, epoch_ms(desk.now()))
        desk.projection.apply([*moved, *written])
    desk.identity = read_identity(desk.connection)
    return True


def _common(desk: Desk, hub: Hub, origin: Origin) -> int | None:
    """How far both histories are the same; None where no batch there is truly of this desk and another one."""
    public = sign_public(desk.identity.sign_private)
    offers = sorted(hub.offers(desk.identity.station, origin, 0).batches, key=lambda one: one.head.first_seq)
    for offer in offers:
        if not _is_other(desk, origin, offer) or not offer.head.signed_by(public):
            continue
        try:
            events = unpack(hub.fetch(offer), desk.keys()).events
        except BatchBroken:
            continue
        for seq, event in enumerate(events, start=offer.head.first_seq):
            known = desk.log.hash_at(origin, seq)
            if known is not None and known != event.hash:
                return seq - 1
    return None


def _is_other(desk: Desk, origin: Origin, offer: Offer) -> bool:
    known = desk.log.hash_at(origin, min(offer.head.last, desk.log.last_seq(origin)))
    return offer.head.first_seq <= desk.log.last_seq(origin) and (
        offer.head.last > desk.log.last_seq(origin) or known != offer.head.end
    )


def _cut_back(desk: Desk, origin: Origin, common: int) -> None:
    """Take the tail out of the origin's chain. Heads stay: the same events come back under another name."""
    number, db = desk.log.number(origin), desk.connection
    (stays,) = db.execute(_STAYS).fetchone()
    db.execute("DROP TRIGGER event_stays")
    db.execute("DELETE FROM event WHERE origin = ? AND seq > ?", (number, common))
    db.execute(stays)
    db.execute("DELETE FROM batch WHERE origin = ? AND last_seq > ?", (number, common))
    db.execute("DELETE FROM accepted WHERE desk = ? AND epoch = ? AND seq > ?", (origin.desk, origin.epoch, common))
    desk.log.move_head(origin, Head(common, desk.log.hash_at(origin, common) or NO_HASH))


def _moved(tail: Sequence[StoredEvent], epoch: int) -> list[StoredEvent]:
    found: list[StoredEvent] = []
    previous = NO_HASH
    for seq, stored in enumerate(tail, start=1):
        header = header_bytes(_renamed(stored.event, epoch, seq))
        previous = chain_hash(previous, header, stored.digest)
        found.append(StoredEvent(header, stored.digest, stored.salt, stored.body, previous))
    return found


def _renamed(event: Event, epoch: int, seq: int) -> Event:
    from msgspec.structs import replace

    return replace(event, epoch=epoch, seq=seq)
