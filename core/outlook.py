"""What is told of a queue: of a whole unit's, of one officer's, or of an outside list for one machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from core.forecast import Counts, Forecast, OwnBreak, Queue
from core.mends import Mend
from core.proof import DayLoad, Job, Proof, prove
from core.work import Cost


class Light(StrEnum):
    """`TIGHT`: all is done in time, but not if half of the first day with hours were lost."""

    HOLDS = "holds"
    TIGHT = "tight"
    BREAKS = "breaks"


@dataclass(frozen=True, slots=True)
class Tight:
    """Whose dossiers (None: nobody's, or a list's) would be late from which day on, were half a day lost."""

    owner: str | None
    date: date


@dataclass(frozen=True, slots=True)
class Outlook:
    """`days` sum up demand and capacity of whom it is about; `counts` are of dossiers; `tight`: of that light alone.

    `own_days`: the same of whoever breaks first or is tight, for whom everybody together may have hours enough.
    `costs`: what a unit's dossiers are thought to cost.
    """

    light: Light
    first_break: OwnBreak | None
    days: tuple[DayLoad, ...]
    mends: tuple[Mend, ...]
    counts: Counts
    own_days: tuple[DayLoad, ...] = ()
    tight: Tight | None = None
    costs: tuple[Cost, ...] = ()

    @property
    def feasible(self) -> bool:
        return self.first_break is None

    @property
    def enough_history(self) -> bool:
        """Whether all hours that were judged are measured ones."""
        return not self.counts.guessed


def of_unit(queue: Queue, known: Forecast, mends: Sequence[Mend]) -> Outlook:
    """Of all dossiers, each officer's own and nobody's."""
    counts = sum(queue.counts.values(), Counts())
    if known.breaks:
        first = known.breaks[0]
        return Outlook(Light.BREAKS, first, known.whole.days, tuple(mends), counts, _proof(known, first.owner).days)
    days = [(who, _tight_day(_proof(known, who))) for who in (None, *known.own)]
    near = [Tight(who, day) for who, day in days if day is not None]
    if not near:
        return Outlook(Light.HOLDS, None, known.whole.days, tuple(mends), counts)
    tight = min(near, key=lambda one: one.date)
    return Outlook(Light.TIGHT, None, known.whole.days, tuple(mends), counts, _proof(known, tight.owner).days, tight)


def of_officer(queue: Queue, known: Forecast, officer: str, mends: Sequence[Mend]) -> Outlook:
    """Of one officer's own dossiers."""
    found = next((one for one in known.breaks if one.owner == officer), None)
    proof = known.own[officer]
    counts, day = queue.counts.get(officer, Counts()), None if found else _tight_day(proof)
    light = Light.BREAKS if found else Light.HOLDS if day is None else Light.TIGHT
    tight = None if day is None else Tight(officer, day)
    return Outlook(light, found, proof.days, tuple(mends), counts, tight=tight)


def of_list(jobs: Sequence[Job], first: date, capacity: Callable[[date], Fraction]) -> Outlook:
    """Of jobs whose hours somebody else has told."""
    proof = prove(jobs, first, capacity)
    begins = next((load.date for load in proof.days if load.capacity_hours), None)
    less = prove(jobs, first, lambda day: capacity(day) / (2 if day == begins else 1))
    found, near = proof.first_break, less.first_break
    counts = Counts(judged=len(jobs))
    if found is not None:
        return Outlook(Light.BREAKS, OwnBreak(None, found), proof.days, (), counts)
    if near is None:
        return Outlook(Light.HOLDS, None, proof.days, (), counts)
    return Outlook(Light.TIGHT, None, proof.days, (), counts, tight=Tight(None, near.date))


def _proof(known: Forecast, owner: str | None) -> Proof:
    return known.nobodys if owner is None else known.own[owner]


def _tight_day(proof: Proof) -> date | None:
    """The first day that would break, of a proof in which nothing is released later: its days tell of every window."""
    half = next((load.capacity_hours for load in proof.days if load.capacity_hours), Fraction(0)) / 2
    near = (load.date for load in proof.days if load.demand_hours and load.capacity_hours - half < load.demand_hours)
    return next(near, None)
