"""The clock of one dossier: its receipt, its rules and its events → when it is due and what is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from core.calendar import WorkCalendar
from core.counting import NEVER_STOPPED, Point, Run, Stopped, moment_of, parts, plain_end, run
from core.history import ClockEvent, ClockRules, History, read, starting_point
from core.moments import DAY
from core.time_limit import Limit, Phase, Unit

__all__ = ["ClockEvent", "ClockRules", "Course", "Deadline", "Step", "courses", "deadline", "follow"]

_REMEMBERED = 65_536
_FROM_THE_MOMENT = frozenset({Unit.HOUR, Unit.IMMEDIATE})


@dataclass(frozen=True, slots=True)
class Step:
    """One of several phases with the unit that owns it (None: the dossier's own) and its own due time.

    `due_at` is None before it begins. `ended_at`: when the next one's own event ended it; later than due, its
    owner is late, whatever the later steps promise. `by_date`: judged by the due day, not by the instant.
    """

    phase: int
    station: str | None
    basis: str | None
    due_at: datetime | None
    ended_at: datetime | None
    late: bool
    by_date: bool = True


class Deadline(NamedTuple):
    """When a dossier is due now; `due_at` is None while its clock waits or is paused.

    `due_date` is the due day even where `due_at` is written as 24:00 of it. `by_date`: judged by that day,
    not by the instant. `apology_owed_by`: the last moment to announce a delay. `unconfirmed`: it rests on a
    day that is an estimate; `unverified`: on a limit that nobody read in the law. `steps`: of several phases.
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
    unverified: bool = False
    steps: tuple[Step, ...] = ()

    @property
    def running_step(self) -> Step | None:
        """Of a limit whose end is not known yet, the part that runs till the event of the next one; None: none does."""
        begun = [one for one in self.steps if one.due_at is not None and one.ended_at is None]
        return begun[-1] if begun and self.waiting_for is not None else None


@dataclass(frozen=True, slots=True)
class Course:
    """How one limit ran: a starting point and a run for each phase that began, by `calendars`.

    `end` is where it ends; None while it waits for an event (`waiting_for`) or is paused (`paused_since`).
    """

    phases: tuple[Phase, ...]
    starts: tuple[Point, ...]
    runs: tuple[Run, ...]
    calendars: tuple[WorkCalendar, ...]
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
    phase = rules.phases[0]
    simple = not events and committed is None and len(rules.phases) == 1
    if simple and (phase.starts_on or rules.starts_on) == "received":
        if phase.station is not None:
            calendar = rules.calendar_of(phase, calendar)
        if phase.limit.days_key is not None and rules.offhours == "as_received":
            return _by_days(calendar.clock.day_of(received_at), phase.limit, rules, calendar)
        return _plain(received_at, rules, calendar)
    history = read(received_at, rules, events, calendar)
    return judge(history, courses(history, rules, calendar, committed), rules, calendar)


def _by_days(day: int, limit: Limit, rules: ClockRules, calendar: WorkCalendar) -> Deadline:
    """A plain limit of days depends on the day of receipt alone: the answer is remembered."""
    assert limit.days_key is not None
    key = (4 * limit.days_key + 2 * rules.count_first_day + rules.verified) << 20 | day
    known: Deadline | None = calendar.remembered.get(key)
    if known is None:
        if len(calendar.remembered) >= _REMEMBERED:
            calendar.remembered.clear()
        after, amount = day - rules.count_first_day, limit.amount.numerator
        if limit.unit is Unit.DAY:
            after, amount = after + amount - 1, 1
        eve, end = calendar.eve_and_nth_after(after, amount)
        due = calendar.ending(end)
        known = calendar.remembered[key] = Deadline(
            due,
            date.fromordinal(end),
            due,
            None,
            calendar.ending(eve) if eve > day else None,
            unconfirmed=calendar.unconfirmed(day, end),
            unverified=not rules.verified,
        )
    return known


def _plain(received_at: datetime, rules: ClockRules, calendar: WorkCalendar) -> Deadline:
    limit = rules.phases[0].limit
    received = calendar.clock.seconds(received_at)
    start = (
        Point(calendar.clock.day(received), received)
        if rules.offhours == "as_received" or limit.unit in _FROM_THE_MOMENT
        else starting_point(received, "received", rules, calendar)
    )
    return _ending(start, limit, rules, calendar)


def _ending(start: Point, limit: Limit, rules: ClockRules, calendar: WorkCalendar) -> Deadline:
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
        unverified=not rules.verified,
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
        return Course(phases, (), (), (), None, rules.gate, history.asked)
    starts: list[Point] = []
    runs: list[Run] = []
    calendars: list[WorkCalendar] = []
    waiting: str | None = None
    for number, phase in enumerate(phases):
        own = rules.calendar_of(phase, calendar)
        start = _start(number, phase, trigger, history, runs, rules, own)
        if start is None:
            waiting = phase.starts_on
            break
        extensions = history.extensions if number == len(phases) - 1 else ()
        first_day = rules.count_first_day and number == 0
        starts.append(start)
        runs.append(run(parts(phase.limit, extensions), start, stopped, own, first_day=first_day))
        calendars.append(own)
    end = runs[-1].end
    paused = history.asked if _is_paused(history, end, rules, calendars[-1]) else None
    stands = None if waiting is not None or paused is not None else end
    return Course(phases, tuple(starts), tuple(runs), tuple(calendars), stands, waiting, paused)


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
        moved = appointed(history, calendar)
        last = calendar.clock.at(moved.day, DAY) if end.moment is None else moment_of(moved, calendar)
    return history.asked < last


def judge(history: History, both: Sequence[Course], rules: ClockRules, calendar: WorkCalendar) -> Deadline:
    """What the courses come to."""
    statutory = _due(both[0])
    committed = _due(both[1]) if len(both) > 1 else None
    waiting = both[0].waiting_for
    steps = _steps(both[0], history) if len(rules.phases) > 1 else ()
    first = earlier(both)
    if waiting is not None or first is None:
        since = next((course.paused_since for course in both if course.paused_since is not None), None)
        paused = None if since is None else calendar.clock.moment(since)
        return Deadline(
            None,
            None,
            statutory,
            committed,
            None,
            waiting,
            paused,
            by_date=False,
            unverified=not rules.verified,
            steps=steps,
        )
    course = both[first]
    end, calendar = course.end, course.calendars[-1]
    assert end is not None
    if history.appointment is not None:
        end = appointed(history, calendar)
    start = course.starts[0].day
    return Deadline(
        _moment_of(end, calendar),
        date.fromordinal(end.day),
        statutory,
        committed,
        None if history.rescheduled else apology(start, end.day, calendar),
        unconfirmed=calendar.unconfirmed(start, end.day),
        by_date=course.by_date,
        unverified=not rules.verified,
        steps=steps,
    )


def _steps(course: Course, history: History) -> tuple[Step, ...]:
    """The phases as steps; one that has not begun, or is paused, has no due time."""
    steps = []
    for number, phase in enumerate(course.phases):
        if number >= len(course.runs):
            steps.append(Step(number + 1, phase.station, phase.basis, None, None, late=False))
            continue
        run, calendar = course.runs[number], course.calendars[number]
        due, ended = _moment_of(run.end, calendar), None
        follower = course.phases[number + 1].starts_on if number + 1 < len(course.starts) else None
        if follower is not None:
            happened = history.first(follower, history.trigger or 0)
            ended = None if happened is None else calendar.clock.moment(happened)
        late = ended is not None and (ended.date() > date.fromordinal(run.end.day) if run.by_date else ended > due)
        paused = course.paused_since is not None and number == len(course.runs) - 1
        left = None if paused else due
        steps.append(Step(number + 1, phase.station, phase.basis, left, ended, late=late, by_date=run.by_date))
    return tuple(steps)


def earlier(both: Sequence[Course]) -> int | None:
    """Which course ends first: 0 the statutory one (also where they are equal), 1 the committed one."""
    ends = [(due, at) for at, course in enumerate(both) if (due := _due(course)) is not None]
    return min(ends)[1] if ends else None


def _due(course: Course) -> datetime | None:
    return None if course.end is None else _moment_of(course.end, course.calendars[-1])


def _moment_of(end: Point, calendar: WorkCalendar) -> datetime:
    return calendar.ending(end.day) if end.moment is None else calendar.clock.moment(end.moment)


def appointed(history: History, calendar: WorkCalendar) -> Point:
    """The new appointment, moved by the working days of every pause that began after it was made."""
    assert history.appointment is not None
    made, moment = history.appointment
    clock = calendar.clock
    for asked, until in _pauses_since(made, history, calendar):
        if asked >= moment:
            break
        day = day_ending(moment, calendar)
        paused = calendar.count(clock.day(asked), until)
        later = calendar.nth_after(day, paused) if paused > 0 else day
        moved = max(later, calendar.next_working(until) if until > day else later)
        if moved != day:
            at_closing = moment == calendar.closing(day)
            moment = calendar.closing(moved) if at_closing else clock.at(moved, moment - clock.at(day, 0))
    return Point(day_ending(moment, calendar), moment)


def _pauses_since(made: int, history: History, calendar: WorkCalendar) -> list[tuple[int, int]]:
    """The answered pauses that began from `made` on, those that overlap as one: (moment asked, last day)."""
    joined: list[tuple[int, int, int]] = []
    for pause in sorted(history.pauses, key=lambda one: one.asked):
        if pause.asked < made:
            continue
        asked, answered, day = joined[-1] if joined else (0, -1, -1)
        if pause.asked <= answered or calendar.clock.day(pause.asked) < day:
            joined[-1] = (asked, max(answered, pause.answered), max(day, pause.day))
        else:
            joined.append((pause.asked, pause.answered, pause.day))
    return [(asked, day) for asked, _, day in joined]


def day_ending(moment: int, calendar: WorkCalendar) -> int:
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
