"""`motcua hub`, `sync`, `verify` and `export` as scripts call them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from core.decisions import TakeIn
from core.queue import LEGAL_TIME
from storage.database import DATABASE_NAME, transaction
from storage.desk import Desk
from storage.series import NO_WITNESS
from tests.postgres import with_parts
from tests.schema_check import check
from tui.cli.main import main

NOW = "2026-11-23T08:00:00+07:00"


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """Two desks, a and b, at one shared folder."""
    monkeypatch.setenv("MOTCUA_NOW", NOW)
    monkeypatch.setenv("MOTCUA_PIN", "2468")
    for name, number, officer in (("a", "1", "Trần Minh"), ("b", "2", "Lê Thị Lan")):
        words = ["init", "--data", str(tmp_path / name), "--unit", "T48.99", "--unit-name", "Công an phường Thử"]
        assert main([*words, "--desk", number, "--officer", officer, "--hub", f"folder:{tmp_path / 'hub'}"]) == 0
    capsys.readouterr()
    return tmp_path


def answer(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> Any:
    capsys.readouterr()
    assert main([*words, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def take_in(folder: Path, officer: str, name: str = "Nguyễn Văn An") -> str:
    desk = Desk.open(folder)
    dossier = desk.new_id()
    facts = {"procedure": "permanent-residence", "applicant": {"kind": "citizen", "name": name}}
    desk.do(TakeIn(dossier, "received", desk.now(), facts), desk.officers.find(officer))
    desk.close()
    return dossier


def exported(capsys: pytest.CaptureFixture[str], folder: Path, *more: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert main(["export", "--data", str(folder), *more]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_sync_tells_each_hub_by_the_contract(capsys: pytest.CaptureFixture[str], station: Path) -> None:
    take_in(station / "a", "tm")
    sent = answer(capsys, "sync", "--once", "--data", str(station / "a"))
    check(sent, "sync")
    (hub,) = sent["hubs"]
    assert hub["url"] == f"folder:{station / 'hub'}"
    assert (hub["sent"], hub["received"], hub["pending"], hub["behind"]) == (2, 2, 0, 0)
    assert (hub["last_contact"], hub["clock_offset_s"], hub["error"]) == (NOW, None, None)
    (hub,) = answer(capsys, "sync", "--data", str(station / "b"))["hubs"]
    assert hub["received"] == 2


def test_two_desks_that_synced_export_the_same_bytes(capsys: pytest.CaptureFixture[str], station: Path) -> None:
    take_in(station / "a", "tm")
    take_in(station / "b", "ltl", "Đặng Thị Đào")
    for name in ("a", "b", "a"):
        answer(capsys, "sync", "--data", str(station / name))
    one, two = (exported(capsys, station / name) for name in ("a", "b"))
    assert one == two
    places = [(int(event["hlc"]), event["desk"], event["epoch"], event["seq"]) for event in one]
    assert places == sorted(places)
    assert one[-1].keys() == {
        "event_id", "kind", "at", "by", "unit", "entity", "body", "desk", "epoch", "seq", "hlc", "parents", "hash",
    }  # fmt: skip
    assert {event["body"]["applicant"]["name"] for event in one if event["kind"] == "received"} == {
        "Nguyễn Văn An",
        "Đặng Thị Đào",
    }


def test_export_writes_a_whole_file_or_none(capsys: pytest.CaptureFixture[str], station: Path) -> None:
    dossier = take_in(station / "a", "tm")
    out = station / "dossiers.jsonl"
    assert exported(capsys, station / "a", "--kind", "dossiers", "--out", str(out)) == []
    (row,) = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert (row["id"], row["receipt_number"]) == (dossier, "T48.99-261123-0001")
    assert sorted(path.name for path in station.iterdir()) == ["a", "b", "dossiers.jsonl", "hub"]
    missing = str(station / "no" / "such" / "file")
    assert answer(capsys, "export", "--data", str(station / "a"), "--out", missing, status=1)["error"]["code"] == (
        "file_unwritable"
    )


def test_a_hub_out_of_reach_is_an_error_of_that_hub(capsys: pytest.CaptureFixture[str], station: Path) -> None:
    (station / "hub").rename(station / "away")
    told = answer(capsys, "sync", "--data", str(station / "a"), status=1)
    check(told, "sync")
    assert told["hubs"][0]["error"]["code"] == "hub_unreachable"
    assert main(["sync", "--data", str(station / "a"), "--lang", "en"]) == 1
    assert "can't be reached. The data are safe" in capsys.readouterr().err
    code = ["hub", "join-code", f"folder:{station / 'hub'}", "--data", str(station / "a"), "--lang", "en"]
    assert main(code) == 1
    assert "Check the address" in capsys.readouterr().err


def test_a_desk_without_a_hub_says_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_NOW", NOW)
    monkeypatch.setenv("MOTCUA_PIN", "2468")
    words = ["init", "--data", str(tmp_path / "a"), "--unit", "G01", "--desk", "1", "--officer", "Trần Minh"]
    assert main(words) == 0
    assert answer(capsys, "sync", "--data", str(tmp_path / "a")) == {"hubs": [], "warnings": []}


def test_a_desk_joins_and_leaves_a_hub_later(capsys: pytest.CaptureFixture[str], station: Path) -> None:
    old, new = f"folder:{station / 'hub'}", f"folder:{station / 'other'}"
    at = ("--data", str(station / "a"))
    assert answer(capsys, "hub", "use", new, *at, status=1)["error"]["code"] == "hub_unreachable"
    answer(capsys, "hub", "init", new)
    told = answer(capsys, "hub", "use", new, *at)
    check(told, "hub-use")
    assert told == answer(capsys, "hub", "use", new, *at) == {"hubs": [old, new]}
    assert [hub["pending"] for hub in answer(capsys, "sync", *at)["hubs"]] == [0, 0]
    left_there = "INSERT INTO inbox VALUES (?, 'n', 'offer', 's', 'u', 'd', 'o', x'00', 'k')"
    with closing(Desk.open(station / "a")) as desk, transaction(desk.connection):
        desk.connection.execute(left_there, (old,))
    (station / "hub").rename(station / "gone")
    assert answer(capsys, "hub", "leave", old, *at) == {"hubs": [new]}
    assert answer(capsys, "hub", "leave", old, *at, status=1)["error"]["code"] == "hub_unknown"
    (left,) = answer(capsys, "sync", *at)["hubs"]
    assert (left["url"], left["error"], left["pending"]) == (new, None, 0)
    with closing(Desk.open(station / "a")) as desk:
        assert desk.connection.execute("SELECT count(*) FROM inbox").fetchone()[0] == 0


def test_a_hub_can_be_made_before_any_desk_and_tells_what_lies_there(
    capsys: pytest.CaptureFixture[str], station: Path
) -> None:
    empty = f"folder:{station / 'other'}"
    made = answer(capsys, "hub", "init", empty)
    check(made, "hub-init")
    assert made == {"url": empty, "stations": [], "durable_after": 86400}
    assert answer(capsys, "hub", "init", empty, "--durable-after", "1.5")["durable_after"] == 5400
    assert answer(capsys, "hub", "status", empty) == {"url": empty, "stations": []}
    found = answer(capsys, "hub", "status", f"folder:{station / 'hub'}")
    check(found, "hub-status")
    (one,) = found["stations"]
    assert sorted(origin["seq"] for origin in one["origins"])[0] == 2
    assert all(origin["epoch"] == 1 and not origin["damaged"] and not origin["forked"] for origin in one["origins"])
    gone = answer(capsys, "hub", "status", f"folder:{station / 'none'}", status=1)
    assert gone["error"]["code"] == "hub_unreachable"
    assert "chạy lại lệnh" in gone["error"]["message"] and "gửi lại sau" not in gone["error"]["message"]


def test_desks_meet_in_a_database_and_the_password_is_shown_nowhere(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    monkeypatch.setenv("MOTCUA_NOW", NOW)
    monkeypatch.setenv("MOTCUA_PIN", "2468")
    secret = with_parts(database, user="postgres", password="s3cret")
    assert answer(capsys, "hub", "status", secret, status=1)["error"]["code"] == "hub_not_prepared"
    made = answer(capsys, "hub", "init", secret, "--durable-after", "0")
    check(made, "hub-init")
    assert (made["url"], made["durable_after"]) == (with_parts(database, user="postgres"), 0)
    assert main(["hub", "init", secret]) == 0 and "motcua_desk" in capsys.readouterr().out
    for name, number, officer in (("a", "1", "Trần Minh"), ("b", "2", "Lê Thị Lan")):
        words = ["--unit", "T48.99", "--unit-name", "Công an phường Thử", "--desk", number, "--officer", officer]
        assert main(["init", "--data", str(tmp_path / name), *words, "--hub", secret, "--json"]) == 0
    take_in(tmp_path / "a", "tm")
    for name, counts in (("a", (1, 1)), ("b", (0, 2))):
        (hub,) = answer(capsys, "sync", "--data", str(tmp_path / name))["hubs"]
        assert hub["error"] is None and (hub["pending"], hub["behind"]) == (0, 0)
        assert (hub["sent"] > 0, hub["received"] > 0) == (counts[0] > 0, counts[1] > 0)
    found = answer(capsys, "hub", "status", secret)
    check(found, "hub-status")
    assert [len(one["origins"]) for one in found["stations"]] == [2]
    assert "s3cret" not in json.dumps(found) + json.dumps(made) + json.dumps(hub)


def test_sentences_name_a_desk_by_its_number(capsys: pytest.CaptureFixture[str], station: Path) -> None:
    take_in(station / "b", "ltl")
    for name in ("b", "a"):
        answer(capsys, "sync", "--data", str(station / name))
    take_in(station / "b", "ltl")
    answer(capsys, "sync", "--data", str(station / "b"))
    with closing(Desk.open(station / "b")) as desk:
        other = desk.identity
    *_, last = sorted((station / "hub" / other.station / "origins" / f"{other.desk}-1").glob("*"))
    last.write_bytes(last.read_bytes()[:-20])
    data = ("--data", str(station / "a"))
    told = answer(capsys, "sync", *data, status=1)["hubs"][0]["error"]
    assert told["code"] == "batch_damaged" and "quầy 2 (lần 1)" in told["message"]
    assert main(["verify", *data]) == 0
    assert "Quầy 2, lần 1: " in capsys.readouterr().out
    assert main(["doctor", *data]) == 1
    assert "quầy 2 (lần 1)" in capsys.readouterr().out


def test_verify_names_the_first_bad_event(capsys: pytest.CaptureFixture[str], station: Path) -> None:
    data = ("--data", str(station / "a"))
    whole = answer(capsys, "verify", *data)
    check(whole, "verify")
    assert (whole["ok"], whole["projection"], whole["key"]) == (True, True, True)
    desk = Desk.open(station / "a")
    desk.connection.execute("UPDATE event SET body = x'7b7d' WHERE seq = 7")
    desk.close()
    broken = answer(capsys, "verify", *data, status=1)
    check(broken, "verify")
    assert broken["ok"] is False
    assert [origin["first_bad"] for origin in broken["origins"]] == [{"seq": 7, "problem": "hash_wrong"}]
    assert main(["verify", *data, "--lang", "en"]) == 1
    assert "event 7 does not hold (altered)" in capsys.readouterr().err


@pytest.mark.parametrize("table", ["accepted", "print_job", "bundle_taken", "event"])
def test_verify_tells_a_damaged_page_of_any_table(
    capsys: pytest.CaptureFixture[str], station: Path, table: str
) -> None:
    folder = station / "a"
    desk = Desk.open(folder)
    page = desk.connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    desk.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    desk.close()
    database = folder / DATABASE_NAME
    content = bytearray(database.read_bytes())
    content[(page - 1) * 4096 + 50] ^= 1
    database.write_bytes(content)
    told = answer(capsys, "verify", "--data", str(folder), status=1)
    check(told, "error")
    assert told["error"]["code"] == "database_damaged"


def test_verify_tells_a_days_numbers(capsys: pytest.CaptureFixture[str], station: Path) -> None:
    data = ("--data", str(station / "a"))
    assert answer(capsys, "verify", *data)["numbers"] is None
    take_in(station / "a", "tm")
    desk = Desk.open(station / "a")
    desk.connection.execute("UPDATE series SET last = 2")
    desk.close()
    take_in(station / "a", "tm")
    desk = Desk.open(station / "a")
    with transaction(desk.connection):
        desk.series.want(NO_WITNESS)
    desk.close()
    told = answer(capsys, "verify", "--numbers", *data)
    check(told, "verify")
    numbers = told["numbers"]
    assert numbers["desk"] == {"number": 1, "wanted": "no_witness", "claimed": False, "moved_back": None}
    (series,) = numbers["series"]
    assert (series["first"], series["last"], series["used"], series["closed"]) == ("0001", "0003", 2, False)
    assert numbers["questions"] == [{"code": "hole", "what": "0002"}]
    assert main(["verify", *data, "--numbers"]) == 0
    said = capsys.readouterr().out
    assert "0001 … 0003" in said and "! 0002: chưa ai giải thích" in said and "không thấy tệp chứng số" in said
    empty = answer(capsys, "verify", "--numbers", "--on", "2026-11-01", *data)["numbers"]
    assert (empty["day"], empty["series"]) == ("2026-11-01", [])
    assert answer(capsys, "verify", "--numbers", "--on", "x", *data, status=1)["error"]["code"] == "date_invalid"
    assert answer(capsys, "verify", "--on", "2026-11-01", *data, status=2)["error"]["code"] == "usage"


def test_an_intake_says_where_a_number_is_missing_or_not_the_final_one(
    capsys: pytest.CaptureFixture[str], station: Path
) -> None:
    row = {"procedure": "permanent-residence", "applicant_name": "Nguyễn Văn An", "phone": "0905123456"}
    (station / "row.jsonl").write_text(json.dumps(row), encoding="utf-8")
    desk = Desk.open(station / "a")
    with transaction(desk.connection):
        desk.series.want(NO_WITNESS)
    desk.close()
    (row,) = answer(capsys, "intake", str(station / "row.jsonl"), "--data", str(station / "a"), "--as", "tm")
    assert (row["receipt_number"], row["warnings"], row["error"]) == (None, ["number_missing"], None)
    words = ("init", "--data", str(station / "c"), "--unit", "T48.99", "--desk", "20", "--officer", "Phạm Cường")
    answer(capsys, *words, "--hub", f"folder:{station / 'hub'}")
    (row,) = answer(capsys, "intake", str(station / "row.jsonl"), "--data", str(station / "c"), "--as", "pc")
    assert (row["receipt_number"], row["warnings"]) == ("T48.99-261123-300001", ["number_to_map"])


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_schedule_runs_until_it_is_told_to_stop(station: Path, stop: signal.Signals) -> None:
    program = "import sys; from tui.cli.main import main; sys.exit(main(sys.argv[1:]))"
    words = ["sync", "--data", str(station / "a"), "--json", "--schedule", "FREQ=SECONDLY"]
    command = [sys.executable, "-c", program, *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for _ in range(2):
        check(json.loads(process.stdout.readline()), "sync")
    process.send_signal(stop)
    _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_signal_ends_a_schedule_that_still_looks_for_a_rare_moment(station: Path) -> None:
    program = """
import os, signal, sys, threading, time
from tui.cli.main import main

def tell():
    while signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGTERM)

threading.Thread(target=tell, daemon=True).start()
sys.exit(main(sys.argv[1:]))
"""
    rule = "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=TH;BYHOUR=23"
    words = ["sync", "--data", str(station / "a"), "--json", "--schedule", rule]
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_schedule_answers_a_line_a_run_and_tells_whether_the_last_was_done(
    capsys: pytest.CaptureFixture[str], station: Path
) -> None:
    capsys.readouterr()
    words = ["sync", "--data", str(station / "a"), "--json", "--schedule", "FREQ=SECONDLY;COUNT=2"]
    assert main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    for line in lines:
        check(json.loads(line), "sync")
    (station / "hub").rename(station / "away")
    assert main([*words[:-1], "FREQ=SECONDLY;COUNT=1"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["hubs"][0]["error"]["code"] == "hub_unreachable"


def test_a_schedule_that_is_none_is_refused(capsys: pytest.CaptureFixture[str], station: Path) -> None:
    told = answer(capsys, "sync", "--schedule", "often", "--data", str(station / "a"), status=1)
    assert told["error"]["code"] == "schedule_invalid"


def test_a_fixed_clock_is_the_contact_that_is_told(capsys: pytest.CaptureFixture[str], station: Path) -> None:
    (hub,) = answer(capsys, "sync", "--data", str(station / "a"))["hubs"]
    assert datetime.fromisoformat(hub["last_contact"]) == datetime(2026, 11, 23, 8, tzinfo=LEGAL_TIME)


def test_a_reader_that_keeps_the_disk_filling_is_told_and_fails_nothing(
    capsys: pytest.CaptureFixture[str], station: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.room.WAL_BEHIND", 50_000)
    reader = Desk.open(station / "a")
    reader.connection.execute("BEGIN")
    reader.log.last()
    take_in(station / "a", "tm")
    told = answer(capsys, "sync", "--data", str(station / "a"))
    assert [one["code"] for one in told["warnings"]] == ["reader_holds_up"]
    assert told["hubs"][0]["error"] is None
    assert main(["sync", "--data", str(station / "a")]) == 0
    assert "đang đọc dữ liệu của quầy quá lâu" in capsys.readouterr().err
    reader.close()
