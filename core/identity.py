"""Citizen numbers and what a card's QR says. Numbers are shown masked unless the officer asks."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date

from core.answers import InvalidInput
from core.places import known_place, place_name
from core.slip_code import is_blank_code, read_blank
from core.text import clean_line, fold, nfc, parse_birth

OLDEST_AGE = 120
_SEXES = ("male", "female")


@dataclass(frozen=True, slots=True)
class NumberCheck:
    """What a number tells by itself; `warnings` never block, since cancelled and re-issued numbers exist."""

    valid: bool
    place_code: str | None
    place: str | None
    sex: str | None
    birth_year: int | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CardFields:
    """A card's facts: dates in ISO, `sex` is `male` or `female`, None: not on the card or not readable."""

    number: str | None = None
    old_number: str | None = None
    name: str | None = None
    birth: str | None = None
    sex: str | None = None
    address: str | None = None
    issued: str | None = None


@dataclass(frozen=True, slots=True)
class CardReading:
    """`status` is `ok`, `warn` or `error`; `tail` keeps what a newer card says after its known fields."""

    status: str
    fields: CardFields
    warnings: tuple[str, ...] = ()
    tail: tuple[str, ...] = ()


def check_number(
    number: str, birth: str | None = None, sex: str | None = None, *, today: date | None = None
) -> NumberCheck:
    """Read a citizen number: three digits of place, one of century and sex, two of year, six random.

    Only a wrong length or a character that isn't a digit makes it invalid (Decree 137/2015 art. 7 has no
    check digit). A nine-digit number of the old card is valid and tells nothing (`old_number`). `birth` (ISO,
    may be only a year) and `sex` are compared; without `today` only a coming century counts as future.
    """
    if not (number.isascii() and number.isdigit()):
        return NumberCheck(False, None, None, None, None, ("not_digits",))
    if len(number) == 9:
        return NumberCheck(True, None, None, None, None, ("old_number",))
    if len(number) != 12:
        return NumberCheck(False, None, None, None, None, ("wrong_length",))
    place_code, century = number[:3], int(number[3])
    year = 1900 + 100 * (century // 2) + int(number[4:6])
    own_sex = _SEXES[century % 2]
    found = {
        "place_code_unknown": not known_place(place_code),
        "birth_year_future": year > (today.year if today else 2099),
        "birth_year_very_old": today is not None and year < today.year - OLDEST_AGE,
        "birth_year_mismatch": birth is not None and birth[:4] != str(year),
        "sex_mismatch": sex in _SEXES and sex != own_sex,
    }
    warnings = tuple(code for code, so in found.items() if so)
    return NumberCheck(True, place_code, place_name(place_code), own_sex, year, warnings)


def mask(number: str) -> str:
    """«079085005678» → «••••••••5678»; four characters or fewer are hidden whole."""
    shown = number[-4:] if len(number) > 4 else ""
    return "•" * (len(number) - len(shown)) + shown


_SCANNER_ENDS = "".join(map(chr, range(0x21)))  # blanks and the control keys a scanner may add
_AIM_PREFIX = re.compile(r"^\]Q\d")  # some scanners name the kind of code first
_DATE = re.compile(r"\d{8}|\d{1,2}[/.-]\d{1,2}[/.-]\d{4}")
_CITIZEN = re.compile(r"\d{12}")
_OLD_CARD = re.compile(r"\d{9}")
_RECEIPT = re.compile(r"[A-Z]\d{2}(\.[0-9A-Z]+)*-\d{6}-\d{4,}", re.IGNORECASE)
_TICKET = re.compile(r"[A-Z]{0,3}-?\d{1,5}", re.IGNORECASE)
_OTHER_CODES = (
    (
        "qr_is_url",
        re.compile(r"(https?:|www\.|[a-z0-9-]+(\.[a-z0-9-]+)*\.(vn|com|net|org)(/|$))", re.IGNORECASE),
    ),
    ("qr_is_bank", re.compile(r"000201")),
    ("qr_is_mrz", re.compile(r"[A-Z][A-Z0-9<][A-Z<]{3}[A-Z0-9<]{20,}")),
)
_SIGNED_RECEIPT = re.compile(r"MC\d+:.+", re.IGNORECASE)
_WHOLE_CODES = (("qr_is_receipt", _RECEIPT), ("qr_is_receipt", _SIGNED_RECEIPT), ("qr_is_ticket", _TICKET))


def parse_card(qr: str, *, today: date | None = None) -> CardReading:
    """Read the text of a card's QR as a scanner types it; never raises.

    Fields are known by their shape, not their place: with or without the old number, dates with or without
    `/`, later fields kept as `tail`. An `error` says what the code is instead (`qr_is_url`, `qr_is_bank`, …).
    """
    scanned = _AIM_PREFIX.sub("", qr.strip(_SCANNER_ENDS))
    whole = _unscrambled(scanned)
    try:
        text = clean_line(scanned if whole is None else whole)
    except InvalidInput as reason:
        return _refused(reason.code)
    parts = tuple(part.strip() for part in text.split("|"))
    start = next((i for i, part in enumerate(parts) if _CITIZEN.fullmatch(part)), None)
    if start is None:
        return _refused(_what_it_is(text, parts))
    fields, tail, warnings = _by_shape(parts[start:])
    fields, more = _agree_with_number(fields, today)
    warnings = (("diacritics_repaired",) if whole is not None else ()) + warnings + more
    return CardReading("warn" if warnings else "ok", fields, warnings, tail)


def _refused(code: str) -> CardReading:
    return CardReading("error", CardFields(), (code,))


def _what_it_is(text: str, parts: tuple[str, ...]) -> str:
    if not text:
        return "qr_empty"
    if is_blank_code(text):
        return "qr_blank_broken" if read_blank(text) is None else "qr_is_receipt"
    for code, pattern in _OTHER_CODES:
        if pattern.match(text):
            return code
    for code, pattern in _WHOLE_CODES:
        if pattern.fullmatch(text):
            return code
    return "card_number_missing" if len(parts) >= 5 else "qr_not_card"


def _unscrambled(text: str) -> str | None:
    """The text of UTF-8 that a scanner typed byte by byte («Nguyá»…n»); None where it was not."""
    if text.isascii():
        return None
    try:
        return b"".join(_typed_byte(character) for character in text).decode("utf-8")
    except UnicodeError:
        return None


def _typed_byte(character: str) -> bytes:
    """Windows types the five bytes that its Western code page lacks as C1 controls."""
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:
        return character.encode("latin-1")


def _by_shape(parts: tuple[str, ...]) -> tuple[CardFields, tuple[str, ...], tuple[str, ...]]:
    """Fields from the number on; the first date after the name is the birth, the next the day of issue."""
    rest = list(parts[1:])
    old_number = rest.pop(0) if rest and (not rest[0] or _OLD_CARD.fullmatch(rest[0])) else None
    dates = [i for i, part in enumerate(rest) if _DATE.fullmatch(part)]
    at_birth = dates[0] if dates else len(rest)
    at_issue = dates[1] if len(dates) > 1 else len(rest)
    between = rest[at_birth + 1 : at_issue]
    sex = _sex(between[0]) if between else None
    address = between[1:] if sex or len(between) > 1 else between
    fields = CardFields(
        number=parts[0],
        old_number=old_number or None,
        name=" ".join(part for part in rest[:at_birth] if part) or None,
        birth=_date(rest[at_birth]) if dates else None,
        sex=sex,
        address=", ".join(part for part in address if part) or None,
        issued=_date(rest[at_issue]) if len(dates) > 1 else None,
    )
    return fields, tuple(rest[at_issue + 1 :]), _doubts(fields)


def _date(part: str) -> str | None:
    try:
        return parse_birth(part)
    except InvalidInput:
        return None


def _sex(part: str) -> str | None:
    return {"nam": "male", "nu": "female"}.get(fold(part))


def _doubts(fields: CardFields) -> tuple[str, ...]:
    written = " ".join(filter(None, (fields.name, fields.address)))
    found = {
        "card_incomplete": fields.name is None or fields.birth is None,
        "issued_unreadable": fields.birth is not None and fields.issued is None,
        "diacritics_lost": "\ufffd" in written or "?" in written,
        "telex_mangled": _typed_by_ime(fields.name or "") or _typed_by_ime(fields.address or ""),
    }
    return tuple(code for code, so in found.items() if so)


def _agree_with_number(fields: CardFields, today: date | None) -> tuple[CardFields, tuple[str, ...]]:
    """Fill an unreadable sex from the number, and compare what was read with it."""
    assert fields.number is not None
    check = check_number(fields.number, fields.birth, fields.sex, today=today)
    if fields.sex is None and fields.birth is not None:
        return replace(fields, sex=check.sex), (*check.warnings, "sex_from_number")
    return fields, check.warnings


_TELEX_PAIR = re.compile(r"(aa|ee|oo|dd|aw|ow|uw)[a-z]*[sfrxj]?$|^dd", re.IGNORECASE)
_TELEX_TONE = re.compile(r"[aeiouy][a-z]*[sfrxj]$", re.IGNORECASE)
_VNI_DIGIT = re.compile(r"[^\W\d_]*[aeiouydAEIOUYD][a-z]*[1-9]+[a-z]*[1-9]?$")
_TONE_MARKS = frozenset("\u0300\u0309\u0303\u0301\u0323")


def _typed_by_ime(text: str) -> bool:
    """Whether an input method (Telex, VNI) was on while scanning: raw keys left over, or two tones on a word.

    One such word alone may be a real name (Ksor, Alex), so keys must be left in two.
    """
    words = re.findall(r"[^\s,.;:/()-]+", text)
    if any(_tones(word) > 1 for word in words):
        return True
    leftover = sum(
        1
        for word in words
        if word.isascii() and (_TELEX_PAIR.search(word) or _TELEX_TONE.search(word) or _raw_vni(word))
    )
    return leftover >= 2


def _raw_vni(word: str) -> bool:
    return len(word) > 2 and not word.isupper() and _VNI_DIGIT.fullmatch(word) is not None


def _tones(word: str) -> int:
    """Tone marks on vowels: a tilde on n is a letter of some minority names."""
    letters = unicodedata.normalize("NFD", nfc(word))
    base, count = "", 0
    for character in letters:
        if character in _TONE_MARKS:
            count += base not in "nN"
        elif not unicodedata.combining(character):
            base = character
    return count
