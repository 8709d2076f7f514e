"""`motcua report`: as lines, as JSON, as a spreadsheet, as a table for other programs and on paper."""

from __future__ import annotations

import csv
import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pypdf
import pytest

from core.catalogue import ProcedureVersion
from storage.desk import Desk
from tests.conftest import UNIT, Ran, act, officer, take_in
from tests.schema_check import check
from tui.reports import REPORTS
from tui.reports.files import FORMATS
from tui.reports.staff import Staff

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


def test_every_kind_of_cell_in_a_spreadsheet(station: Desk, tmp_path: Path) -> None:
    from tui.reports.sheet import Line, Part, Sheet
    from tui.reports.spreadsheet import write_xlsx
    from tui.widgets.columns import Column

    columns = tuple(Column(f"c{n}", "report.number", 10) for n in range(6))
    moment = datetime.fromisoformat("2026-06-01T23:59:59+07:00")
    cells = ('  <Đào> & "Ất" \x00', "", 7, Decimal("98.6"), date(2026, 6, 1), moment)
    lines = tuple(Line(str(n), cells) for n in range(2_500))
    totals = Part("p" * 40, columns, lines[:1])
    write_xlsx(
        Sheet("x", "T", "P", ("a\x0bb",), totals, (Part("q", columns, lines), Part("r", columns, ()))),
        tmp_path / "x.xlsx",
    )
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    first, second, empty = book.worksheets
    days = [datetime.fromisoformat(text) for text in ("2026-06-01", "2026-06-01T23:59:59")]
    wanted = ['  <Đào> & "Ất" ', None, 7, 98.6, *days]
    assert [cell.value for cell in list(first.rows)[-1]] == wanted
    assert second.max_row == 2_501 and [cell.value for cell in list(second.rows)[-1]] == wanted
    assert [cell.number_format for cell in list(second.rows)[-1][4:]] == ["dd/mm/yyyy", "hh:mm dd/mm/yyyy"]
    assert second.print_area.endswith("$2501")
    assert empty.max_row == 1 and first["A3"].value == "ab"
    with zipfile.ZipFile(tmp_path / "x.xlsx") as file:
        text = file.read("xl/worksheets/sheet2.xml").decode()
    assert text.count('<c r="') == text.count("<c ") == 6 * 2_501 and '<c r="E2501"' in text, "some readers need it"


def test_what_comes_again_in_another_column_or_sheet_stands_there_as_that_one_has_it(tmp_path: Path) -> None:
    from tui.reports.sheet import Line, Part, Sheet
    from tui.reports.spreadsheet import write_xlsx
    from tui.widgets.columns import Column

    left, right = Column("a", "report.number", 10), Column("b", "report.number", 10, align="right")
    turned = (replace(left, align="right"), replace(right, align="left"))
    rows = [(f"H30-{n % 2_500}", "–" if n % 3 else f"H30-{n}") for n in range(3_000)]
    lines = tuple(Line(f"{n}", cells) for n, cells in enumerate(rows))
    write_xlsx(
        Sheet("x", "T", "P", (), Part("p", (left, right), lines), (Part("q", turned, lines),)), tmp_path / "x.xlsx"
    )
    for page, aligned in zip(
        openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets, [(None, "right"), ("right", None)], strict=True
    ):
        told = list(page.rows)[-3_000:]
        assert [tuple(cell.value for cell in cells) for cells in told] == rows
        assert {tuple(cell.alignment.horizontal for cell in cells) for cells in told} == {aligned}


def test_a_sheets_name_is_one_that_spreadsheets_take(tmp_path: Path) -> None:
    """A period over two years, a unit with a slash, and two lists that begin alike are names of sheets, too."""
    from tui.reports.sheet import Line, Part, Sheet
    from tui.reports.spreadsheet import write_xlsx
    from tui.widgets.columns import Column

    titles = ("01/12/2025–30/11/2026", "'Công an [A]: x*y?\\'", "", "a" * 40, "A" * 40, "a" * 30 + "'b", "History")
    parts = [Part(title, (Column("c", "report.number", 10),), (Line("1", ("x",)),)) for title in titles]
    write_xlsx(Sheet("x", "x", "-", (), parts[0], tuple(parts[1:])), tmp_path / "x.xlsx")
    names = openpyxl.load_workbook(tmp_path / "x.xlsx").sheetnames
    assert names[:2] == ["01-12-2025–30-11-2026", "Công an -A-- x-y--"]
    assert len({name.lower() for name in names} - {"history"}) == len(titles)
    for name in names:
        assert 1 <= len(name) <= 31 and not set(name) & set("[]:*?/\\") and name.strip("'") == name


def test_years_over_a_turn_of_the_year_as_a_spreadsheet(cli: Cli, station: Desk, tmp_path: Path) -> None:
    words = ("report", "years", "--from", "2025-12-01", "--to", "2026-11-30", "--out", tmp_path / "x.xlsx")
    assert cli(*words).status == 0


def test_numbers_that_are_equal_are_equal_in_a_spreadsheet(station: Desk, tmp_path: Path) -> None:
    """Also where they are written otherwise, and beside texts that look like them."""
    from tui.reports.sheet import Line, Part, Sheet
    from tui.reports.spreadsheet import write_xlsx
    from tui.widgets.columns import Column

    cells = (2, Decimal("2.0"), "2", Decimal("2.5"), "2.5", 2)
    part = Part("p", (Column("c", "report.number", 10),), tuple(Line(f"{n}", (one,)) for n, one in enumerate(cells)))
    write_xlsx(Sheet("x", "T", "P", (), part, ()), tmp_path / "x.xlsx")
    told = [row[0].value for row in list(openpyxl.load_workbook(tmp_path / "x.xlsx").active.rows)[-len(cells) :]]
    assert told == [2, 2, "2", 2.5, "2.5", 2]


def test_only_one_units(cli: Cli, station: Desk) -> None:
    own = cli(*JUNE, "--unit", UNIT, "--json").json
    assert len(own["period"]) == 3 and own["unit"] == UNIT
    unknown = cli(*JUNE, "--unit", "H30-999", "--json").json["error"]
    assert unknown["code"] == "report_unit_unknown" and UNIT in unknown["message"]


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


FORM = ("report", "ii06a", "--from", "2026-05-01", "--to", "2026-05-31")


def test_the_form_as_json_names_the_dossiers_behind_each_figure(cli: Cli, station: Desk) -> None:
    gone = take_in(station, NAME, channel="online")
    act(station, gone, "withdrawn")
    ran = cli(*FORM, "--json")
    check(ran.json, "report-ii06a")
    totals, found = ran.json["totals"], ran.json["dossiers"]
    assert totals == {
        "received": 4, "online": 1, "direct": 3, "carried": 0, "settled": 1, "early": 1, "on_time": 0, "late": 0,
        "pending": 3, "within": 3, "overdue": 0,
    }  # fmt: skip
    assert [one["columns"] for one in found if one["id"] == gone] == [[2, 6]]
    assert len(found) == 4 and ran.json["beside"] == {"withdrawn": 1}
    assert [one["field"] for one in ran.json["fields"]] == ["residence"]
    portal = cli(*FORM, "--reading", "portal", "--json").json
    check(portal, "report-ii06a")
    assert (portal["reading"], portal["totals"]["early"], portal["totals"]["on_time"]) == ("portal", 0, 1)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_form_as_lines(cli: Cli, station: Desk, language: str) -> None:
    ran = cli(*FORM, "--lang", language)
    assert (ran.status, ran.err) == (0, "")
    assert "(11)" in ran.out and "Đào" not in ran.out and "report." not in ran.out


def test_the_forms_spreadsheet_has_numbers_and_a_print_area(cli: Cli, station: Desk, tmp_path: Path) -> None:
    path = tmp_path / "ii06a.xlsx"
    assert cli(*FORM, "--out", path).status == 0
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    assert page.print_area and page.page_setup.orientation == "landscape" and page.freeze_panes
    total = next(row for row in page.iter_rows() if row[1].value == 3)
    assert [cell.data_type for cell in total[1:]] == ["n"] * 11
    assert [cell.value for cell in total[1:]] == [3, 0, 3, 0, 0, 0, 0, 0, 3, 3, 0]
    heads = page[total[0].row - 1]
    assert [head.alignment.horizontal for head in heads] == [None, *["right"] * 11], "above their figures"
    assert page.row_dimensions[heads[0].row].height >= 45, "the longest head takes three lines"
    lists = {one.title: one.max_row - 1 for one in book.worksheets[1:]}
    assert lists["(3) Trực tiếp, bưu chính"] == 3 and lists["(2) Trực tuyến"] == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [((*FORM, "--reading", "mine"), "report_reading"), ((*JUNE, "--reading", "ours"), "report_one_reading")],
)
def test_a_reading_that_the_report_does_not_have(cli: Cli, station: Desk, words: tuple[str, ...], code: str) -> None:
    ran = cli(*words, "--json")
    assert (ran.status, ran.json["error"]["code"]) == (2, code)


def test_the_late_ones_with_what_is_missing_first(cli: Cli, station: Desk, tmp_path: Path) -> None:
    ran = cli("report", "late", *JUNE[2:], "--json")
    check(ran.json, "report-late")
    first, *others = ran.json["rows"]
    assert (ran.json["missing"], first["apology_missing"], first["fate"]) == (1, True, "owed")
    assert [one["apology_missing"] for one in others] == [False, False]
    assert (first["due_on"], first["working_days_late"], first["finished_at"]) == ("2026-06-01", 2, None)
    assert first["lost"]["since"] == "received" and first["lost"]["until"] is None
    assert first["lost"]["officer"] == "tmd" and first["lost"]["working_seconds"] > 60 * 3600
    moved = next(one for one in others if one["apology"] is not None)
    assert moved["apology"] | {"issued_at": ""} == {
        "number": "12/TXL", "issued_at": "", "signer": "Đỗ Văn Lành", "before_limit": True,
    }  # fmt: skip
    for language in ("vi", "en"):
        spoken = cli("report", "late", *JUNE[2:], "--lang", language)
        assert spoken.status == 0 and "12/TXL" in spoken.out and "Đào" not in spoken.out and "report." not in spoken.out
    assert cli("report", "late", *JUNE[2:], "--out", tmp_path / "x.pdf").status == 0


def test_an_officer_of_a_unit_that_it_came_from_is_told_as_such(desk: Desk) -> None:
    """Only that unit knows the name; an id says nothing to whoever reads the sheet."""
    staff = Staff(desk)
    assert staff.name("019cac0f-2680-77f7-8f3a-0123456789ab") == "Cán bộ đơn vị khác"
    assert staff.name(officer(desk, "hoa").id) == "Lê Thị Hoa" and staff.name("Đỗ Văn Lành") == "Đỗ Văn Lành"


def test_a_period_before_anything_was_counted_is_not_sent(cli: Cli, station: Desk) -> None:
    words = ("report", "late", "--from", "1990-01-01", "--to", "1990-02-01", "--send", "--as", "lanh", "--json")
    refused = cli(*words)
    assert (refused.status, refused.json["error"]["code"]) == (1, "report_before_data")
    assert cli("report", "--sent", "--json").json == []
    for name in ("late", "ii06a"):
        told = cli("report", name, "--from", "1990-01-01", "--to", "1990-02-01").out
        assert "Không có số liệu: trước ngày" in told and "Không có số liệu" not in cli("report", name, *JUNE[2:]).out


@pytest.mark.parametrize("name", ["no/such/x.xlsx", "folder.pdf"])
def test_nothing_is_sent_where_its_file_cannot_be_written(cli: Cli, station: Desk, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.pdf").mkdir()
    ran = cli(*FORM, "--send", "--as", "lanh", "--out", tmp_path / name, "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, "file_unwritable")
    assert cli("report", "--sent", "--json").json == []
    assert sorted(tmp_path.glob("*.part*")) == []


def test_a_file_stays_as_it_was_where_the_report_may_not_be_sent(cli: Cli, station: Desk, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("before")
    ran = cli(*FORM, "--send", "--as", "hoa", "--out", tmp_path / "x.csv", "--json")
    assert ran.json["error"]["code"] == "role_missing"
    assert {path.name: path.read_text() for path in tmp_path.glob("*.csv")} == {"x.csv": "before"}
    assert cli(*FORM, "--send", "--as", "lanh", "--out", tmp_path / "x.csv").status == 0
    assert "before" not in (tmp_path / "x.csv").read_text(encoding="utf-8-sig")


def test_a_sent_report_comes_back_byte_for_byte(cli: Cli, station: Desk, tmp_path: Path) -> None:
    kept = cli(*FORM, "--send", "--as", "lanh", "--note", "CV 12", "--json").json
    check(kept, "report-frozen")
    rows = cli("report", "--sent", "--json").json
    check(rows, "report-sent")
    assert rows == [kept] and (kept["by"], kept["note"]) == ("lanh", "CV 12")
    text = cli("report", "--sent", kept["id"]).out
    assert hashlib.sha256(text.encode()).hexdigest() == kept["sha256"]
    assert cli("report", "--sent", kept["id"], "--out", tmp_path / "x.json").status == 0
    assert (tmp_path / "x.json").read_bytes() == text.encode()
    wrong = cli("report", "--sent", kept["id"], "--out", tmp_path / "x.pdf", "--json")
    assert (wrong.status, wrong.json["error"]["code"]) == (2, "report_format")
    assert cli("report", "league", "--sent", "--json").json["error"]["code"] == "report_unknown"
    assert kept["sha256"][:16] in cli("report", "--sent", "--lang", "en").out
    following = cli("report", "ii06a", *JUNE[2:], "--json").json
    check(following, "report-ii06a")
    assert following["adjustments"]["of"] == kept["id"]
    refused = cli(*FORM, "--send", "--as", "hoa", "--json")
    assert (refused.status, refused.json["error"]["code"]) == (1, "role_missing")
    assert cli("report", "--sent", "zz", "--json").json["error"]["code"] == "report_sent_unknown"


@pytest.mark.parametrize("name", ["ii06a", "units", "post"])
def test_a_period_that_is_sent_again_says_that_it_was_sent(cli: Cli, station: Desk, name: str) -> None:
    words = ("report", name, *FORM[2:], "--send", "--as", "lanh")
    assert "09:00 03/06/2026" not in cli(*words).err
    again = cli(*words)
    assert again.status == 0 and "đã gửi lúc 09:00 03/06/2026" in again.err
    assert len(json.loads(cli("report", "--sent", "--json").out)) == 2, "both stay"


def unpacked(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def test_the_inspection_packet_names_nobody_without_an_order(cli: Cli, station: Desk, tmp_path: Path) -> None:
    path = tmp_path / "p.zip"
    ran = cli("report", "late", *JUNE[2:], "--packet", path, "--as", "hoa", "--json")
    check(ran.json, "report-packet")
    assert (ran.json["dossiers"], ran.json["order"]) == (3, None)
    files = unpacked(path)
    about = json.loads(files.pop("manifest.json"))
    assert about["files"] == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    assert {"late.xlsx", "late.csv", "late.pdf", "late.json", "chain.json"} <= files.keys()
    texts = [content.decode() for name, content in files.items() if name.endswith(("txt", "json", "csv"))]
    assert not any("Đào" in text or "Đặng" in text for text in texts) and "Đ. T. Đ." in "".join(texts)
    chain = json.loads(files["chain.json"])
    last = station.connection.execute("SELECT lower(hex(hash)) FROM event ORDER BY n DESC LIMIT 1").fetchone()[0]
    assert chain["holds"] and chain["heads"][0]["hash"] == last
    assert {one["dossier"] for one in chain["events"]} == {one["id"] for one in json.loads(files["late.json"])["rows"]}


def test_with_the_orders_number_it_holds_whom_and_the_letters_and_is_noted(
    cli: Cli, station: Desk, tmp_path: Path
) -> None:
    owed = json.loads(cli("report", "late", *JUNE[2:], "--json").out)["rows"][0]
    assert cli("letter", owed["receipt_number"], "receipt", "--out", tmp_path / "r.pdf", "--as", "tmd").status == 0
    path = tmp_path / "p.zip"
    told = ("report", "late", *JUNE[2:], "--packet", path, "--order", "QĐ 5")
    refused = cli(*told, "--as", "hoa", "--json")
    assert refused.json["error"]["code"] == "packet_role" and not path.exists()
    assert cli(*told, "--as", "tra").status == 0
    files = unpacked(path)
    letters = [name for name in files if name.endswith(".pdf") and name.startswith(owed["receipt_number"])]
    assert len(letters) == 1 and files[letters[0]].startswith(b"%PDF")
    assert "Đặng Thị Đào" in files[f"{owed['receipt_number']}/trace.txt"].decode()
    noted = [one for one in station.log.events_of(owed["id"]) if one.kind == "reader_noted"]
    assert len(noted) == 1 and "QĐ 5" in noted[0].body["what"]


def test_a_packet_that_has_no_place_leaves_nothing_and_nobody_is_noted_to_have_it(
    cli: Cli, station: Desk, tmp_path: Path
) -> None:
    owed = json.loads(cli("report", "late", *JUNE[2:], "--json").out)["rows"][0]
    (tmp_path / "p.zip").mkdir()
    ran = cli("report", "late", *JUNE[2:], "--packet", tmp_path / "p.zip", "--order", "QĐ 5", "--as", "tra", "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, "file_unwritable")
    assert [path.name for path in tmp_path.glob("p*")] == ["p.zip"]
    assert not [one for one in station.log.events_of(owed["id"]) if one.kind == "reader_noted"]


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        ((*FORM, "--packet", "x.zip", "--as", "lanh"), "report_no_packet", 2),
        ((*FORM, "--order", "QĐ 5"), "report_option_alone", 2),
        ((*FORM, "--note", "CV 12"), "report_option_alone", 2),
        ((*FORM, "--limit", "5"), "report_option_alone", 2),
        (("report", "late", *JUNE[2:], "--packet", "x.pdf", "--as", "lanh"), "report_format", 2),
        (("report", "late", *JUNE[2:], "--packet", "", "--as", "lanh"), "report_format", 2),
        (("report", "late", *JUNE[2:], "--packet", "x.zip", "--send", "--as", "lanh"), "report_one_thing", 2),
        (("report", "late", *JUNE[2:], "--packet", "x.zip", "--out", "x.pdf", "--as", "lanh"), "report_one_thing", 2),
        (("report", "late", *JUNE[2:], "--packet", "x.zip", "--order", " ", "--as", "lanh"), "packet_order_blank", 2),
        (("report", "late", *JUNE[2:], "--packet", "no/such/x.zip", "--as", "lanh"), "file_unwritable", 1),
    ],
)
def test_a_packet_that_cannot_be(cli: Cli, station: Desk, words: tuple[str, ...], code: str, status: int) -> None:
    ran = cli(*words, "--json")
    assert (ran.status, ran.json["error"]["code"]) == (status, code)


def test_periods_as_the_law_sets_them(cli: Cli, station: Desk) -> None:
    def span(*words: str) -> tuple[str, str]:
        told = cli("report", *words, "--json").json
        return told["from"], told["to"]

    assert span("ii06a", "--period", "2026-05-09") == ("2026-04-01", "2026-06-30")
    assert span("ii06a", "--period", "last") == ("2026-01-01", "2026-03-31")
    assert span("late", "--period", "last") == ("2026-05-01", "2026-05-31"), "months, where nothing is set"
    both = cli("report", "ii06a", "--period", "last", "--from", "2026-01-01", "--json")
    assert (both.status, both.json["error"]["code"]) == (2, "report_two_periods")
    for far in (("--from", "0001-01-01", "--to", "2026-01-01"), ("--period", "9999-12-31")):
        assert cli("report", "ii06a", *far, "--json").json["error"]["code"] == "date_invalid"
    assert cli("report", "ii06a", "--period", "soon", "--json").json["error"]["code"] == "date_invalid"


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
    (row,) = (one for one in ran.json["dossiers"] if one["id"] == asked)
    assert row["ways"] == {"came": "counter", "paid": "counter/cash", "offered": "no:no_device"}
    assert len(ran.json["dossiers"]) == 4 and NAME not in str(ran.json)
    assert ran.json["totals"]["answered"] == {"in_time": 0, "late": 0, "waiting": 0, "unsaid": 0}
    text = cli(*words).out
    assert "không: không có máy" in text and "trực tiếp, tiền mặt".casefold() in text.casefold() and NAME not in text
    for ending in FORMATS:
        assert cli(*words, "--out", tmp_path / f"a{ending}").status == 0


FASTER = ("report", "faster", "--from", "2026-05-01", "--to", "2026-06-30")


@pytest.fixture
def ended(station: Desk) -> tuple[str, str]:
    """Two that were done: in 1 working day, and in 6, of which it lay 5 after a step."""
    quick, slow = take_in(station, NAME), take_in(station, NAME)
    may = datetime.fromisoformat
    moments = [may(f"2026-05-{day}T09:00:00+07:00") for day in (22, 29)]
    station.now = lambda: moments[1]
    act(station, quick, "result_ready", at=moments[0])
    act(station, slow, "step_completed", at=moments[0], step="Thẩm tra")
    act(station, slow, "result_ready", at=moments[1])
    return quick, slow


def test_which_could_be_faster_as_json(cli: Cli, ended: tuple[str, str]) -> None:
    ran = cli(*FASTER, "--json")
    check(ran.json, "report-faster")
    (group,) = ran.json["groups"]
    assert (group["procedure"], group["limit"]) == ("permanent-residence", {"amount": 7, "unit": "working_day"})
    assert {one["id"]: one["used"] for one in group["dossiers"]} == dict(zip(ended, (1, 6), strict=True))
    assert [(one["limit"], one["held"], one["missed"], one["holds"]) for one in group["proposals"]] == [
        (6, 2, 0, True), (5, 1, 1, False),
    ]  # fmt: skip
    assert group["proposals"][1]["why"] == [
        {"reason": "waited", "since": "step_completed", "step": "Thẩm tra", "dossiers": 1}
    ]
    assert (group["shortest_that_holds"], group["enough"], group["p95"]["high"]) == (6, False, None)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_which_could_be_faster_as_lines_and_files(
    cli: Cli, ended: tuple[str, str], language: str, tmp_path: Path
) -> None:
    ran = cli(*FASTER, "--lang", language)
    assert (ran.status, ran.err) == (0, "")
    assert "Thẩm tra" in ran.out and "Đào" not in ran.out and "report." not in ran.out
    assert ("50,0" if language == "vi" else "50.0") in ran.out
    for ending in FORMATS:
        assert cli(*FASTER, "--lang", language, "--out", tmp_path / f"f{ending}").status == 0
    pages = openpyxl.load_workbook(tmp_path / "f.xlsx").worksheets
    assert [row[0].value for row in pages[0].iter_rows() if row[2].value == 2] != [], "counts are numbers"
    assert [row[7].value for row in pages[0].iter_rows() if row[7].value == 50] == [50], "and so are shares"


def test_nothing_ended_is_an_empty_sheet(cli: Cli, station: Desk) -> None:
    ran = cli("report", "faster", "--from", "2020-01-01", "--to", "2020-01-31", "--json")
    check(ran.json, "report-faster")
    assert (ran.json["groups"], ran.json["asked"], ran.json["measured"]) == ([], [], 0)


def test_a_shorter_limit_as_a_paper(cli: Cli, ended: tuple[str, str], tmp_path: Path) -> None:
    path = tmp_path / "p.pdf"
    asked = (*FASTER, "--proposal", "permanent-residence", "--out", path)
    ran = cli(*asked, "--json")
    check(ran.json, "report-proposal")
    assert (ran.json["limit"], ran.json["held"], ran.json["missed"], ran.json["holds"]) == (6, 2, 0, True)
    shorter = cli(*asked, "--limit", "5", "--json").json
    check(shorter, "report-proposal")
    assert (shorter["limit"], shorter["held"], shorter["missed"], shorter["holds"]) == (5, 1, 1, False)
    text = " ".join(" ".join(page.extract_text().split()) for page in pypdf.PdfReader(path).pages)
    assert "từ 7 ngày làm việc xuống 5 ngày làm việc" in text and "1 hồ sơ (50,0 %)" in text
    assert "nằm lâu nhất sau «Thẩm tra»" in text and "Chỉ có 2 hồ sơ" in text and "Đào" not in text
    assert "không thuộc mẫu của Văn phòng Chính phủ" in text, "no form of law is claimed"


@pytest.mark.parametrize(
    ("words", "code", "status"),
    [
        ((*FASTER, "--proposal", "permanent-residence"), "report_no_proposal", 2),
        ((*FORM, "--proposal", "permanent-residence", "--out", "x.pdf"), "report_no_proposal", 2),
        ((*FASTER, "--proposal", "nope", "--out", "x.pdf"), "procedure_unknown", 1),
        ((*FASTER, "--proposal", "permanent-residence", "--variant", "?", "--out", "x.pdf"), "proposal_nothing", 1),
        ((*FASTER, "--proposal", "permanent-residence", "--limit", "7", "--out", "x.pdf"), "proposal_not_shorter", 1),
        ((*FASTER, "--proposal", "permanent-residence", "--limit", "-3", "--out", "x.pdf"), "proposal_not_shorter", 1),
        ((*FASTER, "--proposal", "permanent-residence", "--out", "no/such/x.pdf"), "file_unwritable", 1),
    ],
)
def test_a_proposal_that_cannot_be(
    cli: Cli, ended: tuple[str, str], words: tuple[str, ...], code: str, status: int
) -> None:
    ran = cli(*words, "--json")
    check(ran.json, "error")
    assert (ran.status, ran.json["error"]["code"]) == (status, code)


def test_no_shorter_limit_holds_or_there_is_none(cli: Cli, station: Desk, tmp_path: Path) -> None:
    station.now = lambda: datetime.fromisoformat("2026-06-01T16:00:00+07:00")
    act(station, take_in(station, NAME), "result_ready", at=station.now())
    act(station, take_in(station, NAME, procedure="residence-confirmation"), "result_ready", at=station.now())
    for procedure, code in (
        ("permanent-residence", "proposal_none_holds"),
        ("residence-confirmation", "proposal_no_limit"),
    ):
        ran = cli(*FASTER, "--proposal", procedure, "--out", tmp_path / "x.pdf", "--json")
        assert ran.json["error"]["code"] == code


def test_of_several_cases_one_is_named(cli: Cli, station: Desk, tmp_path: Path) -> None:
    station.now = lambda: datetime.fromisoformat("2026-06-01T16:00:00+07:00")
    version = station.law.version_on("identity-card", station.now().date())
    assert isinstance(version, ProcedureVersion)
    cases = sorted(one.code for one in version.variants)[:2]
    for case in cases:
        act(station, take_in(station, NAME, procedure="identity-card", variant=case), "result_ready", at=station.now())
    words = (*FASTER, "--proposal", "identity-card", "--out", tmp_path / "x.pdf", "--json")
    error = cli(*words).json["error"]
    assert error["code"] == "proposal_which" and all(case in error["message"] for case in cases)
    assert cli(*words, "--variant", cases[0]).json.get("error", {}).get("code") != "proposal_which"


def test_a_pdf_has_the_pictures(cli: Cli, ended: tuple[str, str], tmp_path: Path) -> None:
    for name in ("faster", "ii06a"):
        path = tmp_path / f"{name}.pdf"
        assert cli("report", name, *FASTER[2:], "--out", path).status == 0
        text = " ".join(" ".join(page.extract_text().split()) for page in pypdf.PdfReader(path).pages)
        assert {"faster": "Đã dùng: Đăng ký thường trú", "ii06a": "Tiếp nhận, theo tuần"}[name] in text


@pytest.mark.parametrize("name", ["units", "years"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_forms_columns_beside_each_other(cli: Cli, station: Desk, tmp_path: Path, name: str, language: str) -> None:
    words = ("report", name, *FORM[2:], "--lang", language)
    told = cli(*words, "--json")
    check(told.json, f"report-{name}")
    rows = told.json["units"] if name == "units" else [told.json["years"][0]["figures"]]
    assert rows[0]["received"] == 3 == rows[0]["fields"][0]["direct"]
    if name == "years":
        assert [one["figures"] for one in told.json["years"][1:]] == [None] * 4
    portal = cli(*words, "--reading", "portal", "--json").json
    check(portal, f"report-{name}")
    assert portal["reading"] == "portal"
    text = cli(*words).out
    assert "report." not in text and "Đào" not in text
    for ending in FORMATS:
        assert cli(*words, "--out", tmp_path / f"a{ending}").status == 0


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_register_names_citizens_and_is_never_sent(cli: Cli, station: Desk, tmp_path: Path, language: str) -> None:
    words = ("report", "register", *FORM[2:], "--lang", language)
    told = cli(*words, "--json")
    check(told.json, "report-register")
    numbers = [one["receipt_number"] for one in told.json["dossiers"]]
    assert numbers == sorted(numbers) and len(numbers) == 3
    assert told.json["dossiers"][0]["applicant_name"] == NAME
    text = cli(*words).out
    assert NAME in text and numbers[0] in text and "report." not in text
    for ending in FORMATS:
        assert cli(*words, "--out", tmp_path / f"a{ending}").status == 0
    (row,) = (row for row in texts(tmp_path / "a.xlsx") if row[0] == numbers[0])
    assert isinstance(row[4], datetime) and isinstance(row[5], datetime), "what is a date can be sorted"
    assert row[4].isoformat() == told.json["dossiers"][0]["received_at"][:19]
    refused = cli(*words, "--send", "--as", "lanh", "--json")
    assert (refused.status, refused.json["error"]["code"]) == (1, "report_not_sent")
    assert not json.loads(cli("report", "--sent", "--json").out)


@pytest.mark.parametrize("name", ["commune", "qd766"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_sheets_that_others_ask_for(cli: Cli, station: Desk, tmp_path: Path, name: str, language: str) -> None:
    words = ("report", name, *FORM[2:], "--lang", language)
    told = cli(*words, "--json")
    check(told.json, f"report-{name}")
    if name == "commune":
        assert (told.json["totals"]["received_direct"], told.json["totals"]["digitised"]) == (3, None)
    else:
        unknown = [one["group"] for one in told.json["groups"] if one["indicators"] is None]
        assert unknown == ["publication", "digitisation"]
    text = cli(*words).out
    none = "chưa có số liệu" if language == "vi" else "no data"
    assert "report." not in text and "Đào" not in text
    assert none in text or "Không có số liệu" in text or "No data at the desk" in text
    for ending in FORMATS:
        assert cli(*words, "--out", tmp_path / f"a{ending}").status == 0


@pytest.mark.parametrize("language", ["vi", "en"])
def test_corrections_by_cause(cli: Cli, station: Desk, tmp_path: Path, language: str) -> None:
    first, second, _ = (row["id"] for row in cli("report", "register", *FORM[2:], "--json").json["dossiers"])
    act(station, first, "corrected", field="applicant.phone", new="0905123456")
    act(station, second, "voided", by="lanh", reason="nhầm của bà Đào")
    words = ("report", "corrections", "--from", "2026-05-01", "--to", "2026-06-30", "--lang", language)
    told = cli(*words, "--json")
    check(told.json, "report-corrections")
    assert [(one["kind"], one["cause"], one["count"]) for one in told.json["causes"]] == [
        ("corrected", "applicant.phone", 1), ("voided", None, 1),
    ]  # fmt: skip
    text = cli(*words).out
    assert "report." not in text and "Đào" not in text and "0905" not in text
    for ending in FORMATS:
        assert cli(*words, "--out", tmp_path / f"a{ending}").status == 0


@pytest.mark.parametrize("language", ["vi", "en"])
def test_an_officers_day_asks_who_sees_it(
    cli: Cli, station: Desk, tmp_path: Path, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("report", "day", "--from", "2026-05-01", "--to", "2026-06-30", "--lang", language)
    assert cli(*words, "--json").status == 2, "nobody was named"
    told = cli(*words, "--as", "lanh", "--json")
    check(told.json, "report-day")
    assert not told.json["own_only"] and len(told.json["officers"]) >= 2
    own = cli(*words, "--as", "tmd", "--json").json
    everybody = {one["officer"]: one for one in told.json["officers"]}
    assert own["own_only"] == (len(own["officers"]) < 2)
    assert all(one == everybody[one["officer"]] for one in own["officers"])
    text = cli(*words, "--as", "lanh").out
    assert "report." not in text and "kind." not in text and "Đào" not in text
    for ending in FORMATS:
        assert cli(*words, "--as", "lanh", "--out", tmp_path / f"a{ending}").status == 0
    assert cli(*words, "--as", "lanh", "--send", "--json").json["error"]["code"] == "report_not_sent"
    monkeypatch.setenv("MOTCUA_PIN", "000000")
    assert cli(*words, "--as", "lanh", "--json").json["error"]["code"] != "report_whose", "a wrong PIN is said so"


@pytest.mark.parametrize(("language", "told"), [("vi", "4.000.000"), ("en", "4,000,000")])
def test_people_read_thousands_apart_and_programs_do_not(language: str, told: str) -> None:
    from tui.i18n import in_language
    from tui.reports.sheet import cell_text

    with in_language(language):
        assert (cell_text(4_000_000), cell_text(999)) == (told, "999")
