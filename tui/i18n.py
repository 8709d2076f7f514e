"""Interface text: `tr("queue.title")` looks the key up in the gettext catalogue of the chosen language."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

LANGUAGES = ("vi", "en")
_LOCALES = Path(__file__).parent / "locales"
_current: gettext.NullTranslations = gettext.NullTranslations()
_language = "vi"


def set_language(language: str | None) -> str:
    """Choose `vi` or `en` (None: MOTCUA_LANG, else vi) for the whole process; an unknown one means vi."""
    global _current, _language
    wanted = language or os.environ.get("MOTCUA_LANG") or "vi"
    _language = wanted if wanted in LANGUAGES else "vi"
    _current = gettext.translation("motcua", _LOCALES, languages=[_language])
    return _language


def language() -> str:
    return _language


def tr(key: str, /, **values: object) -> str:
    """The sentence for `key` with its `{placeholders}` filled."""
    text = _current.gettext(key)
    return text.format_map(values) if values else text
