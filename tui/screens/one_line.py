"""One line of words that something needs: a question, an answer, a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from core.answers import InvalidInput, Refusal
from tui.i18n import tr
from tui.keys import bind
from tui.screens.base import OfficerScreen
from tui.screens.kept_typing import KeptTyping, of_dossiers
from tui.screens.parts import TextLines
from tui.widgets.inputs import KeyedInput
from tui.widgets.phrases import PhraseInput

Say = Callable[[str], Refusal | None]
"""What is done with the words; a refusal leaves the screen as it is."""


class OneLineScreen(KeptTyping):
    """Enter or F10 says it, Esc leaves it unsaid."""

    hints: ClassVar[Sequence[str]] = ("save", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "say"), bind("discard", "discard")]

    def __init__(self, name_key: str, lines: Sequence[str], say: Say) -> None:
        super().__init__()
        self.name_key = name_key  # type: ignore[misc]  # each use of the screen has its own title
        self._lines = list(lines)
        self._say = say

    @property
    def kept_as(self) -> str:
        return of_dossiers(self.name_key, self._lines)

    def body(self) -> ComposeResult:
        yield TextLines(self._lines, id="about")
        yield PhraseInput(id="words", max_length=200, enter_moves=False, kind=self.name_key)

    def key_title(self, key_id: str) -> str | None:
        return tr(self.name_key) if key_id == "save" else None

    def on_keyed_input_accepted(self) -> None:
        self.action_say()

    def action_say(self) -> None:
        words = self.query_one(KeyedInput).value.strip()
        if not words:
            return
        try:
            refused = self._say(words)
        except InvalidInput as error:
            self.refuse(error)
            return
        if refused is not None:
            self.refuse(refused)
            return
        self.carried_out()
        self.app.pop_screen()
        below = self.app.screen
        if isinstance(below, OfficerScreen):
            below.fill()
