"""`motcua catalogue` as scripts call it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.schema_check import check
from tui.cli.main import main


def answer(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> Any:
    assert main([*words, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(words) == 0
    return capsys.readouterr().out


def test_list_gives_the_procedures_in_force_on_a_day(capsys: pytest.CaptureFixture[str]) -> None:
    rows = answer(capsys, "catalogue", "list", "--on", "2026-05-21")
    check(rows, "catalogue-list")
    residence = next(row for row in rows if row["name"] == "permanent-residence")
    assert residence == {
        "code": "1.004222",
        "name": "permanent-residence",
        "title": "Đăng ký thường trú",
        "field": "residence",
        "level": "ward",
        "limit": "7 ngày làm việc",
        "service": "partial",
        "valid_from": "2021-07-01",
        "valid_to": "2026-06-30",
        "basis": "Đ.22.3 Luật Cư trú 2020",
        "verified": True,
    }
    assert "firefighting-plan-approval" not in {row["name"] for row in rows}


def test_without_a_day_it_is_the_clocks_of_the_folder(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTCUA_NOW", "2021-06-30T09:00:00+07:00")
    rows = answer(capsys, "catalogue", "list")
    assert next(row for row in rows if row["name"] == "permanent-residence")["limit"] == "15 ngày"


def test_list_follows_the_day(capsys: pytest.CaptureFixture[str]) -> None:
    rows = answer(capsys, "catalogue", "list", "--on", "2021-06-30")
    residence = next(row for row in rows if row["name"] == "permanent-residence")
    assert (residence["limit"], residence["valid_to"]) == ("15 ngày", "2021-06-30")


def test_services_say_how_far_and_what_stays_at_the_counter_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    every = answer(capsys, "catalogue", "list", "--on", "2026-05-21")
    rows = answer(capsys, "catalogue", "list", "--on", "2026-05-21", "--service")
    check(rows, "catalogue-service")
    assert {row["name"] for row in rows} == {row["name"] for row in every}
    known = {row["name"]: row for row in rows}
    assert {name: row["level"] for name, row in known.items()} == {row["name"]: row["service"] for row in every}
    held = known["seized-item-return"]
    assert (held["level"], held["counter_only"], held["verified"]) == (None, True, False)
    assert "biên bản" in held["reason"] and "Đ.125" in held["basis"]
    assert known["permanent-residence"]["counter_only"] is False


def test_a_service_is_measured_by_the_decree_of_its_day(capsys: pytest.CaptureFixture[str]) -> None:
    def of(day: str, name: str) -> tuple[Any, ...]:
        rows = answer(capsys, "catalogue", "list", "--on", day, "--service")
        row = next(row for row in rows if row["name"] == name)
        return row["level"], row["counter_only"], row["basis"]

    assert of("2022-08-14", "permanent-residence") == (None, None, None)  # no source tells its level then
    assert of("2022-08-15", "permanent-residence") == ("partial", False, "NĐ 42/2022/NĐ-CP")
    assert of("2026-07-01", "permanent-residence") == ("partial", False, "Đ.14 NĐ 224/2026/NĐ-CP")
    assert of("2020-01-02", "identity-card") == ("level_2", False, None)


def test_services_are_told_to_people_and_what_is_not_known_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "catalogue", "list", "--on", "2022-08-14", "--service")
    assert "chưa có số liệu" in text
    assert "CHƯA RÕ" in text


@pytest.mark.parametrize("words", [("--lang", "en", "catalogue", "list"), ("catalogue", "list", "--lang", "en")])
def test_limits_are_in_the_readers_language(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    rows = answer(capsys, *words, "--on", "2026-05-21")
    limits = {row["name"]: row["limit"] for row in rows}
    assert limits["residence-confirmation"] == "½ working day / 3 working days"
    assert limits["vehicle-transfer"] == "2 working days from the payment of the fee"
    assert limits["stay-notice"] == "before 23:00 of the day / before 08:00 of the next day"


def test_show_tells_everything(capsys: pytest.CaptureFixture[str]) -> None:
    facts = answer(capsys, "catalogue", "show", "vehicle-certificate-reissue", "--on", "2026-05-21")
    check(facts, "catalogue-show")
    assert [phase["starts_on"] for phase in facts["variants"][0]["phases"]] == [None, "verification_completed"]
    assert facts["variants"][0]["limit"] == "30 ngày, rồi 2 ngày làm việc kể từ khi xác minh xong"


def test_every_procedure_and_version_can_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    for row in answer(capsys, "catalogue", "list"):
        facts = answer(capsys, "catalogue", "show", row["name"])
        check(facts, "catalogue-show")
        for version in facts["versions"]:
            text = said(capsys, "catalogue", "show", row["name"], "--on", version["valid_from"])
            assert version["basis"] in text
            assert not any(word in text for word in ("matter.", "limit.", "service.", "catalogue.", "None"))


def test_what_is_unverified_is_marked_with_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "catalogue", "show", "3.000347", "--on", "2026-05-21")
    assert "chưa kiểm chứng: Thời hạn 5 ngày làm việc" in text
    english = said(capsys, "catalogue", "show", "3.000347", "--on", "2026-05-21", "--lang", "en")
    assert "unverified: The 5 working days" in english


def test_the_list_reads_well(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "catalogue", "list", "--on", "2026-05-21")
    assert text.startswith("Thủ tục có hiệu lực ngày 21/05/2026: ")
    assert "CƯ TRÚ" in text
    assert "[chưa kiểm chứng]" in text


def test_check_counts_what_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    result = answer(capsys, "catalogue", "check")
    check(result, "catalogue-check")
    assert result["ok"] and result["procedures"] >= 25
    assert "chưa kiểm chứng" in said(capsys, "catalogue", "check")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("show", "khong-co"), "procedure_unknown"),
        (("show", "firefighting-plan-approval", "--on", "2026-05-21"), "procedure_not_in_force"),
        (("show", "vehicle-transfer", "--on", "2020-01-01"), "procedure_not_yet_in_force"),
        (("list", "--on", "2026-02-30"), "date_invalid"),
    ],
)
def test_a_refusal_is_one_error_object(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: str) -> None:
    error = answer(capsys, "catalogue", *words, status=1)["error"]
    assert error["code"] == code
    assert not error["message"].startswith("error.")
    assert main(["catalogue", *words]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize("words", [(), ("weave",), ("show",), ("list", "--when", "x")])
def test_wrong_usage_is_status_two(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    assert main(["catalogue", *words]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_the_schemas_are_json() -> None:
    for name in ("list", "show", "check"):
        file = Path(__file__).parents[2] / "docs" / "schemas" / f"catalogue-{name}.json"
        assert json.loads(file.read_text())["$schema"]


def test_a_service_that_only_informs_is_not_listed_as_online(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "catalogue", "list", "--on", "2022-08-14", "--service")
    online, informs = text.split("CHỈ CÓ THÔNG TIN")
    assert "mức độ 3" in online and "mức độ 2" not in online
    assert "identity-card" in informs and "mức độ 2" in informs
