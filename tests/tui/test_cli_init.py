"""`motcua init` and `motcua officer` as scripts call them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from storage.folder import station_id
from storage.keys import sign_public
from storage.sync.folder_hub import FolderHub
from tests.schema_check import check
from tui.cli.main import main

NOW = "2026-11-23T08:00:00+07:00"
UNIT = ("--unit", "T48.99", "--unit-name", "Công an phường Thử")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOTCUA_NOW", NOW)
    monkeypatch.setenv("MOTCUA_PIN", "2468")
    monkeypatch.delenv("MOTCUA_DATA", raising=False)
    return tmp_path


def answer(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> Any:
    capsys.readouterr()
    assert main([*words, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def init(capsys: pytest.CaptureFixture[str], data: Path, number: int, *more: str, status: int = 0) -> Any:
    officer = ("Trần Minh", "Lê Thị Lan", "Võ Văn Ơn")[number % 3]
    words = ("init", "--data", str(data), *UNIT, "--desk", str(number), "--officer", officer, *more)
    return answer(capsys, *words, status=status)


def test_a_desk_alone_founds_its_station(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    found = init(capsys, folder / "a", 1)
    check(found, "init")
    assert (found["joined"], found["unit"], found["unit_name"]) == (False, "T48.99", "Công an phường Thử")
    assert found["desk"]["number"] == 1 and found["data"] == str(folder / "a")
    assert found["officer"]["roles"] == ["front_desk", "processing", "leader", "admin"]
    assert answer(capsys, "verify", "--data", str(folder / "a"))["ok"] is True


def test_a_unit_that_others_are_said_to_have_become_is_founded_only_on_the_admins_word(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    hub = FolderHub(folder / "hub")
    init(capsys, folder / "a", 1, "--hub", hub.url)
    hub.put_blob(station_id("T48.10"), f"merged-{station_id('T48.99')}", b'{"unit":"T48.99"}')
    merged = ("--unit", "T48.10", "--hub", hub.url)
    assert init(capsys, folder / "b", 2, *merged, status=1)["error"]["code"] == "unit_not_merged"
    anew = init(capsys, folder / "b", 2, *merged, "--anew")
    check(anew, "init")
    assert (anew["joined"], anew["unit"], anew["station"]) == (False, "T48.10", station_id("T48.10"))


def test_two_desks_that_start_at_one_empty_folder_are_one_station(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    hub = f"folder:{folder / 'hub'}"
    one = init(capsys, folder / "a", 1, "--hub", hub)
    two = init(capsys, folder / "b", 2, "--hub", hub)
    check(two, "init")
    assert (one["joined"], two["joined"]) == (False, True)
    assert one["station"] == two["station"] and one["desk"]["id"] != two["desk"]["id"]
    for data in ("a", "b", "a", "b"):
        answer(capsys, "sync", "--data", str(folder / data))
    listed = [answer(capsys, "officer", "list", "--data", str(folder / data)) for data in ("a", "b")]
    assert listed[0] == listed[1] and len(listed[0]) == 2


def test_a_joining_desk_takes_the_units_name_from_the_hub(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    hub = f"folder:{folder / 'hub'}"
    init(capsys, folder / "a", 1, "--hub", hub)
    words = ("init", "--data", str(folder / "b"), "--unit", "T48.99", "--desk", "2", "--officer", "Lê Lan")
    assert answer(capsys, *words, "--hub", hub)["unit_name"] == "Công an phường Thử"


def test_a_unit_that_nobody_knows_needs_its_name(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    words = ("init", "--data", str(folder / "a"), "--unit", "T48.99", "--desk", "1", "--officer", "Lê Lan")
    assert answer(capsys, *words, status=2)["error"]["code"] == "unit_name_missing"
    assert not (folder / "a").exists()
    known = ("init", "--data", str(folder / "a"), "--unit", "G01", "--desk", "1", "--officer", "Lê Lan")
    assert answer(capsys, *known)["unit_name"] == "Bộ Công an"


@pytest.mark.parametrize(("number", "code"), [(0, "desk_number_invalid"), (90, "desk_number_invalid")])
def test_a_desk_number_out_of_range_is_refused(
    capsys: pytest.CaptureFixture[str], folder: Path, number: int, code: str
) -> None:
    assert init(capsys, folder / "a", number, status=1)["error"]["code"] == code


def test_a_taken_number_a_taken_folder_and_a_hub_that_is_none_are_refused(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    hub = f"folder:{folder / 'hub'}"
    init(capsys, folder / "a", 1, "--hub", hub)
    assert init(capsys, folder / "b", 1, "--hub", hub, status=1)["error"]["code"] == "desk_number_taken"
    assert init(capsys, folder / "a", 2, "--hub", hub, status=1)["error"]["code"] == "folder_taken"
    assert init(capsys, folder / "b", 2, "--hub", "ftp:x", status=1)["error"]["code"] == "hub_url_invalid"
    (folder / "file").write_text("x")
    wrong = init(capsys, folder / "b", 2, "--hub", f"folder:{folder / 'file' / 'hub'}", status=1)
    assert wrong["error"]["code"] == "hub_unreachable" and "gửi lại sau" not in wrong["error"]["message"]
    assert init(capsys, folder / "b", 2, "--hub", hub)["joined"] is True


def test_a_real_desk_does_not_join_a_test_station(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = f"folder:{folder / 'hub'}"
    init(capsys, folder / "a", 1, "--hub", hub)
    monkeypatch.delenv("MOTCUA_NOW")
    assert init(capsys, folder / "b", 2, "--hub", hub, status=1)["error"]["code"] == "station_test"
    assert init(capsys, folder / "b", 2)["joined"] is False
    monkeypatch.setenv("MOTCUA_NOW", NOW)
    assert answer(capsys, "officer", "list", "--data", str(folder / "b"), status=2)["error"]["code"] == "clock_not_test"


def test_the_citys_key_goes_into_the_founding(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    key = sign_public(bytes(range(32))).hex()
    (folder / "city.key").write_text(key + "\n")
    init(capsys, folder / "a", 1, "--city-key", str(folder / "city.key"))
    assert main(["export", "--data", str(folder / "a")]) == 0
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (first["kind"], first["body"]["city_key"]) == ("station_founded", key)
    (folder / "city.key").write_text("no key")
    wrong = init(capsys, folder / "b", 1, "--city-key", str(folder / "city.key"), status=1)
    assert wrong["error"]["code"] == "city_key_invalid"


def test_the_pin_never_comes_from_an_argument(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MOTCUA_PIN")
    assert init(capsys, folder / "a", 1, status=2)["error"]["code"] == "pin_missing"
    assert not (folder / "a" / "motcua.db").exists()


def test_a_pin_has_four_characters_at_least(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_PIN", "24")
    told = init(capsys, folder / "a", 1, status=1)["error"]
    assert told["code"] == "pin_too_short" and "4" in told["message"]
    assert not (folder / "a").exists()
    monkeypatch.setenv("MOTCUA_PIN", "2468")
    init(capsys, folder / "a", 1)
    monkeypatch.setenv("MOTCUA_NEW_PIN", "135")
    add = ("officer", "add", "Hồ Thị Bé", "--role", "front_desk", "--data", str(folder / "a"))
    assert answer(capsys, *add, status=1)["error"]["code"] == "pin_too_short"
    assert len(answer(capsys, "officer", "list", "--data", str(folder / "a"))) == 1


def test_an_admin_adds_officers_and_nobody_else_does(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = ("--data", str(folder / "a"))
    first = init(capsys, folder / "a", 1)["officer"]
    monkeypatch.setenv("MOTCUA_NEW_PIN", "1357")
    added = answer(capsys, "officer", "add", "Hồ Thị Bé", "--role", "front_desk", "--role", "leader", *data)
    check(added, "officer-add")
    assert (added["code"], added["role"], added["roles"]) == ("htb", "front_desk", ["front_desk", "leader"])
    listed = answer(capsys, "officer", "list", *data)
    check(listed, "officer-list")
    assert {one["id"] for one in listed} == {first["id"], added["id"]}
    new = ("officer", "add", "Y Blim Niê", "--role", "processing", *data)
    assert answer(capsys, *new, status=2)["error"]["code"] == "officer_not_named"
    assert answer(capsys, *new, "--as", "htb", status=1)["error"]["code"] == "pin_wrong"
    monkeypatch.setenv("MOTCUA_PIN", "1357")
    assert answer(capsys, *new, "--as", "htb", status=1)["error"]["code"] == "role_missing"
    assert answer(capsys, *new, "--as", "nobody", status=2)["error"]["code"] == "officer_unknown"


def test_an_unknown_role_is_refused(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    init(capsys, folder / "a", 1)
    monkeypatch.setenv("MOTCUA_NEW_PIN", "1357")
    words = ("officer", "add", "Hồ Bé", "--role", "chief", "--data", str(folder / "a"))
    assert answer(capsys, *words, status=1)["error"]["code"] == "role_unknown"


def test_an_officer_added_at_a_desk_that_just_joined_can_sign_in_there_and_once_it_is_confirmed_everywhere(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = f"folder:{folder / 'hub'}"
    for number, name in ((1, "a"), (2, "b")):
        init(capsys, folder / name, number, "--hub", hub)
    monkeypatch.setenv("MOTCUA_NEW_PIN", "1357")
    add = ("officer", "add", "Hồ Thị Bé", "--role", "admin", "--as", "Võ Văn Ơn")
    assert answer(capsys, *add, "--data", str(folder / "b"))["code"] == "htb"
    monkeypatch.setenv("MOTCUA_PIN", "1357")
    more = ("officer", "add", "Y Blim", "--role", "processing", "--as", "htb", "--data")
    assert answer(capsys, *more, str(folder / "b"))["role"] == "processing"
    for name in ("b", "a", "b"):
        answer(capsys, "sync", "--data", str(folder / name))
    assert answer(capsys, *more, str(folder / "a"), status=2)["error"]["code"] == "officer_unknown"
    monkeypatch.setenv("MOTCUA_PIN", "2468")
    answer(capsys, "desk", "confirm", "2", "--data", str(folder / "a"))
    monkeypatch.setenv("MOTCUA_PIN", "1357")
    assert answer(capsys, *more, str(folder / "a"))["code"] == "yb2"
    assert answer(capsys, *more, str(folder / "b"))["code"] == "yb2"


@pytest.mark.parametrize("unit", ["..", "-", "a b", "a/b", "a:b", "a\\b", "a*", "x" * 41, "", "a\tb"])
def test_a_code_that_could_not_stand_in_a_number_or_a_name_of_a_file_is_refused(
    capsys: pytest.CaptureFixture[str], folder: Path, unit: str
) -> None:
    words = (
        "init",
        "--data",
        str(folder / "a"),
        "--unit",
        unit,
        "--unit-name",
        "X",
        "--desk",
        "1",
        "--officer",
        "Lê Lan",
    )
    assert answer(capsys, *words, status=2)["error"]["code"] == "unit_invalid"
    assert not (folder / "a").exists()
