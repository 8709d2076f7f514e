"""What officers did on a day, or in a period: by kind and by hour. Whose one sees depends on who asks."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from core.events import KINDS
from core.touches import BY_ITSELF
from storage.desk import Desk
from storage.officers import Officer
from storage.recorded import recorded, written_hour

_SET_UP = frozenset({"station_founded", "station_key_changed", "stations_united", "survey_codes_spent"})
ACTS = tuple(name for name in KINDS if name not in BY_ITSELF | _SET_UP)
"""What an officer does; not what a desk writes by itself under his name."""
_SEE_ALL = frozenset({"leader", "auditor"})


@dataclass(frozen=True, slots=True)
class OfficerDay:
    """One officer's acts: by kind, by the hour at which they were written down; on how many dossiers."""

    officer: str
    kinds: Counter[str]
    hours: Counter[int]
    dossiers: int

    @property
    def acts(self) -> int:
        """All of them."""
        return self.kinds.total()


@dataclass(frozen=True, slots=True)
class Day:
    """The officers that the asking one may see, by id; `own_only`: it is the own day alone."""

    first: date
    last: date
    unit: str | None
    now: datetime
    own_only: bool
    officers: tuple[OfficerDay, ...]


def sees_all(officer: Officer) -> bool:
    """Whether the officer sees what the others did: leaders and auditors do."""
    return bool(officer.roles & _SEE_ALL)


def officer_day(desk: Desk, first: date, last: date, unit: str | None, asking: Officer) -> Day:
    """What was written down on the days `first` to `last`."""
    counted: defaultdict[tuple[str, str, int], int] = defaultdict(int)
    entities: defaultdict[str, set[str]] = defaultdict(set)
    all_of_them = sees_all(asking)
    for event in recorded(desk, first, last, ACTS, unit, bodies=False):
        if all_of_them or event.by == asking.id:
            counted[event.by, event.kind, written_hour(event)] += 1
            entities[event.by].add(event.entity)
    kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    hours: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for (one, kind, hour), count in counted.items():
        kinds[one][kind] += count
        hours[one][hour] += count
    told = tuple(OfficerDay(one, kinds[one], hours[one], _dossiers(entities[one])) for one in sorted(kinds))
    return Day(first, last, unit, desk.now(), not all_of_them, told)


def _dossiers(entities: Iterable[str]) -> int:
    return sum(":" not in one for one in entities)
