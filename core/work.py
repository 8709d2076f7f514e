"""How many hours of work a dossier still costs, by procedure and by how far it has come.

Hours are a sum over a dossier's acts from a stage on to its result, so that they are no waiting time: what
`core.touches` measures of the station's own history, else a stated default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from core.states import BEFORE_RECEIPT, State


class Stage(StrEnum):
    """How far the work on an open dossier has come."""

    TAKEN_IN = "taken_in"  # nothing but its receipt
    WORKED_ON = "worked_on"  # somebody has begun: a step, a verification, a request to the citizen
    DECIDED = "decided"  # approved, its result not ready


class Source(StrEnum):
    """Where hours are from: measured, a part of the measured whole, or stated."""

    MEASURED = "measured"
    PART = "part"
    STATED = "stated"


@dataclass(frozen=True, slots=True)
class Spread:
    """What was learned of a procedure from a stage on: how many dossiers, their quartiles and median in hours."""

    samples: int
    lower: Fraction
    median: Fraction
    upper: Fraction


@dataclass(frozen=True, slots=True)
class Cost:
    """What so many `dossiers` of a procedure at a stage are thought to cost each.

    `measured`: what was measured from that stage on, be it enough or not. `source`: where the hours are from.
    """

    procedure: str
    stage: Stage
    dossiers: int
    hours: Fraction
    source: Source
    measured: Spread | None


@dataclass(frozen=True, slots=True)
class WorkTable:
    """Hours by procedure and stage. `defaults` by group of procedures (None: all other groups).

    `groups`: the group of a procedure (its field in the catalogue); `minimum`: of fewer dossiers nothing is learned.
    """

    learned: Mapping[tuple[str, Stage], Spread]
    defaults: Mapping[tuple[str | None, Stage], Fraction]
    groups: Mapping[str, str]
    minimum: int

    def hours(self, procedure: str, stage: Stage) -> Fraction:
        """The work still to be done on a dossier that has come so far: the median, else the default.

        Where only the whole way is known well enough, a later stage is the same part of it as by the defaults.
        """
        source = self.source(procedure, stage)
        if source is Source.MEASURED:
            return self.learned[procedure, stage].median
        default = self._default(procedure, stage)
        if source is Source.STATED:
            return default
        part = min(Fraction(1), default / self._default(procedure, Stage.TAKEN_IN))
        return self.learned[procedure, Stage.TAKEN_IN].median * part

    def source(self, procedure: str, stage: Stage) -> Source:
        """Where the hours of a stage are from."""
        known = self.learned.get((procedure, stage))
        if known is not None and known.samples >= self.minimum:
            return Source.MEASURED
        divides = self.enough(procedure) and self._default(procedure, Stage.TAKEN_IN)
        return Source.PART if divides else Source.STATED

    def costs(self, counted: Mapping[tuple[str, Stage], int]) -> tuple[Cost, ...]:
        """Of dossiers counted by procedure and stage; what takes most hours in all comes first."""
        found = [
            Cost(*key, count, self.hours(*key), self.source(*key), self.spread(*key)) for key, count in counted.items()
        ]
        return tuple(sorted(found, key=lambda one: (-one.hours * one.dossiers, one.procedure, one.stage)))

    def enough(self, procedure: str) -> bool:
        """Whether the station has finished enough dossiers of the procedure to tell what one costs."""
        known = self.learned.get((procedure, Stage.TAKEN_IN))
        return known is not None and known.samples >= self.minimum

    def spread(self, procedure: str, stage: Stage) -> Spread | None:
        """What was measured, be it enough or not; None: nothing was."""
        return self.learned.get((procedure, stage))

    def _default(self, procedure: str, stage: Stage) -> Fraction:
        own = self.defaults.get((self.groups.get(procedure), stage))
        return self.defaults[None, stage] if own is None else own


def stage_of(state: State | str, outcome: str | None) -> Stage:
    """The stage of an open dossier by two of its columns. Whatever leads out of `received` is work that has begun."""
    if outcome is not None:
        return Stage.DECIDED
    found = State(state)
    return Stage.TAKEN_IN if found is State.RECEIVED or found in BEFORE_RECEIPT else Stage.WORKED_ON


def spread_of(seconds: Iterable[int]) -> Spread:
    """Median and quartiles of at least one sample (linear between neighbours): no outlier moves them."""
    ordered = sorted(seconds)
    return Spread(len(ordered), *(_quantile(ordered, Fraction(part, 4)) / 3600 for part in (1, 2, 3)))


def _quantile(ordered: list[int], part: Fraction) -> Fraction:
    place = part * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
