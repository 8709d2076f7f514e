"""A short list in a form, with a mark that ↑↓ move; Enter and Tab go on to the next field."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.widget import Widget

from tui.widgets.keyed import Keyed


class MarkedList(Keyed, Widget, can_focus=True):
    """Whoever extends it says how long it is (`length`) and paints its lines."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "mark(-1)", show=False),
        Binding("down", "mark(1)", show=False),
        Binding("enter,tab", "next_field", show=False),
        Binding("shift+tab", "previous_field", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._mark = 0

    @property
    def length(self) -> int:
        """How many lines can be marked."""
        raise NotImplementedError

    def clicked(self, line: int) -> None:
        """What a click on a line does besides marking it."""

    def action_mark(self, step: int) -> None:
        self._mark = max(0, min(self._mark + step, self.length - 1))
        self.refresh()

    def action_next_field(self) -> None:
        self.screen.focus_next()

    def action_previous_field(self) -> None:
        self.screen.focus_previous()

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is not None and at.y < self.length:
            self._mark = at.y
            self.clicked(at.y)
            self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(1, self.length)
