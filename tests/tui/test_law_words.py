"""A change of law in words: a line each, with its article, in both languages."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import InvalidInput
from core.law import Law
from storage.amending import Proposal, propose
from storage.desk import Desk
from storage.law_changes import RowChange, law_history, proposed_changes, unread_changes
from storage.lawbook import package_law
from storage.lawbook.package import package_rows
from tests.conftest import officer
from tests.storage.amended import PERMIT, amend, asked, closed, counted, permit, version
from tui.i18n import in_language
from tui.law_days import days_words
from tui.law_words import change_lines, unread_lines
from tui.screens.law_form import Misread, Typed, document, read_date, read_hours
from tui.screens.settings_law import amended_line, law_lines

TODAY = date(2026, 5, 21)
PERIODS = [["07:30", "11:30"], ["13:00", "17:00"]]
WEEK = {day: PERIODS for day in ("mon", "tue", "wed", "thu", "fri")}


def lines(desk: Desk, content: dict[str, Any]) -> list[str]:
    """What a document would change, in words."""
    found = asked(desk, officer(desk), content)
    assert isinstance(found, Proposal), found
    return [line.whole for line in change_lines(proposed_changes(desk, found.command), desk.law)]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (closed("2026-11-25", "2026-11-26"), ["Đóng cửa 25–26/11/2026: Đóng cửa vì bão (TB 1)"]),
        (
            {"decision": "QĐ 2", "exchanged": [{"off": "2026-12-31", "worked": "2027-01-09"}]},
            [
                "Nghỉ 31/12/2026: Nghỉ hoán đổi, làm bù ngày 9/1/2027 (QĐ 2)",
                "Làm việc 09/01/2027: Làm bù cho ngày nghỉ 31/12/2026 (QĐ 2)",
            ],
        ),
        (
            {"decision": "CV 3", "opening": [{"date": "2026-05-28", "hours": [["17:30", "20:00"]], "place": "Tổ 5",
                                              "desk": 2}]},
            ["Tiếp nhận thêm 28/05/2026, 17:30–20:00, tại Tổ 5, quầy 2 (CV 3)"],
        ),
        (
            {"commitment": [{"procedure": "permanent-residence", "amount": "5", "unit": "working_day",
                             "valid_from": "2026-06-01", "valid_to": "2026-12-31", "decision": "QĐ 4"}]},
            ["Cam kết: Đăng ký thường trú, 7 → 5 ngày làm việc, từ 01/06/2026 đến 31/12/2026 (QĐ 4)"],
        ),
        (
            {"decision": "QĐ 5", "hours": [{"valid_from": "2026-07-01", "periods": {**WEEK, "sat": PERIODS[:1]}}]},
            ["Giờ làm việc từ 01/07/2026: T2–T6 07:30–11:30, 13:00–17:00; T7 07:30–11:30 (QĐ 5)"],
        ),
        (
            {"decision": "QĐ 6", "policy": [{"name": "offhours", "value": "next_working_day",
                                             "valid_from": "2026-07-01"}]},
            ["Hồ sơ nhận ngoài giờ: tính từ ngày làm việc kế tiếp, từ 01/07/2026 (QĐ 6)"],
        ),
        (
            {"decision": "TB 7", "withdrawn": [{"date": "2027-01-01", "reason": "Thôi nghỉ"}]},
            ["Không nghỉ 01/01/2027 nữa: Thôi nghỉ (TB 7)"],
        ),
    ],
)  # fmt: skip
def test_what_a_station_or_the_city_decides(desk: Desk, content: dict[str, Any], told: list[str]) -> None:
    assert lines(desk, content) == told


def test_a_new_limit_says_the_unit_once_and_ends_the_one_before_without_a_line(desk: Desk) -> None:
    first = permit(version("2026-06-01", counted("2026-06-01T09:00", "2026-06-08T17:00")))
    assert lines(desk, first) == ["Cấp phép thử: thủ tục mới, 5 ngày làm việc, từ 01/06/2026 (Đ.1)"]
    amend(desk, officer(desk), first)
    shorter = [{"amount": "3", "unit": "working_day"}]
    content = permit(version("2027-06-01", counted("2027-06-01T09:00", "2027-06-04T17:00"), phases=shorter))
    assert lines(desk, content) == ["Cấp phép thử: 5 → 3 ngày làm việc, từ 01/06/2027 (Đ.1)"]
    with in_language("en"):
        assert lines(desk, content) == ["Test permit: 5 → 3 working days, from 01/06/2027 (Đ.1)"]
    days = [{"amount": "3", "unit": "day"}]
    content = permit(version("2027-06-01", counted("2027-06-01T09:00", "2027-06-04T17:00"), phases=days))
    assert lines(desk, content) == ["Cấp phép thử: 5 ngày làm việc → 3 ngày, từ 01/06/2027 (Đ.1)"]


def test_an_end_and_what_else_was_amended_are_named(desk: Desk) -> None:
    case = counted("2026-06-01T09:00", "2026-06-08T17:00")
    amend(desk, officer(desk), permit(version("2026-06-01", case)))
    ended = permit(version("2026-06-01", case, valid_to="2026-12-31"))
    assert lines(desk, ended) == ["Cấp phép thử: hết hiệu lực sau ngày 31/12/2026 (Đ.1)"]
    fee = {"channel": "any", "amount": "20000", "basis": "TT 1", "verified": True}
    amend(desk, officer(desk), permit(version("2026-06-01", case, fee=[fee], service="full")))
    ended = permit(version("2026-06-01", case, valid_to="2026-12-31", fee=[fee], service="full"))
    assert lines(desk, ended) == ["Cấp phép thử: hết hiệu lực sau ngày 31/12/2026 (Đ.1)"]
    amend(desk, officer(desk), permit(version("2026-06-01", case)))
    other = permit(version("2026-06-01", case, result_vi="Giấy phép mới"))
    assert lines(desk, other) == ["Cấp phép thử: đổi kết quả, phiên bản từ 01/06/2026 (Đ.1)"]


def test_what_was_withdrawn_before_it_was_read_is_one_line_that_says_so(desk: Desk) -> None:
    amend(desk, officer(desk), closed("2026-05-25", "2026-05-26"))
    withdrawn = [{"from": "2026-05-25", "to": "2026-05-26", "reason": "Bão tan"}]
    amend(desk, officer(desk), {"decision": "TB 2", "withdrawn": withdrawn})
    (line,) = unread_lines(desk, officer(desk, "hoa"))
    assert line.whole == "Không đóng cửa 25–26/05/2026 nữa: Bão tan (TB 2)"
    ids = {event for change in unread_changes(desk, officer(desk, "hoa")) for event in change.events}
    assert set(line.events) == ids and len(ids) == 2


def test_a_year_that_is_decided_tells_only_the_days_that_are_other_ones() -> None:
    law, rows = package_law(), {(one.table, one.key): one for one in package_rows()}
    year, stays, goes = rows["year", "2027"], rows["day", "2027-02-04"], rows["day", "2027-02-10"]

    def change(row: Any, **other: Any) -> RowChange:
        return RowChange(type(row)(row.entity, row.table, row.key, {**row.row, **other}), row, row, None, ("e",))

    told = change_lines(
        [change(year, decided=True, basis="TB 1"), change(stays, confirmed=True), change(goes, in_force=False,
                                                                                        working=True)], law
    )  # fmt: skip
    assert [line.text for line in told] == [
        "Không nghỉ 10/02/2027 nữa: Nghỉ bù Tết Nguyên đán",
        "Lịch nghỉ năm 2027 đã được quyết định",
    ]


def test_every_row_of_the_law_has_its_words_in_both_languages() -> None:
    law: Law = package_law()
    rows = [RowChange(row, None, None) for row in package_rows() if row.table not in ("cases",)]
    for language in ("vi", "en"):
        with in_language(language):
            told = change_lines(rows, law)
            assert len(told) > 100
            assert not [line.whole for line in told if "law." in line.whole or "…" in line.whole]


@given(st.lists(st.dates(date(2026, 1, 1), date(2028, 12, 31)), min_size=1, max_size=8))
def test_each_day_lies_in_a_span_that_is_told(days: list[date]) -> None:
    spans = days_words(days).split(", ")
    assert len(spans) <= len(set(days))
    assert str(min(days).day).zfill(2) in spans[0] and f"{max(days):%d/%m/%Y}" in spans[-1]


def test_a_weekend_between_joins_two_days_and_a_working_day_parts_them() -> None:
    friday = date(2026, 11, 20)
    assert days_words([friday, friday + timedelta(days=3)]) == "20–23/11/2026"
    assert days_words([friday, friday + timedelta(days=4)]) == "20/11, 24/11/2026"
    assert days_words([date(2026, 12, 31), date(2027, 1, 1)]) == "31/12/2026–01/01/2027"


# what is typed


def typed(kind: str, **texts: str) -> dict[str, Any]:
    chosen = {name: texts.pop(name, "") for name in ("procedure", "variant")}
    found: dict[str, Any] = json.loads(document(Typed(kind, texts, **chosen), TODAY))
    return found


def test_the_form_becomes_the_file_that_an_admin_would_write() -> None:
    assert typed("closure", first="25/11", reason="Bão", decision="CV 1") == {
        "decision": "CV 1", "closure": [{"from": "2026-11-25", "to": "2026-11-25", "reason": "Bão"}],
    }  # fmt: skip
    opening = typed("opening", day="28/5", hours="17h30-20h; 7:00 – 7:30", desk="2", decision="CV 2")
    assert opening["opening"] == [{"date": "2026-05-28", "hours": [["07:00", "07:30"], ["17:30", "20:00"]], "desk": 2}]
    promise = typed("commitment", procedure="permanent-residence", limit="2,5 nlv", first="1/6", decision="QĐ 1")
    (entry,) = promise["commitment"]
    assert (entry["amount"], entry["unit"], entry["valid_from"]) == ("2.5", "working_day", "2026-06-01")


@pytest.mark.parametrize(
    ("kind", "texts", "field", "code"),
    [
        ("closure", {"reason": "x", "decision": "y"}, "first", "amend_field_missing"),
        ("closure", {"first": "31/2", "reason": "x", "decision": "y"}, "first", "date_unread"),
        ("closure", {"first": "26/5", "last": "25/5", "reason": "x"}, "last", "amend_days_turned"),
        ("closure", {"first": "26/5", "reason": "x"}, "decision", "amend_field_missing"),
        ("withdrawn", {"first": "26/5", "reason": "x"}, "decision", "amend_field_missing"),
        ("opening", {"day": "26/5", "hours": "tối", "decision": "x"}, "hours", "hours_unread"),
        ("opening", {"day": "26/5", "hours": "20h-17h", "decision": "x"}, "hours", "hours_unread"),
        ("opening", {"day": "26/5", "hours": "17h-20h", "desk": "hai", "decision": "x"}, "desk", "desk_number_unread"),
        ("commitment", {"limit": "5 nlv", "first": "1/6", "decision": "x"}, "procedure", "amend_field_missing"),
        ("commitment", {"procedure": PERMIT, "limit": "mai", "first": "1/6"}, "limit", "limit_unread"),
        ("commitment", {"procedure": PERMIT, "limit": "trước 8:00 ngày hôm sau", "first": "1/6"}, "limit",
         "limit_invalid"),
        ("commitment", {"procedure": PERMIT, "limit": "3 nlv", "first": "1/6", "last": "1/5", "decision": "x"}, "last",
         "amend_days_turned"),
    ],
)  # fmt: skip
def test_what_is_missing_or_cannot_be_meant_names_its_field(
    kind: str, texts: dict[str, str], field: str, code: str
) -> None:
    with pytest.raises(Misread) as problem:
        typed(kind, **texts)
    assert (problem.value.field, problem.value.problem.code) == (field, code)


@given(st.text(st.sampled_from("0123456789:hH-–;, g"), max_size=16))
def test_any_text_is_hours_or_told_to_be_none(text: str) -> None:
    try:
        assert all("00:00" <= opens < closes <= "24:00" for opens, closes in read_hours(text))
    except InvalidInput as error:
        assert error.code in ("hours_unread", "hours_overlap")


@pytest.mark.parametrize(
    ("text", "day"),
    [("25/11", "2026-11-25"), ("20/4", "2026-04-20"), ("5/1", "2027-01-05"), ("29/2", None), ("22", "2026-05-22"),
     ("1/2/2026", "2026-02-01"), ("2026-02-01", "2026-02-01")],
)  # fmt: skip
def test_a_day_without_its_year_lies_ahead(text: str, day: str | None) -> None:
    assert read_date(text, TODAY) == (day and date.fromisoformat(day))


@given(st.text(max_size=12))
def test_any_text_is_a_day_or_none(text: str) -> None:
    assert read_date(text, TODAY) is None or isinstance(read_date(text, TODAY), date)


def test_what_is_typed_is_accepted_as_an_amendment(desk: Desk) -> None:
    content = document(Typed("closure", {"first": "25/5", "reason": "Bão", "decision": "CV 1"}), TODAY)
    assert isinstance(propose(desk, officer(desk), content, "screen"), Proposal)


def test_the_age_of_calendar_and_catalogue_is_told_apart(desk: Desk) -> None:
    promise = {"procedure": "permanent-residence", "amount": "5", "unit": "working_day", "decision": "QĐ 1"}
    amend(desk, officer(desk), {"commitment": [{**promise, "valid_from": "2026-06-01"}]})
    today, (newest, founding) = TODAY + timedelta(days=9), law_history(desk)
    earlier = replace(founding, at=founding.at - timedelta(days=100))
    *_, calendar, catalogue = law_lines(desk.law, [newest, earlier], today)
    assert "109 ngày" in calendar and "9 ngày" in catalogue and "109" not in catalogue
    assert "21/05/2026 (9 ngày trước)" in amended_line([newest, earlier], today)
    assert amended_line([earlier], today) == "Chưa sửa đổi lần nào từ khi lập đơn vị"
