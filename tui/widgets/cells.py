"""Text in terminal cells: Vietnamese counted rightly, nothing from a dossier able to steer the terminal."""

from __future__ import annotations

import unicodedata
from typing import Literal

from rich.cells import cell_len, set_cell_size

Align = Literal["left", "right"]


def plain(text: str) -> str:
    """NFC, with every control or format character shown as a space."""
    whole = unicodedata.normalize("NFC", text)
    return whole if whole.isprintable() else "".join(c if c.isprintable() else " " for c in whole)


def cut(text: str, width: int) -> str:
    """`text` in at most `width` cells; «…» stands for what does not fit."""
    safe = plain(text)
    if cell_len(safe) <= width:
        return safe
    return set_cell_size(safe, width - 1).rstrip() + "…" if width > 1 else "…"[:width]


def fit(text: str, width: int, align: Align = "left") -> str:
    """`text` in exactly `width` cells."""
    short = cut(text, width)
    space = " " * (width - cell_len(short))
    return space + short if align == "right" else short + space


def spread(left: str, middle: str, right: str, width: int) -> str:
    """Three texts on one line, the middle one centred as far as the sides leave room; the left is cut first."""
    end = cut(right, width)
    rest = max(0, width - cell_len(end) - 1)
    centre = cut(middle, max(0, rest - 2))
    start = cut(left, max(0, rest - cell_len(centre) - 1))
    room = width - cell_len(start) - cell_len(end)
    before = max(1, (width - cell_len(centre)) // 2 - cell_len(start))
    before = max(0, min(before, room - cell_len(centre) - 1))
    return start + fit(" " * before + centre, room) + end
