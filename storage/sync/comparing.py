"""The end of an exchange: heads with their chain hashes held side by side, and what a hub is known to hold."""

from __future__ import annotations

from collections.abc import Mapping

from core.answers import Refusal
from storage.database import transaction
from storage.desk import Desk
from storage.event_log import Head, Origin
from storage.sync.forking import is_known, parts_in_vain
from storage.sync.protocol import Hub, Reach, first_difference

_ACCEPTED = "SELECT max(seq) FROM accepted WHERE url = ? AND desk = ? AND epoch = ?"
_ACCEPT = "INSERT OR IGNORE INTO accepted VALUES (?, ?, ?, ?, ?)"
_LOST = "DELETE FROM accepted WHERE url = ? AND desk = ? AND epoch = ? AND seq > ?"


def held_of_others(desk: Desk) -> dict[Origin, Head]:
    """What is held of other desks; own chains are looked at from their beginning, for only this desk mends them."""
    return {origin: head for origin, head in desk.log.heads().items() if origin.desk != desk.identity.desk}


def compare(desk: Desk, hub: Hub, reaches: Mapping[Origin, Reach]) -> Refusal | None:
    """Note how far the hub holds each chain as it is held here; answers where a chain there is another one.

    Another chain is told and never adopted, nor counted as accepted.
    """
    found: Refusal | None = None
    accepted: dict[Origin, int] = {}
    for origin, head in desk.log.heads().items():
        reach = reaches.get(origin)
        at = min(reach.head.seq, head.seq) if reach else 0
        same = reach is None or reach.head.seq > head.seq or desk.log.hash_at(origin, at) == reach.head.hash
        forked = not same and is_known(desk, origin)  # then its own desk has said all of it again under another epoch
        accepted[origin] = at if same else head.seq if forked else 0
        if not (same or forked) and found is None and not parts_in_vain(desk, hub, origin):
            found = _difference(desk, hub, origin)
    _note(desk, hub.url, accepted)
    return found


def pending(desk: Desk, url: str) -> int:
    """How many own events the hub is not known to hold."""
    left = 0
    for origin, head in desk.log.heads().items():
        if origin.desk == desk.identity.desk:
            left += head.seq - (desk.connection.execute(_ACCEPTED, (url, *_names(origin))).fetchone()[0] or 0)
    return left


def recall(desk: Desk, hub: Hub) -> None:
    """Give the hub's object back what it wanted to know again."""
    asked = "SELECT place, content FROM hub_memory WHERE url = ?"
    hub.memory.update(desk.connection.execute(asked, (hub.url,)).fetchall())


def remember(desk: Desk, hub: Hub) -> None:
    """Keep what the hub's object wants to know again."""
    asked = "SELECT place, content FROM hub_memory WHERE url = ?"
    known = dict(desk.connection.execute(asked, (hub.url,)).fetchall())
    new = [(hub.url, place, content) for place, content in hub.memory.items() if known.get(place) != content]
    if new:
        with transaction(desk.connection):
            desk.connection.executemany("INSERT OR REPLACE INTO hub_memory VALUES (?, ?, ?)", new)


def _difference(desk: Desk, hub: Hub, origin: Origin) -> Refusal:
    offers = hub.offers(desk.identity.station, origin, 0)
    first, last = first_difference(offers.batches, desk.log.chain(origin)) or (0, 0)
    params = {"desk": origin.desk, "epoch": str(origin.epoch), "first": str(first), "last": str(last)}
    return Refusal("hub_chain_differs", params=params)


def _note(desk: Desk, url: str, accepted: Mapping[Origin, int]) -> None:
    known = {
        Origin(name, epoch): seq
        for name, epoch, seq in desk.connection.execute(
            "SELECT desk, epoch, max(seq) FROM accepted WHERE url = ? GROUP BY desk, epoch", (url,)
        )
    }
    changed = {origin: seq for origin, seq in accepted.items() if seq != known.get(origin, 0)}
    if not changed:
        return
    now = int(desk.now().timestamp())
    with transaction(desk.connection):
        for origin, seq in changed.items():
            desk.connection.execute(_LOST, (url, *_names(origin), seq))
            if seq:
                desk.connection.execute(_ACCEPT, (url, *_names(origin), seq, now))


def _names(origin: Origin) -> tuple[str, int]:
    return origin.desk, origin.epoch
