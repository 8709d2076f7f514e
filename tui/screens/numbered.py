"""The numbered lists of a screen in one text: a click on one is its number's key, whatever has the focus."""

from __future__ import annotations

import re

from textual import events
from textual.message import Message

from tui.screens.parts import TextLines

_BETWEEN = " · "
_NUMBERED = re.compile(r"▶?(\d) ")


class NumberedLists(TextLines):
    """«▶1 Batches 14 · 2 Out 0 · 3 Came back 1», wrapped where it must be."""

    class Picked(Message):
        """A list was clicked: its number."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None:
            return
        lines = self.lines(self.size.width)
        offset = sum(len(line) + 1 for line in lines[: at.y]) + at.x
        place = _place_at(" ".join(lines).split(" — ")[0], offset)
        if place:
            self.post_message(self.Picked(place))


def _place_at(text: str, offset: int) -> int:
    """The number of the list that stands there; 0 where none does."""
    begin = 0
    for part in text.split(_BETWEEN):
        found = _NUMBERED.match(part)
        if found is not None and begin <= offset < begin + len(part):
            return int(found[1])
        begin += len(part) + len(_BETWEEN)
    return 0
