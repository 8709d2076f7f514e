"""Why a dossier is due when it is: what was counted or left out, from receipt to due, with the article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from itertools import pairwise

from core.calendar import WorkCalendar
from core.counting import Point, Run, Stretch, hours_on, is_hours, moment_of, months_on
from core.deadline import ClockEvent, ClockRules, Course, Deadline, appointed, courses, earlier, judge
from core.history import History, read
from core.moments import DAY, HOUR
from core.segments import ENDLESS, NOTHING, Segment, Strip
from core.time_limit import Limit, Phase, Unit

__all__ = ["Explanation", "Segment", "explain"]

_CORRESPONDING = {Unit.MONTH: "month", Unit.YEAR: "year"}


@dataclass(frozen=True, slots=True)
class Explanation:
    """A deadline with its trace; `other` names the limit that was not the earlier one, with its own trace."""

    deadline: Deadline
    trace: tuple[Segment, ...]
    other: tuple[str, tuple[Segment, ...]] | None = None


def explain(
    received_at: datetime,
    rules: ClockRules,
    events: Sequence[ClockEvent],
    calendar: WorkCalendar,
    committed: tuple[Phase, ...] | None = None,
) -> Explanation:
    """`core.deadline.deadline` with its reasons. Raises the same `InvalidInput`."""
    history = read(received_at, rules, events, calendar)
    both = courses(history, rules, calendar, committed)
    answer = judge(history, both, rules, calendar)
    first = 0 if answer.waiting_for is not None else earlier(both) or 0
    trace = _Tracer(history, rules, calendar).trace(both[first], promised=True)
    if committed is None:
        return Explanation(answer, trace)
    other = _Tracer(history, rules, calendar).trace(both[1 - first], promised=False)
    return Explanation(answer, trace, (("statutory", "committed")[1 - first], other))


class _Tracer:
    """Lays one course on a strip."""

    def __init__(self, history: History, rules: ClockRules, calendar: WorkCalendar) -> None:
        self._history = history
        self._rules = rules
        self._calendar = calendar
        self._stopped = history.stopped(calendar)
        self._strip = Strip(history.received, rules.phases[0].limit.unit)
        self._basis = rules.basis
        self._first_day = Fraction(0)

    def trace(self, course: Course, *, promised: bool) -> tuple[Segment, ...]:
        """`promised`: with the new appointment, where there is one."""
        self._strip.unit = course.phases[0].limit.unit
        self._before_trigger()
        before: Run | None = None
        for phase, start, run, own in zip(course.phases, course.starts, course.runs, course.calendars, strict=False):
            self._calendar = own
            self._phase(phase, start, run, before)
            before = run
        self._finish(course, promised=promised)
        return self._strip.segments(self._calendar.clock)

    def _cited(self, rule: str) -> str | None:
        """The article of a counting rule, as it stood on the day of receipt."""
        return self._calendar.law.cited(rule, self._calendar.clock.day(self._history.received))

    def _midnight(self, day: int) -> int:
        return self._calendar.clock.at(day, DAY)

    def _before_trigger(self) -> None:
        history, strip, basis = self._history, self._strip, self._rules.basis
        if history.gate is None:
            return
        strip.lay(history.gate, "paused", basis)
        for asked, answered in history.restarts:
            strip.lay(answered if asked is None else asked, "abandoned", self._rules.supplement_basis)
            strip.lay(answered, "paused", self._rules.supplement_basis)

    def _phase(self, phase: Phase, start: Point, run: Run, before: Run | None) -> None:
        strip = self._strip
        self._basis = phase.basis or self._rules.basis
        if before is not None:
            self._change(phase, start, before)
            strip.phase += 1
        strip.unit = phase.limit.unit
        first = run.stretches[0]
        if not is_hours(first) and phase.limit.unit is not Unit.BY_TIME:
            self._starting_day(start, first, counts=self._rules.count_first_day and before is None)
        for stretch in run.stretches:
            self._stretch(stretch)
        if run.end != run.unrolled:
            strip.lay(self._midnight(run.end.day), "rolled", self._cited("rolls"))

    def _change(self, phase: Phase, start: Point, before: Run) -> None:
        """A phase with an event of its own begins before or after the end of the last one."""
        if phase.starts_on is None:
            return
        moment = moment_of(start, self._calendar)
        self._strip.cut(self._midnight(start.day) if before.by_date and phase.limit.by_date else moment)
        self._strip.lay(moment, "paused", self._rules.basis)

    def _starting_day(self, start: Point, first: Stretch, *, counts: bool) -> None:
        limit = first.part.limit
        self._idle(self._calendar.clock.at(start.day, 0))
        counts = counts and limit.amount > 0 and not self._is_paused(start.day)
        if counts and (
            limit.unit is Unit.DAY or (limit.unit is Unit.WORKING_DAY and self._calendar.is_working(start.day))
        ):
            self._first_day = Fraction(1)
            effect = "counted" if first.part.original else "extended"
            self._strip.lay(self._midnight(start.day), effect, self._basis, self._first_day)

    def _stretch(self, stretch: Stretch) -> None:
        limit, strip = stretch.part.limit, self._strip
        strip.unit = limit.unit
        if limit.unit is Unit.BY_TIME:
            strip.lay(moment_of(stretch.end, self._calendar), "counted", self._basis, limit.amount)
        elif is_hours(stretch):
            self._hours(stretch)
        else:
            strip.lay(self._midnight(stretch.start.day), "receipt_day", self._cited("first_day"))
            self._day_type(stretch)

    def _day_type(self, stretch: Stretch) -> None:
        limit = stretch.part.limit
        if limit.unit in _CORRESPONDING:
            self._months(stretch)
        elif limit.unit is Unit.DAY or (limit.unit is Unit.WORKING_DAY and limit.amount):
            self._days(stretch)
        else:
            self._idle(self._calendar.clock.at(stretch.end.day, 0))
            self._strip.lay(self._midnight(stretch.end.day), "rolled", self._cited("rolls"))

    def _days(self, stretch: Stretch) -> None:
        calendar, unit = self._calendar, stretch.part.limit.unit
        left = stretch.part.original - self._first_day
        self._first_day = Fraction(0)
        for day in range(calendar.clock.day(self._strip.at), stretch.end.day + 1):
            end = self._midnight(day)
            if self._is_paused(day):
                self._strip.lay(end, "paused", self._pause_basis(day))
            elif unit is Unit.DAY or calendar.is_working(day):
                self._count(end, "counted" if left > 0 else "extended", self._basis, Fraction(1))
                left -= 1
            else:
                self._idle(end)

    def _is_paused(self, day: int) -> bool:
        return any(asked < day <= answered for asked, answered in self._stopped.days)

    def _pause_basis(self, day: int) -> str | None:
        """The article of the first pause that the day lies in."""
        clock = self._calendar.clock
        return next((one.basis for one in self._history.pauses if clock.day(one.asked) < day <= one.day), None)

    def _count(self, end: int, effect: str, basis: str | None, amount: Fraction) -> None:
        """What an extension adds stands by its own article."""
        self._strip.lay(end, effect, self._history.extension_basis if effect == "extended" else basis, amount)

    def _months(self, stretch: Stretch) -> None:
        """The whole run is one count: its amount stands on the last day that is counted."""
        part = stretch.part
        first_day = self._rules.count_first_day and self._strip.phase == 1
        original = replace(part.limit, amount=part.original)
        turn = months_on(original, stretch.start.day, self._stopped, first_day)
        basis = self._basis or self._cited(_CORRESPONDING[part.limit.unit])
        for day in range(self._calendar.clock.day(self._strip.at), stretch.end.day + 1):
            if self._is_paused(day):
                self._strip.lay(self._midnight(day), "paused", self._pause_basis(day))
            else:
                self._count(self._midnight(day), "counted" if day <= turn else "extended", basis, NOTHING)
        for effect, amount in (("counted", part.original), ("extended", part.limit.amount - part.original)):
            if amount:
                self._strip.credit(effect, amount)

    def _hours(self, stretch: Stretch) -> None:
        strip, pauses = self._strip, self._stopped.moments
        self._wait_for(stretch)
        end, turn = moment_of(stretch.end, self._calendar), self._turn(stretch)
        basis = self._basis or self._cited("from_the_moment")
        marks = sorted({strip.at, end, turn, *(mark for pause in pauses for mark in pause)})
        for start, stop in pairwise(mark for mark in marks if strip.at <= mark <= end):
            effect = "counted" if stop <= turn else "extended"
            if any(asked <= start < answered for asked, answered in pauses):
                found = (one.basis for one in self._history.pauses if one.asked <= start < one.answered)
                strip.lay(stop, "paused", next(found, None))
            elif stretch.part.limit.unit is Unit.HOUR:
                self._count(stop, effect, basis, Fraction(stop - start, HOUR))
            else:
                self._open_hours(stop, effect, basis, stretch.half)

    def _wait_for(self, stretch: Stretch) -> None:
        """After a day phase hours begin at an opening; half a day begins with its own day."""
        calendar, strip = self._calendar, self._strip
        if stretch.start.moment is None and stretch.part.limit.unit is not Unit.WORKING_HOUR:
            self._idle(calendar.next_open(strip.at))
        begin = moment_of(stretch.start, calendar)
        while stretch.half is not None and strip.at < begin:
            day = calendar.clock.day(strip.at)
            stop = min(begin, self._midnight(day))
            if self._is_paused(day):
                strip.lay(stop, "paused", self._pause_basis(day))
            else:
                self._idle(stop)

    def _turn(self, stretch: Stretch) -> int:
        """The moment where the original limit is used up and the extension begins."""
        part, end = stretch.part, moment_of(stretch.end, self._calendar)
        if not part.original:
            return self._strip.at
        if stretch.half is not None or part.original == part.limit.amount:
            return end
        original = Limit(part.original, part.limit.unit)
        return moment_of(hours_on(original, stretch.start, self._stopped, self._calendar), self._calendar)

    def _open_hours(self, end: int, effect: str, basis: str | None, half: int | None) -> None:
        """Working hours up to `end`; what lies between them is closed or off."""
        calendar, strip = self._calendar, self._strip
        whole = HOUR if half is None else max(1, 2 * half)
        while strip.at < end:
            day = calendar.clock.day(strip.at)
            for opening, closing in calendar.spans(day) if calendar.is_working(day) else ():
                if strip.at < closing:
                    self._idle(min(end, opening))
                    stop = min(end, closing)
                    self._count(stop, effect, basis, Fraction(max(0, stop - strip.at), whole))
            self._idle(min(end, self._midnight(day)))

    def _idle(self, end: int) -> None:
        """Time that counts for nothing: nights and breaks are closed, other days are off."""
        calendar, strip = self._calendar, self._strip
        while strip.at < end:
            day = calendar.clock.day(strip.at)
            stop = min(end, self._midnight(day))
            if calendar.is_working(day):
                strip.lay(stop, "closed", None)
            else:
                effect = "closed" if calendar.law.is_closure(day) else "day_off"
                strip.lay(stop, effect, calendar.law.basis(day))

    def _finish(self, course: Course, *, promised: bool) -> None:
        history, calendar = self._history, self._calendar
        if promised and history.appointment is not None and course.runs:
            end = appointed(history, calendar)
            last = self._midnight(end.day) if course.by_date else moment_of(end, calendar)
            self._strip.cut(last)
            made = calendar.clock.day(history.appointment[0])
            self._strip.lay(last, "rescheduled", calendar.law.cited("one_apology", made))
        if course.paused_since is not None:
            restarts = self._rules.on_supplement == "restart" and "supplement" in history.open
            by_day = bool(course.runs) and course.by_date and not restarts
            since = course.paused_since
            self._strip.cut(self._midnight(calendar.clock.day(since)) if by_day else since)
        if course.end is None:
            waits = course.paused_since is None
            self._strip.lay(ENDLESS, "paused", self._rules.basis if waits else history.asked_basis)
