"""Counts by day for pictures: what came, what ended, what is due, and by which channel; from the counted tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core.settled import Span
from storage.desk import Desk

_EPOCH = 719_163
_OF = "(:unit IS NULL OR t.unit = :unit)"
_CAME = f"""
SELECT (t.counted_from + 25200) / 86400, t.channel, count(*) FROM tally t
WHERE t.counted_from >= :begin AND t.counted_from < :end AND {_OF} GROUP BY 1, 2
"""
_ENDED = f"""
SELECT (t.ended_at + 25200) / 86400, count(*) FROM tally t
WHERE t.ended_at >= :begin AND t.ended_at < :end AND {_OF} GROUP BY 1
"""
_DUE = f"""
SELECT (due + 25199) / 86400, count(*) FROM (
    SELECT t.due_at AS due FROM tally t WHERE t.ended_at IS NOT NULL AND {_OF}
    UNION ALL
    SELECT d.due_at AS due FROM tally t JOIN dossier d ON d.id = t.id WHERE t.ended_at IS NULL AND {_OF}
) WHERE due > :begin AND due <= :end GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Daily:
    """Each day with its count, only days that have any; `online`: of `known`, those whose channel is known."""

    came: Mapping[date, int]
    ended: Mapping[date, int]
    due: Mapping[date, int]
    online: Mapping[date, int]
    known: Mapping[date, int]


def daily(desk: Desk, first: date, last: date, unit: str | None = None) -> Daily:
    """The days `first` to `last`; `unit` None: of all of the station."""
    span = Span(first, last, desk.now())
    asked = {"begin": span.begin, "end": span.end, "unit": unit}
    rows = desk.connection.execute(_CAME, asked).fetchall()
    ended, due = (dict(desk.connection.execute(sql, asked).fetchall()) for sql in (_ENDED, _DUE))
    came: dict[int, int] = {}
    online: dict[int, int] = {}
    known: dict[int, int] = {}
    for day, channel, count in rows:
        came[day] = came.get(day, 0) + count
        if channel:
            known[day] = known.get(day, 0) + count
        if channel == "online":
            online[day] = online.get(day, 0) + count
    return Daily(*(_days(one) for one in (came, ended, due, online, known)))


def _days(counts: Mapping[int, int]) -> dict[date, int]:
    return {date.fromordinal(_EPOCH + day): count for day, count in sorted(counts.items())}
