"""What search compares: the words that are indexed for a dossier, and the question that a text means."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from core.text import fold

_NUMBER = re.compile(r"\d{5,}")
_WORD = re.compile(r"[^\W_]+")
_ENDING = re.compile(r"\d{3,}")
_TAIL = "z"
_LETTERS, _DIGITS = "abcdefghijklmnopqrstuvwxyz", "0123456789"
_SHORTEST = 4
"""Letters of the shortest word that may hold a slip: a shorter one with another letter is mostly another word."""


def index_words(parts: Iterable[str]) -> str:
    """The folded words; each long number also backwards after a `z`, so that its last digits find it."""
    text = fold(" ".join(dict.fromkeys(part for part in parts if part)))
    tails = [_TAIL + number[::-1] for number in dict.fromkeys(_NUMBER.findall(text))]
    return " ".join([text, *tails])


def question(text: str) -> str | None:
    """The full-text question: each word begins one of the dossier's, or ends one of its numbers; None for no word.

    Digits alone may be one number typed with blanks or dots.
    """
    words = _words(text)
    if not words:
        return None
    asked = " AND ".join(_word(word) for word in words)
    if len(words) > 1 and all(word.isdigit() for word in words):
        return f"({asked}) OR {_word(''.join(words))}"
    return asked


def exact_question(text: str) -> str | None:
    """The question for what has every word of `text` whole, where it holds a number; None where it holds none."""
    words = _words(text)
    if not any(_ENDING.search(word) for word in words):
        return None
    asked = " AND ".join(f'"{word}"' for word in words)
    joined = "".join(words)
    return f'({asked}) OR "{joined}"' if len(words) > 1 and joined.isdigit() else asked


@dataclass(frozen=True, slots=True)
class Sought:
    """The words of a text, to say how well a name answers them."""

    words: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Sought:
        return cls(_words(text))

    def closeness(self, name: str) -> tuple[int, int]:
        """How many words begin none of the name's, and how many are not one of them whole: fewer is nearer."""
        held = _words(name)
        not_whole = [word for word in self.words if word not in held]
        text = f" {' '.join(held)}"
        return sum(f" {word}" not in text for word in not_whole), len(not_whole)


@lru_cache(maxsize=10_000)
def _words(text: str) -> tuple[str, ...]:
    """Folded; the names that one letter found are mostly asked about again after the next."""
    return tuple(_WORD.findall(fold(text)))


def _word(word: str) -> str:
    if _ENDING.fullmatch(word):
        return f'("{word}"* OR "{_TAIL}{word[::-1]}"*)'
    return f'"{word}"*'


def near_question(text: str) -> str | None:
    """`question`, each longer word with one slip at most; None where no word is long enough for one.

    A slip is a letter too many, one that is missing, another one, or two that changed places.
    """
    words = _words(text)
    if not any(len(word) >= _SHORTEST for word in words):
        return None
    return " AND ".join(_near(word) if len(word) >= _SHORTEST else _word(word) for word in words)


def _near(word: str) -> str:
    found = [_word(word), *(f'"{other}"' for other in sorted(_slips(word)))]
    return f"({' OR '.join(found)})"


def _slips(word: str) -> set[str]:
    """What the word may have been meant to be."""
    letters = _DIGITS if word.isdigit() else _LETTERS
    parts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    found = {before + after[1:] for before, after in parts if after}
    found |= {before + after[1] + after[0] + after[2:] for before, after in parts if len(after) > 1}
    found |= {before + one + after[1:] for before, after in parts if after for one in letters}
    found |= {before + one + after for before, after in parts for one in letters}
    return found - {word}
