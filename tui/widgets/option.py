"""A field that holds one word out of a few."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from core.text import fold
from tui.widgets.cells import fit
from tui.widgets.keyed import Keyed


class OptionField(Keyed, Widget, can_focus=True):
    """←→ or Space changes the word, a letter jumps to the next word that begins with it, Enter goes on.

    `options` are `(id, words)`; the first one stands at the start.
    """

    DEFAULT_CSS = """
    OptionField {
        height: 1;
        width: 16;
        border-left: solid $border-blurred;
        border-right: solid $border-blurred;
        background: $surface;
        color: $foreground;
        &:focus {
            border-left: outer $border;
            border-right: outer $border;
            text-style: bold;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", show=False),
        Binding("right", "step(1)", show=False),
        Binding("enter,tab", "next_field", show=False),
        Binding("shift+tab", "previous_field", show=False),
    ]

    class Changed(Message):
        """Another word stands in the field."""

        def __init__(self, field: OptionField, value: str) -> None:
            super().__init__()
            self.field = field
            self.value = value

        @property
        def control(self) -> OptionField:
            return self.field

    def __init__(
        self, options: Sequence[tuple[str, str]], *, id: str | None = None, classes: str | None = None
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._options = tuple(options)
        self._at = 0

    @property
    def value(self) -> str:
        """The id of the word that stands there; empty where there are no words."""
        return self._options[self._at][0] if self._options else ""

    @value.setter
    def value(self, wanted: str) -> None:
        ids = [one for one, _ in self._options]
        self._move(ids.index(wanted) if wanted in ids else 0)

    def offer(self, options: Sequence[tuple[str, str]]) -> None:
        """Other words to choose from; the value stays where it is among them."""
        before = self.value
        self._options, self._at = tuple(options), 0
        self.value = before
        self.refresh()

    def take_key(self, event: events.Key) -> bool:
        if event.character is None or not event.is_printable:
            return False
        if event.character == " ":
            self.action_step(1)
            return True
        wanted = fold(event.character)
        places = [*range(self._at + 1, len(self._options)), *range(self._at + 1)]
        found = next((place for place in places if fold(self._options[place][1]).startswith(wanted)), None)
        if found is not None:
            self._move(found)
        return True

    def action_step(self, step: int) -> None:
        if self._options:
            self._move((self._at + step) % len(self._options))

    def action_next_field(self) -> None:
        self.screen.focus_next()

    def action_previous_field(self) -> None:
        self.screen.focus_previous()

    def on_click(self) -> None:
        self.action_step(1)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        words = self._options[self._at][1] if self._options else ""
        text = f"‹{fit(words, width - 2)}›" if self.has_focus and width > 2 else fit(words, width)
        return Strip([Segment(text, self.rich_style)], width)

    def _move(self, place: int) -> None:
        if place != self._at:
            self._at = place
            self.refresh()
            self.post_message(self.Changed(self, self.value))
