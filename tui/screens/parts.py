"""Small widgets that several screens share."""

from __future__ import annotations

from collections.abc import Sequence

from textual.containers import VerticalScroll

from tui.widgets.keyed import Keyed
from tui.widgets.lines import LinesWidget
from tui.widgets.timeline import wrapped


class TextLines(LinesWidget):
    """Lines of plain text, each wrapped to the width; no markup is read in them."""

    def __init__(self, texts: Sequence[str] = (), *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._texts = tuple(texts)

    def show_lines(self, texts: Sequence[str]) -> None:
        """Show these instead; nothing is painted where nothing changed."""
        if tuple(texts) != self._texts:
            self._texts = tuple(texts)
            self.changed()

    def lines(self, width: int) -> list[str]:
        return [line for text in self._texts for line in _hanging(text, width)]


def _hanging(text: str, width: int) -> list[str]:
    """Wrapped; what stands before the text (blanks, «- ») is kept, and continued lines go under it."""
    bare = text.lstrip(" ")
    indent = len(text) - len(bare)
    lead = indent + (2 if bare.startswith("- ") else 0)
    first, *more = wrapped(bare, max(10, width - lead))
    return [" " * indent + first, *(" " * lead + line for line in more)]


class Page(Keyed, VerticalScroll, can_focus=True):
    """A part that scrolls and takes keys in the order in which they came."""
