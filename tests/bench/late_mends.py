"""Who comes first, by three rules, and the leader who applies the product's mends before the unit opens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from operator import attrgetter

from core.forecast import Forecast, OpenDossier, OwnBreak, Queue, forecast, queue_of
from core.mends import Mend, MendKind, mends
from core.moments import DAY
from core.queue import BY_LAW, NEVER, Bounds, bounds, urgency
from core.roster import Roster
from core.work import stage_of
from tests.bench.late_desk import Case, UnitDesk
from tests.bench.late_year import OFFICERS, Ground

_ROUNDS = 40
"""Mends that a leader applies in one morning at most."""
_APPOINTED = 5
"""Working days to the new appointment that an apology names."""
_DAYS_TO_1970 = date(1970, 1, 1).toordinal()
_LEGAL_OFFSET = 7 * 3600


def by_receipt(waiting: Sequence[Case], now: int) -> Case:
    """First come, first served."""
    return min(waiting, key=attrgetter("received_at", "id"))


def by_due(waiting: Sequence[Case], now: int) -> Case:
    """What is due first."""
    return min(waiting, key=attrgetter("binding_at", "received_at", "id"))


@dataclass(slots=True)
class ByLaw:
    """The product's queue: its buckets at the moment, and the columns that decide within one."""

    ground: Ground

    def __call__(self, waiting: Sequence[Case], now: int) -> Case:
        if len(waiting) == 1:
            return waiting[0]
        at = bounds(self.ground.calendar.clock.moment(now), self.ground.calendar, self.ground.soon_days, BY_LAW)
        return min(waiting, key=lambda case: _place(case, at))


_WITHIN = {word: (place, attrgetter(*BY_LAW.ties_of(word), "id")) for place, word in enumerate(BY_LAW.buckets)}


def _place(case: Case, at: Bounds) -> tuple[object, ...]:
    place, columns = _WITHIN[urgency(case.lane, case.binding_at, case.due.by_date, at)]
    return place, columns(case)


@dataclass(slots=True)
class _Staff:
    """Hours by the roster as far as absences are known, with the overtime that was agreed on."""

    roster: Roster
    more: Mapping[tuple[str, date], int]
    share: Fraction
    _known: dict[tuple[str, date], Fraction] = field(default_factory=dict)

    def hours(self, officer: str, day: date) -> Fraction:
        key = officer, day
        if key not in self._known:
            self._known[key] = self.roster.hours(officer, day)
        more = self.more.get(key, 0)
        return self._known[key] + more * self.share / 3600 if more else self._known[key]


@dataclass(slots=True)
class Mending:
    """A leader who goes by the forecast. `moves`: dossiers, `asks`: citizens for missing papers, `overtime`: half days
    more, where nothing else helps. `apologises`: writes to whom has waited too long, with a new appointment."""

    moves: bool = True
    asks: bool = False
    overtime: bool = False
    apologises: bool = False
    half_days: int = 0
    _staff: tuple[int, _Staff] | None = None

    def morning(self, desk: UnitDesk, day: date) -> None:
        """Apply the first mend of the first break that has any, until there is none."""
        if self.apologises:
            self._apologise(desk, day)
        for overtime in [False] * self.moves + [True] * self.overtime:
            for _ in range(_ROUNDS):
                queue = self._queue(desk, day, overtime=overtime)
                known = forecast(queue)
                if not any(self._mended(desk, day, queue, known, one) for one in known.breaks):
                    break

    def _apologise(self, desk: UnitDesk, day: date) -> None:
        """A letter and a new appointment for each whose date has passed without."""
        calendar = desk.year.ground.calendar
        at = calendar.clock.moment(desk.opening(day))
        new = calendar.ending(calendar.nth_after(day.toordinal(), _APPOINTED))
        for case in desk.open.values():
            if case.limit is None and case.missed is None and case.late(at, desk.year) is not None:
                case.happens("rescheduled", at, desk.year, new)

    def _queue(self, desk: UnitDesk, day: date, *, overtime: bool) -> Queue:
        away = [one for one in desk.year.away if one.known <= day]
        ground = desk.year.ground
        if self._staff is None or self._staff[0] != len(away):
            self._staff = len(away), _Staff(ground.roster(away), desk.more, ground.share)
        every = map(_told, desk.open.values())
        queue = queue_of(every, ground.work, self._staff[1], OFFICERS, day)
        return queue if overtime else replace(queue, usual=dict.fromkeys(OFFICERS, Fraction(0)))

    def _mended(self, desk: UnitDesk, day: date, queue: Queue, known: Forecast, one: OwnBreak) -> bool:
        """Whether a mend of the break was found, and applied."""
        if self.asks:
            able = (name for name in one.found.jobs if _can_be_asked(desk.open[name]))
            queue = replace(queue, lacking=frozenset(able))
        return any(self._applied(desk, day, mend, queue) for mend in mends(queue, known, one.owner))

    def _applied(self, desk: UnitDesk, day: date, mend: Mend, queue: Queue) -> bool:
        """False where all half days that it names are agreed on already: nobody works two more on one day."""
        for to, names in mend.moves:
            for name in names:
                desk.move(desk.open[name], to)
        for name in mend.asked:
            desk.ask(desk.open[name], desk.opening(day))
            desk.asks += 1
        new = [slot for slot in mend.half_days if slot not in desk.more]
        for who, when in new:
            desk.more[who, when] = round(queue.usual[who] / 2 / desk.year.ground.share * 3600)
        self.half_days += len(new)
        return mend.kind is not MendKind.OVERTIME or bool(new)


def _told(case: Case) -> OpenDossier:
    """As `storage.forecast` reads it from a row: a moment at midnight ends the day before."""
    day = (case.binding_at - 1 + _LEGAL_OFFSET) // DAY
    due = None if case.binding_at == NEVER else date.fromordinal(_DAYS_TO_1970 + day)
    return OpenDossier(case.id, case.came.procedure, stage_of(case.state, case.outcome), case.owner, due)


def _can_be_asked(case: Case) -> bool:
    rules = case.came.rules
    return case.came.answer is not None and not case.asked and not case.waits and rules.on_supplement != "none"
