"""The debt of apology in a period: limits that were missed or that a delay was declared for, and what is owed now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.dossier import Dossier
from core.lateness import Fate, Lateness, lateness
from core.law import Law
from core.queue import Bounds, Lane, Urgency, midnight
from storage.desk import Desk
from storage.queries import QueueFilter
from storage.quiet import few_collections

_KNOWN = "SELECT id FROM dossier WHERE limit_at >= ? AND limit_at < ?"
_UNKNOWN = "SELECT id FROM dossier WHERE limit_at = 0"
_RUNNING = "SELECT id FROM dossier WHERE lane = ? AND binding_at >= ? AND binding_at < ?"
_OWED = QueueFilter(urgency=Urgency.APOLOGY_OWED)


@dataclass(frozen=True, slots=True)
class Delay:
    """One dossier with what became of its limit; no citizen's name goes along."""

    id: str
    receipt_number: str | None
    procedure: str
    officer: str
    facts: Lateness


@dataclass(frozen=True, slots=True)
class Totals:
    """How many limits were missed, and with which fate. `ended`: neither apologised for nor excused."""

    missed: int
    owed: int
    issued_in_time: int
    issued_late: int
    excused: int
    ended: int


@dataclass(frozen=True, slots=True)
class Delays:
    """`period`: the limits of `first` to `last`; `owed`: every debt that stands at `now`, whenever it began."""

    first: date
    last: date
    unit: str | None
    now: datetime
    period: tuple[Delay, ...]
    owed: tuple[Delay, ...]

    @property
    def procedures(self) -> list[str]:
        """Those that have a line, the ones of the period first."""
        return list(dict.fromkeys(one.procedure for one in (*self.period, *self.owed)))

    def totals(self, procedure: str | None = None) -> Totals:
        """Of one procedure, or of all: `owed` of what is owed now, the others of the period."""
        period, owed = (
            [one for one in lines if procedure in (None, one.procedure)] for lines in (self.period, self.owed)
        )
        fates = [one.facts.fate for one in period]
        return Totals(
            missed=sum(one.facts.missed for one in period),
            owed=len(owed),
            issued_in_time=fates.count(Fate.IN_TIME),
            issued_late=fates.count(Fate.LATE),
            excused=fates.count(Fate.EXCUSED),
            ended=sum(one.facts.missed and one.facts.fate is Fate.ENDED for one in period),
        )


def delays(desk: Desk, first: date, last: date, unit: str | None = None) -> Delays:
    """What happened to the limits of the days `first` to `last`, and what is owed now.

    `unit`: only that unit's dossiers; None: all of the station, as the queue shows them.
    """
    return delays_behind(desk, first, last, unit)[0]


@few_collections()
def delays_behind(
    desk: Desk, first: date, last: date, unit: str | None
) -> tuple[Delays, dict[str, tuple[Dossier, Law]]]:
    """`delays`, and by id the folded dossiers behind them with the law that each is explained by."""
    now, at = desk.now(), desk.bounds()
    reader = _Reader(desk, unit, at, now)
    owed = reader.read(row.id for row in desk.queries.after(None, at, -1, _OWED))
    found = reader.read(_candidates(desk, first, last, at))
    period = [one for one in found if first <= one.facts.limit_on <= last]
    return Delays(first, last, unit, now, _ordered(period), _ordered(owed)), reader.behind


def has_unit(desk: Desk, unit: str) -> bool:
    """Whether the unit is this desk's, or has a dossier here."""
    known = desk.connection.execute("SELECT 1 FROM dossier WHERE unit = ? LIMIT 1", (unit,)).fetchone()
    return unit == desk.identity.unit or known is not None


def units_here(desk: Desk) -> list[str]:
    """This desk's unit, and those that have a dossier here."""
    found = desk.connection.execute("SELECT DISTINCT unit FROM dossier").fetchall()
    return sorted({desk.identity.unit, *(row[0] for row in found)})


class _Reader:
    """Reads each dossier once."""

    def __init__(self, desk: Desk, unit: str | None, at: Bounds, now: datetime) -> None:
        self._desk, self._unit, self._at, self._now = desk, unit, at, now
        self._known: dict[str, Delay | None] = {}
        self.behind: dict[str, tuple[Dossier, Law]] = {}

    def read(self, names: Iterable[str]) -> list[Delay]:
        """Those of the named dossiers that were late, and of the unit."""
        wanted = dict.fromkeys(names)
        new = [name for name in wanted if name not in self._known]
        self._known |= dict.fromkeys(new)
        for dossier, law in self._desk.explained(new):
            delay = self._delay(dossier, law)
            if delay is not None:
                self._known[dossier.id], self.behind[dossier.id] = delay, (dossier, law)
        return [found for name in wanted if (found := self._known[name]) is not None]

    def _delay(self, dossier: Dossier, law: Law) -> Delay | None:
        if self._unit not in (None, dossier.unit):
            return None
        facts = lateness(dossier, law, self._at, self._now)
        if facts is None:
            return None
        return Delay(dossier.id, dossier.receipt_number, dossier.procedure, dossier.officer, facts)


def _candidates(desk: Desk, first: date, last: date, at: Bounds) -> Iterator[str]:
    """By indexed columns, no fewer than there are: a limit at 24:00 stands as the next day's first second."""
    low, high = midnight(first), midnight(last + timedelta(days=1)) + 1
    for asked, values in (
        (_KNOWN, (low, high)),
        (_UNKNOWN, ()),
        (_RUNNING, (int(Lane.UNSETTLED), low, min(high, at.now))),
    ):
        yield from (row[0] for row in desk.connection.execute(asked, values).fetchall())


def place(one: Delay) -> tuple[datetime, str, str]:
    """The order within a procedure: by limit, then by number."""
    return one.facts.limit_at, one.receipt_number or "", one.id


def _ordered(found: Iterable[Delay]) -> tuple[Delay, ...]:
    return tuple(sorted(found, key=lambda one: (one.procedure, *place(one))))
