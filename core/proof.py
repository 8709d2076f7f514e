"""Can it all be done in time? Earliest-deadline-first feasibility by demand bound, exactly, for one queue of work.

The machine is fluid and preemptive: on each day it has some hours, which any jobs may share in any parts. A job may be
worked on from the day of its release to its due day, both included. Working on the earliest due first is then optimal
(Liu and Layland 1973; Baruah, Rosier and Howell 1990), so that everything can be done in time if and only if no window
of days, from some release to some due day, holds more hours of jobs released and due within it than the machine has.

What has an answer although it is degenerate: a release before the first day is the first day; a job whose due day lies
before its release or before the first day has no day at all, and its window no capacity: with hours it breaks at its
due day, without hours it never does. No jobs are feasible. Days without capacity are days like others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import accumulate, groupby
from math import lcm
from operator import itemgetter

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Job:
    """`hours` ≥ 0 of work, to be done from `release` (None: the first day) to `due`, both days included."""

    id: str
    hours: Fraction
    due: date
    release: date | None = None


@dataclass(frozen=True, slots=True)
class Break:
    """`date`: the earliest due day at which some window holds more than its capacity.

    `short_hours`: the largest excess over all windows, whichever day they end at. `jobs`: what has hours in the window
    that breaks most at `date` (of several the one that begins last), by due day, then as given.
    """

    date: date
    short_hours: Fraction
    jobs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DayLoad:
    """Both are sums from the first day to the end of this one: hours due (and past due), and hours there are."""

    date: date
    demand_hours: Fraction
    capacity_hours: Fraction


@dataclass(frozen=True, slots=True)
class Proof:
    """`days`: from the first day to the last due day."""

    feasible: bool
    first_break: Break | None
    days: tuple[DayLoad, ...]


def prove(jobs: Iterable[Job], first: date, capacity: Callable[[date], Fraction]) -> Proof:
    """Whether the jobs can all be done in time from `first` on.

    `capacity`: hours ≥ 0 that the machine has on a day; asked once for each day from `first` to the last due day.
    """
    known = tuple(jobs)
    start = first.toordinal()
    spans = [_span(job, start) for job in known]
    last = max((due for _, due in spans), default=-1)
    given = [capacity(first + _ONE_DAY * day) for day in range(last + 1)]
    parts = [job.hours.as_integer_ratio() for job in known]
    scale = lcm(*{below for _, below in parts}, *{hours.denominator for hours in given})
    work: dict[_Span, int] = {}
    for span, (above, below) in zip(spans, parts, strict=True):
        work[span] = work.get(span, 0) + above * (scale // below)
    until = list(accumulate((hours.numerator * (scale // hours.denominator) for hours in given), initial=0))
    window, most = _worst(work, until)
    found = None
    if window is not None:
        release, due = window
        inside = [pair for pair in zip(spans, known, strict=True) if pair[0][0] >= release and pair[0][1] <= due]
        inside.sort(key=lambda pair: pair[0][1])
        late = tuple(job.id for _, job in inside if job.hours)
        found = Break(date.fromordinal(start + due), Fraction(most, scale), late)
    return Proof(found is None, found, _days(work, until, first, scale))


_Span = tuple[int, int]
"""Release and due, in days since the first one; without a day between them the second is the smaller one."""


def _span(job: Job, start: int) -> _Span:
    release = job.release
    return 0 if release is None else max(0, release.toordinal() - start), job.due.toordinal() - start


def _worst(work: Mapping[_Span, int], until: Sequence[int]) -> tuple[_Span | None, int]:
    """The window that breaks most at the earliest day that breaks, and the largest excess over all windows.

    `work`: hours by release and due, as whole numbers of one small part of an hour; `until`: likewise the capacity
    before each day, and before the one after the last. Releases are taken from the last one back, so that the hours of
    each due day only grow; each step compares the running sum of those hours with the capacity to each due day.
    """
    dues = sorted({due for _, due in work})
    place_of = {due: place for place, due in enumerate(dues)}
    ends = [until[max(0, due + 1)] for due in dues]
    held = [0] * len(dues)
    window: _Span | None = None
    excess = most = 0
    for release, group in groupby(sorted(work, reverse=True), key=itemgetter(0)):
        for span in group:
            held[place_of[span[1]]] += work[span]
        before = until[min(release, len(until) - 1)]
        over = [
            hours - (end - before if end > before else 0) for hours, end in zip(accumulate(held), ends, strict=True)
        ]
        if max(over) <= 0:
            continue
        most = max(most, *over)
        at = next(place for place, hours in enumerate(over) if hours > 0)
        if window is None or dues[at] < window[1] or (dues[at] == window[1] and over[at] > excess):
            window, excess = (release, dues[at]), over[at]
    return window, most


def _days(work: Mapping[_Span, int], until: Sequence[int], first: date, scale: int) -> tuple[DayLoad, ...]:
    demand = [0] * (len(until) - 1)
    if not demand:
        return ()
    for (_, due), hours in work.items():
        demand[max(0, due)] += hours
    return tuple(
        DayLoad(first + _ONE_DAY * day, Fraction(due, scale), Fraction(there, scale))
        for day, (due, there) in enumerate(zip(accumulate(demand), until[1:], strict=True))
    )
