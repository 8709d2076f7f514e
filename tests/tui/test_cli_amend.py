"""`motcua calendar amend` and `motcua catalogue amend`: what moves is told first, then applied or not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from storage.desk import Desk
from tests.conftest import PIN, Ran, act, take_in
from tests.schema_check import check

Cli = Callable[..., Ran]
STORM = 'decision = "TB 118"\nreason = "Đóng cửa vì bão"\n[[closure]]\ndate = 2026-05-25\n'
OFF = 'decision = "QĐ 9"\nreason = "Quốc tang"\ndays_off = [2026-08-05]\n'
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "amendments"
SLIP = {"letter": "receipt", "promised_at": "2026-06-01T17:00:00+07:00"}


def file(tmp_path: Path, text: str, name: str = "bao.toml") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def amend(cli: Cli, *words: object, by: str = "tmd") -> Any:
    ran = cli("calendar", "amend", *words, "--as", by, "--json")
    assert ran.status == 0, ran
    check(ran.json, "amend")
    return ran.json


def test_a_dry_run_tells_and_writes_nothing(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    free, printed = take_in(desk, "Lê Văn Tám"), take_in(desk)
    act(desk, printed, "letter_issued", **SLIP)
    heads = desk.log.heads()
    told = amend(cli, file(tmp_path, STORM), "--dry-run")
    assert {name: told[name] for name in ("applied", "decision", "source", "signed_by_city", "count")} == {
        "applied": False, "decision": "TB 118", "source": "bao.toml", "signed_by_city": False, "count": 2
    }  # fmt: skip
    assert told["moved"][0] == {
        "receipt_number": "H30-001-260521-0002",
        "id": printed,
        "applicant_name": "Đặng Thị Đào",
        "procedure": "permanent-residence",
        "from": "2026-06-01T17:00:00+07:00",
        "to": "2026-06-02T17:00:00+07:00",
        "promised_at": "2026-06-01T17:00:00+07:00",
        "promise_broken": True,
    }
    assert (told["moved"][1]["id"], told["moved"][1]["promise_broken"]) == (free, False)
    assert desk.log.heads() == heads


def test_applied_it_moves_what_was_told_and_the_promise_holds(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    printed = take_in(desk)
    act(desk, printed, "letter_issued", **SLIP)
    assert amend(cli, file(tmp_path, STORM))["applied"]
    shown = cli("show", printed, "--json").json
    assert shown["due_at"] == "2026-06-02T17:00:00+07:00"
    assert shown["binding_at"] == shown["promised_at"] == "2026-06-01T17:00:00+07:00"
    assert "25/5 (TB 118)" in cli("explain", printed).out
    day = next(one for one in calendar(cli)["days"] if one["date"] == "2026-05-25")
    assert (day["working"], day["reason"], day["basis"]) == (False, "Đóng cửa vì bão", "TB 118")


def calendar(cli: Cli) -> Any:
    ran = cli("calendar", "show", "2026", "--unit", "H30-001", "--json")
    check(ran.json, "calendar-show")
    return ran.json


def test_the_list_is_read_from_the_top(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    take_in(desk, "Lê Văn Tám")
    act(desk, take_in(desk), "letter_issued", **SLIP)
    path = file(tmp_path, STORM)
    lines = cli("calendar", "amend", path, "--as", "tmd", "--dry-run").out.splitlines()
    assert lines[0] == "Sửa đổi: TB 118 (tệp bao.toml)"
    assert lines[2] == "2 hồ sơ đang giải quyết đổi hạn:" and lines[3].startswith("1 hồ sơ đã in giấy hẹn")
    assert lines[4].startswith("! H30-001-260521-0002") and lines[5].startswith("  H30-001-260521-0001  Lê Văn Tám")
    assert "dời từ 17:00 thứ Hai 01/06/2026 đến 17:00 thứ Ba 02/06/2026" in lines[4]
    assert lines[-1] == "Xem trước: chưa ghi gì."
    assert cli("calendar", "amend", path, "--as", "tmd").out.splitlines()[-1] == "Đã áp dụng."
    english = cli("calendar", "amend", path, "--as", "tmd", "--lang", "en").out
    assert "No open dossier moves." in english and english.endswith("Applied.\n")


def test_openings_stand_on_the_calendar_and_a_withdrawn_closure_does_not(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    amend(cli, EXAMPLES / "storm-closure.toml")
    by_day = {one["date"]: one for one in calendar(cli)["days"]}
    assert not by_day["2026-11-25"]["working"] and "openings" not in by_day["2026-11-25"]
    assert by_day["2026-11-27"]["openings"] == [
        {"hours": [["17:30", "20:00"]], "place": "Trụ sở, tầng 1", "desk": 2,
         "basis": "Thông báo số 118/TB-CAP ngày 24/11/2026"}
    ]  # fmt: skip
    sheet = cli("calendar", "show", "2026", "--unit", "H30-001").out
    assert "27/11  17:30–20:00 · Trụ sở, tầng 1 · quầy 2 (Thông báo số 118/TB-CAP ngày 24/11/2026)" in sheet
    amend(cli, file(tmp_path, 'decision = "TB 119"\nwithdrawn = [{ from = 2026-11-25, to = 2026-11-26 }]'))
    back = {one["date"]: one for one in calendar(cli)["days"]}["2026-11-25"]
    assert back == {"date": "2026-11-25", "working": True, "reason": None, "basis": None, "confirmed": True}


def test_cases_that_fail_or_are_missing_are_each_told(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    heads = desk.log.heads()
    text = (EXAMPLES / "late-exchange.toml").read_text(encoding="utf-8")
    stale = file(tmp_path, text[: text.index("[[case]]")])
    for words in ((), ("--dry-run",)):
        ran = cli("calendar", "amend", stale, "--as", "tmd", "--json", *words)
        check(ran.json, "amend")
        assert (ran.status, ran.json["applied"]) == (1, False)
        assert [one["code"] for one in ran.json["failed_cases"]] == ["case_fails"] * 2
    spoken = cli("calendar", "amend", stale, "--as", "tmd")
    assert spoken.status == 1 and len(spoken.err.splitlines()) == 2
    assert spoken.out.splitlines()[-1].startswith("Chưa áp dụng: 2 ví dụ")
    uncounted = (
        (EXAMPLES / "shorter-limit.toml").read_text(encoding="utf-8").replace("case = [\n  {", "#").split("[[case]]")[0]
    )
    missing = cli(
        "catalogue", "amend", file(tmp_path, uncounted.replace("\n]\n\n# The", "\n\n# The")), "--as", "tmd", "--json"
    )
    assert [one["code"] for one in missing.json["failed_cases"]] == ["case_none"]
    assert desk.log.heads() == heads


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_each_example_goes_live_and_the_law_stays_whole(cli: Cli, desk: Desk, path: Path) -> None:
    assert amend(cli, path)["applied"]
    assert cli("catalogue", "check").status == 0


def test_the_catalogue_follows_its_amendment(cli: Cli, desk: Desk) -> None:
    ran = cli("catalogue", "amend", EXAMPLES / "shorter-limit.toml", "--as", "tmd", "--json")
    check(ran.json, "amend")
    limits = [
        cli("catalogue", "show", "1.004222", "--on", day, "--json").json["limit"]
        for day in ("2026-12-31", "2027-01-01")
    ]
    assert limits == ["7 ngày làm việc", "5 ngày làm việc"]


def test_the_package_has_nothing_new_for_its_own_station(cli: Cli, desk: Desk) -> None:
    ran = cli("catalogue", "amend", "--as", "tmd", "--json")
    check(ran.json, "error")
    assert (ran.status, ran.json["error"]["code"]) == (1, "amendment_none")


def test_who_decides_needs_the_role_and_anyone_may_ask(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    path, heads = file(tmp_path, STORM), desk.log.heads()
    assert amend(cli, path, "--dry-run", by="hoa")["count"] == 0
    refused = cli("calendar", "amend", path, "--as", "hoa", "--json")
    assert (refused.status, refused.json["error"]["code"]) == (1, "role_missing")
    assert desk.log.heads() == heads


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("days_off = [", "law_file_invalid"),
        ('decision = "x"', "amendment_empty"),
        ('decision = "x"\nwithdrawn = [2026-06-03]', "amendment_day_ordinary"),
        ('decision = "x"\nreason = "x"\n[[closure]]\ndate = 2026-02-31', "law_file_invalid"),
        ('decision = "x"\n[[hours]]\nvalid_from = 2026-06-01\nperiods = { mon = [["9", "8"]] }', "law_row_invalid"),
        ('decision = "x"\n[[opening]]\ndate = 2026-06-01\nhours = []', "law_row_invalid"),
        ('decision = "x"\nreason = "x"\n[[closure]]\ndate = 2062-06-01', "calendar_out_of_range"),
        ('[[commitment]]\nprocedure = "permanent-residence"\namount = "9"\nunit = "working_day"\n'
         'valid_from = 2026-06-01\ndecision = "x"', "commitment_longer"),
        ('[[commitment]]\nprocedure = "x"\namount = "9"\nunit = "day"\nvalid_from = 2026-06-01\ndecision = "x"',
         "procedure_unknown"),
        ('[[commitment]]\nprocedure = "permanent-residence"\namount = "9"\nunit = "fortnight"\n'
         'valid_from = 2026-06-01\ndecision = "x"', "limit_invalid"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_file_is_one_sentence(cli: Cli, desk: Desk, tmp_path: Path, text: str, code: str) -> None:
    path, heads = file(tmp_path, text), desk.log.heads()
    ran = cli("calendar", "amend", path, "--as", "tmd", "--json")
    check(ran.json, "error")
    assert (ran.status, ran.json["error"]["code"]) == (1, code)
    message = ran.json["error"]["message"]
    assert not message.startswith("error.") and "{" not in message.partition("periods")[0]
    assert len(cli("calendar", "amend", path, "--as", "tmd").err.splitlines()) == 1
    assert desk.log.heads() == heads


def test_a_file_that_is_not_there_and_wrong_usage(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    ran = cli("calendar", "amend", tmp_path / "none.toml", "--as", "tmd", "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, "file_unreadable")
    assert cli("calendar", "amend", "--as", "tmd").status == 2
    assert cli("calendar", "amend", file(tmp_path, STORM)).status == 2  # five officers, none named


def test_the_citys_signature_beside_the_file(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    city = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    key = file(tmp_path, city.public_key().public_bytes_raw().hex(), "city.pub")
    monkeypatch.setenv("MOTCUA_DATA", str(tmp_path / "desk"))
    monkeypatch.setenv("MOTCUA_NOW", "2026-05-21T09:00:00+07:00")
    monkeypatch.setenv("MOTCUA_PIN", PIN)
    words = ("init", "--unit", "T48.99", "--unit-name", "Công an phường Thử", "--desk", 1, "--officer", "Trần Minh")
    assert cli(*words, "--city-key", key).status == 0
    path = file(tmp_path, OFF, "tang.toml")
    signature = tmp_path / "tang.toml.sig"

    def code() -> str:
        ran = cli("calendar", "amend", path, "--json")
        assert ran.status == 1
        return str(ran.json["error"]["code"])

    assert code() == "amendment_unsigned"
    signature.write_bytes(b"not a signature")
    assert code() == "signature_invalid"
    signature.write_bytes(city.sign(b"something else"))
    assert code() == "amendment_signature_wrong"
    signature.write_bytes(city.sign(path.read_bytes()))
    assert "Thành phố đã ký." in cli("calendar", "amend", path, "--dry-run").out
    told = cli("calendar", "amend", path, "--json")
    check(told.json, "amend")
    assert (told.status, told.json["applied"], told.json["signed_by_city"]) == (0, True, True)
    assert code() == "amendment_known"
