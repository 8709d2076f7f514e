"""Messages on the screens: consent at intake, what could not be sent, told by phone, the dossier's history."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from storage.messages import gather, messages_of
from storage.sending import send
from storage.settings import Settings, load_settings, save_settings
from tests.conftest import NOW, Office, act, take_in
from tests.gateway import Gateway
from tests.tui.workstation import CARD, NARROW, WIDE, Desktop, workstation
from tui.sync_words import sync_line

DAO = {"kind": "citizen", "name": "Đặng Thị Đào", "number": "001185012345", "phone": "0905123456", "tell": "sms"}


@pytest.fixture
def gateway(office: Office, tmp_path: Path) -> Gateway:
    made = Gateway.at(tmp_path / "gateway")
    save_settings(office.folder, Settings(deliver=made.command))
    return made


def filled(office: Office, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """One that was told, and one whose number the gateway refused."""
    desk = office.open()
    dossiers = take_in(desk, applicant=DAO), take_in(desk, applicant=DAO | {"name": "Lê An"})
    for minutes, dossier in enumerate(dossiers):
        desk.now = lambda at=NOW + timedelta(minutes=minutes): at  # type: ignore[misc]
        act(desk, dossier, "result_ready", at=desk.now())
        gather(desk)
    for minutes, status in ((2, 0), (3, 65)):
        desk.now = lambda at=NOW + timedelta(minutes=minutes): at  # type: ignore[misc]
        gateway.answer(status)
        send(desk, gateway.command)
    desk.close()
    monkeypatch.setenv("MOTCUA_NOW", (NOW + timedelta(minutes=6)).isoformat())
    return dossiers


async def test_who_could_not_be_told_is_called_and_that_is_written_down(
    office: Office, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, failed = filled(office, gateway, monkeypatch)
    async with workstation(office, "queue", size=WIDE) as desktop:
        assert "1 tin không gửi được (Ctrl+L)" in sync_line(desktop.app.desk, desktop.app.desk.sync_state())
        await desktop.press("ctrl+l")
        table = desktop.one("LineTable")
        cells = table.current.cells
        assert cells[1:3] == ("Lê An", "0905123456") and "số hoặc địa chỉ sai" in cells[4]
        await desktop.press("f10")
        assert desktop.app.desk.dossier(failed).events[-1].kind == "result_ready" and "F10" in desktop.says()
        await desktop.press("f10")
        event = desktop.app.desk.dossier(failed).events[-1]
        assert (event.kind, event.by, event.body["channel"]) == ("citizen_told", desktop.app.officer.id, "phone")
        assert table.current is None and "điện thoại" in desktop.says()
        assert "tin không gửi được" not in sync_line(desktop.app.desk, desktop.app.desk.sync_state())


async def test_a_number_that_was_mended_is_sent_to_again(
    office: Office, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, failed = filled(office, gateway, monkeypatch)
    async with workstation(office, "queue") as desktop:
        await desktop.press("ctrl+l", "enter")
        assert desktop.app.screen.name_key == "title.dossier"
        assert "không gửi được: số hoặc địa chỉ sai" in " ".join(desktop.one("#facts").lines(200))
        await desktop.press("escape", "ctrl+s")
        (one,) = messages_of(desktop.app.desk, failed)
        assert (one.state, one.tries) == ("waiting", 0)
        await desktop.press("ctrl+s")
        assert "dấu !" in desktop.says()


async def test_what_was_told_stands_in_the_dossiers_history(
    office: Office, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, _ = filled(office, gateway, monkeypatch)
    async with workstation(office, "queue") as desktop:
        desktop.app.push(desktop.app.make("dossier", told))
        await desktop.settle()
        entry = desktop.one("#timeline")._entries[-1]
        assert "Đã báo công dân: có kết quả; SMS" in entry.what and entry.who == "quầy tự ghi" and "09:02" in entry.when


async def test_a_person_agrees_at_the_counter_by_a_key(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await desktop.scan(CARD)
        await desktop.type("dktt")
        await desktop.press("enter")
        desktop.app.screen.set_focus(desktop.one("#tell"))
        await desktop.press("right", "alt+l")
        assert desktop.focus == "phone" and "số điện thoại" in str(desktop.one("Problem").content)
        await desktop.type("0905123456")
        await desktop.press("alt+l")
        (row,) = desktop.app.desk.queries.rows("1 = 1", (), desktop.app.desk.bounds())
        assert row["tell"] == "sms"
        assert desktop.one("#tell").value == "none", "the next person is asked anew"


async def test_nobody_agrees_by_saying_nothing(office: Office) -> None:
    async with workstation(office, "intake") as desktop:
        await desktop.scan(CARD)
        await desktop.type("dktt")
        await desktop.press("enter", "alt+l")
        (row,) = desktop.app.desk.queries.rows("1 = 1", (), desktop.app.desk.bounds())
        assert row["tell"] is None and "tell" not in desktop.app.desk.dossier(row.id).applicant


async def test_consent_is_taken_back_in_the_officers_words_and_a_death_is_recorded(office: Office) -> None:
    desk = office.open()
    dossier = take_in(desk, applicant=DAO)
    desk.close()
    async with workstation(office, "queue") as desktop:
        desktop.app.push(desktop.app.make("action_form", dossier, "corrected"))
        await desktop.settle()
        desktop.one("#field_field").value = "applicant.tell"
        desktop.one("#field_new").value = "không"
        await desktop.press("f10")
        assert desktop.app.desk.row(dossier)["tell"] is None
        desktop.app.push(desktop.app.make("dossier", dossier))
        desktop.app.push(desktop.app.make("action_form", dossier, "applicant_died"))
        await desktop.settle()
        desktop.one("#field_proof").value = "Trích lục khai tử 5"
        await desktop.press("f10")
        assert "Người nộp đã mất" in " ".join(desktop.one("#facts").lines(200))


async def test_a_desk_without_a_way_to_send_says_so_and_its_settings_keep_the_command(
    office: Office, gateway: Gateway
) -> None:
    async with workstation(office, "settings") as desktop:
        await desktop.press("f10")
        assert load_settings(office.folder).deliver == gateway.command
        save_settings(office.folder, Settings())
        await desktop.press("ctrl+l")
        assert "chưa cài đặt cách gửi" in " ".join(desktop.one("#about").lines(200))


async def test_the_command_is_set_by_who_administers_the_desk(office: Office) -> None:
    program = sys.executable
    async with workstation(office, "settings") as desktop:
        desktop.one("#deliver").value = f'"{program}" -c "pass it on"'
        await desktop.press("f10")
        assert load_settings(office.folder).deliver == (program, "-c", "pass it on")
        for wrong in ("no-such-program-here", f'"{program}'):
            desktop.one("#deliver").value = wrong
            desktop.one("#printer").focus()
            await desktop.press("f10")
            assert desktop.says().startswith("✗") and desktop.focus == "deliver"
        desktop.one("#deliver").value = ""
        await desktop.press("f10")
        assert load_settings(office.folder).deliver == ()
    async with workstation(office, "settings", officer="hoa") as desktop:
        assert not desktop.one("#line_deliver").display


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_picture(
    office: Office,
    gateway: Gateway,
    monkeypatch: pytest.MonkeyPatch,
    snap_compare: Callable[..., bool],
    size: tuple[int, int],
) -> None:
    from tui.app import Workstation

    filled(office, gateway, monkeypatch)

    async def before(pilot: Any) -> None:
        await Desktop(pilot.app, pilot).press("ctrl+l")

    assert snap_compare(Workstation(office.folder, officer="tmd"), terminal_size=size, run_before=before)
