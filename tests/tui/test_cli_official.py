"""`motcua official`: what the other system does not have yet, and its export matched by number."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from storage.desk import Desk
from tests.conftest import NOW, Ran, act, take_in, written_earlier
from tests.schema_check import check

Cli = Callable[..., Ran]
DAO = {"kind": "citizen", "name": "Đặng Thị Đào", "number": "048185012345", "birth": "1985-01-01", "address": "Hòa Hải"}


def number_of(desk: Desk, dossier: str) -> str:
    row = desk.row(dossier)
    assert row is not None
    return str(row["receipt_number"])


def sent(tmp_path: Path, *rows: dict[str, str]) -> str:
    file = tmp_path / "xuat.jsonl"
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return str(file)


def test_the_list_has_each_field_in_that_systems_order(cli: Cli, desk: Desk) -> None:
    one = take_in(desk, applicant=DAO)
    take_in(desk, kind="submitted", channel="online", external_id="P-1")
    there = take_in(desk, channel="online", external_id="P-2")
    numbered, voided = take_in(desk), take_in(desk)
    act(desk, numbered, "official_number_given", number="G-1")
    act(desk, voided, "voided", reason="nhầm")
    found = cli("official", "list", "--json").json
    check(found, "official-list")
    assert [row["id"] for row in found["dossiers"]] == [one], f"{there} came from the portal with its number"
    assert found["waiting"] == 1 and found["unverified_reason"]
    values = found["dossiers"][0]["values"]
    assert list(values) == [field["name"] for field in found["fields"]]
    assert (values["procedure_code"], values["applicant_name"], values["birth_date"]) == (
        "1.004222", "Đặng Thị Đào", "01/01/1985",
    )  # fmt: skip
    assert values["email"] is None and values["due_at"] == "01/06/2026 17:00"
    assert "Chủ hồ sơ: Đặng Thị Đào" in cli("official", "list").out


def test_the_list_is_narrowed_by_days_and_a_wrong_day_is_wrong_usage(cli: Cli, desk: Desk) -> None:
    take_in(desk)
    assert cli("official", "list", "--from", "2026-05-22", "--json").json["dossiers"] == []
    assert len(cli("official", "list", "--to", "2026-05-21", "--json").json["dossiers"]) == 1
    for words in (("--from", "21/05/2026"), ("--limit", "0"), ("--from", "2026-05-22", "--to", "2026-05-21")):
        assert cli("official", "list", *words, "--json").status == 2


def test_an_export_gives_each_dossier_its_number_once(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    one, two = take_in(desk, applicant=DAO), take_in(desk, "Lê Ánh", external_id="P-7", channel="post")
    three = take_in(desk, applicant=DAO, procedure="household-split")
    person = {"applicant_number": "048185012345", "procedure": "household-split", "received_on": "2026-05-21"}
    file = sent(
        tmp_path,
        {"official_number": "G-1", "receipt_number": number_of(desk, one).lower()},
        {"official_number": "G-2", "external_id": "P-7"},
        {"official_number": "G-3", **person},
    )
    ran = cli("official", "import", file, "--as", "hoa", "--json")
    check(ran.json, "official-import")
    assert (ran.status, [row["outcome"] for row in ran.json]) == (0, ["matched"] * 3)
    assert [desk.dossier(name).official_number for name in (one, two, three)] == ["G-1", "G-2", "G-3"]  # type: ignore[union-attr]
    again = cli("official", "import", file, "--as", "hoa", "--json")
    assert (again.status, {row["outcome"] for row in again.json}) == (0, {"already"})
    assert cli("search", "G-3", "--json").json[0]["id"] == three
    assert cli("official", "list", "--json").json["waiting"] == 0


def test_what_can_not_be_matched_is_told_and_handed_back(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    one, two = take_in(desk, applicant=DAO), take_in(desk, applicant=DAO)
    other = take_in(desk)
    act(desk, other, "official_number_given", number="G-9")
    person = {"applicant_number": "048185012345", "procedure": "1.004222", "received_on": "2026-05-21"}
    rows: list[tuple[dict[str, str], str]] = [
        ({"official_number": "G-1", **person}, "official_ambiguous"),
        ({"official_number": "G-1", "receipt_number": "X-1"}, "official_unknown"),
        ({"official_number": "G-9", "receipt_number": number_of(desk, one)}, "official_number_taken"),
        ({"official_number": "G-8", "receipt_number": number_of(desk, other)}, "official_number_other"),
        ({"official_number": "", "receipt_number": number_of(desk, one)}, "field_missing"),
        ({"official_number": "G-1"}, "official_key_missing"),
        ({"official_number": "G-1", "applicant_number": "048185012345"}, "field_missing"),
        ({"official_number": "G 1", "receipt_number": number_of(desk, one)}, "official_number_invalid"),
        ({"official_number": "9" * 5000, "receipt_number": number_of(desk, one)}, "official_number_invalid"),
        ({"official_number": "G-1", **person, "received_on": "21/05"}, "date_invalid"),
        ({"official_number": "G-1", **person, "procedure": "bay"}, "procedure_unknown"),
        ({"official_number": "G-1", "lạ": "x"}, "column_unknown"),
    ]
    file = sent(tmp_path, *(row for row, _ in rows))
    ran = cli("official", "import", file, "--as", "hoa", "--json")
    check(ran.json, "official-import")
    assert (ran.status, [row["error"]["code"] for row in ran.json]) == (1, [code for _, code in rows])
    assert Path(file + ".rejected").read_text(encoding="utf-8").count("\n") == len(rows)
    assert all(desk.dossier(name).official_number is None for name in (one, two))  # type: ignore[union-attr]


def test_a_number_that_two_dossiers_bear_in_whatever_capitals_is_told_everywhere(
    cli: Cli, desk: Desk, tmp_path: Path
) -> None:
    one, two = take_in(desk), take_in(desk, procedure="household-split")
    act(desk, one, "official_number_given", number="QG-77")
    written_earlier(desk, two, "official_number_given", number="qg-77")
    for code in ("QG-77", "qg-77"):
        for words in (("show", code, "--json"), ("act", code, "noted", "--field", "text=x", "--as", "hoa", "--json")):
            error = cli(*words).json["error"]
            assert error["code"] == "code_shared"
            assert all(part in error["message"] for part in (one, two, "09:00", "Tách hộ", "quầy 1"))
            assert "Đào" not in error["message"], "no citizen is named"
    found = cli("show", one, "--json").json
    check(found, "show")
    assert found["same_official_number"] == [{"id": two, "receipt_number": number_of(desk, two)}]
    assert f"Mã quốc gia QG-77 cũng ghi cho hồ sơ {number_of(desk, two)}" in cli("show", one).out
    rows = [{"official_number": "QG-77", "receipt_number": number_of(desk, name)} for name in (one, two)]
    ran = cli("official", "import", sent(tmp_path, *rows), "--as", "hoa", "--json")
    check(ran.json, "official-import")
    assert (ran.status, [row["outcome"] for row in ran.json]) == (1, ["refused", "refused"])
    for row in ran.json:
        assert row["error"]["code"] == "official_number_twice"
        assert all(number_of(desk, name) in row["error"]["message"] for name in (one, two))
    act(desk, two, "voided", reason="nhầm")
    assert cli("show", "QG-77", "--json").json["id"] == one
    for name in (one, two):
        assert cli("show", name, "--json").json["same_official_number"] == []


def test_a_sheet_by_its_own_columns_comes_in_through_a_mapping(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    one = take_in(desk)
    book = Workbook()
    book.active.append(["Mã hồ sơ quốc gia", "Số nội bộ", "Ghi chú"])
    book.active.append(["G-5", number_of(desk, one), "x"])
    book.save(tmp_path / "a.xlsx")
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        "[columns]\nofficial_number = 'Mã hồ sơ quốc gia'\nreceipt_number = 'Số nội bộ'\n", encoding="utf-8"
    )
    ran = cli("official", "import", str(tmp_path / "a.xlsx"), "--mapping", str(mapping), "--as", "hoa")
    assert ran.status == 0 and "đã ghép" in ran.out
    assert desk.dossier(one).official_number == "G-5"  # type: ignore[union-attr]


def test_who_has_no_role_gives_no_number(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    one = take_in(desk)
    file = sent(tmp_path, {"official_number": "G-1", "receipt_number": number_of(desk, one)})
    ran = cli("official", "import", file, "--as", "tra", "--json")
    assert ran.json[0]["error"]["code"] == "role_missing" and ran.status == 1


@pytest.mark.parametrize("kind", ["receipt", "control-slip"])
def test_later_papers_bear_the_official_number(cli: Cli, desk: Desk, kind: str) -> None:
    one = take_in(desk)
    assert "G-77" not in cli("letter", one, kind, "--format", "text").out
    act(desk, one, "official_number_given", number="G-77", at=NOW)
    text = " ".join(cli("letter", one, kind, "--format", "text").out.split())
    assert "mã chính thức" in text and "G-77" in text


def test_a_fine_is_not_typed_into_the_national_system(cli: Cli, desk: Desk) -> None:
    take_in(desk, applicant=DAO)
    assert cli("fines", "add", "QĐ 15", "--name", "Phạm Gia Bảo", "--amount", "500000", "--as", "hoa").status == 0
    found = cli("official", "list", "--json").json
    assert found["waiting"] == 1
    assert [one["values"]["applicant_name"] for one in found["dossiers"]] == ["Đặng Thị Đào"]


@pytest.mark.parametrize("written", ["%d/%m/%Y", "%d/%m/%Y %H:%M", "%Y-%m-%d", "%Y-%m-%dT%H:%M"])
def test_a_day_may_be_written_as_vietnamese_programs_do(cli: Cli, desk: Desk, tmp_path: Path, written: str) -> None:
    one = take_in(desk, applicant=DAO)
    row = {
        "official_number": "G-5",
        "applicant_number": DAO["number"],
        "procedure": "1.004222",
        "received_on": f"{NOW:{written}}",
    }
    ran = cli("official", "import", sent(tmp_path, row), "--as", "hoa", "--json")
    assert [(answer["outcome"], answer["id"]) for answer in ran.json] == [("matched", one)]
