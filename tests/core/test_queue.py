"""The order of work: one word for a dossier, and the index ranges that would find it, agree."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.queue import NEVER, Bounds, Lane, Urgency, bounds, midnight, ranges, urgency
from tests.core.lives import LAW, at

DAY = 86_400


@st.composite
def cuts(draw: st.DrawFn) -> Bounds:
    today = midnight(date(2026, 1, 1)) + draw(st.integers(0, 400)) * DAY
    now = today + draw(st.integers(0, DAY - 1))
    next_day = today + DAY * draw(st.integers(2, 12))
    return Bounds(now, today, today + DAY, next_day, today + DAY * draw(st.integers(1, 20)))


@st.composite
def rows(draw: st.DrawFn, cut: Bounds) -> tuple[Lane, int, bool]:
    near = [cut.now, cut.today, cut.tomorrow, cut.after_next_day, cut.after_soon, NEVER]
    binding = draw(st.sampled_from(near)) + draw(st.sampled_from((-DAY, -1, 0, 1, DAY)))
    return draw(st.sampled_from(Lane)), min(binding, NEVER), draw(st.booleans())


@given(st.data())
def test_each_row_is_in_one_bucket_once_and_its_word_names_it(data: st.DataObject) -> None:
    cut = data.draw(cuts())
    lane, binding, by_date = data.draw(rows(cut))
    found = [
        word
        for word in Urgency
        for part in ranges(word, cut)
        if part.lane == lane and part.low <= binding < part.high and part.by_date in (None, by_date)
    ]
    assert found == [urgency(lane, binding, by_date, cut)]


CUT = bounds(at("2026-05-21T09:00"), LAW.calendar(), 3)  # a Thursday


@pytest.mark.parametrize(
    ("lane", "binding", "by_date", "word"),
    [
        (Lane.UNSETTLED, "2026-05-20T17:00", True, Urgency.APOLOGY_OWED),
        (Lane.SETTLED, "2026-05-20T17:00", True, Urgency.OVERDUE),
        (Lane.UNSETTLED, "2026-05-21T08:59", False, Urgency.APOLOGY_OWED),
        (Lane.UNSETTLED, "2026-05-21T08:59", True, Urgency.TODAY),
        (Lane.UNSETTLED, "2026-05-21T09:00", False, Urgency.TODAY),
        (Lane.UNSETTLED, "2026-05-22T00:00", True, Urgency.TODAY),
        (Lane.UNSETTLED, "2026-05-22T17:00", True, Urgency.NEXT_DAY),
        (Lane.UNSETTLED, "2026-05-26T17:00", True, Urgency.SOON),
        (Lane.UNSETTLED, "2026-05-27T00:00", True, Urgency.SOON),
        (Lane.UNSETTLED, "2026-05-21T00:00", True, Urgency.APOLOGY_OWED),
        (Lane.UNSETTLED, "2026-05-27T00:01", True, Urgency.NORMAL),
        (Lane.DECLARED, "2026-06-26T17:00", True, Urgency.APOLOGY_OWED),
        (Lane.PAUSED, "2026-05-01T17:00", True, Urgency.PAUSED),
        (Lane.DONE, "2026-05-01T17:00", True, Urgency.DONE),
    ],
)
def test_the_words(lane: Lane, binding: str, by_date: bool, word: Urgency) -> None:
    assert urgency(lane, int(at(binding).timestamp()), by_date, CUT) is word


def test_without_a_due_date_a_running_dossier_is_normal() -> None:
    assert urgency(Lane.UNSETTLED, NEVER, True, CUT) is Urgency.NORMAL


def test_the_next_working_day_is_over_the_weekend_and_holidays() -> None:
    friday = bounds(at("2026-08-28T09:00"), LAW.calendar(), 3)
    assert friday.after_next_day == midnight(date(2026, 9, 4))
    assert friday.after_soon == midnight(date(2026, 9, 8))
    assert friday.tomorrow == midnight(date(2026, 8, 29))


def test_a_day_begins_at_midnight_in_legal_time() -> None:
    assert midnight(date(2026, 5, 21)) == int(at("2026-05-21T00:00").timestamp())
    late = bounds(at("2026-05-21T23:59:59"), LAW.calendar(), 3)
    assert late.today == CUT.today


@pytest.mark.parametrize("now", ["1970-01-01T08:00", "1980-01-01T00:00", "2030-12-31T23:50", "2099-01-05T08:00"])
def test_a_clock_outside_the_calendars_years_hides_no_queue(now: str) -> None:
    cut = bounds(at(now), LAW.calendar("H30-001"), 3)
    assert cut.today <= cut.now < cut.tomorrow == cut.today + DAY
    assert cut.tomorrow < cut.after_next_day < cut.after_soon
