"""Which wrong convention explains another system's due date: each one is counted and compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction

from core.answers import InvalidInput
from core.calendar import WorkCalendar
from core.counting import Point
from core.deadline import ClockEvent, ClockRules, courses, deadline, earlier
from core.history import read
from core.moments import DAY
from core.time_limit import ROLLED, Limit, Phase, Unit

_HOURS_A_DAY = 8
_SATURDAY = 5
_ANSWERS = frozenset({"supplement_received", "payment_received", "resumed"})
_REQUESTS = frozenset({"supplement_requested", "payment_requested", "suspended"})


@dataclass(frozen=True, slots=True)
class Difference:
    """Theirs minus ours in working time (None while ours is not due), and the convention that explains it."""

    working_seconds: int | None
    convention: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """What the deadline engine was asked."""

    received_at: datetime
    rules: ClockRules
    events: tuple[ClockEvent, ...]
    calendar: WorkCalendar
    committed: tuple[Phase, ...] | None


def compare(case: Case, theirs: datetime) -> Difference:
    """How far another system's answer lies from ours, and why."""
    ours = deadline(case.received_at, case.rules, case.events, case.calendar, case.committed)
    if ours.due_at is None:
        return Difference(None, None)
    clock = case.calendar.clock
    seconds = case.calendar.work_between(clock.seconds(ours.due_at), clock.seconds(theirs))
    return Difference(seconds, None if theirs == ours.due_at else _convention(case, theirs))


def _convention(case: Case, theirs: datetime) -> str | None:
    right = _ends(case)
    for name, wrong in _CONVENTIONS:
        try:
            points = wrong(case)
        except InvalidInput:
            continue
        if any(point not in right and _fits(point, theirs, case) for point in points):
            return name
    return None


def _fits(point: Point, theirs: datetime, case: Case) -> bool:
    clock = case.calendar.clock
    if point.moment is None:
        return _date(theirs, case).toordinal() == point.day or clock.seconds(theirs) == clock.at(point.day, DAY)
    return clock.seconds(theirs) == point.moment


def _date(moment: datetime, case: Case) -> date:
    return moment.astimezone(case.calendar.clock.zone).date()


def _ends(case: Case) -> list[Point]:
    """Where the case ends when it is counted rightly."""
    history = read(case.received_at, case.rules, case.events, case.calendar)
    both = courses(history, case.rules, case.calendar, case.committed)
    first = earlier(both)
    end = None if first is None else both[first].end
    return [] if end is None else [end]


def _eight_hour_day(case: Case) -> list[Point]:
    """A working day taken as eight working hours from the moment, or eight hours as a day."""
    phases = tuple(replace(phase, limit=_by_eight(phase.limit)) for phase in case.rules.phases)
    committed = case.committed and tuple(replace(one, limit=_by_eight(one.limit)) for one in case.committed)
    return _ends(replace(case, rules=replace(case.rules, phases=phases), committed=committed))


def _by_eight(limit: Limit) -> Limit:
    if limit.unit is Unit.WORKING_DAY:
        return Limit(limit.amount * _HOURS_A_DAY, Unit.WORKING_HOUR)
    if limit.unit is Unit.WORKING_HOUR:
        return Limit(limit.amount / _HOURS_A_DAY, Unit.WORKING_DAY)
    return limit


def _half_saturday_ignored(case: Case) -> list[Point]:
    """A Saturday that is worked for half a day taken for none, or for a whole one."""
    calendar = case.calendar
    if not calendar.law.works_saturdays:
        return []
    laws = [calendar.law.with_saturdays(worked=worked) for worked in (False, True)]
    return [point for law in laws for point in _ends(replace(case, calendar=calendar.by(law)))]


def _half_saturday(case: Case) -> list[Point]:
    """Saturday mornings worked: each Saturday that is no holiday counts as half a working day."""
    history = read(case.received_at, case.rules, case.events, case.calendar)
    stopped = history.stopped(case.calendar)
    found = []
    for course in courses(history, case.rules, case.calendar, case.committed):
        limit = course.phases[0].limit
        if len(course.runs) == 1 and limit.unit is Unit.WORKING_DAY:
            start = course.starts[0].day
            found.append(Point(_with_saturdays(start, limit.amount, stopped.days, case.calendar)))
    return found


def _with_saturdays(day: int, amount: Fraction, paused: Sequence[tuple[int, int]], calendar: WorkCalendar) -> int:
    left = amount
    while left > 0:
        day += 1
        if any(asked < day <= answered for asked, answered in paused):
            continue
        if calendar.is_working(day):
            left -= 1
        elif (day + 6) % 7 == _SATURDAY and calendar.law.row(day) is None:
            left -= Fraction(1, 2)
    return day


def _receipt_on_day_off(case: Case) -> list[Point]:
    """A receipt on a day off taken the other way, as the next working day's or as that day's own; or a worked
    weekend day taken for a day off."""
    calendar = case.calendar
    day = calendar.clock.day(calendar.clock.seconds(case.received_at))
    if not calendar.is_working(day):
        return _ends(replace(case, rules=_other_policy(case.rules)))
    if not calendar.law.is_weekend(day):
        return []
    return _ends(replace(case, received_at=calendar.clock.moment(calendar.opening(calendar.next_working(day + 1)))))


def _other_policy(rules: ClockRules) -> ClockRules:
    other = "as_received" if rules.offhours == "next_working_day" else "next_working_day"
    return replace(rules, offhours=other)


def _end_not_rolled(case: Case) -> list[Point]:
    """The last day left where it fell, on a day off."""
    history = read(case.received_at, case.rules, case.events, case.calendar)
    every = courses(history, case.rules, case.calendar, case.committed)
    return [
        course.runs[-1].unrolled
        for course in every
        if course.end is not None and course.runs[-1].stretches[-1].part.limit.unit in ROLLED
    ]


def _pause_after_closing(case: Case) -> list[Point]:
    """A request or an answer after closing taken as the next working day's."""
    found: list[Point] = []
    for kinds in (_ANSWERS, _REQUESTS, _ANSWERS | _REQUESTS):
        events = tuple(_moved(event, case.calendar) if event.kind in kinds else event for event in case.events)
        if events != case.events:
            found += _ends(replace(case, events=tuple(sorted(events, key=lambda event: event.at))))
    return found


def _moved(event: ClockEvent, calendar: WorkCalendar) -> ClockEvent:
    moment = calendar.clock.seconds(event.at)
    day = calendar.clock.day(moment)
    working = calendar.next_working(day + (moment > calendar.closing(day)))
    if working == day:
        return event
    return replace(event, at=calendar.clock.moment(calendar.opening(working)))


_CONVENTIONS: tuple[tuple[str, Callable[[Case], list[Point]]], ...] = (
    ("half_saturday", _half_saturday_ignored),
    ("eight_hour_day", _eight_hour_day),
    ("end_not_rolled", _end_not_rolled),
    ("receipt_on_day_off", _receipt_on_day_off),
    ("pause_after_closing", _pause_after_closing),
    ("half_saturday", _half_saturday),
)
