"""A year of one unit, drawn from a seed: who comes with what, what it will cost, and when which officer is away.

Who comes is the demo's own mix (`storage.demo`): its procedures, cases and channels, the shape of its week and day on
the unit's calendar. Whoever is at work takes it in, and owns it from then on, as in the product. Everything that no
officer decides is drawn here, once, so that each policy meets the same. Moments are the calendar's seconds, work is
seconds of presence (of which the unit's share is left for dossiers).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import exp
from random import Random

from core.calendar import WorkCalendar
from core.deadline import Deadline, deadline
from core.history import ClockEvent, ClockRules
from core.law import Law
from core.moments import LEGAL_TIME
from core.roster import Absence, Folded, Roster
from core.time_limit import Unit
from core.work import Stage, WorkTable
from storage.demo.applicants import Request, Requests
from storage.demo.arrivals import Arrivals
from storage.demo.founding import UNIT, WARD
from storage.demo.hours import Hours
from storage.demo.scene import Scene
from storage.demo_people import People
from storage.lawbook import package_law
from storage.lawbook.figures import figure
from storage.work import stated_hours

OFFICERS = ("a", "b", "c", "d", "e", "f")
_FIRST, _LAST = date(2026, 1, 1), date(2026, 12, 31)
_TET, _SUMMER = (date(2026, 2, 9), date(2026, 2, 23)), (date(2026, 6, 1), 13)
_OF_DOSSIER, _OF_STEP = 0.4, 0.3
"""Spread (sigma of a logarithm) of a dossier's work, and of each step's beside it; the medians are the work table's."""
_MEAN = exp((_OF_DOSSIER**2 + _OF_STEP**2) / 2)
_LACKING, _UNPAID = 0.04, 0.015  # as in the demo
_TOLD_BEFORE = timedelta(days=14)
_TRIED = 3_000


@dataclass(frozen=True, slots=True)
class Arrival:
    """A dossier as it comes; `steps`: what each of its three steps will truly take.

    `opened`: what its receipt itself brings to its clock, `due`: what that gives. `answer`: of one that lacks papers,
    after how many working days, and when on that day (0 … 1), they come once asked for. `fee`: when one that is found
    missing is asked for, and paid.
    """

    id: str
    at: int
    procedure: str
    taker: str
    rules: ClockRules
    steps: tuple[int, ...]
    opened: tuple[ClockEvent, ...]
    due: Deadline
    answer: tuple[int, float] | None
    fee: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Ground:
    """The unit's law and what it states."""

    law: Law
    calendar: WorkCalendar
    work: WorkTable
    share: Fraction
    soon_days: int

    def roster(self, away: Sequence[Away]) -> Roster:
        """Six officers who work the unit's hours, but for these absences."""
        folded = {who: Folded(absences=tuple(one.absence for one in away if one.officer == who)) for who in OFFICERS}
        return Roster(self.calendar, self.share, frozenset(OFFICERS), folded, frozenset(OFFICERS))


@dataclass(frozen=True, slots=True)
class Away:
    """An absence and the day from which it is known."""

    officer: str
    absence: Absence
    known: date


@dataclass(frozen=True, slots=True)
class Year:
    """From `first` to `last`, arrivals in order of time."""

    ground: Ground
    hours: Hours
    away: tuple[Away, ...]
    arrivals: tuple[Arrival, ...]
    first: date
    last: date


@cache
def ground() -> Ground:
    """The package's law for the demo's unit, with the figures that it states of work."""
    law = package_law()
    groups = {procedure.name: procedure.field for procedure in law.procedures}
    hours = stated_hours(law, UNIT, _FIRST, groups.values())
    return Ground(
        law,
        law.calendar(UNIT),
        WorkTable({}, hours, groups, minimum=1),
        Fraction(int(figure(law, "work_share", UNIT, _FIRST)), 100),
        int(law.policy("soon_days", UNIT, _FIRST)),
    )


def draw_year(seed: str, load: float, first: date = _FIRST, last: date = _LAST) -> Year:
    """`load`: true work that comes over the hours that officers have for it, absences left out."""
    known = ground()
    away = tuple(_absences(Random(f"{seed}/away")))
    truly = known.roster(away)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    there = sum(truly.hours(who, day) for who in OFFICERS for day in days)
    drawn = Random(f"{seed}/arrivals")
    hours = Hours(known.calendar, drawn)
    requests = Requests(known.law, People(Random(f"{seed}/people"), last, ward=WARD), drawn)
    total = round(load * float(there) / _mean_hours())
    visits = _Drawing(known, hours, requests, truly, drawn)
    arrivals = sorted(visits.year(first, last, total), key=lambda one: (one.at, one.id))
    return Year(known, hours, away, tuple(arrivals), first, last)


@cache
def _mean_hours() -> float:
    """What a dossier of the mix costs in the mean, of hours for dossiers."""
    known, drawn = ground(), Random("mean")
    requests = Requests(known.law, People(drawn, _LAST, ward=WARD), drawn)
    asked = (requests.request(date(2026, 9, 15)) for _ in range(_TRIED))
    tables = [known.work.hours(one.version.procedure, Stage.TAKEN_IN) for one in asked if not _at_once(one)]
    return float(sum(tables) / len(tables)) * _MEAN


def _at_once(request: Request) -> bool:
    """Whether the law wants the result at the counter: no queue can hold it."""
    return request.variant.phases[0].limit.unit is Unit.IMMEDIATE


def _absences(drawn: Random) -> Iterator[Away]:
    """Of each officer: a week before or after Tết, one in summer, three single days, ill twice for up to three days."""
    for who in OFFICERS:
        summer = _SUMMER[0] + timedelta(weeks=drawn.randrange(_SUMMER[1]))
        for monday in (drawn.choice(_TET), summer):
            yield _away(who, monday, 5, drawn)
        for _ in range(3):
            yield _away(who, _FIRST + timedelta(days=drawn.randrange(365)), 1, drawn)
        for _ in range(2):
            first = _FIRST + timedelta(days=drawn.randrange(365))
            yield _away(who, first, drawn.randrange(1, 4), drawn, told=timedelta(0))


def _away(who: str, first: date, days: int, drawn: Random, told: timedelta = _TOLD_BEFORE) -> Away:
    last = first + timedelta(days=days - 1)
    return Away(who, Absence(f"{drawn.getrandbits(64):x}", first, last, None, ""), first - told)


@dataclass(frozen=True, slots=True)
class _Drawing:
    ground: Ground
    hours: Hours
    requests: Requests
    roster: Roster
    drawn: Random

    def year(self, first: date, last: date, total: int) -> Iterator[Arrival]:
        """As the demo spreads its ordinary dossiers over its days (`storage.demo.arrivals`)."""
        calendar = self.ground.calendar
        today = calendar.previous_working(last.toordinal())
        end = calendar.ending(today)
        scene = Scene(end, today, UNIT, (), self.ground.law, self.hours, self.requests, self.drawn, Random(0))
        spread = Arrivals(scene, first.toordinal(), first.toordinal(), end, total)
        number = 0
        for day in spread.days():
            left = spread.count(day)
            while left:
                at = self.hours.arrival(day)
                taker = self._taker(date.fromordinal(day))
                visit = list(self.requests.visit(date.fromordinal(day), left))
                left -= len(visit)
                for place, request in enumerate(visit):
                    if not _at_once(request):
                        number += 1
                        yield self._arrival(f"{number:05}", request, at + timedelta(minutes=4 * place), taker)

    def _taker(self, day: date) -> str:
        """Anybody who is there."""
        return self.drawn.choice([who for who in OFFICERS if self.roster.hours(who, day)] or OFFICERS)

    def _arrival(self, name: str, request: Request, at: datetime, taker: str) -> Arrival:
        law, calendar, later = self.ground.law, self.ground.calendar, self.hours.later
        at = at.astimezone(LEGAL_TIME)
        rules = law.clock_rules(request.version, request.variant.code, UNIT, at.date())
        opened: tuple[ClockEvent, ...] = ()
        if request.variant.starts_on == "payment_received":
            opened = (ClockEvent("payment_received", later(at, self.drawn.uniform(3, 12))),)
        due = deadline(at, rules, opened, calendar)
        turn = self.drawn.random()
        answer, fee = (self.drawn.randrange(1, 6), self.drawn.random()), None
        if turn >= _LACKING or due.due_date is None or _days(calendar, at, due.due_date) < 2:
            answer = None
        if _LACKING <= turn < _LACKING + _UNPAID:
            asked = later(opened[0].at if opened else at, self.drawn.uniform(20, 60))
            fee = calendar.clock.seconds(asked), calendar.clock.seconds(later(asked, self.drawn.uniform(30, 600)))
        steps = tuple(self._steps(request.version.procedure))
        second = calendar.clock.seconds(at)
        return Arrival(name, second, request.version.procedure, taker, rules, steps, opened, due, answer, fee)

    def _steps(self, procedure: str) -> Iterator[int]:
        whole = self.drawn.lognormvariate(0, _OF_DOSSIER)
        hours = [*(self.ground.work.hours(procedure, stage) for stage in Stage), Fraction(0)]
        for before, after in pairwise(hours):
            median = float((before - after) / self.ground.share) * 3600
            yield max(1, round(median * whole * self.drawn.lognormvariate(0, _OF_STEP)))


def _days(calendar: WorkCalendar, at: datetime, due: date) -> int:
    return calendar.count(at.toordinal(), due.toordinal())
