"""The end of an exchange: heads with their chain hashes held side by side, and what a hub is known to hold."""

from __future__ import annotations

from collections.abc import Mapping

from core.answers import Refusal
from storage.database import transaction
from storage.desk import Desk
from storage.event_log import Head, Origin
from storage.folder import write_meta
from storage.series import SET_BACK
from storage.sync.forking import is_known, parts_in_vain, said_from
from storage.sync.protocol import PASSWORD, Hub, Reach, first_difference

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
    known = _known(desk, hub.url)
    accepted: dict[Origin, int] = {}
    for origin, head in desk.log.heads().items():
        reach = reaches.get(origin)
        at = min(reach.head.seq, head.seq) if reach else 0
        ahead = reach is not None and reach.head.seq > head.seq
        same = reach is None or (
            _passes(desk, hub, origin, head) if ahead else desk.log.hash_at(origin, at) == reach.head.hash
        )
        forked = not same and is_known(
            desk, hub, origin
        )  # then its own desk has said all of it again under another epoch
        others = ahead and origin.desk != desk.identity.desk  # more of it lies there than could be taken
        unsure = min(at, known.get(origin, 0)) if ahead else 0
        if same and at < head.seq and origin.desk == desk.identity.desk:
            at = _counted(desk, origin, at, head.seq)
        accepted[origin] = at if same else head.seq if forked else unsure
        if not (same or forked or others) and found is None and not parts_in_vain(desk, hub, origin):
            found = _difference(desk, hub, origin, head.seq + 1, reach.head.seq if reach else 0)
    _note(desk, hub.url, accepted, known)
    return found


def note_set_back(desk: Desk, hub: Hub, reaches: Mapping[Origin, Reach]) -> None:
    """Remember for good that a hub lacks something that it once had: what others left there may be gone, too.

    `reaches`: as they are before this desk sends it again.
    """
    for origin, seq in _known(desk, hub.url).items():
        reach = reaches.get(origin)
        if seq > (reach.head.seq if reach else 0) and not is_known(desk, hub, origin):
            with transaction(desk.connection):
                write_meta(desk.connection, {SET_BACK: 1})
            return


def note_taken(desk: Desk, url: str, taken: Mapping[Origin, int]) -> None:
    """Count what a hub acknowledged before an exchange broke off; the next one compares it."""
    known = _known(desk, url)
    ahead = {one: seq for one, seq in taken.items() if known.get(one, 0) < seq <= desk.log.last_seq(one)}
    _note(desk, url, ahead, known)


def pending(desk: Desk, url: str) -> int:
    """How many own events the hub is not known to hold."""
    known = _known(desk, url)
    own = [(origin, head) for origin, head in desk.log.heads().items() if origin.desk == desk.identity.desk]
    return sum(head.seq - known.get(origin, 0) for origin, head in own)


def recall(desk: Desk, hub: Hub) -> None:
    """Give the hub's object back what it wanted to know again."""
    asked = "SELECT place, content FROM hub_memory WHERE url = ?"
    hub.memory.update(desk.connection.execute(asked, (hub.url,)).fetchall())


def forget(hub: Hub) -> None:
    """Trust nothing that is remembered of a hub, but for what opens it."""
    for place in hub.memory.keys() - {PASSWORD}:
        del hub.memory[place]


def remember(desk: Desk, hub: Hub) -> None:
    """Keep what the hub's object wants to know again."""
    asked = "SELECT place, content FROM hub_memory WHERE url = ?"
    known = dict(desk.connection.execute(asked, (hub.url,)).fetchall())
    new = [(hub.url, place, content) for place, content in hub.memory.items() if known.get(place) != content]
    if new:
        with transaction(desk.connection):
            desk.connection.executemany("INSERT OR REPLACE INTO hub_memory VALUES (?, ?, ?)", new)


def _counted(desk: Desk, origin: Origin, at: int, last: int) -> int:
    """How much of an own epoch counts as accepted where the hub ends at `at`: what was said again counts there."""
    common = said_from(desk, origin)
    return last if common is not None and common <= at else at


def _passes(desk: Desk, hub: Hub, origin: Origin, head: Head) -> bool:
    """Whether a chain that reaches further at the hub is known to lead through what is held here."""
    offers = hub.offers(desk.identity.station, origin, max(0, head.seq - 1)).batches
    borders = {(one.head.last, one.head.end) for one in offers}
    borders |= {(one.head.first_seq - 1, one.head.prev) for one in offers}
    return (head.seq, head.hash) in borders


def _difference(desk: Desk, hub: Hub, origin: Origin, *claimed: int) -> Refusal:
    """Where the chains differ first; where no batch shows it, what the hub claims beyond what is here."""
    offers = hub.offers(desk.identity.station, origin, 0)
    first, last = first_difference(offers.batches, desk.log.chain(origin)) or claimed
    params = {"desk": origin.desk, "epoch": str(origin.epoch), "first": str(first), "last": str(last)}
    return Refusal("hub_chain_differs", params=params)


def _known(desk: Desk, url: str) -> dict[Origin, int]:
    """How far the hub was found to hold each chain at the last exchange."""
    asked = "SELECT desk, epoch, max(seq) FROM accepted WHERE url = ? GROUP BY desk, epoch"
    return {Origin(name, epoch): seq for name, epoch, seq in desk.connection.execute(asked, (url,))}


def _note(desk: Desk, url: str, accepted: Mapping[Origin, int], known: Mapping[Origin, int]) -> None:
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
