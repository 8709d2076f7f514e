"""`motcua bundle` as scripts and people call it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.decisions import TakeIn
from storage.desk import Desk
from tests.schema_check import check
from tests.storage.bundles import DECISION, policy
from tui.cli.main import main

NOW = "2026-11-23T08:00:00+07:00"
CITY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """Two desks, a and b, that met once at a folder and never again; a decision and its signature."""
    monkeypatch.setenv("MOTCUA_NOW", NOW)
    monkeypatch.setenv("MOTCUA_PIN", "2468")
    (tmp_path / "city.hex").write_text(CITY.public_key().public_bytes_raw().hex())
    (tmp_path / "decision.toml").write_bytes(policy())
    for name, number, officer in (("a", "1", "Trần Minh"), ("b", "2", "Lê Thị Lan")):
        words = ["init", "--data", str(tmp_path / name), "--unit", "T48.99", "--unit-name", "Công an phường Thử"]
        words += ["--city-key", str(tmp_path / "city.hex")] if number == "1" else []
        assert main([*words, "--desk", number, "--officer", officer, "--hub", f"folder:{tmp_path / 'hub'}"]) == 0
    for name in ("a", "b"):
        assert main(["sync", "--data", str(tmp_path / name)]) == 0
    shutil.rmtree(tmp_path / "hub")
    (tmp_path / "usb").mkdir()
    capsys.readouterr()
    return tmp_path


def answer(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> Any:
    capsys.readouterr()
    assert main([*words, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def bundle(capsys: pytest.CaptureFixture[str], station: Path, desk: str, *words: str, status: int = 0) -> Any:
    officer = ["--as", {"a": "tm", "b": "ltl"}[desk]] if words[0] in ("export", "allow") else []
    return answer(capsys, "bundle", *words, "--data", str(station / desk), *officer, status=status)


def allow(capsys: pytest.CaptureFixture[str], station: Path) -> Any:
    (station / "decision.toml.sig").write_bytes(CITY.sign(policy()))
    return bundle(capsys, station, "a", "allow", str(station / "decision.toml"))


def take_in(folder: Path, officer: str) -> None:
    desk = Desk.open(folder)
    found = desk.officers.find(officer)
    facts = {"procedure": "permanent-residence", "applicant": {"kind": "citizen", "name": "Nguyễn Văn An"}}
    desk.do(TakeIn(desk.new_id(), "received", desk.now(), facts), found)
    desk.close()


def test_two_desks_meet_by_a_stick_both_ways(capsys: pytest.CaptureFixture[str], station: Path) -> None:
    told = allow(capsys, station)
    check(told, "bundle-allow")
    assert (told["decision"], told["units"], told["signed_by_city"]) == (DECISION, ["T48.99"], True)
    take_in(station / "a", "tm")
    take_in(station / "b", "ltl")
    there, back = str(station / "usb" / "there.hsb"), str(station / "usb" / "back.hsb")
    made = bundle(capsys, station, "a", "export", there)
    check(made, "bundle-export")
    assert [part["file"] for part in made["parts"]] == ["there.hsb"]
    taken = bundle(capsys, station, "b", "import", there)
    check(taken, "bundle-import")
    assert (taken["from"]["number"], taken["created"], taken["missing_parts"], taken["error"]) == (1, NOW, [], None)
    assert (taken["words"], taken["bundle"]) == (made["words"], made["bundle"])
    assert taken["received"] + taken["duplicates"] == taken["events"] == made["events"]
    made = bundle(capsys, station, "b", "export", back)
    taken = bundle(capsys, station, "a", "import", back)
    assert taken["received"] > 0 and taken["conflicts"] == 0
    assert len(answer(capsys, "queue", "--data", str(station / "a"))) == 2
    again = bundle(capsys, station, "a", "import", back)
    assert (again["received"], again["duplicates"], again["behind"]) == (0, again["events"], 0)
    listed = bundle(capsys, station, "a", "list")
    check(listed, "bundle-list")
    assert [row["file"] for row in listed["exports"]] == ["there.hsb"]
    assert [(row["file"], row["received"] > 0) for row in listed["imports"]] == [
        ("back.hsb", True),
        ("back.hsb", False),
    ]


def test_it_is_off_until_it_is_allowed(capsys: pytest.CaptureFixture[str], station: Path) -> None:
    told = bundle(capsys, station, "a", "export", str(station / "usb" / "f"), status=1)
    assert told["error"]["code"] == "bundles_not_allowed"
    told = bundle(capsys, station, "a", "allow", str(station / "decision.toml"), status=1)
    assert told["error"]["code"] == "bundle_policy_unsigned"
    assert list((station / "usb").iterdir()) == []


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [("2025-01-01", "2025-12-31", "bundles_expired"), ("2027-01-01", "2027-12-31", "bundles_not_yet")],
)
def test_a_decision_that_does_not_count_today_is_taken_and_told(
    capsys: pytest.CaptureFixture[str], station: Path, first: str, last: str, told: str
) -> None:
    assert allow(capsys, station)["warnings"] == []
    other = policy(first=first, last=last)
    (station / "decision.toml").write_bytes(other)
    (station / "decision.toml.sig").write_bytes(CITY.sign(other))
    taken = bundle(capsys, station, "a", "allow", str(station / "decision.toml"))
    check(taken, "bundle-allow")
    assert [one["code"] for one in taken["warnings"]] == [told]


def test_a_folder_is_no_bundles_name(capsys: pytest.CaptureFixture[str], station: Path) -> None:
    allow(capsys, station)
    told = bundle(capsys, station, "a", "export", str(station / "usb"), status=1)
    assert told["error"]["code"] == "bundle_is_folder" and "usb" in told["error"]["message"]


def test_a_decision_on_another_unit_is_refused_with_what_to_do(
    capsys: pytest.CaptureFixture[str], station: Path
) -> None:
    allow(capsys, station)
    other = policy(("T48.98",))
    (station / "decision.toml").write_bytes(other)
    (station / "decision.toml.sig").write_bytes(CITY.sign(other))
    told = bundle(capsys, station, "a", "allow", str(station / "decision.toml"), status=1)
    assert told["error"]["code"] == "bundle_policy_other_unit" and "T48.99" in told["error"]["message"]
    bundle(capsys, station, "a", "export", str(station / "usb" / "f"))


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        (("--for", "T48.98", "--since", "all"), "bundle_since_letters", 2),
        (("--for", " "), "bundle_for_whom", 2),
        (("--since", "yesterday"), "bundle_since_invalid", 2),
        (("--since", "2026-11-24"), "time_missing", 1),
        (("--since", "20261124"), "time_missing", 1),
        (("--since", "9999-11-24T00:00"), "out_of_range", 1),
    ],
)
def test_what_it_does_not_do_is_said(
    capsys: pytest.CaptureFixture[str], station: Path, words: tuple[str, ...], code: str, status: int
) -> None:
    allow(capsys, station)
    told = bundle(capsys, station, "a", "export", str(station / "usb" / "f"), *words, status=status)
    assert told["error"]["code"] == code


def test_letters_for_another_unit_by_the_contract(capsys: pytest.CaptureFixture[str], station: Path) -> None:
    words = ["init", "--data", str(station / "c"), "--unit", "T48.98", "--unit-name", "Đơn vị khác", "--desk", "1"]
    assert main([*words, "--officer", "Võ Văn Ơn", "--city-key", str(station / "city.hex")]) == 0
    decision = policy(("T48.99", "T48.98"))
    (station / "decision.toml").write_bytes(decision)
    (station / "decision.toml.sig").write_bytes(CITY.sign(decision))
    for name, officer in (("a", "tm"), ("c", "vvo")):
        at = ("--data", str(station / name), "--as", officer)
        answer(capsys, "bundle", "allow", str(station / "decision.toml"), *at)
    file = str(station / "usb" / "f")
    made = bundle(capsys, station, "a", "export", file, "--for", "T48.98")
    check(made, "bundle-export")
    assert (made["for"], made["letters"], made["introduces"], made["events"]) == ("T48.98", 0, True, 0)
    taken = answer(capsys, "bundle", "import", file, "--data", str(station / "c"))
    check(taken, "bundle-import")
    assert (taken["from"]["unit"], taken["letters"], taken["words"]) == ("T48.99", 0, made["words"])
    assert taken["bundle"] == made["bundle"]
    assert main(["bundle", "import", file, "--data", str(station / "c")]) == 0
    assert "đối chiếu sáu từ" in capsys.readouterr().out
    assert main(["bundle", "export", file + "2", "--for", "T48.98", "--data", str(station / "a"), "--as", "tm"]) == 0
    told = capsys.readouterr()
    assert "CHƯA kèm hồ sơ" in told.out and "«T48.98»" in told.err


def test_since_takes_a_moment_a_number_or_all(capsys: pytest.CaptureFixture[str], station: Path) -> None:
    allow(capsys, station)
    every = bundle(capsys, station, "a", "export", str(station / "usb" / "f"), "--since", "all")
    later = bundle(capsys, station, "a", "export", str(station / "usb" / "g"), "--since", "2026-11-24T00:00")
    assert every["events"] > 0 and later["events"] == 0
    after = bundle(capsys, station, "a", "export", str(station / "usb" / "h"), "--since", "999")
    assert after["events"] == 0


def test_people_are_told_what_came_and_six_words(capsys: pytest.CaptureFixture[str], station: Path) -> None:
    allow(capsys, station)
    file = str(station / "usb" / "f")
    assert main(["bundle", "export", file, "--data", str(station / "a"), "--as", "tm"]) == 0
    written = capsys.readouterr().out
    assert DECISION in written and "Đã chép xong và đọc lại đúng" in written
    assert main(["bundle", "import", file, "--data", str(station / "b"), "--lang", "en"]) == 0
    read = capsys.readouterr().out
    assert "A bundle of desk 1, made" in read
    assert written.splitlines()[-1].partition(": ")[2] == read.splitlines()[-1].partition(": ")[2]
    assert main(["bundle", "list", "--data", str(station / "b")]) == 0
    assert "nhận về  f" in capsys.readouterr().out


def test_a_bad_file_is_an_error_and_no_more(capsys: pytest.CaptureFixture[str], station: Path) -> None:
    (station / "usb" / "f").write_bytes(b"MZ\x90autorun")
    told = bundle(capsys, station, "b", "import", str(station / "usb" / "f"), status=1)
    assert told["error"]["code"] == "bundle_not_one" and "{" not in told["error"]["message"]
    told = bundle(capsys, station, "b", "import", str(station / "usb" / "g"), status=1)
    assert told["error"]["code"] == "bundle_unreadable"
