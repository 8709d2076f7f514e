"""`motcua messages`, as an administrator and a scheduler call it, with a real program as the gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from storage.desk import Desk
from storage.settings import Settings, load_settings, save_settings
from tests.conftest import NOW, Office, Ran, act, take_in
from tests.gateway import Gateway
from tests.schema_check import check
from tui.scheduled_messages import ScheduledMessages

Cli = Callable[..., Ran]
DAO = {"kind": "citizen", "name": "Đặng Thị Đào", "number": "001185012345", "phone": "0905123456", "tell": "sms"}


@pytest.fixture
def gateway(office: Office, tmp_path: Path) -> Gateway:
    made = Gateway.at(tmp_path / "gateway")
    save_settings(office.folder, Settings(deliver=made.command))
    return made


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What time the commands have."""
    return lambda **parts: monkeypatch.setenv("MOTCUA_NOW", (NOW + timedelta(**parts)).isoformat())


def ready(desk: Desk) -> str:
    dossier = take_in(desk, applicant=DAO)
    act(desk, dossier, "result_ready")
    return dossier


def test_a_message_from_the_queue_to_the_gateway_to_the_history(
    cli: Cli, desk: Desk, gateway: Gateway, at: Callable[..., None]
) -> None:
    ready(desk)
    waiting = cli("messages", "--json")
    check(waiting.json, "messages")
    (row,) = waiting.json["messages"]
    assert (row["about"], row["channel"], row["state"], row["next_at"]) == (
        "ready",
        "sms",
        "waiting",
        "2026-05-21T09:02:00+07:00",
    )
    spoken = cli("messages").out
    assert "260521-0001" in spoken and "0905" not in spoken and "Đào" not in spoken
    at(minutes=3)
    sent = cli("messages", "send", "--json")
    check(sent.json, "messages-send")
    assert (sent.status, sent.json["told"], sent.err) == (0, 1, "")
    check(gateway.got[0], "message")
    assert cli("messages", "--json").json["messages"] == []
    shown = cli("show", "0001", "--json").json
    check(shown, "show")
    assert (shown["tell"], shown["died"], shown["events"][-1]["kind"]) == ("sms", False, "citizen_told")
    assert "Đã báo công dân" in cli("show", "0001").out


def test_a_gateway_that_fails_is_told_without_numbers_or_texts(
    cli: Cli, desk: Desk, gateway: Gateway, at: Callable[..., None]
) -> None:
    dossier = ready(desk)
    gateway.answer(65)
    at(minutes=3)
    ran = cli("messages", "send")
    assert ran.status == 0 and "0905" not in ran.out + ran.err and "loi" not in ran.out + ran.err
    (row,) = cli("messages", "--json").json["messages"]
    assert (row["state"], row["reason"], row["tries"]) == ("failed", "address_refused", 1)
    assert "số hoặc địa chỉ sai" in cli("messages").out and "số hoặc địa chỉ sai" in cli("show", "0001").out
    again = cli("messages", "again", row["id"][:8], "--as", "hoa", "--json")
    check(again.json, "messages-done")
    assert cli("messages", "--json").json["messages"][0]["state"] == "waiting"
    refused = cli("messages", "told", row["id"], "--as", "tra", "--json")
    assert (refused.status, refused.json["error"]["code"]) == (1, "role_missing")
    told = cli("messages", "told", row["id"], "--as", "hoa", "--json")
    check(told.json, "messages-done")
    folded = desk.dossier(dossier)
    assert folded is not None and folded.events[-1].body["channel"] == "phone"
    unknown = cli("messages", "told", row["id"], "--as", "hoa", "--json")
    assert (unknown.status, unknown.json["error"]["code"]) == (1, "message_unknown")


def test_a_desk_without_a_way_to_send_says_so(cli: Cli, desk: Desk, at: Callable[..., None]) -> None:
    ready(desk)
    at(minutes=3)
    ran = cli("messages", "send", "--json")
    check(ran.json, "messages-send")
    assert (ran.status, ran.json["delivery"], ran.json["told"]) == (1, False, 0)
    assert [one["code"] for one in ran.json["problems"]] == ["delivery_not_set"]
    spoken = cli("messages")
    assert spoken.status == 0 and "chưa cài đặt cách gửi" in spoken.out


def test_a_stations_broken_words_are_named_and_ours_go_out(
    cli: Cli, desk: Desk, office: Office, gateway: Gateway, at: Callable[..., None]
) -> None:
    ready(desk)
    (office.folder / "templates").mkdir()
    (office.folder / "templates" / "messages.toml").write_text('[vi.ready]\nsms = "{name} ơi"\n', encoding="utf-8")
    at(minutes=3)
    ran = cli("messages", "send")
    assert "messages.toml" in ran.err and "dòng 2" in ran.err
    assert "da co ket qua" in gateway.got[0]["text"]


@pytest.mark.parametrize("words", [("told",), ("again",), ("send", "abc"), ("weave",)])
def test_wrong_usage(cli: Cli, desk: Desk, words: tuple[str, ...]) -> None:
    assert cli("messages", *words).status == 2


def test_consent_comes_with_an_import_and_is_taken_back_by_a_correction(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    rows = (
        '{"procedure": "permanent-residence", "applicant_name": "Lê An", "phone": "0905123456", "tell": "sms"}\n'
        '{"procedure": "permanent-residence", "applicant_name": "Lê Bình", "tell": "sms"}\n'
    )
    file = tmp_path / "rows.jsonl"
    file.write_text(rows, encoding="utf-8")
    ran = cli("intake", file, "--as", "hoa", "--json")
    assert [one["error"] and one["error"]["code"] for one in ran.json] == [None, "tell_address_missing"]
    assert cli("show", "0001", "--json").json["tell"] == "sms"
    words = ("--as", "hoa", "--field", "field=applicant.tell", "--json")
    wrong = cli("act", "0001", "corrected", "--field", "new=fax", *words)
    assert wrong.json["error"]["code"] == "choice_unknown"
    assert cli("act", "0001", "corrected", "--field", "new=none", *words).json["tell"] is None
    died = cli("act", "0001", "applicant_died", "--field", "proof=Trích lục khai tử 5", "--as", "hoa", "--json")
    check(died.json, "show")
    assert died.json["died"] and "Trích lục khai tử 5" in cli("show", "0001").out


def test_settings_keep_the_command(office: Office, gateway: Gateway) -> None:
    assert load_settings(office.folder).deliver == gateway.command
    for broken in ('deliver = "sh -c x"', "deliver = [1]", 'deliver = [""]'):
        (office.folder / "settings.toml").write_text(broken, encoding="utf-8")
        with pytest.raises(Exception, match="settings_broken"):
            load_settings(office.folder)


def test_what_the_workstation_calls_is_a_child_that_sends(desk: Desk, gateway: Gateway) -> None:
    ready(desk)
    desk.now = lambda: NOW + timedelta(minutes=3)  # type: ignore[method-assign]
    scheduled = ScheduledMessages(desk, lambda: gateway.command)
    assert scheduled.due()
    asyncio.run(scheduled.round())
    assert len(gateway.got) == 1 and not scheduled.due()
