"""What was written once need not be typed again."""

from __future__ import annotations

from tests.conftest import Office
from tests.tui.workstation import Desktop, workstation
from tui.widgets.phrases import Phrases


def test_the_last_twenty_are_kept_and_what_is_said_again_moves_to_the_end() -> None:
    phrases = Phrases()
    for n in range(25):
        phrases.keep("note", f"câu {n}")
    phrases.keep("note", " câu 10 ")
    phrases.keep("note", "   ")
    assert phrases.of("note") == [*(f"câu {n}" for n in range(5, 25) if n != 10), "câu 10"]
    assert phrases.of("reason") == []


async def write(desktop: Desktop, *notes: str) -> None:
    for note in notes:
        desktop.one("#note").focus()
        await desktop.type(note)
        await desktop.press("enter")
        desktop.one("#note").value = ""


async def test_arrows_bring_back_what_was_written_and_then_ones_own_text(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await write(desktop, "chờ bản chính", "hẹn gọi lại")
        desktop.one("#note").focus()
        await desktop.type("đang gõ")
        seen = []
        for key in ("up", "up", "up", "down", "down", "down"):
            await desktop.press(key)
            seen.append(desktop.one("#note").value)
        assert seen == ["hẹn gọi lại", "chờ bản chính", "chờ bản chính", "hẹn gọi lại", "đang gõ", "đang gõ"]
        assert desktop.focus == "note"
        await desktop.press("up")
        await desktop.type(" sáng")
        await desktop.press("up")
        assert desktop.one("#note").value == "hẹn gọi lại"
        await desktop.press("down")
        assert desktop.one("#note").value == "hẹn gọi lại sáng"


async def test_another_screen_has_them_and_another_officer_has_not(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await write(desktop, "chờ bản chính")
        await desktop.press("f1", "f2")
        desktop.one("#note").focus()
        await desktop.press("up")
        assert desktop.one("#note").value == "chờ bản chính"
        desktop.one("#note").value = ""
        assert desktop.app.officer is not None
        desktop.app.signed_in(desktop.app.officer)
        await desktop.press("f2")
        desktop.one("#note").focus()
        await desktop.press("up")
        assert desktop.one("#note").value == ""
