"""Absence cover: whose hands an officer's dossiers go to while he is away, so that the proof holds for everybody.

What comes due on a day of the absence on which he has no hours goes, the earliest first; of the rest no more than he
has no hours left for. What nobody has room for stays with him and is told. Whoever has no deadline now (the clock is
paused) or one after the horizon stays, too.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from core.forecast import Forecast, Queue, forecast, forecast_moved
from core.outlook import Light, of_officer, of_unit
from core.proof import Job
from core.spreading import Bench, Spreading, relief, worse_off

Moves = Sequence[tuple[str, Sequence[str]]]
"""Dossiers (ids) by receiver (an officer's id)."""


@dataclass(frozen=True, slots=True)
class Away:
    """An officer (id) who is away from the first to the last day, both included."""

    officer: str
    first: date
    last: date

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]


@dataclass(frozen=True, slots=True)
class Share:
    """What one officer takes over, by due day, how many hours of work that is, and how his own light stands then."""

    officer: str
    jobs: tuple[Job, ...]
    hours: Fraction
    light: Light


@dataclass(frozen=True, slots=True)
class Cover:
    """A proposal; `before` and `after` are the unit's lights.

    `left`: should go, but nobody has room. `short_hours`: what the officer who is away lacks then for his own, from
    `breaks_on` on (0 and None: he gets done what stays with him). `paused`: his dossiers without a deadline now.
    """

    away: Away
    shares: tuple[Share, ...]
    left: tuple[Job, ...]
    short_hours: Fraction
    breaks_on: date | None
    before: Light
    after: Light
    paused: int

    @property
    def moves(self) -> Moves:
        return tuple((one.officer, tuple(job.id for job in one.jobs)) for one in self.shares)


def without_hours(queue: Queue, officer: str, days: Container[date]) -> Queue:
    """The queue with the officer away on these days, whatever his roster says."""
    hours = [
        Fraction(0) if queue.first + timedelta(days=number) in days else there
        for number, there in enumerate(queue.hours[officer])
    ]
    return replace(queue, hours={**queue.hours, officer: hours})


def cover(queue: Queue, away: Away) -> Cover:
    """Who takes over what. The officer is in the queue, and his hours in it are those of the absence."""
    known = forecast(queue)
    bench = Bench(queue, known)
    spread, jobs = Spreading(bench, away.officer), queue.jobs.get(away.officer, ())
    must = [job for job in jobs if _falls_due(queue, away, job)]
    rest = [job for job in jobs if not _falls_due(queue, away, job)]
    left = [job for job in _by_due(must) if not spread.give(job)]
    unfit: list[Job] = []

    def goes(job: Job) -> bool:
        given = spread.give(job)
        if not given:
            unfit.append(job)
        return given

    relief(bench, [-room for room in spread.own], rest, goes)
    after = moved(queue, away.officer, spread.given)
    proofs = forecast_moved(known, after, (away.officer, *spread.given))
    broken = proofs.own[away.officer].first_break
    left += unfit if broken else []
    shares = (
        Share(who, tuple(_by_due(given)), sum((job.hours for job in given), Fraction(0)), _light(after, proofs, who))
        for who, given in sorted(spread.given.items())
    )
    counts = queue.counts.get(away.officer)
    return Cover(
        away,
        tuple(shares),
        tuple(_by_due(left)),
        Fraction(0) if broken is None else broken.short_hours,
        None if broken is None else broken.date,
        of_unit(queue, known, ()).light,
        of_unit(after, proofs, ()).light,
        0 if counts is None else counts.paused,
    )


def still_holds(queue: Queue, officer: str, moves: Moves) -> bool:
    """Whether all of these are still the officer's, who takes them is still here, and nobody else lacks more then."""
    jobs = {job.id: job for job in queue.jobs.get(officer, ())}
    if any(who not in queue.hours or not jobs.keys() >= set(ids) for who, ids in moves):
        return False
    before, given = forecast(queue), {who: [jobs[one] for one in ids] for who, ids in moves}
    after = forecast_moved(before, moved(queue, officer, given), (officer, *given))
    others = [(before.own[who], proof) for who, proof in after.own.items() if who != officer and who in before.own]
    return not worse_off([*others, (before.nobodys, after.nobodys)])


def moved(queue: Queue, officer: str, given: Mapping[str, Sequence[Job]]) -> Queue:
    """The queue after an officer's jobs went to others."""
    gone = {job.id for jobs in given.values() for job in jobs}
    jobs = dict(queue.jobs)
    jobs[officer] = [job for job in jobs.get(officer, ()) if job.id not in gone]
    for who, more in given.items():
        jobs[who] = [*jobs.get(who, ()), *more]
    return replace(queue, jobs=jobs)


def _falls_due(queue: Queue, away: Away, job: Job) -> bool:
    day = (job.due - queue.first).days
    return away.first <= job.due <= away.last and not queue.hours[away.officer][day]


def _by_due(jobs: Iterable[Job]) -> list[Job]:
    return sorted(jobs, key=lambda job: (job.due, job.id))


def _light(queue: Queue, proofs: Forecast, officer: str) -> Light:
    return of_officer(queue, proofs, officer, ()).light
