"""A form filled with facts: what is said, what is left blank, what is left out."""

from __future__ import annotations

from datetime import date

import pytest

from core.document import Document, Facts, Heading, Items, Paragraph, Said, Signature, Table, fill, plain, registered
from core.forms import form_in_force
from storage.press import forms

DAY = date(2026, 11, 23)
SUPPLEMENT = form_in_force(forms(), "supplement-request", DAY)
CONTROL = form_in_force(forms(), "control-slip", DAY)
HEADING = Heading("Công an phường Hải Châu", "Công an thành phố Đà Nẵng", "Đà Nẵng")


def test_a_line_of_the_form_stands_even_where_nothing_is_known() -> None:
    blocks = fill(SUPPLEMENT, Facts({"subject": "Nguyễn Văn An"}))
    said = [part for block in blocks if isinstance(block, Said) for part in block.parts]
    assert ("Hồ sơ của: ", "Nguyễn Văn An") in said and ("Địa chỉ: ", "") in said


@pytest.mark.parametrize("facts", [{}, {"answer_by": "ngày 14 tháng 12 năm 2026"}])
def test_what_was_added_to_the_form_is_left_out_where_there_is_nothing_to_say(facts: dict[str, str]) -> None:
    told = [block.text for block in fill(SUPPLEMENT, Facts(facts)) if isinstance(block, Paragraph)]
    assert any("chậm nhất" in text for text in told) is bool(facts)
    assert any("số điện thoại …………" in text for text in told), "the form's own sentence has a blank instead"


def test_items_and_rows_come_under_their_captions() -> None:
    (items,) = [block for block in fill(SUPPLEMENT, Facts(items={"items": ("CT01",)})) if isinstance(block, Items)]
    assert items.items == ("CT01",) and items.caption.startswith("Yêu cầu Ông/Bà hoàn thiện hồ sơ")
    steps = (("a", "b", "c", "d"),)
    (table,) = [block for block in fill(CONTROL, Facts(rows={"steps": steps})) if isinstance(block, Table)]
    assert table.columns == ("TÊN CƠ QUAN", "THỜI GIAN GIAO, NHẬN HỒ SƠ", "KẾT QUẢ", "Ghi chú") and table.rows == steps


def document(number: str | None) -> Document:
    blocks = (*fill(SUPPLEMENT, Facts(items={"items": ("CT01", "Ảnh")}, ticks={"items": (True, False)})),)
    signed = (Signature(("NGƯỜI HƯỚNG DẪN",), "Trần Minh"),)
    return Document(SUPPLEMENT, HEADING, "ngày 23 tháng 11 năm 2026", blocks, signed, number)


@pytest.mark.parametrize(("number", "printed"), [(None, None), ("", "Số: …………/PYC"), ("07/PYC-Q2", "Số: 07/PYC-Q2")])
def test_a_number_is_printed_left_to_the_hand_or_not_there(number: str | None, printed: str | None) -> None:
    assert registered(document(number)) == printed


@pytest.mark.parametrize("width", [32, 80])
def test_plain_lines_say_all_of_it_within_their_width(width: int) -> None:
    lines = plain(document("07/PYC-Q2"), width).splitlines()
    assert max(map(len, lines)) <= width
    text = " ".join(" ".join(lines).split())
    for words in ("CÔNG AN PHƯỜNG HẢI CHÂU", "Số: 07/PYC-Q2", "☑ CT01", "☐ Ảnh", "NGƯỜI HƯỚNG DẪN: Trần Minh"):
        assert words in text
