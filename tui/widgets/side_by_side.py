"""Columns of text side by side, one of them chosen: ←→ or a number chooses; more than fit are moved through."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from tui.widgets.cells import fit
from tui.widgets.keyed import Keyed
from tui.widgets.lines import LinesWidget
from tui.widgets.timeline import wrapped

_LEAST = 34
_BETWEEN = " │ "


class SideBySide(Keyed, LinesWidget, can_focus=True):
    """Each column is a head and paragraphs; Enter accepts the chosen one. Put it in a scrolling container."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"side-by-side--chosen"}
    DEFAULT_CSS = """
    SideBySide .side-by-side--chosen { background: $panel; text-style: bold; }
    SideBySide:focus .side-by-side--chosen {
        background: $block-cursor-background;
        color: $block-cursor-foreground;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", show=False),
        Binding("right", "move(1)", show=False),
        Binding("home", "move(-9999)", show=False),
        Binding("end", "move(9999)", show=False),
        Binding("enter", "accept", show=False),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "scroll(-8)", show=False),
        Binding("pagedown", "scroll(8)", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    class Accepted(Message):
        """Enter was pressed on the chosen column."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._columns: Sequence[tuple[str, Sequence[str]]] = ()
        self.chosen = 0

    def show_columns(self, columns: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Show these (head, paragraphs) instead; the same place stays chosen."""
        self._columns = columns
        self.choose(self.chosen)

    def choose(self, place: int) -> None:
        """Choose a column; beyond the last one, the last."""
        self.chosen = max(0, min(place, len(self._columns) - 1))
        self.changed()

    def take_key(self, event: events.Key) -> bool:
        if event.key.isdecimal() and 1 <= int(event.key) <= len(self._columns):
            self.choose(int(event.key) - 1)
            return True
        return False

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is not None and self._columns:
            first, count, room = self._window(self.size.width)
            self.choose(first + min(count - 1, at.x // (room + len(_BETWEEN))))

    def action_move(self, step: int) -> None:
        self.choose(self.chosen + step)

    def action_accept(self) -> None:
        self.post_message(self.Accepted())

    def action_scroll(self, lines: int) -> None:
        if self.parent is not None:
            self.parent.scroll_relative(y=lines, animate=False)  # type: ignore[attr-defined]

    def lines(self, width: int) -> list[str]:
        if not self._columns:
            return []
        first, count, room = self._window(width)
        cells = [self._column(place, room) for place in range(first, first + count)]
        return [_BETWEEN.join(fit(line, room) for line in row) for row in zip_longest(*cells, fillvalue="")]

    def render_line(self, y: int) -> Strip:
        """The chosen column's head is painted; it is also told by a sign."""
        strip = super().render_line(y)
        if y != 0 or not self._columns:
            return strip
        first, _, room = self._window(self.size.width)
        begin = (self.chosen - first) * (room + len(_BETWEEN))
        before, marked, after = strip.divide([begin, begin + room, strip.cell_length])
        style = self.get_component_rich_style("side-by-side--chosen")
        return Strip.join([before, Strip([Segment(marked.text, style)], room), after])

    def _window(self, width: int) -> tuple[int, int, int]:
        """The first column that is shown, how many are, and each one's width."""
        total = len(self._columns)
        count = min(total, max(2, (width + len(_BETWEEN)) // (_LEAST + len(_BETWEEN))))
        first = max(0, min(self.chosen - count // 2, total - count))
        return first, count, max(1, (width - len(_BETWEEN) * (count - 1)) // count)

    def _column(self, place: int, width: int) -> list[str]:
        head, paragraphs = self._columns[place]
        sign = "▶" if place == self.chosen else " "
        lines = [f"{sign} {place + 1}/{len(self._columns)} {head}"]
        for paragraph in paragraphs:
            lines += wrapped(paragraph, width)
        return lines
