"""A dossier's events from first to last, wrapped under their time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tui.widgets.cells import fit, plain
from tui.widgets.lines import LinesWidget


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event, in words: `when`, a sign (one character, or none), what happened, and who did it where."""

    when: str
    what: str
    who: str = ""
    sign: str = ""


def timeline(entries: Sequence[TimelineEntry], width: int) -> list[str]:
    """Lines of at most `width` cells: time, sign, words; long words go on under themselves."""
    if not entries:
        return []
    before = max(cell_len(plain(entry.when)) for entry in entries)
    room = max(10, width - before - 3)
    lines = []
    for entry in entries:
        words = wrapped(" · ".join(part for part in (entry.what, entry.who) if part), room)
        lines.append(f"{fit(entry.when, before)} {fit(entry.sign, 1)} {words[0]}")
        lines.extend(" " * (before + 3) + more for more in words[1:])
    return lines


_JOIN = "\u00a0"


def wrapped(text: str, width: int) -> list[str]:
    """`text` broken at spaces into lines of at most `width` cells (1 at least); a longer word is broken anywhere.

    A no-break space holds its words together, and is shown as a space.
    """
    width = max(1, width)
    lines = [""]
    for whole in filter(None, _JOIN.join(map(plain, text.split(_JOIN))).split(" ")):
        word = whole.replace(_JOIN, " ")
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(joined) <= width:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        while cell_len(word) > width:
            lines[-1:] = [word[:width], ""]
            word = word[width:]
        lines[-1] = word
    return lines


class Timeline(LinesWidget):
    """The timeline as a widget as high as its lines; put it in a scrolling container."""

    def __init__(self, entries: Sequence[TimelineEntry] = (), *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._entries = entries

    def show_entries(self, entries: Sequence[TimelineEntry]) -> None:
        """Show these events instead."""
        self._entries = entries
        self.changed()

    def lines(self, width: int) -> list[str]:
        return timeline(self._entries, width)
