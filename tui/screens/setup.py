"""The first start: which unit, which desk, who is its first officer; founds the station, or joins it at a hub."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from core.answers import InvalidInput
from tui.first_start import FIELDS, SECRET, Start, field_of, read_start
from tui.i18n import tr
from tui.keys import bind
from tui.screens.base import FramedScreen
from tui.screens.parts import TextLines
from tui.widgets.inputs import KeyedInput, PinInput

_WORDS = frozenset({"unit_name", "officer"})


class SetupScreen(FramedScreen):
    """What is wrong is told where it is; nothing is made before everything is right."""

    name_key = "title.setup"
    hints: ClassVar[Sequence[str]] = ("save", "quit")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "save")]
    DEFAULT_CSS = """
    SetupScreen #middle { height: 1fr; padding: 0 1; }
    SetupScreen #form { width: 76; max-width: 100%; }
    SetupScreen #explained { margin-top: 1; }
    """
    _founding = False

    def body(self) -> ComposeResult:
        with Vertical(id="middle"):
            with Vertical(id="form", classes="panel") as form:
                form.border_title = tr("setup.title")
                for name in FIELDS:
                    with Horizontal(classes="line"):
                        yield Static(tr(f"setup.{name}"), classes="label", markup=False)
                        if name in SECRET:
                            yield PinInput(id=name, enter_moves=True)
                        else:
                            yield KeyedInput(
                                id=name,
                                placeholder=tr(f"setup.{name}.hint"),
                                holds="words" if name in _WORDS else "codes",
                            )
            yield TextLines([tr("setup.explained"), tr("setup.folder", path=self._folder)], id="explained")

    @property
    def _folder(self) -> Path:
        return self.app.data_folder

    def action_save(self) -> None:
        if self._founding:
            return
        try:
            start = read_start({name: self.query_one(f"#{name}", KeyedInput).value for name in FIELDS})
        except InvalidInput as error:
            self.set_focus(self.query_one(f"#{field_of(error)}", KeyedInput))
            self.refuse(error)
            return
        self._founding = True
        self.say(tr("setup.working"))
        self.app.run_worker(partial(self._start, start), thread=True, exit_on_error=False)

    def _start(self, start: Start) -> None:
        """In a thread of the app, not of this screen, which is closed before the thread ends."""
        try:
            start.make(self._folder)
        except InvalidInput as error:
            self.app.call_from_thread(self._failed, error)
        else:
            self.app.call_from_thread(self.app.open, self._folder)

    def _failed(self, error: InvalidInput) -> None:
        self._founding = False
        self.set_focus(self.query_one(f"#{field_of(error)}", KeyedInput))
        self.refuse(error)
