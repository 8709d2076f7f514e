"""`motcua report`: as lines, as JSON, as a spreadsheet, as a table for other programs and on paper."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from storage.desk import Desk
from tests.conftest import UNIT, Ran, act, take_in
from tests.schema_check import check
from tui.reports import REPORTS
from tui.reports.files import FORMATS

Cli = Callable[..., Ran]
JUNE = ("report", "apologies", "--from", "2026-06-01", "--to", "2026-06-30")
NAME = "Đặng Thị Đào"


@pytest.fixture
def station(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Three limits of 1/6: excused, one that a new appointment was made of, one that is simply owed; now it is 3/6."""
    excused, moved, _ = (take_in(desk, NAME) for _ in range(3))
    act(desk, excused, "delay_excused", by="lanh", reason="bão", basis="=QĐ 15")
    act(desk, moved, "rescheduled", by="lanh", code="overload", days=3)
    act(desk, moved, "letter_issued", letter="apology", number="12/TXL")
    monkeypatch.setenv("MOTCUA_NOW", datetime.fromisoformat("2026-06-03T09:00:00+07:00").isoformat())
    return desk


def test_the_list_names_every_report(cli: Cli) -> None:
    ran = cli("report", "--list", "--json")
    check(ran.json, "report-list")
    assert [one["name"] for one in ran.json] == list(REPORTS)
    spoken = cli("report", "--list")
    assert spoken.status == 0 and all(name in spoken.out for name in REPORTS)


def test_the_debt_of_apology_as_json(cli: Cli, station: Desk) -> None:
    ran = cli(*JUNE, "--json")
    check(ran.json, "report-apologies")
    assert ran.json["totals"] == {
        "missed": 3, "owed": 1, "issued_in_time": 1, "issued_late": 0, "excused": 1, "ended": 0,
    }  # fmt: skip
    assert [one["procedure"] for one in ran.json["procedures"]] == ["permanent-residence"]
    by_fate = {one["fate"]: one for one in ran.json["period"]}
    assert by_fate["excused"]["excused"] == {
        "by": "lanh", "basis": "=QĐ 15", "basis_unverified": False, "reason": "bão",
    }  # fmt: skip
    assert by_fate["issued_in_time"]["letter_number"] == "12/TXL"
    assert by_fate["issued_in_time"]["rescheduled_to"] == "2026-06-04T17:00:00+07:00"
    assert by_fate["owed"] | {"id": "", "receipt_number": ""} == {
        "receipt_number": "", "id": "", "procedure": "permanent-residence", "officer": "tmd",
        "limit_at": "2026-06-01T17:00:00+07:00", "limit_on": "2026-06-01", "missed": True, "working_days_late": 2,
        "fate": "owed", "owed_since": "2026-06-01T17:00:00+07:00", "letter_number": None, "excused": None,
        "rescheduled_to": None, "kept": None, "unverified": by_fate["owed"]["unverified"],
    }  # fmt: skip
    queue = cli("queue", "--urgency", "apology_owed", "--json").json
    assert [one["id"] for one in ran.json["owed"]] == [one["id"] for one in queue]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_as_lines_and_without_a_name(cli: Cli, station: Desk, language: str) -> None:
    ran = cli(*JUNE, "--lang", language)
    assert (ran.status, ran.err) == (0, "")
    assert "12/TXL" in ran.out and "01/06/2026" in ran.out and "Đào" not in ran.out
    assert "\n\n" in ran.out and "report." not in ran.out, "every word is in the catalogue"


def texts(path: Path) -> list[list[Any]]:
    """The cells of a spreadsheet or of a table."""
    if path.suffix == ".csv":
        assert path.read_bytes().startswith(b"\xef\xbb\xbf"), "so that a spreadsheet reads its Vietnamese"
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))
    book = openpyxl.load_workbook(path)
    return [list(row) for page in book for row in page.iter_rows(values_only=True)]


@pytest.mark.parametrize("ending", FORMATS)
def test_as_a_file(cli: Cli, station: Desk, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"báo cáo{ending}"
    ran = cli(*JUNE, "--out", path, "--lang", "en", "--json")
    check(ran.json, "report-apologies")
    assert (ran.status, ran.json["file"]) == (0, str(path))
    if ending == ".pdf":
        assert path.read_bytes().startswith(b"%PDF")
        return
    found = texts(path)
    numbers = [one["receipt_number"] for one in ran.json["period"]]
    assert [row[0] for row in found if row and str(row[0]) in numbers] == [
        *numbers,
        ran.json["owed"][0]["receipt_number"],
    ]
    row = next(row for row in found if row and row[0] == numbers[0])
    assert row[3] == (datetime.fromisoformat("2026-06-01") if ending == ".xlsx" else "2026-06-01")
    assert not any("Đào" in str(cell) for row in found for cell in row)


def test_a_text_is_never_a_formula(cli: Cli, station: Desk, tmp_path: Path) -> None:
    from tui.reports import report
    from tui.reports.files import write
    from tui.reports.sheet import Line, Part, Sheet
    from tui.widgets.columns import Column

    assert report("apologies").read
    columns = (Column("what", "report.number", 10),)
    evil = Sheet("x", "=1+1", "-", (), Part("p", columns, (Line("1", ("=cmd()",)),)), ())

    class Evil:
        def sheet(self, desk: Desk, facts: object) -> Sheet:
            return evil

    for ending in (".xlsx", ".csv"):
        path = tmp_path / f"x{ending}"
        write(station, Evil(), None, path)  # type: ignore[arg-type]
        if ending == ".xlsx":
            kinds = {cell.data_type for page in openpyxl.load_workbook(path) for row in page for cell in row}
            assert kinds <= {"s", "n"}
        else:
            assert not any(cell.startswith(("=", "-")) for row in texts(path) for cell in row)


def test_only_one_units(cli: Cli, station: Desk) -> None:
    own = cli(*JUNE, "--unit", UNIT, "--json").json
    assert len(own["period"]) == 3 and own["unit"] == UNIT
    assert cli(*JUNE, "--unit", "H30-999", "--json").json["error"]["code"] == "report_unit_unknown"


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        (("report",), "report_unknown", 2),
        (("report", "league"), "report_unknown", 2),
        (("report", "apologies", "--to", "2026-06-30"), "report_without_period", 2),
        (("report", "apologies", "--from", "1/6", "--to", "2026-06-30"), "date_invalid", 2),
        (("report", "apologies", "--from", "2026-07-01", "--to", "2026-06-30"), "report_period", 2),
        ((*JUNE, "--out", "x.docx"), "report_format", 2),
        ((*JUNE, "--out", "no/such/folder/x.csv"), "file_unwritable", 1),
        ((*JUNE, "--out", "no/such/folder/x.pdf"), "file_unwritable", 1),
        ((*JUNE, "--out", "no/such/folder/x.xlsx"), "file_unwritable", 1),
    ],
)
def test_what_is_wrong_is_said(cli: Cli, station: Desk, words: tuple[str, ...], code: str, status: int) -> None:
    ran = cli(*words, "--json")
    check(ran.json, "error")
    assert (ran.status, ran.json["error"]["code"]) == (status, code)


def test_channels_as_json_as_lines_and_as_a_file(cli: Cli, station: Desk, tmp_path: Path) -> None:
    asked = take_in(station, NAME, channel="counter")
    act(station, asked, "service_offered", answer="no", reason="no_device")
    act(station, asked, "payment_received", amount="20000", method="cash", channel="counter")
    words = ("report", "channels", "--from", "2026-05-01", "--to", "2026-06-30")
    ran = cli(*words, "--json")
    check(ran.json, "report-channels")
    assert ran.json["totals"]["came"] == {"counter": 1, "online": 0, "post": 0, "unsaid": 3}
    assert ran.json["paid"] == [
        {"procedure": "permanent-residence", "channel": "counter", "method": "cash", "count": 1, "amount": 20000}
    ]
    assert ran.json["offered"] == [
        {"procedure": "permanent-residence", "answer": "no", "reason": "no_device", "count": 1}
    ]
    text = cli(*words).out
    assert "không: không có máy" in text and "trực tiếp, tiền mặt".casefold() in text.casefold() and NAME not in text
    for ending in FORMATS:
        assert cli(*words, "--out", tmp_path / f"a{ending}").status == 0
