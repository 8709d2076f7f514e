"""The clock of one dossier: its receipt, its rules and its events → when it is due and what is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.calendar import WorkCalendar
from core.counting import NEVER_STOPPED, Point, Run, Stopped, moment_of, parts, plain_end, run
from core.history import ClockEvent, ClockRules, History, read, starting_point
from core.moments import DAY
from core.time_limit import Phase, Unit

__all__ = ["ClockEvent", "ClockRules", "Course", "Deadline", "courses", "deadline", "follow"]

_FROM_THE_MOMENT = frozenset({Unit.HOUR, Unit.IMMEDIATE})


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a dossier is due now; `due_at` is None while its clock waits or is paused.

    `due_date` is the due day even where `due_at` is written as 24:00 of it. `by_date`: judged by that day,
    not by the instant. `apology_owed_by`: the last moment to announce a delay. `unconfirmed`: it rests on a
    day that is an estimate.
    """

    due_at: datetime | None
    due_date: date | None
    statutory_due_at: datetime | None
    committed_due_at: datetime | None
    apology_owed_by: datetime | None
    waiting_for: str | None = None
    paused_since: datetime | None = None
    unconfirmed: bool = False
    by_date: bool = True


@dataclass(frozen=True, slots=True)
class Course:
    """How one limit ran: a starting point and a run for each phase that began.

    `end` is where it ends; None while it waits for an event (`waiting_for`) or is paused (`paused_since`).
    """

    phases: tuple[Phase, ...]
    starts: tuple[Point, ...]
    runs: tuple[Run, ...]
    end: Point | None
    waiting_for: str | None = None
    paused_since: int | None = None

    @property
    def by_date(self) -> bool:
        return self.runs[-1].by_date


def deadline(
    received_at: datetime,
    rules: ClockRules,
    events: Sequence[ClockEvent],
    calendar: WorkCalendar,
    committed: tuple[Phase, ...] | None = None,
) -> Deadline:
    """The due time by the limit, by the unit's promise, and the earlier of the two (or a new appointment).

    Raises `InvalidInput` for events that make no sense or days that the calendar doesn't know.
    """
    if not events and committed is None and len(rules.phases) == 1 and rules.gate == "received":
        return _plain(received_at, rules, calendar)
    history = read(received_at, rules, events, calendar)
    return judge(history, courses(history, rules, calendar, committed), calendar)


def _plain(received_at: datetime, rules: ClockRules, calendar: WorkCalendar) -> Deadline:
    limit = rules.phases[0].limit
    received = calendar.clock.seconds(received_at)
    start = (
        Point(calendar.clock.day(received), received)
        if rules.offhours == "as_received" or limit.unit in _FROM_THE_MOMENT
        else starting_point(received, "received", rules, calendar)
    )
    end = plain_end(limit, start, calendar, first_day=rules.count_first_day)
    due = calendar.ending(end.day) if end.moment is None else calendar.clock.moment(end.moment)
    return Deadline(
        due,
        date.fromordinal(end.day),
        due,
        None,
        apology(start.day, end.day, calendar),
        unconfirmed=calendar.unconfirmed(start.day, end.day),
        by_date=limit.by_date,
    )


def courses(
    history: History, rules: ClockRules, calendar: WorkCalendar, committed: tuple[Phase, ...] | None
) -> tuple[Course, ...]:
    """The statutory course and, where the unit promised something, the committed one."""
    stopped = history.stopped(calendar) if history.pauses else NEVER_STOPPED
    every = (rules.phases,) if committed is None else (rules.phases, committed)
    return tuple(follow(phases, history, stopped, rules, calendar) for phases in every)


def follow(
    phases: tuple[Phase, ...], history: History, stopped: Stopped, rules: ClockRules, calendar: WorkCalendar
) -> Course:
    """Run the phases one after another, as far as their events have happened."""
    trigger = history.trigger
    if trigger is None:
        return Course(phases, (), (), None, rules.gate, history.asked)
    starts: list[Point] = []
    runs: list[Run] = []
    for number, phase in enumerate(phases):
        start = _start(number, phase, trigger, history, runs, rules, calendar)
        if start is None:
            paused = history.asked if _is_paused(history, runs[-1].end, rules, calendar) else None
            return Course(phases, tuple(starts), tuple(runs), None, phase.starts_on, paused)
        extensions = history.extensions if phase is phases[-1] else ()
        first_day = rules.count_first_day and number == 0
        starts.append(start)
        runs.append(run(parts(phase.limit, extensions), start, stopped, calendar, first_day=first_day))
    end = runs[-1].end
    paused = history.asked if _is_paused(history, end, rules, calendar) else None
    return Course(phases, tuple(starts), tuple(runs), None if paused is not None else end, None, paused)


def _start(
    number: int,
    phase: Phase,
    trigger: int,
    history: History,
    runs: Sequence[Run],
    rules: ClockRules,
    calendar: WorkCalendar,
) -> Point | None:
    if number == 0:
        kind, moment = "received", trigger
    elif phase.starts_on is None:
        return runs[-1].end
    else:
        happened = history.first(phase.starts_on, trigger)
        if happened is None:
            return None
        kind, moment = phase.starts_on, happened
    if phase.limit.unit in _FROM_THE_MOMENT:
        return Point(calendar.clock.day(moment), moment)
    return starting_point(moment, kind, rules, calendar)


def _is_paused(history: History, end: Point, rules: ClockRules, calendar: WorkCalendar) -> bool:
    """A request that nobody answered stops the clock, unless the limit ran out before it."""
    if history.asked is None:
        return False
    if rules.on_supplement == "restart" and "supplement" in history.open:
        return True
    last = moment_of(end, calendar)
    if history.appointment is not None:
        last = history.appointment[1]
        if end.moment is None:
            last = calendar.clock.at(calendar.clock.day(last - 1), DAY)
    return history.asked < last


def judge(history: History, both: Sequence[Course], calendar: WorkCalendar) -> Deadline:
    """What the courses come to."""
    statutory = _due(both[0].end, calendar)
    committed = _due(both[1].end, calendar) if len(both) > 1 else None
    waiting = both[0].waiting_for
    first = earlier(both, calendar)
    if waiting is not None or first is None:
        since = next((course.paused_since for course in both if course.paused_since is not None), None)
        paused = None if since is None else calendar.clock.moment(since)
        return Deadline(None, None, statutory, committed, None, waiting, paused, by_date=False)
    end, by_date = both[first].end, both[first].by_date
    assert end is not None
    if history.appointment is not None:
        end = appointed(history, calendar)
    start = both[first].starts[0].day
    return Deadline(
        _due(end, calendar),
        date.fromordinal(end.day),
        statutory,
        committed,
        None if history.rescheduled else apology(start, end.day, calendar),
        unconfirmed=calendar.unconfirmed(start, end.day),
        by_date=by_date,
    )


def earlier(both: Sequence[Course], calendar: WorkCalendar) -> int | None:
    """Which course ends first: 0 the statutory one (also where they are equal), 1 the committed one."""
    ends = [(_moment(course.end, calendar), at) for at, course in enumerate(both) if course.end is not None]
    return min(ends)[1] if ends else None


def _moment(end: Point, calendar: WorkCalendar) -> int:
    return calendar.closing(end.day) if end.moment is None else end.moment


def _due(end: Point | None, calendar: WorkCalendar) -> datetime | None:
    if end is None:
        return None
    return calendar.ending(end.day) if end.moment is None else calendar.clock.moment(end.moment)


def appointed(history: History, calendar: WorkCalendar) -> Point:
    """The new appointment, moved by the working days of every pause that began after it was made."""
    assert history.appointment is not None
    made, moment = history.appointment
    clock = calendar.clock
    for pause in history.pauses:
        if not made <= pause.asked < moment:
            continue
        day = _day_ending(moment, calendar)
        left = calendar.count(clock.day(pause.asked), day)
        moved = calendar.nth_after(pause.day, left) if left > 0 else calendar.next_working(pause.day)
        at_closing = moment == calendar.closing(day)
        moment = calendar.closing(moved) if at_closing else clock.at(moved, moment - clock.at(day, 0))
    return Point(_day_ending(moment, calendar), moment)


def _day_ending(moment: int, calendar: WorkCalendar) -> int:
    """The day of an appointment: 00:00 where the day before ends at 24:00 is that day's."""
    day = calendar.clock.day(moment)
    return day - 1 if calendar.closing(day - 1) == moment else day


def apology(start: int, due: int, calendar: WorkCalendar) -> datetime | None:
    """The last moment to announce a delay: closing on the last working day before the due day.

    None where fewer than two working days lie between the start and the due day.
    """
    if calendar.count(start, due) < 2:
        return None
    return calendar.ending(calendar.previous_working(due - 1))
