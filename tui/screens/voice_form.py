"""What the forms of outreach and feedback share: their lines, reading a field, and F10."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Static

from core.answers import InvalidInput, Refusal
from core.moments import legal_day
from core.text import clean_line
from storage.desk import Done
from tui.i18n import tr
from tui.keys import bind
from tui.screens.base import OfficerScreen
from tui.screens.kept_typing import KeptTyping
from tui.screens.law_form import Misread, read_date
from tui.widgets.choice import ChoiceInput
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField


class VoiceForm(KeptTyping):
    """Subclasses give `kept_as`, `parts`, `write` and `done_words`. What is refused stays, with the cursor on it."""

    name_key = "voices.title"
    hints: ClassVar[Sequence[str]] = ("save", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "save"), bind("discard", "discard")]

    def parts(self) -> Iterator[tuple[str, Widget]]:
        """The fields with the keys of their labels."""
        raise NotImplementedError

    def write(self) -> Done | Refusal:
        """Write what was typed down; Misread of a field that can't be read, InvalidInput."""
        raise NotImplementedError

    def done_words(self) -> str:
        """What is said once it is written."""
        raise NotImplementedError

    def lines(self) -> Iterator[Widget]:
        """A line for each field."""
        for key, field in self.parts():
            tall = " tall" if isinstance(field, ChoiceInput) else ""
            yield Horizontal(Static(tr(key), classes="label", markup=False), field, classes=f"line{tall}")

    def action_save(self) -> None:
        """Write it; a field that can't be read is told and gets the cursor."""
        try:
            done = self.write()
        except Misread as error:
            self.refuse(error.problem)
            self.query_one(f"#{error.field}").focus()
            return
        except InvalidInput as error:
            self.refuse(error)
            return
        if isinstance(done, Refusal):
            self.refuse(done)
            return
        self.carried_out()
        self.app.pop_screen()
        below = self.app.screen
        if isinstance(below, OfficerScreen):
            below.call_after_refresh(below.say, f"✓ {self.done_words()}")

    def option(self, name: str) -> str:
        """What is chosen in a field."""
        return self.query_one(f"#{name}", OptionField).value

    def text(self, name: str) -> str:
        """What a field holds; Misread where that is no line."""
        try:
            return clean_line(self.query_one(f"#{name}", KeyedInput).value)
        except InvalidInput as error:
            raise Misread(name, error) from None

    def day(self, name: str) -> date | None:
        """The day that a field names; None of an empty one, Misread where it names none."""
        text = self.text(name)
        found = read_date(text, legal_day(self.app.desk.now())) if text else None
        if text and found is None:
            raise Misread(name, InvalidInput("date_unread", value=text))
        return found
