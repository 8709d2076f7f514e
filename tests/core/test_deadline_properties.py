"""What always holds, tried on calendars and clocks that hypothesis makes up, against the slow reference."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from core.calendar import DayRow, HoursRow, WorkCalendar
from core.deadline import ClockEvent, ClockRules, deadline
from core.moments import LEGAL_TIME
from core.time_limit import Phase
from tests.core import reference
from tests.core.desk_calendar import limit, rules
from tests.core.reference import ONE, Week

OFFICE = ((27_000, 41_400), (46_800, 61_200))
DAYS = st.dates(date(2026, 1, 1), date(2026, 4, 30))
WEEKS = st.builds(
    Week,
    weekend=st.sampled_from([frozenset({5, 6}), frozenset({6}), frozenset(), frozenset({4, 5})]),
    off=st.frozensets(DAYS, max_size=12),
    worked=st.frozensets(DAYS, max_size=4),
    hours=st.sampled_from([OFFICE, ((0, 86_400),), ((32_400, 57_600),)]),
)
MOMENTS = st.integers(0, 100 * 1440).map(
    lambda minute: reference.midnight(date(2026, 1, 5)) + timedelta(minutes=minute)
)
LENGTHS = ["working_day", "day", "hour", "working_hour", "month"]
UNITS = st.sampled_from(["working_day", "day"])


def compiled(week: Week, extra: date | None = None) -> WorkCalendar:
    rows = [DayRow(day, True, "", "", None) for day in week.worked]
    rows += [DayRow(day, False, "", "", None) for day in (*week.off, *([extra] if extra else []))]
    hours = HoursRow(date(1900, 1, 1), (week.hours,) * 7, None)
    return WorkCalendar.from_rows(rows, [hours], date(2026, 1, 1), date(2026, 2, 1), week.weekend, grows=True)


def aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=LEGAL_TIME)


def due(received: datetime, how: ClockRules, events: list[ClockEvent], calendar: WorkCalendar) -> datetime:
    answer = deadline(aware(received), how, events, calendar).due_at
    assert answer is not None
    return answer


def due_day(received: datetime, how: ClockRules, events: list[ClockEvent], calendar: WorkCalendar) -> date:
    answer = deadline(aware(received), how, events, calendar).due_date
    assert answer is not None
    return answer


@st.composite
def pauses(draw: st.DrawFn, received: datetime) -> list[reference.Pause]:
    made, now = [], received
    for _ in range(draw(st.integers(0, 3))):
        asked = now + timedelta(minutes=draw(st.integers(0, 5_000)))
        now = asked + timedelta(minutes=draw(st.integers(0, 9_000)))
        made.append((asked, now))
    return made


def suspensions(made: list[reference.Pause]) -> list[ClockEvent]:
    return [
        ClockEvent(kind, aware(moment))
        for pause in made
        for kind, moment in zip(("suspended", "resumed"), pause, strict=True)
    ]


@given(st.data(), WEEKS, MOMENTS, st.integers(1, 40), UNITS, st.booleans(), st.booleans())
def test_day_limits_like_the_reference(
    data: st.DataObject, week: Week, received: datetime, amount: int, unit: str, next_day: bool, first: bool
) -> None:
    made = data.draw(pauses(received))
    how = rules(amount, unit, count_first_day=first, offhours="next_working_day" if next_day else "as_received")
    start = reference.receipt_day(received, week, next_day=next_day)
    paused = [(asked.date(), answered.date()) for asked, answered in made]
    counts = week.working if unit == "working_day" else lambda _: True
    expected = week.next(reference.days_due(start, amount, counts, paused, first=first))
    assert due_day(received, how, suspensions(made), compiled(week)) == expected


@given(WEEKS, MOMENTS, st.integers(1, 30))
def test_months_like_the_reference(week: Week, received: datetime, amount: int) -> None:
    expected = week.next(reference.month_due(received.date(), amount))
    assert due_day(received, rules(amount, "month"), [], compiled(week)) == expected


@settings(max_examples=40)
@given(st.data(), WEEKS, MOMENTS, st.integers(1, 1_200), st.booleans())
def test_hour_limits_like_the_reference(
    data: st.DataObject, week: Week, received: datetime, minutes: int, working: bool
) -> None:
    made = data.draw(pauses(received))
    expected = reference.hours_due(received, minutes, week if working else None, made)
    how = rules(f"{minutes}/60", "working_hour" if working else "hour")
    assert due(received, how, suspensions(made), compiled(week)) == aware(expected)


@given(WEEKS, MOMENTS, st.integers(0, 10_000), st.integers(0, 30), st.sampled_from([*LENGTHS, "same_day"]))
def test_a_later_receipt_is_never_due_earlier(
    week: Week, received: datetime, later: int, amount: int, unit: str
) -> None:
    how = rules(0 if unit == "same_day" else amount, unit)
    calendar = compiled(week)
    assert due(received, how, [], calendar) <= due(received + timedelta(minutes=later), how, [], calendar)


@given(st.data(), WEEKS, MOMENTS, st.integers(0, 30), st.sampled_from(LENGTHS))
def test_another_day_off_never_makes_it_earlier(
    data: st.DataObject, week: Week, received: datetime, amount: int, unit: str
) -> None:
    made = suspensions(data.draw(pauses(received)))
    how, extra = rules(amount, unit), data.draw(DAYS)
    assert due(received, how, made, compiled(week)) <= due(received, how, made, compiled(week, extra))


@given(WEEKS, DAYS, st.integers(1, 400))
def test_a_count_of_working_days_and_its_inverse_agree(week: Week, day: date, amount: int) -> None:
    calendar = compiled(week)
    start = day.toordinal()
    assert calendar.count(start, calendar.nth_after(start, amount)) == amount
    assert calendar.count(calendar.nth_after(start, amount), start) == -amount


@given(WEEKS, MOMENTS, st.integers(1, 3_000), st.integers(1, 3_000))
def test_splitting_a_limit_of_working_hours_changes_nothing(
    week: Week, received: datetime, one: int, other: int
) -> None:
    calendar = compiled(week)
    whole = due(received, rules(f"{one + other}/60", "working_hour"), [], calendar)
    split = ClockRules(tuple(Phase(limit(f"{part}/60", "working_hour")) for part in (one, other)))
    assert due(received, split, [], calendar) == whole


@given(
    WEEKS,
    MOMENTS,
    st.integers(0, 20),
    st.sampled_from(LENGTHS).filter("month".__ne__),
    st.integers(0, 9_000),
    st.integers(0, 9_000),
)
def test_a_restart_is_never_earlier_than_a_pause(
    week: Week, received: datetime, amount: int, unit: str, asked: int, answered: int
) -> None:
    calendar = compiled(week)
    moments = (received + timedelta(minutes=asked), received + timedelta(minutes=asked + answered))
    kinds = ("supplement_requested", "supplement_received")
    events = [ClockEvent(kind, aware(moment)) for kind, moment in zip(kinds, moments, strict=True)]
    paused = due(received, rules(amount, unit, on_supplement="pause"), events, calendar)
    assert paused <= due(received, rules(amount, unit), events, calendar)


@given(st.data(), WEEKS, MOMENTS, st.integers(0, 40), st.sampled_from(["working_day", "day", "month", "same_day"]))
def test_the_due_day_of_a_day_limit_is_a_working_day(
    data: st.DataObject, week: Week, received: datetime, amount: int, unit: str
) -> None:
    made = suspensions(data.draw(pauses(received)))
    how = rules(0 if unit == "same_day" else amount, unit)
    assert week.working(due_day(received, how, made, compiled(week)))


@settings(max_examples=40)
@given(WEEKS, MOMENTS, st.integers(-4_000, 4_000))
def test_working_time_between_like_the_reference(week: Week, start: datetime, minutes: int) -> None:
    calendar = compiled(week)
    end = start + timedelta(minutes=minutes)
    sign = 1 if minutes >= 0 else -1
    expected = sign * reference.minutes_between(min(start, end), max(start, end), week) * 60
    seconds = [calendar.clock.seconds(aware(moment)) for moment in (start, end)]
    assert calendar.work_between(*seconds) == expected


@given(WEEKS, DAYS)
def test_next_and_previous_working_days_like_the_reference(week: Week, day: date) -> None:
    calendar = compiled(week)
    assert calendar.next_working(day.toordinal()) == week.next(day).toordinal()
    back = day
    while not week.working(back):
        back -= ONE
    assert calendar.previous_working(day.toordinal()) == back.toordinal()
    assert calendar.is_working(day) == (day == back)
