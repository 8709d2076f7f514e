"""`motcua doctor`: each thing that is wrong is found, told with what mends it, and gone once it is mended."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from storage.database import transaction
from storage.desk import Desk
from storage.event_log import unlocked
from storage.settings import Settings, save_settings
from tests.schema_check import check
from tui.cli.main import main

NOW = "2026-05-18T08:00:00+07:00"
"""A Monday of which all days to the horizon are settled."""
ROW = '{"procedure": "permanent-residence", "applicant_name": "Nguyễn Văn An"}\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A desk that exchanged with its hub once."""
    monkeypatch.setenv("MOTCUA_NOW", NOW)
    monkeypatch.setenv("MOTCUA_PIN", "2468")
    monkeypatch.setenv("MOTCUA_LANG", "vi")
    data = tmp_path / "a"
    words = ["--unit", "T48.99", "--unit-name", "Công an phường Thử", "--desk", "1", "--officer", "Trần Minh"]
    assert main(["init", "--data", str(data), *words, "--hub", f"folder:{tmp_path / 'hub'}"]) == 0
    assert main(["sync", "--data", str(data)]) == 0
    capsys.readouterr()
    return data


def examined(capsys: pytest.CaptureFixture[str], folder: Path) -> dict[str, list[str]]:
    """The codes of what is wrong, by part; the exit status says whether there is any."""
    capsys.readouterr()
    status = main(["doctor", "--data", str(folder), "--json"])
    told = json.loads(capsys.readouterr().out)
    check(told, "doctor")
    assert status == (0 if told["ok"] else 1)
    assert not any(one["message"].startswith("error.") for part in told["parts"] for one in part["problems"])
    return {part["part"]: [one["code"] for one in part["problems"]] for part in told["parts"] if not part["ok"]}


def test_a_desk_in_order_has_nothing_wrong(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert examined(capsys, folder) == {}
    assert main(["doctor", "--data", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 11 and all(line.startswith("  ✓ ") for line in lines)


def changed(statement: str, *values: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        desk = Desk.open(folder)
        with transaction(desk.connection), unlocked(desk.connection):
            desk.connection.execute(statement, values)
        desk.close()

    return change


def unplug(folder: Path) -> None:
    (folder.parent / "hub").rename(folder.parent / "away")
    main(["sync", "--data", str(folder)])


WRONG: dict[str, tuple[Callable[[Path], Any], dict[str, list[str]]]] = {
    "an event altered": (changed("UPDATE event SET header = x'7b7d' WHERE seq = 1"), {"history": ["history_broken"]}),
    "tables altered": (changed("UPDATE officer SET name = 'Võ'"), {"history": ["tables_differ"]}),
    "settings nobody can read": (
        lambda folder: (folder / "settings.toml").write_text("printer = ["),
        {"settings": ["settings_broken"], "printer": ["settings_broken"]},
    ),
    "no hub": (
        lambda folder: main(["hub", "leave", f"folder:{folder.parent / 'hub'}", "--data", str(folder)]),
        {"hubs": ["desk_without_hub"]},
    ),
    "a hub out of reach": (unplug, {"hubs": ["hub_unreachable"]}),
    "a silent hub": (changed("UPDATE hub SET last_contact = last_contact - 90000"), {"hubs": ["hub_silent"]}),
    "a clock that is off": (changed("UPDATE hub SET clock_offset = 700"), {"clock": ["clock_off"]}),
    "no number": (changed("INSERT INTO meta VALUES ('number_wanted', 'forked')"), {"numbers": ["number_wanted"]}),
    "a beginning that never came": (changed("INSERT INTO waiting VALUES ('d1')"), {"merge": ["events_wait"]}),
    "bodies without a key": (
        changed("INSERT INTO sealed VALUES (1, 1, 1, 'k', x'00')"),
        {"merge": ["bodies_sealed"]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_found(capsys: pytest.CaptureFixture[str], folder: Path, name: str) -> None:
    harm, expected = WRONG[name]
    harm(folder)
    assert examined(capsys, folder) == expected


def test_what_is_wrong_is_told_with_what_mends_it(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    hub = f"folder:{folder.parent / 'hub'}"
    assert main(["hub", "leave", hub, "--data", str(folder)]) == 0
    capsys.readouterr()
    assert main(["doctor", "--data", str(folder)]) == 1
    assert "✗ Đồng bộ: Quầy chưa nối máy chủ đồng bộ nào" in (told := capsys.readouterr().out)
    assert "«motcua hub use URL»" in told
    assert main(["hub", "use", hub, "--data", str(folder)]) == main(["sync", "--data", str(folder)]) == 0
    assert examined(capsys, folder) == {}


@pytest.mark.skipif(sys.platform == "win32", reason="its spooler names the printers there")
def test_papers_that_did_not_come_out_are_found(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    changed(
        "INSERT INTO print_job (issue, dossier, letter, state, made_at, pdf) VALUES ('i', 'd', 'l', 'issued', 0, x'00')"
    )(folder)
    changed(
        "INSERT INTO print_job (issue, dossier, letter, state, made_at, pdf) VALUES ('j', 'd', 'm', 'sent', 0, x'00')"
    )(folder)
    save_settings(folder, Settings(printer="Quay1"))
    lpstat = tmp_path / "bin" / "lpstat"
    lpstat.parent.mkdir()
    lpstat.write_text("#!/bin/sh\necho Khac\n")
    lpstat.chmod(0o755)
    monkeypatch.setenv("PATH", f"{lpstat.parent}:/usr/bin:/bin")
    assert examined(capsys, folder) == {"printer": ["printer_unknown", "papers_unprinted", "papers_unanswered"]}


def test_a_calendar_that_is_not_settled_is_told(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_NOW", "2030-12-02T08:00:00+07:00")
    assert examined(capsys, folder)["calendar"] == ["calendar_unsure"]


def test_a_folder_without_a_desk_and_a_spoilt_file_are_told(
    capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path
) -> None:
    assert examined(capsys, tmp_path / "none") == {"folder": ["desk_missing"]}
    spoilt = tmp_path / "spoilt"
    shutil.copytree(folder, spoilt)
    content = bytearray((spoilt / "motcua.db").read_bytes())
    content[-4096:] = b"x" * 4096
    (spoilt / "motcua.db").write_bytes(content)
    assert list(examined(capsys, spoilt).values()) == [["database_damaged"]]


def another(folder: Path, unit: str, number: int) -> Path:
    """A desk of that unit at the same hub, without a join code."""
    data = folder.parent / f"{unit}-{number}"
    words = ["--unit", unit, "--unit-name", "Công an phường Bên", "--desk", str(number), "--officer", "Lê Lan"]
    assert main(["init", "--data", str(data), *words, "--hub", f"folder:{folder.parent / 'hub'}"]) == 0
    return data


def test_a_desk_that_is_not_confirmed_is_told_so(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    data = another(folder, "T48.99", 2)
    assert main(["sync", "--data", str(folder)]) == main(["sync", "--data", str(data)]) == 0
    assert examined(capsys, data) == {"merge": ["desk_unconfirmed"]}
    assert main(["desk", "confirm", "2", "--as", "tm", "--data", str(folder)]) == 0
    assert main(["sync", "--data", str(folder)]) == main(["sync", "--data", str(data)]) == 0
    assert examined(capsys, data) == {}


def test_a_revoked_desk_is_promised_no_number_and_no_key(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    data = another(folder, "T48.99", 2)
    assert main(["sync", "--data", str(folder)]) == main(["sync", "--data", str(data)]) == 0
    assert main(["desk", "revoke", "2", "--from", "2", "--as", "tm", "--data", str(folder)]) == 0
    assert main(["sync", "--data", str(folder)]) == 0
    assert main(["sync", "--data", str(data)]) == 1
    assert examined(capsys, data) == {"hubs": ["desk_revoked"], "numbers": ["number_ended"]}


def test_what_another_unit_offers_is_told_after_an_exchange_and_here(
    capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path
) -> None:
    there = another(folder, "T48.98", 1)
    rows = tmp_path / "rows.jsonl"
    rows.write_text(ROW, encoding="utf-8")
    assert main(["intake", str(rows), "--data", str(folder)]) == 0
    number = capsys.readouterr().out.split("\t")[1]
    assert main(["act", number, "transfer_offered", "--field", "unit=T48.98", "--data", str(folder)]) == 0
    assert main(["sync", "--data", str(folder)]) == 0
    capsys.readouterr()
    assert main(["sync", "--data", str(there)]) == 0
    assert "Có 1 hồ sơ đơn vị khác chuyển đến" in capsys.readouterr().out
    assert examined(capsys, there) == {"merge": ["transfers_wait"]}
    assert main(["act", number, "transfer_accepted", "--data", str(there)]) == 0
    assert examined(capsys, there) == {}
