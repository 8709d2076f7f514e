"""The sheet's lines and counts against the event log, and what the desk knows of itself."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.dossier import Dossier
from core.moments import legal_day
from core.queue import Urgency
from core.rostering import NoteAbsence
from core.states import State
from storage.blanks import take_blanks
from storage.conflicts import open_conflicts
from storage.desk import Desk, Done
from storage.sheet import Sheet, sheet_now
from tests.conftest import NOW, act, officer, take_in
from tests.storage.sync_desks import Station, officer_of
from tests.storage.sync_desks import take_in as taken_at

ACTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("supplement_requested", {"items": ["CT01"]}),
    ("supplement_received", {}),
    ("result_ready", {}),
    ("result_returned", {}),
    ("handed_to_post", {"carrier": "VNPost"}),
    ("withdrawn", {}),
    ("original_taken", {"paper": "Hộ chiếu"}),
    ("payment_received", {"amount": "20000", "method": "transfer"}),
    ("payment_reversed", {"amount": "20000", "reason": "thu trùng"}),
    ("assigned", {"to": "officer-khai"}),
    ("noted", {"text": "gọi lại"}),
)
COUNTED = {
    "received", "supplement_requested", "result_ready", "result_returned", "handed_to_post", "not_accepted", "guided",
}  # fmt: skip


def found_on(sheet: Sheet, name: str) -> set[str]:
    return {item["id"] for item in sheet.items(name) if "id" in item}


def a_day(desk: Desk, seed: int) -> list[str]:
    """Forty things that hoa did, some of which were refused."""
    from core.decisions import Act

    drawn = random.Random(seed)
    dossiers: list[str] = []
    for _ in range(40):
        if not dossiers or drawn.random() < 0.3:
            fee = {"fee_paid": "20000"} if drawn.random() < 0.5 else {}
            dossiers.append(take_in(desk, "Đặng Thị Đào", by="hoa", **fee))
        else:
            kind, fields = drawn.choice(ACTS)
            desk.do(Act(drawn.choice(dossiers), kind, NOW, fields), officer(desk, "hoa"))
    return dossiers


@pytest.mark.parametrize("seed", range(6))
def test_what_the_sheet_counts_is_what_the_log_says(desk: Desk, seed: int) -> None:
    dossiers = a_day(desk, seed)
    sheet = sheet_now(desk, officer(desk, "hoa"))
    events = [event for one in dossiers for event in desk.log.events_of(one) if event.by == "officer-hoa"]
    counts = Counter(event.kind for event in events if event.kind in COUNTED)
    assert {item["kind"]: item["count"] for item in sheet.items("summary")} == counts
    money: Counter[str] = Counter()
    for event in events:
        sign = {"payment_received": 1, "payment_reversed": -1}.get(event.kind)
        if sign:
            money[str(event.body.get("method") or "cash")] += sign * int(event.body["amount"])
    assert {item["method"]: Decimal(item["amount"]) for item in sheet.items("fees")} == money

    folded = [dossier for one in dossiers if (dossier := desk.dossier(one)) is not None]
    own = [one for one in folded if one.officer == "officer-hoa"]

    def ids(wanted: Any) -> set[str]:
        return {one.id for one in own if wanted(one)}

    lying = ids(lambda one: one.state is State.RESULT_READY and not one.at_post)
    assert found_on(sheet, "ready") == lying
    assert found_on(sheet, "post") == ids(lambda one: one.state is State.RESULT_READY and one.at_post)
    assert found_on(sheet, "held") == ids(lambda one: sum(one.originals.values()) > 0)
    assert found_on(sheet, "waiting") == ids(lambda one: one.state is State.AWAITING_SUPPLEMENT)
    assert found_on(sheet, "open") == ids(lambda one: one.state in (State.RECEIVED, State.IN_PROGRESS))
    assert set(sheet.dossiers) == ids(_moves)


def _moves(dossier: Dossier) -> bool:
    return dossier.is_open or dossier.state is State.RESULT_READY


def test_every_line_has_its_act_its_owner_and_its_next_check_where_there_is_one(desk: Desk) -> None:
    late = take_in(desk, at=NOW - timedelta(days=20))
    waiting = take_in(desk)
    act(desk, waiting, "supplement_requested", answer_by="2026-05-22")
    ready = take_in(desk)
    act(desk, ready, "result_ready")
    sheet = sheet_now(desk, officer(desk))
    lines = [(name, sheet.items(name)[0]) for name in ("apology_owed", "near_limit", "waiting", "ready")]
    assert [(name, one["id"], one["next_action"], one["owner"], one["next_check"]) for name, one in lines] == [
        ("apology_owed", late, "apologise", "tmd", "2026-05-21"),
        ("near_limit", waiting, "await_supplement", "tmd", "2026-05-22"),
        ("waiting", waiting, "await_supplement", "tmd", "2026-05-22"),
        ("ready", ready, "return_result", "tmd", "2026-06-05"),
    ]


def test_a_promise_by_the_hour_is_kept_in_sight(desk: Desk) -> None:
    dossier = take_in(desk)
    promised = NOW + timedelta(hours=5)
    act(desk, dossier, "promised_earlier", due_at=promised.isoformat(), reason="dân ở xa")
    (line,) = sheet_now(desk, officer(desk)).items("promised")
    assert (line["id"], line["next_check"]) == (dossier, promised.isoformat())
    assert found_on(sheet_now(desk, officer(desk)), "today") == {dossier}


def test_a_result_that_goes_by_post_waits_for_it(desk: Desk) -> None:
    dossier = take_in(desk, return_by="post")
    act(desk, dossier, "result_ready")
    assert found_on(sheet_now(desk, None), "to_post") == {dossier}
    act(desk, dossier, "handed_to_post", carrier="VNPost")
    assert found_on(sheet_now(desk, None), "post") == {dossier}


def test_stamped_forms_and_what_was_entered_later_stand_on_the_sheet(desk: Desk) -> None:
    hoa = officer(desk, "hoa")
    assert isinstance(take_blanks(desk, hoa, [legal_day(NOW)], 3), list)
    take_in(desk, by="hoa", at=NOW - timedelta(hours=2))
    take_in(desk, by="hoa", at=NOW - timedelta(minutes=5))
    sheet = sheet_now(desk, hoa)
    assert [(one["left"], one["used"]) for one in sheet.items("forms")] == [(3, 0)]
    assert [one["entered_later"] for one in sheet.items("outage")] == [1]
    assert {one["item"] for one in sheet.items("readback")} >= {"forms"}


def test_a_hub_that_is_out_of_reach_is_told_and_what_only_this_desk_has(station: Station) -> None:
    desk = station.desks[0]
    station.sync(0)
    before = taken_at(desk)
    sheet = sheet_now(desk, officer_of(desk))
    assert found_on(sheet, "unsynced") == {before} and sheet.items("degraded") == []
    (station.root / "hub").rename(station.root / "gone")
    station.sync(0)
    (part,) = sheet_now(desk, None).items("degraded")
    assert (part["part"], part["since"] is not None) == ("network", True)
    assert {"if": "no_network", "count": 1} in sheet_now(desk, None).items("contingencies")


def test_a_printer_that_took_nothing_and_no_hub_at_all(desk: Desk) -> None:
    dossier = take_in(desk)
    assert found_on(sheet_now(desk, None), "unsynced") == set(), "without a hub it is no news that none holds it"
    job = "INSERT INTO print_job (issue, dossier, letter, state, made_at) VALUES ('i', ?, 'receipt', 'issued', 0)"
    desk.connection.execute(job, (dossier,))
    (part,) = sheet_now(desk, None).items("degraded")
    assert (part["part"], part["count"]) == ("printer", 1)


def test_another_officers_dossiers_are_not_on_it(desk: Desk) -> None:
    mine, theirs = take_in(desk, by="hoa"), take_in(desk, by="lanh")
    sheet = sheet_now(desk, officer(desk, "hoa"))
    assert found_on(sheet, "open") == {mine} and sheet.dossiers == (mine,)
    assert found_on(sheet_now(desk, None), "open") == {mine, theirs}
    row = desk.row(mine)
    assert row is not None and row.urgency is Urgency.NORMAL


def test_an_acceptance_is_one_command(desk: Desk) -> None:
    from storage.handover import accept, hand_over
    from tests.readback import restated

    take_in(desk, by="hoa", fee_paid="20000")
    shift = hand_over(desk, officer(desk, "hoa"), officer(desk, "khai"))
    assert isinstance(shift, str)
    done = accept(desk, officer(desk, "khai"), shift, restated(desk, shift))
    assert isinstance(done, Done)
    assert len({event.group_key for event in done.events}) == 1


def test_what_the_forecast_breaks_stands_among_the_watchers_and_is_read_back(desk: Desk) -> None:
    boss, hoa = officer(desk), officer(desk, "hoa")
    fresh, late, other = take_in(desk, by="hoa"), take_in(desk, at=NOW - timedelta(days=20)), take_in(desk)
    act(desk, late, "assigned", to=hoa.id)
    assert sheet_now(desk, hoa).items("foreseen") == []
    away = NoteAbsence(hoa.id, legal_day(NOW), legal_day(NOW) + timedelta(days=90), "ốm", NOW)
    assert isinstance(desk.do(away, boss), Done)
    sheet = sheet_now(desk, hoa)
    due = next(item["due_at"][:10] for item in sheet.items("open") if item["id"] == fresh)
    found = [(item["id"], item["next_action"], item["next_check"]) for item in sheet.items("foreseen")]
    assert found == [(fresh, "tell_leader", due)]
    asked = {item["item"]: item.get("next_action") for item in sheet.items("readback")}
    assert asked[fresh] == "tell_leader" and asked[late] == "apologise" and other not in asked
    assert [item["id"] for item in sheet_now(desk, None).items("foreseen")] == [fresh]


@pytest.mark.parametrize("mine", [True, False])
def test_what_was_ended_long_ago_is_not_read(desk: Desk, mine: bool) -> None:
    a_day(desk, 1)
    asked: list[str] = []
    desk.connection.set_trace_callback(asked.append)
    try:
        sheet_now(desk, officer(desk, "hoa") if mine else None)
        open_conflicts(desk)
    finally:
        desk.connection.set_trace_callback(None)
    about = [one for one in asked if one.lstrip().startswith("SELECT") and "FROM dossier" in one]
    assert any("in_conflict = 1" in one for one in about)
    for statement in about:
        plan = [row[-1] for row in desk.connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
        assert "SCAN dossier" not in plan and not any("autoindex" in step for step in plan), (statement, plan)
        assert not any("(officer=?)" in step for step in plan), (statement, plan)
