"""The mouse does on every list what the keys do: a click marks, a double click opens, the wheel scrolls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual import events

from storage.demo import DemoStation, make_demo
from tests.conftest import Office, act, take_in
from tests.tui.workstation import NARROW, Desktop, workstation
from tui.app import Workstation
from tui.screens.numbered import NumberedLists
from tui.widgets.queue_table import LineTable
from tui.widgets.status import StatusBar

LISTS = ("queue", "search", "return", "handover", "sync", "reports", "post", "fines", "lists", "official")
OVER = frozenset({"post", "fines", "lists", "official", "notices", "blanks", "messages"})


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoStation:
    return make_demo(tmp_path_factory.mktemp("demo"), dossiers=60, seed=2)


@asynccontextmanager
async def at(folder: Path, officer: str, place: str) -> AsyncIterator[Desktop]:
    """The demo's desk with one place shown, whatever is told at sign-in."""
    app = Workstation(folder, officer=officer)
    async with app.run_test(size=NARROW) as pilot:
        desktop = Desktop(app, pilot)
        await desktop.settle()
        await app.run_action("go('queue')")
        if place != "queue":
            await app.run_action(f"beside('{place}')" if place in OVER else f"go('{place}')")
        await desktop.settle(0.3)
        yield desktop
    app.desk.close()


def screen(desktop: Desktop) -> str:
    return type(desktop.app.screen).__name__


def filled(table: LineTable) -> list[int]:
    """The lines of the table that hold a row that is no head."""
    return [line for line, (row, _, _) in enumerate(table.picture()) if row is not None]


@pytest.mark.parametrize("place", LISTS)
async def test_a_click_marks_a_double_click_opens_and_the_wheel_scrolls(demo: DemoStation, place: str) -> None:
    leader = next(one.code for one in demo.officers if one.role == "leader")
    async with at(demo.data, leader, place) as desktop:
        if place in ("search", "return"):
            desktop.one("#box").value = "nguyen thi"
            await desktop.settle(0.4)
        table = desktop.one("LineTable")
        await desktop.until(lambda: bool(filled(table)))
        opened: list[Any] = []
        post = table.post_message

        def heard(message: Any) -> bool:
            if isinstance(message, LineTable.Opened):
                opened.append(message.row)
            return bool(post(message))

        table.post_message = heard
        line = filled(table)[-1]
        row = table.picture()[line][0]
        place_on_screen = (table.content_region.x + 6, table.content_region.y + 1 + line)
        await desktop.pilot.click(offset=place_on_screen)
        assert table.current == row and table.has_focus and opened == []
        await desktop.pilot.double_click(offset=place_on_screen)
        await desktop.until(lambda: opened == [row] or (place == "queue" and screen(desktop) == "DossierScreen"))


async def test_the_wheel_scrolls_a_list_that_has_not_the_focus(demo: DemoStation) -> None:
    async with at(demo.data, demo.officers[0].code, "queue") as desktop:
        table = desktop.one("LineTable")
        await desktop.until(lambda: len(filled(table)) > 5)
        await desktop.press("slash")
        top = table.picture()[0][0]
        table.post_message(events.MouseScrollDown(table, 6, 3, 0, 1, 0, False, False, False))
        await desktop.settle()
        assert table.picture()[0][0] != top and not table.has_focus


@pytest.mark.parametrize(("place", "number"), [("post", 2), ("fines", 4), ("lists", 3)])
async def test_a_click_on_a_numbered_list_picks_it_from_a_field_too(demo: DemoStation, place: str, number: int) -> None:
    leader = next(one.code for one in demo.officers if one.role == "leader")
    async with at(demo.data, leader, place) as desktop:
        names = desktop.one("#list_names")
        assert isinstance(names, NumberedLists)
        lines = names.lines(names.size.width)
        line = next(y for y, text in enumerate(lines) if f"{number} " in text)
        await desktop.pilot.click(names, offset=(1 + lines[line].index(f"{number} ") + 2, line))
        await desktop.settle()
        assert f"▶{number}" in " ".join(desktop.one("#list_names").lines(200))


async def test_a_click_on_a_letter_key_is_its_key_and_no_letter_in_a_field(office: Office) -> None:
    desk = office.open()
    take_in(desk)
    desk.close()
    async with workstation(office) as desktop:
        await desktop.press("slash")
        await desktop.type("dao")
        field = desktop.app.focused
        bar = desktop.one("StatusBar")
        assert isinstance(bar, StatusBar) and field is not None
        hints = bar.render_line(0).text
        await desktop.pilot.click(bar, offset=(hints.index("aThao tác") + 1, 0))
        await desktop.settle()
        assert type(desktop.app.screen).__name__ == "ActionsScreen"
        assert getattr(field, "value", "") == "dao"


async def test_a_click_chooses_a_branch_of_a_conflict(office: Office) -> None:
    desk = office.open()
    dossier = take_in(desk)
    act(desk, dossier, "noted", text="hai nhánh")
    desk.close()
    from textual.app import App, ComposeResult

    from tui.widgets.side_by_side import SideBySide

    class Branches(App[None]):
        def compose(self) -> ComposeResult:
            yield SideBySide()

    app = Branches()
    async with app.run_test(size=NARROW) as pilot:
        branches = app.query_one(SideBySide)
        branches.show_columns([("một", ["a"]), ("hai", ["b"])])
        await pilot.pause()
        await pilot.click(branches, offset=(60, 1))
        assert branches.chosen == 1
        await pilot.click(branches, offset=(5, 0))
        assert branches.chosen == 0
