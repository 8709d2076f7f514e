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


class Light(StrEnum):
    """`TIGHT`: all is done in time, but not if half of the first day with hours were lost."""

    HOLDS = "holds"
    TIGHT = "tight"
    BREAKS = "breaks"


@dataclass(frozen=True, slots=True)
class Outlook:
    """`days` sum up demand and capacity of whom it is about; `counts` are of dossiers.

    `broken_days`: the same of whoever breaks first, for whom everybody together may have hours enough.
    """

    light: Light
    first_break: OwnBreak | None
    days: tuple[DayLoad, ...]
    mends: tuple[Mend, ...]
    counts: Counts
    broken_days: tuple[DayLoad, ...] = ()

    @property
    def feasible(self) -> bool:
        return self.first_break is None

    @property
    def enough_history(self) -> bool:
        """Whether all hours that were judged are measured ones."""
        return not self.counts.guessed


def of_unit(queue: Queue, known: Forecast, mends: Sequence[Mend]) -> Outlook:
    """Of all dossiers, each officer's own and nobody's."""
    tight = any(_is_tight(proof) for proof in (*known.own.values(), known.nobodys))
    light = Light.BREAKS if known.breaks else Light.TIGHT if tight else Light.HOLDS
    counts = sum(queue.counts.values(), Counts())
    if not known.breaks:
        return Outlook(light, None, known.whole.days, tuple(mends), counts)
    first = known.breaks[0]
    broken = known.nobodys if first.owner is None else known.own[first.owner]
    return Outlook(light, first, known.whole.days, tuple(mends), counts, broken.days)


def of_officer(queue: Queue, known: Forecast, officer: str, mends: Sequence[Mend]) -> Outlook:
    """Of one officer's own dossiers."""
    found = next((one for one in known.breaks if one.owner == officer), None)
    proof = known.own[officer]
    light = Light.BREAKS if found else Light.TIGHT if _is_tight(proof) else Light.HOLDS
    return Outlook(light, found, proof.days, tuple(mends), queue.counts.get(officer, Counts()))


def of_list(jobs: Sequence[Job], first: date, capacity: Callable[[date], Fraction]) -> Outlook:
    """Of jobs whose hours somebody else has told."""
    proof = prove(jobs, first, capacity)
    begins = next((load.date for load in proof.days if load.capacity_hours), None)
    less = prove(jobs, first, lambda day: capacity(day) / (2 if day == begins else 1))
    found = proof.first_break
    light = Light.BREAKS if found else Light.HOLDS if less.feasible else Light.TIGHT
    told = None if found is None else OwnBreak(None, found)
    return Outlook(light, told, proof.days, (), Counts(judged=len(jobs)))


def _is_tight(proof: Proof) -> bool:
    """The same of a proof in which nothing is released later: then its days tell of every window."""
    half = next((load.capacity_hours for load in proof.days if load.capacity_hours), Fraction(0)) / 2
    return any(load.capacity_hours - half < load.demand_hours for load in proof.days if load.demand_hours)
