"""A field with a list of suggestions below it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.choices import Choice
from tui.widgets.cells import fit
from tui.widgets.inputs import KeyedInput


class ChoiceInput(Vertical):
    """Type to search, ↑↓ to choose, Enter to take the marked suggestion and go on to the next field; so does Tab with
    the only one there is.

    `find` turns the text into suggestions, best first. The list keeps its height, so that nothing below it
    moves.
    """

    DEFAULT_CSS = """
    ChoiceInput { height: auto; }
    """

    class Chosen(Message):
        """A suggestion was taken; `choice` is None where the text was changed afterwards."""

        def __init__(self, control: ChoiceInput, choice: Choice | None) -> None:
            super().__init__()
            self.choice_input = control
            self.choice = choice

        @property
        def control(self) -> ChoiceInput:
            return self.choice_input

    def __init__(self, find: Callable[[str], Sequence[Choice]], *, rows: int = 3, id: str | None = None) -> None:
        super().__init__(id=id)
        self.choice: Choice | None = None
        self._find = find
        self.field = ChoiceField(holds="both")
        """The field that takes the focus."""
        self._list = ChoiceList(rows)

    def compose(self) -> ComposeResult:
        yield self.field
        yield self._list

    def on_mount(self) -> None:
        self.suggest()

    def choose(self, choice: Choice | None) -> None:
        """Take a suggestion, as Enter does, without moving on; None empties the field."""
        self.choice = choice
        self.field.value = choice.text if choice else ""
        self.field.cursor_position = len(self.field.value)
        self.suggest()
        self.post_message(self.Chosen(self, choice))

    @property
    def typed(self) -> str:
        """What was taken, with its words, or the text so far: as `recall` reads it."""
        return f"{self.choice.id}\n{self.choice.text}" if self.choice else self.field.value

    def recall(self, typed: str) -> None:
        """As it stood when this was `typed`; what is no suggestion any more is a text that chooses nothing."""
        wanted, was_taken, words = typed.partition("\n")
        found = (one for one in self._find(words) if one.id == wanted) if was_taken else iter(())
        choice = next(found, None)
        self.choose(choice)
        if choice is None:
            self.field.value = words if was_taken else typed
            self.suggest()

    def suggest(self) -> None:
        """Bring the list in line with the text; at once, because Enter may come in the same read."""
        self._list.show(self._find(self.field.value))

    def mark_next(self, step: int) -> None:
        """Mark the next or the previous suggestion."""
        self._list.step(step)

    def text_changed(self) -> None:
        """The officer has changed the text: what was chosen before no longer is."""
        self.suggest()
        if self.choice is not None:
            self.choice = None
            self.post_message(self.Chosen(self, None))

    def take_marked(self) -> bool:
        """Take the marked suggestion; False where there is none."""
        if self.choice is None and self._list.marked is not None:
            self.choose(self._list.marked)
        return self.choice is not None

    def on_descendant_blur(self) -> None:
        """Who leaves the field with the only thing there is for what was typed has meant that."""
        if self.choice is None and self.field.value and self._list.only is not None:
            self.choose(self._list.only)

    def on_choice_list_picked(self, message: ChoiceList.Picked) -> None:
        message.stop()
        self.choose(message.choice)


class ChoiceField(KeyedInput):
    """The field of a `ChoiceInput`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "mark(-1)", show=False),
        Binding("down", "mark(1)", show=False),
    ]

    def replace(self, text: str, start: int, end: int) -> None:
        before = self.value
        super().replace(text, start, end)
        if self.value != before:
            self._choices.text_changed()

    def action_mark(self, step: int) -> None:
        self._choices.mark_next(step)

    def action_accept(self) -> None:
        """Take the marked suggestion and go on; text that matches nothing stays where it is."""
        if self._choices.take_marked() or not self.value:
            super().action_accept()
        else:
            self.app.bell()

    @property
    def _choices(self) -> ChoiceInput:
        assert isinstance(self.parent, ChoiceInput)
        return self.parent


class ChoiceList(Widget):
    """The suggestions of a `ChoiceInput`, one a line."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"choice-list--marked"}
    DEFAULT_CSS = """
    ChoiceList { background: $surface; color: $foreground; }
    ChoiceList .choice-list--marked {
        background: $block-cursor-background;
        color: $block-cursor-foreground;
        text-style: bold;
    }
    """

    class Picked(Message):
        """A suggestion was clicked."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.styles.height = rows
        self._rows = rows
        self._choices: Sequence[Choice] = ()
        self._mark = 0

    @property
    def marked(self) -> Choice | None:
        return self._choices[self._mark] if self._choices else None

    @property
    def only(self) -> Choice | None:
        """The suggestion where there is just one."""
        return self._choices[0] if len(self._choices) == 1 else None

    def show(self, choices: Sequence[Choice]) -> None:
        if tuple(choices) != tuple(self._choices):
            self._choices, self._mark = tuple(choices), 0
            self.refresh()

    def step(self, step: int) -> None:
        self._mark = max(0, min(self._mark + step, len(self._choices) - 1))
        self.refresh()

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is not None and self._top + at.y < len(self._choices):
            self.post_message(self.Picked(self._choices[self._top + at.y]))

    @property
    def _top(self) -> int:
        return max(0, min(self._mark - self._rows + 1, len(self._choices) - self._rows))

    def render_line(self, y: int) -> Strip:
        width, index = self.size.width, self._top + y
        if index >= len(self._choices):
            return Strip.blank(width, self.rich_style)
        marked = index == self._mark
        choice = self._choices[index]
        style = self.get_component_rich_style("choice-list--marked") if marked else self.rich_style
        room = max(0, width - 2 - len(choice.remark) - 1)
        text = ("> " if marked else "  ") + fit(choice.text, room) + " " + choice.remark
        return Strip([Segment(fit(text, width), style)], width)
