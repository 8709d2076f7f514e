"""Calendars, limits and histories that hypothesis makes up for the tests of the time engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from hypothesis import strategies as st

from core.calendar import DayRow, HoursRow, WorkCalendar
from core.days import OpeningRow
from core.deadline import ClockEvent, ClockRules
from core.moments import LEGAL_TIME
from core.time_limit import Limit, Phase, Unit
from tests.core import reference
from tests.core.reference import Hours, Week

OFFICE: Hours = ((27_000, 41_400), (46_800, 61_200))
SHIFTS: Hours = ((25_200, 32_400), (36_000, 43_200), (50_400, 64_800))
MORNING: Hours = ((27_000, 41_400),)
WHOLE: Hours = ((0, 86_400),)
DAYS = st.dates(date(2026, 1, 1), date(2026, 4, 30))
FIRST = reference.midnight(date(2026, 1, 5))


def in_week(every: Hours, friday: Hours, saturday: Hours, sunday: Hours) -> tuple[Hours, ...]:
    return (every, every, every, every, friday, saturday, sunday)


KEPT = st.builds(
    in_week,
    st.sampled_from([OFFICE, SHIFTS, WHOLE, ((32_400, 57_600),)]),
    st.sampled_from([OFFICE, MORNING, ()]),
    st.sampled_from([MORNING, OFFICE, ()]),
    st.sampled_from([MORNING, ()]),
)
VERSIONS = st.builds(
    lambda before, after, day: ((date(2000, 1, 1), before), (day, after)), KEPT | st.none(), KEPT | st.none(), DAYS
)
WEEKENDS = st.sampled_from([frozenset({5, 6}), frozenset({5, 6}), frozenset({6}), frozenset(), frozenset({0, 4, 5})])
WEEKS = st.builds(
    Week,
    weekend=WEEKENDS,
    off=st.frozensets(DAYS, max_size=12),
    worked=st.frozensets(DAYS, max_size=4),
    versions=VERSIONS,
    own=st.dictionaries(DAYS, st.sampled_from([SHIFTS, MORNING, ((64_800, 75_600),)]), max_size=3),
    openings=st.dictionaries(DAYS, st.sampled_from([MORNING, ((61_200, 64_800), (68_400, 72_000))]), max_size=6),
)
EQUAL_WEEKS = st.builds(
    Week,
    weekend=WEEKENDS,
    off=st.frozensets(DAYS, max_size=12),
    worked=st.frozensets(DAYS, max_size=4),
    versions=st.sampled_from([OFFICE, SHIFTS, WHOLE]).map(lambda hours: ((date(2000, 1, 1), (hours,) * 7),)),
)
MOMENTS = st.integers(0, 100 * 1440).map(lambda minute: FIRST + timedelta(minutes=minute))


def compiled(week: Week, *extra: date, grows: bool = True) -> WorkCalendar:
    """The week as the engine reads it; `extra` days off beside its own."""
    rows = [DayRow(day, week.working(day), "", "", None, periods=hours) for day, hours in week.own.items()]
    rows += [DayRow(day, True, "", "", None, periods=week.own.get(day)) for day in week.worked]
    rows += [DayRow(day, False, "", "", None, periods=week.own.get(day)) for day in (*week.off, *extra)]
    hours = [HoursRow(first, kept, None) for first, kept in reversed(week.versions)]
    openings = [OpeningRow(day, periods, "", None) for day, periods in week.openings.items()]
    last = date(2026, 2, 1) if grows else date(2031, 12, 31)
    return WorkCalendar.from_rows(rows, hours, date(2026, 1, 1), last, week.weekend, openings=openings, grows=grows)


def aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=LEGAL_TIME)


def plain(amount: int | str | Fraction, unit: Unit) -> Limit:
    return Limit(Fraction(amount), unit)


CLOCK_TIMES = st.integers(1, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
MINUTES = st.integers(1, 1_500).map(lambda minutes: Fraction(minutes, 60))
DAY_LIMITS = st.one_of(
    st.builds(plain, st.integers(0, 20), st.sampled_from([Unit.WORKING_DAY, Unit.DAY])),
    st.builds(plain, st.integers(1, 3), st.just(Unit.MONTH)),
    st.builds(plain, st.just(1), st.just(Unit.YEAR)),
    st.builds(Limit, st.just(Fraction(0)), st.just(Unit.SAME_DAY), CLOCK_TIMES | st.none()),
)
HALVES = st.builds(plain, st.sampled_from(["1/2", "3/2", "5/2"]), st.just(Unit.WORKING_DAY))
HOUR_LIMITS = st.one_of(
    st.builds(plain, st.just(0) | MINUTES, st.just(Unit.HOUR)), st.builds(plain, MINUTES, st.just(Unit.WORKING_HOUR))
)
LIMITS = st.one_of(
    DAY_LIMITS,
    HALVES,
    HOUR_LIMITS,
    st.just(plain(0, Unit.IMMEDIATE)),
    st.builds(Limit, st.integers(0, 2).map(Fraction), st.just(Unit.BY_TIME), st.none(), CLOCK_TIMES),
)
EXTENSIONS = st.one_of(
    st.builds(plain, st.integers(1, 9), st.sampled_from([Unit.WORKING_DAY, Unit.DAY])),
    st.builds(plain, st.integers(1, 2), st.just(Unit.MONTH)),
    HOUR_LIMITS,
)
STARTS = (None, None, "verification_completed", "payment_received")


@st.composite
def phases(draw: st.DrawFn, most: int = 3) -> tuple[Phase, ...]:
    """One to three phases; a later one may wait for an event of its own."""
    first = Phase(draw(LIMITS), draw(st.sampled_from([None, None, None, *STARTS[2:]])))
    more = range(draw(st.integers(0, most - 1)))
    return (first, *(Phase(draw(LIMITS), draw(st.sampled_from(STARTS))) for _ in more))


@st.composite
def clock_rules(draw: st.DrawFn, most: int = 3) -> ClockRules:
    return ClockRules(
        draw(phases(most)),
        starts_on=draw(st.sampled_from(["received", "received", "payment_received"])),
        on_supplement=draw(st.sampled_from(["restart", "pause", "none"])),
        on_payment=draw(st.sampled_from(["pause", "none"])),
        offhours=draw(st.sampled_from(["as_received", "next_working_day"])),
        count_first_day=draw(st.booleans()),
    )


PAIRS = {
    "supplement_requested": "supplement_received",
    "payment_requested": "payment_received",
    "suspended": "resumed",
}


@st.composite
def histories(draw: st.DrawFn, received: datetime, *more: str, settled: bool = False) -> list[ClockEvent]:
    """What may happen to a clock, in order of time; `settled`: every request is answered."""
    kinds = [*PAIRS, *PAIRS.values(), *PAIRS, *PAIRS.values(), "extended", "verification_completed", *more]
    events: list[ClockEvent] = []
    now = received
    for kind in draw(st.lists(st.sampled_from(kinds), max_size=8)):
        now += timedelta(minutes=draw(st.sampled_from([0, 1, 90]) | st.integers(0, 6_000)))
        given = draw(EXTENSIONS) if kind == "extended" else None
        later = timedelta(minutes=15 * draw(st.integers(1, 1_500)))
        due = aware(quarter(now) + later) if kind == "rescheduled" else None
        events.append(ClockEvent(kind, aware(now), given, due))
    return [*events, *answers(events, now)] if settled else events


def quarter(moment: datetime) -> datetime:
    return moment.replace(minute=moment.minute // 15 * 15)


def answers(events: Sequence[ClockEvent], now: datetime) -> list[ClockEvent]:
    """The answers that are still missing, a day later."""
    missing = []
    for asks, answer in PAIRS.items():
        last = [one.kind for one in events if one.kind in (asks, answer)][-1:]
        if last == [asks]:
            missing.append(ClockEvent(answer, aware(now + timedelta(days=1))))
    return missing
