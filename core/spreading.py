"""Who has room for more dossiers: each goes to whom has most of it, as long as nobody is late for it."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from itertools import accumulate
from math import lcm

from core.forecast import HORIZON, Forecast, Queue
from core.proof import Job, Proof


class Bench:
    """A queue with its proofs, in whole numbers of its smallest part of an hour, day by day from the first one on."""

    def __init__(self, queue: Queue, known: Forecast) -> None:
        self.queue, self.known = queue, known
        denominators = {job.hours.denominator for jobs in queue.jobs.values() for job in jobs}
        denominators |= {there.denominator for hours in queue.hours.values() for there in hours}
        self._scale = lcm(*denominators)

    def proof(self, owner: str | None) -> Proof:
        return self.known.nobodys if owner is None else self.known.own[owner]

    def number(self, day: date) -> int:
        return (day - self.queue.first).days

    def parts(self, hours: Fraction) -> int:
        return hours.numerator * (self._scale // hours.denominator)

    def due(self, owner: str | None) -> list[int]:
        """What is due by each day's end."""
        due = [self.parts(load.demand_hours) for load in self.proof(owner).days]
        return due + [due[-1] if due else 0] * (HORIZON - len(due))

    def room(self, officer: str) -> list[int]:
        """What an officer's hours to each day's end leave over his dossiers due by then; negative: what they lack."""
        there = accumulate(self.parts(hours) for hours in self.queue.hours[officer])
        return [have - need for have, need in zip(there, self.due(officer), strict=True)]


class Spreading:
    """Dossiers of one officer given to others, one after another.

    `given`: to whom what went; `rooms`: what is left to each who may take more: whoever has hours, and is in time with
    his own; `own`: what is left to the officer himself.
    """

    def __init__(self, bench: Bench, owner: str) -> None:
        self.given: dict[str, list[Job]] = {}
        self.own = bench.room(owner)
        able = (who for who, proof in bench.known.own.items() if who != owner and proof.feasible)
        self.rooms = {who: bench.room(who) for who in able if any(bench.queue.hours[who])}
        self._bench, self._owner = bench, owner
        self._nobodys = _Nobodys(bench)
        self._order: dict[int, list[tuple[int, str]]] = {}

    def give(self, job: Job) -> bool:
        """Give it to who has most room; False where nobody has enough of it, or nobody's dossiers would wait for it."""
        number, parts = self._bench.number(job.due), self._bench.parts(job.hours)
        own: list[int] | None = None
        for room, who in self._roomiest(number):
            if room < parts:
                return False
            own = own or less(self.own, number, -parts)
            left = less(self.rooms[who], number, parts)
            if self._nobodys.allow({who: left, self._owner: own}):
                self.rooms[who], self.own = left, own
                self.given.setdefault(who, []).append(job)
                self._order.clear()
                return True
        return False

    def _roomiest(self, number: int) -> list[tuple[int, str]]:
        """Rooms for what is due on a day with whose they are, the largest first; kept until one changes."""
        if number not in self._order:
            known = ((min(room[number:]), who) for who, room in self.rooms.items())
            self._order[number] = sorted(known, key=lambda one: (-one[0], one[1]))
        return self._order[number]


class _Nobodys:
    """The dossiers without an owner, in the hours that all officers leave free: by no day may they lack more."""

    def __init__(self, bench: Bench) -> None:
        self._due = bench.due(None) if bench.queue.jobs.get(None) else []
        self._free = {who: _free(bench.room(who)) for who in bench.queue.hours} if self._due else {}
        self._all = [sum(free) for free in zip(*self._free.values(), strict=True)]
        self._most = self._lacking(self._all)

    def allow(self, rooms: Mapping[str, Sequence[int]]) -> bool:
        """Whether these officers may be left these rooms; if so they are."""
        if not self._due:
            return True
        free, together = {who: _free(room) for who, room in rooms.items()}, self._all
        for who, left in free.items():
            changes = zip(together, self._free[who], left, strict=True)
            together = [before - was + now for before, was, now in changes]
        if any(lacks > most for lacks, most in zip(self._lacking(together), self._most, strict=True)):
            return False
        self._free |= free
        self._all = together
        return True

    def _lacking(self, free: Sequence[int]) -> list[int]:
        """By each day's end."""
        return [max(0, due - there) if due else 0 for due, there in zip(self._due, free, strict=False)]


def _free(room: Sequence[int]) -> list[int]:
    """The least that any day from each one on leaves over."""
    return [max(0, least) for least in list(accumulate(reversed(room), min))[::-1]]


def less(room: Sequence[int], number: int, parts: int) -> list[int]:
    """The room that is left when a job takes its parts by a day."""
    return [*room[:number], *(left - parts for left in room[number:])]


def relief(
    bench: Bench, over: Sequence[int], jobs: Iterable[Job], goes: Callable[[Job], bool] = lambda job: True
) -> list[Job]:
    """The fewest of these jobs without which `over` (what is lacking at each day's end) is gone, as far as they do.

    Whenever a day still lacks hours, the longest job due by then goes, of equal ones the one that is due last. `goes`:
    whether it can; those that cannot are left out.
    """
    waiting = sorted((job for job in jobs if job.hours), key=lambda job: job.due, reverse=True)
    ready: list[tuple[int, int, str, Job]] = []
    picked: list[Job] = []
    gone = 0
    for number, lacking in enumerate(over):
        while waiting and bench.number(waiting[-1].due) <= number:
            job = waiting.pop()
            heapq.heappush(ready, (-bench.parts(job.hours), -number, job.id, job))
        while lacking > gone and ready:
            longest, _, _, job = heapq.heappop(ready)
            if goes(job):
                gone -= longest
                picked.append(job)
    return picked


def shortage(proof: Proof) -> Fraction:
    """The hours that a queue lacks."""
    return Fraction(0) if proof.first_break is None else proof.first_break.short_hours


def worse_off(proofs: Iterable[tuple[Proof, Proof]]) -> bool:
    """Whether by some day anybody lacks more than he would have: something else would be late, or later.

    `proofs`: before and after, each of the same hours or more and of the same jobs and others.
    """
    return any(_lacks_more(before, after) for before, after in proofs if before is not after)


def _lacks_more(before: Proof, after: Proof) -> bool:
    """Nothing is released later, so that what is not done by a day's end is what is due by then over the hours."""
    known = {load.date: load for load in before.days}
    due = before.days[-1].demand_hours if before.days else Fraction(0)
    for load in after.days:
        was = known.get(load.date)
        lacked = due - load.capacity_hours if was is None else was.demand_hours - was.capacity_hours
        if load.demand_hours - load.capacity_hours > max(Fraction(0), lacked):
            return True
    return False
