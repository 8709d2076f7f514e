"""`motcua intake --mapping`: a portal's export comes in by its own columns."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.desk import Desk
from tests.conftest import Ran
from tests.schema_check import check

Cli = Callable[..., Ran]
SAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "portal"
MAP = (SAMPLE / "mapping.toml").read_text(encoding="utf-8")
ROWS = (SAMPLE / "export.csv").read_text(encoding="utf-8")


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    export, mapping = tmp_path / "xuat.csv", tmp_path / "ghép.toml"
    export.write_text(ROWS, encoding="utf-8-sig")
    mapping.write_text(MAP, encoding="utf-8")
    return export, mapping


def test_the_documented_sample_comes_in_as_submitted(cli: Cli, desk: Desk, files: tuple[Path, Path]) -> None:
    export, mapping = files
    ran = cli("intake", str(export), "--mapping", str(mapping), "--as", "hoa", "--json")
    assert ran.status == 0
    check(ran.json, "intake")
    assert [one["warnings"] for one in ran.json] == [[], []], "no number is due before the receipt"
    first, second = (desk.dossier(answer["id"]) for answer in ran.json)
    assert first is not None and second is not None
    assert (first.state, first.procedure, first.receipt_number) == ("submitted", "temporary-residence", None)
    assert first.applicant == {
        "kind": "citizen", "id_type": "citizen_number", "name": "Đặng Thị Đào", "number": "048185012345",
        "birth": "1985-01-01",
        "sex": "female", "address": "Số 5 Hòa Hải, Đà Nẵng", "phone": "0905123456",
    }  # fmt: skip
    assert first.facts["channel"] == "online" and first.facts["external_id"] == "VD-260520-0001"
    assert first.submitted_at is not None and f"{first.submitted_at:%H:%M %d/%m}" == "21:14 20/05"
    assert second.facts["return_by"] == "post"
    again = cli("intake", str(export), "--mapping", str(mapping), "--as", "hoa", "--json")
    assert [one["id"] for one in again.json] == [first.id, second.id]
    assert all("taken_in_before" in one["warnings"] for one in again.json)


def test_a_day_without_its_hour_is_that_day(cli: Cli, desk: Desk, files: tuple[Path, Path]) -> None:
    export, mapping = files
    export.write_text(ROWS.replace("20/05/2026 21:14", "2026-05-20", 1), encoding="utf-8")
    ran = cli("intake", str(export), "--mapping", str(mapping), "--as", "hoa", "--json")
    first = desk.dossier(ran.json[0]["id"])
    assert first is not None and first.submitted_at is not None
    assert f"{first.submitted_at:%d/%m/%Y %H:%M}" == "20/05/2026 07:30", "from the hour of opening on"
    assert ran.json[0]["warnings"] != []


@pytest.mark.parametrize("word", ["temporary-residence", "1.004222"])
def test_a_procedures_code_or_name_needs_no_word_of_the_mapping(
    cli: Cli, desk: Desk, files: tuple[Path, Path], word: str
) -> None:
    export, mapping = files
    mapping.write_text(MAP.replace('"1.004222" = "permanent-residence"\n', ""), encoding="utf-8")
    export.write_text(ROWS.replace("Đăng ký tạm trú", word).replace("1.004194", word), encoding="utf-8")
    ran = cli("intake", str(export), "--mapping", str(mapping), "--as", "hoa", "--json")
    assert [one["error"] for one in ran.json] == [None, None]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("20/05/2026 21:14", "2026.05.20", "mapping_date"),
        ("Trực tuyến,7000", "Bồ câu,7000", "mapping_value_unknown"),
        ("Đặng Thị Đào", "", "field_missing"),
        ("048185012345", "12345", "number_invalid"),
    ],
)
def test_a_bad_row_is_told_and_the_good_ones_are_in(
    cli: Cli, desk: Desk, files: tuple[Path, Path], old: str, new: str, code: str
) -> None:
    export, mapping = files
    export.write_text(ROWS.replace(old, new, 1), encoding="utf-8")
    ran = cli("intake", str(export), "--mapping", str(mapping), "--as", "hoa", "--json")
    assert ran.status == 1
    assert [one["error"] and one["error"]["code"] for one in ran.json] == [code, None]
    assert export.with_name("xuat.csv.rejected").read_text(encoding="utf-8").startswith("2\t")


def test_a_refusal_names_the_column_of_the_file(cli: Cli, desk: Desk, files: tuple[Path, Path]) -> None:
    export, mapping = files
    export.write_text(ROWS.replace("Đặng Thị Đào", "", 1), encoding="utf-8")
    ran = cli("intake", str(export), "--mapping", str(mapping), "--as", "hoa", "--json")
    assert "«Chủ hồ sơ»" in ran.json[0]["error"]["message"]


def test_what_stays_at_the_counter_and_came_online_is_doubted(cli: Cli, desk: Desk, files: tuple[Path, Path]) -> None:
    export, mapping = files
    export.write_text(ROWS.replace("Đăng ký tạm trú", "seized-item-return").replace("1.004194", "seized-item-return"))
    ran = cli("intake", str(export), "--mapping", str(mapping), "--as", "hoa", "--json")
    doubts = {desk.dossier(one["id"]).procedure: one["warnings"] for one in ran.json}  # type: ignore[union-attr]
    assert doubts["seized-item-return"] == ["counter_only"], doubts
    assert all(told == [] for procedure, told in doubts.items() if procedure != "seized-item-return")


def test_a_column_that_is_not_there_stops_all_of_it(cli: Cli, desk: Desk, files: tuple[Path, Path]) -> None:
    export, mapping = files
    export.write_text(ROWS.replace("Điện thoại", "SĐT", 1), encoding="utf-8")
    ran = cli("intake", str(export), "--mapping", str(mapping), "--as", "hoa", "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, "mapping_column_missing")
    assert "Điện thoại" in ran.json["error"]["message"]
    assert desk.queries.after(None, desk.bounds(), 5) == []


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[columns]\nname = 'x'",
        "[cols]\n",
        "[columns]\nprocedure = 3",
        "columns = 1",
        "x = [",
        "[fixed]\nkind = 'submitted'",
        "[columns]\nprocedure = 'P'\n[dates]\nreceived_at = '%d'",
        "[columns]\nprocedure = 'P'\n[values]\nprocedure = 'x'",
    ],
)
def test_a_mapping_that_is_none_is_wrong_usage(cli: Cli, desk: Desk, files: tuple[Path, Path], content: str) -> None:
    export, mapping = files
    mapping.write_text(content, encoding="utf-8")
    ran = cli("intake", str(export), "--mapping", str(mapping), "--as", "hoa", "--json")
    assert (ran.status, ran.json["error"]["code"]) == (2, "mapping_invalid")


@pytest.mark.parametrize(
    ("content", "place"),
    [(b"[columns]\nname\n", "dòng 2, cột 5"), (b"[columns", "cuối tệp"), ("Họ".encode("utf-16"), "UTF-8")],
)
def test_where_a_mapping_breaks_off_is_said_in_the_officers_language(
    cli: Cli, desk: Desk, files: tuple[Path, Path], content: bytes, place: str
) -> None:
    export, mapping = files
    mapping.write_bytes(content)
    told = cli("intake", str(export), "--mapping", str(mapping), "--as", "hoa").err
    assert place in told and "Expected" not in told and "decode" not in told


def test_a_broken_line_is_no_half_a_dossier(cli: Cli, desk: Desk, files: tuple[Path, Path]) -> None:
    export, mapping = files
    export.write_text(ROWS.replace("Đặng Thị Đào,", "Đặng Thị Đào\n"), encoding="utf-8")
    ran = cli("intake", str(export), "--mapping", str(mapping), "--as", "hoa", "--json")
    assert [one["error"]["code"] if one["error"] else None for one in ran.json] == [
        "row_too_short",
        "row_too_short",
        None,
    ]
    assert "Đặng Thị Đào" in export.with_name(export.name + ".rejected").read_text(encoding="utf-8")


@pytest.mark.parametrize("between", [",", ";", "\t"])
@pytest.mark.parametrize("composed", ["NFC", "NFD"])
def test_a_programs_own_way_of_writing_the_same_table(
    cli: Cli, desk: Desk, files: tuple[Path, Path], between: str, composed: str
) -> None:
    export, mapping = files
    head, *rows = csv.reader(io.StringIO(ROWS))
    written = io.StringIO()
    csv.writer(written, delimiter=between, lineterminator="\r\n").writerows([[name.upper() for name in head], *rows])
    export.write_bytes(unicodedata.normalize(composed, written.getvalue()).encode("utf-8"))
    ran = cli("intake", str(export), "--mapping", str(mapping), "--as", "hoa", "--json")
    assert ran.status == 0 and len(ran.json) == 2, ran.out
    dossier = desk.dossier(ran.json[0]["id"])
    assert dossier is not None and dossier.applicant["name"] == "Đặng Thị Đào"


def test_an_export_without_rows_says_so(cli: Cli, desk: Desk, files: tuple[Path, Path]) -> None:
    export, mapping = files
    export.write_text(ROWS.splitlines()[0] + "\n", encoding="utf-8")
    ran = cli("intake", str(export), "--mapping", str(mapping), "--as", "hoa")
    assert ran.status == 0 and "xuat.csv" in ran.out and "không có dòng nào" in ran.out


def test_a_name_that_no_slip_could_hold_is_refused(cli: Cli, desk: Desk, files: tuple[Path, Path]) -> None:
    export, mapping = files
    export.write_text(ROWS.replace("Đặng Thị Đào", "Đ" * 5000), encoding="utf-8")
    ran = cli("intake", str(export), "--mapping", str(mapping), "--as", "hoa", "--json")
    assert ran.json[0]["error"]["code"] == "value_too_long" and ran.json[1]["error"] is None


def test_a_citizen_is_found_by_the_portals_number_before_there_is_another(
    cli: Cli, desk: Desk, files: tuple[Path, Path]
) -> None:
    export, mapping = files
    cli("intake", str(export), "--mapping", str(mapping), "--as", "hoa")
    (found,) = cli("search", "vd-260520-0001", "--json").json
    assert found["applicant_name"] == "Đặng Thị Đào"
    assert cli("show", "VD-260520-0002", "--json").json["applicant_name"] == "Lê Ngọc Ánh"
    assert "VD-260520-0001" in cli("show", found["id"]).out
    assert cli("act", "VD-260520-0001", "received", "--as", "hoa").status == 0
