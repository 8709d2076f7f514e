"""The post on the screen: a batch opened, a number given later, letters delivered and come back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from storage.post import letters
from storage.results import Posting, send_post
from tests.conftest import NOW, Office, act, officer, take_in
from tests.tui.workstation import NARROW, WIDE, painted, workstation
from tui.app import Workstation
from tui.i18n import set_language

BEFORE = NOW - timedelta(days=1)


@pytest.fixture
def sent(office: Office) -> Office:
    """Two results, taken along yesterday; the first has a number."""
    desk = office.open()
    names = [take_in(desk, name, at=BEFORE, return_by="post") for name in ("Đặng Thị Đào", "Lê Ngọc Ánh")]
    for one in names:
        act(desk, one, "result_ready", at=BEFORE)
    postings = [Posting(names[0], "EB1VN"), Posting(names[1])]
    assert isinstance(send_post(desk, officer(desk), "VNPost", postings, at=BEFORE), str)
    desk.close()
    return office


async def test_a_batch_is_opened_and_its_letters_are_followed(sent: Office) -> None:
    async with workstation(sent, "post") as desktop:
        desk = desktop.app.desk
        await desktop.press("enter", "down", "tab")
        assert desktop.focus == "tracking"
        await desktop.type("EB2VN")
        await desktop.press("enter")
        assert [one.tracking for one in letters(desk)] == ["EB1VN", "EB2VN"]
        desktop.app.screen.set_focus(desktop.one("#proof"))
        await desktop.type("chong")
        await desktop.press("f10")
        assert [one.stands for one in letters(desk)] == ["out", "out"], "it asks first"
        await desktop.press("f10")
        assert [(one.stands, one.proof) for one in letters(desk)] == [("out", None), ("delivered", "chong")]
        await desktop.press("escape")
        assert "1 đã phát" in painted(desktop.app) and "BC-260520-01-01" in painted(desktop.app)


async def test_a_letter_that_came_back_says_why(sent: Office) -> None:
    async with workstation(sent, "post") as desktop:
        await desktop.press("2", "delete")
        assert "lý do" in desktop.says() and desktop.focus == "proof"
        await desktop.type("xdi vang")
        await desktop.press("home", "delete")
        assert desktop.one("#proof").value == "di vang", "amid a text it takes a letter away"
        await desktop.press("end", "delete", "delete")
        first, second = letters(desktop.app.desk)
        assert (first.stands, first.reason, first.next, second.stands) == ("returned", "di vang", "send_again", "out")
        await desktop.press("3")
        assert "gửi lại" in painted(desktop.app)


async def test_a_wrong_day_is_said_and_nothing_done(sent: Office) -> None:
    async with workstation(sent, "post") as desktop:
        await desktop.press("2")
        desktop.app.screen.set_focus(desktop.one("#day"))
        await desktop.type("31/02")
        await desktop.press("f10")
        assert "31/02" in desktop.says()
        desktop.one("#day").value = "22/05/2026"
        await desktop.press("f10", "f10")
        assert "chưa tới" in desktop.says()
        assert [one.stands for one in letters(desktop.app.desk)] == ["out", "out"]


@pytest.mark.parametrize(("language", "size"), [("vi", NARROW), ("vi", WIDE), ("en", NARROW)])
def test_picture(sent: Office, snap_compare: Callable[..., bool], language: str, size: tuple[int, int]) -> None:
    set_language(language)
    app = Workstation(sent.folder, officer="tmd")
    assert snap_compare(app, terminal_size=size, press=["alt+t", "enter"])
