"""Text at the doors: one spelling, a search skeleton, the Vietnamese order; dates and phones as typed."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answers import InvalidInput
from core.text import clean_line, fold, name_sort_key, nfc, parse_birth, parse_phone, parse_sex

any_text = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)


def test_decomposed_text_is_stored_composed():
    assert clean_line(unicodedata.normalize("NFD", "Nguyễn Thị Hồng Đào")) == "Nguyễn Thị Hồng Đào"
    assert nfc("Vie\u0302\u0323t") == "Việt"


def test_every_run_of_blanks_becomes_one_space():
    assert clean_line(" \u00a0Tổ\t12,\u3000 Hòa\r\nKhê \u2028") == "Tổ 12, Hòa Khê"


@pytest.mark.parametrize(
    "hidden", ["\x00", "\x1b", "\x7f", "\x9b", "\u200b", "\u202e", "\u2066", "\ufeff", "\u00ad", "\ud800"]
)
def test_what_cannot_be_seen_is_refused(hidden):
    with pytest.raises(InvalidInput) as refused:
        clean_line(f"Lê{hidden} Văn A")
    assert refused.value.code == "control_character"
    assert refused.value.params == {"character": f"U+{ord(hidden):04X}"}


@given(any_text)
def test_cleaning_refuses_or_answers_something_clean(text):
    try:
        line = clean_line(text)
    except InvalidInput as refused:
        assert refused.code == "control_character"
    else:
        assert clean_line(line) == line == nfc(line)
        line.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đặng  Thị Đào", "dang thi dao"),
        ("H’Hen Niê", "h'hen nie"),
        ("H'HEN NIÊ", "h'hen nie"),
        ("Hʼhen Niê", "h'hen nie"),
        ("Ñ ĕ ŏ Č ƀ", "n e o c b"),
        ("ＮＧＵＹỄＮ", "nguyen"),
        ("Trương Quốc Ước", "truong quoc uoc"),
        ("\u200bLê\x00", "le"),
    ],
)
def test_search_compares_a_plain_skeleton(text, folded):
    assert fold(text) == folded


@given(any_text)
def test_folding_is_stable_and_blind_to_composition_and_case(text):
    assert fold(fold(text)) == fold(text)
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)
    fold(text).encode("utf-8")


def test_names_sort_by_given_name_then_middle_then_family():
    ordered = [
        "Trần Thị An",
        "Nguyễn Thị Minh An",
        "Lê Văn An",
        "Nguyễn Văn An",
        "Nguyễn Anh",
        "Nguyễn Ánh",
        "Phạm Ăn",
        "Lê Ân",
        "Nguyễn Dung",
        "Lê Đan",
        "Y Blim Niê",
        "Nguyễn Yến",
    ]
    assert sorted(reversed(ordered), key=name_sort_key) == ordered


def test_tones_order_after_letters():
    tones = ["Hoa", "Hòa", "Hỏa", "Hõa", "Hóa", "Họa", "Hoai"]
    assert sorted(sorted(tones), key=name_sort_key) == tones


@given(any_text)
def test_a_sort_key_ignores_composition_and_case_of_vietnamese(text):
    assert name_sort_key(unicodedata.normalize("NFD", text)) == name_sort_key(nfc(text))


@pytest.mark.parametrize(
    ("typed", "birth"),
    [
        ("1985", "1985"),
        ("3/1985", "1985-03"),
        ("03-1985", "1985-03"),
        ("12/3/1985", "1985-03-12"),
        ("12-03-1985", "1985-03-12"),
        ("12.03.1985", "1985-03-12"),
        ("12031985", "1985-03-12"),
        ("00001985", "1985"),
        ("00/03/1985", "1985-03"),
        ("1985-03-12", "1985-03-12"),
        ("1985-03-12 00:00:00", "1985-03-12"),
        ("1985-03", "1985-03"),
        (" 29/2/2024 ", "2024-02-29"),
    ],
)
def test_births_are_read_day_first(typed, birth):
    assert parse_birth(typed) == birth


@pytest.mark.parametrize(
    "typed",
    ["", "85", "31/2/1985", "13/1985", "12/00/1985", "1/1/0085", "29/2/2023", "12 3 1985", "１٣/1985"],
)
def test_impossible_births_are_told(typed):
    with pytest.raises(InvalidInput, match="birth_invalid"):
        parse_birth(typed)


@given(st.dates(min_value=date(1850, 1, 1), max_value=date(2199, 12, 31)))
def test_every_written_form_of_a_date_reads_alike(day):
    iso = day.isoformat()
    for form in ("{d}/{m}/{y}", "{d:02}{m:02}{y}", "{d}-{m}-{y}", "{y}-{m:02}-{d:02}"):
        assert parse_birth(form.format(d=day.day, m=day.month, y=day.year)) == iso


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0905 123 456", "0905123456"),
        ("+84905123456", "0905123456"),
        ("84905.123.456", "0905123456"),
        ("+84 (0)905 123 456", "0905123456"),
        ("0084905123456", "0905123456"),
        ("0236 3822 222", "02363822222"),
        ("0121 123 4567", "0791234567"),
        ("+82 10 1234 5678", "+821012345678"),
        ("1900 1234", "19001234"),
    ],
)
def test_phones_are_kept_in_one_form(typed, number):
    assert parse_phone(typed) == number
    assert parse_phone(number) == number


@pytest.mark.parametrize("typed", ["", "0905", "090512345x", "0111123456", "09051234567", "+849", "٠٩٠٥١٢٣٤٥٦"])
def test_what_is_no_phone_is_told(typed):
    with pytest.raises(InvalidInput, match="phone_invalid"):
        parse_phone(typed)


@given(any_text)
def test_parsers_refuse_any_text_politely(text):
    for parse in (parse_birth, parse_phone, parse_sex):
        try:
            assert parse(text)
        except InvalidInput as refused:
            assert refused.code.endswith("_invalid")


def test_sex_is_read_in_both_languages():
    assert [parse_sex(word) for word in ("Nam", "NỮ", "nu", "male", "Female")] == [
        "male",
        "female",
        "female",
        "male",
        "female",
    ]
    with pytest.raises(InvalidInput, match="sex_invalid"):
        parse_sex("khác")
