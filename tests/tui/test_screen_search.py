"""One box finds a dossier by whatever a citizen has at hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.conftest import NOW, Office, take_in
from tests.tui.workstation import CARD, NARROW, WIDE, Desktop, workstation
from tui.screens.search_rows import wanted_text

DAO = {
    "kind": "citizen",
    "name": "Nguyễn Thị Hồng Đào",
    "number": "001185012345",
    "phone": "0912345678",
    "address": "Số 5 ngõ 12, Hòa Hải",
}


def prepared(office: Office) -> str:
    desk = office.open()
    take_in(desk, name="Lê Ngọc Ánh", at=NOW - timedelta(hours=1))
    found = take_in(desk, applicant=DAO)
    desk.close()
    return found


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        (CARD, "001185012345"),
        ("0912 345 678", "0912345678"),
        ("h30-001-260521-0002", "H30-001-260521-0002"),
        ("hồng đào", "hồng đào"),
        ("0412", "0412"),
    ],
)
def test_scans_and_blanks_become_what_is_searched(typed: str, wanted: str) -> None:
    assert wanted_text(typed, date(2026, 5, 21)) == wanted


async def test_enter_opens_what_was_typed(office: Office) -> None:
    wanted = prepared(office)
    async with workstation(office, "search") as desktop:
        for text in ("hong dao", "001185012345", "0912 345 678", "260521-0002", "521-0002", "hoa hai"):
            await desktop.type(text)
            await desktop.press("enter")
            assert type(desktop.app.screen).__name__ == "DossierScreen", text
            await desktop.press("escape")
            assert desktop.one("#box").value == text
            assert desktop.one("LineTable").current.id == wanted
            await desktop.press("escape")
            assert desktop.one("#box").value == ""


async def test_arrows_choose_while_the_box_keeps_the_focus_and_nothing_found_says_what_to_try(office: Office) -> None:
    prepared(office)
    async with workstation(office, "search") as desktop:
        await desktop.type("260521")
        await desktop.settle()
        assert "2" in desktop.says("#found")
        first = desktop.one("LineTable").current.id
        await desktop.press("down")
        assert desktop.one("LineTable").current.id != first
        assert desktop.focus == "box"
        await desktop.type("xyz")
        await desktop.settle()
        assert "Không tìm thấy" in desktop.says("#found")
        await desktop.press("enter")
        assert type(desktop.app.screen).__name__ == "SearchScreen"


async def test_what_is_only_near_is_told_and_opened_once_it_was_seen(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.screens.search._TYPING", 3600)  # only Enter looks
    wanted = prepared(office)
    async with workstation(office, "search") as desktop:
        await desktop.type("hogn dao")
        await desktop.press("enter")  # before anything could be read
        assert type(desktop.app.screen).__name__ == "SearchScreen"
        assert "gần giống" in desktop.says("#found")
        assert desktop.one("LineTable").current.id == wanted
        await desktop.press("enter")
        assert type(desktop.app.screen).__name__ == "DossierScreen"


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_picture(office: Office, snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    from tui.app import Workstation

    prepared(office)

    async def before(pilot: Any) -> None:
        desktop = Desktop(pilot.app, pilot)
        await pilot.app.run_action("go('search')")
        await pilot.pause()
        await desktop.type("260521")
        await desktop.settle(0.2)

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=size, run_before=before)
