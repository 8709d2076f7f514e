"""Interface text: `tr("queue.title")` looks the key up in the gettext catalogue of the chosen language."""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

LANGUAGES = ("vi", "en")
_LOCALES = Path(__file__).parent / "locales"
_language = "vi"


def set_language(language: str | None) -> str:
    """Choose `vi` or `en` (None: MOTCUA_LANG, else vi) for the whole process; an unknown one means vi."""
    global _language
    wanted = language or os.environ.get("MOTCUA_LANG") or "vi"
    _language = wanted if wanted in LANGUAGES else "vi"
    return _language


def language() -> str:
    return _language


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Another language for a while: papers are Vietnamese whatever the screen speaks."""
    before = _language
    set_language(language)
    try:
        yield
    finally:
        set_language(before)


def tr(key: str, /, **values: object) -> str:
    """The sentence for `key` with its `{placeholders}` filled; one without a value shows as «…», never as a fault."""
    text = _catalogue(_language).gettext(key)
    return text.format_map(_Values(values)) if values else text


class _Values(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return "…"


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("motcua", _LOCALES, languages=[language])
