"""Where a late dossier's working time went."""

from __future__ import annotations

from core.lost import lost
from core.standing import calendar_of
from tests.core.lives import LAW, Life, at


def test_the_longest_stretch_is_the_one_that_is_named() -> None:
    """Half an hour on Thursday, a supplement awaited for two weeks, then three working days till the result."""
    life = Life()
    life.take_in()
    life.now = at("2026-05-21T09:30")
    life.must("supplement_requested", at("2026-05-21T09:30"), reason="thiếu")
    life.now = at("2026-06-04T08:00")
    life.must("supplement_received", at("2026-06-04T08:00"))
    life.now = at("2026-06-09T08:00")
    dossier = life.dossier
    assert dossier is not None
    calendar = calendar_of(dossier, LAW)
    waits = lost(dossier, calendar, life.now)
    assert waits is not None and (waits.since, waits.until) == ("supplement_received", None)
    days = waits.seconds / calendar.work_between(
        *(calendar.clock.seconds(at(f"2026-06-0{day}T00:00")) for day in (4, 5))
    )
    assert days == 3, "the weekend is no working time"
    life.must("result_ready", at("2026-06-09T08:00"))
    ended = life.dossier
    assert ended is not None
    done = lost(ended, calendar, at("2026-07-30T08:00"))
    assert done is not None and (done.until, done.seconds) == ("result_ready", waits.seconds), "nothing runs on"


def test_it_lies_with_whom_it_was_given() -> None:
    life = Life()
    life.take_in()
    life.must("assigned", at("2026-05-21T09:00"), to="o2")
    dossier = life.dossier
    assert dossier is not None
    found = lost(dossier, calendar_of(dossier, LAW), at("2026-05-25T09:00"))
    assert found is not None and (found.officer, found.since) == ("o2", "assigned")
