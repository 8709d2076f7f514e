"""A row of a file → a dossier's facts, cleaned, with warnings; or the first problem by name."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import InvalidInput, Refusal
from core.bodies import misfit
from core.events import KINDS
from core.intake import COLUMNS, Intake, known_papers, opening_of, parse_amount, parse_matter, parse_moment, read_row
from core.record import canonical
from tests.core.lives import LAW, at

OPENING = opening_of(LAW.calendar())
CARD = "048190001234|201234567|Đặng Thị Đào|05031990|Nữ|Tổ 5, Hải Châu, Đà Nẵng|01072021"


def row(**values: object) -> dict[str, object]:
    return {"procedure": "permanent-residence", "applicant_name": "Đặng Thị Đào", "phone": "0905123456"} | values


def read(**values: object) -> Intake:
    return read_row(row(**values), OPENING)


def test_a_full_row() -> None:
    found = read(
        received_at="2026-05-20T08:15", variant="x", applicant_number="048190001234", birth_date="5/3/1990", sex="Nữ",
        address="Tổ 5", email="dao@example.vn", bringer_name="Lê Văn Bình", bringer_capacity="authorised",
        bringer_number="048090000001", channel="POST", return_by="counter", papers="CT01; ảnh", fee_paid="20 000đ",
        matter="plate=43A-123.45;chassis=RL1", ticket="A12", shelf="B4", note="gấp", external_id="x-1",
    )  # fmt: skip
    assert found.kind == "received" and found.at == at("2026-05-20T08:15") and found.warnings == ()
    assert found.facts == {
        "procedure": "permanent-residence",
        "applicant": {
            "kind": "citizen", "name": "Đặng Thị Đào", "birth": "1990-03-05", "sex": "female",
            "number": "048190001234", "id_type": "citizen_number", "phone": "0905123456", "address": "Tổ 5",
            "email": "dao@example.vn",
        },
        "bringer": {"name": "Lê Văn Bình", "number": "048090000001", "capacity": "authorised"},
        "channel": "post", "return_by": "counter", "matter": {"plate": "43A-123.45", "chassis": "RL1"},
        "papers": ["CT01", "ảnh"], "fee_paid": "20000", "variant": "x", "ticket": "A12", "shelf": "B4", "note": "gấp",
        "external_id": "x-1",
    }  # fmt: skip
    assert misfit(KINDS["submitted"], found.facts) is None


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"procedure": None}, "field_missing"),
        ({"applicant_name": "  "}, "field_missing"),
        ({"colour": "red"}, "column_unknown"),
        ({"applicant_name": "Đào\x00"}, "control_character"),
        ({"note": "a\u202eb"}, "control_character"),
        ({"applicant_name": ["Đào"]}, "value_not_text"),
        ({"fee_paid": True}, "value_not_text"),
        ({"kind": "returned"}, "choice_unknown"),
        ({"applicant_kind": "alien"}, "choice_unknown"),
        ({"channel": "bồ câu"}, "choice_unknown"),
        ({"bringer_capacity": "friend"}, "choice_unknown"),
        ({"received_at": "hôm qua"}, "time_invalid"),
        ({"received_at": "2026-02-30"}, "time_invalid"),
        ({"received_at": "0001-01-01T00:00+14:00"}, "time_invalid"),
        ({"received_at": "9999-12-31T23:59-12:00"}, "time_invalid"),
        ({"received_at": "0001-01-01"}, "time_invalid"),
        ({"birth_date": "31/2/1990"}, "birth_invalid"),
        ({"sex": "?"}, "sex_invalid"),
        ({"phone": "12"}, "phone_invalid"),
        ({"email": "dao"}, "email_invalid"),
        ({"applicant_number": "12345"}, "number_invalid"),
        ({"applicant_number": "04819000123a"}, "number_invalid"),
        ({"fee_paid": "nhiều"}, "amount_invalid"),
        ({"fee_paid": -5}, "amount_invalid"),
        ({"fee_paid": float("inf")}, "amount_invalid"),
        ({"matter": "plate"}, "matter_invalid"),
        ({"matter": "{bad"}, "matter_invalid"),
        ({"matter": [1]}, "matter_invalid"),
        ({"matter": {"plate": {"a": 1}}}, "matter_invalid"),
        ({"matter": {"plate": ["43A"]}}, "matter_invalid"),
        ({"matter": "{\"a\":" * 100_000}, "matter_invalid"),
        ({"matter": {"plate": "43A\x07"}}, "control_character"),
        ({"qr": "https://example.vn/menu"}, None),
    ],
)  # fmt: skip
def test_a_bad_row_is_named(values: dict[str, object], code: str | None) -> None:
    with pytest.raises(InvalidInput) as error:
        read(**values)
    assert code in (None, error.value.code)


def test_a_card_fills_what_is_empty_and_nothing_else() -> None:
    found = read_row({"procedure": "x", "qr": CARD, "address": "Tổ 9"}, OPENING)
    applicant = found.facts["applicant"]
    assert (applicant["name"], applicant["number"], applicant["birth"]) == (
        "Đặng Thị Đào",
        "048190001234",
        "1990-03-05",
    )
    assert (applicant["sex"], applicant["address"]) == ("female", "Tổ 9")


def test_doubts_warn_and_never_block() -> None:
    assert read(phone=None).warnings == ("phone_missing",)
    assert read(received_at="2026-05-20").warnings == ("time_assumed",)
    assert read(return_by="post", address=None).warnings == ("address_missing",)
    assert read(return_by="post", address="Tổ 9").warnings == read(return_by="counter", address=None).warnings == ()
    assert read(applicant_number="048190001234", birth_date="1985").warnings


@pytest.mark.parametrize(
    ("text", "moment", "whole_day"),
    [
        (None, None, False),
        ("2026-05-20", at("2026-05-20T07:30"), True),
        ("2026-05-20T08:15:30.9", at("2026-05-20T08:15:30"), False),
        ("2026-05-20T01:15Z", at("2026-05-20T08:15"), False),
    ],
)
def test_moments(text: str | None, moment: datetime | None, whole_day: bool) -> None:
    assert parse_moment(text, OPENING) == (moment, whole_day)


def test_numbers_from_a_sheet_are_read_as_they_look() -> None:
    assert read(fee_paid=20000.0).facts["fee_paid"] == "20000"
    assert read(ticket=12).facts["ticket"] == "12"


@given(st.text(max_size=20))
def test_an_amount_is_short_or_refused(text: str) -> None:
    try:
        assert misfit(KINDS["payment_received"], {"amount": parse_amount(text)}) is None
    except InvalidInput as error:
        assert error.code == "amount_invalid"


@pytest.mark.parametrize("text", ["1E-999999999", "1E+999999999", "9" * 40, "sNaN", "٣٠٠", "1_000", "-0", "0.5"])
def test_odd_amounts(text: str) -> None:
    try:
        assert misfit(KINDS["payment_received"], {"amount": parse_amount(text)}) is None
    except InvalidInput as error:
        assert error.code == "amount_invalid"


def test_thousands_are_never_read_as_a_fraction() -> None:
    assert [parse_amount(text) for text in ("20.000đ", "1.500.000 đ", "20 000đ", "20000.500", "0.125")] == [
        "20000", "1500000", "20000", "20000.500", "0.125",
    ]  # fmt: skip
    with pytest.raises(InvalidInput, match="amount_invalid"):
        parse_amount("20.000")


def test_matter_by_object_or_pairs() -> None:
    expected = {"plate": "43A", "chassis": "RL1"}
    assert parse_matter("plate=43A; chassis=RL1;") == expected
    assert parse_matter({"plate": "43A", "chassis": "RL1", "seats": None}) == expected
    assert parse_matter('{"plate": "43A", "chassis": "RL1"}') == expected
    assert parse_matter(expected) == expected
    assert parse_matter(None) == parse_matter("") == {}


def test_papers_by_code_title_or_all() -> None:
    version = LAW.version_on("permanent-residence", date(2026, 5, 21))
    assert not isinstance(version, Refusal) and version.papers
    codes = [paper.code for paper in version.papers]
    facts: dict[str, Any] = {"papers": ["ALL"]}
    assert known_papers(facts, version) == () and facts["papers"] == codes
    facts = {"papers": [version.papers[0].title_vi.upper(), "giấy lạ"]}
    assert known_papers(facts, version) == ("giấy lạ",)
    assert facts["papers"] == [codes[0], "giấy lạ"]
    assert known_papers({}, version) == ()


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.just(CARD)


@given(st.dictionaries(st.sampled_from(COLUMNS), VALUES))
def test_any_row_is_read_or_refused_by_name(values: dict[str, Any]) -> None:
    try:
        found = read_row({"procedure": "x", "applicant_name": "y"} | values, OPENING)
    except InvalidInput as error:
        assert error.code
    else:
        assert canonical(found.facts)
        assert misfit(KINDS["submitted"], found.facts) is None
