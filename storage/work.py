"""Hours of work by procedure and stage, from this station's own log: measured day by day, learned anew once a day.

What acts took is kept in the table `touch`, filled from each desk's chain up to the last midnight behind a mark
(`touched`): a day costs a day's events, however long the log is. A first filling, or one after a long pause, begins
where the window does, which is found by halving the chain. Nothing is written while officers act, and a history that
another desk sends later is measured when it comes. All of it is derived, belongs to this file and is never sent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import groupby

import msgspec

from core.law import Law
from core.moments import legal_day
from core.queue import midnight
from core.record import read_event
from core.touches import Mark, Touch, learn, measure, sample, stretches
from core.work import Spread, Stage, WorkTable
from storage.database import Connection, transaction
from storage.desk import Desk
from storage.lawbook.figures import figure, figure_if_any

_CHUNK = 20_000
_CHAIN = """
SELECT seq, entity, kind, officer, header, CASE WHEN kind IN ('received', 'corrected') THEN body END
FROM event WHERE origin = ? AND seq > ? AND seq <= ? ORDER BY seq
"""
_TOUCHES = "SELECT dossier, hlc, kind, seconds, procedure FROM touch WHERE hlc >= ? ORDER BY dossier, hlc"
_MARK = "INSERT OR REPLACE INTO touched VALUES (?, ?)"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the table depends on beside the log: the day and the unit's figures (days, seconds)."""

    day: date
    window: int
    cap: int

    @property
    def begin(self) -> int:
        """The hybrid clock at the window's first midnight."""
        return _hlc(self.day - timedelta(days=self.window))

    @property
    def end(self) -> int:
        return _hlc(self.day)

    @property
    def name(self) -> str:
        return f"{self.day}/{self.window}/{self.cap}"


def work_table(desk: Desk) -> WorkTable:
    """What dossiers of each procedure still cost, as this station's last days tell, or the unit's stated figures.

    Reads one row once it was learned today; else measures what is new since then. Raises InvalidInput where the disk or
    a lock prevents it.
    """
    law, unit, day = desk.law, desk.identity.unit, legal_day(desk.now())
    asked = _Asked(
        day,
        int(figure(law, "work_history_days", unit, day)),
        60 * int(figure(law, "work_gap_cap_minutes", unit, day)),
    )
    groups = {procedure.name: procedure.field for procedure in law.procedures}
    return WorkTable(
        learned=_learned(desk, asked),
        defaults=stated_hours(law, unit, day, groups.values()),
        groups=groups,
        minimum=int(figure(law, "work_enough_dossiers", unit, day)),
    )


def stated_hours(law: Law, unit: str, day: date, groups: Iterable[str]) -> dict[tuple[str | None, Stage], Fraction]:
    """The unit's stated figures, by group of procedures (None: all others), as `WorkTable.defaults`."""
    found: dict[tuple[str | None, Stage], Fraction] = {}
    for stage in Stage:
        name = f"work_minutes_{stage.value}"
        found[None, stage] = Fraction(int(figure(law, name, unit, day)), 60)
        for group in set(groups):
            own = figure_if_any(law, f"{name}.{group}", unit, day)
            if own is not None:
                found[group, stage] = Fraction(int(own), 60)
    return found


def _learned(desk: Desk, asked: _Asked) -> dict[tuple[str, Stage], Spread]:
    known = desk.connection.execute("SELECT value FROM meta WHERE name = 'work_table'").fetchone()
    content = json.loads(known[0]) if known else None
    if content is None or content["asked"] != asked.name:
        _measure_all(desk, asked)
        with _writing(desk.connection):
            desk.connection.execute("DELETE FROM touch WHERE hlc < ?", (asked.begin,))
            content = {"asked": asked.name, "rows": _rows(desk.connection, asked)}
            desk.connection.execute("INSERT OR REPLACE INTO meta VALUES ('work_table', ?)", (json.dumps(content),))
    return {
        (procedure, Stage(stage)): Spread(samples, *map(Fraction, hours))
        for procedure, stage, samples, *hours in content["rows"]
    }


def _rows(connection: Connection, asked: _Asked) -> list[list[object]]:
    touches = (Touch(*row) for row in connection.execute(_TOUCHES, (asked.begin,)))
    lives = (sample(life, asked.cap) for _, life in groupby(touches, key=lambda touch: touch.dossier))
    found = learn(life for life in lives if life is not None)
    return [
        [procedure, stage.value, one.samples, str(one.lower), str(one.median), str(one.upper)]
        for (procedure, stage), one in sorted(found.items())
    ]


def _measure_all(desk: Desk, asked: _Asked) -> None:
    """Measure what each chain holds of the window behind its mark; a chunk is a transaction of its own."""
    stretch = stretches(desk.law.calendar(desk.identity.unit))
    for origin, last in desk.connection.execute("SELECT no, seq FROM origin WHERE seq > 0").fetchall():
        marked = desk.connection.execute("SELECT seq FROM touched WHERE origin = ?", (origin,)).fetchone()
        done = _before(desk.connection, origin, last, asked.begin)
        done = max(done, min(marked[0], last)) if marked else done
        until = _before(desk.connection, origin, last, asked.end)
        while done < until:
            upto = min(done + _CHUNK, until)
            with _writing(desk.connection):
                touches = measure(_marks(desk.connection, origin, done, upto), stretch)
                rows = ((one.dossier, one.hlc, one.kind, one.seconds, one.procedure) for one in touches)
                desk.connection.executemany("INSERT OR IGNORE INTO touch VALUES (?, ?, ?, ?, ?)", list(rows))
                desk.connection.execute(_MARK, (origin, upto))
            done = upto


class _Times(msgspec.Struct):
    """What a header says of time."""

    at: datetime
    hlc: int


_read_times = msgspec.json.Decoder(_Times).decode


def _marks(connection: Connection, origin: int, after: int, until: int) -> Iterator[Mark]:
    for _, entity, kind, officer, header, body in connection.execute(_CHAIN, (origin, after, until)):
        times = _read_times(header)
        mark = Mark(officer, entity, kind, int(times.at.timestamp()), times.hlc)
        yield mark if body is None else _told(mark, header, body)


def _told(mark: Mark, header: bytes, body: bytes) -> Mark:
    """The mark with what a receipt's, or a correction's, body says of it."""
    facts = read_event(header, body).body
    if mark.kind == "corrected":
        odd = facts.get("field") == "procedure"
        return Mark(mark.officer, mark.entity, mark.kind, mark.at, mark.hlc, odd=odd)
    procedure = facts.get("procedure")
    named = procedure if isinstance(procedure, str) else None
    return Mark(mark.officer, mark.entity, mark.kind, mark.at, mark.hlc, named, bool(facts.get("imported")))


def _before(connection: Connection, origin: int, last: int, hlc: int) -> int:
    """The last seq of a chain that was written before a hybrid clock; 0: none was."""
    low, high = 0, last
    while low < high:
        middle = (low + high + 1) // 2
        row = connection.execute("SELECT header FROM event WHERE origin = ? AND seq = ?", (origin, middle)).fetchone()
        if row is None or _read_times(row[0]).hlc < hlc:
            low = middle
        else:
            high = middle - 1
    return low


def _writing(connection: Connection) -> AbstractContextManager[None]:
    """A transaction, or the one that the caller holds."""
    return nullcontext() if connection.in_transaction else transaction(connection)


def _hlc(day: date) -> int:
    return midnight(day) * 1000 << 16
