"""Signs for a font that has the letters and no drawings: a text console, an old terminal, a braille line.

Each sign becomes one ASCII character of the same width, as the last step before the terminal, so that no screen
knows of it. Nothing is told by such a sign alone: a word or a number always stands beside it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from rich.segment import Segment
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter

_TO = {
    "-": "─━═╌┄┈╴╶–—−",
    "|": "│┃║╎┆┊‖",
    "+": "┌┐└┘├┤┬┴┼╭╮╰╯╔╗╚╝╠╣╦╩╬✓",
    "[": "▌▊▎▏",
    "]": "▐▕",
    "_": "▁▂▄",
    "=": "▃▅▆",
    "#": "▇█▓▒░▉▋",
    '"': "▀“”„",
    "'": "‘’",
    "*": "•●",
    "x": "✗☑",
    "o": "☐",
    ">": "▶›→",
    "<": "◀‹←",
    "^": "▲↑",
    "v": "▼↓",
    ".": "…",
    "~": "≈",
    "!": "≠",
}
SIGNS: Mapping[int, str] = str.maketrans({sign: plain for plain, signs in _TO.items() for sign in signs})


class PlainSigns(LineFilter):
    """Paints every sign that is no letter as an ASCII character."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment
            if segment.text.isascii()
            else Segment(segment.text.translate(SIGNS), segment.style, segment.control)
            for segment in segments
        ]


def are_plain(app: App[Any]) -> bool:
    """Whether the app paints plain signs: what would need more than one character for a sign asks."""
    return any(isinstance(one, PlainSigns) for one in app.get_line_filters())


def has_few_signs() -> bool:
    """Whether the terminal is Linux's text console, whose font of at most 512 signs has Vietnamese and hardly more."""
    return os.environ.get("TERM", "") == "linux"
