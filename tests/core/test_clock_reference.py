"""Any clock on any calendar, against the slow reference; and its trace, which tells the same."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from core.deadline import ClockRules, Deadline, deadline
from core.time_limit import Limit, Phase, Unit
from core.trace import Segment, explain
from tests.core.clock_stories import (
    DAY_LIMITS,
    EQUAL_WEEKS,
    LIMITS,
    MOMENTS,
    WEEKS,
    aware,
    clock_rules,
    compiled,
    histories,
)
from tests.core.reference import Week
from tests.core.reference_clock import Story

Answer = tuple[datetime | None, str | None, datetime | None]


def moment(end: date | datetime | None, week: Week) -> datetime | None:
    """A due day ends at the end of its last period."""
    if end is None:
        return None
    return aware(end if isinstance(end, datetime) else week.closing(end))


def reference(story: Story, phases: tuple[Phase, ...], week: Week) -> Answer:
    told = story.tell(phases)
    since = aware(told.paused_since) if told.paused_since else None
    return moment(told.end, week), told.waiting_for, since


def engine(answer: Deadline) -> Answer:
    return answer.due_at, answer.waiting_for, answer.paused_since


@settings(max_examples=300)
@given(st.data(), WEEKS, MOMENTS, clock_rules(), st.booleans())
def test_any_clock_is_due_when_the_reference_says(
    data: st.DataObject, week: Week, received: datetime, how: ClockRules, grows: bool
) -> None:
    events = data.draw(histories(received))
    answer = deadline(aware(received), how, events, compiled(week, grows=grows))
    assert engine(answer) == reference(Story(aware(received), how, events, week), how.phases, week)
    assert answer.statutory_due_at == answer.due_at


@settings(max_examples=200)
@given(st.data(), WEEKS, MOMENTS, clock_rules(most=1))
def test_a_new_appointment_stands_and_moves_as_the_reference_says(
    data: st.DataObject, week: Week, received: datetime, how: ClockRules
) -> None:
    events = data.draw(histories(received, "rescheduled", "rescheduled", "rescheduled"))
    answer = deadline(aware(received), how, events, compiled(week))
    story = Story(aware(received), how, events, week)
    due, waiting, since = reference(story, how.phases, week)
    assert answer.statutory_due_at == due
    made = story.appointment()
    if due is not None and made is not None:
        due = aware(story.appointed(*made))
    assert engine(answer) == (due, waiting, since)


@given(st.data(), WEEKS, MOMENTS, clock_rules(most=2), LIMITS)
def test_law_and_promise_each_run_as_the_reference_says_and_the_earlier_binds(
    data: st.DataObject, week: Week, received: datetime, how: ClockRules, promised: Limit
) -> None:
    events, promise = data.draw(histories(received)), (Phase(promised),)
    answer = deadline(aware(received), how, events, compiled(week), promise)
    story = Story(aware(received), how, events, week)
    (statutory, waiting, _), (committed, _, _) = (reference(story, one, week) for one in (how.phases, promise))
    assert (answer.statutory_due_at, answer.committed_due_at) == (statutory, committed)
    both = [due for due in (statutory, committed) if due is not None]
    assert answer.due_at == (min(both) if both and waiting is None else None)


@settings(max_examples=200)
@given(st.data(), WEEKS, MOMENTS, clock_rules(), st.sampled_from(["", "rescheduled"]))
def test_the_trace_tiles_the_time_from_receipt_to_due(
    data: st.DataObject, week: Week, received: datetime, how: ClockRules, more: str
) -> None:
    events = data.draw(histories(received, *([more] * 2 if more else [])))
    calendar = compiled(week)
    told = explain(aware(received), how, events, calendar)
    assert told.deadline == deadline(aware(received), how, events, calendar)
    reached: datetime | None = aware(received)
    for segment in told.trace:
        assert segment.from_at == reached
        assert segment.to_at is None or segment.to_at > segment.from_at
        reached = segment.to_at
    assert reached == end_of(told.deadline)
    assert all(not alike(one, other) for one, other in zip(told.trace, told.trace[1:], strict=False))


def alike(one: Segment, other: Segment) -> bool:
    """Equal neighbours fold."""
    return (one.effect, one.basis, one.unit, one.phase) == (other.effect, other.basis, other.unit, other.phase)


def end_of(answer: Deadline) -> datetime | None:
    if answer.by_date and answer.due_date is not None:
        return aware(datetime.combine(answer.due_date, datetime.min.time())) + timedelta(days=1)
    return answer.due_at


@given(st.data(), WEEKS, MOMENTS, DAY_LIMITS, st.booleans())
def test_segments_of_a_day_limit_break_at_midnights(
    data: st.DataObject, week: Week, received: datetime, one: Limit, first: bool
) -> None:
    how = ClockRules((Phase(one),), on_supplement="pause", count_first_day=first)
    events = [one for one in data.draw(histories(received)) if one.limit is None or one.limit.by_date]
    trace = explain(aware(received), how, events, compiled(week)).trace
    ends = [segment.to_at for segment in trace if segment.to_at is not None]
    assert all(end.time() == time(0) for end in ends)


def never_without_hours(week: Week) -> bool:
    """Half of a working day without hours is no time at all."""
    working = set(range(7)) - week.weekend
    return all(hours is None or all(hours[day] for day in working) for _, hours in week.versions)


@settings(max_examples=200)
@given(st.data(), EQUAL_WEEKS | WEEKS.filter(never_without_hours), MOMENTS, clock_rules())
def test_what_the_trace_counts_adds_up_to_each_limit(
    data: st.DataObject, week: Week, received: datetime, how: ClockRules
) -> None:
    """Unless a phase is cut short by a later one's own event, or the clock waits or is paused."""
    events = data.draw(histories(received, settled=True))
    told = explain(aware(received), how, events, compiled(week))
    counted: Counter[tuple[int, str, Unit]] = Counter()
    for segment in told.trace:
        counted[segment.phase, segment.effect, segment.unit] += segment.counted
    if told.deadline.due_at is None:
        return
    for number, phase in enumerate(how.phases, start=1):
        itself = counted[number, "counted", phase.limit.unit]
        if any(later.starts_on for later in how.phases[number:]):
            assert itself <= phase.limit.amount
        elif number < len(how.phases):
            assert itself == phase.limit.amount
        else:
            extended = sum((one.limit.amount for one in events if one.limit is not None), Fraction(0))
            every = sum(amount for (at, _, _), amount in counted.items() if at == number)
            assert every == phase.limit.amount + extended
