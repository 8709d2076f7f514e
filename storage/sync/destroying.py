"""Destroyed bodies leave the hubs too: each desk writes its own batches there again without them."""

from __future__ import annotations

from storage.database import transaction
from storage.desk import Desk
from storage.event_log import Origin
from storage.keys import sign_public
from storage.sync.batch import pack
from storage.sync.protocol import Hub
from storage.sync.snapshot import take_away

_WAITING = "SELECT origin, seq FROM destroyed_at WHERE url = ? ORDER BY origin, seq"


def rewrite_destroyed(desk: Desk, hub: Hub) -> None:
    """Replace at the hub the own batches that hold what was destroyed here; heads, signatures and chain stay.

    Snapshots go, whoever made them.
    """
    waiting: dict[int, list[int]] = {}
    for number, seq in desk.connection.execute(_WAITING, (hub.url,)):
        waiting.setdefault(number, []).append(seq)
    for number, seqs in waiting.items():
        _rewrite(desk, hub, desk.log.origin(number), seqs)
        take_away(hub, desk.identity.station)
        with transaction(desk.connection):
            done = [(hub.url, number, seq) for seq in seqs]
            desk.connection.executemany("DELETE FROM destroyed_at WHERE url = ? AND origin = ? AND seq = ?", done)


def _rewrite(desk: Desk, hub: Hub, origin: Origin, seqs: list[int]) -> None:
    station, public = desk.identity.station, sign_public(desk.identity.sign_private)
    for offer in hub.offers(station, origin, seqs[0] - 1).batches:
        head = offer.head  # it says to whom the other bodies are sealed
        if head.signed_by(public) and any(head.first_seq <= seq <= head.last for seq in seqs):
            events = desk.log.stored(origin, head.first_seq - 1, head.n)
            if len(events) == head.n and events[-1].hash == head.end:
                hub.rewrite(station, offer, pack(head, events))
