"""One question before a paper is printed: on a limit that nobody verified, or with characters that no font has."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen

from tui.i18n import tr
from tui.issuing import Doubt
from tui.print_words import doubt_lines
from tui.screens.parts import TextLines

_CALM = 0.8
"""Seconds without any key before Enter is an answer: longer than a key is held before it begins to repeat."""
_EDITING = frozenset({"enter", "tab", "backspace"})


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether to print, and the keys of whoever typed on meanwhile."""

    prints: bool
    typed: tuple[events.Key, ...] = ()


class ConfirmPrint(ModalScreen[Answer]):
    """Enter prints, Esc does not; what was typed ahead answers nothing.

    With `keep_typing` the officer may already be at the next person: text is kept for the field that waits, and
    from then on Enter belongs to it and no longer to the question.
    """

    def __init__(self, doubt: Doubt, *, keep_typing: bool = False) -> None:
        super().__init__()
        self._doubt = doubt
        self._keep_typing = keep_typing
        self._typed: list[events.Key] = []
        self._last = float("inf")

    def compose(self) -> ComposeResult:
        box = Vertical(classes="panel -dialog")
        box.border_title = tr("print.confirm.title" if self._doubt.reason else "print.confirm.title_glyphs")
        *why, asked = doubt_lines(self._doubt)
        with box:
            yield TextLines(why)
            yield TextLines([asked], classes="spaced problem")
            yield TextLines([tr("print.confirm.keys")], id="keys", classes="spaced warning")

    def on_mount(self, event: events.Mount) -> None:
        self._last = event.time

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        calm, self._last = event.time - self._last >= _CALM, event.time
        if event.key == "escape":
            self.dismiss(Answer(False, tuple(self._typed)))
        elif event.key == "enter" and not self._typed:
            if calm:
                self.dismiss(Answer(True))
        elif self._keep_typing and (event.is_printable or (self._typed and event.key in _EDITING)):
            self._typed.append(event)
            self.query_one("#keys", TextLines).show_lines([tr("print.confirm.typed")])
