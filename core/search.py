"""What search compares: the words that are indexed for a dossier, and the question that a text means."""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.text import fold

_NUMBER = re.compile(r"\d{5,}")
_ENDING = re.compile(r"\d{3,}")
_TAIL = "z"


def index_words(parts: Iterable[str]) -> str:
    """The folded words; each long number also backwards after a `z`, so that its last digits find it."""
    text = fold(" ".join(dict.fromkeys(part for part in parts if part)))
    tails = [_TAIL + number[::-1] for number in dict.fromkeys(_NUMBER.findall(text))]
    return " ".join([text, *tails])


def question(text: str) -> str | None:
    """The full-text question: each word begins one of the dossier's, or ends one of its numbers; None for no word.

    Digits alone may be one number typed with blanks or dots.
    """
    words = "".join(letter if letter.isalnum() else " " for letter in fold(text)).split()
    if not words:
        return None
    asked = " AND ".join(_word(word) for word in words)
    if len(words) > 1 and all(word.isdigit() for word in words):
        return f"({asked}) OR {_word(''.join(words))}"
    return asked


def _word(word: str) -> str:
    if _ENDING.fullmatch(word):
        return f'("{word}"* OR "{_TAIL}{word[::-1]}"*)'
    return f'"{word}"*'
