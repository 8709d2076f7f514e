"""A year lived by officers under one policy: who works on what, when each dossier is done, and what was late.

An officer at work takes the first of his queue and does its next step; at a closing the step stays as far as it has
come. The clock of each dossier is the product's engine (`core.deadline`), asked anew when something happens to it.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from core.deadline import Deadline, deadline
from core.history import ClockEvent
from core.queue import NEVER, Lane
from core.standing import judge
from core.states import State
from tests.bench.late_year import OFFICERS, Arrival, Year


@dataclass(slots=True)
class Case:
    """A dossier under way: `step` is the next or present one and `left` what it still takes; `waits` for the citizen.

    `binding_at`, `received_at` and `id` are the queue's columns. `limit`: what it was first due by, of one that has a
    new appointment. `missed`: working days late when its clock was stopped after that had passed.
    """

    came: Arrival
    owner: str
    left: int
    due: Deadline
    events: list[ClockEvent]
    step: int = 0
    waits: bool = False
    asked: bool = False
    held: bool = False
    done: int | None = None
    missed: int | None = None
    limit: Deadline | None = None
    binding_at: int = NEVER
    id: str = ""
    received_at: int = 0

    def __post_init__(self) -> None:
        self.id, self.received_at = self.came.id, self.came.at
        self._bind()

    @property
    def state(self) -> State:
        begun = self.step or self.asked
        return State.AWAITING_SUPPLEMENT if self.waits else State.IN_PROGRESS if begun else State.RECEIVED

    @property
    def outcome(self) -> str | None:
        return "approved" if self.step == 2 else None

    @property
    def lane(self) -> Lane:
        if self.waits and self.due.due_at is None:
            return Lane.PAUSED
        return Lane.UNSETTLED if self.limit is None else Lane.SETTLED

    def happens(self, kind: str, at: datetime, year: Year, due_at: datetime | None = None) -> None:
        """Something moves the clock; a date that has passed by then was missed, whatever comes after it.

        `due_at`: the one new appointment that it gets (`rescheduled`).
        """
        if due_at is not None:
            self.limit = self.due
        elif self.missed is None:
            self.missed = self.late(at, year)
        self.events.append(ClockEvent(kind, at, due_at=due_at))
        self.due = deadline(_moment(year, self.came.at), self.came.rules, self.events, year.ground.calendar)
        self._bind()

    def late(self, at: datetime, year: Year) -> int | None:
        """How many working days it is late at a moment; None: it is not."""
        due = self.limit or self.due
        if judge(at, due.due_at, due.by_date) != "late":
            return self.missed
        assert due.due_date is not None
        return max(self.missed or 0, year.ground.calendar.count(due.due_date.toordinal(), at.toordinal()))

    def _bind(self) -> None:
        self.binding_at = NEVER if self.due.due_at is None else int(self.due.due_at.timestamp())


Order = Callable[[Sequence[Case], int], Case]
"""Which of the dossiers comes next at a moment."""


class Leader(Protocol):
    """Who looks at the whole unit before it opens."""

    def morning(self, desk: UnitDesk, day: date) -> None:
        """Do what is to be done for the day and those after it."""


@dataclass(slots=True)
class UnitDesk:
    """`together`: nobody owns anything, whoever is free takes the first of all. `more`: seconds of overtime by officer
    and day."""

    year: Year
    order: Order
    leader: Leader | None = None
    together: bool = False
    cases: dict[str, Case] = field(default_factory=dict)
    open: dict[str, Case] = field(default_factory=dict)
    queues: dict[str, dict[str, Case]] = field(default_factory=dict)
    more: dict[tuple[str, date], int] = field(default_factory=dict)
    moved: int = 0
    asks: int = 0
    present: int = 0
    worked: int = 0
    _until: dict[str, int] = field(default_factory=dict)
    _busy: set[str] = field(default_factory=set)
    _ahead: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = field(default_factory=list)
    _count: int = 0

    def live(self) -> UnitDesk:
        """The whole year; what is open at its end stays open."""
        calendar, year = self.year.ground.calendar, self.year
        self.queues = {who: {} for who in OFFICERS}
        truly = year.ground.roster(year.away)
        for arrival in year.arrivals:
            self._at(arrival.at, self._arrives, arrival)
        for day in range(year.first.toordinal(), year.last.toordinal() + 1):
            if calendar.is_working(day):
                self._at(calendar.clock.at(day, 0), self._begins, date.fromordinal(day), truly)
        end = calendar.clock.at(year.last.toordinal() + 1, 0)
        while self._ahead and self._ahead[0][0] < end:
            now, _, what, given = heapq.heappop(self._ahead)
            what(now, *given)
        return self

    def move(self, case: Case, to: str) -> None:
        """Give a dossier to another officer."""
        if self.queues[case.owner].pop(case.id, None) is not None:
            self.queues[to][case.id] = case
        case.owner = to
        self.moved += 1

    def ask(self, case: Case, now: int) -> None:
        """Ask for the papers that are missing; the citizen brings them some days later."""
        assert case.came.answer is not None
        days, share = case.came.answer
        case.asked = True
        self._stops(case, now, "supplement_requested")
        hours, calendar = self.year.hours, self.year.ground.calendar
        back = hours.at_share(calendar.nth_after(calendar.clock.day(now), days), share)
        self._at(calendar.clock.seconds(back), self._answers, case, "supplement_received")

    def opening(self, day: date) -> int:
        """When the unit opens on a working day."""
        return self.year.ground.calendar.opening(day.toordinal())

    def _at(self, moment: int, what: Callable[..., None], *given: object) -> None:
        self._count += 1
        heapq.heappush(self._ahead, (moment, self._count, what, given))

    def _begins(self, now: int, day: date, truly: Any) -> None:
        """A working day: the leader looks at it, then each officer's hours are known."""
        if self.leader is not None:
            self.leader.morning(self, day)
        for who in OFFICERS:
            periods = [*truly.periods(who, day)]
            if periods and (who, day) in self.more:
                periods.append((periods[-1][1], periods[-1][1] + self.more[who, day]))
            for opening, closing in periods:
                self._at(now + opening, self._opens, who, now + closing)

    def _opens(self, now: int, who: str, closing: int) -> None:
        self.present += closing - now
        self._until[who] = closing
        self._takes(now, who)

    def _takes(self, now: int, who: str) -> None:
        """The officer goes on with the first of the queue, as far as the hours go."""
        if who in self._busy or now >= self._until.get(who, 0):
            return
        asked = OFFICERS if self.together else (who,)
        waiting = [case for one in asked for case in self.queues[one].values()]
        if waiting:
            case = self.order(waiting, now)
            del self.queues[case.owner][case.id]
            case.held = True
            self._busy.add(who)
            self._at(min(now + case.left, self._until[who]), self._lays_down, who, case, now)

    def _lays_down(self, now: int, who: str, case: Case, began: int) -> None:
        self._busy.discard(who)
        case.held = False
        self.worked += now - began
        case.left -= now - began
        if not case.left:
            self._step_done(case, now)
        if case.done is None and not case.waits:
            self.queues[case.owner][case.id] = case
        self._takes(now, who)

    def _step_done(self, case: Case, now: int) -> None:
        case.step += 1
        if case.step == len(case.came.steps):
            case.done = now
            del self.open[case.id]
            return
        case.left = case.came.steps[case.step]
        if case.step == 1 and case.came.answer is not None and not case.asked:
            self.ask(case, now)
        elif case.step == 2 and any(one.starts_on == "verification_completed" for one in case.came.rules.phases):
            case.happens("verification_completed", _moment(self.year, now), self.year)

    def _arrives(self, now: int, arrival: Arrival) -> None:
        case = Case(arrival, arrival.taker, arrival.steps[0], arrival.due, list(arrival.opened))
        assert arrival.id not in self.cases
        self.cases[arrival.id] = self.open[arrival.id] = case
        self.queues[case.owner][arrival.id] = case
        if arrival.fee is not None:
            self._at(arrival.fee[0], self._fee_missing, case, arrival.fee[1])
        self._wakes(now, case)

    def _fee_missing(self, now: int, case: Case, paid: int) -> None:
        """Asked for at the counter, as long as nobody has begun."""
        if not case.step and not case.held and not case.waits:
            self._stops(case, now, "payment_requested")
            self._at(paid, self._answers, case, "payment_received")

    def _stops(self, case: Case, now: int, kind: str) -> None:
        case.waits = True
        self.queues[case.owner].pop(case.id, None)
        case.happens(kind, _moment(self.year, now), self.year)

    def _answers(self, now: int, case: Case, kind: str) -> None:
        case.waits = False
        case.happens(kind, _moment(self.year, now), self.year)
        self.queues[case.owner][case.id] = case
        self._wakes(now, case)

    def _wakes(self, now: int, case: Case) -> None:
        for who in OFFICERS if self.together else (case.owner,):
            self._takes(now, who)


def _moment(year: Year, second: int) -> datetime:
    return year.ground.calendar.clock.moment(second)
