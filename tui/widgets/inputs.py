"""One-line inputs that keep Vietnamese whole: keys in arrival order, composed where F8 says so, text always NFC."""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

from textual import events
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input

from tui.widgets.cells import cut
from tui.widgets.composing import Holds, Typist, typing_of
from tui.widgets.keyed import Keyed

_ENDS = ("enter", "tab")
"""The keys that a scanner sends behind what it read."""
_SPACES = "\t\r\n\xa0\u3000"


def typed(text: str) -> str:
    """What may enter a field: one line, NFC, no control characters; a tab or a line break becomes a space."""
    if not text.isprintable():
        text = "".join(" " if c in _SPACES else c for c in text if c.isprintable() or c in _SPACES)
    return unicodedata.normalize("NFC", text)


class KeyedInput(Keyed, Input, inherit_bindings=False):
    """A field of a form. Enter submits and goes on to the next field, Tab goes on, Shift+Tab goes back.

    `enter_moves=False` keeps the focus on Enter (search boxes, PINs); `jump_when_full=True` goes on by
    itself when `max_length` characters are there; `holds` tells whether its keys may be composed (F8).
    """

    DEFAULT_CSS = """
    KeyedInput {
        height: 1;
        padding: 0;
        border: none;
        border-left: solid $border-blurred;
        border-right: solid $border-blurred;
        background: $surface;
        color: $foreground;
        &:focus {
            border: none;
            border-left: outer $border;
            border-right: outer $border;
            background-tint: $foreground 0%;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "cursor_left", show=False),
        Binding("right", "cursor_right", show=False),
        Binding("shift+left", "cursor_left(True)", show=False),
        Binding("shift+right", "cursor_right(True)", show=False),
        Binding("ctrl+left", "cursor_left_word", show=False),
        Binding("ctrl+right", "cursor_right_word", show=False),
        Binding("home", "home", show=False),
        Binding("end", "end", show=False),
        Binding("shift+home", "home(True)", show=False),
        Binding("shift+end", "end(True)", show=False),
        Binding("ctrl+a", "select_all", show=False),
        Binding("backspace", "delete_left", show=False),
        Binding("delete", "delete_right", show=False),
        Binding("ctrl+w,alt+backspace,ctrl+backspace", "delete_left_word", show=False),
        Binding("ctrl+x", "cut", show=False),
        Binding("ctrl+c,super+c", "copy", show=False),
        Binding("ctrl+v", "paste", show=False),
        Binding("enter", "accept", show=False),
        Binding("tab", "next_field", show=False),
        Binding("shift+tab", "previous_field", show=False),
    ]

    class Accepted(Message):
        """Enter was pressed: `value` is what the field holds at that key, whatever is typed afterwards."""

        def __init__(self, field: KeyedInput, value: str) -> None:
            super().__init__()
            self.field = field
            self.value = value

        @property
        def control(self) -> KeyedInput:
            return self.field

    _whole_placeholder = ""

    def __init__(
        self,
        *args: Any,
        holds: Holds = "codes",
        enter_moves: bool = True,
        jump_when_full: bool = False,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("select_on_focus", False)
        super().__init__(*args, **kwargs)
        self.holds = holds
        self.enter_moves = enter_moves
        self.jump_when_full = jump_when_full
        self.cursor_blink = False
        self._typist = Typist(holds)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Del with nothing behind the cursor is the screen's, where it may be a command."""
        if action == "delete_right" and self.cursor_at_end and self.selection.is_empty:
            return False
        return super().check_action(action, parameters)

    def validate_placeholder(self, text: str) -> str:
        """As much of it as has room; «…» stands for the rest."""
        self._whole_placeholder = text
        return cut(text, self.content_size.width) if self.content_size.width else text

    def on_resize(self) -> None:
        self.placeholder = self._whole_placeholder

    def take_key(self, event: events.Key) -> bool:
        typing, around = typing_of(self.app), self._around
        composes = typing.composes(self.holds)
        if event.character is None or not event.is_printable:
            sent = self._typist.ended(around[0], event, around[1]) if event.key in _ENDS and composes else None
            if sent is not None:
                self._put(*sent)
            return False
        if composes:
            self._put(*self._typist.key(typing, around[0], event, around[1]))
        else:
            self.replace(event.character, *self.selection)
        if self.jump_when_full and self.cursor_at_end and len(self.value) == self.max_length:
            self.action_next_field()
        return True

    def take_paste(self, text: str) -> None:
        self.replace(text.strip("\r\n"), *self.selection)

    def replace(self, text: str, start: int, end: int) -> None:
        """Replace `start:end` by `text`, composing it with the letter before it (a mark may arrive alone)."""
        first, last = sorted((start, end))
        first, last = max(0, first), min(len(self.value), last)
        head = unicodedata.normalize("NFC", self.value[:first] + typed(text))
        kept = _common_prefix(head, self.value[:first])
        super().replace(head[kept:], kept, last)

    def action_delete_left(self) -> None:
        """Backspace takes one letter with its marks; where keys are composed, the tone goes where the rest wants it."""
        typing = typing_of(self.app)
        if self.selection.is_empty and typing.composes(self.holds):
            self._put(*self._typist.erase(typing, *self._around))
        else:
            super().action_delete_left()

    @property
    def _around(self) -> tuple[str, str]:
        """The texts before and behind the cursor; what is selected is in neither."""
        first, last = sorted(self.selection)
        return self.value[:first], self.value[last:]

    def _put(self, before: str, after: str) -> None:
        """Hold these texts with the cursor between them, if the field may."""
        kept = _common_prefix(before, self.value)
        self.replace(before[kept:] + after, kept, len(self.value))
        if self.value == before + after:
            self.cursor_position = len(before)

    def action_accept(self) -> None:
        """Tell the screen what the field holds and go on."""
        self.post_message(self.Accepted(self, self.value))
        if self.enter_moves:
            self.action_next_field()

    def action_next_field(self) -> None:
        self.screen.focus_next()

    def action_previous_field(self) -> None:
        self.screen.focus_previous()


class PinInput(KeyedInput):
    """A masked field: it is never copied, and `take` empties it as it reads it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("enter_moves", False)
        super().__init__(*args, password=True, max_length=64, **kwargs)

    def take(self) -> str:
        """What was typed; the field is empty afterwards."""
        pin, self.value = self.value, ""
        return pin

    def action_copy(self) -> None:
        raise SkipAction()

    def action_cut(self) -> None:
        raise SkipAction()


class SearchInput(KeyedInput):
    """A one-line search box: Enter tells the text and stays, Esc empties a box that has text."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "empty", show=False)]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("enter_moves", False)
        kwargs.setdefault("holds", "both")
        super().__init__(*args, **kwargs)

    def action_empty(self) -> None:
        if not self.value:
            raise SkipAction()
        self.value = ""


def _common_prefix(one: str, other: str) -> int:
    if one.startswith(other):
        return len(other)
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
