"""Past handovers, and what became of each line that somebody was to keep in sight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.handover import Handed
from core.queue import Urgency
from core.sheet import WATCHERS
from core.states import State
from storage.desk import Desk
from storage.handover import handover_of
from storage.queries import Row

BECAME = ("late_since", "still_late", "done_late", "in_conflict", "open", "waiting", "done", "ended", "gone")
"""What can have become of a line, the worst first."""
_LATE = frozenset({Urgency.APOLOGY_OWED, Urgency.OVERDUE})
_NEWEST = """
SELECT id FROM handover
WHERE ? IS NULL OR (signed_at, id) < (SELECT signed_at, id FROM handover WHERE id = ?)
ORDER BY signed_at DESC, id DESC LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class Watched:
    """A line of the sheet under the first of its sections, and what became of it (BECAME); `row`: the dossier now."""

    section: str
    item: Mapping[str, Any]
    became: str
    row: Row | None


@dataclass(frozen=True, slots=True)
class PastHandover:
    """A handover that was signed over; `accepted_at` and `accepted_by` are None while nobody has taken it over."""

    id: str
    handed: Handed
    watched: tuple[Watched, ...]

    @property
    def accepted_at(self) -> datetime | None:
        return None if self.handed.accepted is None else self.handed.accepted.at

    @property
    def accepted_by(self) -> str | None:
        return None if self.handed.accepted is None else self.handed.accepted.by

    @property
    def counts(self) -> dict[str, int]:
        """How many lines became what, the worst first."""
        found = Counter(one.became for one in self.watched)
        return {name: found[name] for name in BECAME if found[name]}


def past_ids(desk: Desk, limit: int = -1, before: str | None = None) -> list[str]:
    """The ids of handovers, the newest first; `limit` -1: all of them. `before`: only those older than that one."""
    return [str(row[0]) for row in desk.connection.execute(_NEWEST, (before, before, limit))]


def past_handovers(desk: Desk, limit: int = 50, before: str | None = None) -> list[PastHandover]:
    """As `past_ids`, whole; those whose sheet can't be read here are left out."""
    found = (past_handover(desk, one) for one in past_ids(desk, limit, before))
    return [one for one in found if one is not None]


def past_handover(desk: Desk, shift: str) -> PastHandover | None:
    """One handover, by its id."""
    found = handover_of(desk, shift)
    return None if found is None else PastHandover(shift, found, tuple(_watched(desk, found)))


def _watched(desk: Desk, found: Handed) -> Iterator[Watched]:
    at = desk.bounds()
    by_name = {one["name"]: one["items"] for one in found.sections}
    seen: set[str] = set()
    for name in WATCHERS:
        for item in by_name.get(name, ()):
            if item["id"] not in seen:
                seen.add(item["id"])
                row = desk.queries.row(item["id"], at)
                yield Watched(name, item, _became(item, row), row)


def _became(item: Mapping[str, Any], row: Row | None) -> str:
    if row is None:
        return "gone"
    if row["in_conflict"]:
        return "in_conflict"
    if row["state"] in (State.RESULT_READY.value, State.RETURNED.value):
        return "done_late" if row["judged"] == "late" else "done"
    if row.urgency is Urgency.DONE:
        return "ended"
    if row.urgency in _LATE:
        return "still_late" if item["urgency"] in _LATE else "late_since"
    return "waiting" if row.urgency is Urgency.PAUSED else "open"
