"""Screens for a font that has the letters and no drawings."""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator

import pytest
from rich.cells import cell_len

from tests.conftest import Office
from tests.tui.queue_station import fill_queue
from tests.tui.workstation import NARROW, WIDE, Desktop, painted, workstation
from tui.app import Workstation


def is_letter(sign: str) -> bool:
    """ASCII, and the letters and marks that a font with Vietnamese has."""
    name = unicodedata.name(sign, "")
    return sign.isascii() or sign in "«»·×½°₫" or name.startswith("LATIN")


@pytest.fixture
async def few_signs(office: Office, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> AsyncIterator[Desktop]:
    """A desk on Linux's text console, which says so by itself."""
    fill_queue(office.folder, monkeypatch)
    monkeypatch.setenv("TERM", "linux")
    async with workstation(office, size=size) as desktop:
        yield desktop


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_nothing_but_letters_and_ascii_is_painted(few_signs: Desktop, size: tuple[int, int]) -> None:
    for key in ("f1", "enter", "a", "f1", "d", "f1", "w", "f2", "f3", "f4", "f5", "f6", "f7", "f9", "ctrl+t", "f12"):
        await few_signs.press(key)
        await few_signs.settle(0.2)
        seen = painted(few_signs.app)
        assert {sign for sign in seen if not is_letter(sign)} - {"\n"} == set(), key
        assert {cell_len(line) for line in seen.splitlines()} == {size[0]}, key


@pytest.mark.parametrize("size", [WIDE])
async def test_a_counted_day_keeps_its_whole_number(few_signs: Desktop) -> None:
    await few_signs.press("ctrl+t")
    await few_signs.type("dktt")
    await few_signs.press("enter", "tab", "tab")
    await few_signs.type("12 ngày làm việc")
    await few_signs.press("enter")
    await few_signs.settle(0.3)
    assert "| 30 11 | 01 12" in painted(few_signs.app)


async def test_the_option_asks_for_it_on_any_terminal(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_queue(office.folder, monkeypatch)
    monkeypatch.setenv("TERM", "xterm-256color")
    seen = {}
    for plain in (False, True):
        app = Workstation(office.folder, officer="tmd", ascii_signs=plain)
        async with app.run_test(size=WIDE) as pilot:
            await pilot.pause(0.2)
            seen[plain] = painted(app)
        app.desk.close()
    assert "▶" in seen[False] and "─" in seen[False]
    assert "▶" not in seen[True] and seen[True].splitlines()[4].startswith(">")
