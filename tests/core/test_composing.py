"""Telex and VNI: what the keys of a syllable become, in whatever order they come, and how each is taken back."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.composing import Composer, Method, ToneStyle, compose

TELEX, VNI = Method.TELEX, Method.VNI
_TELEX = {
    "\u0301": "s", "\u0300": "f", "\u0309": "r", "\u0303": "x", "\u0323": "j",
    "\u0306": "w", "\u031b": "w", "\u0302": "{}", "đ": "dd", "Đ": "DD",
}  # fmt: skip
_VNI = {
    "\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5",
    "\u0306": "8", "\u031b": "7", "\u0302": "6", "đ": "d9", "Đ": "D9",
}  # fmt: skip
_KEYS = {TELEX: _TELEX, VNI: _VNI}
_TONES = "\u0301\u0300\u0309\u0303\u0323"
NAMES = (
    "Nguyễn Thị Hồng Đào", "Trần Hữu Phúc", "Lê Ngọc Ánh", "Phạm Gia Bảo", "Vũ Đình Khánh", "Hoàng Thị Yến",
    "Bùi Quang Sơn", "Đỗ Thị Mai", "Ngô Thanh Uyên", "Dương Kim Ngân", "Phan Xuân Tâm", "Hồ Minh Châu",
    "Đặng Văn Đạt", "Huỳnh Thúy Quỳnh", "Lý Quý Giang", "Trương Mỹ Huệ", "Tôn Nữ Diễm Tuyết", "Vương Khuyên",
    "Nghiêm Xuân Việt", "Y Blim Niê", "H'Hen Niê", "Ksor Phước", "Rơ Châm H'Yên", "Kpă Klơng", "Nguyễn Thị Thuở",
    "Đoàn Hữu Cường", "Quách Khuya", "Lương Thị Huyền", "Tạ Đức Khoẻo", "Mạc Oanh", "Triệu Ngoạn", "Giáp Giềng",
)  # fmt: skip


def keys_of(word: str, method: Method, *, at_end: bool) -> str:
    """The keys of a composed word: marks right behind their letters, or all behind the last one."""
    found, late = "", ""
    for letter in word:
        plain = _KEYS[method].get(letter)
        base, *marks = list(unicodedata.normalize("NFD", letter))
        if plain is not None:
            found += plain
            continue
        shapes = "".join(_KEYS[method][mark].format(base.lower()) for mark in marks if mark not in _TONES)
        tones = "".join(_KEYS[method][mark] for mark in marks if mark in _TONES)
        late += tones if at_end else ""
        found += base + shapes + ("" if at_end else tones)
    return found + late


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("at_end", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_every_name_can_be_typed(name: str, at_end: bool, method: Method) -> None:
    keys = " ".join(keys_of(word, method, at_end=at_end) for word in name.split())
    assert compose(keys, method) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("tieengs", "tiếng"), ("tiengse", "tiếng"), ("vietej", "việt"), ("dungd", "đung"), ("truowngf", "trường"),
        ("truongwf", "trường"), ("truwowngf", "trường"), ("nguowif", "người"), ("nguoiwf", "người"),
        ("thuowr", "thuở"), ("thuowng", "thương"), ("huow", "huơ"), ("muowjn", "mượn"), ("quowr", "quở"),
        ("quaanf", "quần"), ("gif", "gì"), ("gifa", "già"), ("giwx", "giữ"), ("hoawcj", "hoặc"), ("muaw", "mưa"),
        ("cuuws", "cứu"), ("w", "ư"), ("thw", "thư"), ("aaw", "ă"), ("awa", "â"), ("oow", "ơ"), ("uoow", "ươ"),
        ("khuyur", "khuỷu"), ("Khuyar", "Khuỷa"), ("oanr", "oản"), ("xooongs", "xoóng"), ("hoanf", "hoàn"),
        ("hofan", "hoàn"), ("tieengsz", "tiêng"), ("tieengz", "tiêngz"), ("macf", "macf"), ("test", "tét"),
        ("TIEENGS", "TIẾNG"), ("Ddaof", "Đào"), ("DDaof", "Đào"), ("EEddee", "Êđê"), ("H'Hen", "H'Hen"),
        ("Ksor", "Ksor"), ("Kpaw", "Kpă"), ("Rowmawm", "Rơmăm"), ("Brandon", "Brandon"), ("Jessica", "Jessica"),
        ("Êñuool", "Êñuôl"), ("quw", "quw"), ("12a", "12a"), ("a-s", "a-s"), ("", ""),
    ],
)  # fmt: skip
def test_telex(keys: str, text: str) -> None:
    assert compose(keys, TELEX) == text


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("tie6ng1", "tiếng"), ("Nguye6n4", "Nguyễn"), ("d9a85ng", "đặng"), ("dung9", "đung"), ("truo7ng2", "trường"),
        ("tru7o7ng2", "trường"), ("thuo73", "thuở"), ("hoa2", "hòa"), ("a0", "a0"), ("a10", "a"), ("123", "123"),
        ("so61 12", "số 12"), ("a8", "ă"), ("a86", "â"), ("Hue61", "Huế"), ("khong6", "không"),
    ],
)  # fmt: skip
def test_vni(keys: str, text: str) -> None:
    assert compose(keys, VNI) == text


@pytest.mark.parametrize(
    ("keys", "old", "new"),
    [
        ("hoaf", "hòa", "hoà"), ("thuys", "thúy", "thuý"), ("khoer", "khỏe", "khoẻ"), ("quys", "quý", "quý"),
        ("hoafn", "hoàn", "hoàn"), ("muaf", "mùa", "mùa"), ("toans\b", "tóa", "toá"), ("ngoaif", "ngoài", "ngoài"),
    ],
)  # fmt: skip
def test_both_ways_to_place_a_tone(keys: str, old: str, new: str) -> None:
    assert (compose(keys, TELEX), compose(keys, TELEX, ToneStyle.NEW)) == (old, new)


@pytest.mark.parametrize(
    ("method", "keys", "text"),
    [
        (TELEX, "ass", "as"), (TELEX, "asss", "ass"), (TELEX, "aaa", "aa"), (TELEX, "aaaa", "aaa"),
        (TELEX, "eee", "ee"), (TELEX, "ooo", "oo"), (TELEX, "aww", "aw"), (TELEX, "oww", "ow"), (TELEX, "uww", "uw"),
        (TELEX, "ww", "w"), (TELEX, "www", "ww"), (TELEX, "tww", "tw"), (TELEX, "ddd", "dd"), (TELEX, "dddd", "ddd"),
        (TELEX, "tieengss", "tiêngs"), (TELEX, "uowww", "uoww"), (TELEX, "Rosssa", "Rossa"), (TELEX, "Maxx", "Max"),
        (VNI, "a11", "a1"), (VNI, "a66", "a6"), (VNI, "o77", "o7"), (VNI, "a88", "a8"), (VNI, "d99", "d9"),
        (VNI, "a111", "a11"),
    ],
)  # fmt: skip
def test_a_repeated_key_takes_back_what_it_did(method: Method, keys: str, text: str) -> None:
    assert compose(keys, method) == text


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("tieengs\b\b", "tiế"), ("vieejn\bt", "việt"), ("aa\b", ""), ("hoaf\b", "hò"), ("\b", ""), ("w\bw", "ư"),
        ("as\bs", "s"), ("Ddaof \b", "Đào"), ("nguowif\b\b", "ngư"),
    ],
)  # fmt: skip
def test_backspace_takes_the_last_letter_with_its_marks(keys: str, text: str) -> None:
    assert compose(keys, TELEX) == text


def test_a_long_line_and_a_long_word_are_composed_to_their_end() -> None:
    """Each key looks at one syllable, or a line without an end would never be answered."""
    assert compose("tieengs vieetj " * 20_000, TELEX) == "tiếng việt " * 20_000
    assert compose("b" * 100_000 + "tieengs", TELEX) == "b" * 100_000 + "tiêngs"


@pytest.mark.parametrize(
    ("method", "text", "key", "told"),
    [
        (TELEX, "tie|ng", "e", "tiê|ng"), (TELEX, "tiê|ng", "s", "tiế|ng"), (TELEX, "hoa|n", "f", "hoà|n"),
        (TELEX, "ho|an", "f", "ho|àn"), (TELEX, "ho|àn", "f", "hof|an"), (TELEX, "hoà|n", "f", "hoaf|n"),
        (TELEX, "ma|c", "f", "maf|c"), (TELEX, "m|a", "s", "m|á"), (TELEX, "h|à n", "o", "hò|a n"),
        (TELEX, "ho|à", " ", "ho |à"), (TELEX, "|hoà", "s", "s|hoà"), (TELEX, "d|ung", "d", "đ|ung"),
        (TELEX, "ho |hoa", "f", "ho f|hoa"), (TELEX, "tie\u0302|n\u0303g", "s", "tiế|ñg"),
        (TELEX, "h|òa", "n", "hn|òa"), (TELEX, "Thi|Anh", "j", "Thị|Anh"), (TELEX, "Dang|nguyen", "j", "Dạng|nguyen"),
        (TELEX, "TO|AN", "S", "TO|ÁN"),
        (VNI, "so|ng", "6", "sô|ng"), (VNI, "Da|o", "2", "Dà|o"), (VNI, "43A|", "1", "43Á|"),
        (VNI, "a |b", "1", "a 1|b"),
    ],
)  # fmt: skip
def test_in_the_middle_of_a_text_the_letters_behind_the_cursor_are_of_the_syllable(
    method: Method, text: str, key: str, told: str
) -> None:
    before, after, _ = Composer(method).key_within(*text.replace("|", f"|{key}|").split("|"))
    assert f"{before}|{after}" == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("toán|", "tóa|"), ("hoà,|", "hoà|"), ("hòn|a", "hò|a"), ("hoà|n", "ho|n"), ("toa n|á", "toa |á"),
        ("qua|ý", "qu|ý"), ("hoàn|n", "hoà|n"), ("|a", "|a"), ("à |hoà", "à|hoà"),
    ],
)  # fmt: skip
def test_backspace_in_the_middle_of_a_text(text: str, told: str) -> None:
    assert "|".join(Composer(TELEX).erase_within(*text.split("|"))) == told


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=8),
    st.sampled_from([*"asfwdzee16709", "\u0301", "đ", "İ"]),
    st.text(max_size=8),
    st.sampled_from(Method),
)
@example("İa", "s", "İn", TELEX)
@example("ŉoa", "s", "ǰ", TELEX)
def test_whatever_stands_around_the_cursor_no_other_letter_is_lost(
    before: str, key: str, after: str, method: Method
) -> None:
    """A key puts marks on letters, takes them off, or stands there itself."""
    left, right, _ = Composer(method).key_within(before, key, after)
    plain = [_plain(text) for text in (before, after, left, right)]
    assert plain[1] == plain[3]
    assert plain[2] in (plain[0], plain[0] + _plain(key), plain[0] + "u")


def _plain(text: str) -> str:
    """Without the marks that keys may put or take."""
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in apart if c not in "\u0301\u0300\u0309\u0303\u0323\u0302\u0306\u031b").casefold()


def test_backspace_goes_on_into_the_words_before() -> None:
    assert compose("tieengs vieetj" + "\b" * 6 + "f", TELEX) == "tiền"
    assert compose("tieengs-\b\b\b\b\b\b\b", TELEX) == ""


def test_what_an_input_method_has_composed_stays() -> None:
    assert compose("Nguye\u0302\u0303n Thi\u0323", TELEX) == "Nguyễn Thị"
    assert compose("Đặng Hồng", VNI) == "Đặng Hồng"


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="aeiouydwsfrxjzbcghklmnpqtv '1\b\u0302\u0301ếđƯ", max_size=14), st.sampled_from(Method))
@example("uow\bw", TELEX)
def test_any_keys_give_one_line_of_composed_text(keys: str, method: Method) -> None:
    text = compose(keys, method)
    assert text == unicodedata.normalize("NFC", text) and "\b" not in text
    assert len(text) <= len(keys)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="bcghklmnpqtv 0123456789-.,/", max_size=12))
def test_without_vowels_nothing_is_composed(keys: str) -> None:
    assert compose(keys, TELEX) == keys and compose(keys, VNI) == keys
