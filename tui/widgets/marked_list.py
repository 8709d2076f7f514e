"""A short list in a form, with a mark that ↑↓ move; Enter and Tab go on to the next field."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.widget import Widget

from tui.widgets.keyed import Keyed

T = TypeVar("T")


class MarkedList(Keyed, Widget, Generic[T], can_focus=True):
    """Whoever extends it sets what is listed and paints a line for each."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "mark(-1)", show=False),
        Binding("down", "mark(1)", show=False),
        Binding("enter,tab", "next_field", show=False),
        Binding("shift+tab", "previous_field", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._listed: tuple[T, ...] = ()
        self._mark = 0

    def clicked(self, line: int) -> None:
        """What a click on a line does besides marking it."""

    def action_mark(self, step: int) -> None:
        self._mark = max(0, min(self._mark + step, len(self._listed) - 1))
        self.refresh()

    def action_next_field(self) -> None:
        self.screen.focus_next()

    def action_previous_field(self) -> None:
        self.screen.focus_previous()

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is not None and at.y < len(self._listed):
            self._mark = at.y
            self.clicked(at.y)
            self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(1, len(self._listed))
