"""What reports count by: a narrow row beside each dossier's, from its events alone; and the counting itself.

What is open has its due date in `dossier`, where an amendment of the law moves it; what has ended has here the one that
its ending carries.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from core.dossier import Dossier
from core.moments import LEGAL_TIME, legal_day
from core.settled import Span, Traits, tally
from storage.database import Connection

COLUMNS = (
    "id, counted_from, ended_at, ending, judged, due_at, moved_at, bound_at, procedure, unit, channel, marks, number"
)
_WRITE = f"INSERT OR REPLACE INTO tally ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_DUE = "CASE WHEN t.moved_at >= :end AND t.bound_at IS NOT NULL THEN t.bound_at ELSE {due} END"
_TRAITS = """
t.counted_from < :begin AS carried, t.channel = 'online' AS online,
CASE WHEN t.ended_at < :end THEN t.ending END AS ending, CASE WHEN t.ended_at < :end THEN t.judged END AS judged,
sign((t.ended_at + 25200) / 86400 - (t.due_at + 25199) / 86400) AS by_day
"""
_SAID = """
t.id AS id, t.procedure AS procedure, t.unit AS unit, t.marks AS marks, t.number AS number,
t.counted_from AS counted_from, t.ended_at AS ended_at
"""
_ENDED = f"""
SELECT {_SAID}, {_TRAITS},
{_DUE.format(due="t.due_at")} AS due,
coalesce(NOT (t.judged = 'on_time' AND t.ended_at = t.due_at), 1) AS by_date, 0 AS stands
FROM tally t WHERE {{which}}
"""
"""What ended at its very limit was in time, also at 24:00 of a period's last day: that period did not see it past."""
_OPEN = f"""
SELECT {_SAID}, {_TRAITS},
{_DUE.format(due="d.due_at")} AS due, d.by_date AS by_date,
d.state IN ('awaiting_supplement', 'awaiting_payment', 'suspended') AS stands
FROM tally t JOIN dossier d ON d.id = t.id WHERE t.ended_at IS NULL AND t.counted_from < :end
"""
_CARRIED = "SELECT id FROM tally WHERE counted_from < :begin AND ended_at >= :begin"
"""Read from an index alone: a table without rowid is looked into for each row of the index, whatever that says."""
_FOUND = " UNION ALL ".join(
    (
        _ENDED.format(which="t.counted_from >= :begin AND t.counted_from < :end AND t.ended_at IS NOT NULL"),
        _ENDED.format(which=f"t.id IN ({_CARRIED})"),
        _ENDED.format(which=":stopped AND t.counted_from < :begin AND t.ended_at < :begin AND t.ending = 'stopped'"),
        _OPEN,
    )
)
_EPOCH = date(1970, 1, 1).toordinal()
_SHOWN = """
procedure, marks, carried, coalesce(online, 0), ending, judged, by_day,
coalesce(CASE WHEN by_date THEN due <= :days_gone ELSE due < :seen_at END, 0) AS past,
coalesce((due + 25199) / 86400 < :seen_day, 0) AS past_day, stands
"""
_GROUPS = f"""
SELECT {_SHOWN}, count(*) FROM ({_FOUND}) WHERE (:unit IS NULL OR unit = :unit) GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
"""
_UNITS = f"""
SELECT {_SHOWN}, count(*), unit FROM ({_FOUND}) WHERE (:unit IS NULL OR unit = :unit)
GROUP BY unit, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
"""
_EARLIEST = """
SELECT counted_from FROM tally WHERE (:unit IS NULL OR unit = :unit) ORDER BY counted_from LIMIT 1
"""
_ROWS = f"""
SELECT {_SHOWN}, id, number, counted_from, due, ended_at FROM ({_FOUND}) WHERE (:unit IS NULL OR unit = :unit)
ORDER BY counted_from, number, id
"""
_NOT_RECEIVED = """
SELECT state, count(*) FROM dossier WHERE state IN ('submitted', 'guided', 'not_accepted')
AND received_at >= :begin AND received_at < :end AND (:unit IS NULL OR unit = :unit) GROUP BY state
"""


class Group(NamedTuple):
    """Dossiers of one procedure that differ in nothing that is counted."""

    procedure: str
    marks: int
    traits: Traits
    many: int


class Counted(NamedTuple):
    """One dossier behind a figure; moments as epoch seconds. No citizen's name goes along."""

    procedure: str
    traits: Traits
    id: str
    number: str | None
    counted_from: int
    due_at: int | None
    ended_at: int | None


def write_tally(connection: Connection, dossier: Dossier) -> None:
    """The dossier's row; none where it counts in no report."""
    found = tally(dossier)
    if found is None:
        drop_tally(connection, dossier.id)
        return
    values = (
        dossier.id,
        _seconds(found.counted_from),
        _seconds(found.ended_at),
        found.ending,
        found.judged,
        _seconds(found.due_at),
        _seconds(found.moved_at),
        _seconds(found.bound_at),
        dossier.procedure,
        dossier.unit,
        dossier.facts.get("channel"),
        found.marks,
        dossier.receipt_number,
    )
    connection.execute(_WRITE, values)


def drop_tally(connection: Connection, dossier_id: str) -> None:
    """Take the dossier out of all counts."""
    connection.execute("DELETE FROM tally WHERE id = ?", (dossier_id,))


def groups(connection: Connection, span: Span, unit: str | None, *, stopped: bool) -> list[Group]:
    """What was the unit's in the period, counted. `stopped`: with what was stopped before it, as if it were pending."""
    rows = connection.execute(_GROUPS, _asked(span, unit, stopped)).fetchall()
    return [Group(row[0], row[1], _traits(row[2:10]), row[10]) for row in rows]


def unit_groups(connection: Connection, span: Span, unit: str | None, *, stopped: bool) -> dict[str, list[Group]]:
    """The same for each unit that the station has, or for the one that is asked for."""
    found: dict[str, list[Group]] = {}
    for row in connection.execute(_UNITS, _asked(span, unit, stopped)).fetchall():
        found.setdefault(row[11], []).append(Group(row[0], row[1], _traits(row[2:10]), row[10]))
    return found


def earliest(connection: Connection, unit: str | None) -> date | None:
    """The day from which on something was counted; None: nothing ever was."""
    row = connection.execute(_EARLIEST, {"unit": unit}).fetchone()
    return None if row is None else legal_day(datetime.fromtimestamp(row[0], LEGAL_TIME))


def dossiers(connection: Connection, span: Span, unit: str | None, *, stopped: bool) -> list[Counted]:
    """The same, one by one, as they came to count."""
    rows = connection.execute(_ROWS, _asked(span, unit, stopped)).fetchall()
    known = _Known()
    return [Counted(row[0], known[row[2:10]], *row[10:]) for row in rows]


def not_received(connection: Connection, span: Span, unit: str | None) -> dict[str, int]:
    """What came in the period and was not received (by now), by state."""
    return dict(connection.execute(_NOT_RECEIVED, _asked(span, unit, False)).fetchall())


def _asked(span: Span, unit: str | None, stopped: bool) -> dict[str, object]:
    return {
        "begin": span.begin,
        "end": span.end,
        "seen_at": span.seen_at,
        "days_gone": span.days_gone,
        "seen_day": span.seen_on.toordinal() - _EPOCH,
        "unit": unit,
        "stopped": int(stopped),
    }


class _Known(dict[tuple[Any, ...], Traits]):
    """Traits by what the database says of them: few of a year's dossiers differ in them."""

    def __missing__(self, told: tuple[Any, ...]) -> Traits:
        self[told] = found = _traits(told)
        return found


def _traits(told: tuple[Any, ...]) -> Traits:
    carried, online, ending, judged, by_day, *flags = told
    return Traits(bool(carried), bool(online), ending, judged, by_day, *map(bool, flags))


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
