"""What the station's other desks are known to hold, by the bundles that they made: a bundle carries the rest."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from storage.desk import Desk
from storage.event_log import Origin, epoch_ms
from storage.sync.batches import borders

SURELY_PULLED_S = 30 * 24 * 3600
"""What a hub has held for so long counts as known to a desk that never made a bundle, and so meets others there."""
_ACCEPTED = "SELECT desk, epoch, max(seq) FROM accepted WHERE at <= ? GROUP BY desk, epoch"


def hear(desk: Desk, maker: str, vector: Mapping[Origin, int]) -> None:
    """Remember what a bundle's maker held, inside the caller's transaction; an earlier bundle changes nothing.

    Of two the one is later by the maker's own events, for each bundle is followed by one: no clock is asked. What
    it says replaces what was known, for a desk may have lost something since.
    """
    known = _heard(desk, maker)
    if known is None or _own(vector, maker) >= _own(known, maker):
        rows = [[origin.desk, origin.epoch, seq] for origin, seq in sorted(vector.items(), key=_place)]
        desk.connection.execute("INSERT OR REPLACE INTO heard VALUES (?, ?)", (maker, json.dumps(rows)))


def known_to_all(desk: Desk) -> dict[Origin, int]:
    """For each origin the last event that every other desk of the station is known to hold."""
    vectors = [_held_by(desk, other) for other in _others(desk)]
    return {origin: min((one.get(origin, 0) for one in vectors), default=0) for origin in desk.log.heads()}


def before(desk: Desk, begin: datetime) -> dict[Origin, int]:
    """For each origin the end of its last batch that ends before a moment, by the clocks of its desk."""
    begin_ms = epoch_ms(begin)
    found: dict[Origin, int] = {}
    for origin in desk.log.heads():
        newer = desk.log.since(origin, begin_ms)
        first = newer[0].outline.seq if newer else desk.log.last_seq(origin) + 1
        found[origin] = max((last for _, last in borders(desk, origin) if last < first), default=0)
    return found


def _others(desk: Desk) -> list[str]:
    known = desk.projection.desks().known
    return [one.id for one in known.values() if one.is_served and one.id != desk.identity.desk]


def _held_by(desk: Desk, other: str) -> dict[Origin, int]:
    heard = _heard(desk, other)
    if heard is not None:
        return heard
    pulled = int(desk.now().timestamp()) - SURELY_PULLED_S
    rows = desk.connection.execute(_ACCEPTED, (pulled,))
    found = {Origin(name, epoch): int(seq) for name, epoch, seq in rows}
    return found | {origin: head.seq for origin, head in desk.log.heads().items() if origin.desk == other}


def _heard(desk: Desk, maker: str) -> dict[Origin, int] | None:
    row = desk.connection.execute("SELECT vector FROM heard WHERE desk = ?", (maker,)).fetchone()
    return None if row is None else {Origin(name, epoch): seq for name, epoch, seq in json.loads(row[0])}


def _own(vector: Mapping[Origin, int], maker: str) -> tuple[int, int]:
    return max(((origin.epoch, seq) for origin, seq in vector.items() if origin.desk == maker), default=(0, 0))


def _place(item: tuple[Origin, int]) -> tuple[str, int]:
    return item[0].desk, item[0].epoch
