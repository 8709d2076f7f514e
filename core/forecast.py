"""Will the unit's queue be done in time? Each officer's dossiers proved against his own hours, and nobody's together.

Dossiers with an owner are that officer's work alone; nobody's may be done by anybody in the hours that the owners' own
dossiers leave free. All may be worked on from the first day, so that until a day an officer is free for the least that
any day from then on leaves over. Each officer's proof and that of nobody's dossiers over those free hours hold if and
only if all can be done in time; where the proof of the whole unit breaks, one of them breaks by that day, too.

An overdue dossier is due on the first day that has hours. Of a limit whose next part waits for its event the part that
runs is the deadline, with all of the dossier's hours: what is left for after it is left out on the safe side. One whose
clock is paused, or waits for the event that starts it, has no deadline, and so no demand until then; one that is due
after the horizon is not judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from itertools import accumulate, pairwise
from math import lcm
from typing import Protocol

from core.proof import Break, DayLoad, Job, Proof, prove
from core.work import Stage

HORIZON = 60
"""How many days the forecast looks ahead, the first one included."""
_NONE = Fraction(0)


class Work(Protocol):
    """Hours of work still to be done on a dossier (`core.work.WorkTable`)."""

    def hours(self, procedure: str, stage: Stage, /) -> Fraction:
        """From the stage on to the result."""

    def enough(self, procedure: str, /) -> bool:
        """Whether the station's own history tells them; else they are defaults."""


class Staff(Protocol):
    """Who has how many hours (`core.roster.Roster`)."""

    def hours(self, officer: str, day: date, /) -> Fraction:
        """Hours that an officer (id) has for dossiers on a day."""


@dataclass(frozen=True, slots=True)
class OpenDossier:
    """`owner`: an officer's id, None: nobody's. `due`: the day that binds; None: none does (its clock is paused)."""

    id: str
    procedure: str
    stage: Stage
    owner: str | None
    due: date | None


@dataclass(slots=True)
class Counts:
    """Of dossiers: `judged` by the proof, of these `overdue` (due as soon as anybody has hours) and `guessed` (nobody
    measured their hours); `paused`: without a deadline; `later`: due after the horizon."""

    judged: int = 0
    overdue: int = 0
    guessed: int = 0
    paused: int = 0
    later: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*map(sum, zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class Queue:
    """What the proofs stand on. `jobs` by owner (None: nobody's); `hours`: of each officer, by day from `first` on.

    `usual`: hours of an officer's full day. `counts` by owner. `lacking`: dossiers whose citizens can be asked for
    papers that are missing, which pauses their clocks. `worked`: how many are judged by procedure and stage.
    """

    first: date
    jobs: Mapping[str | None, Sequence[Job]]
    hours: Mapping[str, Sequence[Fraction]]
    usual: Mapping[str, Fraction]
    counts: Mapping[str | None, Counts]
    lacking: frozenset[str] = frozenset()
    worked: Mapping[tuple[str, Stage], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OwnBreak:
    """`owner` None: in nobody's dossiers."""

    owner: str | None
    found: Break


@dataclass(frozen=True, slots=True)
class Forecast:
    """`own` by officer; `nobodys` over the hours that these leave free; `whole`: all dossiers over everybody's hours.

    `breaks`: of `own` and `nobodys`, the earliest first, of one day the one that lacks most.
    """

    own: Mapping[str, Proof]
    nobodys: Proof
    whole: Proof
    breaks: tuple[OwnBreak, ...]

    @property
    def feasible(self) -> bool:
        return not self.breaks


def queue_of(dossiers: Iterable[OpenDossier], work: Work, staff: Staff, officers: Iterable[str], first: date) -> Queue:
    """The queue from `first` on. `officers`: who could take over dossiers; owners are added."""
    days = [first + timedelta(days=number) for number in range(HORIZON)]
    known: dict[tuple[str, Stage], tuple[Fraction, bool]] = {}
    counts: dict[str | None, Counts] = {}
    due: list[tuple[OpenDossier, date]] = []
    for one in dossiers:
        count = counts.setdefault(one.owner, Counts())
        if one.due is None:
            count.paused += 1
        elif one.due > days[-1]:
            count.later += 1
        else:
            due.append((one, one.due))
    everybody = sorted({*officers, *(one.owner for one, _ in due if one.owner is not None)})
    hours = {one: tuple(staff.hours(one, day) for day in days) for one in everybody}
    together = zip(days, zip(*hours.values(), strict=True), strict=False)
    soonest = next((day for day, there in together if any(there)), first)
    jobs: dict[str | None, list[Job]] = {None: []}
    for one, day in due:
        key = one.procedure, one.stage
        if key not in known:
            known[key] = work.hours(*key), work.enough(one.procedure)
        cost, learned = known[key]
        jobs.setdefault(one.owner, []).append(Job(one.id, cost, soonest if day < first else day))
        count = counts[one.owner]
        count.judged += 1
        count.overdue += day < first
        count.guessed += not learned
    worked = Counter((one.procedure, one.stage) for one, _ in due)
    return Queue(first, jobs, hours, {one: full_day(there) for one, there in hours.items()}, counts, worked=worked)


def full_day(hours: Iterable[Fraction]) -> Fraction:
    """The hours of most days that have any, of equally many the longer: not those of a day of overtime."""
    return max(Counter(filter(None, hours)).items(), key=lambda one: one[::-1], default=(_NONE, 0))[0]


def forecast(queue: Queue) -> Forecast:
    """Prove a queue."""
    own = {officer: _prove_own(queue, officer) for officer in queue.hours}
    nobodys = prove_nobodys(queue.jobs.get(None, ()), queue.first, queue.hours, own)
    total = [sum(hours, _NONE) for hours in zip(*queue.hours.values(), strict=True)]
    everything = [job for jobs in queue.jobs.values() for job in jobs]
    whole = prove(everything, queue.first, by_day(queue.first, total))
    return Forecast(own, nobodys, whole, breaks_of(own, nobodys))


def forecast_moved(known: Forecast, queue: Queue, officers: Iterable[str]) -> Forecast:
    """The forecast of a queue that differs from the known one's in how the jobs of these officers lie among them."""
    own = {**known.own, **{officer: _prove_own(queue, officer) for officer in officers}}
    nobodys = prove_nobodys(queue.jobs.get(None, ()), queue.first, queue.hours, own)
    return Forecast(own, nobodys, known.whole, breaks_of(own, nobodys))


def _prove_own(queue: Queue, officer: str) -> Proof:
    return prove(queue.jobs.get(officer, ()), queue.first, by_day(queue.first, queue.hours[officer]))


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Dossiers that will not be done: by the end of `day` there is `short` less than they need (hours)."""

    day: date
    short: Fraction
    ids: tuple[str, ...]


def foreseen(jobs: Sequence[Job], proof: Proof, late: Container[str]) -> Foreseen | None:
    """On the first day that breaks something in time so far: whose turn comes last, as many as are not done.

    `late`: who is overdue already, and no news. None where nobody else will be.
    """
    for load in proof.days:
        short = load.demand_hours - load.capacity_hours
        waiting = [job for job in jobs if short > 0 and job.hours and job.due <= load.date and job.id not in late]
        if waiting:
            waiting.sort(key=lambda job: job.due)
            sums = accumulate(job.hours for job in reversed(waiting))
            undone = 1 + sum(hours < short for hours in sums)
            return Foreseen(load.date, short, tuple(job.id for job in waiting[-undone:]))
    return None


def by_day(first: date, hours: Sequence[Fraction]) -> Callable[[date], Fraction]:
    """Hours by day as a capacity; none after the last one."""
    return lambda day: hours[number] if (number := (day - first).days) < len(hours) else _NONE


def prove_nobodys(
    jobs: Sequence[Job], first: date, hours: Mapping[str, Sequence[Fraction]], own: Mapping[str, Proof]
) -> Proof:
    """The proof of jobs that anybody may do, in the hours that officers' own leave free."""
    return prove(jobs, first, by_day(first, _free_hours(hours, own) if jobs else ()))


def _free_hours(hours: Mapping[str, Sequence[Fraction]], own: Mapping[str, Proof]) -> list[Fraction]:
    """What all officers together are free for on each day, each doing his own dossiers as late as they allow."""
    due = {who: [load.demand_hours for load in own[who].days] for who in hours}
    parts = {one.denominator for given in (hours, due) for days in given.values() for one in days}
    scale = lcm(*parts)
    together = [0] * HORIZON
    for who, there in hours.items():
        for number, free in enumerate(_free(_whole(there, scale), _whole(due[who], scale))):
            together[number] += free
    return [Fraction(free, scale) for free in together]


def _whole(hours: Sequence[Fraction], scale: int) -> list[int]:
    return [one.numerator * (scale // one.denominator) for one in hours]


def _free(there: Sequence[int], due: Sequence[int]) -> list[int]:
    """By day, of hours by day and of what is due by each day's end."""
    need = [*due, *[due[-1] if due else 0] * (len(there) - len(due))]
    over = [have - asked for have, asked in zip(accumulate(there), need, strict=True)]
    least = list(accumulate(reversed(over), min))[::-1]
    return [after - before for before, after in pairwise([0, *(max(0, free) for free in least)])]


def breaks_of(own: Mapping[str, Proof], nobodys: Proof) -> tuple[OwnBreak, ...]:
    """Who breaks first, and of one day who lacks most."""
    proofs: list[tuple[str | None, Proof]] = [*own.items(), (None, nobodys)]
    found = [OwnBreak(owner, proof.first_break) for owner, proof in proofs if proof.first_break is not None]
    return tuple(sorted(found, key=lambda one: (one.found.date, -one.found.short_hours, one.owner or "")))


def merged(loads: Sequence[DayLoad]) -> list[Job]:
    """All that is due on a day as one job without a name: what it proves of whether it holds is the same."""
    before = [_NONE, *(load.demand_hours for load in loads)]
    return [Job("", load.demand_hours - known, load.date) for known, load in zip(before, loads, strict=False)]
