"""`motcua intake`: good rows are kept, bad ones are named, the file stays as it was."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from core.intake import COLUMNS
from storage.chains import first_breaks
from storage.desk import Desk
from tests.conftest import Ran
from tests.schema_check import check
from tui.cli.output import reading_fault

Cli = Callable[..., Ran]
CARD = "048190001234|201234567|Đặng Thị Đào|05031990|Nữ|Tổ 5, Hải Châu, Đà Nẵng|01072021"
GOOD: dict[str, Any] = {"procedure": "permanent-residence", "applicant_name": "Đặng Thị Đào", "phone": "0905123456"}


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    """The rows as a file of the kind that its name says."""
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        return path
    names = list(dict.fromkeys(name for row in rows for name in row))
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(rows)
        return path
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(names)
    for row in rows:
        sheet.append([row.get(name) for name in names])
    book.save(path)
    return path


def take(cli: Cli, *words: object) -> Ran:
    ran = cli("intake", *words, "--as", "tmd", "--json")
    check(ran.json, "intake" if isinstance(ran.json, list) else "error")
    return ran


def codes(ran: Ran) -> list[str | None]:
    return [row["error"] and row["error"]["code"] for row in ran.json]


@pytest.mark.parametrize("kind", ["jsonl", "csv", "xlsx"])
def test_rows_of_every_kind_of_file(cli: Cli, desk: Desk, tmp_path: Path, kind: str) -> None:
    rows = [
        GOOD | {"papers": "all", "fee_paid": "20000", "matter": "house=K12/5"},
        GOOD | {"applicant_name": "Lê Văn Bình", "received_at": "2026-05-20T10:00"},
        GOOD | {"procedure": "no-such"},
        GOOD | {"kind": "submitted"},
    ]
    file = write(tmp_path / f"rows.{kind}", rows)
    before = file.read_bytes()
    ran = take(cli, file)
    assert ran.status == 1
    assert codes(ran) == [None, None, "procedure_unknown", None]
    first = 1 if kind == "jsonl" else 2
    assert [row["line"] for row in ran.json] == list(range(first, first + 4))
    assert [row["receipt_number"] for row in ran.json] == ["H30-001-260521-0001", "H30-001-260520-0001", None, None]
    assert [row["due_at"] for row in ran.json] == ["2026-06-01T17:00:00+07:00", "2026-05-29T17:00:00+07:00", None, None]
    assert file.read_bytes() == before
    rejected = (tmp_path / f"rows.{kind}.rejected").read_text(encoding="utf-8").splitlines()
    assert len(rejected) == 1 and rejected[0].startswith(f"{first + 2}\t") and "no-such" in rejected[0]
    shown = cli("show", "260521-0001", "--json").json
    assert shown["matter"] == {"house": "K12/5"} and len(shown["papers"]) > 1
    assert [event["kind"] for event in shown["events"]] == ["received", "payment_received"]
    assert cli("show", "260520-0001", "--json").json["events"][0]["body"]["imported"] is True


def test_good_rows_alone_end_in_peace(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    file = write(tmp_path / "rows.csv", [GOOD] * 3)
    ran = take(cli, file)
    assert ran.status == 0 and not (tmp_path / "rows.csv.rejected").exists()
    spoken = cli("intake", file, "--as", "tmd")
    assert spoken.status == 0 and len(spoken.out.splitlines()) == 3


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"applicant_name": "Đào\x07"}, "control_character"),
        ({"applicant_name": ""}, "field_missing"),
        ({"procedure": ""}, "field_missing"),
        ({"received_at": "0001-01-01T00:00+14:00"}, "time_invalid"),
        ({"received_at": "2030-01-01T09:00"}, "in_the_future"),
        ({"variant": "no-such"}, "variant_unknown"),
        ({"fee_paid": "1E-99999999"}, "amount_invalid"),
        ({"phone": "x"}, "phone_invalid"),
        ({"applicant_number": "123"}, "number_invalid"),
        ({"colour": "red"}, "column_unknown"),
        ({"qr": "không phải thẻ"}, None),
    ],
)
def test_one_bad_row_stops_no_other(
    cli: Cli, desk: Desk, tmp_path: Path, row: dict[str, str], code: str | None
) -> None:
    ran = take(cli, write(tmp_path / "rows.jsonl", [GOOD, GOOD | row, GOOD]))
    assert ran.status == 1
    first, bad, last = codes(ran)
    assert (first, last) == (None, None) and bad is not None and code in (None, bad)
    message = ran.json[1]["error"]["message"]
    assert "{" not in message and not message.startswith(("error.", "warning."))
    assert len(cli("queue", "--json").json) == 2


def test_lines_that_are_no_rows(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    good = json.dumps(GOOD).encode()
    lines = [good, b"", b"{", b"[1]", b"\xff\xfe", b"[" * 100_000, b'{"procedure": "\\ud800"}', good]
    (tmp_path / "rows.jsonl").write_bytes(b"\xef\xbb\xbf" + b"\r\n".join(lines))
    ran = take(cli, tmp_path / "rows.jsonl")
    unreadable = "row_unreadable"
    assert codes(ran) == [None, unreadable, unreadable, unreadable, unreadable, "control_character", None]
    assert [row["line"] for row in ran.json] == [1, 3, 4, 5, 6, 7, 8]


def test_a_sheet_of_commas(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    head = "procedure,applicant_name,note"
    body = [
        "permanent-residence,Một,x",
        "permanent-residence,Hai",
        "permanent-residence,Ba,x,,",
        "permanent-residence,Bốn,x,thừa",
        'permanent-residence,"Năm\nhai dòng",x',
        "permanent-residence,Sáu," + "dài " * 40_000,
        "permanent-residence,Bảy,x",
    ]
    (tmp_path / "rows.csv").write_text("\n".join([head, *body]) + "\n", encoding="utf-8")
    ran = take(cli, tmp_path / "rows.csv")
    assert codes(ran) == [None, None, None, "row_too_long", None, "row_unreadable", None]
    names = {row["applicant_name"] for row in cli("queue", "--json").json}
    assert names == {"Một", "Hai", "Ba", "Năm hai dòng", "Bảy"}
    assert [row["line"] for row in ran.json if row["error"]] == [5, 8]
    rejected = (tmp_path / "rows.csv.rejected").read_text(encoding="utf-8").splitlines()
    assert rejected[1].startswith("8\t") and rejected[1].rstrip().endswith("dài dài")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_of_two_columns_with_one_name_nothing_is_guessed(cli: Cli, desk: Desk, tmp_path: Path, ending: str) -> None:
    rows = [["procedure", "applicant_name", " applicant_name"], ["permanent-residence", "Một", "Hai"]]
    path = tmp_path / f"rows.{ending}"
    if ending == "csv":
        path.write_text("\n".join(map(",".join, rows)), encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    ran = cli("intake", path, "--as", "tmd", "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, "column_twice")
    assert cli("queue", "--json").json == []


def test_a_file_in_another_encoding_is_refused_whole(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_bytes("procedure,applicant_name\nx,Đào\n".encode("utf-16"))
    ran = cli("intake", tmp_path / "rows.csv", "--as", "tmd", "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, "file_not_utf8")


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04broken"])
def test_a_workbook_that_is_none(cli: Cli, desk: Desk, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "rows.xlsx").write_bytes(content)
    ran = cli("intake", tmp_path / "rows.xlsx", "--as", "tmd", "--json")
    check(ran.json, "error")
    assert (ran.status, ran.json["error"]["code"]) == (2, "file_unreadable")


def test_a_workbook_with_a_broken_sheet(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    import zipfile

    whole, broken = write(tmp_path / "whole.xlsx", [GOOD]), tmp_path / "rows.xlsx"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(broken, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data[: len(data) // 2] if "sheet1" in name else data)
    ran = cli("intake", broken, "--as", "tmd", "--json")
    check(ran.json, "error")
    assert (ran.status, ran.json["error"]["code"]) == (2, "file_unreadable")


def naive(text: str) -> datetime:
    """A workbook's dates know no zone."""
    return datetime.fromisoformat(text)


def test_dates_of_a_workbook(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    rows = [
        GOOD | {"received_at": naive("2026-05-20T10:15"), "birth_date": naive("1990-03-05"), "fee_paid": 20000.0},
        GOOD | {"received_at": naive("2026-05-20"), "birth_date": 1990, "fee_paid": 20000},
    ]
    ran = take(cli, write(tmp_path / "rows.xlsx", rows))
    assert ran.status == 0, ran
    first, second = (cli("show", row["id"], "--json").json for row in ran.json)
    assert first["received_at"] == "2026-05-20T10:15:00+07:00"
    assert (first["applicant"]["birth"], second["applicant"]["birth"]) == ("1990-03-05", "1990")
    assert second["received_at"] == "2026-05-20T07:30:00+07:00" and "time_assumed" in ran.json[1]["warnings"]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "jsonl"])
def test_a_template_is_filled_and_taken_in(cli: Cli, desk: Desk, tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"template.{kind}"
    assert cli("intake", "--template", file).status == 0
    if kind == "jsonl":
        row = json.loads(file.read_text(encoding="utf-8"))
        assert list(row) == list(COLUMNS)
        file.write_text(json.dumps(row | GOOD), encoding="utf-8")
    elif kind == "csv":
        assert file.read_bytes().startswith(b"\xef\xbb\xbf")
        out = io.StringIO()
        csv.DictWriter(out, COLUMNS).writerow(GOOD)
        file.write_bytes(file.read_bytes() + out.getvalue().encode())
    else:
        from openpyxl import load_workbook

        book = load_workbook(file)
        assert [cell.value for cell in book.worksheets[0][1]] == list(COLUMNS)
        book.worksheets[0].append([GOOD.get(name) for name in COLUMNS])
        book.save(file)
    ran = take(cli, file)
    assert (ran.status, codes(ran)) == (0, [None])


def test_a_template_where_no_file_can_be(cli: Cli, tmp_path: Path) -> None:
    ran = cli("intake", "--template", tmp_path / "no" / "t.csv", "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, "file_unwritable")


def test_the_same_external_id_is_answered_with_the_first_number(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    file = write(tmp_path / "rows.jsonl", [GOOD | {"external_id": "v-1"}] * 2)
    for _ in range(2):
        ran = take(cli, file)
        assert ran.status == 0
        assert {row["receipt_number"] for row in ran.json} == {"H30-001-260521-0001"}
        assert "taken_in_before" in ran.json[1]["warnings"]
    assert len(cli("queue", "--json").json) == 1


def test_a_card_fills_the_row(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    ran = take(cli, write(tmp_path / "rows.csv", [{"procedure": "permanent-residence", "qr": CARD}]))
    applicant = cli("show", ran.json[0]["id"], "--json").json["applicant"]
    assert (applicant["name"], applicant["number"]) == ("Đặng Thị Đào", "048190001234")


def test_from_standard_input_bad_rows_are_only_told(
    cli: Cli, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = (json.dumps(GOOD) + "\n{\n").encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))
    ran = take(cli, "-")
    assert (ran.status, codes(ran)) == (1, [None, "row_unreadable"])
    assert not list(tmp_path.glob("*.rejected"))


def test_without_json_a_line_a_row_and_problems_apart(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    ran = cli("intake", write(tmp_path / "rows.jsonl", [GOOD, GOOD | {"phone": None}, {}]), "--as", "tmd")
    assert ran.status == 1
    assert [line.split("\t")[:2] for line in ran.out.splitlines()] == [
        ["1", "H30-001-260521-0001"], ["2", "H30-001-260521-0002"],
    ]  # fmt: skip
    assert len(ran.err.splitlines()) == 1 and "3" in ran.err


def test_an_officer_without_the_right_takes_nothing_in(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    ran = cli("intake", write(tmp_path / "rows.jsonl", [GOOD]), "--as", "khai", "--json")
    assert (ran.status, codes(ran)) == (1, ["role_missing"])


@pytest.mark.parametrize(
    ("words", "code"),
    [((), "file_not_named"), (("/no/such/file.csv",), "file_unreadable"), (("/",), "file_unreadable")],
)
def test_wrong_usage(cli: Cli, desk: Desk, words: tuple[str, ...], code: str) -> None:
    ran = cli("intake", *words, "--as", "tmd", "--json")
    assert (ran.status, ran.json["error"]["code"]) == (2, code)


def test_many_rows_go_in_by_transactions_of_a_hundred(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    rows = [GOOD | {"applicant_name": f"Người {number}"} for number in range(205)]
    ran = take(cli, write(tmp_path / "rows.jsonl", rows))
    assert ran.status == 0
    numbers = [row["receipt_number"] for row in ran.json]
    assert numbers == [f"H30-001-260521-{number:04}" for number in range(1, 206)]
    assert first_breaks(desk.connection, desk.log) == []


@pytest.mark.parametrize(("name", "why"), [("/no/such/file.csv", "không có tệp này"), ("/", "đây là thư mục")])
def test_why_a_file_is_not_read_is_told_in_the_officers_language(cli: Cli, desk: Desk, name: str, why: str) -> None:
    assert why in cli("intake", name, "--as", "tmd").err


def test_a_folder_is_told_as_one_where_the_system_says_only_that_it_is_closed(tmp_path: Path) -> None:
    assert reading_fault(PermissionError(13, "denied", str(tmp_path))) == "đây là thư mục"
