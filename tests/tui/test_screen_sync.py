"""Exchanges beside the officer's work, and what this desk's officers chose."""

from __future__ import annotations

import pytest

from storage.settings import FILE_NAME, Settings, load_settings
from storage.sync.exchange import add_hub, open_hub
from storage.witness import WITNESS_NAME
from tests.conftest import Office, take_in
from tests.tui.workstation import Desktop, workstation
from tui.dates import age
from tui.scheduled_sync import exchange_in_child, read_outcome
from tui.sync_words import sync_line


def with_hub(office: Office) -> str:
    desk = office.open()
    hub = open_hub(f"folder:{office.folder.parent / 'hub'}")
    hub.create()
    add_hub(desk, hub)
    dossier = take_in(desk)
    desk.close()
    return dossier


async def exchanged(desktop: Desktop) -> None:
    for _ in range(100):
        await desktop.settle(0.1)
        if desktop.app.sync.last is not None:
            return
    raise AssertionError("no exchange within ten seconds")


async def test_send_now_sends_all_and_holds_up_no_key(office: Office) -> None:
    dossier = with_hub(office)
    async with workstation(office, "sync") as desktop:
        table = desktop.one("LineTable")
        assert [row.number for row in table.picture() and (table.current,)] == ["–"]
        await desktop.press("down")
        assert table.current.id == dossier
        await desktop.press("ctrl+s")
        assert desktop.app.sync.busy
        await desktop.press("f3")
        assert desktop.focus == "box"
        await exchanged(desktop)
        assert desktop.app.desk.sync_state().word == "city"
        await desktop.press("f6")
        assert desktop.one("LineTable").current is None


async def test_a_hub_that_is_gone_is_told_and_nothing_is_lost(office: Office) -> None:
    with_hub(office)
    (office.folder.parent / "hub" / "motcua-hub.json").unlink(missing_ok=True)
    (office.folder.parent / "hub").rename(office.folder.parent / "away")
    (office.folder.parent / "hub").write_text("")
    async with workstation(office, "sync") as desktop:
        await desktop.press("ctrl+s")
        await exchanged(desktop)
        await desktop.settle()
        assert desktop.says().startswith("✗")
        state = desktop.app.desk.sync_state()
        (told,) = (one for one in desktop.app.sync.last.hubs)
        assert state.pending == told["pending"] > 0 and told["last_contact"] is None
        line = f"chưa liên lạc lần nào, {state.pending} sự kiện chờ gửi"
        assert line in sync_line(desktop.app.desk, state) and line in str(desktop.one("#state").render())


async def test_a_desk_that_may_give_no_number_says_why(office: Office) -> None:
    with_hub(office)
    (office.folder / WITNESS_NAME).unlink()
    async with workstation(office, "sync") as desktop:
        assert "không thấy tệp chứng số" in " ".join(desktop.one("#hubs").lines(300))


async def test_a_reader_that_keeps_the_disk_filling_is_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.room.WAL_BEHIND", 50_000)
    desk = office.open()
    desk.connection.execute("BEGIN")
    desk.log.last()
    other = office.open()
    take_in(other)
    other.close()
    async with workstation(office, "sync") as desktop:
        assert "đang đọc dữ liệu của quầy quá lâu" in " ".join(desktop.one("#hubs").lines(300))
    desk.close()


async def test_without_a_hub_it_says_so(office: Office) -> None:
    async with workstation(office, "sync") as desktop:
        await desktop.press("ctrl+s")
        assert "chưa nối" in desktop.says()


@pytest.mark.parametrize(
    ("seconds", "said"), [(-5, "0 phút"), (59, "0 phút"), (3599, "59 phút"), (3600, "1 giờ"), (200_000, "2 ngày")]
)
def test_an_age_is_told_by_its_largest_unit(seconds: int, said: str) -> None:
    assert age(seconds) == said


async def test_an_exchange_in_a_child_tells_how_far_it_is(office: Office) -> None:
    with_hub(office)
    told: list[tuple[int, int]] = []
    outcome = await exchange_in_child(office.folder, lambda done, total: told.append((done, total)))
    assert outcome.reached and outcome.said == ""
    assert told[-1][0] == told[-1][1] == outcome.hubs[0]["sent"] > 0


def test_an_answer_that_is_no_report_is_what_the_command_said() -> None:
    outcome = read_outcome(b"", "khoá bận\n".encode(), 1)
    assert (outcome.hubs, outcome.said, outcome.reached) == ((), "khoá bận", False)


async def test_settings_are_kept_and_seen_at_once(office: Office) -> None:
    async with workstation(office, "settings") as desktop:
        await desktop.press("tab", "tab", "tab", "tab", "right")
        assert desktop.app.theme == "motcua-light"
        await desktop.press("tab", "tab", "tab", "backspace", "9", "f10")
    assert load_settings(office.folder) == Settings(theme="light", sync_minutes=9)
    async with workstation(office) as desktop:
        assert desktop.app.theme == "motcua-light"


async def test_a_place_that_is_left_from_the_help_over_it_is_left_all_the_same(office: Office) -> None:
    async with workstation(office, "settings") as desktop:
        before = desktop.app.theme
        await desktop.press("tab", "tab", "tab", "tab", "right")
        assert desktop.app.theme != before
        await desktop.press("f12", "f1")
        assert desktop.app.theme == before


async def test_minutes_out_of_bounds_are_refused(office: Office) -> None:
    async with workstation(office, "settings") as desktop:
        for minutes in ("", "0", "9999"):
            desktop.one("#sync_minutes").value = minutes
            desktop.one("#printer").focus()
            await desktop.press("f10")
            assert desktop.says().startswith("✗")
            assert desktop.focus == "sync_minutes"
    assert load_settings(office.folder) == Settings()


async def test_broken_settings_are_told_and_the_defaults_used(office: Office) -> None:
    (office.folder / FILE_NAME).write_text("theme = 'pink'", encoding="utf-8")
    async with workstation(office, "settings") as desktop:
        assert FILE_NAME in desktop.says()
        assert desktop.app.theme == "motcua-dark"
