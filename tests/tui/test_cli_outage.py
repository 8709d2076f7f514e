"""The kit for an outage at the command line: pages, numbers that are kept, keyed in and voided."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typst
import zxingcpp
from pypdf import PdfReader

from core.slip_code import blank_text, read_blank
from storage.blanks import Blank
from storage.desk import Desk
from storage.press import Press
from storage.thermal import grey_rows
from tests.conftest import NOW, UNIT, Ran
from tests.schema_check import check
from tests.tui.test_cli_letter import pdf_text
from tui.outage_kit import outage_kit

pytestmark = pytest.mark.usefixtures("office")
Cli = Callable[..., Ran]
TODAY = NOW.date().isoformat()
KIT = ("letter", "--unit", UNIT, "--date", TODAY, "outage-kit")


@pytest.fixture
def kit(cli: Cli, tmp_path: Path) -> tuple[Ran, Path]:
    file = tmp_path / "kit.pdf"
    return cli(*KIT, "--count", "2", "--out", file, "--as", "hoa", "--json"), file


def test_a_page_for_each_number_and_each_working_day_of_the_week(kit: tuple[Ran, Path]) -> None:
    ran, file = kit
    check(ran.json, "letter")
    days = ("260521", "260522", "260525", "260526", "260527")
    assert ran.json["blanks"] == [f"{UNIT}-{day}-{tail}" for day in days for tail in ("0499", "0500")]
    text = pdf_text(file)
    for number in ran.json["blanks"]:
        assert text.count(number) == 2, "both copies"
    assert len(PdfReader(file).pages) == 2 + len(ran.json["blanks"]), "the table, what its columns are, a page for each"
    for words in (
        "BẢNG TRA NGÀY HẸN",
        "Đăng ký thường trú",
        "01/06/26",
        "Liên 1: lưu tại quầy",
        "GIẤY TIẾP NHẬN",
        "Quầy 1",
    ):
        assert words in text, words


def test_the_code_on_the_page_is_read_and_says_the_number(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    compile_pdf, number = typst.compile, f"{UNIT}-260521-0499"

    def as_picture(*args: Any, **options: Any) -> bytes:
        pages: list[bytes] = compile_pdf(*args, **{**options, "format": "png", "ppi": 150})
        return pages[-1]

    monkeypatch.setattr(typst, "compile", as_picture)
    plate = outage_kit(Press(), desk, NOW.date(), [Blank(NOW.date(), number)])()
    rows = list(grey_rows(plate.content))
    codes = zxingcpp.read_barcodes(memoryview(b"".join(rows)).cast("B", (len(rows), len(rows[0]))))
    assert [read_blank(code.text) for code in codes] == [number, number]


def test_another_kit_has_other_numbers_and_reading_one_keeps_none(cli: Cli, desk: Desk, kit: tuple[Ran, Path]) -> None:
    before = desk.log.count_of(f"desk:{desk.identity.desk}")
    text = cli(*KIT, "--format", "text").out
    assert "Đăng ký thường trú" in text and "17:00 01/06/26" in text
    assert desk.log.count_of(f"desk:{desk.identity.desk}") == before
    again = cli(*KIT, "--count", "1", "--out", kit[1], "--as", "hoa", "--json")
    assert again.json["blanks"][0] == f"{UNIT}-260521-0498"


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        (("--count", "0"), 2, "letter_count"),
        (("--count", "201"), 2, "letter_count"),
        (("--date", "2026-05-20"), 1, "blanks_of_the_past"),
        (("--date", "mai"), 2, "date_invalid"),
        (("--unit", "H99"), 1, "letter_other_unit"),
    ],
)
def test_what_it_can_not_be_made_for(cli: Cli, tmp_path: Path, words: tuple[str, ...], status: int, code: str) -> None:
    ran = cli(*KIT[:-1], *words, "outage-kit", "--out", tmp_path / "kit.pdf", "--as", "hoa", "--json")
    assert (ran.status, ran.json["error"]["code"]) == (status, code)
    assert cli("blanks", "list", "--json").json == []


def test_a_row_with_the_code_of_a_blank_gets_its_number_and_its_date_holds(
    cli: Cli, kit: tuple[Ran, Path], tmp_path: Path
) -> None:
    number, rows = kit[0].json["blanks"][0], tmp_path / "rows.jsonl"
    row = {"procedure": "permanent-residence", "applicant_name": "Đặng Thị Đào", "qr": blank_text(number)}
    rows.write_text(json.dumps({**row, "received_at": "2026-05-21T08:15"}) + "\n", encoding="utf-8")
    taken = cli("intake", rows, "--as", "hoa", "--json").json[0]
    assert (taken["receipt_number"], taken["error"]) == (number, None)
    shown = cli("show", number, "--json").json
    assert shown["promised_at"] == taken["due_at"] == "2026-06-01T17:00:00+07:00"
    again = cli("intake", rows, "--as", "hoa", "--json").json[0]
    assert again["error"]["code"] == "blank_used"
    half = {**row, "qr": blank_text(number)[:-3]}
    rows.write_text(json.dumps(half) + "\n", encoding="utf-8")
    assert cli("intake", rows, "--as", "hoa", "--json").json[0]["error"]["code"] == "qr_blank_broken"
    guided = {**row, "kind": "guided", "qr": blank_text(kit[0].json["blanks"][1])}
    rows.write_text(json.dumps(guided) + "\n", encoding="utf-8")
    assert cli("intake", rows, "--as", "hoa", "--json").json[0]["error"]["code"] == "field_invalid"
    listed = cli("blanks", "list", "--json").json
    check(listed, "blanks")
    assert (listed[0]["open"], listed[0]["used"]) == ([f"{UNIT}-260521-0500"], 1)


def test_what_is_left_is_voided_and_the_days_report_says_so(cli: Cli, kit: tuple[Ran, Path]) -> None:
    ran = cli("blanks", "void", TODAY, "--as", "hoa", "--json")
    check(ran.json, "blanks")
    assert ran.json[0]["open"] == [f"{UNIT}-260521-0499", f"{UNIT}-260521-0500"]
    assert [one["day"] for one in cli("blanks", "list", "--json").json] == [
        "2026-05-22", "2026-05-25", "2026-05-26", "2026-05-27",
    ]  # fmt: skip
    report = cli("verify", "--numbers", "--json").json
    check(report, "verify")
    assert report["numbers"]["series"][0]["voided"] == ["0499", "0500"]
