"""Sign-in and change of officer: a number or a code, a PIN, Enter."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Center, Horizontal, Vertical
from textual.widgets import Static

from core.answers import InvalidInput
from core.text import fold
from storage.officers import Officer
from storage.shift import open_at_sign_in
from tui.i18n import tr
from tui.screens.base import OfficerScreen
from tui.screens.parts import TextLines
from tui.widgets.choice import Choice, ChoiceInput
from tui.widgets.inputs import KeyedInput, PinInput


class OfficerChoice(ChoiceInput):
    """The officers of the station; a number or a code that can only mean one of them goes on to the PIN at once."""

    def __init__(self, officers: Sequence[Officer], *, id: str) -> None:
        self.officers = {officer.id: officer for officer in officers}
        choices = [(str(n), officer, _choice(n, officer)) for n, officer in enumerate(officers, 1)]
        self._names = [(number, fold(officer.code), choice) for number, officer, choice in choices]
        super().__init__(self._find, rows=min(10, max(3, len(officers))), id=id)

    @property
    def officer(self) -> Officer | None:
        return self.officers[self.choice.id] if self.choice else None

    def text_changed(self) -> None:
        super().text_changed()
        typed = fold(self.field.value)
        meant = [c for number, code, c in self._names if number.startswith(typed) or code.startswith(typed)]
        exact = [c for number, code, c in self._names if typed in (number, code)]
        if typed and len(meant) == 1 and exact == meant:
            self.choose(meant[0])
            self.screen.focus_next()

    def _find(self, text: str) -> Sequence[Choice]:
        wanted = fold(text)
        exact = [c for number, code, c in self._names if wanted in (number, code) or text == c.text]
        return exact or [c for _, _, c in self._names if all(part in fold(c.text) for part in wanted.split())]


class OwnPin(PinInput):
    """The last field here: Tab stays, or the PIN would be typed into the name that is before it, for all to read."""

    def action_next_field(self) -> None:
        """Enter tries it, Shift+Tab goes back to the name."""


class SignInScreen(OfficerScreen):
    """Nothing else can be reached from here; Esc goes back to the choice of the officer."""

    name_key = "title.sign_in"
    hints: ClassVar[Sequence[str]] = ("open", "back", "quit")

    def body(self) -> ComposeResult:
        officers = [officer for officer in self.app.desk.officers.all() if officer.active and officer.here]
        with Center(id="middle"), Vertical(classes="panel", id="who") as panel:
            panel.border_title = tr("sign_in.who")
            yield OfficerChoice(officers, id="officer")
            with Horizontal(classes="line"):
                yield Static(tr("sign_in.pin"), classes="label")
                yield OwnPin(id="pin")
            yield TextLines([tr("sign_in.hint")], id="hint")
            if pins := self.demo_pins():
                yield TextLines(pins, id="pins")

    def lesson(self) -> ComposeResult:
        """Nobody is at the desk yet."""
        yield from ()

    @on(KeyedInput.Accepted, "#pin")
    def accepted(self, message: KeyedInput.Accepted) -> None:
        """The PIN as it was when Enter came; letters typed since belong to the next try."""
        field = self.query_one("#pin", PinInput)
        officer = self.query_one(OfficerChoice).officer
        if officer is None:
            self.say(tr("sign_in.choose"))
            self.set_focus(self.query_one(OfficerChoice).field)
            return
        left = self.app.pin_tries.wait()
        if left:
            self.say(tr("sign_in.wait", seconds=left))
            return
        field.value = field.value.removeprefix(message.value)
        self._try(officer, message.value)

    def _try(self, officer: Officer, pin: str) -> None:
        try:
            refused = self.app.desk.officers.sign_in(officer, pin)
        except InvalidInput as error:
            self.refuse(error)
            return
        if refused is None:
            self.app.pin_tries.held()
            with suppress(InvalidInput):  # a shift that can't be written keeps nobody out
                open_at_sign_in(self.app.desk, officer)
            self.app.signed_in(officer)
        elif refused.code != "pin_wrong":
            self.refuse(refused)
        else:
            self.missed_pin()

    def action_back(self) -> None:
        self.query_one(OfficerChoice).choose(None)
        self.set_focus(self.query_one(OfficerChoice).field)


def _choice(number: int, officer: Officer) -> Choice:
    roles = ", ".join(tr(f"role.{role}") for role in officer.given)
    return Choice(officer.id, f"{number}  {officer.code} · {officer.name}", roles)
