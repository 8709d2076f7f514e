"""The lists of what waits: uncollected results, the post, papers held; each with its bulk action."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from storage.desk import Desk
from storage.results import manifests
from tests.conftest import NOW, Office, act, take_in
from tests.tui.workstation import NARROW, WIDE, Desktop, workstation

BAO = {"kind": "citizen", "name": "Phạm Gia Bảo", "number": "048085099999", "address": "5 Hàn Thuyên"}


def filled(office: Office) -> tuple[str, str, str]:
    """An uncollected result, one for the post, one that is out with a licence left here."""
    desk = office.open()
    uncollected = ready(desk, at=NOW - timedelta(days=20))
    posted, held = ready(desk, return_by="post"), ready(desk)
    act(desk, held, "original_taken", paper="GPLX", shelf="Két 2", keeper="officer-hoa", next_check="2026-06-01")
    act(desk, held, "result_returned", capacity="self")
    desk.close()
    return uncollected, posted, held


def ready(desk: Desk, at: datetime = NOW, **facts: Any) -> str:
    dossier = take_in(desk, applicant=BAO, at=at, by="lanh", **facts)
    act(desk, dossier, "result_ready", shelf="B3", by="lanh", at=at)
    return dossier


async def test_what_nobody_fetched_is_reminded_of_by_two_presses(office: Office) -> None:
    uncollected, _, _ = filled(office)
    async with workstation(office, "lists") as desktop:
        await desktop.press("f10")
        assert "1" in desktop.says()
        assert desktop.app.desk.dossier(uncollected).reminded_at is None
        await desktop.press("f10")
        assert desktop.app.desk.dossier(uncollected).reminded_at == NOW


async def test_a_batch_for_the_post_with_its_tracking_number(office: Office) -> None:
    _, posted, _ = filled(office)
    async with workstation(office, "lists") as desktop:
        await desktop.press("2", "f10")
        assert desktop.focus == "carrier"
        await desktop.type("VNPost")
        await desktop.press("tab")
        await desktop.type("EB1VN")
        await desktop.press("enter", "f10", "f10")
        assert desktop.app.desk.dossier(posted).at_post
        (manifest,) = manifests(desktop.app.desk, NOW.date())
        assert [one.event.body["tracking"] for one in manifest.items] == ["EB1VN"]
        await desktop.press("3")
        assert desktop.one("LineTable").current.id == posted


async def test_who_has_no_address_is_named_before_a_batch_goes(office: Office) -> None:
    desk = office.open()
    lost = take_in(desk, applicant={"kind": "citizen", "name": "Lê An"}, return_by="post", by="lanh")
    act(desk, lost, "result_ready", by="lanh")
    number = str(desk.row(lost)["receipt_number"])
    desk.close()
    async with workstation(office, "lists") as desktop:
        await desktop.press("2")
        desktop.one("#carrier").value = "VNPost"
        await desktop.press("f10")
        assert f"chưa có địa chỉ: {number}" in desktop.says()
        await desktop.press("f10")
        assert desktop.app.desk.dossier(lost).at_post


async def test_papers_held_stand_by_the_day_of_their_check(office: Office) -> None:
    *_, held = filled(office)
    async with workstation(office, "lists") as desktop:
        await desktop.press("4", "f10")
        assert desktop.one("LineTable").current.id == held
        assert desktop.says()
        await desktop.press("enter")
        told = " ".join(desktop.one("#facts").lines(200))
        assert "GPLX" in told and "Lê Thị Hoa" in told and "01/06" in told


@pytest.mark.parametrize(("typed", "count"), [("giu giay to", 1), ("gui buu dien", 1), ("cho nhan", 2)])
async def test_the_queue_is_narrowed_by_what_waits(office: Office, typed: str, count: int) -> None:
    filled(office)
    async with workstation(office, "queue") as desktop:
        await desktop.press("slash")
        await desktop.type(typed)
        await desktop.settle()
        assert str(count) in str(desktop.one("#found").content)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_picture(office: Office, snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    from tui.app import Workstation

    filled(office)

    async def before(pilot: Any) -> None:
        desktop = Desktop(pilot.app, pilot)
        await pilot.app.run_action("go('lists')")
        await pilot.pause()
        await desktop.press("2")

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=size, run_before=before)
