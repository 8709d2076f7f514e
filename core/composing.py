"""Vietnamese typing where the machine has none: Telex and VNI keys become composed letters, syllable by syllable.

One key is composed with the syllable before the cursor, whatever brought that there; only a lone `w` is remembered, to
tell what a second one takes back. A shape (â ê ô ă ơ ư đ) may stand in any word, as names of minorities need it; a tone
only in what can be a Vietnamese syllable, so that «Ksor» and «Brandon» come out as typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.text import nfc

_TONES = {"grave": "\u0300", "hook": "\u0309", "tilde": "\u0303", "acute": "\u0301", "dot": "\u0323"}
_MARKS = frozenset(_TONES.values())
_CIRCUMFLEX, _BREVE, _HORN, _STROKE = "\u0302", "\u0306", "\u031b", "đ"
_SHAPES = {_CIRCUMFLEX: "aeo", _BREVE: "a", _HORN: "ou"}
_VOWELS = "aăâeêioôơuưy"
_SHAPED = frozenset("ăâêôơư")

_NUCLEI = frozenset(
    """
    a ă â e ê i o ô ơ u ư y
    ai ao au ay âu ây eo eu êu ia ie iê iu oa oă oe oi oo ôi ơi ua uâ ue uê ui uo uô uơ uu uy ưa ưi ưo ươ ưu ye yê
    ieu iêu oai oao oay oeo uao uay uây uoi uôi uou ươi ươu ưoi ưou uya uye uyê uyu yeu yêu
    """.split()  # noqa: SIM905 -- read as the tables of a grammar are
)
_ONSETS = frozenset(("", *"b c ch d đ g gh gi h k kh l m n ng ngh nh p ph q qu r s t th tr v x".split()))  # noqa: SIM905
_PLAIN = str.maketrans("ăâêôơư", "aaeoou")
_STOPS = frozenset({"c", "ch", "p", "t"})
_FINALS = _STOPS | {"", "m", "n", "ng", "nh"}
_STOPPED = frozenset({_TONES["acute"], _TONES["dot"]})
_OPEN_PAIRS = frozenset({"oa", "oe", "uy"})
_LONE_HORN_ONSETS = frozenset({"h", "th", "kh"})  # huơ, thuở: there is no «hươ» and no «thươ»
_LONGEST = 12
_PARTS = re.compile(rf"([^{_VOWELS}]*)([{_VOWELS}]+)([^{_VOWELS}]*)")


class Method(StrEnum):
    """How keys are read."""

    TELEX = "telex"
    VNI = "vni"


class ToneStyle(StrEnum):
    """Where the tone of an open «oa», «oe», «uy» stands: «hòa» or «hoà»."""

    OLD = "old"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class _Keys:
    tones: Mapping[str, str | None]
    shapes: Mapping[str, tuple[str, ...]]
    stroke: str
    lone_horn: str = ""
    """The key that is «ư» where it shapes nothing."""


_METHODS = {
    Method.TELEX: _Keys(
        tones={
            "s": _TONES["acute"], "f": _TONES["grave"], "r": _TONES["hook"], "x": _TONES["tilde"], "j": _TONES["dot"],
            "z": None,
        },
        shapes={"a": (_CIRCUMFLEX,), "e": (_CIRCUMFLEX,), "o": (_CIRCUMFLEX,), "w": (_HORN, _BREVE)},
        stroke="d",
        lone_horn="w",
    ),
    Method.VNI: _Keys(
        tones={
            "1": _TONES["acute"], "2": _TONES["grave"], "3": _TONES["hook"], "4": _TONES["tilde"], "5": _TONES["dot"],
            "0": None,
        },
        shapes={"6": (_CIRCUMFLEX,), "7": (_HORN,), "8": (_BREVE,)},
        stroke="9",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Composer:
    """What keys do to the text before the cursor. `lone`: that text, where it ends in an «ư» from a lone key."""

    method: Method
    style: ToneStyle = ToneStyle.OLD
    lone: str | None = None

    def key(self, before: str, key: str) -> tuple[str, Composer]:
        """The text before the cursor once the key (one character) was typed, NFC; and the composer to go on with."""
        head, syllable = _split(nfc(before))
        keys, low = _METHODS[self.method], key.lower()
        if self.lone == before and low == keys.lone_horn:
            return nfc(before)[:-1] + key, self._after(None)
        found = None
        if low in keys.tones:
            found = _toned(syllable, keys.tones[low], key, self.style)
        elif low == keys.stroke:
            found = _stroked(syllable, key)
        if found is None and low in keys.shapes:
            found = _shaped(syllable, key, low, keys.shapes[low], self.style)
        if found is not None:
            return head + found, self._after(None)
        if low == keys.lone_horn and _is_onset(syllable):
            text = head + syllable + ("Ư" if key.isupper() else "ư")
            return text, self._after(text)
        return nfc(head + _appended(syllable, nfc(key), self.style)), self._after(None)

    def key_within(self, before: str, key: str, after: str) -> tuple[str, str, Composer]:
        """As `key` in the middle of a text: letters right behind the cursor are of its syllable."""
        before, after = nfc(before), nfc(after)
        head, syllable, rest, behind = _around(before, after)
        keys = _METHODS[self.method]
        if rest and key.lower() in keys.tones and _is_syllable(syllable + rest):
            whole = _toned(syllable + rest, keys.tones[key.lower()], key, self.style)
            if whole is None:
                return head + syllable + key, after, self._after(None)
            here = len(syllable)
            typed = key if len(whole) > len(syllable + rest) else ""
            return head + whole[:here] + typed, whole[here : here + len(rest)] + behind, self._after(None)
        text, composer = self.key(before, key)
        return (*(self._joined(text, after) if rest else (text, after)), composer)

    def erase(self, before: str) -> str:
        """The text once its last letter was taken away; the tone stands where the rest of its syllable wants it."""
        before = nfc(before)
        if not before[-1:].isalpha():
            return before[:-1]
        head, syllable = _split(before[:-1])
        return head + _settled(syllable, self.style)

    def erase_within(self, before: str, after: str) -> tuple[str, str]:
        """As `erase` in the middle of a text."""
        before, after = nfc(before), nfc(after)
        return self._joined(self.erase(before), after) if before[-1:].isalpha() else (before[:-1], after)

    def _joined(self, before: str, after: str) -> tuple[str, str]:
        """The syllable around the cursor with its tone where it belongs."""
        head, syllable, rest, behind = _around(before, after)
        if not rest:
            return before, after
        whole, here = _settled(syllable + rest, self.style), len(syllable)
        return head + whole[:here], whole[here:] + behind

    def _after(self, lone: str | None) -> Composer:
        return self if self.lone == lone else Composer(self.method, self.style, lone)


def compose(line: str, method: Method, style: ToneStyle = ToneStyle.OLD) -> str:
    """A line of keys as text: NFC, `\\b` takes the last letter away, anything but a letter ends a syllable."""
    composer, word = Composer(method, style), ""
    before: list[str] = []
    for key in nfc(line):
        if key == "\b":
            word = composer.erase(word or (before.pop() if before else ""))
        else:
            word, composer = composer.key(word, key)
        head, word = _split(word)
        if head:
            before.append(head)
    return nfc("".join(before) + word)


def _split(text: str) -> tuple[str, str]:
    """Into what stays and the letters at its end, as many as matter: no syllable is as long."""
    at = len(text)
    while at and len(text) - at < _LONGEST and text[at - 1].isalpha():
        at -= 1
    return text[:at], text[at:]


def _around(before: str, after: str) -> tuple[str, str, str, str]:
    """What stays, the letters before the cursor, those behind it that go on with them, and what stays behind those.

    A capital behind a small letter begins a word of its own, before which another one is being typed.
    """
    head, syllable = _split(before)
    if not syllable or (syllable[-1].islower() and after[:1].isupper()):
        return head, syllable, "", after
    at = next((place for place, letter in enumerate(after) if not letter.isalpha() or place == _LONGEST), len(after))
    return head, syllable, after[:at], after[at:]


@dataclass(frozen=True, slots=True)
class _Syllable:
    """Lower case and without tone; `at`: where the nucleus begins in the word."""

    onset: str
    nucleus: str
    final: str
    at: int

    @property
    def is_possible(self) -> bool:
        return self.onset in _ONSETS and self.nucleus in _NUCLEI and self.final in _FINALS


def _bare(word: str) -> tuple[str, str | None]:
    """The word without tone, and the tone; the tilde of «ñ» is none."""
    letters, tone = "", None
    for letter in word:
        base, *marks = list(unicodedata.normalize("NFD", letter))
        found = next((mark for mark in marks if mark in _MARKS), None) if base.lower() in "aeiouy" else None
        tone = found or tone
        letters += nfc(base + "".join(mark for mark in marks if mark != found)) if found else letter
    return letters, tone


def _parsed(bare: str) -> _Syllable | None:
    """The parts of a word that has one group of vowels; the «i» of «gi» and the «u» of «qu» belong to the onset."""
    found = _PARTS.fullmatch(bare.lower())
    if found is None:
        return None
    onset, nucleus, final = found.groups()
    if len(nucleus) > 1 and onset + nucleus[0] in ("gi", "qu"):
        onset, nucleus = onset + nucleus[0], nucleus[1:]
    return _Syllable(onset, nucleus, final, len(onset))


def _is_syllable(word: str) -> bool:
    syllable = _parsed(_bare(word)[0])
    return syllable is not None and syllable.is_possible


def _marked_at(syllable: _Syllable, style: ToneStyle) -> int:
    """Which letter of the word bears the tone."""
    nucleus = syllable.nucleus
    shaped = [place for place, letter in enumerate(nucleus) if letter in _SHAPED]
    if shaped:
        place = shaped[-1]
    elif syllable.final:
        place = len(nucleus) - 1
    elif len(nucleus) == 3 or (nucleus in _OPEN_PAIRS and style is ToneStyle.NEW):
        place = 1
    else:
        place = 0
    return syllable.at + place


def _with_tone(bare: str, tone: str | None, style: ToneStyle) -> str:
    syllable = _parsed(bare)
    if tone is None or syllable is None:
        return bare
    at = _marked_at(syllable, style)
    return bare[:at] + nfc(bare[at] + tone) + bare[at + 1 :]


def _settled(word: str, style: ToneStyle) -> str:
    """The word with its tone where it belongs; what is no syllable stays as it is."""
    bare, tone = _bare(word)
    syllable = _parsed(bare)
    return word if tone is None or syllable is None or not syllable.is_possible else _with_tone(bare, tone, style)


def _appended(word: str, letter: str, style: ToneStyle) -> str:
    """The letter behind the word; halves of «ươ» are made whole and the tone moves where it belongs."""
    bare, tone = _bare(word + letter)
    syllable = _parsed(bare)
    if not letter.isalpha() or syllable is None or _bare(letter)[1] is not None:
        return word + letter
    if (
        syllable.onset in _ONSETS
        and syllable.nucleus[:2] in ("ưo", "uơ")
        and len(syllable.nucleus + syllable.final) > 2
    ):
        bare = bare[: syllable.at] + _as_cased("ươ", bare[syllable.at :]) + bare[syllable.at + 2 :]
    changed = _parsed(bare)
    return _with_tone(bare, tone, style) if changed is not None and changed.is_possible else word + letter


def _toned(word: str, tone: str | None, key: str, style: ToneStyle) -> str | None:
    bare, known = _bare(word)
    syllable = _parsed(bare)
    if syllable is None or not syllable.is_possible or (tone is None and known is None):
        return None
    if tone is not None and tone == known:
        return bare + key
    if syllable.final in _STOPS and tone is not None and tone not in _STOPPED:
        return None
    return _with_tone(bare, tone, style)


def _stroked(word: str, key: str) -> str | None:
    """«d» becomes «đ»: the one before the key, or the first letter of a possible syllable; «đ» becomes «d» again."""
    bare, _ = _bare(word)
    syllable = _parsed(bare)
    first, last = bare[:1].lower(), bare[-1:].lower()
    is_whole = syllable is not None and syllable.is_possible
    if first == _STROKE and (len(word) == 1 or is_whole):
        return _as_cased("d", word) + word[1:] + key
    if first == "d" and (len(word) == 1 or is_whole):
        return _as_cased(_STROKE, word) + word[1:]
    if last == _STROKE:
        return word[:-1] + _as_cased("d", word[-1]) + key
    if last == "d" and bare[-2].lower() in _VOWELS:
        return word[:-1] + _as_cased(_STROKE, word[-1])
    return None


def _shaped(word: str, key: str, low: str, marks: tuple[str, ...], style: ToneStyle) -> str | None:
    """A vowel group with its shape: any that ends right before the key, else that of a possible syllable."""
    bare, tone = _bare(word)
    end = len(bare)
    while end and bare[end - 1].lower() not in _VOWELS:
        end -= 1
    syllable = _parsed(bare)
    if end == 0 or (end < len(bare) and (syllable is None or not syllable.is_possible)):
        return None
    begin = end
    while begin and bare[begin - 1].lower() in _VOWELS:
        begin -= 1
    if syllable is not None:
        begin = syllable.at
    nucleus = bare[begin:end].lower()
    if syllable is not None and syllable.onset == "q":
        return None
    after = bare[end:]
    changed = _changed(nucleus, low, marks, alone=not after and bare[:begin].lower() in _LONE_HORN_ONSETS)
    taken_back = changed is None
    if changed is None:
        changed = _without(nucleus, low, marks)
    if changed is None:
        return None
    shaped = _with_tone(bare[:begin] + _as_cased(changed, bare[begin:end]) + after, tone, style)
    return shaped + key if taken_back else shaped


def _changed(nucleus: str, low: str, marks: tuple[str, ...], *, alone: bool) -> str | None:
    """The vowels with the key's shape, where they have it not yet and that makes vowels that go together."""
    plain = nucleus.translate(_PLAIN)
    if _HORN in marks and plain[:2] == "uo":
        whole = ("uơ" if alone and len(plain) == 2 else "ươ") + nucleus[2:]
        return None if nucleus in (whole, "ươ" + nucleus[2:]) else whole
    for place, letter in enumerate(plain):
        for mark in marks:
            if letter in _SHAPES[mark] and (low in ("w", letter) or not low.isalpha()):
                found = nucleus[:place] + nfc(letter + mark) + nucleus[place + 1 :]
                if found != nucleus and found in _NUCLEI:
                    return found
    return None


def _without(nucleus: str, low: str, marks: tuple[str, ...]) -> str | None:
    """The vowels without the key's shape; None where they have it not."""
    shapes = [
        nfc(letter + mark) for mark in marks for letter in _SHAPES[mark] if low in ("w", letter) or not low.isalpha()
    ]
    plain = "".join(letter.translate(_PLAIN) if letter in shapes else letter for letter in nucleus)
    return None if plain == nucleus else plain


def _is_onset(word: str) -> bool:
    return word.lower() in _ONSETS - {"q", "qu"}


def _as_cased(text: str, like: str) -> str:
    """Letter by letter in the case of `like`, which is at least as long."""
    return "".join(one.upper() if other.isupper() else one for one, other in zip(text, like, strict=False))
