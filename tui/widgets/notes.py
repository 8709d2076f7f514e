"""A note of several lines, with the same order of keys as the fields. Imports Textual's slow TextArea:
only where needed."""

from __future__ import annotations

import unicodedata
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import TextArea

from tui.widgets.composing import Typist, typing_of
from tui.widgets.inputs import typed
from tui.widgets.keyed import Keyed


class KeyedNote(Keyed, TextArea, inherit_bindings=False):
    """Enter begins a new line, Tab goes on to the next field."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"cursor_{key}", show=False) for key in ("up", "down", "left", "right")),
        *(Binding(f"shift+{key}", f"cursor_{key}(True)", show=False) for key in ("up", "down", "left", "right")),
        Binding("home", "cursor_line_start", show=False),
        Binding("end", "cursor_line_end", show=False),
        Binding("pageup", "cursor_page_up", show=False),
        Binding("pagedown", "cursor_page_down", show=False),
        Binding("backspace", "delete_left", show=False),
        Binding("delete", "delete_right", show=False),
        Binding("ctrl+a", "select_all", show=False),
        Binding("ctrl+x", "cut", show=False),
        Binding("ctrl+c", "copy", show=False),
        Binding("ctrl+v", "paste", show=False),
        Binding("enter", "new_line", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cursor_blink = False
        self._typist = Typist("words")

    def take_key(self, event: events.Key) -> bool:
        if event.character is None or not event.is_printable:
            return False
        typing = typing_of(self.app)
        if typing.composes("words"):
            before, after = self._around
            self._put(*self._typist.key(typing, before, event, after))
        else:
            self._write(event.character)
        return True

    def take_paste(self, text: str) -> None:
        self._write("\n".join(typed(line) for line in text.splitlines()))

    def action_new_line(self) -> None:
        self._write("\n")

    def action_delete_left(self) -> None:
        """Backspace takes one letter with its marks; where keys are composed, the tone goes where the rest wants it."""
        typing, (before, after) = typing_of(self.app), self._around
        if before and self.selection.is_empty and typing.composes("words"):
            self._put(*self._typist.erase(typing, before, after))
        else:
            super().action_delete_left()

    @property
    def _around(self) -> tuple[str, str]:
        """What stands on the cursor's line before and behind it; what is selected is in neither."""
        (row, column), (last, end) = sorted(self.selection)
        return self.document.get_line(row)[:column], self.document.get_line(last)[end:]

    def _put(self, before: str, after: str) -> None:
        """Hold these texts on the cursor's line, the cursor between them."""
        (row, _), (last, _) = sorted(self.selection)
        end = (last, len(self.document.get_line(last)))
        self.replace(before + after, (row, 0), end, maintain_selection_offset=False)
        self.move_cursor((row, len(before)))

    def _write(self, text: str) -> None:
        """Put text in the place of the selection; a mark that arrives alone joins the letter before it."""
        start, end = sorted(self.selection)
        row, column = start
        before = self.document.get_line(row)[:column]
        if before and unicodedata.combining(text[:1] or " "):
            joined = unicodedata.normalize("NFC", before + text)
            self.replace(joined, (row, 0), end, maintain_selection_offset=False)
        else:
            self.replace(unicodedata.normalize("NFC", text), start, end, maintain_selection_offset=False)
