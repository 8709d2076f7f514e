"""Lines to be ticked one by one: each whole, wrapped, with a cursor over them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.keys import bind
from tui.widgets.cells import fit
from tui.widgets.keyed import Keyed
from tui.widgets.lines import LinesWidget
from tui.widgets.timeline import wrapped

_BOX = 5


class TickList(Keyed, LinesWidget, can_focus=True):
    """↑↓ moves, Space ticks: what was read stays read. Put it in a scrolling container."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"tick-list--marked"}
    DEFAULT_CSS = """
    TickList .tick-list--marked { background: $panel; text-style: bold; }
    TickList:focus .tick-list--marked {
        background: $block-cursor-background;
        color: $block-cursor-foreground;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("select", "tick"),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "move(-8)", show=False),
        Binding("pagedown", "move(8)", show=False),
        Binding("home", "move(-9999)", show=False),
        Binding("end", "move(9999)", show=False),
    ]

    class Ticked(Message):
        """A line was ticked; `place` is its index."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._texts: Sequence[str] = ()
        self._ticked: set[int] = set()
        self._cursor = 0

    @property
    def ticked(self) -> frozenset[int]:
        """The places of the lines that are ticked."""
        return frozenset(self._ticked)

    def show_texts(self, texts: Sequence[str]) -> None:
        """Show these lines, none of them ticked, instead."""
        self._texts, self._ticked, self._cursor = tuple(texts), set(), 0
        self.changed()

    def lines(self, width: int) -> list[str]:
        return [line for place in range(len(self._texts)) for line in self._block(place, width)]

    def action_tick(self) -> None:
        """Tick the line under the cursor and go on to the next one."""
        if self._texts and self._cursor not in self._ticked:
            self._ticked.add(self._cursor)
            self.post_message(self.Ticked(self._cursor))
        self.changed()
        self.action_move(1)

    def action_move(self, step: int) -> None:
        self._cursor = max(0, min(self._cursor + step, len(self._texts) - 1))
        self.refresh()
        if isinstance(self.parent, Widget):
            top, height = self._place_of(self._cursor)
            offset = self.virtual_region.offset
            region = Region(0, top, max(1, self.size.width), height).translate(offset)
            self.parent.scroll_to_region(region, animate=False)

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None:
            return
        for place in range(len(self._texts)):
            top, height = self._place_of(place)
            if top <= at.y < top + height:
                self.action_move(place - self._cursor)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        lines = self._at(width)
        top, height = self._place_of(self._cursor)
        marked = top <= y < top + height and bool(self._texts)
        style = self.get_component_rich_style("tick-list--marked") if marked else self.rich_style
        return Strip([Segment(fit(lines[y] if y < len(lines) else "", width), style)], width)

    def _block(self, place: int, width: int) -> list[str]:
        box = "[x]" if place in self._ticked else "[ ]"
        first, *more = wrapped(self._texts[place], max(10, width - _BOX))
        return [fit(f" {box}", _BOX) + first, *(" " * _BOX + line for line in more)]

    def _place_of(self, place: int) -> tuple[int, int]:
        """The block's first line and its height, at the present width."""
        width = max(1, self.size.width)
        heights = [len(self._block(one, width)) for one in range(min(place + 1, len(self._texts)))]
        if not heights:
            return 0, 1
        return list(accumulate(heights, initial=0))[-2], heights[-1]
