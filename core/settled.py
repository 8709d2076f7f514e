"""Form II.06a: in which of its columns a dossier counts. One rule for the sheet and for the dossiers behind a figure.

(1) received = (2) online + (3) at the counter or by post + (4) carried over; (5) settled = (6) early + (7) on time +
(8) late; (9) pending = (10) within the limit + (11) past it. A dossier counts once among (2)–(4) and once among
(6)–(8), (10), (11), so (1) = (5) + (9), and the next period's (4) is this one's (9).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum
from functools import lru_cache
from typing import NamedTuple

from core.dossier import Dossier
from core.moments import legal_day
from core.queue import midnight

OUTSIDE = frozenset({"fines"})
"""Fields that are none of the form: fines and what is held for them."""
_ONE = timedelta(days=1)
_MINE = frozenset({"received", "transfer_accepted"})


class Column(IntEnum):
    """The form's columns by their numbers."""

    RECEIVED = 1
    ONLINE = 2
    DIRECT = 3
    CARRIED = 4
    SETTLED = 5
    EARLY = 6
    ON_TIME = 7
    LATE = 8
    PENDING = 9
    WITHIN = 10
    OVERDUE = 11


SUMS = {
    Column.RECEIVED: (Column.ONLINE, Column.DIRECT, Column.CARRIED),
    Column.SETTLED: (Column.EARLY, Column.ON_TIME, Column.LATE),
    Column.PENDING: (Column.WITHIN, Column.OVERDUE),
}
PARTS = tuple(one for one in Column if one not in SUMS)
"""The columns that dossiers stand in; the others are their sums."""


class Reading(StrEnum):
    """Whose «early, on time, late» it is: the judgement that each ending carries, or what real portals compute."""

    OURS = "ours"
    PORTAL = "portal"


class Mark(IntEnum):
    """What the sheet tells beside its columns, as bits."""

    MENDS = 1  # opened to mend a wrong result
    IMPORTED = 2  # taken in by an import, perhaps long after its day
    CAME = 4  # taken over from another unit


@dataclass(frozen=True, slots=True)
class Span:
    """A period by its days, as it is seen from a moment: what has not happened by then is not in it."""

    first: date
    last: date
    now: datetime

    @property
    def begin(self) -> int:
        """The first second of the period."""
        return midnight(self.first)

    @property
    def end(self) -> int:
        """The first second after it."""
        return midnight(self.last + _ONE)

    @property
    def seen_at(self) -> int:
        """The period's end, or now while it runs: pending is what is open then."""
        return min(self.end, int(self.now.timestamp()))

    @property
    def seen_on(self) -> date:
        """The day of `seen_at`; of a period that is over, its last one."""
        return min(self.last, legal_day(self.now))

    @property
    def days_gone(self) -> int:
        """What is due by this second of a day limit is past: its day is over by then."""
        return self.end if self.seen_at == self.end else midnight(self.seen_on)


class Traits(NamedTuple):
    """What the columns depend on, of one dossier in one period.

    `ending` and `judged` None: pending at the period's end. `by_day`: the day of its end against its due day (-1
    before, 0, 1 after; None: no due date). `past`: its date has passed, `past_day`: by dates alone; `stands`: the
    clock stands now.
    """

    carried: bool
    online: bool
    ending: str | None
    judged: str | None
    by_day: int | None
    past: bool
    past_day: bool
    stands: bool


class Places(NamedTuple):
    """The two columns that a dossier stands in: how it came, and what became of it."""

    came: Column
    became: Column


_JUDGED = {"early": Column.EARLY, "late": Column.LATE}
_BY_DAY = {-1: Column.EARLY, 1: Column.LATE}


@lru_cache(maxsize=1024)
def places(one: Traits, reading: Reading) -> Places:
    """Where a dossier counts.

    Ours: every ending settles, judged as its event says; one without a due date is on time. Portals: what was stopped
    or stands is pending within its limit, withdrawn is on time, and all is compared by dates.
    """
    came = Column.CARRIED if one.carried else Column.ONLINE if one.online else Column.DIRECT
    return Places(came, _ours(one) if reading is Reading.OURS else _portals(one))


def _ours(one: Traits) -> Column:
    if one.ending is None:
        return Column.OVERDUE if one.past else Column.WITHIN
    return _JUDGED.get(one.judged or "", Column.ON_TIME)


def _portals(one: Traits) -> Column:
    if one.ending is None or one.ending == "stopped":
        late = one.ending is None and one.past_day and not one.stands
        return Column.OVERDUE if late else Column.WITHIN
    if one.ending == "withdrawn":
        return Column.ON_TIME
    return _BY_DAY.get(one.by_day or 0, Column.ON_TIME)


def summed(counts: Iterable[tuple[Places, int]]) -> dict[Column, int]:
    """Every column's figure."""
    found = dict.fromkeys(Column, 0)
    for where, count in counts:
        for column in where:
            found[column] += count
    for total, parts in SUMS.items():
        found[total] = sum(found[part] for part in parts)
    return found


@dataclass(frozen=True, slots=True)
class Tally:
    """What reports count of a dossier, from its events alone: no law moves it. `counted_from`: since when it is the
    unit's. `moved_at`, `bound_at`: when the new appointment was made, and the date that bound before it."""

    counted_from: datetime
    ending: str | None
    ended_at: datetime | None
    due_at: datetime | None
    judged: str | None
    moved_at: datetime | None
    bound_at: datetime | None
    marks: int


def tally(dossier: Dossier) -> Tally | None:
    """What counts of the dossier; None before receipt, of what was voided, and of what another unit has by now.

    As is known now: one that was reopened has not ended, one that another unit brought is this unit's since it came.
    """
    if dossier.received_at is None or dossier.state == "voided" or dossier.away is not None:
        return None
    brought = _brought_at(dossier)
    moved = next((one for one in reversed(dossier.delays) if one.kind == "rescheduled"), None)
    bound = None if moved is None else moved.body.get("binding_at")
    ending = dossier.ending
    return Tally(
        counted_from=brought or dossier.received_at,
        ending=None if ending is None else ending.kind,
        ended_at=None if ending is None else ending.at,
        due_at=None if ending is None else ending.due_at,
        judged=None if ending is None else ending.judged,
        moved_at=None if moved is None else moved.at,
        bound_at=datetime.fromisoformat(bound) if bound else None,
        marks=Mark.MENDS * bool(dossier.facts.get("corrects"))
        | Mark.IMPORTED * bool(dossier.facts.get("imported"))
        | Mark.CAME * (brought is not None),
    )


def _brought_at(dossier: Dossier) -> datetime | None:
    """When the unit that has it took it over; None of one that this unit received itself, also where it came back."""
    effective = [one for one in dossier.events if one.kind in _MINE and one.event_id not in dossier.marks]
    own = [one for one in effective if one.unit == dossier.unit]
    return None if not own or own[0].kind == "received" else own[0].at
