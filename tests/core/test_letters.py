"""What the slip says, before any layout."""

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, time
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.answers import InvalidInput
from core.forms import day_words, end_words, form_in_force, limit_words, moment_words, money_words
from core.letters import Fee, PaperRow, ReceiptSlip, marks, paper_table, receipt_lines, receipt_text
from core.moments import LEGAL_TIME
from core.time_limit import Limit, Unit
from storage.press import forms

DATA = tomllib.loads((Path(__file__).parents[2] / "core/data/forms.toml").read_text(encoding="utf-8"))
NEW = form_in_force(forms(), "receipt", date(2026, 11, 20))
OLD = form_in_force(forms(), "receipt", date(2025, 9, 14))
SLIP = ReceiptSlip(
    form=NEW,
    unit_name="Công an phường Hải Châu",
    unit_parent="Công an thành phố Đà Nẵng",
    desk="Công an phường Hải Châu, quầy số 2",
    receipt_number="G01.826.001-261120-0042",
    place="Hải Châu",
    received_at=datetime(2026, 11, 20, 9, 5, tzinfo=LEGAL_TIME),
    subject_name="Nguyễn Thị Ngọc Hương",
    procedure_title="Đăng ký thường trú",
    limit="07 ngày làm việc",
    officer_name="Lê Văn Đạt",
    due_at=datetime(2026, 12, 2, 17, 0, tzinfo=LEGAL_TIME),
    subject_number="048185001234",
)


def said(slip: ReceiptSlip) -> dict[str, str]:
    return dict(part for line in receipt_lines(slip) for part in line.parts)


def test_the_circular_of_2025_takes_over_on_15_september():
    assert OLD.instrument == "Thông tư 01/2018/TT-VPCP"
    assert form_in_force(forms(), "receipt", date(2025, 9, 15)).instrument == "Thông tư 03/2025/TT-VPCP"
    with pytest.raises(InvalidInput, match="form_unknown"):
        form_in_force(forms(), "receipt", date(2018, 11, 22))


def test_every_version_by_a_circular_says_that_it_is_not_verified_and_why():
    assert all(not form.verified and form.unverified_reason for form in forms() if form.number)


def test_every_line_of_a_form_has_its_caption():
    for form in forms():
        keys = [key for line in form.lines for key in line.rpartition(":")[2].split("+")]
        columns = {f"{name}_{column}" for name, found in form.columns.items() for column in found}
        signs = {f"sign_{name}" for name in form.signatures}
        assert {*keys, *columns, *signs} - set(form.columns) <= set(form.words)
        assert set(form.added) <= set(keys)
    assert len(DATA["form"]) == len(forms())


def test_dates_are_written_as_the_decree_asks():
    assert day_words(date(2020, 1, 5)) == "ngày 05 tháng 01 năm 2020"
    assert day_words(date(2020, 3, 10)) == "ngày 10 tháng 3 năm 2020"
    assert moment_words(datetime(2026, 11, 20, 2, 5, tzinfo=UTC)) == "09 giờ 05 phút, ngày 20 tháng 11 năm 2026"


def test_the_end_of_a_day_is_told_as_that_day():
    assert end_words(datetime(2026, 12, 3, tzinfo=LEGAL_TIME)) == "ngày 02 tháng 12 năm 2026"


def test_what_happened_at_midnight_is_told_as_the_day_that_begins():
    assert moment_words(datetime(2026, 12, 3, tzinfo=LEGAL_TIME)) == "00 giờ 00 phút, ngày 03 tháng 12 năm 2026"


def test_money_has_dots():
    assert money_words(1250000) == "1.250.000 đồng"


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (Limit(Fraction(7), Unit.WORKING_DAY), "07 ngày làm việc"),
        (Limit(Fraction(1, 2), Unit.WORKING_DAY), "0,5 ngày làm việc"),
        (Limit(Fraction(30), Unit.DAY), "30 ngày"),
        (Limit(Fraction(0), Unit.IMMEDIATE), "giải quyết ngay"),
        (Limit(Fraction(0), Unit.SAME_DAY), "trong ngày"),
        (
            Limit(Fraction(0), Unit.SAME_DAY, cutoff=time(15)),
            "trong ngày (nhận sau 15 giờ 00 phút: ngày làm việc tiếp theo)",
        ),
        (Limit(Fraction(1), Unit.BY_TIME, time=time(8)), "trước 08 giờ 00 phút, sau 01 ngày"),
    ],
)
def test_limits_are_told_in_words(limit, words):
    assert limit_words([limit], NEW) == words


@given(st.sampled_from(Unit), st.fractions(0, 400, max_denominator=8))
def test_every_limit_has_words(unit, amount):
    clock = time(8) if unit is Unit.BY_TIME else None
    try:
        limit = Limit(amount, unit, time=clock)
    except InvalidInput:
        assume(False)
    assert "{" not in limit_words([limit], OLD)


def test_phases_are_added_up():
    both = [Limit(Fraction(3), Unit.WORKING_DAY), Limit(Fraction(2), Unit.HOUR)]
    assert limit_words(both, NEW) == "03 ngày làm việc + 02 giờ"


def test_a_number_is_masked_when_asked():
    assert said(SLIP)["CCCD/MST: "] == "048185001234"
    assert said(replace(SLIP, masked=True))["CCCD/MST: "] == "••••••••1234"


def test_both_forms_tell_limit_and_due():
    assert said(SLIP)["4. Thời gian trả kết quả giải quyết hồ sơ: "].startswith("17 giờ 00 phút, ngày 02 tháng 12")
    assert said(SLIP)["Thời hạn giải quyết: "] == "07 ngày làm việc"
    old = said(replace(SLIP, form=OLD))
    assert old["3. Thời gian giải quyết hồ sơ theo quy định là: "] == "07 ngày làm việc"
    assert old["4. Thời gian nhận hồ sơ: "] == "09 giờ 05 phút, ngày 20 tháng 11 năm 2026"


def test_without_a_date_the_slip_says_what_it_waits_for():
    waiting = replace(SLIP, due_at=None, waits_for="nộp lệ phí")
    assert said(waiting)["4. Thời gian trả kết quả giải quyết hồ sơ: "] == "Chưa hẹn ngày: chờ nộp lệ phí"


@pytest.mark.parametrize(
    ("fee", "words"),
    [
        (Fee(0), "Không thu"),
        (Fee(20000), "20.000 đồng, chưa nộp"),
        (Fee(20000, 20000), "20.000 đồng, đã nộp 20.000 đồng"),
        (Fee(20000, 20000, "tiền mặt"), "20.000 đồng, đã nộp 20.000 đồng (tiền mặt)"),
        (None, ""),
    ],
)
def test_the_fee_and_how_it_was_paid(fee, words):
    assert said(replace(SLIP, fee=fee))["6. Phí, lệ phí (nếu có): "] == words


def test_a_line_that_the_form_lacks_appears_only_with_a_value():
    assert "Người nộp hồ sơ: " not in said(SLIP)
    brought = said(replace(SLIP, bringer_name="Trần Quốc Ước", bringer_capacity="cha"))
    assert brought["Người nộp hồ sơ: "] == "Trần Quốc Ước (cha)"


def test_papers_are_counted_by_the_form():
    papers = (PaperRow("Tờ khai", 1), PaperRow("Bản sao sổ", 0, 2), PaperRow("Ảnh"), PaperRow("Hộ chiếu", 1, 1))
    slip = replace(SLIP, papers=papers)
    assert paper_table(slip)[1] == (
        ("1", "Tờ khai", "Bản chính", "01"),
        ("2", "Bản sao sổ", "Bản sao", "02"),
        ("3", "Ảnh", "", ""),
        ("4", "Hộ chiếu", "Bản chính, bản sao", "02"),
    )
    headers, rows = paper_table(replace(slip, form=OLD))
    assert headers == ("TT", "Thành phần hồ sơ", "Bản chính", "Bản sao")
    assert rows[3] == ("4", "Hộ chiếu", "01", "01")


def test_no_papers_is_said():
    assert said(SLIP)["1. Thành phần hồ sơ, yêu cầu và số lượng mỗi loại giấy tờ gồm:"] == " Không có"


def test_marks_tell_a_copy_and_a_provisional_number():
    assert marks(SLIP) == ()
    assert marks(replace(SLIP, copy_mark=True, provisional=True)) == ("BẢN SAO", "MÃ TẠM")
    assert marks(replace(SLIP, receipt_number=None, provisional=True)) == ("GIẤY TẠM",)


def test_a_slip_without_a_number_says_so():
    assert "Mã hồ sơ: chưa cấp" in receipt_text(replace(SLIP, receipt_number=None))


@given(st.integers(20, 80), st.text(st.characters(categories=["L", "N", "Zs"]), min_size=1, max_size=150))
def test_plain_text_never_passes_its_width(width, name):
    slip = replace(SLIP, subject_name=name, papers=(PaperRow(name, 1),), notices=(name,), copy_mark=True)
    text = receipt_text(slip, width)
    assert max(map(len, text.splitlines())) <= width
    assert "".join(SLIP.receipt_number.split()) in "".join(text.split())


def test_plain_text_holds_what_the_citizen_needs():
    text = " ".join(receipt_text(replace(SLIP, papers=(PaperRow("Tờ khai CT01", 1),))).split())
    for fact in ("Nguyễn Thị Ngọc Hương", "1. Tờ khai CT01 (bản chính: 01)", "17 giờ 00 phút", "Lê Văn Đạt"):
        assert fact in text


def test_the_day_of_receipt_is_a_day_of_legal_time():
    """A receipt that another desk wrote in UTC: 22:30 there is the next morning here."""
    text = receipt_text(replace(SLIP, received_at=datetime(2026, 11, 19, 22, 30, tzinfo=UTC)))
    assert "ngày 20 tháng 11 năm 2026" in text and "ngày 19" not in text
