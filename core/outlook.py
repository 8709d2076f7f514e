"""What is told of a queue: of a whole unit's, of one officer's, or of an outside list for one machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from core.forecast import Counts, Forecast, OwnBreak, Queue, by_day, free_hours, merged
from core.mends import Mend
from core.proof import DayLoad, Job, Proof, prove


class Light(StrEnum):
    """`TIGHT`: all is done in time, but not if half of the first day with hours were lost."""

    HOLDS = "holds"
    TIGHT = "tight"
    BREAKS = "breaks"


@dataclass(frozen=True, slots=True)
class Outlook:
    """`days` sum up demand and capacity of whom it is about; `counts` are of dossiers."""

    light: Light
    first_break: OwnBreak | None
    days: tuple[DayLoad, ...]
    mends: tuple[Mend, ...]
    counts: Counts

    @property
    def feasible(self) -> bool:
        return self.first_break is None

    @property
    def enough_history(self) -> bool:
        """Whether all hours that were judged are measured ones."""
        return not self.counts.guessed


def of_unit(queue: Queue, known: Forecast, mends: Sequence[Mend]) -> Outlook:
    """Of all dossiers, each officer's own and nobody's."""
    if known.breaks:
        light = Light.BREAKS
    else:
        free = free_hours(queue.hours, known.own)
        proofs = [(proof, queue.hours[officer]) for officer, proof in known.own.items()]
        tight = any(_tight_days(proof, queue.first, hours) for proof, hours in (*proofs, (known.nobodys, free)))
        light = Light.TIGHT if tight else Light.HOLDS
    counts = sum(queue.counts.values(), Counts())
    return Outlook(light, known.breaks[0] if known.breaks else None, known.whole.days, tuple(mends), counts)


def of_officer(queue: Queue, known: Forecast, officer: str, mends: Sequence[Mend]) -> Outlook:
    """Of one officer's own dossiers."""
    found = next((one for one in known.breaks if one.owner == officer), None)
    proof = known.own[officer]
    tight = found is None and _tight_days(proof, queue.first, queue.hours[officer])
    light = Light.BREAKS if found else Light.TIGHT if tight else Light.HOLDS
    return Outlook(light, found, proof.days, tuple(mends), queue.counts.get(officer, Counts()))


def of_list(jobs: Sequence[Job], first: date, capacity: Callable[[date], Fraction]) -> Outlook:
    """Of jobs whose hours somebody else has told."""
    proof = prove(jobs, first, capacity)
    found = proof.first_break
    light = Light.BREAKS if found else Light.TIGHT if _tight(jobs, proof, first, capacity) else Light.HOLDS
    told = None if found is None else OwnBreak(None, found)
    return Outlook(light, told, proof.days, (), Counts(judged=len(jobs)))


def _tight_days(proof: Proof, first: date, hours: Sequence[Fraction]) -> bool:
    return _tight(merged(proof.days), proof, first, by_day(first, hours))


def _tight(jobs: Sequence[Job], proof: Proof, first: date, capacity: Callable[[date], Fraction]) -> bool:
    begins = next((load.date for load in proof.days if load.capacity_hours), None)
    if begins is None:
        return False
    return not prove(jobs, first, lambda day: capacity(day) / (2 if day == begins else 1)).feasible
