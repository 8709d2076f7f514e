"""A desk that nobody is at locks itself, and opens for its officer as it was left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from storage.settings import Settings, save_settings
from tests.conftest import PIN, Office
from tests.tui.workstation import NARROW, WIDE, Desktop, workstation
from tui.app import Workstation


def screen(desktop: Desktop) -> str:
    return type(desktop.app.screen).__name__


async def test_what_was_typed_is_there_again_after_the_pin(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await desktop.type("Nguyễn Văn")
        typed, focus = desktop.one(f"#{desktop.focus}").value, desktop.focus
        await desktop.press("ctrl+y")
        assert screen(desktop) == "LockScreen" and typed
        await desktop.type(PIN)
        await desktop.press("enter")
        assert screen(desktop) == "IntakeScreen"
        assert (desktop.one(f"#{focus}").value, desktop.focus) == (typed, focus)


async def test_no_key_leads_round_the_lock(office: Office) -> None:
    async with workstation(office) as desktop:
        await desktop.press("ctrl+y")
        places = ("f1", "f2", "f3", "f5", "f9", "f12", "alt+d", *(f"ctrl+{letter}" for letter in "ptkluy"))
        for key in (*places, "escape"):
            await desktop.press(key)
            assert screen(desktop) == "LockScreen", key
        assert len(desktop.app.screen_stack) == 3


async def test_what_comes_over_the_lock_by_itself_opens_nothing(office: Office) -> None:
    async with workstation(office) as desktop:
        await desktop.press("ctrl+y")
        desktop.app.push(desktop.app.make("messages"))
        await desktop.press("f2", "f9", "ctrl+p", "ctrl+t", "ctrl+y")
        assert len(desktop.app.screen_stack) == 4
        await desktop.press("escape")
        assert screen(desktop) == "LockScreen"


async def test_another_pin_is_told_and_three_make_a_pause(office: Office) -> None:
    async with workstation(office) as desktop:
        await desktop.press("ctrl+y")
        for _ in range(3):
            await desktop.type("9999")
            await desktop.press("enter")
        assert "✗" in desktop.says("#message") and desktop.app.pin_tries.wait()
        await desktop.type(PIN)
        await desktop.press("enter")
        assert screen(desktop) == "LockScreen"


async def test_another_officer_takes_the_desk(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await desktop.press("ctrl+y", "ctrl+o")
        assert screen(desktop) == "SignInScreen" and desktop.app.officer is None
        await desktop.type("khai" + PIN)
        await desktop.press("enter")
        assert (screen(desktop), desktop.app.officer.name) == ("QueueScreen", "Vũ Quang Khải")


@pytest.mark.parametrize(("minutes", "idle", "locks"), [(10, 400, False), (10, 601, True), (0, 9999, False)])
async def test_it_locks_itself_after_so_many_minutes(office: Office, minutes: int, idle: int, locks: bool) -> None:
    save_settings(office.folder, Settings(lock_minutes=minutes))
    async with workstation(office) as desktop:
        desktop.app.used_at -= idle
        await desktop.settle(1.5)
        assert (screen(desktop) == "LockScreen") is locks


async def test_a_key_keeps_it_open(office: Office) -> None:
    async with workstation(office) as desktop:
        desktop.app.used_at -= 9999
        await desktop.press("down")
        await desktop.settle(1.5)
        assert screen(desktop) == "QueueScreen"


async def test_at_the_sign_in_there_is_nothing_to_lock(office: Office) -> None:
    async with workstation(office) as desktop:
        await desktop.press("ctrl+o", "ctrl+y")
        assert screen(desktop) == "SignInScreen"


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_picture(office: Office, snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    async def before(pilot: Any) -> None:
        await pilot.press("ctrl+y")

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=size, run_before=before)
