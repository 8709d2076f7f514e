"""The order of the queue at this station: what another one would move, before it is set."""

from __future__ import annotations

from dataclasses import dataclass, replace

from core.queue import Bounds, Lane, QueueOrder
from storage.desk import Desk
from storage.queries import Row


@dataclass(frozen=True, slots=True)
class Shifted:
    """An open dossier that would stand elsewhere; places from 1."""

    row: Row
    before: int
    after: int


def would_stand(desk: Desk, order: QueueOrder) -> list[Shifted]:
    """Every open dossier that the order would put elsewhere, in that order; nothing is written."""
    now = desk.bounds()
    before = {row.id: place for place, row in enumerate(_open(desk, now), start=1)}
    after = enumerate(_open(desk, replace(now, order=order)), start=1)
    return [Shifted(row, before[row.id], place) for place, row in after if before[row.id] != place]


def _open(desk: Desk, at: Bounds) -> list[Row]:
    rows = desk.queries.rows("lane < ?", (int(Lane.DONE),), at)
    return sorted(rows, key=lambda row: row.place(at))
