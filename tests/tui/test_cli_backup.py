"""`motcua backup` and `motcua restore` as an admin calls them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from storage.database import DATABASE_NAME
from tests.schema_check import check
from tui.cli.main import main

NOW = "2026-11-23T08:00:00+07:00"
ROW = '{"procedure": "permanent-residence", "applicant_name": "Nguyễn Văn An"}\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOTCUA_NOW", NOW)
    monkeypatch.setenv("MOTCUA_PIN", "2468")
    monkeypatch.setenv("MOTCUA_LANG", "vi")
    monkeypatch.delenv("MOTCUA_DATA", raising=False)
    monkeypatch.delenv("MOTCUA_RECOVERY_FILE", raising=False)
    (tmp_path / "rows.jsonl").write_text(ROW, encoding="utf-8")
    return tmp_path


def answer(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> Any:
    capsys.readouterr()
    assert main([*words, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def init(capsys: pytest.CaptureFixture[str], folder: Path) -> Any:
    words = ("init", "--data", str(folder / "a"), "--unit", "T48.99", "--unit-name", "Công an phường Thử")
    return answer(capsys, *words, "--desk", "1", "--officer", "Trần Minh", "--hub", f"folder:{folder / 'hub'}")


def intake(capsys: pytest.CaptureFixture[str], data: Path) -> str:
    (row,) = answer(capsys, "intake", str(data.parent / "rows.jsonl"), "--data", str(data))
    return str(row["receipt_number"])


def test_a_desk_is_backed_up_lost_and_brought_back_by_the_admins_key(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = init(capsys, folder)["recovery"]
    assert key == str(folder / "a" / "motcua.recovery")
    Path(key).rename(folder / "safe")
    first = intake(capsys, folder / "a")
    made = answer(capsys, "backup", str(folder / "f.backup"), "--data", str(folder / "a"))
    check(made, "backup")
    assert (made["file"], made["bytes"]) == (str(folder / "f.backup"), (folder / "f.backup").stat().st_size)
    assert (made["dossiers"], made["recovery"]) == (1, None)
    second = intake(capsys, folder / "a")
    answer(capsys, "sync", "--data", str(folder / "a"))
    words = ("restore", str(folder / "f.backup"), "--data", str(folder / "b"))
    assert answer(capsys, *words, status=1)["error"]["code"] == "recovery_missing"
    monkeypatch.setenv("MOTCUA_RECOVERY_FILE", str(folder / "safe"))
    back = answer(capsys, *words)
    check(back, "restore")
    assert (back["dossiers"], back["kept"], back["number_wanted"]) == (1, None, "no_witness")
    assert back["hubs"][0]["error"] is None
    rows = answer(capsys, "queue", "--data", str(folder / "b"))
    assert {row["receipt_number"] for row in rows} == {first, second}
    assert answer(capsys, "verify", "--data", str(folder / "b"))["ok"] is True


def test_a_damaged_desk_is_told_the_command_that_brings_it_back(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    init(capsys, folder)
    numbers = {intake(capsys, folder / "a") for _ in range(3)}
    database = folder / "a" / DATABASE_NAME
    content = bytearray(database.read_bytes())
    for page in range(len(content) // 4096 // 2, len(content) // 4096):
        content[page * 4096 + 50] ^= 1
    database.write_bytes(content)
    damaged = answer(capsys, "queue", "--data", str(folder / "a"), status=1)["error"]
    assert damaged["code"] == "database_damaged" and "motcua restore F" in damaged["message"]
    back = answer(capsys, "restore", str(database), "--data", str(folder / "a"))
    check(back, "restore")
    assert 0 < back["left"] < 130
    assert Path(back["kept"]).read_bytes()[4096:] == bytes(content)[4096:]
    answer(capsys, "sync", "--data", str(folder / "a"))
    assert intake(capsys, folder / "a") not in numbers
    assert answer(capsys, "verify", "--data", str(folder / "a"))["ok"] is True


def test_what_a_person_reads(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    init(capsys, folder)
    capsys.readouterr()
    where = ("--data", str(folder / "a"), "--lang", "en")
    assert main(["backup", str(folder / "f.backup"), *where]) == 0
    assert capsys.readouterr().out.startswith(f"Backup {folder / 'f.backup'}: 0 dossiers, ")
    assert main(["restore", str(folder / "f.backup"), *where]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("Restored: 0 dossiers, ") and "motcua-before-" in told[1]
    assert len(told) == 3 and told[2].startswith("folder:")
    for name, why in (("missing", "no such file"), ("a", "folder"), ("rows.jsonl", "is no backup")):
        assert main(["restore", str(folder / name), *where]) == 1
        assert why in capsys.readouterr().err
    assert main(["backup", str(folder / "rows.jsonl"), *where]) == 1
    assert (folder / "rows.jsonl").read_text(encoding="utf-8") == ROW


def test_a_recovery_key_that_cannot_be_left_is_told_and_the_desk_works(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_RECOVERY_FILE", str(folder / "missing" / "key"))
    assert init(capsys, folder)["recovery"] is None
    intake(capsys, folder / "a")
    words = ("backup", str(folder / "f.backup"), "--data", str(folder / "a"))
    assert answer(capsys, *words, status=1)["error"]["code"] == "recovery_unwritable"
    monkeypatch.setenv("MOTCUA_RECOVERY_FILE", str(folder / "key"))
    assert answer(capsys, *words)["recovery"] == str(folder / "key")
