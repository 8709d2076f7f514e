"""The first start: which unit, which desk, who is its first officer; founds the station, or joins it at a hub."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from core.answers import InvalidInput
from core.moments import LEGAL_TIME
from core.text import clean_line
from storage.folder import fixed_now
from storage.founding import NewDesk
from storage.keys import SHORTEST_PIN
from tui.i18n import language, tr
from tui.keys import bind
from tui.screens.base import FramedScreen
from tui.screens.parts import TextLines
from tui.widgets.inputs import KeyedInput, PinInput

_FIELDS = ("unit", "unit_name", "desk", "officer", "pin", "pin_again", "hub", "code")
_SECRET = frozenset({"pin", "pin_again"})
_WORDS = frozenset({"unit_name", "officer"})


class SetupScreen(FramedScreen):
    """What is wrong is told where it is; nothing is made before everything is right."""

    name_key = "title.setup"
    hints: ClassVar[Sequence[str]] = ("save", "quit")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "save")]
    DEFAULT_CSS = """
    SetupScreen #middle { height: 1fr; padding: 0 1; }
    SetupScreen #form { width: 76; max-width: 100%; }
    SetupScreen .line > .label { width: 22; }
    SetupScreen #explained { margin-top: 1; }
    """
    _founding = False

    def body(self) -> ComposeResult:
        with Vertical(id="middle"):
            with Vertical(id="form", classes="panel") as form:
                form.border_title = tr("setup.title")
                for name in _FIELDS:
                    with Horizontal(classes="line"):
                        yield Static(tr(f"setup.{name}"), classes="label", markup=False)
                        if name in _SECRET:
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
            new, hub, code = self._asked()
        except InvalidInput as error:
            field = error.params.pop("field", "unit")
            self.set_focus(self.query_one(f"#{field}", KeyedInput))
            self.refuse(error)
            return
        self._founding = True
        self.say(tr("setup.working"))
        self.app.run_worker(partial(self._start, new, hub, code), thread=True, exit_on_error=False)

    def _asked(self) -> tuple[NewDesk, str, str | None]:
        """The desk that is meant, its hub and the join code, where there are any.

        Raises InvalidInput with the `field` that is wrong.
        """
        typed = {name: self.query_one(f"#{name}", KeyedInput).value.strip() for name in _FIELDS}
        unit = _unit(typed)
        for name in ("desk", "officer"):
            if not typed[name]:
                raise InvalidInput("setup_empty", field=name)
        if not typed["desk"].isdecimal():
            raise InvalidInput("desk_number_invalid", field="desk")
        if len(typed["pin"]) < SHORTEST_PIN:
            raise InvalidInput("pin_too_short", field="pin", least=SHORTEST_PIN)
        if typed["pin"] != typed["pin_again"]:
            raise InvalidInput("pin_differs", field="pin_again")
        fixed = fixed_now()
        return (
            NewDesk(
                unit=unit,
                unit_name=clean_line(typed["unit_name"]) or _known_name(unit) or unit,
                number=int(typed["desk"]),
                officer=clean_line(typed["officer"]),
                pin=typed["pin"],
                now=fixed or datetime.now(LEGAL_TIME).replace(microsecond=0),
                test=fixed is not None,
            ),
            typed["hub"],
            typed["code"] or None,
        )

    def _start(self, new: NewDesk, url: str, code: str | None) -> None:
        """In a thread of the app, not of this screen, which is closed before the thread ends."""
        from storage.sync.exchange import open_hub
        from storage.sync.joining import start_desk

        try:
            hubs = [open_hub(url)] if url else []
            for hub in hubs:
                hub.create()
            start_desk(self._folder, new, hubs, code).desk.close()
        except InvalidInput as error:
            self.app.call_from_thread(self._failed, error)
        else:
            self.app.call_from_thread(self.app.open, self._folder)

    def _failed(self, error: InvalidInput) -> None:
        self._founding = False
        wrong = next((name for name in ("desk", "join_code") if error.code.startswith(f"{name}_")), "hub")
        self.set_focus(self.query_one("#code" if wrong == "join_code" else f"#{wrong}", KeyedInput))
        self.refuse(error)


def _unit(typed: Mapping[str, str]) -> str:
    unit = clean_line(typed["unit"])
    if not unit:
        raise InvalidInput("setup_empty", field="unit")
    if any(letter.isspace() or letter in ":/\\" for letter in unit):
        raise InvalidInput("unit_invalid", field="unit", unit=unit)
    return unit


def _known_name(unit: str) -> str | None:
    from storage.lawbook import package_law

    known = package_law().unit(unit)
    return None if known is None else known.title_en if language() == "en" else known.title_vi
