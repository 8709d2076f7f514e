"""Short lists on the screen: the row, the selection and what is being typed outlive another desk's news; `/` finds."""

from __future__ import annotations

from datetime import date, timedelta

from storage.desk import Done
from storage.fines import NewFine, enter
from storage.post import letters, take_back, track
from storage.results import Posting, send_post
from tests.conftest import NOW, Office, act, officer, take_in
from tests.tui.workstation import painted, workstation

BEFORE = NOW - timedelta(days=1)
NAMES = ("Đặng Thị Đào", "Lê Ngọc Ánh", "Phạm Gia Bảo")


def ready(office: Office, count: int = 3, *, sent: bool = False) -> list[str]:
    """Results for the post, of which all are out where they were `sent`; oldest first."""
    desk = office.open()
    names = [
        take_in(desk, name, at=BEFORE + timedelta(minutes=place), return_by="post")
        for place, name in enumerate(NAMES[:count])
    ]
    for place, one in enumerate(names):
        act(desk, one, "result_ready", at=BEFORE + timedelta(minutes=10 + place))
    if sent:
        assert isinstance(send_post(desk, officer(desk), "VNPost", [Posting(one) for one in names]), str)
    desk.close()
    return names


def elsewhere(office: Office, name: str = "Hồ Minh Châu") -> str:
    """Another process at the desk writes something that comes first in the lists."""
    desk = office.open()
    one = take_in(desk, name, at=BEFORE, return_by="post")
    act(desk, one, "result_ready", at=BEFORE)
    desk.close()
    return one


async def test_news_leave_the_letter_and_the_number_that_is_being_typed(office: Office) -> None:
    ready(office, sent=True)
    async with workstation(office, "post") as desktop:
        await desktop.press("2", "down", "tab")
        await desktop.type("EB7")
        elsewhere(office)
        desktop.app.screen.news()
        await desktop.type("7VN")
        await desktop.press("enter")
        assert [one.tracking for one in letters(desktop.app.desk)] == [None, "EB77VN", None]


async def test_news_leave_what_was_selected_for_the_post(office: Office) -> None:
    names = ready(office)
    async with workstation(office, "lists") as desktop:
        await desktop.press("2", "space", "down", "space")
        elsewhere(office)
        desktop.app.screen.news()
        await desktop.settle()
        table = desktop.one("LineTable")
        assert table.selected == {*names[:2]} and table.current.id == names[1]
        desktop.one("#carrier").value = "VNPost"
        await desktop.press("f10", "f10")
        assert [one.dossier for one in letters(desktop.app.desk)] == names[:2]


async def test_the_national_number_goes_to_the_dossier_whose_fields_stand_there(office: Office) -> None:
    names = ready(office)
    async with workstation(office, "queue") as desktop:
        await desktop.press("alt+o", "down", "tab")
        await desktop.type("G-7")
        desk = office.open()
        take_in(desk, "Hồ Minh Châu")
        desk.close()
        desktop.app.screen.news()
        await desktop.press("enter")
        await desktop.settle()
        assert [desktop.app.desk.dossier(one).official_number for one in names] == [None, "G-7", None]
        assert desktop.one("LineTable").current.id == names[0], "the next one took its place"
        assert NAMES[0] in "\n".join(desktop.one("#official_fields").lines(80))


async def test_a_slash_finds_a_letter_by_its_number_wherever_it_is(office: Office) -> None:
    names = ready(office, sent=True)
    desk = office.open()
    assert isinstance(track(desk, officer(desk), {names[1]: "EB 123 VN"})[0], Done)
    desk.close()
    async with workstation(office, "post") as desktop:
        await desktop.press("slash")
        await desktop.type("eb123vn")
        assert desktop.one("LineTable").current.dossier == names[1]
        await desktop.press("enter")
        assert desktop.focus == "LineTable"
        await desktop.press("escape")
        assert "BC-" in painted(desktop.app)


async def test_a_decision_is_found_by_its_number_and_paid(office: Office) -> None:
    desk = office.open()
    for place in range(3):
        new = NewFine(f"QĐ {place}5/QĐ-XPHC", NAMES[place], "500000", handed_on=date(2026, 5, 4))
        assert isinstance(enter(desk, officer(desk), new), Done)
    desk.close()
    async with workstation(office, "fines") as desktop:
        await desktop.press("slash")
        await desktop.type("15/qd")
        await desktop.press("enter", "escape", "f10", "f10")
        await desktop.press("2")
        assert NAMES[1] not in painted(desktop.app) and NAMES[0] in painted(desktop.app)


async def test_del_asks_for_del(office: Office) -> None:
    ready(office, sent=True)
    async with workstation(office, "post") as desktop:
        await desktop.press("2")
        desktop.one("#proof").value = "đi vắng"
        await desktop.press("delete")
        assert "Del" in desktop.says() and "F10" not in desktop.says()


async def test_a_number_scanned_twice_is_not_the_next_letters_too(office: Office) -> None:
    ready(office, sent=True)
    async with workstation(office, "post") as desktop:
        await desktop.press("2", "tab")
        await desktop.type("EB1VN")
        await desktop.press("enter")
        await desktop.type("EB1VN")
        await desktop.press("enter")
        assert "EB1VN" in desktop.says()
        assert [one.tracking for one in letters(desktop.app.desk)] == ["EB1VN", None, None]
        await desktop.press("enter")
        assert [one.tracking for one in letters(desktop.app.desk)] == ["EB1VN", "EB1VN", None], "one envelope"


async def test_a_letter_whose_address_is_to_be_asked_does_not_go_with_the_others(office: Office) -> None:
    names = ready(office, sent=True)
    desk = office.open()
    for one, after in zip(names, ("send_again", "ask_address", "counter"), strict=True):
        take_back(desk, officer(desk), [one], "đi vắng", after)
    desk.close()
    async with workstation(office, "lists") as desktop:
        await desktop.press("2")
        assert "hỏi lại địa chỉ" in painted(desktop.app)
        desktop.one("#carrier").value = "VNPost"
        await desktop.press("f10", "f10")
        again = [one.dossier for one in letters(desktop.app.desk) if one.stands == "out"]
        assert again == [names[0]]
