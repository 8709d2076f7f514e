"""Notices come by themselves into the foot, eat no key, are told once, and are read with Ctrl+U."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from textual.events import Key

from core.moments import LEGAL_TIME
from core.notices import Facts, NoticeLog, Subject
from storage.notices import load_log
from tests.conftest import PIN, Office, act, take_in
from tests.tui.queue_station import MORNING, fill_queue
from tests.tui.test_screen_lock import screen as name
from tests.tui.workstation import NARROW, WIDE, Desktop, painted, workstation
from tui import notices
from tui.app import Workstation
from tui.i18n import set_language
from tui.notices import Notices
from tui.screens.intake_form import IntakeForm

LAST_MINUTES = datetime(2026, 6, 1, 16, 30, tzinfo=LEGAL_TIME)


@pytest.fixture
def watched(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A dossier of Hoa's falls due in half an hour, and the desk looks for it."""
    desk = office.open()
    take_in(desk, "Đặng Thị Đào", by="hoa")
    desk.close()
    monkeypatch.setenv("MOTCUA_NOW", LAST_MINUTES.isoformat())
    monkeypatch.setattr(Notices, "begins", 0.0)
    return office


def foot(desktop: Desktop) -> str:
    return str(desktop.one("StatusBar").render_line(2).text)


async def told(desktop: Desktop, words: str) -> str:
    for _ in range(300):
        if words in foot(desktop):
            return foot(desktop)
        await desktop.settle(0.05)
    raise AssertionError(foot(desktop))


def find(desktop: Desktop, *ready: str) -> None:
    """As if a look had found these results."""
    app = desktop.app
    now = int(app.desk.now().timestamp())
    subjects = tuple(Subject(one, f"H30-001-260521-000{place}", f"Người {one}", now) for place, one in enumerate(ready))
    assert app.officer is not None
    app.notices._officer = app.officer.id
    app.on_notices_found(
        Notices.Found(app.officer.id, NoticeLog(), Facts(now, "2026-05-21", ready=subjects), app.desk.log.last())
    )


async def test_it_comes_by_itself_stands_a_while_and_then_waits_to_be_read(watched: Office) -> None:
    async with workstation(watched, size=WIDE, officer="hoa") as desktop:
        line = await told(desktop, "Đến hạn trong 1 giờ")
        assert line.startswith(" = Đến hạn trong 1 giờ: 260521-0001 Đặng Thị Đào, 17:00 · Ctrl+U")
        assert desktop.focus == "QueueTable" and len(desktop.app.screen_stack) == 2
        desktop.app.notices._until = 0.0
        assert (await told(desktop, "1 tin mới")).startswith(" 1 tin mới Ctrl+U · ● Đã lưu tại quầy")
        await desktop.press("ctrl+u")
        assert name(desktop) == "NoticesScreen"
        (row,) = [row for row, *_ in desktop.one("LineTable").picture()]
        assert row.cells == ("16:30", "Đến hạn trong 1 giờ: 260521-0001 Đặng Thị Đào, 17:00")
        await desktop.press("enter")
        assert name(desktop) == "DossierScreen"
        await desktop.press("escape", "escape")
        assert name(desktop) == "QueueScreen" and "tin mới" not in foot(desktop)


async def test_it_is_told_once_even_by_the_next_program(watched: Office) -> None:
    async with workstation(watched, officer="hoa") as desktop:
        await told(desktop, "Đến hạn trong 1 giờ")
        await kept(desktop, watched, unread=1)
    async with workstation(watched, officer="hoa") as desktop:
        assert "Đến hạn" not in await told(desktop, "1 tin mới Ctrl+U")
        await desktop.press("ctrl+u", "escape")
        assert len(desktop.app.notices.told) == 1 and "tin mới" not in foot(desktop)
        await kept(desktop, watched, unread=0)
    async with workstation(watched, officer="hoa") as desktop:
        while not desktop.app.notices.told:
            await desktop.settle(0.05)
        assert "tin mới" not in foot(desktop) and "Đến hạn" not in foot(desktop)


async def kept(desktop: Desktop, office: Office, unread: int) -> None:
    """Until the thread has written the log."""
    for _ in range(300):
        desk = office.open()
        log = load_log(desk.connection, "officer-hoa")
        desk.close()
        if log.told and log.unread == unread:
            return
        await desktop.settle(0.05)
    raise AssertionError("not kept")


async def test_every_key_that_is_typed_while_it_arrives_lands_in_its_field(office: Office) -> None:
    """As fast as a scanner sends them: a notice comes between any two keys."""
    text = "001185012345"
    async with workstation(office, "intake", officer="hoa") as desktop:
        desktop.app.screen.set_focus(desktop.one("#applicant_name"))
        for place, letter in enumerate("Nguyen Van An"):
            desktop.app.post_message(Key("space" if letter == " " else letter, letter))
            if place % 3 == 0:
                find(desktop, f"x{place}")
        await typed(desktop, "applicant_name", "Nguyen Van An")
        assert desktop.focus == "applicant_name"
        assert "Có kết quả" in foot(desktop)
        desktop.app.screen.set_focus(desktop.one("#applicant_number"))
        for place, letter in enumerate(text):
            desktop.app.post_message(Key(letter, letter))
            if place == 5:
                find(desktop, "y")
        await typed(desktop, "applicant_number", text)
        assert name(desktop) == "IntakeScreen"


async def typed(desktop: Desktop, field: str, text: str) -> None:
    """All of it has come to the field, in its order, and no more."""
    form = desktop.one(IntakeForm)
    for _ in range(200):
        if len(form.read().text(field)) >= len(text):
            break
        await desktop.settle(0.05)
    await desktop.settle()
    assert form.read().text(field) == text


async def test_the_most_severe_of_many_is_said_and_how_many_more(office: Office) -> None:
    async with workstation(office, officer="hoa") as desktop:
        find(desktop, "a", "b", "c")
        assert foot(desktop).startswith(" v Có kết quả: 260521-0000 Người a · và 2 tin khác · Ctrl+U")
        await desktop.press("f2")
        assert "và 2 tin khác" in foot(desktop)


async def test_a_locked_desk_shows_none_and_looks_for_none(watched: Office) -> None:
    async with workstation(watched, officer="hoa") as desktop:
        await told(desktop, "Đặng Thị Đào")
        await desktop.press("ctrl+y")
        find(desktop, "a")
        await desktop.settle(0.2)
        assert name(desktop) == "LockScreen" and "Người" not in foot(desktop) and "Đào" not in foot(desktop)
        assert desktop.app.notices.lines() == ("", "") and "Ctrl+U" not in foot(desktop)
        await desktop.press("ctrl+u")
        assert name(desktop) == "LockScreen"
        await desktop.type(PIN)
        await desktop.press("enter")
        await told(desktop, "Người a")


async def test_another_officer_is_not_told_what_the_one_before_was(watched: Office) -> None:
    async with workstation(watched, officer="hoa") as desktop:
        await told(desktop, "Đặng Thị Đào")
        await desktop.press("ctrl+o")
        assert "Đào" not in foot(desktop) and "Ctrl+U" not in foot(desktop)
        await desktop.type("khai" + PIN)
        await desktop.press("enter")
        await desktop.settle(1.5)
        assert name(desktop) == "QueueScreen" and "Đào" not in foot(desktop)
        await desktop.press("ctrl+u")
        assert desktop.app.notices.told == () and not desktop.one("LineTable").picture()


async def test_what_another_program_writes_is_told_soon(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = office.open()
    dossier = take_in(desk, "Lê Văn Sớm", by="hoa")
    desk.close()
    monkeypatch.setattr(Notices, "begins", 0.0)
    monkeypatch.setattr(notices, "_SOON", 0.0)
    async with workstation(office, officer="hoa") as desktop:
        while desktop.app.notices._log is None:
            await desktop.settle(0.05)
        other = office.open()
        act(other, dossier, "result_ready", by="lanh")
        other.close()
        assert "260521-0001 Lê Văn Sớm" in await told(desktop, "Có kết quả")


async def test_enter_on_trouble_leads_to_the_sync_screen_and_a_click_opens_the_log(office: Office) -> None:
    async with workstation(office, officer="hoa") as desktop:
        app = desktop.app
        facts = Facts(1_800_000_000, "2027-01-15", contact=0, failing=True, numbers_left=3)
        app.notices._officer = "officer-hoa"
        app.on_notices_found(Notices.Found("officer-hoa", NoticeLog(), facts, 1))
        assert "chỉ còn 3 số · và 1 tin khác" in foot(desktop)
        await desktop.pilot.click("StatusBar", offset=(3, 2))
        await desktop.settle()
        assert name(desktop) == "NoticesScreen"
        await desktop.press("down", "enter")
        assert name(desktop) == "SyncScreen"
        await desktop.press("escape", "escape")
        assert name(desktop) == "QueueScreen"


async def test_what_is_told_while_the_log_is_open_stands_in_it(office: Office) -> None:
    async with workstation(office, officer="hoa") as desktop:
        await desktop.press("ctrl+u")
        assert not desktop.one("LineTable").picture()
        find(desktop, "a")
        await desktop.settle()
        assert len(desktop.one("LineTable").picture()) == 1 and "tin mới" not in foot(desktop)


@pytest.mark.parametrize(("size", "language"), [(NARROW, "vi"), (WIDE, "vi"), (WIDE, "en")])
@pytest.mark.parametrize("what", ["foot", "log", "none"])
def test_picture(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    snap_compare: Callable[..., bool],
    size: tuple[int, int],
    language: str,
    what: str,
) -> None:
    if (what, size, language) in (("none", WIDE, "vi"), ("none", WIDE, "en"), ("foot", WIDE, "en")):
        pytest.skip("looks as the others do")
    set_language(language)
    dossiers = fill_queue(office.folder, monkeypatch)
    desk = office.open()
    rows = {one: desk.row(dossier) for one, dossier in dossiers.items()}
    desk.close()
    now = int(MORNING.timestamp())

    def subject(one: str, at: int) -> Subject:
        row = rows[one]
        assert row is not None
        return Subject(row.id, str(row["receipt_number"]), str(row["applicant_name"]), at)

    facts = Facts(
        now,
        "2026-06-15",
        due=(subject("today", now + 1800),),
        owed=(subject("apology", now - 86400),),
        ready=(subject("ready", now),),
        conflicts=(subject("mine", now),),
        short=(("disk_nearly_full", "180"),),
        numbers_left=12,
        contact=now - 7200,
        failing=True,
    )
    told_before = Facts(now - 86_400, "2026-06-14", ready=(subject("returned", now - 86_400),))

    async def before(pilot: Any) -> None:
        app = pilot.app
        app.notices._officer = app.officer.id
        if what != "none":
            for found in (told_before, facts):
                app.on_notices_found(Notices.Found(app.officer.id, NoticeLog(), found, 1))
        if what != "foot":
            await pilot.press("ctrl+u")
        await pilot.pause(0.3)

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=size, run_before=before)


async def test_a_report_to_be_sent_is_told_by_its_title_and_enter_opens_it(office: Office) -> None:
    async with workstation(office, size=WIDE, officer="lanh") as desktop:
        app = desktop.app
        now = int(app.desk.now().timestamp())
        assert app.officer is not None
        app.notices._officer = app.officer.id
        facts = Facts(now, "2026-05-21", reports=(Subject("report:late:2026-04-30", name="late", at=now),))
        app.on_notices_found(Notices.Found(app.officer.id, NoticeLog(), facts, app.desk.log.last()))
        await desktop.press("ctrl+u")
        assert "hạn gửi" in painted(app) and "report." not in painted(app)
        await desktop.press("enter")
        assert name(desktop) == "ReportsScreen" and app.screen._name == "late"
        assert "01/04/2026–30/04/2026" in painted(app), "the period that is owed, not the one that runs"
