"""Whether the desk that signed a letter was revoked by its own station, by what the hub shows of that station.

A revocation is in the clear and signed by the station's admin, whose desk alone can write it: that desk's batches are
read as far as they were not yet. That a hub keeps some back cannot be known.
"""

from __future__ import annotations

from core.answers import InvalidInput
from core.bodies import fault
from core.desks import claims
from core.record import Event
from storage.database import transaction
from storage.desk import Desk
from storage.event_log import Origin
from storage.judging import signed_by
from storage.sync.batch import BatchBroken, unpack
from storage.sync.letters import founding_there
from storage.sync.protocol import Hub

_STATIONS = "SELECT DISTINCT station FROM inbox WHERE url = ?"
_READ = "SELECT seq FROM station_read WHERE url = ? AND station = ? AND desk = ? AND epoch = ?"
_ANSWERS = """
SELECT inbox.name FROM inbox JOIN revoked_there ON revoked_there.station = inbox.station
    AND revoked_there.desk = inbox.desk
WHERE inbox.url = ? AND inbox.kind IN ('accepted', 'late_taken')
"""


def turn_away(desk: Desk, hub: Hub) -> None:
    """Find out which senders were revoked; an answer of one counts for nothing and gives way to another desk's."""
    for (station,) in desk.connection.execute(_STATIONS, (hub.url,)).fetchall():
        _read_revocations(desk, hub, station)
    for (name,) in desk.connection.execute(_ANSWERS, (hub.url,)).fetchall():
        hub.delete_blob(desk.identity.station, name)
        with transaction(desk.connection):
            desk.connection.execute("DELETE FROM inbox WHERE url = ? AND name = ?", (hub.url, name))


def _read_revocations(desk: Desk, hub: Hub, station: str) -> None:
    founding = founding_there(hub, station, test=desk.identity.test)
    for origin in hub.heads(station, {}) if founding is not None else ():
        if founding is None or origin.desk != founding.desk:
            continue
        place = (hub.url, station, origin.desk, origin.epoch)
        known = desk.connection.execute(_READ, place).fetchone()
        events, last = _revocations(hub, station, origin, known[0] if known else 0)
        revoked = [(station, name) for name in _holding(station, founding, events)]
        with transaction(desk.connection):
            desk.connection.executemany("INSERT OR IGNORE INTO revoked_there VALUES (?, ?)", revoked)
            desk.connection.execute("INSERT OR REPLACE INTO station_read VALUES (?, ?, ?, ?, ?)", (*place, last))


def _revocations(hub: Hub, station: str, origin: Origin, after: int) -> tuple[list[Event], int]:
    """What that desk says of revoked desks after a seq, and how far it could be read."""
    found: list[Event] = []
    for offer in sorted(hub.offers(station, origin, after).batches, key=lambda one: one.head.first_seq):
        try:
            events = [one.event for one in unpack(hub.fetch(offer), {}).events]
        except (BatchBroken, InvalidInput):
            break
        found += [event for event in events if event.kind == "desk_revoked" and not event.destroyed]
        after = max(after, offer.head.first_seq + len(events) - 1)
    return [event for event in found if fault(event) is None], after


def _holding(station: str, founding: Event, events: list[Event]) -> list[str]:
    """The desks whose revocation the admin's key has signed."""
    named = {event.name: event.entity.partition(":")[2] for event in events}
    claimed = claims(station, [founding, *events])
    return [named[claim.event] for claim in claimed if claim.event in named and signed_by(claim)]
