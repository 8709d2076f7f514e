"""Fines on the screen: a decision entered, its payment taken and its papers given back in few keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from storage.desk import Done
from storage.fines import NewFine, enter, fines
from tests.conftest import Office, officer
from tests.tui.workstation import NARROW, WIDE, painted, workstation
from tui.app import Workstation
from tui.i18n import set_language

HELD = NewFine("QĐ 15/QĐ-XPHC", "Phạm Gia Bảo", "4000000", held=[("GPLX", "480123")], handed_on=date(2026, 5, 4))


@pytest.fixture
def fined(office: Office) -> Office:
    """A licence that waits for its fine, late; a fine alone."""
    desk = office.open()
    for one in (HELD, replace(HELD, decision="QĐ 16", name="Lê Ngọc Ánh", amount="500000", held=(), handed_on=None)):
        assert isinstance(enter(desk, officer(desk), one), Done)
    desk.close()
    return office


async def test_paid_and_given_back_in_four_keys(fined: Office) -> None:
    async with workstation(fined, "fines") as desktop:
        desk = desktop.app.desk
        await desktop.press("delete", "delete")
        assert "4.000.000" in desktop.says(), "not before the fine"
        before = desktop.keys
        await desktop.press("f10", "f10", "delete", "delete")
        assert desktop.keys - before == 4
        assert [(one.decision, one.stands) for one in fines(desk, "all")] == [
            ("QĐ 16", "owed"),
            ("QĐ 15/QĐ-XPHC", "done"),
        ]


async def test_the_portals_payment_needs_its_reference(fined: Office) -> None:
    async with workstation(fined, "fines") as desktop:
        desktop.one("#channel").value = "online"
        await desktop.press("f10", "f10")
        assert desktop.focus == "proof"
        await desktop.type("dvc77")
        await desktop.press("f10", "f10")
        assert [one.paid for one in fines(desktop.app.desk, "held")] == [4000000]


async def test_a_decision_is_entered_and_what_is_wrong_is_said(fined: Office) -> None:
    async with workstation(fined, "fines") as desktop:
        await desktop.press("insert")
        await desktop.type("qd 15/qd-xphc")
        await desktop.press("enter")
        await desktop.type("Vu Dinh Khanh")
        await desktop.press("f10")
        assert desktop.focus == "amount"
        await desktop.type("300000")
        desktop.one("#decided_on").value = "31/13"
        await desktop.press("f10")
        assert desktop.focus == "decided_on"
        desktop.one("#decided_on").value = ""
        desktop.one("#held").value = "Đăng ký xe=43A1; CCCD"
        await desktop.press("f10")
        assert "đã vào sổ" in desktop.says()
        desktop.one("#decision").value = "QĐ 17"
        await desktop.press("f10")
        await desktop.settle()
        assert ("QĐ 17", 2) in [(one.decision, one.held) for one in fines(desktop.app.desk)]
        assert "QĐ 17" in painted(desktop.app)


async def test_the_day_of_seizure_is_asked_of_a_vehicle_alone(fined: Office) -> None:
    async with workstation(fined, "fines") as desktop:
        await desktop.press("insert")
        await desktop.settle()
        assert not desktop.one("#seized").display
        for name, text in (("decision", "QĐ 20"), ("name", "Xe Cũ"), ("amount", "1000000"), ("held", "Xe=43A")):
            desktop.one(f"#{name}").value = text
        desktop.one("#vehicle").focus()
        await desktop.press("right")
        await desktop.settle()
        assert desktop.one("#seized").display
        desktop.one("#seized_on").value = "18/5"
        await desktop.press("f10")
        await desktop.settle()
        (one,) = [one for one in fines(desktop.app.desk) if one.decision == "QĐ 20"]
        assert one.seized_on is not None and one.seized_on.isoformat() == "2026-05-18"


@pytest.mark.parametrize(("language", "size"), [("vi", NARROW), ("vi", WIDE), ("en", NARROW)])
def test_picture(fined: Office, snap_compare: Callable[..., bool], language: str, size: tuple[int, int]) -> None:
    set_language(language)
    app = Workstation(fined.folder, officer="tmd")
    assert snap_compare(app, terminal_size=size, press=["alt+v"])


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_form(fined: Office, snap_compare: Callable[..., bool], language: str) -> None:
    set_language(language)
    app = Workstation(fined.folder, officer="tmd")
    assert snap_compare(app, terminal_size=NARROW, press=["alt+v", "insert"])
