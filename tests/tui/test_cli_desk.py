"""`motcua desk` and `hub join-code` as scripts call them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.schema_check import check
from tui.cli.main import main

NOW = "2026-11-23T08:00:00+07:00"
UNIT = ("--unit", "T48.99", "--unit-name", "Công an phường Thử")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOTCUA_NOW", NOW)
    monkeypatch.setenv("MOTCUA_PIN", "2468")
    monkeypatch.delenv("MOTCUA_JOIN", raising=False)
    return tmp_path


def answer(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> Any:
    capsys.readouterr()
    assert main([*words, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def init(capsys: pytest.CaptureFixture[str], folder: Path, number: int, status: int = 0) -> Any:
    words = ("init", "--data", str(folder / f"d{number}"), *UNIT, "--desk", str(number))
    officer = ("--officer", f"Lê Lan {number}", "--hub", f"folder:{folder / 'hub'}")
    return answer(capsys, *words, *officer, status=status)


def desk(capsys: pytest.CaptureFixture[str], folder: Path, number: int, *words: str, status: int = 0) -> Any:
    return answer(capsys, "desk", *words, "--data", str(folder / f"d{number}"), status=status)


def sync(capsys: pytest.CaptureFixture[str], folder: Path, *numbers: int) -> None:
    for number in numbers:
        answer(capsys, "sync", "--data", str(folder / f"d{number}"))


def join_code(capsys: pytest.CaptureFixture[str], folder: Path, number: int = 1, status: int = 0) -> Any:
    hub = f"folder:{folder / 'hub'}"
    return answer(capsys, "hub", "join-code", hub, "--data", str(folder / f"d{number}"), "--as", f"Lê Lan {number}",
                  status=status)  # fmt: skip


def test_desks_are_listed_confirmed_revoked_and_retired(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    for number in (1, 2, 3):
        init(capsys, folder, number)
    sync(capsys, folder, 1, 2, 3)
    listed = desk(capsys, folder, 1, "list")
    check(listed, "desk-list")
    assert [(one["number"], one["state"], one["admin"], one["epoch"], one["seq"]) for one in listed][1:] == [
        (2, "unconfirmed", False, 1, 2),
        (3, "unconfirmed", False, 1, 2),
    ]
    assert [one["officer"]["name"] for one in listed] == ["Lê Lan 1", "Lê Lan 2", "Lê Lan 3"]
    assert [one["station_key"] for one in listed] == [True, True, True]
    assert {one["heard_at"] for one in listed} == {NOW}
    admin = ("--as", "Lê Lan 1")
    confirmed = desk(capsys, folder, 1, "confirm", "2", *admin)
    check(confirmed, "desk")
    assert confirmed["state"] == "confirmed"
    assert desk(capsys, folder, 1, "retire", listed[1]["id"], *admin)["state"] == "retired"
    revoked = desk(capsys, folder, 1, "revoke", listed[2]["id"][-12:], "--from", "3", *admin)
    check(revoked, "desk")
    assert (revoked["state"], revoked["revoked_from"]) == ("revoked", {"epoch": 1, "seq": 3})
    assert revoked["station_key"] is False
    sync(capsys, folder, 1, 2)
    assert [one["state"] for one in desk(capsys, folder, 2, "list")] == ["confirmed", "retired", "revoked"]
    assert answer(capsys, "verify", "--data", str(folder / "d1"))["ok"] is True
    told = answer(capsys, "sync", "--data", str(folder / "d3"))
    assert told["hubs"][0]["error"] is None, "it has nothing new"


@pytest.mark.parametrize(("first", "warned"), [("2", False), ("3", False), ("4", True)])
def test_revoking_from_beyond_what_is_known_is_done_with_a_warning(
    capsys: pytest.CaptureFixture[str], folder: Path, first: str, warned: bool
) -> None:
    for number in (1, 2):
        init(capsys, folder, number)
    sync(capsys, folder, 1, 2, 1)
    words = ["desk", "revoke", "2", "--from", first, "--data", str(folder / "d1"), "--as", "Lê Lan 1", "--lang", "en"]
    assert main(words) == 0
    assert ("up to 2 only. Events 3–3" in capsys.readouterr().err) is warned


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("confirm", "9"), 1, "desk_unknown"),
        (("confirm", "1"), 1, "desk_confirmed_already"),
        (("revoke", "1", "--from", "1"), 1, "desk_is_admins"),
        (("revoke", "2"), 2, "usage"),
        (("revoke", "2", "--from", "0"), 2, "usage"),
    ],
)
def test_what_may_not_be_done_is_refused(
    capsys: pytest.CaptureFixture[str], folder: Path, words: tuple[str, ...], status: int, code: str
) -> None:
    init(capsys, folder, 1)
    assert desk(capsys, folder, 1, *words, status=status)["error"]["code"] == code


def test_only_the_desk_with_the_admins_key_confirms(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    init(capsys, folder, 1)
    monkeypatch.setenv("MOTCUA_JOIN", join_code(capsys, folder)["code"])
    init(capsys, folder, 2)
    monkeypatch.delenv("MOTCUA_JOIN")
    init(capsys, folder, 3)
    sync(capsys, folder, 2)
    words = ["desk", "confirm", "3", "--data", str(folder / "d2"), "--as", "Lê Lan 2"]
    assert (
        desk(capsys, folder, 2, "confirm", "3", "--as", "Lê Lan 2", status=1)["error"]["code"] == "admin_key_elsewhere"
    )
    assert main([*words, "--lang", "en"]) == 1
    assert "do this at desk 1" in capsys.readouterr().err


def test_a_code_lets_one_desk_in_and_confirms_it(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    init(capsys, folder, 1)
    made = join_code(capsys, folder)
    check(made, "join-code")
    assert made["expires_at"] == "2026-11-24T08:00:00+07:00"
    monkeypatch.setenv("MOTCUA_JOIN", made["code"].lower().replace("-", " "))
    assert init(capsys, folder, 2)["joined"] is True
    assert init(capsys, folder, 3, status=1)["error"]["code"] == "join_code_used"
    sync(capsys, folder, 1)
    assert init(capsys, folder, 3, status=1)["error"]["code"] == "join_code_unknown"
    assert not (folder / "d3" / "motcua.db").exists()
    assert [one["state"] for one in desk(capsys, folder, 1, "list")] == ["confirmed", "confirmed"]
    monkeypatch.setenv("MOTCUA_JOIN", "abc")
    assert init(capsys, folder, 3, status=1)["error"]["code"] == "join_code_mistyped"
    monkeypatch.delenv("MOTCUA_JOIN")
    assert main(["desk", "list", "--data", str(folder / "d2"), "--lang", "en"]) == 0
    assert "confirmed\tepoch 1, event 2\t23/11/2026 08:00\tll2 Lê Lan 2\thas the key" in capsys.readouterr().out


def test_two_foundings_of_a_unit_are_united_from_both_desks(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = f"folder:{folder / 'hub'}"
    init(capsys, folder, 1)
    alone = ("init", "--data", str(folder / "d2"), *UNIT, "--desk", "1", "--officer", "Lê Lan 2")
    assert answer(capsys, *alone)["joined"] is False
    assert desk(capsys, folder, 2, "unite", status=1)["error"]["code"] == "unite_no_hub"
    first, second = desk(capsys, folder, 1, "unite"), desk(capsys, folder, 2, "unite", "--hub", hub)
    met = answer(capsys, "sync", "--data", str(folder / "d2"), status=1)
    assert met["hubs"][0]["error"]["code"] == "station_founded_twice"
    check(first, "desk-unite")
    assert (len(first["words"].split()), first["foundings"], first["done"]) == (12, [], None)
    assert [one["asked"] for one in second["foundings"]] == [False]
    asked = desk(capsys, folder, 2, "unite", "--yield-to", first["words"], "--as", "Lê Lan 2")
    check(asked, "desk-unite")
    assert asked["done"] == "asked"
    waiting = desk(capsys, folder, 1, "unite")
    check(waiting, "desk-unite")
    assert [one["asked"] for one in waiting["foundings"]] == [True]
    wrong = desk(capsys, folder, 1, "unite", "--take-in", first["words"], "--as", "Lê Lan 1", status=1)
    assert wrong["error"]["code"] == "unite_not_asked"
    done = desk(capsys, folder, 1, "unite", "--take-in", second["words"], "--as", "Lê Lan 1")
    assert (done["done"], done["foundings"]) == ("united", [])
    sync(capsys, folder, 2, 1, 2, 1, 2)
    listed = [desk(capsys, folder, number, "list") for number in (1, 2)]
    assert listed[0] == listed[1]
    assert [(one["number"], one["state"], one["admin"]) for one in listed[0]] == [
        (1, "confirmed", True),
        (2, "confirmed", False),
    ]
    assert main(["desk", "unite", "--data", str(folder / "d2"), "--lang", "en"]) == 0
    assert "No other founding" in capsys.readouterr().out
