"""What always holds of time limits, tried on calendars and clocks that hypothesis makes up."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.answers import InvalidInput
from core.calendar import WorkCalendar
from core.counting import due_days
from core.deadline import ClockEvent, ClockRules, deadline
from core.time_limit import Limit, Phase, Unit
from tests.core import reference
from tests.core.clock_stories import (
    DAY_LIMITS,
    DAYS,
    EQUAL_WEEKS,
    HALVES,
    LIMITS,
    MOMENTS,
    WEEKS,
    aware,
    clock_rules,
    compiled,
    histories,
    plain,
)
from tests.core.desk_calendar import limit, rules
from tests.core.reference import ONE, Week
from tests.core.reference_clock import Story

WITHOUT_HALVES = LIMITS.filter(lambda one: one.amount.denominator != 2 or one.unit is not Unit.WORKING_DAY)
POLICIES = st.sampled_from(["as_received", "next_working_day"])
LENGTHS = st.sampled_from(["working_day", "day", "hour", "working_hour"])


def due(received: datetime, how: ClockRules, events: list[ClockEvent], calendar: WorkCalendar) -> datetime:
    answer = deadline(aware(received), how, events, calendar).due_at
    assert answer is not None
    return answer


def lasting(one: Limit, offhours: str = "as_received", *, first: bool = False) -> ClockRules:
    return ClockRules((Phase(one),), offhours=offhours, count_first_day=first)


@given(WEEKS, MOMENTS, st.integers(0, 10_000), WITHOUT_HALVES, POLICIES, st.booleans())
def test_a_later_receipt_is_never_due_earlier(
    week: Week, received: datetime, later: int, one: Limit, offhours: str, first: bool
) -> None:
    assume(one.unit is not Unit.BY_TIME or offhours == "as_received")
    how, calendar = lasting(one, offhours, first=first), compiled(week)
    assert due(received, how, [], calendar) <= due(received + timedelta(minutes=later), how, [], calendar)


@given(EQUAL_WEEKS, MOMENTS, st.integers(0, 10_000), HALVES, POLICIES)
def test_a_later_receipt_is_never_due_earlier_by_half_days_of_equal_length(
    week: Week, received: datetime, later: int, one: Limit, offhours: str
) -> None:
    how, calendar = lasting(one, offhours), compiled(week)
    assert due(received, how, [], calendar) <= due(received + timedelta(minutes=later), how, [], calendar)


@given(st.data(), WEEKS, MOMENTS, WITHOUT_HALVES, DAYS, st.booleans())
def test_another_day_off_never_makes_it_earlier(
    data: st.DataObject, week: Week, received: datetime, one: Limit, extra: date, first: bool
) -> None:
    how = ClockRules((Phase(one),), on_supplement="pause", count_first_day=first)
    made = data.draw(histories(received, settled=True))
    assert due(received, how, made, compiled(week)) <= due(received, how, made, compiled(week, extra))


@given(WEEKS, DAYS, st.integers(1, 400))
def test_a_count_of_working_days_and_its_inverse_agree(week: Week, day: date, amount: int) -> None:
    calendar = compiled(week)
    start = day.toordinal()
    end = calendar.nth_after(start, amount)
    assert calendar.count(start, end) == amount
    assert calendar.count(end, start) == -amount
    assert calendar.count(start, end - 1) == amount - 1


@given(WEEKS, MOMENTS, st.integers(1, 3_000), st.integers(1, 3_000))
def test_splitting_a_limit_of_working_hours_changes_nothing(
    week: Week, received: datetime, one: int, other: int
) -> None:
    calendar = compiled(week)
    whole = due(received, rules(f"{one + other}/60", "working_hour"), [], calendar)
    split = ClockRules(tuple(Phase(limit(f"{part}/60", "working_hour")) for part in (one, other)))
    assert due(received, split, [], calendar) == whole


@given(WEEKS, MOMENTS, st.integers(1, 6_000))
def test_working_hours_and_the_time_between_are_inverse(week: Week, received: datetime, minutes: int) -> None:
    calendar = compiled(week)
    end = due(received, rules(f"{minutes}/60", "working_hour"), [], calendar)
    between = calendar.work_between(calendar.clock.seconds(aware(received)), calendar.clock.seconds(end))
    assert between == minutes * 60


@given(WEEKS, MOMENTS, st.integers(0, 20), LENGTHS, st.integers(0, 9_000), st.integers(0, 9_000), POLICIES)
def test_a_restart_is_never_earlier_than_a_pause(
    week: Week, received: datetime, amount: int, unit: str, asked: int, answered: int, offhours: str
) -> None:
    calendar = compiled(week)
    moments = (received + timedelta(minutes=asked), received + timedelta(minutes=asked + answered))
    kinds = ("supplement_requested", "supplement_received")
    events = [ClockEvent(kind, aware(moment)) for kind, moment in zip(kinds, moments, strict=True)]
    paused = due(received, rules(amount, unit, on_supplement="pause", offhours=offhours), events, calendar)
    assert paused <= due(received, rules(amount, unit, offhours=offhours), events, calendar)


@given(st.data(), WEEKS, MOMENTS, DAY_LIMITS, POLICIES, st.booleans())
def test_the_due_day_of_a_day_limit_is_a_working_day(
    data: st.DataObject, week: Week, received: datetime, one: Limit, offhours: str, first: bool
) -> None:
    made = [one for one in data.draw(histories(received, settled=True)) if one.kind != "extended"]
    answer = deadline(aware(received), lasting(one, offhours, first=first), made, compiled(week))
    assert answer.by_date and answer.due_date is not None
    assert week.working(answer.due_date)
    assert answer.due_at == aware(week.closing(answer.due_date))


@given(WEEKS, st.lists(DAYS, max_size=20), st.integers(1, 30), st.sampled_from([Unit.DAY, Unit.WORKING_DAY]))
def test_many_days_of_receipt_at_once_are_due_like_each_alone(
    week: Week, days: list[date], amount: int, unit: Unit
) -> None:
    how = lasting(plain(amount, unit))
    alone = [deadline(aware(reference.midnight(day)), how, [], compiled(week)).due_date for day in days]
    calendar = compiled(week)
    together = due_days([day.toordinal() for day in days], how.phases[0].limit, calendar)
    assert [date.fromordinal(day) for day in together] == alone
    with pytest.raises(InvalidInput) as error:
        due_days([], plain(0, unit), calendar)
    assert error.value.code == "limit_invalid"


@given(st.data(), WEEKS, MOMENTS, clock_rules())
def test_the_same_question_has_the_same_answer_however_often_it_is_asked(
    data: st.DataObject, week: Week, received: datetime, how: ClockRules
) -> None:
    """Calendars remember; an answer may not depend on what was asked before."""
    others = data.draw(st.lists(st.tuples(MOMENTS, clock_rules(most=1)), max_size=4))
    calendar = compiled(week)
    for moment, other in others:
        deadline(aware(moment), other, [], calendar)
    assert deadline(aware(received), how, [], calendar) == deadline(aware(received), how, [], compiled(week))


@settings(max_examples=60)
@given(WEEKS, MOMENTS, st.integers(-4_000, 4_000))
def test_working_time_between_like_the_reference(week: Week, start: datetime, minutes: int) -> None:
    calendar = compiled(week)
    end = start + timedelta(minutes=minutes)
    sign = 1 if minutes >= 0 else -1
    expected = sign * reference.minutes_between(min(start, end), max(start, end), week) * 60
    seconds = [calendar.clock.seconds(aware(moment)) for moment in (start, end)]
    assert calendar.work_between(*seconds) == expected


@given(WEEKS, DAYS)
def test_days_and_their_hours_like_the_reference(week: Week, day: date) -> None:
    calendar, number = compiled(week), day.toordinal()
    assert calendar.next_working(number) == week.next(day).toordinal()
    back = day
    while not week.working(back):
        back -= ONE
    assert calendar.previous_working(number) == back.toordinal()
    assert calendar.is_working(day) == (day == back)
    assert calendar.periods(number) == week.hours(day)
    assert calendar.ending(number) == aware(week.closing(day))
    assert calendar.clock.moment(calendar.opening(number)) == aware(week.opening(day))
    assert calendar.length(number) == (week.length(day).total_seconds() if week.working(day) else 0)


@given(WEEKS, MOMENTS)
def test_the_next_opening_like_the_reference(week: Week, moment: datetime) -> None:
    calendar = compiled(week)
    opened = calendar.next_open(calendar.clock.seconds(aware(moment)))
    assert calendar.clock.moment(opened) == aware(week.open_from(moment))


@given(WEEKS, MOMENTS, LIMITS, st.booleans(), POLICIES)
def test_the_last_moment_to_announce_is_the_end_of_the_working_day_before(
    week: Week, received: datetime, one: Limit, first: bool, offhours: str
) -> None:
    answer = deadline(aware(received), lasting(one, offhours, first=first), [], compiled(week))
    assert answer.due_date is not None
    start = received.date()
    if offhours == "next_working_day" and one.unit not in (Unit.HOUR, Unit.IMMEDIATE):
        start = Story(aware(received), lasting(one, offhours), [], week).receipt(received)[0]
    between = [start + n * ONE for n in range(1, (answer.due_date - start).days + 1)]
    working = [day for day in between if week.working(day)]
    if len(working) < 2:
        assert answer.apology_owed_by is None
    else:
        before = [day for day in working if day < answer.due_date]
        last = before[-1] if before else start
        assert answer.apology_owed_by == aware(week.closing(last))
