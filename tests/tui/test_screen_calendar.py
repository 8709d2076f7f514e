"""The calendar of a year: days by keys and mouse, what each is and why, what falls due, and the way to the queue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from core.moments import LEGAL_TIME
from storage.database import DATABASE_NAME
from tests.conftest import Office, officer, take_in
from tests.storage.amended import amend, closed
from tests.tui.queue_station import MORNING, fill_queue
from tests.tui.workstation import NARROW, WIDE, Desktop, workstation
from tui.app import Workstation
from tui.i18n import set_language
from tui.widgets.year_grid import YearGrid

TODAY = date(2026, 6, 15)


@pytest.fixture
def stories(office: Office, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The morning's queue, and a day on which the unit is closed."""
    found, desk = fill_queue(office.folder, monkeypatch), office.open()
    amend(desk, officer(desk), closed("2026-06-19"))
    desk.close()
    return found


def name(desktop: Desktop) -> str:
    return type(desktop.app.screen).__name__


def grid(desktop: Desktop) -> YearGrid:
    found = desktop.one(YearGrid)
    assert isinstance(found, YearGrid)
    return found


def painted(desktop: Desktop) -> str:
    found = grid(desktop)
    return "\n".join(found.render_line(y).text for y in range(found.size.height))


def told(desktop: Desktop) -> str:
    return "\n".join(desktop.one("#day").lines(200))


async def counted(desktop: Desktop) -> None:
    """Until the threads have answered for the day under the cursor."""
    for _ in range(200):
        screen: Any = desktop.app.screen
        if screen._load is not None and screen._procedures is not None and screen._procedures[0] == screen._grid.day:
            return
        await desktop.settle(0.02)
    raise AssertionError("not counted")


def due_days(office: Office, stories: dict[str, str]) -> dict[date, int]:
    """How many of the open ones fall due, by their rows."""
    desk = office.open()
    days: dict[date, int] = {}
    for one in stories.values():
        row = desk.row(one)
        assert row is not None
        if row["lane"] < 3:
            day = datetime.fromtimestamp(row["binding_at"], LEGAL_TIME).date()
            days[day] = days.get(day, 0) + 1
    desk.close()
    return days


async def test_it_opens_on_today_and_arrows_go_day_by_day_and_week_by_week(
    office: Office, stories: dict[str, str]
) -> None:
    async with workstation(office) as desktop:
        await desktop.press("alt+d")
        assert name(desktop) == "CalendarScreen" and grid(desktop).day == TODAY
        assert "thứ Hai 15/06/2026 · hôm nay · ngày làm việc · 07:30–11:30, 13:00–17:00" in told(desktop)
        await desktop.press("right", "down", "left", "left", "up")
        assert grid(desktop).day == date(2026, 6, 14)
        assert "cuối tuần" in told(desktop) and "QĐ 188/1999/QĐ-TTg" in told(desktop)
        await desktop.press("home")
        assert grid(desktop).day == TODAY
        await desktop.press("escape")
        assert name(desktop) == "ChangesScreen"


async def test_pages_are_what_is_shown_three_months_or_a_year(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office) as desktop:
        await desktop.press("alt+d")
        assert all(f"Tháng {month}/2026" in painted(desktop) for month in (4, 5, 6))
        await desktop.press("pagedown")
        assert grid(desktop).day == date(2026, 9, 15) and "Tháng 9/2026" in painted(desktop)
        await desktop.press("pagedown", "pagedown")
        assert grid(desktop).day == date(2027, 3, 15)
        await desktop.pilot.resize_terminal(120, 40)
        await desktop.press("home", "pageup")
        assert grid(desktop).day == date(2025, 6, 15)
        assert all(f"Tháng {month}/2025" in painted(desktop) for month in range(1, 13))


async def test_each_kind_has_its_sign_and_its_reason(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office, size=WIDE) as desktop:
        await desktop.press("alt+d")
        text = painted(desktop)
        assert all(sign in text for sign in ("L24", "B31", "+22", "x19", "?23", "?28", "·20"))
        for day, words in (
            (date(2026, 6, 19), "đóng cửa: Đóng cửa vì bão\nKhông có hồ sơ đang mở nào đến hạn\nCăn cứ: TB 1"),
            (date(2026, 8, 22), "Làm bù cho ngày nghỉ 31/8/2026 · 07:30–11:30, 13:00–17:00"),
            (date(2026, 9, 2), "ngày lễ: Quốc khánh"),
            (date(2026, 11, 23), "mới đề xuất, chưa tính"),
        ):
            grid(desktop)._go(day)
            await counted(desktop)
            assert words in told(desktop), day


async def test_an_estimate_says_that_nobody_has_verified_it(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office, size=WIDE) as desktop:
        await desktop.press("alt+d", "pagedown", "pagedown", "pagedown")
        grid(desktop)._go(date(2029, 2, 12))
        await desktop.settle()
        assert "Tết Nguyên đán" in told(desktop) and "chưa kiểm chứng" in told(desktop)
        assert "ước tính" in desktop.one("#year").lines(200)[0]


async def test_what_falls_due_is_counted_by_day_and_by_procedure(office: Office, stories: dict[str, str]) -> None:
    days = due_days(office, stories)
    async with workstation(office, size=WIDE) as desktop:
        await desktop.press("alt+d")
        for day, count in days.items():
            grid(desktop)._go(day)
            await counted(desktop)
            assert f"{count} hồ sơ đang mở đến hạn · " in told(desktop)
        later = take_in(desktop.app.desk, "Người mới", at=MORNING)
        row = desktop.app.desk.row(later)
        assert row is not None
        day = datetime.fromtimestamp(row["binding_at"], LEGAL_TIME).date()
        desktop.app.screen.fill()
        grid(desktop)._go(day)
        for _ in range(100):
            if f"{days.get(day, 0) + 1} hồ sơ đang mở đến hạn · Đăng ký thường trú" in told(desktop):
                break
            await desktop.settle(0.02)
        else:
            raise AssertionError(told(desktop))


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_enter_shows_just_that_days_in_the_queue(office: Office, stories: dict[str, str], language: str) -> None:
    set_language(language)
    day, count = max(due_days(office, stories).items())
    async with workstation(office) as desktop:
        await desktop.press("alt+d")
        grid(desktop)._go(day)
        await desktop.press("enter")
        assert name(desktop) == "QueueScreen" and f"{day:%d/%m/%Y}" in desktop.one("#filter").value
        rows = [row for row, *_ in desktop.one("LineTable").picture()]
        assert len(rows) == count and desktop.says("#found").startswith(str(count)) and not desktop.says()
        assert {datetime.fromtimestamp(row["binding_at"], LEGAL_TIME).date() for row in rows} == {day}
        await desktop.press("escape")
        assert len(desktop.one("LineTable").picture()) == len(stories)


async def test_a_click_goes_to_a_day_and_a_second_one_opens_it(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office) as desktop:
        await desktop.press("alt+d")
        region = grid(desktop)._region(date(2026, 5, 7))
        at = (grid(desktop).region.x + region.x + 1, grid(desktop).region.y + region.y)
        await desktop.pilot.click(offset=at)
        assert grid(desktop).day == date(2026, 5, 7)
        await desktop.pilot.double_click(offset=at)
        await desktop.settle()
        assert name(desktop) == "QueueScreen" and "07/05/2026" in desktop.one("#filter").value


async def test_a_year_without_law_says_so_and_home_leads_back(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office, size=WIDE) as desktop:
        await desktop.press("alt+d", *["pagedown"] * 6)
        assert "Chưa có lịch nghỉ năm 2031." in painted(desktop) and "1997–2030" in told(desktop)
        await desktop.press("enter")
        assert name(desktop) == "CalendarScreen"
        await desktop.press("home")
        assert "Tháng 6/2026" in painted(desktop) and grid(desktop).day == TODAY


async def test_a_file_that_can_not_be_read_aside_is_told_and_the_calendar_stays(
    office: Office, stories: dict[str, str]
) -> None:
    async with workstation(office) as desktop:
        (office.folder / DATABASE_NAME).rename(office.folder / "away.db")
        await desktop.press("alt+d")
        await desktop.settle(0.3)
        assert told(desktop).count("✗") == 1 and "Tháng 6/2026" in painted(desktop)
        (office.folder / "away.db").rename(office.folder / DATABASE_NAME)


async def test_over_the_intake_it_costs_nothing_typed(office: Office, stories: dict[str, str]) -> None:
    async with workstation(office, "intake") as desktop:
        await desktop.type("Nguyễn Văn")
        typed = desktop.one(f"#{desktop.focus}").value
        await desktop.press("alt+d", "right", "escape")
        assert name(desktop) == "IntakeScreen" and desktop.one(f"#{desktop.focus}").value == typed


@pytest.mark.parametrize(("size", "language"), [(NARROW, "vi"), (WIDE, "vi"), (WIDE, "en")])
def test_picture(
    office: Office, stories: dict[str, str], snap_compare: Callable[..., bool], size: tuple[int, int], language: str
) -> None:
    set_language(language)

    async def before(pilot: Any) -> None:
        await pilot.press("alt+d", "left", "left", "left")
        screen = pilot.app.screen
        while screen._procedures is None or screen._procedures[0] != screen._grid.day or screen._load is None:
            await pilot.pause(0.02)
        await pilot.pause()

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=size, run_before=before)


def test_picture_of_a_year_without_law(
    office: Office, stories: dict[str, str], snap_compare: Callable[..., bool]
) -> None:
    async def before(pilot: Any) -> None:
        await pilot.press("alt+d", *["pagedown"] * 30)
        await pilot.pause(0.3)

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=NARROW, run_before=before)
