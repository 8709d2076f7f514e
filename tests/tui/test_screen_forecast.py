"""The leader's forecast: what breaks first and how it is mended; officers are told one sentence of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from core.mends import MendKind
from core.outlook import Light
from core.proof import DayLoad
from core.queue import BY_LAW, BY_RECEIPT
from core.rostering import NoteAbsence
from core.station import SetQueueOrder
from storage.desk import Done
from storage.forecast import outlook
from storage.roster import roster
from tests.conftest import Office, act, officer, take_in
from tests.tui.queue_station import MORNING, fill_queue
from tests.tui.workstation import NARROW, WIDE, Desktop, workstation
from tui.app import Workstation
from tui.screens.forecast import ForecastScreen
from tui.screens.foretold import ForetoldLine
from tui.widgets.load_plot import load_plot
from tui.widgets.queue_table import LineTable

_AWAY = timedelta(days=90)


@pytest.fixture
def away(office: Office, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The morning's queue, five more of Hoa's, and Hoa is away for long."""
    found, desk = fill_queue(office.folder, monkeypatch), office.open()
    for number in range(5):
        found[f"hoa {number}"] = take_in(desk, f"Trần Hữu Phúc {number}", by="hoa", at=MORNING)
    hoa = officer(desk, "hoa").id
    done = desk.do(NoteAbsence(hoa, MORNING.date(), MORNING.date() + _AWAY, "nghỉ", MORNING), officer(desk))
    assert isinstance(done, Done)
    desk.close()
    return found


async def computed(pilot: Any) -> None:
    """Until the thread has answered."""
    screen = pilot.app.screen
    while screen._outlook is None or screen._computing is not None:
        await pilot.pause(0.02)
    await pilot.pause()


def lines(desktop: Desktop) -> list[ForetoldLine]:
    return [row for row, _, _ in desktop.one("#lines").picture()]


def light(desktop: Desktop) -> str:
    return " ".join(desktop.one("#light").lines(200))


async def at_a_move(desktop: Desktop) -> tuple[ForetoldLine, list[str]]:
    """The leader's forecast with the cursor on a mend that moves dossiers, and these."""
    await desktop.press("d")
    await computed(desktop.pilot)
    line = next(one for one in lines(desktop) if one.mend and one.mend.kind is MendKind.MOVE)
    assert line.mend is not None
    desktop.one("#lines").show(line)
    return line, [one for _, dossiers in line.mend.moves for one in dossiers]


async def test_a_mend_is_followed_to_green_and_taken_back(office: Office, away: dict[str, str]) -> None:
    async with workstation(office, size=WIDE) as desktop:
        await desktop.press("d")
        await computed(desktop.pilot)
        assert "ĐỎ" in light(desktop) and "Lê Thị Hoa" in light(desktop)
        mend = next(one.mend for one in lines(desktop) if one.mend and one.mend.kind is MendKind.MOVE)
        moved = {one: to for to, dossiers in mend.moves for one in dossiers}
        assert moved
        table = desktop.one("#lines")
        table.show(next(one for one in lines(desktop) if one.mend is mend))
        before = {one: desktop.app.desk.row(one)["officer"] for one in moved}
        await desktop.press("enter")
        assert "lần nữa" in desktop.says()
        assert {one: desktop.app.desk.row(one)["officer"] for one in moved} == before
        await desktop.press("enter")
        await computed(desktop.pilot)
        assert {one: desktop.app.desk.row(one)["officer"] for one in moved} == moved
        assert "XANH" in light(desktop) and desktop.says().startswith("✓")
        await desktop.press("ctrl+z", "ctrl+z")
        await computed(desktop.pilot)
        assert {one: desktop.app.desk.row(one)["officer"] for one in moved} == before and "ĐỎ" in light(desktop)


async def test_a_yellow_light_is_followed_to_green(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_queue(office.folder, monkeypatch)
    desk = office.open()
    while outlook(desk).light is not Light.TIGHT:
        take_in(desk, by="hoa", at=MORNING)
    desk.close()
    async with workstation(office, size=WIDE) as desktop:
        await desktop.press("d")
        await computed(desktop.pilot)
        assert "VÀNG" in light(desktop)
        line = next(one for one in lines(desktop) if one.mend)
        assert line.text.endswith("đèn XANH")
        desktop.one("#lines").show(line)
        await desktop.press("enter", "enter")
        await computed(desktop.pilot)
        assert "XANH" in light(desktop) and not [one for one in lines(desktop) if one.mend]
        await desktop.press("escape")
        assert "XANH" in desktop.one("StatusBar").render_line(2).text


async def test_what_somebody_else_has_moved_meanwhile_stays_with_whom_he_gave_it(
    office: Office, away: dict[str, str]
) -> None:
    async with workstation(office, size=WIDE) as desktop:
        line, moved = await at_a_move(desktop)
        await desktop.press("enter")
        other = office.open()
        act(other, moved[0], "assigned", to=officer(other, "lanh").id, at=MORNING)
        other.close()
        await desktop.press("enter")
        await computed(desktop.pilot)
        owners = {desktop.app.desk.row(one)["officer"] for one in moved}
        assert owners == {line.mend.officer, officer(desktop.app.desk, "lanh").id}


@pytest.mark.parametrize("moved_on", [False, True])
async def test_a_sure_enter_waits_for_the_newest_forecast(office: Office, away: dict[str, str], moved_on: bool) -> None:
    """Somebody writes between the two presses: what still mends is done, what does not any more is not."""
    async with workstation(office, size=WIDE) as desktop:
        line, moved = await at_a_move(desktop)
        await desktop.press("enter")
        if moved_on:
            other = office.open()
            act(other, moved[0], "assigned", to=officer(other, "lanh").id, at=MORNING)
            other.close()
        desktop.app.screen.news()
        desktop.app.screen.on_line_table_opened(LineTable.Opened(desktop.one("#lines"), line))
        assert "Đang tính" in desktop.says()
        await computed(desktop.pilot)
        await computed(desktop.pilot)
        hoa = officer(desktop.app.desk, "hoa").id
        kept = [one for one in moved if desktop.app.desk.row(one)["officer"] == hoa]
        assert kept == (moved[1:] if moved_on else [])
        assert ("Vừa có thay đổi" in desktop.says()) is moved_on


async def test_the_cursor_stays_on_its_mend_while_the_forecast_is_computed_anew(
    office: Office, away: dict[str, str]
) -> None:
    async with workstation(office, size=WIDE) as desktop:
        line, _ = await at_a_move(desktop)
        desktop.app.screen.news()
        await desktop.press("enter")
        assert "lần nữa" in desktop.says()
        await computed(desktop.pilot)
        assert desktop.one("#lines").current == line
        await desktop.press("enter")
        await computed(desktop.pilot)
        assert line.mend is not None
        moved = {one: to for to, dossiers in line.mend.moves for one in dossiers}
        assert {one: desktop.app.desk.row(one)["officer"] for one in moved} == moved


async def test_a_key_on_a_line_that_is_gone_does_nothing(office: Office, away: dict[str, str]) -> None:
    """Enter was on its way when the newest forecast came: it is not what the mend in that place now means."""
    async with workstation(office, size=WIDE) as desktop:
        line, moved = await at_a_move(desktop)
        other = office.open()
        act(other, moved[0], "assigned", to=officer(other, "lanh").id, at=MORNING)
        other.close()
        desktop.app.screen.news()
        await computed(desktop.pilot)
        assert not desktop.one("#lines").current.opens
        desktop.app.screen.on_line_table_opened(LineTable.Opened(desktop.one("#lines"), line))
        assert "Vừa có thay đổi" in desktop.says()
        desktop.app.screen.on_line_table_opened(LineTable.Opened(desktop.one("#lines"), line))
        assert desktop.app.desk.row(moved[1])["officer"] == officer(desktop.app.desk, "hoa").id


async def test_overtime_goes_into_the_roster_and_out_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_queue(office.folder, monkeypatch)
    desk = office.open()
    while outlook(desk).light is not Light.BREAKS:
        for number in range(6):
            take_in(desk, f"Nguyễn Văn Thêm {number}", by="hoa", at=MORNING)
    desk.close()
    async with workstation(office, size=WIDE) as desktop:
        await desktop.press("d")
        await computed(desktop.pilot)
        line = next(one for one in lines(desktop) if one.mend and one.mend.kind is MendKind.OVERTIME)
        assert line.mend is not None and "ĐỎ" in light(desktop)
        days = line.mend.half_days
        desktop.one("#lines").show(line)
        await desktop.press("enter")
        assert "lần nữa" in desktop.says() and hours_on(desktop, days) == [Fraction(8)] * len(days)
        await desktop.press("enter")
        await computed(desktop.pilot)
        assert desktop.says().startswith("✓") and "ĐỎ" not in light(desktop)
        assert hours_on(desktop, days) == [Fraction(12)] * len(days)
        await desktop.press("ctrl+z")
        assert "làm thêm" in desktop.says()
        await desktop.press("ctrl+z")
        await computed(desktop.pilot)
        assert "ĐỎ" in light(desktop) and hours_on(desktop, days) == [Fraction(8)] * len(days)


def hours_on(desktop: Desktop, days: Sequence[tuple[str, date]]) -> list[Fraction]:
    """Hours at work, whatever part of them is for dossiers."""
    found = roster(desktop.app.desk)
    return [found.hours(who, day) / found.share for who, day in days]


async def test_enter_opens_a_dossier_that_is_not_in_time(office: Office, away: dict[str, str]) -> None:
    async with workstation(office, size=WIDE) as desktop:
        await desktop.press("d")
        await computed(desktop.pilot)
        late = next(one for one in lines(desktop) if one.row is not None)
        desktop.one("#lines").show(late)
        await desktop.press("enter")
        assert type(desktop.app.screen).__name__ == "DossierScreen"


async def test_enter_on_a_request_for_papers_opens_its_form_dossier_by_dossier(
    office: Office, away: dict[str, str]
) -> None:
    desk = office.open()
    for one in desk.officers.all():
        assert isinstance(
            desk.do(NoteAbsence(one.id, MORNING.date(), MORNING.date() + _AWAY, "nghỉ", MORNING), officer(desk)), Done
        )
    for number in range(2):
        given = take_in(desk, f"Thiếu giấy {number}", at=MORNING - timedelta(days=20), papers=["other"])
        act(desk, given, "assigned", to="officer-hoa", at=MORNING)
    desk.close()
    async with workstation(office, size=WIDE) as desktop:
        await desktop.press("d")
        for left in (3, 2, 1):
            await computed(desktop.pilot)
            line = next(one for one in lines(desktop) if one.mend and one.mend.kind is MendKind.SUPPLEMENT)
            assert line.mend is not None and len(line.mend.asked) == left
            first = line.mend.asked[0]
            desktop.one("#lines").show(line)
            await desktop.press("enter")
            assert type(desktop.app.screen).__name__ == "ActionForm"
            await desktop.type("CT01")
            await desktop.press("f10")
            assert desktop.app.desk.row(first)["state"] == "awaiting_supplement"
        await computed(desktop.pilot)
        assert not any(one.mend and one.mend.kind is MendKind.SUPPLEMENT for one in lines(desktop))


async def test_who_does_not_lead_is_told_a_sentence_and_stays(office: Office, away: dict[str, str]) -> None:
    async with workstation(office, officer="hoa") as desktop:
        await desktop.press("d")
        while "ĐỎ" not in desktop.says():
            await desktop.settle(0.02)
        assert "Lê Thị Hoa" in desktop.says() and type(desktop.app.screen).__name__ == "QueueScreen"


async def test_an_order_of_ones_own_is_told(office: Office, away: dict[str, str]) -> None:
    desk = office.open()
    assert isinstance(desk.do(SetQueueOrder(BY_LAW.buckets, BY_RECEIPT, "tb 1", MORNING), officer(desk)), Done)
    desk.close()
    async with workstation(office) as desktop:
        await desktop.press("escape", "d")
        await computed(desktop.pilot)
        assert "thứ tự riêng" in light(desktop)


def _days(*loads: tuple[int, int]) -> list[DayLoad]:
    first = date(2026, 11, 23)
    return [DayLoad(first + timedelta(days=n), Fraction(due), Fraction(have)) for n, (due, have) in enumerate(loads)]


def test_a_bar_that_is_over_its_line_says_so_in_another_character() -> None:
    plot = load_plot(_days((2, 4), (8, 4), (8, 12)), 19, 7, date(2026, 11, 24))
    fine, short, later = ([line[7 + 4 * day] for line in plot[:-1]] for day in range(3))
    assert "▓" not in fine + later and short.count("▓") >= 2 and "█" in short
    assert "─" in fine and "─" not in short and "─" in later
    assert "▲24/11" in plot[-1] and {len(line) for line in plot} == {19}


def test_no_plot_of_nothing_and_none_without_room() -> None:
    assert load_plot(_days((0, 4)), 40, 8) == [] and load_plot(_days((4, 4)), 6, 8) == []
    assert load_plot([], 40, 8) == []


@pytest.mark.parametrize("size", [NARROW, WIDE])
@pytest.mark.parametrize("what", ["breaks", "holds"])
def test_picture(
    office: Office, away: dict[str, str], snap_compare: Callable[..., bool], size: tuple[int, int], what: str
) -> None:
    async def before(pilot: Any) -> None:
        await pilot.press("d")
        await computed(pilot)
        if what == "holds":
            table = pilot.app.screen.query_one(LineTable)
            table.show(next(row for row, _, _ in table.picture() if row.mend))
            await pilot.press("enter", "enter")
            assert isinstance(pilot.app.screen, ForecastScreen)
            await computed(pilot)

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=size, run_before=before)
