"""Hours of work by procedure and stage, from this station's own log: measured day by day, learned anew once a day.

What acts took is kept in the table `touch`, filled from each desk's chain up to the last midnight behind a mark
(`touched`): a day costs a day's events, however long the log is. A first filling, or one after a long pause, begins
where the window does, which is found by halving the chain. A history that another desk sends later is measured when it
comes. All of it is derived, belongs to this file and is never sent.

Officers act meanwhile: reading and reckoning hold no lock, and what they come to is written a few rows at a time, so
that nobody's save waits for longer than such a slice, and without a sync of the disk each time.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import groupby, islice
from typing import Any

import msgspec

from core.law import Law
from core.moments import legal_day
from core.queue import midnight
from core.record import read_event
from core.touches import Mark, Touch, learn, measure, sample, stretches
from core.work import Spread, Stage, WorkTable
from storage.database import Connection, transaction, unsynced
from storage.desk import Desk
from storage.lawbook.figures import figure, figure_if_any

_CHUNK = 20_000
"""Events that are measured as one: at its ends officers' pauses are cut."""
_SLICE = 100
"""Rows that are read, or written in one transaction: a few milliseconds."""
_CHAIN = """
SELECT seq, entity, kind, officer, header, CASE WHEN kind IN ('received', 'corrected') THEN body END
FROM event WHERE origin = ? AND seq > ? AND seq <= ? ORDER BY seq
"""
_TOUCHES = "SELECT dossier, hlc, kind, seconds, procedure FROM touch ORDER BY dossier, hlc"
_KEEP = "INSERT OR IGNORE INTO touch VALUES (?, ?, ?, ?, ?)"
_FORGET = "DELETE FROM touch WHERE dossier = ? AND hlc = ?"
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
        with unsynced(desk.connection):
            content = _learn(desk, asked)
    return {
        (procedure, Stage(stage)): Spread(samples, *map(Fraction, hours))
        for procedure, stage, samples, *hours in content["rows"]
    }


def _learn(desk: Desk, asked: _Asked) -> dict[str, Any]:
    """Measure what is new, and keep what all of the window teaches."""
    _measure_all(desk, asked)
    old: list[tuple[str, int]] = []
    content = {"asked": asked.name, "rows": _rows(_known(desk.connection, asked.begin, old), asked)}
    for some in _slices(old):
        with _writing(desk.connection):
            desk.connection.executemany(_FORGET, some)
    with _writing(desk.connection):
        desk.connection.execute("INSERT OR REPLACE INTO meta VALUES ('work_table', ?)", (json.dumps(content),))
    return content


def _known(connection: Connection, begin: int, old: list[tuple[str, int]]) -> Iterator[Touch]:
    """The touches from `begin` on, dossier by dossier; what lies before it is added to `old`."""
    for dossier, hlc, kind, seconds, procedure in connection.execute(_TOUCHES):
        if hlc < begin:
            old.append((dossier, hlc))
        else:
            yield Touch(dossier, hlc, kind, seconds, procedure)


def _rows(touches: Iterable[Touch], asked: _Asked) -> list[list[object]]:
    lives = (sample(life, asked.cap) for _, life in groupby(touches, key=lambda touch: touch.dossier))
    found = learn(life for life in lives if life is not None)
    return [
        [procedure, stage.value, one.samples, str(one.lower), str(one.median), str(one.upper)]
        for (procedure, stage), one in sorted(found.items())
    ]


def _measure_all(desk: Desk, asked: _Asked) -> None:
    """Measure what each chain holds of the window behind its mark, which moves on with the last rows of a chunk."""
    stretch = stretches(desk.law.calendar(desk.identity.unit))
    for origin, last in desk.connection.execute("SELECT no, seq FROM origin WHERE seq > 0").fetchall():
        marked = desk.connection.execute("SELECT seq FROM touched WHERE origin = ?", (origin,)).fetchone()
        done = written_before(desk.connection, origin, last, asked.begin)
        done = max(done, min(marked[0], last)) if marked else done
        until = written_before(desk.connection, origin, last, asked.end)
        while done < until:
            upto = min(done + _CHUNK, until)
            touches = measure(_marks(desk.connection, origin, done, upto), stretch)
            rows = ((one.dossier, one.hlc, one.kind, one.seconds, one.procedure) for one in touches)
            for some in _slices(rows):
                with _writing(desk.connection):
                    desk.connection.executemany(_KEEP, some)
            with _writing(desk.connection):
                desk.connection.execute(_MARK, (origin, upto))
            done = upto


def _slices(rows: Iterable[tuple[object, ...]]) -> Iterator[list[tuple[object, ...]]]:
    """The rows in slices."""
    known = iter(rows)
    while some := list(islice(known, _SLICE)):
        yield some


class _Times(msgspec.Struct):
    """What a header says of time."""

    at: datetime
    hlc: int


_read_times = msgspec.json.Decoder(_Times).decode


def _marks(connection: Connection, origin: int, after: int, until: int) -> Iterator[Mark]:
    while after < until:
        upto = min(after + _SLICE, until)
        # read to its end: a writer on this connection must not find an older state of the file still open
        for _, entity, kind, officer, header, body in connection.execute(_CHAIN, (origin, after, upto)).fetchall():
            times = _read_times(header)
            mark = Mark(officer, entity, kind, int(times.at.timestamp()), times.hlc)
            yield mark if body is None else _told(mark, header, body)
        after = upto


def _told(mark: Mark, header: bytes, body: bytes) -> Mark:
    """The mark with what a receipt's, or a correction's, body says of it."""
    facts = read_event(header, body).body
    if mark.kind == "corrected":
        odd = facts.get("field") == "procedure"
        return Mark(mark.officer, mark.entity, mark.kind, mark.at, mark.hlc, odd=odd)
    procedure = facts.get("procedure")
    named = procedure if isinstance(procedure, str) else None
    return Mark(mark.officer, mark.entity, mark.kind, mark.at, mark.hlc, named, bool(facts.get("imported")))


def written_before(connection: Connection, origin: int, last: int, hlc: int) -> int:
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
