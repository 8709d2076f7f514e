"""Why a dossier stands where it does, and another order of the queue: tried by anyone, set by a leader."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.queue import BY_LAW, BY_RECEIPT
from tests.conftest import Office, take_in
from tests.tui.queue_station import MORNING, fill_queue
from tests.tui.workstation import NARROW, WIDE, Desktop, workstation
from tui.app import Workstation
from tui.screens.queue_rows import RowWords


@pytest.fixture
def stories(office: Office, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The morning's queue, and one that is due soon."""
    found, desk = fill_queue(office.folder, monkeypatch), office.open()
    found["soon"] = take_in(desk, "Trần Hữu Phúc", procedure="temporary-residence", at=MORNING)
    desk.close()
    return found


def lines(desktop: Desktop, name: str) -> str:
    return "\n".join(desktop.one(name).lines(110))


def rows(desktop: Desktop) -> list[tuple[str, ...]]:
    """The state, the date and what is left of each line of the queue."""
    desk = desktop.app.desk
    words = RowWords.of(desk.law, desk.identity.unit, desk.now())
    return [words.cells(row)[4:] for row, _, _ in desktop.one("LineTable").picture()]


async def test_w_tells_bucket_bound_terms_and_neighbours(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office) as desktop:
        await desktop.press("w")
        told = lines(desktop, "#place")
        assert "Nhóm «Nợ thư xin lỗi», thứ 1 trong 8 nhóm" in told
        assert "trước hôm nay (thứ Hai 15/06/2026)" in told and "NĐ 118/2025" in told
        assert "Không có hồ sơ nào đứng trên." in told and "thuộc nhóm «Quá hạn»" in told
        await desktop.press("w", "down", "down", "down", "down", "w")
        told = lines(desktop, "#place")
        assert "Trong nhóm xếp theo: 1. hạn" in told and "khác ở hạn" in told


async def test_a_step_of_a_limit_and_what_waits_for_its_fee_say_what_they_are(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = office.open()
    take_in(desk, procedure="vehicle-certificate-reissue", variant="certificate", fee_paid="50000")
    take_in(desk, procedure="vehicle-first-registration")
    desk.close()
    monkeypatch.setenv("MOTCUA_NOW", "2026-06-23T09:00:00+07:00")
    async with workstation(office, size=WIDE) as desktop:
        step, unpaid = ("Đang xác minh", "22/06", "quá 1 ngày"), ("Chờ thu phí", "–", "chưa tính")
        assert rows(desktop) == [step, unpaid]
        await desktop.press("w")
        told = lines(desktop, "#place")
        assert "Nhóm «Quá hạn»" in told and "hạn là của bước này" in told and "xin lỗi" not in told
        assert "Hạn của cả hồ sơ tính tiếp từ khi có «Xác minh xong»" in lines(desktop, "#reasons")
        assert "22/06/2026" in lines(desktop, "#dates")
        await desktop.press("w", "down", "w")
        assert "chờ nộp phí" in lines(desktop, "#place")


async def test_neighbours_are_those_of_the_list_that_is_shown(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office) as desktop:
        await desktop.press("3", "w")
        assert "Không có hồ sơ nào đứng dưới." in lines(desktop, "#place")


async def test_a_leader_tries_an_order_and_sets_it(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office) as desktop:
        await desktop.press("w", "a")
        assert "0 hồ sơ đổi chỗ" in lines(desktop, "#moved")
        await desktop.press("left", "enter", "right")
        assert "→" in lines(desktop, "#moved") and desktop.app.desk.bounds().order == BY_LAW
        await desktop.press("f10")
        assert "lý do" in desktop.says() and desktop.focus == "reason"
        await desktop.type("tb 12")
        await desktop.press("f10")
        order = desktop.app.desk.bounds().order
        assert order.free == BY_LAW.free[::-1] and order.ties == BY_RECEIPT
        assert type(desktop.app.screen).__name__ == "WhyScreen"
        assert "Thứ tự do đơn vị đặt từ 15/06/2026 (tb 12)" in lines(desktop, "#place")


async def test_who_does_not_lead_may_try_it_only(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office, officer="hoa") as desktop:
        await desktop.press("w", "a", "left", "tab", "tab")
        await desktop.type("x")
        await desktop.press("f10")
        assert desktop.says().startswith("✗") and desktop.app.desk.bounds().order == BY_LAW


@pytest.mark.parametrize(("size", "screen"), [(NARROW, "why"), (WIDE, "why"), (NARROW, "order"), (WIDE, "order")])
def test_picture(
    office: Office, stories: dict[str, str], snap_compare: Callable[..., bool], size: tuple[int, int], screen: str
) -> None:
    async def before(pilot: object) -> None:
        keys = ["w"] if screen == "why" else ["w", "a", "left", "tab", "right"]
        await pilot.press("down", "down", "down", *keys)  # type: ignore[attr-defined]
        await pilot.pause(0.2)  # type: ignore[attr-defined]

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=size, run_before=before)
