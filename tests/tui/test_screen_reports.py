"""F7: the month's totals and dossiers, the months beside it, and the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Office, act, take_in
from tests.tui.workstation import NARROW, WIDE, workstation

THEN = "2026-06-03T09:00:00+07:00"


@pytest.fixture
def june(office: Office, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """Excused, apologised and rescheduled, owed (1/6), and one of another procedure (owed); now it is 3/6."""
    desk = office.open()
    names = tuple(take_in(desk) for _ in range(3))
    excused, moved, _ = names
    act(desk, excused, "delay_excused", by="lanh", reason="bão", basis="QĐ 15")
    act(desk, moved, "rescheduled", by="lanh", code="overload", days=3)
    act(desk, moved, "letter_issued", letter="apology", number="12/TXL")
    other = take_in(desk, procedure="residence-confirmation")
    desk.close()
    monkeypatch.setenv("MOTCUA_NOW", THEN)
    return (*names, other)


async def test_a_total_narrows_and_a_dossier_opens(office: Office, june: tuple[str, ...]) -> None:
    async with workstation(office, "reports", size=WIDE) as desktop:
        lines = desktop.one("#lines")
        assert lines.current.dossier is None, "a heading"
        await desktop.press("down", "enter")
        assert type(desktop.app.screen).__name__ == "DossierScreen"
        await desktop.press("escape", "shift+tab", "down", "enter")
        assert desktop.focus == "lines"
        await desktop.press("end")
        assert {lines.current.group} <= {"permanent-residence", "residence-confirmation"}


async def test_the_month_before_and_none_that_has_not_begun(office: Office, june: tuple[str, ...]) -> None:
    async with workstation(office, "reports", size=WIDE) as desktop:
        about = desktop.one("#report_about")
        assert "01/06/2026" in " ".join(about.lines(200))
        await desktop.press("right")
        assert "01/06/2026" in " ".join(about.lines(200))
        await desktop.press("left")
        assert "31/05/2026" in " ".join(about.lines(200))
        await desktop.press("right")
        assert "30/06/2026" in " ".join(about.lines(200))


@pytest.mark.parametrize(("key", "ending", "begins"), [("f10", "xlsx", b"PK"), ("p", "pdf", b"%PDF")])
async def test_the_file_goes_into_the_data_folder(
    office: Office, june: tuple[str, ...], key: str, ending: str, begins: bytes
) -> None:
    async with workstation(office, "reports", size=WIDE) as desktop:
        await desktop.press(key)
        path = office.folder / "reports" / f"apologies-2026-06.{ending}"
        assert str(path) in desktop.says()
        assert path.read_bytes().startswith(begins)


async def test_where_no_file_can_be_written_it_says_so(office: Office, june: tuple[str, ...]) -> None:
    (office.folder / "reports").write_text("no folder")
    async with workstation(office, "reports") as desktop:
        await desktop.press("f10")
        assert desktop.says().startswith("✗") and "apologies-2026-06.xlsx" in desktop.says()


async def test_what_an_officer_did_stands_in_it_when_he_comes_back(office: Office, june: tuple[str, ...]) -> None:
    async with workstation(office, "reports") as desktop:
        assert desktop.app.screen._facts.totals().excused == 1
        await desktop.press("down", "enter")
        act(
            desktop.app.desk,
            june[2],
            "delay_excused",
            by="lanh",
            reason="bão",
            basis="QĐ 16",
            at=desktop.app.desk.now(),
        )
        await desktop.press("escape")
        assert desktop.app.screen._facts.totals().excused == 2


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_picture(
    office: Office, june: tuple[str, ...], snap_compare: Callable[..., bool], size: tuple[int, int]
) -> None:
    from tui.app import Workstation

    async def before(pilot: Any) -> None:
        await pilot.app.run_action("go('reports')")
        await pilot.pause()

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=size, run_before=before)


async def test_the_channels_are_the_second_report(office: Office, june: tuple[str, ...]) -> None:
    async with workstation(office, "reports", size=WIDE) as desktop:
        await desktop.press("2")
        assert desktop.app.screen._name == "channels"
        assert desktop.app.screen._sheet.totals.lines[0].cells[0] == "Tổng cộng"
