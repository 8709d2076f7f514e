"""A stick from F6 to F6: written here, carried, taken in there, with the same six words on both screens."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.desk import Desk
from storage.sync.exchange import LOCK_NAME
from tests.conftest import Office
from tests.storage.bundles import DECISION, allowed
from tests.storage.sync_desks import OFFICERS, Station, dump, take_in
from tests.tui.workstation import NARROW, WIDE, Desktop, workstation
from tui.app import Workstation
from tui.screens.usb import newest
from tui.widgets.status import StatusBar


@pytest.fixture
def ready(station: Station) -> Station:
    """Bundles are allowed; the hub is gone; the first desk has work that nobody else has."""
    allowed(station)
    shutil.rmtree(station.root / "hub")
    (station.root / "usb").mkdir()
    return station


def at(station: Station, number: int = 0) -> Office:
    return Office(station.root / f"d{number}")


def told(desktop: Desktop) -> str:
    return " ".join(desktop.one("#told").lines(400))


async def ended(desktop: Desktop) -> str:
    for _ in range(100):
        await desktop.settle(0.1)
        if desktop.app.screen.query("#told") and ("✓" in told(desktop) or "✗" in told(desktop)):
            return told(desktop)
    raise AssertionError("no end within ten seconds")


async def carried(station: Station, number: int, key: str, path: Path) -> str:
    async with workstation(at(station, number), "sync", officer=OFFICERS[number]) as desktop:
        await desktop.press(key)
        assert desktop.focus == "path"
        desktop.one("#path").value = str(path)
        await desktop.press("f10")
        return await ended(desktop)


async def test_work_goes_from_desk_to_desk_by_a_stick_and_both_screens_say_the_same_words(ready: Station) -> None:
    usb, dossier = ready.root / "usb", take_in(ready.desks[0], "Đặng Thị Đào")
    here = await carried(ready, 0, "e", usb)
    assert "Đã chép xong và đọc lại đúng" in here and DECISION in here
    (file,) = usb.iterdir()
    assert file.name.startswith("motcua-T48.99-q1-") and file.suffix == ".hsb"
    there = await carried(ready, 1, "i", usb)
    assert there.rpartition(": ")[2] == here.rpartition(": ")[2], "six words"
    desk = Desk.open(ready.root / "d1")
    assert desk.dossier(dossier) is not None and dump(desk) == dump(ready.desks[0])
    desk.close()


@pytest.mark.parametrize(
    ("key", "name", "said"),
    [
        ("i", "nothing.hsb", "Không đọc được"),
        ("e", "missing/f", "Không chép được f ra USB"),
        ("e", "there.hsb", "Đã có «there.hsb»"),
    ],
)
async def test_what_goes_wrong_is_said_and_can_be_tried_again(ready: Station, key: str, name: str, said: str) -> None:
    (ready.root / "usb" / "there.hsb").write_bytes(b"x")
    async with workstation(at(ready), "sync", officer=OFFICERS[0]) as desktop:
        await desktop.press(key, "f10")
        assert "Chưa nhập nơi chép" in desktop.says()
        desktop.one("#path").value = str(ready.root / "usb" / name)
        await desktop.press("enter")
        found = await ended(desktop)
        assert found.startswith("✗") and said in found, found
        desktop.one("#path").value = str(ready.root / "usb")
        desktop.one("#told").show_lines([])
        await desktop.press("f10")
        assert (await ended(desktop)).startswith("✓" if key == "e" else "✗")


async def test_the_foot_of_f6_tells_the_way_to_a_stick(ready: Station) -> None:
    async with workstation(at(ready), "sync", officer=OFFICERS[0]) as desktop:
        foot = desktop.app.screen.query_one(StatusBar).render_line(0).text
        assert "e Chép USB" in foot and "i Nhận USB" in foot


async def test_without_a_decision_it_says_so_at_once(station: Station) -> None:
    async with workstation(at(station), "sync", officer=OFFICERS[0]) as desktop:
        await desktop.press("e")
        assert "motcua bundle allow" in desktop.says()


async def test_no_key_waits_for_a_stick_and_the_end_is_told_where_the_officer_is(ready: Station) -> None:
    from filelock import FileLock

    usb = ready.root / "usb"
    async with workstation(at(ready), "sync", officer=OFFICERS[0]) as desktop:
        await desktop.press("e")
        desktop.one("#path").value = str(usb)
        with FileLock(ready.root / "d0" / LOCK_NAME):  # an exchange is under way: the stick waits for it
            await desktop.press("f10")
            assert "Chưa rút USB" in desktop.says()
            await desktop.press("f10", "f3")
            assert desktop.focus == "box"
            await desktop.type("ao")
            assert desktop.one("#box").value == "ao" and not list(usb.glob("*.hsb"))
        for _ in range(100):
            await desktop.settle(0.1)
            if "✓" in desktop.says():
                break
        assert "Sáu từ" in desktop.says() and len(list(usb.glob("*.hsb"))) == 1


def test_of_several_bundles_on_a_stick_the_newest_of_another_desk_is_meant(tmp_path: Path) -> None:
    for age, name in enumerate(("motcua-U-q1-3.hsb", "motcua-U-q2-2.hsb", "motcua-U-q2-1.hsb", "x.txt")):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    assert newest(tmp_path, "motcua-U-q1-").name == "motcua-U-q2-2.hsb"


@pytest.mark.parametrize("size", [NARROW, WIDE])
@pytest.mark.parametrize("key", ["", "e", "i"])
def test_picture(ready: Station, snap_compare: Callable[..., bool], size: tuple[int, int], key: str) -> None:
    take_in(ready.desks[0], "Đặng Thị Đào")
    for table in ("hub", "accepted"):
        ready.desks[0].connection.execute(f"UPDATE {table} SET url = 'folder:Z:/motcua'")
    app = Workstation(at(ready).folder, officer=OFFICERS[0])

    async def before(pilot: object) -> None:
        desktop = Desktop(app, pilot)  # type: ignore[arg-type]
        await desktop.press("f6", *key)
        if key == "e":
            app.screen.query_one("#path").value = str(ready.root / "usb")
            await desktop.press("f10")
            await ended(desktop)
            app.screen.query_one("#path").value = "E:\\"
            lines = app.screen.query_one("#told")
            lines.show_lines([one if "Sáu từ" not in one else "  Sáu từ …" for one in lines._texts])

    assert snap_compare(app, terminal_size=size, run_before=before)
