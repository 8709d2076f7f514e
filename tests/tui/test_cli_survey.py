"""`motcua survey` and its report, as scripts call them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from storage.desk import Desk
from storage.surveys import new_codes
from tests.conftest import Ran
from tests.schema_check import check

Cli = Callable[..., Ran]
MAY = ("--from", "2026-05-01", "--to", "2026-05-31")
AS = ("--as", "hoa")


def add(cli: Cli, *words: object) -> Ran:
    return cli("survey", "add", *words, *AS, "--json")


def rows(path: Path, *given: dict[str, object]) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in given) + "\n", encoding="utf-8")
    return path


def test_the_words_of_the_paper_form_are_read(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    words = ["Rất hài lòng", "hài lòng", "Bình thường", "KHÔNG HÀI LÒNG", "Rất không hài lòng", "2", "satisfied"]
    file = rows(tmp_path / "phiếu.jsonl", *({"overall": word} for word in words))
    assert cli("survey", "import", str(file), *AS, "--json").json["taken"] == len(words)
    assert cli("survey", "open", *AS).status == 0
    single = cli("survey", "list", "--json").json
    assert Counter(one["overall"] for one in single) == {
        "very_satisfied": 1, "satisfied": 3, "neutral": 1, "unsatisfied": 1, "very_unsatisfied": 1,
    }  # fmt: skip
    assert "Hài lòng" in cli("survey", "add", "--overall", "tốt", *AS).err


def test_forms_are_put_in_counted_and_reported(cli: Cli, desk: Desk) -> None:
    code = new_codes(desk, 1)[0]
    ran = add(
        cli,
        "--overall",
        1,
        "--points",
        "222222222",
        "--code",
        code,
        "--procedure",
        "permanent-residence",
        "--officer",
        "khai",
    )
    check(ran.json, "survey-box")
    assert (ran.status, ran.json["waiting"], ran.json["may_open"]) == (0, 1, False)
    few = cli("survey", "open", *AS, "--json")
    assert (few.status, few.json["error"]["code"]) == (1, "survey_box_few")
    for step in (2, 2, 3, 5):
        add(cli, "--overall", step, "--procedure", "permanent-residence")
    told = cli("survey", "box", "--json").json
    check(told, "survey-box")
    assert told | {"least": 0} == {
        "waiting": 5, "least": 0, "may_open": True, "procedures_lost": 0, "officers_lost": 1,
    }  # fmt: skip
    opened = cli("survey", "open", *AS, "--json").json
    check(opened, "survey-open")
    assert opened == {"answers": 5, "procedures_lost": 0, "officers_lost": 1}
    single = cli("survey", "list", "--json").json
    check(single, "survey-list")
    assert sorted(one["overall"] for one in single) == [
        "neutral", "satisfied", "satisfied", "very_satisfied", "very_unsatisfied",
    ]  # fmt: skip
    report = cli("report", "satisfaction", *MAY, "--json").json
    check(report, "report-satisfaction")
    assert report["total"]["satisfied"] == 3
    assert report["total"]["satisfied_share"] == {"value": 0.6, "low": 0.2307, "high": 0.8824}
    assert (report["total"]["points"], report["total"]["points_interval"]) == (18.0, None)
    assert report["scale"]["verified"] is False
    assert [one["name"] for one in report["procedures"]] == ["permanent-residence"]
    assert report["officers"] == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_nothing_yet_is_said_to_be_no_data(cli: Cli, desk: Desk, language: str) -> None:
    ran = cli("report", "satisfaction", *MAY, "--lang", language)
    assert ran.status == 0
    assert {"vi": "Chưa có số liệu.", "en": "No data."}[language] in ran.out
    assert "report." not in ran.out and "survey." not in ran.out


@pytest.mark.parametrize(
    ("words", "status", "code"),
    [
        ((), 1, "survey_empty"),
        (("--overall", "0"), 1, "survey_overall"),
        (("--overall", "5 sao"), 1, "survey_overall"),
        (("--points", "2" * 4000), 1, "survey_points"),
        (("--overall", "1", "--code", "AAAA-AAAA-AAAA"), 1, "survey_code_wrong"),
        (("--overall", "1", "--procedure", "không có"), 1, "procedure_unknown"),
        (("--overall", "1", "--officer", "ai"), 2, "officer_unknown"),
    ],
)
def test_what_is_not_taken(cli: Cli, desk: Desk, words: tuple[str, ...], status: int, code: str) -> None:
    ran = add(cli, *words)
    assert (ran.status, ran.json["error"]["code"]) == (status, code)
    assert cli("survey", "box", "--json").json["waiting"] == 0


def test_an_auditor_enters_no_form(cli: Cli, desk: Desk) -> None:
    ran = cli("survey", "add", "--overall", "1", "--as", "tra", "--json")
    assert (ran.status, ran.json["error"]["code"]) == (1, "role_missing")


def test_a_file_is_taken_whole_or_not_at_all_and_once(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    good = [{"overall": 2, "points": "222222221", "procedure": "permanent-residence"}] * 3
    bad = rows(tmp_path / "bad.jsonl", *good, {"overall": 9}, {"tên": "Đào"})
    ran = cli("survey", "import", bad, *AS, "--json")
    check(ran.json, "survey-import")
    assert (ran.status, ran.json["taken"], ran.json["box"]["waiting"]) == (1, 0, 0)
    assert [one["error"] and one["error"]["code"] for one in ran.json["rows"]] == [
        None, None, None, "survey_overall", "survey_column",
    ]  # fmt: skip
    assert cli("survey", "import", bad, *AS).status == 1, "a refused file was not taken"
    right = rows(tmp_path / "right.jsonl", *good)
    assert cli("survey", "import", right, *AS, "--json").json["taken"] == 3
    again = cli("survey", "import", right, *AS, "--json")
    assert (again.status, again.json["error"]["code"]) == (1, "survey_file_again")
    assert cli("survey", "box", "--json").json["waiting"] == 3


def test_a_sheet_and_a_table_have_the_same_columns(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["c1", "c2", "overall", "channel"])
    book.active.append([2, 1, 4, "phone"])
    book.save(tmp_path / "phiếu.xlsx")
    (tmp_path / "phiếu.csv").write_text("overall,points\n3,\n,012012012\n", encoding="utf-8-sig")
    assert cli("survey", "import", tmp_path / "phiếu.xlsx", *AS, "--json").json["taken"] == 1
    assert cli("survey", "import", tmp_path / "phiếu.csv", *AS, "--json").json["taken"] == 2
    assert cli("survey", "import", tmp_path / "none.csv", *AS).status == 2


def test_forms_with_codes(cli: Cli, desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "phiếu.pdf"
    ran = cli("survey", "forms", 3, "--out", path, "--json")
    check(ran.json, "survey-forms")
    assert path.read_bytes().startswith(b"%PDF")
    before = desk.log.last()
    assert cli("survey", "forms", 0, "--out", path).status == 2
    assert desk.log.last() == before, "no list of codes is kept"


@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".pdf"])
def test_the_report_as_a_file(cli: Cli, desk: Desk, tmp_path: Path, ending: str) -> None:
    for _ in range(5):
        add(cli, "--overall", "1", "--points", "222222220")
    cli("survey", "open", *AS)
    path = tmp_path / f"r{ending}"
    assert cli("report", "satisfaction", *MAY, "--out", path).status == 0
    if ending == ".xlsx":
        cells = [
            cell for page in openpyxl.load_workbook(path) for row in page.iter_rows(values_only=True) for cell in row
        ]
        assert 5 in cells and 100 in cells and 16 in cells, "numbers are numbers"
