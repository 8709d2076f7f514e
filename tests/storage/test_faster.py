"""Used time from the stored rows against the engine asked dossier by dossier; papers, periods, what is left out."""

from __future__ import annotations

import shutil
import uuid
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings

from core.dossier import Dossier
from core.faster import COMPARED
from core.standing import clock_inputs, judge, version_of
from core.time_limit import Limit, Phase, Unit
from storage.database import transaction
from storage.desk import Desk, Done
from storage.faster import faster
from storage.fines import NewFine, enter, pay, release
from tests.conftest import act, officer, take_in
from tests.storage.test_settled import STEPS, at, live, seen

MAY = (date(2026, 5, 1), date(2026, 5, 31))
ALL = (date(2026, 5, 1), date(2027, 12, 31))


def least(desk: Desk, dossier: Dossier) -> int | None:
    """The least limit, in its own unit, by which the engine would not have called it late; None: it has no date."""
    law = desk.law
    version = version_of(dossier, law)
    ending = dossier.ending
    assert version is not None and ending is not None
    asked = clock_inputs(dossier, law, version)
    limit = asked.rules.phases[0].limit
    assert len(asked.rules.phases) == 1 and limit.unit in COMPARED
    events = tuple(one for one in asked.events if one.kind not in ("extended", "rescheduled") and one.at <= ending.at)
    for amount in range(1, 1000):
        rules = replace(asked.rules, phases=(Phase(Limit(Fraction(amount), limit.unit)),))
        found = replace(asked, rules=rules, events=events, committed=None).deadline()
        if found.due_at is None:
            return None
        if judge(ending.at, found.due_at, found.by_date) != "late":
            return amount
    raise AssertionError


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS)
def test_any_life_used_what_the_engine_says(
    founded: Path, tmp_path: Path, steps: list[tuple[timedelta, str | int, int]]
) -> None:
    folder = tmp_path / uuid.uuid4().hex
    shutil.copytree(founded, folder)
    desk = Desk.open(folder)
    try:
        ids = live(desk, steps)
        before = list(desk.projection.dump())
        found = faster(desk, *ALL)
        told = {case.ended.id: case.amount for group in found.groups for case in group.cases}
        for name in ids:
            dossier = desk.dossier(name)
            ending = None if dossier is None else dossier.ending
            decided = ending is not None and ending.kind in ("result_ready", "refused")
            if dossier is None or not decided or dossier.state == "voided":
                assert name not in told
                continue
            if name in told:
                amount = least(desk, dossier)
                assert amount is not None and max(1, told[name]) == amount
        for group in found.groups:
            for one in group.proposals:
                assert one.held == sum(case.amount <= one.amount for case in group.cases)
                assert one.missed == len(group.missed(one.amount)) == sum(many for _, many in group.why(one.amount))
        with transaction(desk.connection):
            desk.projection.rebuild()
        assert list(desk.projection.dump()) == before
    finally:
        desk.close()


def finished(
    desk: Desk,
    came: str,
    ended: str,
    *turns: tuple[str, str, dict[str, Any]],
    kind: str = "result_ready",
    procedure: str = "permanent-residence",
) -> str:
    """One dossier from its receipt to its end."""
    seen(desk, at(came))
    name = take_in(desk, at=at(came), procedure=procedure)
    for what, when, fields in (*turns, (kind, ended, {"reason": "x"} if kind != "result_ready" else {})):
        seen(desk, at(when))
        act(desk, name, what, at=at(when), **fields)
    return name


def test_by_hand(desk: Desk) -> None:
    """Permanent residence: 7 working days. Received on Thursday 21/5."""
    short = finished(desk, "2026-05-21T09:00", "2026-05-25T09:00")
    step = ("step_completed", "2026-05-22T09:00", {"step": "Thẩm tra"})
    long = finished(desk, "2026-05-21T09:00", "2026-05-29T09:00", step)
    finished(desk, "2026-05-21T09:00", "2026-05-29T09:00", kind="withdrawn")
    found = faster(desk, *MAY)
    (group,) = found.groups
    assert group.limit == Limit(Fraction(7), Unit.WORKING_DAY) and found.left_out == {"withdrawn": 1}
    assert [(case.ended.id, case.amount) for case in group.cases] == [(short, 2), (long, 6)]
    assert [(one.amount, one.held, one.holds) for one in group.proposals] == [(6, 2, True), (5, 1, False)]
    assert [case.ended.id for case in group.missed(5)] == [long]
    assert group.why(5)[0][0].step == "Thẩm tra"
    assert group.waits[0][0] == ("step_completed", "Thẩm tra") and group.waits[0][1].median == 5 * 8 * 3600
    assert (group.median, group.most.value, group.most.high) == (2, 6, None)
    assert faster(desk, date(2026, 6, 1), date(2026, 6, 30)).groups == ()
    assert faster(desk, *MAY, "H30-999").measured == 0 and faster(desk, *MAY, "H30-001").measured == 2


def test_while_a_citizen_is_to_pay_nobody_waits_for_the_unit(desk: Desk) -> None:
    """The limit runs on meanwhile: what was used is told as before."""
    asked = ("payment_requested", "2026-05-21T14:00", {"amount": "10000"})
    paid = ("payment_received", "2026-05-28T14:00", {"amount": "10000", "method": "cash"})
    finished(desk, "2026-05-21T09:00", "2026-05-29T09:00", asked, paid)
    (group,) = faster(desk, *MAY).groups
    assert [case.amount for case in group.cases] == [6]
    assert {since: waits.theirs for (since, _), waits in group.waits} == {
        "received": False, "payment_requested": True, "payment_received": False,
    }  # fmt: skip


def test_a_decision_that_fines_somebody_is_no_service(desk: Desk) -> None:
    vehicle = NewFine("QĐ 1", "Trần B", "500000", held=[("Xe", "43A")], vehicle=True)
    done = enter(desk, officer(desk), vehicle)
    assert isinstance(done, Done)
    assert isinstance(pay(desk, officer(desk), done.dossiers[0]), Done)
    assert isinstance(release(desk, officer(desk), done.dossiers[0]), list)
    dossier = desk.dossier(done.dossiers[0])
    assert dossier is not None and dossier.ending is not None
    found = faster(desk, *MAY)
    assert (found.groups, found.left_out, found.asked) == ((), {}, ())


def test_a_limit_that_only_another_decree_sets_now_is_no_other_limit(desk: Desk) -> None:
    """The removal from the register: five working days before and after 15/3/2026."""
    removal = "permanent-residence-removal"
    before, after = (desk.law.version_on(removal, day) for day in (date(2026, 3, 2), date(2026, 5, 21)))
    assert before is not None and after is not None and before.valid_from != after.valid_from
    for came, ended in (("2026-03-02T09:00", "2026-03-06T09:00"), ("2026-05-21T09:00", "2026-05-25T09:00")):
        finished(desk, came, ended, procedure=removal)
    (group,) = faster(desk, date(2026, 3, 1), date(2026, 5, 31)).groups
    assert [case.amount for case in group.cases] == [4, 2]


def test_the_papers_most_asked_for_and_no_officers_own_words(desk: Desk) -> None:
    version = desk.law.version_on("permanent-residence", date(2026, 5, 21))
    paper = version.papers[0]  # type: ignore[union-attr]
    asked = {"items": [paper.title_vi.upper(), "giấy khai sinh của cháu Đào"], "reason": "thiếu"}
    one = finished(
        desk,
        "2026-05-21T09:00",
        "2026-05-29T09:00",
        ("supplement_requested", "2026-05-22T09:00", asked),
        ("supplement_received", "2026-05-25T09:00", {}),
    )
    two = take_in(desk, kind="guided", reason="thiếu", missing=[paper.code])
    gone = take_in(desk)
    act(desk, gone, "supplement_requested", items=[paper.code], reason="x")
    act(desk, gone, "voided", reason="x")
    found = faster(desk, *MAY)
    first, other = found.asked
    assert (first.paper, [name for name, _ in first.after], [name for name, _ in first.before]) == (
        paper.code, [one], [two],
    )  # fmt: skip
    assert (other.paper, other.many, found.requests) == (None, 1, {"permanent-residence": 1})
    assert found.groups[0].reason_of[one].reason == "supplement"


def test_what_stood_at_its_end_and_what_came_again_is_told(desk: Desk) -> None:
    asked = ("suspended", "2026-05-22T09:00", {"reason": "chờ"})
    finished(desk, "2026-05-21T09:00", "2026-05-29T09:00", asked, kind="withdrawn")
    again = finished(desk, "2026-05-21T09:00", "2026-05-25T09:00")
    assert faster(desk, *MAY).measured == 1
    seen(desk, at("2026-05-29T10:00"))
    act(desk, again, "reopened", at=at("2026-05-29T10:00"), reason="x")
    found = faster(desk, *MAY)
    assert found.left_out == {"withdrawn": 1} and found.measured == 0, "it has not ended"
