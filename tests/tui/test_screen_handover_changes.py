"""F5 and what changes between the two signatures, and what past handovers tell of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.desk import Done
from storage.handover import accept, hand_over
from tests.conftest import NOW, PIN, Office, act, officer, take_in
from tests.readback import restated
from tests.tui.workstation import Desktop, workstation


@pytest.fixture
def late(office: Office) -> str:
    """A dossier of hoa's past its date, whose fee lies in her drawer."""
    desk = office.open()
    found = take_in(desk, "Phạm Gia Bảo", at=NOW - timedelta(days=20))
    act(desk, found, "assigned", to="officer-hoa")
    act(desk, found, "payment_received", by="hoa", amount="40000", method="cash")
    desk.close()
    return found


def given(office: Office) -> str:
    desk = office.open()
    shift = hand_over(desk, officer(desk, "hoa"), officer(desk, "khai"))
    desk.close()
    assert isinstance(shift, str)
    return shift


def shown(desktop: Desktop) -> str:
    return " ".join(desktop.one("#readback-lines").lines(80))


async def test_a_new_date_and_another_urgency_are_told_while_it_is_read_back(office: Office, late: str) -> None:
    given(office)
    async with workstation(office, "handover", officer="khai") as desktop:
        await desktop.press("n")
        assert "Hạn nay là" not in shown(desktop) and "Từ khi ký phiếu" not in shown(desktop)
        desk = desktop.app.desk
        assert isinstance(act(desk, late, "delay_excused", reason="bão", basis="Đ.22"), Done)
        desktop.app.screen.fill()
        await desktop.settle(0)
        assert "Từ khi ký phiếu đã thành: Quá hạn" in shown(desktop)
        assert isinstance(act(desk, late, "rescheduled", due_at="2026-06-08T17:00:00+07:00", reason="bão"), Done)
        desktop.app.screen.fill()
        await desktop.settle(0)
        assert "Hạn nay là 08/06 17:00" in shown(desktop)


async def test_past_handovers_tell_what_was_counted_otherwise(office: Office, late: str) -> None:
    shift = given(office)
    desk = office.open()
    said = restated(desk, shift) | {"money:cash": "39.000", "reason": "thối nhầm"}
    assert isinstance(accept(desk, officer(desk, "khai"), shift, said), Done)
    desk.close()
    async with workstation(office, "handover", officer="khai") as desktop:
        await desktop.press("l")
        lines = [" ".join(row.cells) for row, *_ in desktop.one("LineTable").picture()]
        assert any("39.000" in line and "40.000" in line for line in lines)
        assert any("thối nhầm" in line for line in lines)


async def test_the_only_one_who_fits_what_was_typed_is_the_receiver(office: Office, late: str) -> None:
    async with workstation(office, "handover", officer="hoa") as desktop:
        desktop.one("#handover-to").field.focus()
        await desktop.type("khai")
        await desktop.press("tab")
        assert desktop.one("#handover-to").field.value == "Vũ Quang Khải"
        desktop.one("#handover-pin").focus()
        await desktop.press(*PIN, "f10")
        assert "Đã ký giao" in desktop.says()


async def test_what_fits_several_or_nobody_stays_open(office: Office, late: str) -> None:
    async with workstation(office, "handover", officer="hoa") as desktop:
        for typed in ("h", "zzz"):
            field = desktop.one("#handover-to").field
            field.focus()
            field.value = ""
            await desktop.type(typed)
            await desktop.press("tab")
            assert field.value == typed and desktop.one("#handover-to").choice is None
