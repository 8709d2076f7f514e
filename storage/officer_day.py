"""What officers did on a day, or in a period: by kind and by hour. Whose one sees depends on who asks."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import msgspec

from core.authority import OFFICER_KINDS
from core.events import KINDS
from core.moments import LEGAL_TIME
from core.record import read_header
from core.touches import BY_ITSELF
from storage.desk import Desk
from storage.officers import Officer
from storage.projection import is_dossier
from storage.recorded import headers

_SET_UP = frozenset({"station_founded", "station_key_changed", "stations_united", "survey_codes_spent"})
ACTS = tuple(name for name in KINDS if name not in BY_ITSELF | _SET_UP)
"""What an officer does; not what a desk writes by itself under his name."""
_SEE_ALL = frozenset({"leader", "auditor"})
_HOUR = 3_600_000 << 16
"""A hybrid clock's hour."""
_AHEAD = LEGAL_TIME.utcoffset(None) // timedelta(hours=1)
_CHANGED = f"SELECT DISTINCT entity FROM event WHERE kind IN {tuple(sorted(OFFICER_KINDS))} AND instr(entity, ':')"


class _Act(msgspec.Struct, gc=False):
    """What is counted of an event's header: a year has hundreds of thousands of them."""

    by: str
    kind: str
    entity: str
    unit: str
    hlc: int


_read_act = msgspec.json.Decoder(_Act).decode


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
    """What was written down on the days `first` to `last`, by whoever had the right to."""
    all_of_them = sees_all(asking)
    tally = _Tally(desk, unit)
    for some in headers(desk, first, last, ACTS):
        tally.add(some)
    told = tuple(one for one in tally.officers() if all_of_them or one.officer == asking.id)
    return Day(first, last, unit, desk.now(), not all_of_them, told)


class _Tally:
    """Who wrote down how much of what at which hour, as far as he had the right to."""

    def __init__(self, desk: Desk, unit: str | None) -> None:
        self._unit = unit
        self._authority = desk.projection.authority()
        names = [name for (name,) in desk.connection.execute(_CHANGED).fetchall()]
        self._changes = sorted(event.hlc for name in names for event in desk.log.events_of(name))
        self._counted: Counter[tuple[str, str, int]] = Counter()
        self._entities: defaultdict[str, set[str]] = defaultdict(set)

    def add(self, headers: list[bytes]) -> None:
        """Count these acts of one desk."""
        acts = [_read_act(header) for header in headers]
        stays = bool(acts) and self._rights_stay(headers[0], [act.hlc for act in acts])
        known: dict[tuple[str, str], bool] = {}
        for act, header in zip(acts, headers, strict=True):
            if self._unit not in (None, act.unit):
                continue
            may = known.get((act.by, act.kind)) if stays else None
            if may is None:
                may = known[act.by, act.kind] = self._authority.may(read_header(header))
            if may:
                self._counted[act.by, act.kind, (act.hlc // _HOUR + _AHEAD) % 24] += 1
                self._entities[act.by].add(act.entity)

    def _rights_stay(self, header: bytes, clocks: list[int]) -> bool:
        """Whether what an officer might do at the first of these clocks of a chain he might at all of them."""
        if read_header(header).desk in self._authority.desks.revoked:
            return False
        return bisect_left(self._changes, min(clocks)) == bisect_right(self._changes, max(clocks))

    def officers(self) -> list[OfficerDay]:
        """Each of whom anything was counted, by id."""
        kinds: defaultdict[str, Counter[str]] = defaultdict(Counter)
        hours: defaultdict[str, Counter[int]] = defaultdict(Counter)
        for (officer, kind, hour), count in self._counted.items():
            kinds[officer][kind] += count
            hours[officer][hour] += count
        return [
            OfficerDay(one, kinds[one], hours[one], sum(map(is_dossier, self._entities[one]))) for one in sorted(kinds)
        ]
