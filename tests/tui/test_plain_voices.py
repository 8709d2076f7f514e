"""The line mode: forms of the survey into the box, and feedback written down, told and answered."""

from __future__ import annotations

from datetime import date

import pytest

from core.survey import OVERALL
from storage.desk import Desk
from storage.feedback import listed, load, short
from storage.surveys import box, new_codes, satisfaction
from tests.conftest import take_in
from tests.tui.spoken import talk

MAY = (date(2026, 5, 1), date(2026, 5, 31))


def test_five_forms_open_the_box_and_are_counted(desk: Desk) -> None:
    (code,) = new_codes(desk, 1)
    forms: list[str] = []
    for place in range(5):
        code_of = code if place == 0 else ""
        forms += ["2212-1222" + "12345"[place], code_of, "tạm trú" if place == 0 else "", ""]
    said = talk(desk, "k", *forms[:16], "m", *forms[16:], "m", "k", "m", "c")
    assert "Đăng ký tạm trú" in said, "the procedure that was meant is read out"
    assert said.index("đủ 5 phiếu mới mở được") < said.index("Đã mở hộp: đếm 5 phiếu")
    found = satisfaction(desk, *MAY)
    assert found.total.count == 5 and tuple(found.total.steps) == (1,) * len(OVERALL)
    assert [(one.name, one.count) for one in found.procedures] == [("temporary-residence", 5)]


@pytest.mark.parametrize("typed", ["22", "2212112229", "22121122211", "9" * 10, "abc"])
def test_what_is_no_form_is_said_before_anything_else_is_asked(desk: Desk, typed: str) -> None:
    said = talk(desk, "k", typed, "m")
    assert "Cần chú ý" in said or "Chú ý" in said or "✗" in said
    assert box(desk).waiting == 0


def test_a_code_is_good_once_and_the_last_form_comes_out_again(desk: Desk) -> None:
    (code,) = new_codes(desk, 1)
    form = ("2222222221", code, "", "")
    said = talk(desk, "k", *form, *form, "u", "u", *form)
    assert box(desk).waiting == 1, "in, refused, out, nothing more to take out, in again"
    assert said.count("Trong hộp") + said.count("trong hộp") >= 1


def test_feedback_is_written_down_told_and_answered(desk: Desk) -> None:
    dossier = take_in(desk)
    number = str(desk.row(dossier)["receipt_number"])
    said = talk(desk, "p", "n", "", "Bao giờ có thẻ?", "2", "Bà An", "", number, "")
    (one,) = listed(desk, "open")
    assert (one.kind, one.dossier) == ("question", dossier) and short(one.id) in said
    said = talk(desk, "p", short(one.id), "Thứ Sáu.", "2")
    assert "Bao giờ có thẻ?" in said and "Đã ghi trả lời" in said
    assert listed(desk, "open") == []
    found = load(desk, one.id)
    assert found is not None and [event.body["way"] for event in found.answers] == ["phone"]


def test_a_code_that_is_none_and_a_complaint_without_a_known_limit(desk: Desk) -> None:
    said = talk(desk, "p", "zzzz", "n", "4", "Chờ lâu", "", "", "", "", "29/05/2026")
    (one,) = listed(desk, "open")
    assert one.due == date(2026, 5, 29), "the data hold no limit: the officer names the day"
    assert one.kind == "complaint" and "plain." not in said and "feedback." not in said


def test_going_back_writes_nothing(desk: Desk) -> None:
    talk(desk, "p", "n", "", "Bao giờ?", "<", "<", "0")
    talk(desk, "k", "2222222221", "<", "<", "0")
    assert listed(desk, "open") == [] and box(desk).waiting == 0
