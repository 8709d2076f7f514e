"""What would make a queue hold that breaks: the smallest mends of the first break, each run through the same proof.

Dossiers move to somebody who has room for them, half days are worked in addition, or citizens are asked now for papers
that are missing, which pauses their clocks. Nothing is proposed by which somebody else would be late.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from core.forecast import Forecast, Queue, by_day, merged, prove_nobodys
from core.proof import Break, Job, Proof, prove
from core.spreading import Bench, Spreading, less, relief, shortage, worse_off

_NONE = Fraction(0)
_RECEIVERS = 3


class MendKind(StrEnum):
    """What there is to do."""

    MOVE = "move"
    OVERTIME = "overtime"
    SUPPLEMENT = "supplement"


@dataclass(frozen=True, slots=True)
class Mend:
    """`officer`: in whose queue (None: nobody's). `hours`: how much work it moves, adds time for or puts off.

    `moves`: dossiers by receiver; `asked`: dossiers whose citizens are asked for papers; `half_days`: who works half of
    his usual day more, and when. `short_hours`: what the queue still lacks then, from `breaks_on` on. `makes_feasible`:
    nobody lacks any. `makes_green`, of what eases a tight queue (`core.easing`): whether nobody is tight then.
    """

    kind: MendKind
    officer: str | None
    hours: Fraction
    short_hours: Fraction
    breaks_on: date | None
    makes_feasible: bool
    moves: tuple[tuple[str, tuple[str, ...]], ...] = ()
    asked: tuple[str, ...] = ()
    half_days: tuple[tuple[str, date], ...] = ()
    makes_green: bool | None = None


@dataclass(frozen=True, slots=True)
class _Change:
    """Hours of work by owner and day that come due more or (negative) less, and hours of officers that are added."""

    due: Mapping[str | None, Sequence[Job]]
    gone: Mapping[str | None, Sequence[Job]]
    extra: Sequence[tuple[str, int]] = ()


def mends(queue: Queue, known: Forecast, officer: str | None = None) -> tuple[Mend, ...]:
    """The mends of the first break, or of an officer's own: what makes it hold, the smallest first.

    Where nothing does but working longer, what helps stands behind it, the most helpful first.
    """
    breaks = [one for one in known.breaks if officer is None or one.owner == officer]
    if not breaks:
        return ()
    owner = breaks[0].owner
    bench = _Bench(queue, known)
    found = [*_overtime(bench, owner), *_supplement(bench, owner)]
    if owner is not None:
        found += _moves(bench, owner)
    whole = [one for one in found if one.breaks_on is None]
    enough = any(one.kind is not MendKind.OVERTIME for one in whole)
    chosen = whole if enough else [one for one in found if one in whole or _helps(one, breaks[0].found)]
    order = list(MendKind)
    return tuple(sorted(chosen, key=lambda one: (one.short_hours, one.hours, order.index(one.kind))))


def _helps(mend: Mend, found: Break) -> bool:
    later = mend.breaks_on is not None and mend.breaks_on > found.date
    return mend.short_hours <= found.short_hours and (later or mend.short_hours < found.short_hours)


class _Bench(Bench):
    """Where changes of a queue are tried: proofs of whom they don't touch are taken over."""

    def tried(self, mend: MendKind, owner: str | None, change: _Change, size: Fraction, **told: object) -> Mend | None:
        """The mend, if nobody else is worse off by it."""
        hours = self._hours(change.extra)
        changed = {*change.due, *change.gone, *(who for who, _ in change.extra)}
        own = {
            who: self._proof(who, change, hours[who]) if who in changed else proof
            for who, proof in self.known.own.items()
        }
        nobodys = prove_nobodys(self._jobs(None, change), self.queue.first, hours, own)
        others = [(self.known.own[who], proof) for who, proof in own.items() if who != owner]
        if owner is not None:
            others.append((self.known.nobodys, nobodys))
        if worse_off(others):
            return None
        holds = nobodys.feasible and all(proof.feasible for proof in own.values())
        mended = nobodys if owner is None else own[owner]
        breaks_on = mended.first_break.date if mended.first_break else None
        return Mend(mend, owner, size, shortage(mended), breaks_on, holds, **told)  # type: ignore[arg-type]

    def _hours(self, extra: Sequence[tuple[str, int]]) -> dict[str, Sequence[Fraction]]:
        hours = dict(self.queue.hours)
        for who, number in extra:
            there = list(hours[who])
            there[number] += self.queue.usual[who] / 2
            hours[who] = there
        return hours

    def _proof(self, owner: str, change: _Change, hours: Sequence[Fraction]) -> Proof:
        return prove(self._jobs(owner, change), self.queue.first, by_day(self.queue.first, hours))

    def _jobs(self, owner: str | None, change: _Change) -> list[Job]:
        due = {job.due: job.hours for job in merged(self.proof(owner).days)}
        for job in change.due.get(owner, ()):
            due[job.due] = due.get(job.due, _NONE) + job.hours
        for job in change.gone.get(owner, ()):
            due[job.due] -= job.hours
        return [Job("", hours, day) for day, hours in due.items()]


def _size(jobs: Iterable[Job]) -> Fraction:
    return sum((job.hours for job in jobs), _NONE)


def _lacking(bench: _Bench, owner: str | None) -> list[int]:
    """By how much the hours due by each day's end are more than those there are."""
    return [bench.parts(load.demand_hours) - bench.parts(load.capacity_hours) for load in bench.proof(owner).days]


def _moves(bench: _Bench, owner: str) -> list[Mend]:
    """The fewest to one receiver whom they fit, else spread over all.

    For one that then fits nobody shorter ones go, the longest first: they need not be the fewest there are.
    """
    lacking, jobs = _lacking(bench, owner), bench.queue.jobs[owner]
    need, spread = relief(bench, lacking, jobs), Spreading(bench, owner)
    alone: list[tuple[int, str]] = []
    for who, room in spread.rooms.items():
        left = list(room)
        for job in need:
            left = less(left, bench.number(job.due), bench.parts(job.hours))
        if min(left) >= 0:
            alone.append((-min(left), who))
    found = [_moved(bench, owner, {who: need}) for _, who in sorted(alone)[:_RECEIVERS]]
    if not any(found):
        relief(bench, lacking, jobs, spread.give)
        found = [_moved(bench, owner, spread.given)]
    return [one for one in found if one is not None]


def _moved(bench: _Bench, owner: str, parts: Mapping[str, Sequence[Job]]) -> Mend | None:
    jobs = [job for taken in parts.values() for job in taken]
    change = _Change(due=dict(parts.items()), gone={owner: jobs})
    told = tuple((who, tuple(job.id for job in taken)) for who, taken in sorted(parts.items()))
    return bench.tried(MendKind.MOVE, owner, change, _size(jobs), moves=told) if jobs else None


def _overtime(bench: _Bench, owner: str | None) -> list[Mend]:
    """The fewest half days, one a day and officer, from the first day on that has hours; of nobody's queue everybody's.

    None on a day that is longer than a full one already. Where all there are don't do, those until the first day that
    breaks.
    """
    found = bench.proof(owner).first_break
    assert found is not None
    who = [owner] if owner is not None else list(bench.queue.hours)
    last = bench.number(bench.proof(owner).days[-1].date)
    hours, usual = bench.queue.hours, bench.queue.usual
    slots = sorted((day, one) for one in who for day in range(last + 1) if 0 < hours[one][day] <= usual[one])
    best = _worked_more(bench, owner, slots)
    if best is not None and best.short_hours:
        best = _worked_more(bench, owner, [slot for slot in slots if slot[0] <= bench.number(found.date)])
        return [] if best is None else [best]
    low, high = 1, len(slots) - 1
    while low <= high:
        count = (low + high) // 2
        fewer = _worked_more(bench, owner, slots[:count])
        if fewer is not None and not fewer.short_hours:
            best, high = fewer, count - 1
        else:
            low = count + 1
    return [] if best is None else [best]


def _worked_more(bench: _Bench, owner: str | None, slots: Sequence[tuple[int, str]]) -> Mend | None:
    if not slots:
        return None
    told = tuple((who, bench.queue.first + timedelta(days=number)) for number, who in slots)
    size = sum((bench.queue.usual[who] / 2 for _, who in slots), _NONE)
    change = _Change({}, {}, [(who, number) for number, who in slots])
    return bench.tried(MendKind.OVERTIME, owner, change, size, half_days=told)


def _supplement(bench: _Bench, owner: str | None) -> list[Mend]:
    jobs = [job for job in bench.queue.jobs[owner] if job.id in bench.queue.lacking]
    need = relief(bench, _lacking(bench, owner), jobs)
    if not need:
        return []
    told = tuple(job.id for job in need)
    mend = bench.tried(MendKind.SUPPLEMENT, owner, _Change({}, {owner: need}), _size(need), asked=told)
    return [] if mend is None else [mend]
