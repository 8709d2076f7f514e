"""Data files and amendments are read into law, or named in the fault."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import InvalidInput
from core.deadline import ClockRules
from core.moments import LEGAL_TIME
from core.record import canonical
from core.time_limit import Limit, Phase, Unit
from core.trace import explain
from storage.lawbook import LawRow, law_from_rows, package_law, package_rows, row_hash
from storage.lawbook.package import DATA, rows_of

ROWS = package_rows()
TRANSFER = next(row for row in ROWS if row.key.startswith("vehicle-transfer/"))


def changed(row: LawRow, **fields: Any) -> LawRow:
    return replace(row, row={**row.row, **fields})


def without(row: LawRow, name: str) -> LawRow:
    return replace(row, row={key: value for key, value in row.row.items() if key != name})


def fault(*rows: LawRow) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        law_from_rows(rows)
    return caught.value


def test_the_package_brings_valid_law() -> None:
    law = package_law()
    assert len(law.procedures) >= 25
    assert len({procedure.field for procedure in law.procedures}) == 10
    assert law.calendar().first == date(1997, 1, 1)


def test_rows_are_ready_for_the_log() -> None:
    for row in ROWS:
        assert canonical(row.row)
        assert unicodedata.is_normalized("NFC", canonical(row.row).decode())
        named = row.row.get("name") or row.row.get("procedure")
        assert row.entity == "calendar" or row.entity == f"catalogue:{named}"
    assert len({(row.entity, row.table, row.key) for row in ROWS}) == len(ROWS)


def test_a_version_carries_the_hash_of_its_row() -> None:
    law = package_law()
    version = law.version_by_hash(row_hash(TRANSFER.row))
    assert version is not None
    assert version.procedure == "vehicle-transfer"
    assert law.version_by_hash("0" * 64) is None


@given(st.permutations(range(5)))
def test_a_row_hash_does_not_depend_on_the_order_of_keys(order: list[int]) -> None:
    pairs = [("a", "ế"), ("b", ["1", "2"]), ("c", None), ("d", {"x": "0.5"}), ("e", True)]
    assert row_hash(dict(pairs[n] for n in order)) == row_hash(dict(pairs))


def test_a_decomposed_row_has_the_hash_of_its_composed_form() -> None:
    assert row_hash({"t": unicodedata.normalize("NFD", "Đường sắt")}) == row_hash({"t": "Đường sắt"})


def test_of_one_key_the_last_row_counts() -> None:
    amended = changed(TRANSFER, title_vi="Sang tên xe")
    law = law_from_rows([*ROWS, amended])
    version = law.version_on("vehicle-transfer", date(2026, 1, 5))
    assert version == law.version_by_hash(row_hash(amended.row))


@pytest.mark.parametrize("name", ["title_vi", "basis", "valid_from", "verified", "on_supplement", "deciding"])
def test_a_missing_field_is_named(name: str) -> None:
    found = fault(without(TRANSFER, name))
    assert found.code == "law_field_missing"
    assert found.params["field"] == name
    assert found.params["where"] == "procedures/vehicles.toml: procedure_version vehicle-transfer/2025-01-01"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"valid_from": "2025-02-30"}, "valid_from = '2025-02-30'"),
        ({"valid_to": "2024-12-31"}, "valid_to = '2024-12-31'"),
        ({"on_supplement": "stop"}, "on_supplement = 'stop'"),
        ({"service": "level_5"}, "service = 'level_5'"),
        ({"receiving": ["province"]}, "receiving = ['province']"),
        ({"verified": "yes"}, "verified = 'yes'"),
        ({"variant": []}, "variant = []"),
        ({"title_vi": " "}, "title_vi = ' '"),
    ],
)
def test_a_wrong_value_is_shown_with_its_place(fields: Mapping[str, Any], problem: str) -> None:
    found = fault(changed(TRANSFER, **fields))
    assert found.code == "law_row_invalid"
    assert found.params["problem"] == problem
    assert found.params["where"].startswith("procedures/vehicles.toml: ")


@pytest.mark.parametrize(
    "phase",
    [
        {"amount": "2", "unit": "fortnight"},
        {"amount": "two", "unit": "day"},
        {"amount": "0.5", "unit": "day"},
        {"amount": "-1", "unit": "day"},
        {"amount": "NaN", "unit": "day"},
        {"amount": "2", "unit": "day", "starts_on": "noted"},
        {"amount": "0", "unit": "by_time"},
        {"amount": "0", "unit": "by_time", "time": "25:00"},
        {"amount": 0.5, "unit": "working_day"},
        {"amount": True, "unit": "day"},
    ],
)
def test_a_limit_that_no_rule_can_count_is_refused(phase: Mapping[str, Any]) -> None:
    case = {**TRANSFER.row["variant"][0], "phases": [phase]}
    assert fault(changed(TRANSFER, variant=[case])).code == "law_row_invalid"


def test_an_unknown_field_is_named() -> None:
    found = fault(changed(TRANSFER, on_suplement="restart"))
    assert (found.code, found.params["field"]) == ("law_field_unknown", "on_suplement")


@pytest.mark.parametrize("fields", [{"verified": False}, {"paper": []}, {"fee": []}])
def test_what_is_not_known_needs_its_reason(fields: Mapping[str, Any]) -> None:
    assert fault(changed(TRANSFER, **fields)).params["field"] == "unverified_reason_vi"


UNDATED_FEE = [{"channel": "any", "basis": "TT 155/2025/TT-BTC", "verified": False}]


def later(first: str, **fields: Any) -> LawRow:
    row = changed(TRANSFER, valid_from=first, fee=UNDATED_FEE, **fields)
    return replace(row, key=f"vehicle-transfer/{first}")


def test_versions_may_not_overlap() -> None:
    found = fault(TRANSFER, later("2026-01-01"))
    assert (found.code, found.params["day"]) == ("law_versions_overlap", "2026-01-01")


def test_a_gap_between_versions_needs_its_reason() -> None:
    ended = changed(TRANSFER, valid_to="2025-12-30", fee=UNDATED_FEE)
    assert fault(ended, later("2026-01-01")).code == "law_versions_gap"
    law = law_from_rows([ended, later("2026-01-01", after_gap="Chưa rõ")])
    assert len(law.procedures[0].versions) == 2


def test_one_national_code_belongs_to_one_procedure() -> None:
    one = changed(TRANSFER, code="1.234567")
    other = replace(changed(one, name="other"), entity="catalogue:other", key="other/2025-01-01")
    assert fault(one, other).code == "law_code_twice"


@pytest.mark.parametrize(
    ("table", "fields"),
    [
        ("day", {"working": "no"}),
        ("day", {"date": "2026-13-01"}),
        ("year", {"decided": None}),
        ("hours", {"periods": {"mon": [["11:30", "07:30"]]}}),
        ("hours", {"periods": {"mon": [["07:30", "11:30"], ["11:00", "17:00"]]}}),
        ("hours", {"periods": {"mon": ["07:30"]}}),
        ("policy", {"value": "whenever"}),
        ("unit", {"kind": "hamlet"}),
    ],
)
def test_a_fault_outside_the_catalogue_is_named_too(table: str, fields: Mapping[str, Any]) -> None:
    row = next(row for row in ROWS if row.table == table)
    found = fault(changed(row, **fields))
    assert found.params["where"] == row.where
    assert ".toml" in row.where


def test_a_row_of_an_unknown_table_is_refused() -> None:
    assert fault(LawRow("calendar", "moon", "1", {})).code == "law_row_invalid"


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    folder = shutil.copytree(DATA, tmp_path / "data")
    (folder / "procedures" / "seals.toml").write_text("field = \n")
    with pytest.raises(InvalidInput) as caught:
        rows_of(folder)
    assert (caught.value.code, caught.value.params["where"]) == ("law_file_invalid", "seals.toml")


def test_one_date_twice_is_named(tmp_path: Path) -> None:
    folder = shutil.copytree(DATA, tmp_path / "data")
    file = folder / "calendar" / "2030.toml"
    file.write_text(file.read_text().replace("2030-05-01", "2030-04-30"))
    with pytest.raises(InvalidInput) as caught:
        rows_of(folder)
    assert caught.value.code == "law_row_duplicate"
    assert caught.value.params["where"] == "calendar/2030.toml: day 2030-04-30"


@pytest.mark.parametrize(
    ("received", "cited"),
    [
        ("2005-12-30T09:00", "BLDS 1995"),
        ("2006-01-04T09:00", "Đ.152 BLDS 2005"),
        ("2016-12-30T09:00", "Đ.152 BLDS 2005"),
        ("2017-01-03T09:00", "Đ.147.2 BLDS 2015"),
    ],
)
def test_a_count_cites_the_civil_code_of_its_day(received: str, cited: str) -> None:
    at = datetime.fromisoformat(received).replace(tzinfo=LEGAL_TIME)
    rules = ClockRules((Phase(Limit(Fraction(3), Unit.WORKING_DAY)),))
    assert explain(at, rules, (), package_law().calendar()).trace[0].basis == cited
