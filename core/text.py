"""Vietnamese text as values: one spelling in, a skeleton to search, a key to sort; dates, phones as typed."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from core.answers import InvalidInput

_BLANK_CONTROLS = "\t\n\r\u2028\u2029"
_REFUSED = frozenset({"Cc", "Cf", "Cs"})
_APOSTROPHES = "'’‘‛`´ʼʻʹʾʿ′ˈ＇‵"
_UNDECOMPOSED = {"đ": "d", "Đ": "D", "ƀ": "b", "Ƀ": "B", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ı": "i"}
_SKELETON = str.maketrans(_UNDECOMPOSED | dict.fromkeys(_APOSTROPHES, "'"))

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: chr(ord("A") + place) for place, letter in enumerate(_ALPHABET)}
_SHAPES = "\u0306\u0302\u031b"  # breve, circumflex, horn: part of the letter
_TONES = {"\u0300": "$", "\u0309": "%", "\u0303": "&", "\u0301": "'", "\u0323": "("}
_LEVEL = "#"
_VOWELS = frozenset("aeiouy")

_BIRTH_FORMS = (
    re.compile(r"(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4})"),
    re.compile(r"(?P<d>\d{2})(?P<m>\d{2})(?P<y>\d{4})"),
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:[T ]00:00(?::00)?)?"),
    re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})"),
    re.compile(r"(?P<m>\d{1,2})[/.-](?P<y>\d{4})"),
    re.compile(r"(?P<y>\d{4})"),
)
_YEARS = range(1850, 2200)

_MOBILE_OR_LANDLINE = re.compile(r"0[35789]\d{8}|02\d{9}|1[89]00\d{4,6}")
_ABROAD = re.compile(r"\+(?!84)[1-9]\d{6,14}")
# The eleven-digit mobile prefixes of before 15-9-2018 and what replaced them.
_OLD_MOBILE = {
    **{"0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078"},
    **{"0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082"},
    **{f"016{last}": f"03{last}" for last in range(2, 10)},
    **{"0186": "056", "0188": "058", "0199": "059"},
}

_SEXES = {"male": "male", "nam": "male", "m": "male", "female": "female", "nu": "female", "f": "female"}


def nfc(text: str) -> str:
    """The composed form, the only one that is stored or compared."""
    return unicodedata.normalize("NFC", text)


def clean_line(text: str) -> str:
    """One line as stored: NFC, every run of blanks (also tabs and line ends) one space, none at the ends.

    Raises InvalidInput `control_character` (param `character`: its code point) for what can't be seen:
    controls, zero-width and direction marks, lone surrogates.
    """
    blanked = "".join(" " if c in _BLANK_CONTROLS else c for c in text)
    for character in blanked:
        if unicodedata.category(character) in _REFUSED:
            raise InvalidInput("control_character", character=f"U+{ord(character):04X}")
    return " ".join(nfc(blanked).split())


def fold(text: str) -> str:
    """What search compares, index and query alike: «Đặng  Thị Đào» → «dang thi dao», «H’Hen» → «h'hen»."""
    return " ".join(text.translate(_FOLDED).split())


class _Folded(dict[int, str]):
    """Each character's part of the skeleton, worked out once: the fold looks at no neighbours."""

    def __missing__(self, point: int) -> str:
        character = chr(point)
        bare = unicodedata.normalize("NFKD", character.translate(_SKELETON)).casefold()
        bare = unicodedata.normalize("NFKD", bare).translate(_SKELETON)
        self[point] = "".join(c for c in bare if c.isspace() or not _unseen(c))
        return self[point]


_FOLDED = _Folded()


def _unseen(character: str) -> bool:
    return unicodedata.combining(character) != 0 or unicodedata.category(character) in _REFUSED


def name_sort_key(name: str) -> str:
    """A string that orders names as Vietnamese lists do: given name (last word), middle names, family name.

    Letters by the alphabet (a ă â … d đ e ê …) syllable by syllable, then by tone: level, huyền, hỏi, ngã,
    sắc, nặng. Compare by code point (SQLite's BINARY); case, apostrophes and hyphens don't count.
    """
    words = [key for word in name.split() if (key := _syllable_key(word))]
    if not words:
        return ""
    *before, given = words
    return " ".join((given, "!".join(before[1:]), *before[:1]))


def _syllable_key(word: str) -> str:
    tone = _LEVEL
    letters: list[str] = []
    for character in unicodedata.normalize("NFD", word.casefold()):
        if character in _TONES and letters and letters[-1][0] in _VOWELS:
            tone = _TONES[character]
        elif character in _SHAPES and letters:
            letters[-1] = nfc(letters[-1] + character)
        elif character.isalnum():
            letters.append(character)
    return "".join(_rank(letter) for letter in letters) + tone if letters else ""


def _rank(letter: str) -> str:
    if letter in _RANK or letter.isdigit():
        return _RANK.get(letter, letter)
    skeleton = fold(letter)
    return "".join(_RANK.get(c, c) for c in skeleton) or letter


def parse_birth(text: str) -> str:
    """A birth date as ISO, as exact as it is known: «12/3/1985» → 1985-03-12, «3/1985» → 1985-03.

    Read as day, month, year: `d/m/y`, `d-m-y`, `d.m.y`, `ddmmyyyy`, `m/y`, `y`, or ISO. A day or month
    printed as 00 (unknown on old cards) is left out. Raises InvalidInput `birth_invalid`.
    """
    line = unicodedata.normalize("NFKC", text).strip()
    found = next((m.groupdict() for form in _BIRTH_FORMS if (m := form.fullmatch(line))), None)
    if found is None or not line.isascii():
        raise InvalidInput("birth_invalid")
    year, month, day = int(found["y"]), int(found.get("m") or 0), int(found.get("d") or 0)
    if year not in _YEARS or (day and not month):
        raise InvalidInput("birth_invalid")
    try:
        whole = date(year, month or 1, day or 1).isoformat()
    except ValueError:
        raise InvalidInput("birth_invalid") from None
    return whole if day else whole[:7] if month else whole[:4]


def parse_phone(text: str) -> str:
    """A phone number in digits: Vietnamese ones with their leading 0, foreign ones with `+`.

    Accepts blanks, dots, hyphens and brackets, `+84`, `84` and `0084`, and the eleven-digit mobile numbers of
    before 2018 (answered as today's). Raises InvalidInput `phone_invalid`.
    """
    digits = re.sub(r"[\s.()\-–]", "", unicodedata.normalize("NFKC", text))
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if digits.isascii() and _ABROAD.fullmatch(digits):
        return digits
    national = re.sub(r"^\+?84(0?)(?=\d{9,10}$)", "0", digits)
    if len(national) == 11 and national[:4] in _OLD_MOBILE:
        national = _OLD_MOBILE[national[:4]] + national[4:]
    if not national.isascii() or not _MOBILE_OR_LANDLINE.fullmatch(national):
        raise InvalidInput("phone_invalid")
    return national


def parse_sex(text: str) -> str:
    """`male` or `female`, from those words or «nam», «nữ». Raises InvalidInput `sex_invalid`."""
    sex = _SEXES.get(fold(text))
    if sex is None:
        raise InvalidInput("sex_invalid")
    return sex
