"""The roster's screens: a week of officers by days, absences and hours, and who covers an absence."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.rostering import NoteAbsence, SetRoster
from storage.desk import Done
from storage.roster import roster_of
from tests.conftest import Office, act, officer, take_in
from tests.tui.queue_station import MORNING, fill_queue
from tests.tui.test_screen_forecast import computed, light
from tests.tui.workstation import NARROW, WIDE, Desktop, workstation
from tui.app import Workstation
from tui.screens.cover import CoverScreen

TODAY = MORNING.date()
HOA = "officer-hoa"


@pytest.fixture
def stories(office: Office, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The morning's queue, and five more of Hoa's."""
    found = fill_queue(office.folder, monkeypatch)
    for number in range(5):
        at = MORNING - timedelta(minutes=5 - number)
        monkeypatch.setenv("MOTCUA_NOW", at.isoformat())
        desk = office.open()
        found[f"hoa {number}"] = take_in(desk, f"Trần Hữu Phúc {number}", by="hoa", at=at)
        desk.close()
    monkeypatch.setenv("MOTCUA_NOW", MORNING.isoformat())
    return found


def cells(desktop: Desktop, name: str) -> tuple[str, ...]:
    (found,) = (line.cells for line, _, _ in desktop.one("#officers").picture() if line.id == name)
    return tuple(found[1:])


def told(desktop: Desktop, name: str = "#detail") -> str:
    return "\n".join(desktop.one(name).lines(200))


async def open_roster(desktop: Desktop, name: str = HOA) -> None:
    desktop.app.push(desktop.app.make("roster"))
    await desktop.settle(0.05)
    table = desktop.one("#officers")
    table.show(next(line for line, _, _ in table.picture() if line.id == name))
    await desktop.settle(0.05)


def noted(office: Office, first: int, last: int, half: str | None = None) -> None:
    desk = office.open()
    days = (TODAY + timedelta(days=first), TODAY + timedelta(days=last))
    assert isinstance(desk.do(NoteAbsence(HOA, *days, "nghỉ", MORNING, half), officer(desk)), Done)
    desk.close()


async def test_a_week_of_hours_and_absences_and_the_weeks_beside_it(office: Office, stories: dict[str, str]) -> None:
    noted(office, 1, 1, "afternoon")
    noted(office, 2, 8)
    async with workstation(office, size=WIDE) as desktop:
        await open_roster(desktop)
        assert cells(desktop, HOA) == ("8 giờ", "4 giờ ½", "vắng", "vắng", "vắng", "–", "–")
        assert cells(desktop, "unit") == (*["8 giờ"] * 5, "–", "–")
        assert cells(desktop, "officer-lanh") == ("–",) * 7
        assert "15/06 – 21/06/2026" in told(desktop, "#week") and "T2–T6 07:30–11:30" in told(desktop, "#week")
        assert "Vắng T3 16/06 (buổi chiều)" in told(desktop) and "ghi: nghỉ" in told(desktop)
        await desktop.press("right")
        assert cells(desktop, HOA) == ("vắng", "vắng", *["8 giờ"] * 3, "–", "–")
        assert "Có mặt: T2–T3 –; T4–T6 07:30–11:30" in told(desktop)
        await desktop.press("left", "left")
        assert "08/06 – 14/06/2026" in told(desktop, "#week") and "vắng" not in cells(desktop, HOA)


async def test_taking_an_officer_away_turns_the_light_red_and_the_cover_turns_it_green(
    office: Office, stories: dict[str, str]
) -> None:
    """From the forecast to the roster, an absence, the proposal, and back; then undone."""
    hoas = {one for name, one in stories.items() if name.startswith("hoa ")}
    async with workstation(office, size=WIDE) as desktop:
        await desktop.press("d")
        await computed(desktop.pilot)
        assert "XANH" in light(desktop)
        await desktop.press("r")
        table = desktop.one("#officers")
        table.show(next(line for line, _, _ in table.picture() if line.id == HOA))
        await desktop.press("enter", "enter", "tab")
        await desktop.type("30/9")
        await desktop.press("tab", "tab")
        await desktop.type("om")
        await desktop.press("f10")
        assert isinstance(desktop.app.screen, CoverScreen)
        await covered(desktop)
        assert "Đèn của đơn vị: ĐỎ → XANH" in light(desktop)
        await desktop.press("escape", "escape", "escape")
        await computed(desktop.pilot)
        assert "ĐỎ" in light(desktop) and "từ thứ Hai 15/06/2026" in light(desktop)
        line = next(row for row, _, _ in desktop.one("#lines").picture() if row.cover)
        desktop.one("#lines").show(line)
        await desktop.press("enter")
        await covered(desktop)
        await desktop.press("f10")
        await covered(desktop)
        assert desktop.says().startswith("✓") and "Không chuyển hồ sơ nào" in light(desktop)
        assert HOA not in {desktop.app.desk.row(one)["officer"] for one in hoas}
        await desktop.press("escape")
        await computed(desktop.pilot)
        assert "XANH" in light(desktop)
        await desktop.press("ctrl+z", "ctrl+z")
        await computed(desktop.pilot)
        assert "ĐỎ" in light(desktop)
        assert {desktop.app.desk.row(one)["officer"] for one in hoas} == {HOA}


async def covered(desktop: Desktop) -> None:
    """Until the thread has answered."""
    screen = desktop.app.screen
    assert isinstance(screen, CoverScreen)
    while screen._found is None or screen._computing is not None:
        await desktop.settle(0.02)
    await desktop.settle(0.02)


async def test_what_is_no_longer_true_is_proposed_anew(office: Office, stories: dict[str, str]) -> None:
    noted(office, 0, 90)
    async with workstation(office, size=WIDE) as desktop:
        await open_roster(desktop)
        await desktop.press("enter", "down", "enter")
        await covered(desktop)
        other, before = office.open(), desktop.app.screen._found
        assert before is not None
        act(other, before.shares[0].jobs[0].id, "assigned", to="officer-lanh", at=MORNING)
        other.close()
        await desktop.press("f10")
        await covered(desktop)
        after, asked = desktop.app.screen._found, [job.id for one in before.shares for job in one.jobs]
        owners = [desktop.app.desk.row(one)["officer"] for one in asked]
        assert sorted(owners) == [*[HOA] * (len(asked) - 1), "officer-lanh"]
        assert sum(len(one.jobs) for one in after.shares) == len(asked) - 1


async def test_an_absence_is_ended_from_the_menu(office: Office, stories: dict[str, str]) -> None:
    noted(office, 0, 4)
    async with workstation(office) as desktop:
        await open_roster(desktop)
        await desktop.press("enter")
        await desktop.type("di lam")
        await desktop.press("enter", "f10")
        assert list(desktop.app.screen._choices) == ["away", "hours"]
        assert roster_of(desktop.app.desk, HOA).absences == ()


async def test_a_week_of_ones_own_and_what_cannot_be_read(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office) as desktop:
        await open_roster(desktop)
        await desktop.press("enter")
        await desktop.type("dat gio")
        await desktop.press("enter")
        assert desktop.one("#mon").value == "07:30–11:30; 13:00–17:00" and desktop.one("#sun").value == ""
        desktop.one("#tue").value, desktop.one("#sat").value = "", "7h-8h"
        desktop.one("#fri").value = "chiều"
        await desktop.press("f10")
        assert "chiều" in desktop.says() and desktop.focus == "fri"
        desktop.one("#fri").value, desktop.one("#desk").value = "13h-17h", "x"
        await desktop.press("f10")
        assert "số quầy" in desktop.says() and desktop.focus == "desk"
        desktop.one("#desk").value = "2"
        await desktop.press("f10")
        (row,) = roster_of(desktop.app.desk, HOA).rows
        day, hour = ((27_000, 41_400), (46_800, 61_200)), 3600
        assert row.week == (day, (), day, day, (day[1],), ((7 * hour, 8 * hour),), ())
        assert (row.valid_from, row.desk) == (TODAY, 2)
        await desktop.press("escape")
        # the unit does not work on Saturdays
        assert cells(desktop, HOA) == ("8 giờ", "–", "8 giờ", "8 giờ", "4 giờ", "–", "–")


@pytest.mark.parametrize(
    ("typed", "says", "focus"),
    [
        ({"first": "hôm qua"}, "không phải là ngày", "first"),
        ({"last": "14/6", "reason": "ốm"}, "từ ngày 15/06/2026", None),
        ({}, "Còn thiếu: Lý do", "reason"),
        ({"last": "16/6", "half": "morning", "reason": "ốm"}, "nửa ngày", None),
    ],
)
async def test_an_absence_that_cannot_be_is_refused_and_kept(
    office: Office, stories: dict[str, str], typed: dict[str, str], says: str, focus: str | None
) -> None:
    async with workstation(office) as desktop:
        await open_roster(desktop)
        await desktop.press("enter", "enter")
        for name, value in typed.items():
            desktop.one(f"#{name}").value = value
        await desktop.press("f10")
        assert says in desktop.says() and type(desktop.app.screen).__name__ == "RosterForm"
        assert focus is None or desktop.focus == focus
        assert roster_of(desktop.app.desk, HOA).absences == ()


async def test_what_was_typed_comes_back_after_a_wrong_key_and_ends_with_what_it_became(
    office: Office, stories: dict[str, str]
) -> None:
    async with workstation(office) as desktop:
        await open_roster(desktop)
        await desktop.press("enter", "enter")
        desktop.one("#last").value, desktop.one("#reason").value = "16/6", "ốm"
        await desktop.press("escape", "enter", "enter")
        assert (desktop.one("#last").value, desktop.one("#reason").value) == ("16/6", "ốm")
        await desktop.press("f10")
        (absence,) = roster_of(desktop.app.desk, HOA).absences
        assert absence.reason == "ốm"
    desk = office.open()
    kept = desk.connection.execute("SELECT count(*) FROM draft").fetchone()[0]
    desk.close()
    assert kept == 0


async def test_who_does_not_lead_notes_his_own_absence_and_is_not_told_others_reasons(
    office: Office, stories: dict[str, str]
) -> None:
    desk = office.open()
    away = NoteAbsence("officer-khai", TODAY, TODAY, "khám bệnh", MORNING)
    assert isinstance(desk.do(away, officer(desk)), Done)
    desk.close()
    async with workstation(office, officer="hoa") as desktop:
        await open_roster(desktop, "officer-khai")
        assert "Vắng" in told(desktop) and "khám bệnh" not in told(desktop)
        await desktop.press("enter")
        assert "lãnh đạo" in told(desktop, "#head")
        await desktop.press("enter", "escape")
        table = desktop.one("#officers")
        table.show(next(line for line, _, _ in table.picture() if line.id == HOA))
        await desktop.press("enter")
        assert list(desktop.app.screen._choices) == ["away"]
        await desktop.press("enter", "tab", "tab", "tab")
        await desktop.type("om")
        await desktop.press("enter")
        assert desktop.says() == "✓ Đã ghi vắng mặt." and type(desktop.app.screen).__name__ == "RosterMenu"
        (absence,) = roster_of(desktop.app.desk, HOA).absences
        assert (absence.first, absence.last, absence.noted_by) == (TODAY, TODAY, HOA)


async def test_the_palette_leads_there(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office) as desktop:
        await desktop.press("ctrl+p")
        await desktop.type("lich lam viec")
        await desktop.press("enter")
        assert type(desktop.app.screen).__name__ == "RosterScreen"


@pytest.mark.parametrize("size", [NARROW, WIDE])
@pytest.mark.parametrize("what", ["week", "menu", "away", "hours", "cover", "nothing"])
def test_picture(
    office: Office, stories: dict[str, str], snap_compare: Callable[..., bool], size: tuple[int, int], what: str
) -> None:
    noted(office, 1, 60)
    desk = office.open()
    assert isinstance(desk.do(SetRoster("officer-lanh", TODAY, None, MORNING), officer(desk)), Done)
    desk.close()

    async def before(pilot: Any) -> None:
        desktop = Desktop(pilot.app, pilot)
        await open_roster(desktop, "officer-lanh" if what == "nothing" else HOA)
        if what != "week":
            await pilot.press("enter")
        if what in ("away", "hours"):
            await desktop.type("ghi" if what == "away" else "dat gio")
            await pilot.press("enter")
        elif what == "cover":
            await pilot.press("down", "enter")
            await covered(desktop)
        elif what == "nothing":
            await pilot.press("enter", "tab", "tab", "tab", "x", "f10")
            await covered(desktop)

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=size, run_before=before)
