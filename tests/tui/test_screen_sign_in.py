"""Who is at the desk; the first start; the help and the palette."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from core.answers import InvalidInput
from storage.sync.exchange import exchange
from storage.sync.folder_hub import FolderHub
from storage.sync.join_codes import JoinCode, make_join_code
from tests.conftest import NOW, PIN, UNIT, Office
from tests.tui.workstation import NARROW, WIDE, Desktop, workstation
from tui.app import Workstation
from tui.pin_tries import PinTries


async def at_the_door(office: Office, desktop: Desktop) -> None:
    await desktop.press("ctrl+o")
    assert desktop.app.officer is None


async def opened(app: Workstation, name: str) -> None:
    """Wait for a screen that a thread's work leads to."""
    for _ in range(200):
        if type(app.screen).__name__ == name:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(type(app.screen).__name__)


async def test_an_officer_comes_in_by_code_and_pin(office: Office) -> None:
    async with workstation(office) as desktop:
        await at_the_door(office, desktop)
        await desktop.type("khai" + PIN)
        await desktop.press("enter")
        assert desktop.app.officer.name == "Vũ Quang Khải"
        assert type(desktop.app.screen).__name__ == "QueueScreen"


async def test_the_number_in_the_list_is_enough_and_arrows_choose(office: Office) -> None:
    async with workstation(office) as desktop:
        officers = [one for one in desktop.app.desk.officers.all() if one.active]
        await at_the_door(office, desktop)
        await desktop.type("2" + PIN)
        await desktop.press("enter")
        assert desktop.app.officer == officers[1]
        await desktop.press("ctrl+o", "down", "down", "enter")
        await desktop.type(PIN)
        await desktop.press("enter")
        assert desktop.app.officer == officers[2]


@pytest.mark.parametrize("name", ["khai", "1"])
async def test_tab_after_the_name_leads_to_the_pin_and_nobody_can_read_it(office: Office, name: str) -> None:
    async with workstation(office) as desktop:
        await at_the_door(office, desktop)
        await desktop.type(name)
        await desktop.press("tab")
        await desktop.type(PIN)
        assert desktop.one("#pin").value == PIN
        assert PIN not in desktop.one("#officer").field.value
        await desktop.press("enter")
        assert desktop.app.officer is not None


async def test_a_wrong_pin_is_told_and_three_make_a_pause(office: Office) -> None:
    async with workstation(office) as desktop:
        await at_the_door(office, desktop)
        await desktop.type("khai")
        for left in ("2", "1", "5"):
            await desktop.type("1111")
            await desktop.press("enter")
            assert left in desktop.says()
        await desktop.type(PIN)
        await desktop.press("enter")
        assert desktop.app.officer is None and desktop.one("#pin").value == PIN
        desktop.app.pin_tries = PinTries()
        await desktop.press("enter")
        assert desktop.app.officer is not None


async def test_before_sign_in_no_place_opens(office: Office) -> None:
    async with workstation(office) as desktop:
        await at_the_door(office, desktop)
        await desktop.press("f1", "f2", "escape")
        assert type(desktop.app.screen).__name__ == "SignInScreen"


async def test_a_first_start_founds_a_desk_and_says_what_is_wrong(tmp_path: Path) -> None:
    app = Workstation(tmp_path / "new")
    async with app.run_test(size=NARROW) as pilot:
        desktop = Desktop(app, pilot)
        await desktop.settle()
        await desktop.press("f10")
        assert desktop.focus == "unit" and desktop.says().startswith("✗")
        for text in ("X01.TEST", "Công an phường Thử", "3", "Lê Hà", "2468", "2469"):
            await desktop.type(text)
            await desktop.press("enter")
        await desktop.press("f10")
        assert desktop.focus == "pin_again" and "PIN" in desktop.says()
        desktop.one("#pin_again").value = "2468"
        await desktop.press("f10")
        await opened(app, "SignInScreen")
        assert (app.desk.identity.number, app.desk.identity.unit_name) == (3, "Công an phường Thử")
        assert [one.name for one in app.desk.officers.all()] == ["Lê Hà"]
    app.desk.close()


async def test_a_first_start_joins_with_a_code_and_tells_one_that_does_not_hold(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_NOW", NOW.isoformat())
    hub = FolderHub(tmp_path / "hub")
    hub.create()
    first = office.open()
    assert exchange(first, hub).error is None
    made = make_join_code(first, hub, first.officers.find("tmd"))
    assert isinstance(made, JoinCode)
    app = Workstation(tmp_path / "new")
    async with app.run_test(size=NARROW) as pilot:
        desktop = Desktop(app, pilot)
        await desktop.settle()
        values = {"unit": UNIT, "desk": "2", "officer": "Lê Hà", "pin": PIN, "pin_again": PIN, "hub": hub.url}
        for name, value in values.items():
            desktop.one(f"#{name}").value = value
        desktop.one("#code").value = made.code[:-1]
        await desktop.press("f10")
        await app.workers.wait_for_complete()
        await desktop.settle()
        assert desktop.focus == "code" and "Mã gia nhập" in desktop.says()
        desktop.one("#code").value = made.code.lower()
        await desktop.press("f10")
        await opened(app, "SignInScreen")
        desks = app.desk.projection.desks()
        assert desks.known[app.desk.identity.desk].confirmed and app.desk.keys() == first.keys()
    app.desk.close()
    first.close()


async def test_a_folder_in_the_making_opens_when_it_is_done(office: Office) -> None:
    told: list[int] = []

    def prepare(progress: Callable[[int, int], None]) -> Path:
        for done in range(3):
            progress(done, 3)
            told.append(done)
        return office.folder

    app = Workstation(None, officer="tmd", prepare=prepare)
    async with app.run_test(size=NARROW):
        await opened(app, "QueueScreen")
        assert told == [0, 1, 2]
    app.desk.close()


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    def prepare(progress: Callable[[int, int], None]) -> Path:
        raise InvalidInput("disk_full")

    app = Workstation(None, prepare=prepare)
    async with app.run_test(size=NARROW) as pilot:
        await pilot.pause(0.2)
    assert app.return_code == 1


async def test_help_lists_the_keys_of_the_screen_below(office: Office) -> None:
    async with workstation(office) as desktop:
        await desktop.press("f12")
        words = "\n".join(desktop.one("#keys").lines(100))
        assert "Lọc" in words and "Nợ xin lỗi" in words and "Ctrl+O" in words
        assert "Lưu" not in words
        await desktop.type("in lai")
        assert [line.split() for line in desktop.one("#keys").lines(60)] == [["p", "In", "lại"]]
        await desktop.press("escape", "escape")
        assert type(desktop.app.screen).__name__ == "QueueScreen"


async def test_the_palette_opens_an_intake_by_a_short_name(office: Office) -> None:
    async with workstation(office) as desktop:
        await desktop.press("ctrl+p")
        await desktop.type("ttr")
        await desktop.press("enter")
        await desktop.settle()
        assert type(desktop.app.screen).__name__ == "IntakeScreen"


async def test_the_palette_presses_keys_of_the_screen_below(office: Office) -> None:
    async with workstation(office) as desktop:
        await desktop.press("ctrl+p")
        await desktop.type("dong bo")
        await desktop.press("enter")
        await desktop.settle()
        assert type(desktop.app.screen).__name__ == "SyncScreen"


def test_without_a_terminal_the_commands_are_named(cli: Callable[..., object], office: Office) -> None:
    ran = cli()
    assert ran.status == 1 and "motcua --plain" in ran.err


@pytest.mark.parametrize("size", [NARROW, WIDE])
@pytest.mark.parametrize("place", ["sign_in", "help"])
def test_picture(office: Office, snap_compare: Callable[..., bool], size: tuple[int, int], place: str) -> None:
    async def before(pilot: object) -> None:
        await pilot.press("ctrl+o" if place == "sign_in" else "f12")  # type: ignore[attr-defined]
        await pilot.pause(0.1)  # type: ignore[attr-defined]

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=size, run_before=before)
