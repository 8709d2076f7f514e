"""Numbers and cards: what they tell, what is only a warning, and what a scan was instead of a card."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.identity import CardFields, check_number, mask, parse_card
from core.places import COUNTRY_CODES, PROVINCES
from core.slip_code import blank_text

TODAY = date(2026, 11, 23)
CARD = "048185001234|201234567|Trần Thị Bé|12031985|Nữ|Tổ 12, Hòa Khê, Đà Nẵng|25122021"
READ = CardFields(
    number="048185001234",
    old_number="201234567",
    name="Trần Thị Bé",
    birth="1985-03-12",
    sex="female",
    address="Tổ 12, Hòa Khê, Đà Nẵng",
    issued="2021-12-25",
)


def test_a_number_tells_place_sex_and_year():
    check = check_number("048185001234", "1985-03-12", "female", today=TODAY)
    assert (check.valid, check.place_code, check.place) == (True, "048", "Đà Nẵng")
    assert (check.sex, check.birth_year, check.warnings) == ("female", 1985, ())


def test_a_merged_province_keeps_its_code():
    assert check_number("049299001234").place == "Quảng Nam"


@pytest.mark.parametrize(
    ("number", "birth", "sex", "warning"),
    [
        ("003085001234", None, None, "place_code_unknown"),
        ("048085001234", "1986", None, "birth_year_mismatch"),
        ("048085001234", None, "female", "sex_mismatch"),
        ("048230001234", None, None, "birth_year_future"),
        ("048485001234", None, None, "birth_year_future"),
        ("048001001234", None, None, "birth_year_very_old"),
    ],
)
def test_oddities_warn_and_never_block(number, birth, sex, warning):
    check = check_number(number, birth, sex, today=TODAY)
    assert check.valid
    assert check.warnings == (warning,)


@pytest.mark.parametrize(
    ("number", "warning"),
    [
        ("04808500123", "wrong_length"),
        ("04808500123O", "not_digits"),
        ("", "not_digits"),
        ("٠" * 12, "not_digits"),
    ],
)
def test_only_length_and_digits_block(number, warning):
    check = check_number(number)
    assert not check.valid
    assert check.warnings == (warning,)


def test_an_old_card_number_is_accepted():
    check = check_number("201234567")
    assert check.valid
    assert check.warnings == ("old_number",)


@given(st.sampled_from(sorted(PROVINCES)), st.integers(1900, 2399), st.booleans(), st.integers(0, 999999))
def test_numbers_built_by_the_rule_read_back(place, year, female, serial):
    number = f"{place}{(year - 1900) // 100 * 2 + female}{year % 100:02}{serial:06}"
    check = check_number(number, str(year), "female" if female else "male")
    assert (check.place, check.birth_year) == (PROVINCES[place], year)
    assert check.sex == ("female" if female else "male")
    assert set(check.warnings) <= {"birth_year_future"}


def test_every_country_code_of_the_range_is_known():
    assert all(check_number(f"{code}085001234").warnings == () for code in COUNTRY_CODES)
    assert check_number("174085001234").place == "Hàn Quốc (Nam Hàn)"


def test_a_mask_leaves_four_digits():
    assert mask("079085005678") == "••••••••5678"
    assert mask("1234") == "••••"


@pytest.mark.parametrize(
    "scan",
    [
        CARD,
        CARD + "\r\n",
        "]Q3" + CARD,
        CARD.replace("12031985", "12/03/1985").replace("25122021", "25/12/2021"),
        "\x02" + CARD + "\x03\r",
    ],
)
def test_a_card_is_read_in_full(scan):
    reading = parse_card(scan, today=TODAY)
    assert (reading.status, reading.fields, reading.warnings) == ("ok", READ, ())


@pytest.mark.parametrize("scan", [CARD.replace("201234567", ""), CARD.replace("201234567|", "")])
def test_the_old_number_may_be_missing_in_both_ways(scan):
    reading = parse_card(scan)
    assert reading.status == "ok"
    assert reading.fields.old_number is None
    assert (reading.fields.name, reading.fields.address) == (READ.name, READ.address)


def test_later_fields_are_kept():
    reading = parse_card(CARD + "||Trần A|Lê B|048185009999")
    assert reading.status == "ok"
    assert reading.tail == ("", "Trần A", "Lê B", "048185009999")


def test_bytes_typed_one_by_one_are_put_together_again():
    reading = parse_card(CARD.encode().decode("latin-1"))
    assert reading.fields == READ
    assert reading.warnings == ("diacritics_repaired",)


def test_an_unreadable_sex_comes_from_the_number():
    reading = parse_card(CARD.replace("Nữ", "N?"))
    assert reading.fields == READ
    assert reading.warnings == ("sex_from_number",)


def test_lost_letters_are_told():
    reading = parse_card(CARD.replace("Trần", "Tr\ufffdn"))
    assert reading.status == "warn"
    assert "diacritics_lost" in reading.warnings


@pytest.mark.parametrize("name", ["Nguyeenx Thij Hoaf", "Nguye6n4 Thi5 Hoa2", "Trầnì Thị Bé"])
def test_an_input_method_left_on_is_noticed(name):
    assert "telex_mangled" in parse_card(CARD.replace("Trần Thị Bé", name)).warnings


@pytest.mark.parametrize("name", ["Y Blim Niê", "H'Hen Niê", "Ksor Phước", "Đinh Thị Xoong", "Nguyễn Max", "K'Brêl"])
def test_real_names_are_not_taken_for_a_mangled_scan(name):
    assert parse_card(CARD.replace("Trần Thị Bé", name)).status == "ok"


def test_a_card_that_disagrees_with_itself_warns():
    assert parse_card(CARD.replace("1985", "1986")).warnings == ("birth_year_mismatch",)
    assert parse_card(CARD.replace("12031985", "31021985")).warnings == ("card_incomplete",)


@pytest.mark.parametrize(
    ("scan", "code"),
    [
        ("", "qr_empty"),
        ("https://dichvucong.gov.vn/x?y=1", "qr_is_url"),
        ("00020101021238570010A000000727", "qr_is_bank"),
        ("A012", "qr_is_ticket"),
        ("G01.826.001-261123-0042", "qr_is_receipt"),
        ("mc1:045L26KM9F0-8RMT0.436F1G60T320810P3KT59M68S3680J1FV30FLKK3+K3+L37F1G49K59/", "qr_is_receipt"),
        (blank_text("G01.826.001-261123-0499"), "qr_is_receipt"),
        (blank_text("G01.826.001-261123-0499")[:-2], "qr_blank_broken"),
        (f"]Q1{blank_text('G01.826.001-261123-0499').lower()}#", "qr_blank_broken"),
        ("MCB:", "qr_blank_broken"),
        ("P<VNMNGUYEN<<VAN<AN<<<<<<<<<<<<<<<<<<<<<<<<<", "qr_is_mrz"),
        ("xin chào", "qr_not_card"),
        (CARD.replace("048185001234", "04818500123"), "card_number_missing"),
        (CARD.replace("Bé", "B\x1bé"), "control_character"),
    ],
)
def test_a_scan_that_is_no_card_says_what_it_is(scan, code):
    reading = parse_card(scan)
    assert (reading.status, reading.warnings, reading.fields) == ("error", (code,), CardFields())


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=200))
def test_any_text_gets_an_answer(text):
    assert parse_card(text).status in {"ok", "warn", "error"}
    assert parse_card("048185001234|" + text).status in {"warn", "ok", "error"}
    check_number(text)


@given(
    st.from_regex(r"[A-ZĐ][a-zàáảãạăâêôơư]{1,6}( [A-ZĐ][a-zàáảãạăâêôơư]{1,6}){1,3}", fullmatch=True),
    st.dates(date(1930, 1, 1), date(2020, 12, 31)),
    st.booleans(),
    st.sampled_from(["", "201234567"]),
)
def test_a_card_written_by_the_rule_reads_back(name, birth, female, old):
    number = f"048{(birth.year - 1900) // 100 * 2 + female}{birth.year % 100:02}000001"
    sex = "Nữ" if female else "Nam"
    fields = parse_card(f"{number}|{old}|{name}|{birth:%d%m%Y}|{sex}|12 Lê Lợi|01072021").fields
    assert (fields.number, fields.old_number, fields.name) == (number, old or None, name)
    assert (fields.birth, fields.sex) == (birth.isoformat(), "female" if female else "male")
    assert (fields.address, fields.issued) == ("12 Lê Lợi", "2021-07-01")
