"""F8: what the fields compose, one after another, and how a desk keeps it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from core.answers import InvalidInput
from core.composing import Method, ToneStyle
from storage.settings import Settings, load_settings, save_settings
from tui.i18n import tr
from tui.sentences import sentence
from tui.widgets.composing import Typing

_NEXT = {None: Method.TELEX, Method.TELEX: Method.VNI, Method.VNI: None}


def chosen(settings: Settings) -> Typing:
    """What a desk's settings say."""
    method = None if settings.typing == "off" else Method(settings.typing)
    return Typing(method, ToneStyle(settings.tone_style))


def turned(typing: Typing, folder: Path | None) -> tuple[Typing, str]:
    """The next of Telex, VNI and off, kept in the desk's folder where there is one; and what to tell.

    Settings that can't be read or written stay as they are: what is chosen then counts until the program ends.
    """
    turned = replace(typing, method=_NEXT[typing.method])
    word = turned.method or "off"
    told = tr(f"typing.told.{word}")
    if folder is not None:
        try:
            save_settings(folder, replace(load_settings(folder), typing=str(word)))
        except InvalidInput as error:
            told = f"{told} · {sentence(error.code, error.params)}"
    return turned, told
