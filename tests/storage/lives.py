"""Random lives at one desk, the same for each seed, and their raw events."""

from __future__ import annotations

import random
from datetime import timedelta

from core.record import Event
from storage.desk import Desk
from tests.storage.test_settled import LIFE, live, seen

SEEDS = range(4)
_GAPS = (0, 3, 24, 24, 96, 264)


def lived(desk: Desk, seed: int) -> list[str]:
    """About forty acts over some months; the ids of the dossiers."""
    drawn = random.Random(seed)
    steps: list[tuple[timedelta, str | int, int]] = [
        (
            timedelta(hours=drawn.choice(_GAPS)),
            "take" if drawn.random() < 0.35 else drawn.randrange(len(LIFE)),
            drawn.randrange(6),
        )
        for _ in range(40)
    ]
    ids = live(desk, steps)
    seen(desk, desk.now() + timedelta(days=20))
    return ids


def raw(desk: Desk, ids: list[str]) -> dict[str, list[Event]]:
    """Each dossier's events in the order in which they were written."""
    return {name: sorted(desk.log.events_of(name), key=lambda one: one.seq) for name in ids}


def kept(events: list[Event]) -> list[Event]:
    """Without what was undone, and without the undoing."""
    undone = {str(one.body["group"]) for one in events if one.kind == "undone"}
    gone = {one.group_key for one in events if one.event_id in undone}
    return [one for one in events if one.group_key not in gone and one.kind != "undone"]
