"""Counting one phase of a limit: from a starting point, over its pauses, to the point where it ends."""

from __future__ import annotations

import calendar as months
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from core.answers import InvalidInput
from core.calendar import WorkCalendar
from core.moments import DAY, HOUR
from core.time_limit import ADDABLE, HOURS, ROLLED, Limit, Unit

Pauses = tuple[tuple[int, int], ...]
_LAST_YEAR = 2200


@dataclass(frozen=True, slots=True)
class Point:
    """Where counting stands: at a moment, or (None) at the end of the day."""

    day: int
    moment: int | None = None


@dataclass(frozen=True, slots=True)
class Stopped:
    """Closed pauses, merged and in order: moments [asked, answered) and days (asked, answered]."""

    moments: Pauses = ()
    days: Pauses = ()


NEVER_STOPPED = Stopped()


@dataclass(frozen=True, slots=True)
class Part:
    """What is counted in one unit: `amount` in all, of which `original` is no extension."""

    limit: Limit
    original: Fraction


@dataclass(frozen=True, slots=True)
class Stretch:
    """One part, counted; its `end` before any rolling.

    `half`: the part is half a working day of this many seconds in all (None: it is not).
    """

    part: Part
    start: Point
    end: Point
    half: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A phase, counted: its stretches and its end after rolling."""

    stretches: tuple[Stretch, ...]
    end: Point
    by_date: bool

    @property
    def unrolled(self) -> Point:
        return self.stretches[-1].end


def merged(spans: Sequence[tuple[int, int]]) -> Pauses:
    """Overlapping spans as one, in order; two that only touch have a moment between them."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif end > start:
            joined.append((start, end))
    return tuple(joined)


def parts(limit: Limit, extensions: Sequence[Limit] = ()) -> tuple[Part, ...]:
    """The limit with its extensions: the same unit is added, another one is counted on.

    Raises `InvalidInput("limit_invalid")` for an extension that is no length of time.
    """
    whole = [Part(limit, limit.amount)]
    for extension in extensions:
        if extension.unit not in ADDABLE:
            raise InvalidInput("limit_invalid")
        last = whole[-1]
        if last.limit.unit is extension.unit:
            whole[-1] = Part(Limit(last.limit.amount + extension.amount, extension.unit), last.original)
        else:
            whole.append(Part(extension, Fraction(0)))
    return tuple(whole)


def run(
    whole: Sequence[Part], start: Point, stopped: Stopped, calendar: WorkCalendar, *, first_day: bool = False
) -> Run:
    """Count a phase's parts one after another and roll the end of days, months and years once (art. 148.5).

    `first_day`: the starting day counts as day 1.
    """
    stretches: list[Stretch] = []
    point = start
    for part in whole:
        stretches.extend(_count(part, point, stopped, calendar, first_day and not stretches))
        point = stretches[-1].end
    limit = whole[-1].limit
    if limit.unit in ROLLED:
        point = Point(calendar.next_working(point.day))
    return Run(tuple(stretches), point, limit.by_date)


def plain_end(limit: Limit, start: Point, calendar: WorkCalendar, *, first_day: bool) -> Point:
    """Where a limit that nothing stops or extends ends: `run`, without telling how."""
    if limit.days_key is not None:
        days = limit.amount.numerator
        if limit.unit is Unit.WORKING_DAY:
            return Point(calendar.nth_after(start.day - first_day, days))
        return Point(calendar.next_working(start.day - first_day + days))
    if limit.unit in HOURS:
        return hours_on(limit, start, NEVER_STOPPED, calendar)
    return run(parts(limit), start, NEVER_STOPPED, calendar, first_day=first_day).end


def due_days(days: Sequence[int], limit: Limit, calendar: WorkCalendar) -> list[int]:
    """The due day of each day of receipt, by a limit of whole days or working days that nothing stops (ordinals)."""
    if limit.days_key is None:
        raise InvalidInput("limit_invalid")
    amount = limit.amount.numerator
    if limit.unit is Unit.WORKING_DAY:
        return calendar.nth_after_each(days, amount)
    return calendar.nth_after_each([day + amount - 1 for day in days], 1)


def _count(part: Part, start: Point, stopped: Stopped, calendar: WorkCalendar, first_day: bool) -> list[Stretch]:
    limit = part.limit
    match limit.unit:
        case Unit.WORKING_DAY if limit.amount.denominator == 2:
            return _with_half(part, start, stopped, calendar, first_day)
        case Unit.WORKING_DAY | Unit.DAY if limit.amount:
            end = Point(days_on(limit.unit, limit.amount.numerator, start.day - first_day, stopped, calendar))
        case Unit.DAY:
            end = Point(start.day)
        case Unit.WORKING_DAY | Unit.SAME_DAY:
            end = Point(_day_of_receipt(limit, start, calendar))
        case Unit.MONTH | Unit.YEAR:
            end = Point(months_on(limit, start.day, stopped, first_day))
        case Unit.BY_TIME:
            end = _by_time(limit, start, calendar)
        case _:
            end = hours_on(limit, start, stopped, calendar)
    return [Stretch(part, start, end)]


def days_on(unit: Unit, amount: int, after: int, stopped: Stopped, calendar: WorkCalendar) -> int:
    """The day that is the `amount`-th (≥ 1) after the day `after`, paused days left out."""
    for asked, answered in stopped.days:
        if answered <= after:
            continue
        end = calendar.nth_after(after, amount) if unit is Unit.WORKING_DAY else after + amount
        if end <= asked:
            return end
        if asked > after:
            amount -= calendar.count(after, asked) if unit is Unit.WORKING_DAY else asked - after
        after = answered
    return calendar.nth_after(after, amount) if unit is Unit.WORKING_DAY else after + amount


def months_on(limit: Limit, start: int, stopped: Stopped, first_day: bool) -> int:
    """The corresponding date (art. 148.3–4), moved by the paused days before it."""
    counted = first_day and limit.amount > 0 and not any(asked < start <= answered for asked, answered in stopped.days)
    end = _corresponding(start, limit) - counted
    for asked, answered in stopped.days:
        if answered > start and asked < end:
            end += answered - max(asked, start)
    return end


def _corresponding(start: int, limit: Limit) -> int:
    day = date.fromordinal(start)
    index = day.year * 12 + day.month - 1 + limit.amount.numerator * (12 if limit.unit is Unit.YEAR else 1)
    year, month = divmod(index, 12)
    if year > _LAST_YEAR:
        raise InvalidInput("out_of_range")
    last = months.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last)).toordinal()


def _day_of_receipt(limit: Limit, start: Point, calendar: WorkCalendar) -> int:
    """The starting day itself, unless it is no working day, or its hours or the cutoff are over.

    Whoever comes before the opening is received at it, as whoever came too late on the day before is.
    """
    if not calendar.is_working(start.day):
        return calendar.next_working(start.day)
    last = calendar.closing(start.day)
    if limit.cutoff is not None:
        second = limit.cutoff.hour * HOUR + limit.cutoff.minute * 60 + limit.cutoff.second
        last = min(last, calendar.clock.at(start.day, second))
    late = start.moment is not None and max(start.moment, calendar.opening(start.day)) > last
    return calendar.next_working(start.day + late)


def _by_time(limit: Limit, start: Point, calendar: WorkCalendar) -> Point:
    assert limit.time is not None
    second = limit.time.hour * HOUR + limit.time.minute * 60 + limit.time.second
    day = start.day + limit.amount.numerator
    if calendar.clock.at(day, second) < moment_of(start, calendar):
        day += 1
    return Point(day, calendar.clock.at(day, second))


def moment_of(point: Point, calendar: WorkCalendar) -> int:
    """The point's moment; 24:00 for the end of a day."""
    return calendar.clock.at(point.day, DAY) if point.moment is None else point.moment


def hours_on(limit: Limit, start: Point, stopped: Stopped, calendar: WorkCalendar) -> Point:
    """The instant when an immediate (0 hours), elapsed or working-hour limit ends, pauses left out."""
    seconds = seconds_of(limit.amount)
    if limit.unit is Unit.WORKING_HOUR:
        return work_on(seconds, moment_of(start, calendar), stopped, calendar)
    moment = calendar.next_open(moment_of(start, calendar)) if start.moment is None else start.moment
    for asked, answered in stopped.moments:
        if answered > moment:
            if moment + seconds <= asked:
                break
            seconds -= max(0, asked - moment)
            moment = answered
    return Point(calendar.clock.day(moment + seconds), moment + seconds)


def seconds_of(hours: Fraction) -> int:
    """Hours as whole seconds, halves rounded up."""
    return int(hours * HOUR + Fraction(1, 2))


def work_on(seconds: int, moment: int, stopped: Stopped, calendar: WorkCalendar) -> Point:
    """Where `seconds` of working time after the moment are used up."""
    if not seconds:
        opened = calendar.next_open(moment)
        return Point(calendar.clock.day(opened), opened)
    for asked, answered in stopped.moments:
        if answered <= moment:
            continue
        end, day = calendar.after_work(moment, seconds)
        if end <= asked:
            return Point(day, end)
        seconds -= max(0, calendar.work_between(moment, max(asked, moment)))
        moment = answered
    end, day = calendar.after_work(moment, seconds)
    return Point(day, end)


def _with_half(part: Part, start: Point, stopped: Stopped, calendar: WorkCalendar, first_day: bool) -> list[Stretch]:
    """n.5 working days: n days, then half the hours of the next; 0.5: half of those of the starting day."""
    whole = int(part.limit.amount)
    half = Fraction(1, 2)
    if not whole:
        day = calendar.next_working(start.day)
        seconds = (calendar.length(day) + 1) // 2
        end = work_on(seconds, moment_of(start, calendar), stopped, calendar)
        return [Stretch(part, start, end, seconds)]
    last = days_on(Unit.WORKING_DAY, whole, start.day - first_day, stopped, calendar)
    day = days_on(Unit.WORKING_DAY, 1, last, stopped, calendar)
    seconds = (calendar.length(day) + 1) // 2
    end = work_on(seconds, calendar.clock.at(day, 0), stopped, calendar)
    days = Part(Limit(Fraction(whole), Unit.WORKING_DAY), min(part.original, Fraction(whole)))
    rest = Part(Limit(half, Unit.WORKING_DAY), min(max(part.original - whole, Fraction(0)), half))
    begin = Point(day, calendar.clock.at(day, 0))
    return [Stretch(days, start, Point(last)), Stretch(rest, begin, end, seconds)]


def is_hours(stretch: Stretch) -> bool:
    """Whether a stretch is counted in moments, not in days."""
    return stretch.half is not None or stretch.part.limit.unit in HOURS
