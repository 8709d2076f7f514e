"""A desk that nobody is at: covered until its officer's PIN, with everything as it was left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Center, Horizontal, Vertical
from textual.widgets import Static

from core.answers import InvalidInput
from tui.i18n import tr
from tui.screens.base import OfficerScreen
from tui.screens.parts import TextLines
from tui.widgets.inputs import KeyedInput, PinInput


class LockScreen(OfficerScreen):
    """Nothing else can be reached from here but another officer's sign-in; Esc leaves nothing behind."""

    AUTO_FOCUS = "#pin"
    name_key = "title.lock"
    hints: ClassVar[Sequence[str]] = ("open", "officer", "quit")

    def body(self) -> ComposeResult:
        assert self.app.officer is not None
        with Center(id="middle"), Vertical(classes="panel", id="who") as panel:
            panel.border_title = tr("lock.held", name=self.app.officer.name)
            with Horizontal(classes="line"):
                yield Static(tr("sign_in.pin"), classes="label")
                yield PinInput(id="pin")
            yield TextLines([tr("lock.hint")], id="hint")
            if pins := self.demo_pins():
                yield TextLines(pins, id="pins")

    def lesson(self) -> ComposeResult:
        """A covered desk says nothing."""
        yield from ()

    def key_title(self, key_id: str) -> str | None:
        return tr("lock.open") if key_id == "open" else None

    @on(KeyedInput.Accepted, "#pin")
    def accepted(self, message: KeyedInput.Accepted) -> None:
        """The PIN as it was when Enter came; letters typed since belong to the next try."""
        field, officer = self.query_one("#pin", PinInput), self.app.officer
        assert officer is not None
        left = self.app.pin_tries.wait()
        if left:
            self.say(tr("sign_in.wait", seconds=left))
            return
        field.value = field.value.removeprefix(message.value)
        try:
            refused = self.app.desk.officers.sign_in(officer, message.value)
        except InvalidInput as error:
            self.refuse(error)
            return
        if refused is None:
            self.app.pin_tries.held()
            self.dismiss()
        elif refused.code != "pin_wrong":
            self.refuse(refused)
        else:
            self.missed_pin()

    def action_back(self) -> None:
        self.query_one("#pin", PinInput).value = ""
