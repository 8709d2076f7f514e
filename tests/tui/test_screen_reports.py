"""F7: the month's totals and dossiers, the months beside it, and the file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from threading import Event
from typing import Any

import pytest
from rich.cells import cell_len

from storage.desk import Desk
from storage.frozen import sent
from tests.conftest import Office, act, take_in
from tests.tui.workstation import NARROW, WIDE, counted, painted, workstation
from tui.i18n import in_language, tr
from tui.reports import REPORTS, report
from tui.screens import counting
from tui.widgets.columns import Column, arrange

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


async def test_keys_go_on_while_a_report_is_counted(
    office: Office, june: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "_AT_ONCE", 0.001)
    busy = Event()
    async with workstation(office, size=WIDE) as desktop:
        app, folder = desktop.app, office.folder / "reports"
        app.counter.ask("something long", lambda db: busy.wait(60), lambda _: None)
        await desktop.pilot.press("f7", "f10", "n", "h", "enter", "left")
        assert "Đang tính…" in painted(app) and not app.screen.query("#lines") and not folder.exists()
        await desktop.pilot.press("f3")
        assert type(app.screen).__name__ == "SearchScreen"
        await desktop.pilot.press("f7", "left")
        busy.set()
        await desktop.counted()
        assert "31/05/2026" in painted(app) and desktop.focus == "lines"
        app.counter.ask("something long", lambda db: busy.wait(60), lambda _: busy.clear())
        await desktop.until(lambda: not busy.is_set())
        app.counter.ask("something long", lambda db: busy.wait(60), lambda _: None)
        await desktop.pilot.press("f10", "p", "right")
        assert "Đang tính…" in desktop.says() and not folder.exists()
        busy.set()
        await desktop.counted()
        assert sorted(path.name for path in folder.iterdir()) == ["apologies-2026-05.pdf", "apologies-2026-05.xlsx"]
        assert "30/06/2026" in painted(app)


async def test_what_is_sent_is_of_the_period_that_was_shown(
    office: Office, june: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "_AT_ONCE", 0.001)
    busy = Event()
    async with workstation(office, "reports", size=WIDE) as desktop:
        await desktop.press("left", "ctrl+s")
        desktop.app.counter.ask("something long", lambda db: busy.wait(60), lambda _: None)
        await desktop.pilot.press("ctrl+s", "right")
        busy.set()
        await desktop.until(lambda: bool(sent(desktop.app.desk)))
        await desktop.counted()
        (one,) = sent(desktop.app.desk)
        assert (one.name, one.first, one.last) == ("apologies", date(2026, 5, 1), date(2026, 5, 31))


async def test_a_fault_of_the_counting_thread_is_told_as_one(office: Office, june: tuple[str, ...]) -> None:
    with pytest.raises(ZeroDivisionError):
        async with workstation(office, "reports") as desktop:
            desktop.app.screen.aside("fault", lambda desk: 1 / 0, lambda _: None)
            await desktop.settle()


async def test_a_report_that_is_left_while_it_is_counted_comes_to_nobody(
    office: Office, june: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counting, "_AT_ONCE", 0.001)
    busy = Event()
    async with workstation(office, size=WIDE) as desktop:
        desktop.app.counter.ask("something long", lambda db: busy.wait(60), lambda _: None)
        await desktop.pilot.press("f7", "escape")
        busy.set()
        await desktop.settle(0.3)
        assert type(desktop.app.screen).__name__ == "QueueScreen" and desktop.says() == ""


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


async def test_the_forms_figures_open_into_their_dossiers(office: Office, june: tuple[str, ...]) -> None:
    async with workstation(office, "reports", size=WIDE) as desktop:
        await desktop.press("2")
        lines, totals = desktop.one("#lines"), desktop.one("#totals")
        assert desktop.app.screen._name == "ii06a" and totals.current.cells[1] == 4
        assert lines.current.dossier is None and lines.current.id.startswith("── (3)")
        await desktop.press("n")
        assert lines.current.id.startswith("── (10)") or lines.current.id.startswith("── (11)")
        while not lines.current.id.startswith("── (11)"):
            await desktop.press("n")
        await desktop.press("n")
        assert lines.current.id.startswith("── (3)"), "from the last one, (11), to the first"
        await desktop.press("down", "enter")
        assert type(desktop.app.screen).__name__ == "DossierScreen"


async def test_another_judgement_by_one_key(office: Office, june: tuple[str, ...]) -> None:
    async with workstation(office, "reports", size=WIDE) as desktop:
        await desktop.press("s")
        assert desktop.one("#totals").current is not None, "the debt of apology has one judgement: only the bell rings"
        await desktop.press("2")
        told = []
        for _ in range(2):
            told.append(" ".join(desktop.one("#report_about").lines(500)))
            await desktop.press("s")
        assert "cổng dịch vụ công" not in told[0] and "cổng dịch vụ công" in told[1]
        await desktop.press("s", "f10")
        assert (office.folder / "reports" / "ii06a-2026-04-01_2026-06-30-portal.xlsx").exists()


async def test_the_inspection_packet_by_one_key(office: Office, june: tuple[str, ...]) -> None:
    async with workstation(office, "reports", size=WIDE) as desktop:
        await desktop.press("alt+x")
        assert not (office.folder / "reports").exists(), "only the late ones have a packet"
        await desktop.press("3", "alt+x")
        assert "late-2026-06.zip" in desktop.says()
        assert (office.folder / "reports" / "late-2026-06.zip").read_bytes().startswith(b"PK")


async def test_a_month_is_sent_by_two_presses(
    office: Office, june: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_NOW", "2026-07-03T09:00:00+07:00")
    async with workstation(office, "reports", size=WIDE) as desktop:
        await desktop.press("2", "left")
        assert "01/04/2026–30/06/2026" in " ".join(desktop.one("#report_about").lines(500)), "its own periods: quarters"
        assert "chưa có số liệu" in " ".join(desktop.one("#report_about").lines(500))
        await desktop.press("ctrl+s")
        assert "Ctrl+S" in desktop.says() and "mã băm" not in " ".join(desktop.one("#report_about").lines(500))
        await desktop.press("ctrl+s")
        assert desktop.says().startswith("✓") and "mã băm" in " ".join(desktop.one("#report_about").lines(500))
        await desktop.press("ctrl+s")
        assert "đã gửi lúc 09:00 03/07/2026" in desktop.says(), "another one of the same period is told before"
        await desktop.press("left", "ctrl+s", "ctrl+s")
        assert "Trước ngày 21/05/2026" in desktop.says(), "nothing was counted then"
        await desktop.press("right", "right")
        assert "kỳ 01/04/2026–30/06/2026 đã gửi" in " ".join(desktop.one("#report_about").lines(500))


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_picture_of_the_form(
    office: Office, june: tuple[str, ...], snap_compare: Callable[..., bool], size: tuple[int, int]
) -> None:
    from tui.app import Workstation

    async def before(pilot: Any) -> None:
        await pilot.app.run_action("go('reports')")
        await counted(pilot)
        await pilot.press("2")
        await counted(pilot)
        await pilot.pause()

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=size, run_before=before)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_picture(
    office: Office, june: tuple[str, ...], snap_compare: Callable[..., bool], size: tuple[int, int]
) -> None:
    from tui.app import Workstation

    async def before(pilot: Any) -> None:
        await pilot.app.run_action("go('reports')")
        await counted(pilot)
        await pilot.pause()

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=size, run_before=before)


async def test_one_line_names_the_report_and_a_list_has_all_of_them(office: Office, june: tuple[str, ...]) -> None:
    async with workstation(office, "reports", size=NARROW) as desktop:
        names = desktop.one("#report_names")
        for place in range(1, 10):
            await desktop.press(str(place))
            names = desktop.one("#report_names")
            assert len(names.lines(names.size.width)) == 1 and names.size.height == 1
        await desktop.press("1", "l")
        table = desktop.one("LineTable")
        assert table.current.id == "apologies"
        await desktop.press("end")
        last = list(REPORTS)[-1]
        told = desktop.one("#report_about")
        assert table.current.id == last and told.lines(1000) == [tr(f"report.{last}.about")]
        await desktop.press("enter")
        assert desktop.app.screen._name == last
        await desktop.press("l", "escape")
        assert desktop.app.screen._name == last, "Esc changes nothing"
        await desktop.press("l", "3")
        assert desktop.app.screen._name == "late", "a number key is the same here"


@pytest.mark.parametrize("name", list(REPORTS))
async def test_every_report_is_shown_narrow_and_written(office: Office, june: tuple[str, ...], name: str) -> None:
    async with workstation(office, "reports", size=NARROW) as desktop:
        desktop.app.switch(desktop.app.make("reports", name))
        await desktop.pilot.pause()
        assert desktop.app.screen._name == name and "report." not in painted(desktop.app)
        await desktop.press("tab", "n", "left", "f10")
        assert desktop.says().startswith("✓") or ".xlsx" in desktop.says()


async def test_each_officer_sees_the_own_day_and_leaders_all(office: Office, june: tuple[str, ...]) -> None:
    for code, own_only in (("tmd", None), ("lanh", False), ("hoa", True)):
        async with workstation(office, "reports", size=NARROW, officer=code) as desktop:
            desktop.app.switch(desktop.app.make("reports", "day"))
            await desktop.pilot.pause()
            facts, officer = desktop.app.screen._facts, desktop.app.officer
            assert own_only in (None, facts.own_only)
            assert not facts.own_only or {one.officer for one in facts.officers} <= {officer.id}


async def test_what_names_citizens_is_not_sent(office: Office, june: tuple[str, ...]) -> None:
    async with workstation(office, "reports", size=WIDE) as desktop:
        desktop.app.switch(desktop.app.make("reports", "register"))
        await desktop.pilot.pause()
        await desktop.press("ctrl+s", "ctrl+s")
        assert desktop.says().startswith("✗")
        assert not desktop.app.desk.connection.execute("SELECT 1 FROM event WHERE kind = 'report_frozen'").fetchone()


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_picture_of_the_list(
    office: Office, june: tuple[str, ...], snap_compare: Callable[..., bool], size: tuple[int, int]
) -> None:
    from tui.app import Workstation

    async def before(pilot: Any) -> None:
        await pilot.app.run_action("go('reports')")
        await counted(pilot)
        await pilot.press("l")
        await counted(pilot)
        await pilot.pause()

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=size, run_before=before)


async def test_the_channels_are_the_fourth_report(office: Office, june: tuple[str, ...]) -> None:
    async with workstation(office, "reports", size=WIDE) as desktop:
        await desktop.press("4")
        assert desktop.app.screen._name == "channels"
        await desktop.press("left", "n")
        line = desktop.one("#lines").current
        assert line.id.startswith("── ")
        await desktop.press("down")
        opened = desktop.one("#lines").current.dossier
        assert opened in june
        await desktop.press("enter")
        assert type(desktop.app.screen).__name__ == "DossierScreen" and desktop.app.screen.dossier_id == opened
        await desktop.press("escape")
        assert desktop.app.screen._sheet.totals.lines[0].cells[0] == "Tổng cộng"


async def test_pictures_in_the_place_of_the_lists_by_one_key(office: Office, june: tuple[str, ...]) -> None:
    async with workstation(office, "reports", size=WIDE) as desktop:
        await desktop.press("2", "h")
        drawn = desktop.one("#charts").lines(90)
        assert desktop.one("#pictures").display and not desktop.one("#lines").display
        assert any(line.endswith(" 4") for line in drawn)
        await desktop.press("left")
        assert not any(line.endswith(" 4") for line in desktop.one("#charts").lines(90)), "they are of the period"
        await desktop.press("h")
        assert desktop.one("#lines").display and desktop.focus == "lines"


async def test_which_could_be_faster_tells_of_a_year_and_opens(office: Office, june: tuple[str, ...]) -> None:
    desk = office.open()
    desk.now = lambda: datetime.fromisoformat(THEN)
    act(desk, june[2], "result_ready", at=desk.now())
    desk.close()
    async with workstation(office, "reports", size=WIDE) as desktop:
        await desktop.press("5")
        assert "01/07/2025" in " ".join(desktop.one("#report_about").lines(200))
        await desktop.press("shift+tab", "down", "enter")
        lines = desktop.one("#lines")
        assert desktop.focus == "lines" and lines.current.id.startswith("── ")
        await desktop.press("down")
        assert lines.current.dossier == june[2]
        await desktop.press("shift+tab", "m")
        files = [path.name for path in (office.folder / "reports").iterdir()]
        assert files == ["proposal-permanent-residence-standard-H30-001-6-2026-06.pdf"] and files[0] in desktop.says()
        await desktop.press("up", "m")
        assert desktop.says().startswith("✗") and "95" in desktop.says(), "none holds, so none is chosen"
        await desktop.press("n", "n", "h")
        assert "9" in "".join(desktop.one("#charts").lines(90))


async def test_a_paper_that_was_asked_for_opens_into_its_dossiers(office: Office, june: tuple[str, ...]) -> None:
    desk = office.open()
    desk.now = lambda: datetime.fromisoformat(THEN)
    act(desk, june[2], "supplement_requested", items=["CT01"], reason="x", at=desk.now())
    act(desk, june[3], "supplement_requested", items=["giấy khác"], reason="x", at=desk.now())
    desk.close()
    async with workstation(office, "reports", size=WIDE) as desktop:
        await desktop.press("5")
        lines = desktop.one("#lines")
        shown = desktop.app.screen._shown
        place = next(place for place, line in enumerate(shown) if line.group == "a0" and line.dossier is None)
        await desktop.press(*("down",) * place, "enter")
        behind = [line.dossier for line in desktop.app.screen._shown if line.dossier is not None]
        assert len(behind) == 1 and behind[0] in june[2:]
        assert lines.current.id.startswith("── ")


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("keys", [("2", "h"), ("5",), ("5", "h")], ids=["load", "faster", "spread"])
def test_picture_of_the_pictures(
    office: Office,
    june: tuple[str, ...],
    snap_compare: Callable[..., bool],
    keys: tuple[str, ...],
    size: tuple[int, int],
) -> None:
    from tui.app import Workstation

    desk = office.open()
    desk.now = lambda: datetime.fromisoformat(THEN)
    act(desk, june[2], "step_completed", step="Thẩm tra")
    act(desk, june[2], "result_ready", at=desk.now())
    desk.close()

    async def before(pilot: Any) -> None:
        await pilot.app.run_action("go('reports')")
        await counted(pilot)
        await pilot.press(*keys)
        await counted(pilot)
        await pilot.pause()

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=size, run_before=before)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("name", list(REPORTS))
def test_no_head_of_a_report_is_cut(name: str, language: str) -> None:
    """Whoever reads «Không bằ…» above a figure does not know what it counts."""
    found = [one for value in vars(report(name)).values() if isinstance(value, tuple) for one in value]
    columns = [one for one in found if isinstance(one, Column)]
    with in_language(language):
        assert columns or name in ("units", "years")
        assert [one.key for one in columns if cell_len(tr(one.title_key)) > one.width] == []


@pytest.mark.parametrize("name", list(REPORTS))
def test_the_columns_have_room_on_a_narrow_screen(name: str) -> None:
    for columns in vars(report(name)).values():
        if isinstance(columns, tuple) and columns and isinstance(columns[0], Column):
            room = NARROW[0] - 4
            assert sum(place.width + 1 for place in arrange(columns, room)) - 1 <= room


@pytest.mark.parametrize("name", ["units", "qd766", "commune"])
async def test_the_figures_of_what_is_made_of_the_form_open_too(
    office: Office, june: tuple[str, ...], name: str
) -> None:
    async with workstation(office, "reports", size=NARROW) as desktop:
        desktop.app.switch(desktop.app.make("reports", name))
        await desktop.pilot.pause()
        await desktop.press("tab", "home", "enter")
        shown = {line.dossier for line in desktop.app.screen._shown if line.dossier}
        assert shown == set(june)
        table = desktop.one("#lines")
        while table.current.dossier is None:
            await desktop.press("down")
        await desktop.press("enter")
        assert type(desktop.app.screen).__name__ == "DossierScreen"


def test_what_was_paid_and_returned_online_opens(desk: Desk) -> None:
    dossier = take_in(desk)
    act(desk, dossier, "payment_received", amount="10000", method="portal", channel="online")
    act(desk, dossier, "result_ready")
    act(desk, dossier, "result_returned", channel="online", reference="DVC-1")
    found = report("commune")
    sheet = found.sheet(desk, found.read(desk, date(2026, 5, 1), date(2026, 5, 31), None))
    by_title = {part.title: [line.dossier for line in part.lines] for part in sheet.lists}
    for key in ("paid_online", "returned_online"):
        assert by_title[tr(f"report.commune.{key}")] == [dossier]
