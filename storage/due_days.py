"""How many open dossiers fall due on each day: by seeks in the index by due day, with a bound on what is read."""

from __future__ import annotations

from collections import Counter
from datetime import date

from core.queue import Lane
from storage.database import Connection
from storage.queries import DUE_DAY, due_days

MOST = 1_000
"""Rows that are read of one day at most: a count of so many means «at least»."""
_EPOCH = date(1970, 1, 1).toordinal()
_OPEN = tuple(lane for lane in Lane if lane is not Lane.DONE)
_OF_DAY = f"FROM dossier WHERE lane = ? AND lane < 4 AND {DUE_DAY} = ? LIMIT ?"
_COUNT = f"SELECT count(*) FROM (SELECT 1 {_OF_DAY})"
_PROCEDURES = f"SELECT procedure {_OF_DAY}"


def count_due(db: Connection, first: date, last: date, most: int = MOST) -> dict[date, int]:
    """Open dossiers by the day that binds, for the days `first`…`last` that have any; each at most `most`.

    The day is the queue's: the earlier one of a dossier's due and its live promise. What waits for a citizen has none.
    """
    counts: Counter[date] = Counter()
    for lane in _OPEN:
        for day in due_days(db, lane, _number(first), _number(last)):
            on = date.fromordinal(day + _EPOCH)
            if counts[on] < most:
                counts[on] += int(db.execute(_COUNT, (int(lane), day, most - counts[on])).fetchone()[0])
    return dict(counts)


def count_due_by_procedure(db: Connection, day: date, most: int = MOST) -> list[tuple[str, int]]:
    """The procedures of those that fall due on one day, the most frequent first; of the first `most` dossiers."""
    counts: Counter[str] = Counter()
    for lane in _OPEN:
        left = most - counts.total()
        counts.update(str(name) for (name,) in db.execute(_PROCEDURES, (int(lane), _number(day), left)))
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def _number(day: date) -> int:
    """Days since 1970, as the index has it."""
    return day.toordinal() - _EPOCH
