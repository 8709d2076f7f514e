"""What a report reads: what does not depend on the dossier is read once, however many dossiers there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest

from core.decisions import TakeIn
from core.moments import legal_day
from core.outreach import HoldOutreach
from core.settled import Span
from storage.channels import behind, channels
from storage.delays import delays
from storage.desk import Desk, Done
from storage.faster import faster
from storage.late import late
from storage.outreach import Uptake, held, hold, uptake, uptakes
from storage.tally import groups
from tests.conftest import NOW, UNIT, act, officer, take_in

YEAR = (date(2026, 1, 1), date(2026, 12, 31))


@contextmanager
def statements(desk: Desk) -> Iterator[list[str]]:
    """What the desk's connection is asked within."""
    asked: list[str] = []
    desk.connection.set_trace_callback(asked.append)
    try:
        yield asked
    finally:
        desk.connection.set_trace_callback(None)


def asked_by(desk: Desk, report: Callable[[Desk], object]) -> int:
    report(desk)  # what is looked up once for good is known
    with statements(desk) as asked:
        report(desk)
    return len(asked)


def late_ones(desk: Desk, many: int) -> None:
    for _ in range(many):
        one = take_in(desk, at=NOW)
        desk.now = lambda: NOW + timedelta(days=30)
        act(desk, one, "result_ready", at=NOW + timedelta(days=30))
        desk.now = lambda: NOW


def online_ones(desk: Desk, many: int) -> None:
    for place in range(many):
        began = NOW - timedelta(hours=1, minutes=place)
        one = take_in(desk, kind="submitted", channel="online", at=began)
        assert isinstance(desk.do(TakeIn(one, "received", NOW, {}), officer(desk)), Done)


@pytest.mark.parametrize("report", [lambda desk: delays(desk, *YEAR), lambda desk: late(desk, *YEAR)])
def test_late_dossiers_are_read_together(desk: Desk, report: Callable[[Desk], object]) -> None:
    late_ones(desk, 2)
    before = asked_by(desk, report)
    late_ones(desk, 6)
    assert len(delays(desk, *YEAR).period) == 8
    assert asked_by(desk, report) == before


def test_what_was_read_together_is_what_each_says_alone(desk: Desk) -> None:
    late_ones(desk, 3)
    take_in(desk)
    names = [row[0] for row in desk.connection.execute("SELECT id FROM dossier ORDER BY id DESC")]
    told = list(desk.explained([*names, "nobody's"]))
    assert [dossier.id for dossier, _ in told] == names
    for dossier, law in told:
        alone = desk.dossier(dossier.id)
        assert alone == dossier and desk.law_for(dossier) is law


def test_answers_given_online_are_judged_without_asking_the_law_for_each(desk: Desk) -> None:
    def report(at: Desk) -> object:
        found = channels(at, *YEAR)
        return behind(at, found, "answered")

    online_ones(desk, 1)
    before = asked_by(desk, report)
    online_ones(desk, 5)
    assert channels(desk, *YEAR).count("answered", "in_time") == 6
    assert asked_by(desk, report) == before


def test_each_dossier_is_counted_once_for_all_meetings(desk: Desk) -> None:
    today = legal_day(NOW)
    for place in range(5):
        take_in(desk, channel="online" if place % 2 else "counter")
    for days, about in ((0, ("permanent-residence",)), (1, ("permanent-residence", "identity-card")), (3, ()), (4, ())):
        given = HoldOutreach(
            desk.new_id(), "meeting", today - timedelta(days=days), f"Buổi {days}", NOW, None, None, about
        )
        assert isinstance(hold(desk, officer(desk), given), Done)
    rows = held(desk, *YEAR)
    with statements(desk) as asked:
        together = uptakes(desk, rows)
    assert len([one for one in asked if "total(channel" in one]) == 1, "their days overlap"
    assert together == [uptake(desk, one) for one in rows] == [_slowly(desk, one) for one in together]
    named = [one for one in together if one is not None]
    assert len(named) == 2 and {(one.before.dossiers, one.before.online) for one in named} == {(0, 0)}
    assert [one.after and (one.after.dossiers, one.after.online) for one in named] == [None, (5, 2)]


def _slowly(desk: Desk, one: Uptake | None) -> Uptake | None:
    """The same counts of permanent residence, dossier by dossier."""
    for span in () if one is None else filter(None, (one.before, one.after)):
        rows = desk.connection.execute("SELECT received_at, channel FROM dossier").fetchall()
        days = [(date.fromordinal(date(1970, 1, 1).toordinal() + (at + 25200) // 86400), way) for at, way in rows]
        within = [way for day, way in days if span.first <= day <= span.last]
        assert (span.dossiers, span.online) == (len(within), within.count("online"))
    return one


def test_what_came_before_and_what_was_stopped_is_found_without_reading_the_rest(desk: Desk) -> None:
    """A plan that reads a row of the table for each row of an index would read every year after the period's."""
    span = Span(*YEAR, NOW)
    with statements(desk) as asked:
        groups(desk.connection, span, None, stopped=True)
    (statement,) = asked
    plan = [row[-1] for row in desk.connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert any("COVERING INDEX tally_ended" in step for step in plan), plan
    assert any("INDEX tally_stopped" in step for step in plan), plan
    assert not any(step.startswith("SCAN t") for step in plan), plan


def test_a_fee_that_nobody_asked_for_moves_no_clock_and_is_not_looked_into(desk: Desk) -> None:
    paid, asked = (take_in(desk, at=NOW) for _ in range(2))
    act(desk, paid, "payment_received", amount="10000", method="portal", channel="online")
    act(desk, asked, "supplement_requested", items=["CT01"])
    act(desk, asked, "supplement_received", papers=["CT01"])
    for one in (paid, asked):
        act(desk, one, "result_ready")
    found = {case.ended.id: case for group in faster(desk, *YEAR, UNIT).groups for case in group.cases}
    assert [found[one].ended.clocked for one in (paid, asked)] == [1, 1]
    assert [found[one].ended.may_have_stood for one in (paid, asked)] == [False, True]
    for case in found.values():
        used = case.by.used(case.ended.passage)
        assert (case.amount, case.work) == tuple(used)
