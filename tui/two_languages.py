"""What a paper says in Vietnamese, and before it in English where its form speaks two languages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from core.forms import FormVersion
from tui.i18n import in_language, language

T = TypeVar("T")


def both(form: FormVersion, words: Callable[[], str]) -> str:
    """«7 working days / 7 ngày làm việc»; the words alone where they are the same in both or the form has one."""
    told = words()
    english = _in_english(form, words)
    return told if english in (None, "", told) else f"{english} / {told}"


def both_lists(form: FormVersion, lines: Callable[[], Iterable[str]]) -> list[str]:
    """The lines in English, then in Vietnamese."""
    return [*(_in_english(form, lines) or ()), *lines()]


def title(vietnamese: str, english: str) -> str:
    """A title of the catalogue in the language that is spoken now."""
    return english if language() == "en" and english else vietnamese


def _in_english(form: FormVersion, words: Callable[[], T]) -> T | None:
    if not form.two_languages:
        return None
    with in_language("en"):
        return words()
