"""F5: the sheet, the read-back by keys that differ, questions, counts, two PINs, and going on after a cut."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as given_by
from hypothesis import strategies as st

from core.readback import ONE, Ask, choices, read_asks
from storage.desk import Desk, Done
from storage.handover import accept, ask_sender, hand_over, handover_of, keep_said, said_so_far, sheet_of, waiting_for
from tests.conftest import NOW, PIN, Office, act, officer, take_in
from tests.readback import restated
from tests.tui.workstation import NARROW, WIDE, Desktop, workstation
from tui import pin_tries
from tui.app import Workstation
from tui.screens.handover import HandoverScreen
from tui.screens.past_handovers import PastHandoversScreen, PastLine, PastLines
from tui.screens.readback import ReadbackScreen
from tui.widgets.listed import Listed

_NAMES = ("Nguyễn Thị Hồng Đào", "Phạm Gia Bảo", "Đặng Văn Đạt", "Lê Ngọc Ánh", "Vũ Đình Khánh", "Hoàng Thị Yến")


@pytest.fixture
def carried(office: Office) -> list[str]:
    """Of hoa: two that are late, two in time, one that waits, one result, one paper in custody, and 40.000đ."""
    desk = office.open()
    desk.entropy = random.Random(5).randbytes
    found = [take_in(desk, name, at=NOW - timedelta(days=20)) for name in _NAMES[:2]]
    for one in found:
        act(desk, one, "assigned", to="officer-hoa")
    found += [take_in(desk, name, by="hoa", at=NOW - timedelta(minutes=n)) for n, name in enumerate(_NAMES[2:], 1)]
    act(desk, found[3], "supplement_requested", by="hoa", items=["CT01"])
    act(desk, found[4], "result_ready", by="hoa")
    act(desk, found[5], "original_taken", by="hoa", paper="Hộ chiếu")
    act(desk, found[2], "payment_received", by="hoa", amount="40000", method="cash")
    desk.close()
    return found


def given(office: Office) -> str:
    """Signed over by hoa to khai."""
    desk = office.open()
    desk.entropy = random.Random(6).randbytes
    shift = hand_over(desk, officer(desk, "hoa"), officer(desk, "khai"), "chìa khóa ở bàn trực")
    desk.close()
    assert isinstance(shift, str)
    return shift


def asked(desk: Desk, shift: str) -> list[Ask]:
    sheet = sheet_of(desk, shift)
    assert sheet is not None
    return read_asks(sheet.sections)


def keys_for(desk: Desk, shift: str) -> dict[str, str]:
    """The right key for each item of an action."""
    asks = asked(desk, shift)
    pairs = zip(asks, choices(shift, asks), strict=True)
    return {ask.item: str(offered.index(ask.expected) + 1) for ask, offered in pairs if offered}


async def answer(desktop: Desktop, shift: str, how_many: int = 99) -> None:
    """Restate what is asked, in order."""
    desk = desktop.app.desk
    keys = keys_for(desk, shift)
    for ask in asked(desk, shift):
        if ask.item in said_so_far(desk, officer(desk, "khai"), shift) or how_many == 0:
            continue
        how_many -= 1
        if ask.item in keys:
            await desktop.press(keys[ask.item])
        else:
            await desktop.type(ask.expected)
            await desktop.press("enter")


def owner(desk: Desk, dossier: str) -> Any:
    row = desk.row(dossier)
    assert row is not None
    return row["officer"]


async def test_the_request_to_choose_a_receiver_goes_once_one_is_chosen(office: Office, carried: list[str]) -> None:
    async with workstation(office, "handover") as desktop:
        await desktop.press("f10")
        assert "Chọn người nhận ca" in desktop.says()
        await desktop.type("hoa")
        await desktop.press("enter")
        assert desktop.says() == ""


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_who_may_take_over_is_listed_below_the_field(
    office: Office, carried: list[str], size: tuple[int, int]
) -> None:
    async with workstation(office, "handover", size=size) as desktop:
        found = desktop.one("#handover-to ChoiceList")
        assert found.size.height == 2 and desktop.one("#handover-for ChoiceList").size.height == 1
        assert "Lê Thị Hoa" in found.render_line(0).text
        assert desktop.one("#handover-sheet").size.height > 4


async def test_signed_over_read_back_and_taken_over_on_one_screen(office: Office, carried: list[str]) -> None:
    async with workstation(office, "handover", officer="hoa") as desktop:
        desk = desktop.app.desk
        await desktop.press("n")
        assert "người giao đã ký" in desktop.says()
        await desktop.press("tab")
        await desktop.type("khai")
        await desktop.press("enter")
        await desktop.type("khóa ở bàn trực")
        await desktop.press("enter", *PIN, "f10")
        (shift,) = waiting_for(desk, officer(desk, "khai"))
        await desktop.press("f10")
        assert "chưa nhắc lại" in desktop.says() and owner(desk, carried[0]) == "officer-hoa"
        await desktop.press("n")
        assert isinstance(desktop.app.screen, ReadbackScreen)
        await answer(desktop, shift)
        assert isinstance(desktop.app.screen, HandoverScreen) and desktop.focus == "handover-pin"
        await desktop.press(*PIN, "f10")
        assert "đã nhận ca" in desktop.says()
        assert {owner(desk, one) for one in carried} == {"officer-khai"}
        assert desktop.app.officer is not None and desktop.app.officer.code == "khai"
        found = handover_of(desk, shift)
        assert found is not None and found.accepted is not None
        assert found.accepted.body["readback"].keys() == {ask.item for ask in asked(desk, shift)}
        await desktop.press("l")
        assert isinstance(desktop.app.screen, PastHandoversScreen)
        lines = [row for row, *_ in desktop.one("LineTable").picture()]
        assert [line.became for line in lines if line.dossier] == ["still_late", "still_late"]


@pytest.mark.parametrize("key", "1234")
async def test_one_key_pressed_again_and_again_gets_nowhere(office: Office, carried: list[str], key: str) -> None:
    shift = given(office)
    async with workstation(office, "handover", officer="khai") as desktop:
        await desktop.press("n", *[key] * 12)
        desk = desktop.app.desk
        assert len(said_so_far(desk, officer(desk, "khai"), shift)) <= 1 < len(keys_for(desk, shift))


async def test_what_is_asked_of_many_stands_above_them(office: Office, carried: list[str]) -> None:
    desk = office.open()
    for _ in range(30):
        take_in(desk, by="hoa")
    desk.close()
    shift = given(office)
    async with workstation(office, "handover", officer="khai", size=NARROW) as desktop:
        await desktop.press("n")
        together = next(place for place, ask in enumerate(asked(desktop.app.desk, shift)) if ask.count > 20)
        await answer(desktop, shift, together)
        shown = desktop.one("#readback-lines").lines(NARROW[0])
        page = desktop.one("#readback-page")
        assert len(shown) > page.size.height and page.scroll_y == 0
        assert next(place for place, line in enumerate(shown) if line.startswith("  4 ")) < page.size.height


async def test_what_was_said_before_a_cut_is_still_said(office: Office, carried: list[str]) -> None:
    shift = given(office)
    async with workstation(office, "handover", officer="khai") as desktop:
        await desktop.press("n")
        await answer(desktop, shift, 3)
        before = desktop.says("#readback-progress")
        assert "3/" in before
    async with workstation(office, "handover", officer="khai") as desktop:
        assert "phải nhắc lại" in desktop.says("#handover-who")
        await desktop.press("n")
        assert desktop.says("#readback-progress") == before


async def test_what_is_told_to_the_next_shift_is_kept_until_it_is_signed(office: Office, carried: list[str]) -> None:
    async with workstation(office, "handover", officer="hoa") as desktop:
        desktop.one("#handover-note").value = "bà Yến chỉ đến sau 16h30"
        await desktop.settle(0.9)
    async with workstation(office, "handover", officer="hoa") as desktop:
        assert desktop.one("#handover-note").value == "bà Yến chỉ đến sau 16h30"
        desktop.one("#handover-to").field.value = "khai"
        desktop.one("#handover-to").field.focus()
        await desktop.press("enter")
        desktop.one("#handover-pin").value = PIN
        await desktop.press("f10")
        waiting = waiting_for(desktop.app.desk, officer(desktop.app.desk, "khai"))
        assert waiting and desktop.app.desk.connection.execute("SELECT count(*) FROM draft").fetchone()[0] == 0


async def test_a_question_and_its_answer(office: Office, carried: list[str]) -> None:
    shift = given(office)
    async with workstation(office, "handover", officer="khai") as desktop:
        await desktop.press("n", "g")
        await desktop.type("vì sao trễ?")
        await desktop.press("enter")
        assert isinstance(desktop.app.screen, ReadbackScreen)
        await answer(desktop, shift, 0)
        found = handover_of(desktop.app.desk, shift)
        assert found is not None and [one.text for one in found.unanswered] == ["vì sao trễ?"]
    async with workstation(office, "handover", officer="hoa") as desktop:
        await desktop.press("enter")
        await desktop.type("chờ xác minh")
        await desktop.press("f10")
        found = handover_of(desktop.app.desk, shift)
        assert found is not None and found.unanswered == []


async def test_what_was_asked_and_not_answered_is_on_the_senders_sheet_again(
    office: Office, carried: list[str]
) -> None:
    shift, desk = given(office), office.open()
    assert isinstance(ask_sender(desk, officer(desk, "khai"), shift, carried[0], "vì sao trễ?"), Done)
    assert isinstance(accept(desk, officer(desk, "khai"), shift, restated(desk, shift)), Done)
    desk.close()
    async with workstation(office, "handover", officer="hoa") as desktop:
        line = desktop.one("LineTable").current
        assert "vì sao trễ?" in line.whole and "còn ở người giao" in line.whole
        await desktop.press("enter")
        assert type(desktop.app.screen).__name__ == "DossierScreen"


async def test_a_count_that_differs_is_counted_twice_and_then_needs_its_reason(
    office: Office, carried: list[str]
) -> None:
    async with workstation(office, "handover", officer="hoa") as desktop:
        desk = desktop.app.desk
        assert not any("40.000" in line.whole for line, *_ in desktop.one("LineTable").picture())
        await desktop.press("ctrl+n")
        for _ in range(2):
            await desktop.type("35000")
            await desktop.press("enter")
        await desktop.type("thối nhầm")
        await desktop.press("enter")
        assert isinstance(desktop.app.screen, HandoverScreen) and "kiểm đếm" in desktop.says()
        body = desk.log.events_of(f"desk:{desk.identity.desk}")[-1].body
        assert body == {
            "counted": {"money:cash": "35000"},
            "expected": {"money:cash": "40000"},
            "reason": "thối nhầm",
        }


async def test_a_leader_takes_over_what_the_receiver_did_not_come_for(office: Office, carried: list[str]) -> None:
    shift = given(office)
    async with workstation(office, "handover", officer="lanh") as desktop:
        await desktop.press("l")
        await desktop.press("enter")
        screen = desktop.app.screen
        assert isinstance(screen, HandoverScreen) and desktop.one("#handover-reason").display
        await desktop.press("n")
        desk = desktop.app.desk
        for item, key in keys_for(desk, shift).items():
            if item not in said_so_far(desk, officer(desk, "lanh"), shift):
                await desktop.press(key)
        for ask in asked(desk, shift):
            if ask.kind not in (ONE, "group"):
                await desktop.type(ask.expected)
                await desktop.press("enter")
        await desktop.press(*PIN, "f10")
        assert "lý do" in desktop.says()
        desktop.one("#handover-reason").value = "không đến"
        desktop.one("#handover-pin").focus()
        await desktop.press(*PIN, "f10")
        assert owner(desk, carried[0]) == "officer-lanh"


@pytest.mark.parametrize("receiver", ["khai", "lanh"])
async def test_a_leader_signs_in_the_place_of_who_is_gone(office: Office, carried: list[str], receiver: str) -> None:
    """To anybody but who is gone; where nobody else is there the leader takes it himself."""
    async with workstation(office, "handover", officer="lanh") as desktop:
        await desktop.press("tab")
        await desktop.type("hoa")
        await desktop.press("enter")
        assert "Lê Thị Hoa" in desktop.says("#handover-who")
        desktop.one("#handover-reason").value = "đi viện"
        desktop.one("#handover-to").field.focus()
        listed = [desktop.one("#handover-to ChoiceList").render_line(n).text for n in range(2)]
        assert not any("Lê Thị Hoa" in one for one in listed)
        await desktop.type(receiver)
        await desktop.press("enter")
        desktop.one("#handover-pin").focus()
        await desktop.press(*PIN, "f10")
        desk = desktop.app.desk
        (shift,) = waiting_for(desk, officer(desk, receiver))
        sheet = sheet_of(desk, shift)
        assert sheet is not None and sheet.overridden == ("đi viện",)


@given_by(st.lists(st.integers(0, 4), max_size=6))
def test_past_handovers_page_by_page_are_all_of_them_in_order(lengths: list[int]) -> None:
    read: list[str] = []

    def lines(shift: str) -> list[PastLine]:
        read.append(shift)
        return [PastLine(f"{shift} {n}", (), shift) for n in range(lengths[int(shift)])]

    ids = [str(n) for n in range(len(lengths))]
    whole = [line for one in ids for line in lines(one)]
    read.clear()
    paged, listed = PastLines(ids, lines), Listed(whole)
    for size in (1, 3):
        assert (paged.first(size), paged.last(size)) == (listed.first(size), listed.last(size)[-size:])
        for row in whole:
            assert paged.after(row, size) == listed.after(row, size)
            assert paged.before(row, size) == listed.before(row, size)
    assert len(read) == len(set(read)), "none is read twice"


async def test_the_past_reads_no_more_than_is_shown(office: Office, carried: list[str]) -> None:
    desk = office.open()
    for minute in range(40):
        desk.now = lambda minute=minute: NOW + timedelta(minutes=minute)  # type: ignore[misc]
        assert isinstance(hand_over(desk, officer(desk, "hoa"), officer(desk, "khai")), str)
    desk.close()
    async with workstation(office, "handover", officer="hoa") as desktop:
        await desktop.press("l")
        table = desktop.one("LineTable")
        assert len(table.picture()) < 25
        await desktop.press("end")
        assert [row.became for row, *_ in table.picture()][-1] == "still_late"
        row = table.current
        await meanwhile(office, desktop, carried[3], "noted", by="hoa", text="đã gọi")
        assert table.current == row


async def meanwhile(office: Office, desktop: Desktop, dossier: str, kind: str, **fields: Any) -> None:
    """Another process of this desk, as an exchange is one, writes while somebody types."""
    desk = office.open()
    act(desk, dossier, kind, **fields)
    desk.close()
    desktop.app.screen.tick()
    await desktop.settle(0)


async def test_the_sender_goes_on_after_a_cut_and_may_sign_for_somebody_else(
    office: Office, carried: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shift = given(office)
    monkeypatch.setenv("MOTCUA_NOW", (NOW + timedelta(minutes=2)).isoformat())
    async with workstation(office, "handover", officer="hoa") as desktop:
        assert "chờ nhận" in desktop.says("#handover-who")
        await desktop.press("n")
        await answer(desktop, shift)
        assert desktop.focus == "handover-pin" and "Khải" in desktop.says("#handover-pin-label")
        await desktop.press("ctrl+d")
        assert "chờ nhận" not in desktop.says("#handover-who") and desktop.one("#handover-to").display
        await desktop.press("ctrl+d")
        assert "chờ nhận" in desktop.says("#handover-who")
        await desktop.press("ctrl+d")
        desktop.one("#handover-to").field.focus()
        await desktop.type("lanh")
        await desktop.press("enter")
        desktop.one("#handover-pin").focus()
        await desktop.press(*PIN, "f10")
        desk = desktop.app.desk
        assert waiting_for(desk, officer(desk, "khai")) == [] and len(waiting_for(desk, officer(desk, "lanh"))) == 1
        assert "Lành" in desktop.says("#handover-who") and "chờ nhận" in desktop.says("#handover-who")


async def test_who_is_to_take_over_can_hand_over_too(office: Office, carried: list[str]) -> None:
    given(office)
    async with workstation(office, "handover", officer="khai") as desktop:
        await desktop.press("ctrl+d")
        assert "Vũ Quang Khải → …" in desktop.says("#handover-who") and desktop.one("#handover-to").display


async def test_three_wrong_pins_make_a_pause_and_leaving_the_screen_does_not_end_it(
    office: Office, carried: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pin_tries, "_PAUSE", 600.0)
    async with workstation(office, "handover", officer="hoa") as desktop:
        desktop.one("#handover-to").field.focus()
        await desktop.type("khai")
        await desktop.press("enter")
        desktop.one("#handover-pin").focus()
        for left in ("2", "1", "600"):
            await desktop.press(*"1111", "f10")
            assert left in desktop.says()
        await desktop.press(*PIN, "f10")
        assert "chờ" in desktop.says() and waiting_for(desktop.app.desk, officer(desktop.app.desk, "khai")) == []
        await desktop.press("f1", "f5")
        desktop.one("#handover-to").field.focus()
        await desktop.type("khai")
        await desktop.press("enter")
        desktop.one("#handover-pin").focus()
        await desktop.press(*PIN, "f10")
        assert waiting_for(desktop.app.desk, officer(desktop.app.desk, "khai")) == []


async def test_what_is_typed_stays_when_another_process_writes(office: Office, carried: list[str]) -> None:
    shift = given(office)
    async with workstation(office, "handover", officer="khai") as desktop:
        await desktop.press("n")
        keys = keys_for(desktop.app.desk, shift)
        await answer(desktop, shift, len(keys))
        count = desktop.one("#readback-said")
        assert count.display
        await desktop.type("4")
        await meanwhile(office, desktop, carried[3], "noted", by="hoa", text="đã gọi")
        assert count.value == "4" and desktop.focus == "readback-said"


async def test_a_leaders_reason_never_runs_on_into_the_pin(office: Office, carried: list[str]) -> None:
    given(office)
    desk = office.open()
    lanh = officer(desk, "lanh")
    (shift,) = waiting_for(desk, officer(desk, "khai"))
    for item, said in restated(desk, shift).items():
        keep_said(desk, lanh, shift, item, said)
    desk.close()
    async with workstation(office, "handover", officer="lanh") as desktop:
        await desktop.press("l", "enter")
        assert desktop.focus == "handover-pin"
        desktop.one("#handover-reason").focus()
        await desktop.type("không")
        await meanwhile(office, desktop, carried[3], "noted", by="hoa", text="đã gọi")
        await desktop.type(" đến")
        assert desktop.one("#handover-reason").value == "không đến" and desktop.one("#handover-pin").value == ""


async def test_what_was_closed_or_went_on_since_the_signature_is_told(office: Office, carried: list[str]) -> None:
    shift = given(office)
    async with workstation(office, "handover", officer="khai") as desktop:
        await desktop.press("n")
        await meanwhile(office, desktop, carried[0], "withdrawn", by="hoa")
        desk = desktop.app.desk
        assert said_so_far(desk, officer(desk, "khai"), shift) == {} and "1/" in desktop.says("#readback-progress")
        await meanwhile(office, desktop, carried[1], "supplement_requested", by="hoa", items=["CT01"])
        desktop.app.screen.fill()
        await desktop.settle(0)
        assert "Từ khi ký phiếu" in " ".join(desktop.one("#readback-lines").lines(80))


async def test_what_cannot_be_written_counts_as_unsaid_and_the_screen_goes_on(
    office: Office, carried: list[str]
) -> None:
    shift = given(office)
    async with workstation(office, "handover", officer="khai") as desktop:
        await desktop.press("n")
        desk = desktop.app.desk
        key = keys_for(desk, shift)[asked(desk, shift)[0].item]
        desk.connection.execute("PRAGMA query_only = ON")
        await desktop.press(key)
        assert "✗" in desktop.says() and "0/" in desktop.says("#readback-progress")
        desk.connection.execute("PRAGMA query_only = OFF")
        await desktop.press(key)
        assert "1/" in desktop.says("#readback-progress")


@pytest.mark.parametrize("size", [NARROW, WIDE])
@pytest.mark.parametrize("place", ["sheet", "readback", "count", "past"])
def test_picture(
    office: Office, carried: list[str], snap_compare: Callable[..., bool], size: tuple[int, int], place: str
) -> None:
    shift = given(office) if place != "sheet" else ""
    app = Workstation(office.folder, officer="hoa" if place == "sheet" else "khai")

    async def before(pilot: Any) -> None:
        await pilot.press("f5")
        await pilot.pause()
        if place == "past":
            await pilot.press("l")
        if place in ("readback", "count"):
            await pilot.press("n")
        if place == "count":
            desktop = Desktop(app, pilot)
            await answer(desktop, shift, len(keys_for(app.desk, shift)))
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=before)
