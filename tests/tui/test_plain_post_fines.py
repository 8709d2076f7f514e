"""The post and the fines line by line: found by number or name, and what is done with them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.desk import Desk
from storage.fines import fines
from storage.post import letters
from storage.results import Posting, send_post
from tests.conftest import NOW, act, officer, take_in
from tests.tui.spoken import talk

BEFORE = NOW - timedelta(days=1)
ENTERED = ("QĐ 15/QĐ-XPHC", "Phạm Gia Bảo", "", "048 085 099 999", "", "4.000.000", "", "04/05", "", "GPLX=480123")
REST = ("", "Két 2", "", "")


@pytest.fixture
def sent(desk: Desk) -> Desk:
    """Two letters, out since yesterday."""
    names = [take_in(desk, name, at=BEFORE, return_by="post") for name in ("Đặng Thị Đào", "Lê Ngọc Ánh")]
    for one in names:
        act(desk, one, "result_ready", at=BEFORE)
    postings = [Posting(names[0], "EB1VN"), Posting(names[1])]
    assert isinstance(send_post(desk, officer(desk), "VNPost", postings, at=BEFORE), str)
    return desk


def stands(desk: Desk) -> list[tuple[str, str | None, str | None]]:
    return [(one.stands, one.proof, one.reason) for one in letters(desk)]


def test_a_letter_is_delivered_by_its_scanned_number(sent: Desk) -> None:
    said = talk(sent, "t", "EB1VN", "1", "", "chồng")
    assert "Đặng Thị Đào, EB1VN, 20/05/2026, đang đi" in said.replace(";", ",")
    assert stands(sent) == [("delivered", "chồng", None), ("out", None, None)]


def test_a_letter_that_came_back_is_found_by_name_and_says_why(sent: Desk) -> None:
    said = talk(sent, "t", "ngoc anh", "2", "", "2", "đi vắng", "2", "3")
    assert "lý do" in said.lower(), "the first time no reason was typed"
    assert stands(sent)[1] == ("returned", None, "đi vắng")
    assert letters(sent)[1].next == "ask_address"


def test_another_letters_number_is_asked_about(sent: Desk) -> None:
    said = talk(sent, "t", "2", "2", "3", "EB1VN", "k", "3", "EB1VN", "c")
    assert "Gửi chung một phong bì" in said
    assert [one.tracking for one in letters(sent)] == ["EB1VN", "EB1VN"]


def test_batches_are_read_out_and_opened(sent: Desk) -> None:
    said = talk(sent, "t", "1", "2", "1", "", "", "<", "<")
    assert "Lê Ngọc Ánh" in said and stands(sent)[1][0] == "delivered"


def test_a_wrong_day_is_asked_again(sent: Desk) -> None:
    talk(sent, "t", "EB1VN", "1", "31/02", "20/05/2026", "")
    assert letters(sent)[0].delivered_on is not None


def test_a_decision_is_entered_paid_and_its_licence_given_back(desk: Desk) -> None:
    said = talk(
        desk, "v", "+", *ENTERED, *REST, "l", "15/qd", "2", "", "c", "1", "", "", "", "c", "gia bao", "2", "", "c"
    )
    assert "Đã vào sổ QĐ 15/QĐ-XPHC." in said
    assert "4.000.000đ" in said and "Chú ý" in said, "not before the fine is paid"
    assert [(one.stands, one.held, one.applicant_name) for one in fines(desk, "all")] == [("done", 0, "Phạm Gia Bảo")]


def test_what_is_wrong_in_a_decision_is_asked_again(desk: Desk) -> None:
    wrong = list(ENTERED)
    wrong[3], wrong[6] = "123", "31/13"
    wrong.insert(7, "")
    said = talk(desk, "v", "+", *wrong, *REST, "l", "-", "l")
    assert "31/13" in said and "12 (hoặc 9) chữ số" in said
    assert [one.decision for one in fines(desk, "all")] == ["QĐ 15/QĐ-XPHC"]


def test_a_payment_that_is_too_much_says_so(desk: Desk) -> None:
    said = talk(desk, "v", "+", *ENTERED, *REST, "l", "1", "1", "40.000.000", "", "", "k")
    assert "nộp thừa 36.000.000đ" in said
    assert [one.paid for one in fines(desk, "all")] == [0]
