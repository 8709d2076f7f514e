"""What desks decided apart on one screen, side by side, and decided there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from core.answers import Refusal
from storage.conflicts import conflicts_of
from storage.desk import Done
from storage.sync.joining import start_desk
from tests.conftest import Office
from tests.storage.amended import amend, closed, counted, permit, version
from tests.storage.sync_desks import OFFICERS, PIN, START, Station, act, new_desk, officer_of, take_in
from tests.storage.test_handover_desks import accepted_apart, owners
from tests.tui.workstation import NARROW, WIDE, Desktop, workstation
from tui.app import Workstation
from tui.conflict_words import contested
from tui.screens.conflict import ConflictScreen
from tui.screens.dossier import DossierScreen

MIDDLE = (100, 30)
SLIP = {"letter": "receipt", "number": "7", "promised_at": "2026-12-01T17:00:00+07:00"}


def in_turn(station: Station) -> None:
    """Each desk's clock five minutes after the one before it, so that branches stand in their order."""
    for number, desk in enumerate(station.desks):
        now = desk.now
        desk.now = lambda now=now, number=number: now() + timedelta(minutes=5 * number)  # type: ignore[misc]


def apart(station: Station, desks: int = 2) -> str:
    """A result with its slip at the first desk, a refusal at the second, a withdrawal at the third."""
    in_turn(station)
    dossier = take_in(station.desks[0], "Đặng Thị Đào")
    station.sync(0, 1, 2)
    kinds = (
        ("result_ready", {"document": "12/KQ"}),
        ("refused", {"reason": "Chỗ ở đang tranh chấp"}),
        ("withdrawn", {}),
    )
    for desk, (kind, fields) in list(zip(station.desks, kinds, strict=True))[:desks]:
        assert isinstance(act(desk, dossier, kind, **fields), Done)
    act(station.desks[0], dossier, "letter_issued", **SLIP)
    station.sync(0, 1, 2, 0)
    return dossier


def law_apart(station: Station) -> str:
    in_turn(station)
    one, other, _ = station.desks
    dossier = take_in(one)
    storm = closed("2026-11-25", "2026-11-26")
    amend(one, officer_of(one), storm)
    station.sync(0, 1, 0)
    amend(one, officer_of(one), {"decision": "TB 2", "withdrawn": ["2026-11-25", "2026-11-26"]})
    amend(other, officer_of(other), storm | {"decision": "TB 3"})
    station.sync(0, 1, 2, 0)
    return dossier


def at(station: Station, number: int = 0) -> Office:
    return Office(station.root / f"d{number}")


def columns(desktop: Desktop, width: int = 76) -> str:
    return "\n".join(desktop.one("#branches").lines(width))


async def test_a_leader_decides_from_the_sync_screen(station: Station) -> None:
    dossier = apart(station)
    async with workstation(at(station), "sync", officer=OFFICERS[0]) as desktop:
        await desktop.press("enter")
        assert isinstance(desktop.app.screen, ConflictScreen)
        told = columns(desktop, 200)
        assert "Giấy hẹn 7 (hẹn 01/12 17:00)" in told
        assert "Chưa in giấy nào" in told and "Lê Thị Lan" in told and "Quầy 2" in told
        await desktop.press("right", "enter")
        assert desktop.focus == "reason"
        await desktop.type("da xem lai")
        await desktop.press("escape", "enter")
        assert desktop.one("#reason").value == "da xem lai"  # Esc was a wrong key
        await desktop.press("right", "f10")
        assert type(desktop.app.screen).__name__ == "SyncScreen" and "✓" in desktop.says()
        assert desktop.app.desk.connection.execute("SELECT count(*) FROM draft").fetchone() == (0,)
        found = desktop.app.desk.dossier(dossier)
        assert (found.outcome, found.conflicts) == ("refused", ())
        assert found.events[-1].body["reason"] == "da xem lai"


async def test_an_unconfirmed_desks_leader_is_told_that_the_decision_waits(station: Station) -> None:
    dossier = apart(station)
    station.desks.append(start_desk(station.root / "d3", replace(new_desk(4), officer="Phan Tư"), [station.hub]).desk)
    station.sync(3, 0, 3)
    async with workstation(at(station, 3), "sync", officer="Phan Tư") as desktop:
        await desktop.press("enter", "f10")
        assert "✓" in desktop.says() and "chưa có hiệu lực" in desktop.says()
    assert conflicts_of(station.desks[3], dossier)


async def test_a_slow_clock_is_told_where_something_is_done(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    dossier = take_in(station.desks[0])
    station.sync(0, 1)
    monkeypatch.setenv("MOTCUA_NOW", (START - timedelta(minutes=10)).isoformat())
    async with workstation(at(station, 1), "queue", officer=OFFICERS[1]) as desktop:
        desktop.app.push(desktop.app.make("action_form", dossier, "result_ready"))
        await desktop.press("f10")
        assert "✓" in desktop.says() and "kiểm tra đồng hồ" in desktop.says()
        found = desktop.app.desk.dossier(dossier)
        assert found is not None and found.events[-1].at == START


async def test_it_is_reached_from_the_dossier_and_only_while_there_is_one(station: Station) -> None:
    dossier = apart(station)
    async with workstation(at(station), officer=OFFICERS[0]) as desktop:
        desktop.app.push(DossierScreen(dossier))
        await desktop.settle()
        await desktop.press("c")
        assert isinstance(desktop.app.screen, ConflictScreen)
        await desktop.press("2", "1", "f10")
        assert isinstance(desktop.app.screen, DossierScreen)
        assert desktop.app.desk.dossier(dossier).outcome == "approved"
        await desktop.press("c")
        assert isinstance(desktop.app.screen, DossierScreen)


async def test_the_palette_and_the_actions_lead_there(station: Station) -> None:
    dossier = apart(station)
    async with workstation(at(station), officer=OFFICERS[0]) as desktop:
        await desktop.press("ctrl+p")
        await desktop.type("xung dot")
        await desktop.press("enter")
        assert isinstance(desktop.app.screen, ConflictScreen)
        await desktop.press("escape")
        desktop.app.push(desktop.app.make("actions", dossier))
        await desktop.settle()
        await desktop.type("giai quyet")
        await desktop.press("enter")
        assert isinstance(desktop.app.screen, ConflictScreen)


async def test_what_applies_meanwhile_and_what_keeping_each_would_do_is_said(station: Station) -> None:
    in_turn(station)
    dossier = take_in(station.desks[0])
    station.sync(0, 1)
    act(station.desks[0], dossier, "extended", amount="3", unit="working_day", reason="x")
    act(station.desks[1], dossier, "supplement_requested", items=["CT01"])
    station.sync(0, 1, 0)
    async with workstation(at(station), officer=OFFICERS[0]) as desktop:
        desktop.app.push(ConflictScreen(dossier))
        await desktop.settle()
        head = " ".join(desktop.one("#conflict_head").lines(200))
        assert "Đang tạm tính theo hạn sớm hơn: 17:00 thứ Năm 03/12/2026" in head
        told = columns(desktop, 200)
        assert "→ Nếu giữ: Mới nhận, 08/12 17:00" in told and "→ Nếu giữ: Chờ bổ sung" in told


async def test_three_ways_are_moved_through_and_one_is_kept(station: Station) -> None:
    dossier = apart(station, 3)
    async with workstation(at(station), officer=OFFICERS[0]) as desktop:
        desktop.app.push(ConflictScreen(dossier))
        await desktop.settle()
        assert "3/3" not in columns(desktop)
        await desktop.press("3")
        assert "▶ 3/3" in columns(desktop)
        await desktop.press("f10")
        found = desktop.app.desk.dossier(dossier)
        assert (found.state, found.conflicts) == ("withdrawn", ())


async def test_who_is_no_leader_sees_it_and_is_refused(station: Station) -> None:
    dossier = apart(station)
    from core.station import AddOfficer

    desk = station.desks[0]
    added = AddOfficer("clerk", "vtx", "Vũ Thị Xuân", ("front_desk",), desk.sealed_verifier(PIN), desk.now())
    assert not isinstance(desk.do(added, officer_of(desk)), Refusal)
    async with workstation(at(station), officer="vtx") as desktop:
        desktop.app.push(ConflictScreen(dossier))
        await desktop.settle()
        await desktop.press("f10")
        assert isinstance(desktop.app.screen, ConflictScreen) and desktop.says().startswith("✗")
        assert desktop.app.desk.dossier(dossier).conflicts


async def test_amendments_that_make_no_law_together_stand_in_the_sync_screen_and_one_is_kept(station: Station) -> None:
    in_turn(station)
    case = counted("2026-11-25T09:00", "2026-12-02T17:00")
    for desk, first in zip(station.desks, ("2026-01-01", "2026-02-01"), strict=False):
        amend(desk, officer_of(desk), permit(version(first, case)))
    station.sync(0, 1, 2, 0)
    async with workstation(at(station), "sync", officer=OFFICERS[0]) as desktop:
        assert desktop.one("LineTable").current.conflict
        await desktop.press("enter")
        assert "chỉ một bản có hiệu lực" in " ".join(desktop.one("#conflict_head").lines(300))
        assert columns(desktop, 200).count("chưa có hiệu lực") == 1
        await desktop.press("2", "f10")
        assert "motcua catalogue amend" in desktop.says()
        await desktop.press("1", "f10")
        assert type(desktop.app.screen).__name__ == "PreviewScreen"
        await desktop.type(PIN)
        await desktop.press("f10")
        assert desktop.app.desk.projection.law_conflicts() == []


async def test_rows_of_law_are_shown_with_what_they_move_before_they_are_decided(station: Station) -> None:
    law_apart(station)
    async with workstation(at(station), "sync", officer=OFFICERS[0]) as desktop:
        assert "Lịch làm việc" in desktop.one("LineTable").current.name
        await desktop.press("enter")
        told = columns(desktop, 120)
        assert "TB 2" in told and "Đóng cửa vì bão" in told
        await desktop.press("right", "f10")
        assert type(desktop.app.screen).__name__ == "PreviewScreen"
        await desktop.type(PIN)
        await desktop.press("f10")
        assert type(desktop.app.screen).__name__ == "SyncScreen"
        assert not desktop.app.desk.law.rivals and desktop.one("LineTable").current.conflict is False


async def test_what_somebody_else_decided_meanwhile_is_told(station: Station) -> None:
    dossier = apart(station)
    async with workstation(at(station), officer=OFFICERS[0]) as desktop:
        desktop.app.push(ConflictScreen(dossier))
        await desktop.settle()
        (conflict,) = station.desks[0].dossier(dossier).conflicts  # type: ignore[union-attr]
        branches = list(conflict.branches)
        act(station.desks[0], dossier, "conflict_resolved", branches=branches, keep=branches[0])
        desktop.app.screen.news()
        assert "Không còn xung đột" in " ".join(desktop.one("#conflict_head").lines(100))
        await desktop.press("right", "2", "f10", "enter")
        assert isinstance(desktop.app.screen, ConflictScreen)


async def test_a_value_that_another_desk_replaced_unseen_is_shown_on_the_dossier(station: Station) -> None:
    in_turn(station)
    one, other, _ = station.desks
    dossier = take_in(one)
    station.sync(0, 1)
    act(one, dossier, "corrected", field="applicant.phone", new="0905000001")
    act(other, dossier, "corrected", field="applicant.phone", new="0905000002")
    station.sync(0, 1, 0)
    async with workstation(at(station), officer=OFFICERS[0]) as desktop:
        desktop.app.push(DossierScreen(dossier))
        await desktop.settle()
        told = " ".join(desktop.one("#facts").lines(200))
        assert "≠ Điện thoại: «0905000001» (Đ/c Trần Minh, quầy 1" in told
        act(one, dossier, "corrected", field="applicant.phone", new="0905000003")
        desktop.app.screen.news()
        assert "≠" not in " ".join(desktop.one("#facts").lines(200))


@pytest.mark.parametrize("size", [NARROW, MIDDLE, WIDE])
@pytest.mark.parametrize("desks", [2, 3])
def test_picture(station: Station, snap_compare: Callable[..., bool], size: tuple[int, int], desks: int) -> None:
    dossier = apart(station, desks)

    async def before(pilot: object) -> None:
        pilot.app.push(ConflictScreen(dossier))  # type: ignore[attr-defined]
        await pilot.pause(0.3)  # type: ignore[attr-defined]
        await pilot.press("right")  # type: ignore[attr-defined]

    app = Workstation(station.root / "d0", officer=OFFICERS[0])
    assert snap_compare(app, terminal_size=size, run_before=before)


async def test_a_handover_that_two_accepted_stands_side_by_side(station: Station) -> None:
    shift, dossiers = accepted_apart(station)
    async with workstation(at(station, 2), "sync", officer=OFFICERS[2]) as desktop:
        assert [entity for entity, _ in contested(desktop.app.desk)] == [f"shift:{shift}"]
        desktop.app.push(desktop.app.make("conflict", dossiers[0]))
        await desktop.settle()
        told = columns(desktop, 200)
        assert all(name in told for name in OFFICERS[1:])
        await desktop.press("f10")
        await desktop.settle()
        assert conflicts_of(desktop.app.desk, f"shift:{shift}") == []
        assert len(owners(desktop.app.desk, dossiers)) == 1
