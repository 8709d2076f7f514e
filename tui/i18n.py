"""Interface text: `tr("queue.title")` looks the key up in the gettext catalogue of the chosen language."""

from __future__ import annotations

import gettext
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = ("vi", "en")
_LOCALES = Path(__file__).parent / "locales"
_language = "vi"
_meanwhile: ContextVar[str | None] = ContextVar("meanwhile", default=None)
_COUNTED = re.compile(r"\{(\w+):(n\.\w+)\}")


def set_language(language: str | None) -> str:
    """Choose `vi` or `en` (None: MOTCUA_LANG, else vi) for the whole process; an unknown one means vi."""
    global _language
    wanted = language or os.environ.get("MOTCUA_LANG") or "vi"
    _language = wanted if wanted in LANGUAGES else "vi"
    return _language


def language() -> str:
    return _meanwhile.get() or _language


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Another language for a while, in this thread alone: papers are Vietnamese whatever the screen speaks."""
    before = _meanwhile.set(language)
    try:
        yield
    finally:
        _meanwhile.reset(before)


def tr(key: str, /, **values: object) -> str:
    """The sentence for `key` with its `{placeholders}` filled; one without a value shows as «…», never as a fault.

    `{count:n.dossier}` is a count with its word: the catalogue's `n.dossier`, in the form that the number asks for.
    """
    text = _catalogue(language()).gettext(key)
    if ":n." in text:
        text = _COUNTED.sub(lambda hole: _counted(hole[1], hole[2], values), text)
    return text.format_map(_Values(values)) if values else text


def _counted(name: str, word: str, values: Mapping[str, object]) -> str:
    """«{count} dossiers», to be filled; any number but 1 asks for what gettext has for many."""
    number = 1 if str(values.get(name)) == "1" else 2
    return _catalogue(language()).ngettext(word, word, number).replace("{n}", f"{{{name}}}")


class _Values(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return "…"


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("motcua", _LOCALES, languages=[language])
