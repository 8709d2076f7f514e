"""Widgets that are lines of text made for their width."""

from __future__ import annotations

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from tui.widgets.cells import cut, fit
from tui.widgets.sparing import OneStyle


class LinesWidget(OneStyle, Widget):
    """As high as its lines, which `lines(width)` makes; `changed()` makes them anew. «…» ends what has no room."""

    DEFAULT_CSS = "LinesWidget { height: auto; color: $foreground; }"
    _made: tuple[int, list[str]] = (-1, [])

    def lines(self, width: int) -> list[str]:
        """The text at this width, line by line; none until a subclass says so."""
        return []

    def changed(self) -> None:
        """Paint again, and make room for more or fewer lines."""
        before = len(self._made[1])
        self._made = (-1, [])
        width = self.size.width
        self.refresh(layout=bool(width) and len(self._at(width)) != before)  # without a width it is yet to be laid out

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(1, len(self._at(width)))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        lines = self._at(width)
        text = lines[y] if y < len(lines) else ""
        if y == self.size.height - 1 < len(lines) - 1:
            text = f"{cut(text, width - 2)} …" if width > 2 else "…"
        return Strip([Segment(fit(text, width), self.own_style)], width)

    def _at(self, width: int) -> list[str]:
        if self._made[0] != width:
            self._made = (width, self.lines(max(1, width)))
        return self._made[1]
