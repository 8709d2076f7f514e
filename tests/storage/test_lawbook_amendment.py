"""The file of an amendment → rows: its short forms, and one sentence for each thing that is wrong in it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.answers import InvalidInput
from core.golden import failures, without_cases
from storage.lawbook import law_from_rows, package_rows
from storage.lawbook.amendment import Amendment, read_amendment
from storage.lawbook.station import last_rows

UNIT = "H30-001"
KNOWN = last_rows(package_rows())
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "amendments"


def read(text: str, unit: str = UNIT) -> Amendment:
    return read_amendment(text.encode(), "f.toml", unit, KNOWN)


def days(amendment: Amendment) -> dict[str, Any]:
    return {row.key: row.row for row in amendment.rows if row.table == "day"}


def test_days_off_and_worked_in_one_line_each() -> None:
    rows = days(
        read('decision = "QĐ 1"\nreason = "Lễ"\ndays_off = [2026-06-01, 2026-06-02]\nworking_days = [2026-06-06]')
    )
    assert {day: row["working"] for day, row in rows.items()} == {
        "2026-06-01": False, "2026-06-02": False, "2026-06-06": True
    }  # fmt: skip
    assert {row["basis"] for row in rows.values()} == {"QĐ 1"}
    assert rows["2026-06-01"]["reason_en"] == "Lễ"  # one text serves for both


def test_an_exchange_names_its_other_half() -> None:
    rows = days(read('decision = "TB 1"\nexchanged = [{ off = 2026-12-31, worked = 2027-01-09 }]'))
    assert rows["2026-12-31"]["reason_vi"] == "Nghỉ hoán đổi, làm bù ngày 9/1/2027"
    assert rows["2027-01-09"]["reason_en"] == "Made-up working day for 2026-12-31"


def test_what_is_the_units_own_stands_under_its_code() -> None:
    text = 'decision = "TB 1"\nreason = "bão"\n[[closure]]\nfrom = 2026-10-05\nto = 2026-10-07\n'
    assert list(days(read(text))) == [f"{UNIT}/2026-10-0{day}" for day in (5, 6, 7)]
    assert all(row["closure"] and not row["working"] for row in days(read(text)).values())
    assert list(days(read('unit = "X"\n' + text))) == [f"X/2026-10-0{day}" for day in (5, 6, 7)]


def test_an_entry_has_its_own_decision_and_reason_before_the_files() -> None:
    text = """
decision = "TB 1"
reason_vi = "bão"
reason_en = "storm"
[[closure]]
date = 2026-10-05
[[closure]]
date = 2026-10-06
basis = "TB 2"
reason = "lũ"
"""
    first, second = days(read(text)).values()
    assert (first["basis"], first["reason_vi"], first["reason_en"]) == ("TB 1", "bão", "storm")
    assert (second["basis"], second["reason_vi"], second["reason_en"]) == ("TB 2", "lũ", "lũ")


def test_toml_json_and_a_file_of_windows_notepad_say_the_same() -> None:
    toml = 'decision = "QĐ 1"\r\nreason = "Lễ"\r\ndays_off = [2026-06-01]\r\n'.encode()
    json = '{"decision": "QĐ 1", "reason": "Lễ", "days_off": ["2026-06-01"]}'.encode()
    told = [read_amendment(content, "f", UNIT, KNOWN).rows for content in (toml, b"\xef\xbb\xbf" + toml, json)]
    assert told[0] == told[1] == told[2]


def test_a_decided_year_withdraws_what_is_not_listed_any_more() -> None:
    rows = read('year = 2030\ndecided = true\nbasis = "TB 9"\nday = []').rows
    expected = [key for (_, table, key) in KNOWN if table == "day" and key.startswith("2030")]
    assert expected and {row.key for row in rows if row.table == "day"} == set(expected)
    assert not any(row.row["in_force"] for row in rows if row.table == "day")


def test_a_case_counted_anew_takes_the_place_of_the_old_count() -> None:
    text = """
decision = "TB 1"
exchanged = [{ off = 2026-11-23, worked = 2026-11-28 }]
[[case]]
received_at = 2026-11-20T09:00:00
limit = { unit = "working_day", amount = 1 }
due_at = "2026-11-25T17:00"
counted = "anew"
source = "TB 1"
[[case]]
procedure = "permanent-residence"
received_at = "2026-03-02T09:00"
due_at = "2026-03-11T17:00"
counted = "more"
source = "Đ.22.3"
"""
    cases = {row.key: row.row["case"] for row in read(text).rows if row.table == "cases"}
    year, version = cases["2026"], cases["permanent-residence/2021-07-01"]
    assert len(year) == len(KNOWN["calendar", "cases", "2026"].row["case"])
    assert [one["counted"] for one in year if str(one["received_at"]).startswith("2026-11-20")] == ["anew"]
    before = KNOWN["catalogue:permanent-residence", "cases", "permanent-residence/2021-07-01"].row["case"]
    assert len(version) == len(before) + 1 and version[-1]["counted"] == "more"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("days_off = [", "law_file_invalid"),
        ("{", "law_file_invalid"),
        ("", "amendment_empty"),
        ('decision = "TB"', "amendment_empty"),
        ('holiday = "x"', "law_field_unknown"),
        ('reason = "x"\ndays_off = [2026-06-01]', "law_field_missing"),
        ('decision = "TB"\ndays_off = [2026-06-01]', "law_field_missing"),
        ('decision = "TB"\nreason = "x"\ndays_off = ["hôm nay"]', "law_row_invalid"),
        ('decision = "TB"\nreason = "x"\ndays_off = [7]', "law_row_invalid"),
        ('decision = "TB"\nreason = "x"\n[[closure]]\ncolour = "red"\ndate = 2026-06-01', "law_field_unknown"),
        ('decision = "TB"\nreason = "x"\n[[closure]]\nfrom = 2026-06-02\nto = 2026-06-01', "law_row_invalid"),
        ('decision = "TB"\nreason = "x"\n[[closure]]\nfrom = 2026-06-02', "law_field_missing"),
        ('decision = "TB"\nwithdrawn = [2026-06-01]', "amendment_day_ordinary"),
        ('decision = "TB"\n[[opening]]\ndate = 2026-06-01', "law_field_missing"),
        ('decision = "TB"\n[[opening]]\ndate = 2026-06-01\nhours = "tối"', "law_row_invalid"),
        ('[[opening]]\ndate = 2026-06-01\nhours = [["18:00", "20:00"]]', "law_field_missing"),
        (
            'decision = "TB"\nunit = "X"\n[[opening]]\ndate = 2026-06-01\nhours = [["18:00", "20:00"]]',
            "law_row_invalid",
        ),
        ('decision = "TB"\n[[commitment]]\nprocedure = "a"\namount = "1"\nunit = "day"', "law_field_missing"),
        ('decision = "TB"\n[[commitment]]\nvalid_from = 2026-06-01\namount = "1"\nunit = "day"', "law_field_missing"),
        (
            'decision = "TB"\n[[commitment]]\nprocedure = "a"\nvalid_from = 2026-06-01\nunit = "day"',
            "law_field_missing",
        ),
        (
            'decision = "TB"\n[[commitment]]\nprocedure = "a"\nvalid_from = "x"\namount = "1"\nunit = "day"',
            "law_row_invalid",
        ),
        ('decision = "TB"\n[[case]]\ndue_at = "2026-06-01T17:00"', "law_field_missing"),
        ('decision = "TB"\n[[case]]\nreceived_at = "x"', "law_row_invalid"),
        ('decision = "TB"\n[[case]]\nprocedure = "nobody"\nreceived_at = "2026-06-01T09:00"', "law_row_invalid"),
    ],
)
def test_what_is_wrong_is_told_with_the_file(text: str, code: str) -> None:
    with pytest.raises(InvalidInput) as told:
        read(text)
    assert told.value.code == code and "f.toml" in str(told.value.params["where"])


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.stem)
def test_each_example_can_go_live(path: Path) -> None:
    amendment = read_amendment(path.read_bytes(), path.name, UNIT, KNOWN)
    law = law_from_rows([*package_rows(), *amendment.rows])
    assert list(failures(law)) == [] and list(without_cases(law)) == []
    assert amendment.decision
    told = path.read_text(encoding="utf-8")
    for body in amendment.commitments:
        assert law.find(body["procedure"]) and date.fromisoformat(body["valid_from"]) and body["decision"] in told


def test_the_entry_that_is_wrong_is_named() -> None:
    text = 'decision = "TB"\nreason = "x"\n[[closure]]\ndate = 2026-06-01\n[[closure]]\ndates = 2026-06-02'
    with pytest.raises(InvalidInput) as told:
        read(text)
    assert told.value.params == {"where": "f.toml: closure 2", "field": "date"}
