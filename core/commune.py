"""The monthly sheet of a commune's police: in which of its columns a dossier counts.

By procedure, as one provincial police had it in April 2026: received, settled and pending, at the counter and online;
late. «At the counter» is what did not come online, also by post. Digitised and cleaned data are no facts of a desk.
"""

from __future__ import annotations

from functools import lru_cache

from core.settled import Column, Reading, Traits, places

COLUMNS = (
    "received_direct",
    "received_online",
    "settled_direct",
    "settled_online",
    "pending_direct",
    "pending_online",
    "late",
)
_SETTLED = frozenset({Column.EARLY, Column.ON_TIME, Column.LATE})
_LATE = frozenset({Column.LATE, Column.OVERDUE})


@lru_cache(maxsize=1024)
def columns_of(one: Traits) -> tuple[str, ...]:
    """The columns, by the same judgement as form II.06a: received only in the period itself, settled or pending, and
    late where it ended late or is pending past its limit."""
    way = "online" if one.online else "direct"
    became = places(one, Reading.OURS).became
    found = [f"{'settled' if became in _SETTLED else 'pending'}_{way}"]
    if not one.carried:
        found.append(f"received_{way}")
    if became in _LATE:
        found.append("late")
    return tuple(found)
