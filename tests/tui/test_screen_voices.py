"""Feedback and outreach on the screen: written down, answered, destroyed, by keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.feedback import ReceiveFeedback
from core.outreach import HoldOutreach
from storage.desk import Done
from storage.feedback import answer, listed, load, receive
from storage.outreach import held, hold
from tests.conftest import NOW, Office, officer, take_in
from tests.tui.workstation import NARROW, WIDE, Desktop, workstation
from tui.app import Workstation
from tui.i18n import set_language


@pytest.fixture
def told(office: Office) -> Office:
    """A question of a dossier, a complaint without a limit, and a meeting."""
    desk = office.open()
    dossier = take_in(desk)
    for number, kind, of in (("a" * 12, "question", dossier), ("b" * 12, "complaint", "")):
        given = ReceiveFeedback(number, kind, f"Nội dung {kind}", "phone", NOW, dossier=of, who="Bà Yến")
        assert isinstance(receive(desk, officer(desk, "hoa"), given), Done)
    meeting = HoldOutreach(
        "c" * 12, "meeting", NOW.date(), "Đối thoại lưu trú", NOW, procedures=("permanent-residence",)
    )
    assert isinstance(hold(desk, officer(desk, "hoa"), meeting), Done)
    desk.close()
    return office


async def opened(desktop: Desktop) -> None:
    desktop.app.push(desktop.app.make("voices"))
    await desktop.settle()


def name_of(desktop: Desktop) -> str:
    return type(desktop.app.screen).__name__


async def test_feedback_is_written_down_by_keys(office: Office) -> None:
    async with workstation(office, size=WIDE, officer="hoa") as desktop:
        await opened(desktop)
        await desktop.press("g", "right", "enter")
        assert desktop.focus == "text"
        assert "28/05/2026" in " ".join(desktop.one("#about").lines(100))
        await desktop.type("cho lau qua")
        for _ in range(6):
            await desktop.press("tab")
        await desktop.press("f10")
        assert name_of(desktop) == "VoicesScreen" and "✓" in desktop.says()
        (row,) = listed(desktop.app.desk, "open")
        assert (row.kind, str(row.due)) == ("obstacle", "2026-05-28")


async def test_what_is_refused_stays_with_the_cursor_on_it(told: Office) -> None:
    async with workstation(told, size=WIDE, officer="hoa") as desktop:
        await opened(desktop)
        await desktop.press("g", "f10")
        assert name_of(desktop) == "FeedbackForm" and "✗" in desktop.says()
        desktop.one("#text").value = "x"
        desktop.one("#dossier").value = "9999"
        await desktop.press("f10")
        assert "✗" in desktop.says() and desktop.focus == "dossier"
        desktop.one("#dossier").value = ""
        desktop.one("#due").value = "32/13"
        await desktop.press("f10")
        assert "✗" in desktop.says() and desktop.focus == "due"
        desktop.one("#due").value = "25/5"
        await desktop.press("f10")
        assert [str(one.due) for one in listed(desktop.app.desk, "owed")] == ["2026-05-25", "2026-05-28"]


async def test_the_row_under_the_cursor_is_answered_and_leaves_the_list(told: Office) -> None:
    async with workstation(told, size=WIDE, officer="hoa") as desktop:
        await opened(desktop)
        assert "Bà Yến" in " ".join(desktop.one("#detail").lines(100))
        assert "28/05/2026" in desktop.one("LineTable").current.cells[3]
        await desktop.press("enter")
        await desktop.type("bay ngay")
        await desktop.press("f10")
        await desktop.settle()
        assert [one.id for one in listed(desktop.app.desk, "open")] == ["b" * 12]
        await desktop.press("2", "enter")
        assert name_of(desktop) == "VoicesScreen", "answered: nothing is owed"
        await desktop.press("alt+1")
        assert name_of(desktop) == "DossierScreen"


async def test_only_an_admin_lets_the_words_of_what_was_answered_go(told: Office) -> None:
    desk = told.open()
    assert isinstance(answer(desk, officer(desk, "hoa"), "a" * 12, "Bảy ngày.", "phone"), Done)
    desk.close()
    async with workstation(told, size=WIDE, officer="hoa") as desktop:
        await opened(desktop)
        await desktop.press("2", "delete")
        await desktop.type("het han")
        await desktop.press("enter")
        assert "✗" in desktop.says()
        assert load(desktop.app.desk, "a" * 12).received.body["who"] == "Bà Yến"


async def test_a_meeting_is_written_down_with_its_procedures(told: Office) -> None:
    async with workstation(told, size=WIDE, officer="hoa") as desktop:
        await opened(desktop)
        await desktop.press("3", "g", "tab")
        await desktop.type("ra quan")
        desktop.one("#audience").value = "hai"
        await desktop.press("f10")
        assert "✗" in desktop.says() and desktop.focus == "audience"
        desktop.one("#audience").value = "25"
        desktop.one("#procedure").field.focus()
        await desktop.type("dktt")
        await desktop.press("enter")
        await desktop.settle()
        await desktop.press("f10")
        await desktop.settle()
        found = next(one for one in held(desktop.app.desk) if one.audience == 25)
        assert (found.title, found.procedures) == ("ra quan", ("permanent-residence",))


async def test_what_was_raised_at_a_meeting_is_written_down_there(told: Office) -> None:
    async with workstation(told, size=WIDE, officer="hoa") as desktop:
        await opened(desktop)
        await desktop.press("3", "enter", "tab")
        await desktop.type("kho nop truc tuyen")
        await desktop.press("f10")
        await desktop.settle()
        assert [one.outreach for one in listed(desktop.app.desk, "open") if one.outreach] == ["c" * 12]


async def test_the_palette_leads_there(told: Office) -> None:
    async with workstation(told) as desktop:
        await desktop.press("ctrl+p")
        await desktop.type("phan anh")
        await desktop.press("enter")
        assert name_of(desktop) == "VoicesScreen"


PICTURES = {"open": (), "outreach": ("3",), "write": ("g",), "held": ("3", "g")}


@pytest.mark.parametrize("place", PICTURES)
@pytest.mark.parametrize(
    ("language", "size"), [("vi", NARROW), ("vi", WIDE), ("en", NARROW)], ids=["vi-n", "vi-w", "en-n"]
)
def test_picture(
    told: Office, snap_compare: Callable[..., bool], language: str, size: tuple[int, int], place: str
) -> None:
    set_language(language)
    app = Workstation(told.folder, officer="tmd")

    async def before(pilot: Any) -> None:
        await pilot.pause(0.1)
        app.push(app.make("voices"))
        await pilot.pause()
        for key in PICTURES[place]:
            await pilot.press(key)
            await pilot.pause()
        await pilot.pause(0.3)

    assert snap_compare(app, terminal_size=size, run_before=before)


async def test_a_mistake_is_taken_back_by_keys(told: Office) -> None:
    async with workstation(told, size=WIDE, officer="hoa") as desktop:
        await opened(desktop)
        await desktop.press("delete", "enter")
        assert name_of(desktop) == "FeedbackForm" and "✗" in desktop.says()
        await desktop.type("ghi nham")
        await desktop.press("enter")
        assert name_of(desktop) == "VoicesScreen" and "✓" in desktop.says()
        assert [one.id for one in listed(desktop.app.desk, "all")] == ["b" * 12]


async def test_a_dossier_tells_what_was_said_of_it_and_leads_there(told: Office) -> None:
    async with workstation(told, size=WIDE, officer="hoa") as desktop:
        desk = desktop.app.desk
        other = take_in(desk, name="Lê Ngọc Ánh")
        (about,) = (one.dossier for one in listed(desk, "open") if one.dossier)
        desktop.app.push(desktop.app.make("dossier", other))
        await desktop.settle()
        await desktop.press("enter")
        assert name_of(desktop) == "DossierScreen" and "Phản ánh" not in " ".join(desktop.one("#facts").lines(100))
        desktop.app.push(desktop.app.make("dossier", about))
        await desktop.settle()
        told_lines = desktop.one("#facts").lines(100)
        assert "Phản ánh aaaaaa: hỏi, hạn 28/05/2026" in told_lines
        await desktop.press("enter")
        assert name_of(desktop) == "VoicesScreen"
        assert "▶Về hồ sơ" in desktop.one("#lists").lines(100)[0]
        assert [line.id for line in desktop.one("LineTable")._source.rows] == ["a" * 12]
        await desktop.press("enter")
        await desktop.type("da tra loi")
        await desktop.press("f10")
        assert name_of(desktop) == "VoicesScreen" and not [one for one in listed(desk, "open") if one.dossier]
        await desktop.press("1")
        assert [line.id for line in desktop.one("LineTable")._source.rows] == ["b" * 12]
        await desktop.press("escape")
        assert "đã trả lời" in " ".join(desktop.one("#facts").lines(100))
