"""The survey on a screen: forms by digit keys, the box, and its opening in two keys."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from storage.surveys import box, new_codes, satisfaction
from tests.conftest import NOW, Office
from tests.tui.workstation import NARROW, WIDE, Desktop, workstation
from tui.app import Workstation

DAY = NOW.date()


async def opened(desktop: Desktop) -> None:
    desktop.app.push(desktop.app.make("survey"))
    await desktop.settle()


async def test_ten_digits_and_enter_are_a_form(office: Office) -> None:
    async with workstation(office, size=WIDE, officer="hoa") as desktop:
        await opened(desktop)
        assert desktop.focus == "marks"
        for _ in range(5):
            await desktop.type("2212-12202")
            await desktop.press("enter")
        assert box(desktop.app.desk).waiting == 5 and desktop.focus == "marks"
        await desktop.press("ctrl+n")
        assert box(desktop.app.desk).waiting == 5, "asked once"
        await desktop.press("ctrl+n")
        assert "✓" in desktop.says()
        found = satisfaction(desktop.app.desk, DAY, DAY).total
        assert (found.count, found.satisfied, found.whole) == (5, 5, 0)


async def test_what_is_read_stands_beside_its_criterion(office: Office) -> None:
    async with workstation(office, size=WIDE) as desktop:
        await opened(desktop)
        await desktop.type("20")
        lines = desktop.one("#read").lines(100)
        assert "1 [2]" in lines[0] and "2 [0]" in lines[1] and lines[2].startswith("▶")


@pytest.mark.parametrize("typed", ["", "22222222", "2222222226", "2232222221", "22222222211", "đào"])
async def test_what_is_no_form_stays_as_it_was_typed(office: Office, typed: str) -> None:
    async with workstation(office) as desktop:
        await opened(desktop)
        await desktop.type(typed)
        await desktop.press("f10")
        assert box(desktop.app.desk).waiting == 0
        assert desktop.says().startswith("✗") and desktop.one("#marks").value == typed


async def test_a_code_counts_once(office: Office) -> None:
    async with workstation(office) as desktop:
        (code,) = new_codes(desktop.app.desk, 1)
        for waiting in (1, 1):
            await opened(desktop)
            await desktop.press("shift+tab")
            await desktop.type(code)
            await desktop.press("tab")
            await desktop.type("---------3")
            await desktop.press("enter")
            assert box(desktop.app.desk).waiting == waiting
            await desktop.press("escape")


async def test_the_palette_leads_there_and_an_auditor_is_told(office: Office) -> None:
    async with workstation(office, officer="tra") as desktop:
        await desktop.press("ctrl+p")
        await desktop.type("khao sat")
        await desktop.press("enter")
        assert type(desktop.app.screen).__name__ == "SurveyScreen"
        await desktop.type("2222222221")
        await desktop.press("enter")
        assert "✗" in desktop.says() and box(desktop.app.desk).waiting == 0


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_picture(office: Office, snap_compare: Callable[..., bool], language: str, size: tuple[int, int]) -> None:
    from tui.i18n import set_language

    set_language(language)
    app = Workstation(office.folder, officer="tmd")

    async def before(pilot: object) -> None:
        await pilot.pause(0.1)  # type: ignore[attr-defined]
        app.push(app.make("survey"))
        await pilot.pause()  # type: ignore[attr-defined]
        for key in "221202":
            await pilot.press(key)  # type: ignore[attr-defined]
        await pilot.pause(0.3)  # type: ignore[attr-defined]

    assert snap_compare(app, terminal_size=size, run_before=before)


async def test_the_last_form_comes_out_again(office: Office) -> None:
    async with workstation(office, size=WIDE, officer="hoa") as desktop:
        await opened(desktop)
        await desktop.press("ctrl+z")
        assert box(desktop.app.desk).waiting == 0 and not desktop.says().startswith("✓")
        for digits in ("2212-12202", "0000000005"):
            await desktop.type(digits)
            await desktop.press("enter")
        await desktop.press("ctrl+z")
        assert "✓" in desktop.says() and box(desktop.app.desk).waiting == 1
        await desktop.press("ctrl+z")
        assert box(desktop.app.desk).waiting == 1, "only the last one is remembered"
