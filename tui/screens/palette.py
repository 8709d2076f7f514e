"""One line to everything: places, what the screen below can do, procedures to take in; no diacritics needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen

from core.moments import legal_day
from core.suggestion import phrases, ranked
from core.text import fold
from tui.conflict_words import contested
from tui.i18n import tr
from tui.keys import FUNCTION_LINE
from tui.screens.base import OfficerScreen
from tui.screens.help import valid_keys
from tui.screens.parts import Menu
from tui.screens.queue_rows import titles
from tui.widgets.choice import Choice

_ROWS, _CONFLICTS = 15, 50
_PLACES = (
    *FUNCTION_LINE, "typing", "practice", "what_if", "calendar", "law", "lists", "post", "fines", "official", "blanks",
    "notices", "officer", "quit",
)  # fmt: skip


class PaletteScreen(OfficerScreen):
    """«ttr» opens the intake of a temporary residence; Esc goes back to the screen as it was."""

    name_key = "title.palette"
    hints: ClassVar[Sequence[str]] = ("open", "back")

    def __init__(self, below: Screen[object]) -> None:
        super().__init__()
        self._keys = {key.id: (key, words) for key, words in valid_keys(below) if key.id != "palette"}
        self._choices: dict[str, Choice] = {}
        self._called: dict[str, Sequence[str]] = {}

    def body(self) -> ComposeResult:
        self._collect()
        with Vertical(id="menu"):
            yield Menu(self._find, self._go, rows=_ROWS, id="wanted")

    def _collect(self) -> None:
        ordered = sorted(self._keys.values(), key=lambda pair: pair[0].id not in _PLACES)
        for key, words in ordered:
            name = f"key:{key.id}"
            self._choices[name] = Choice(name, words, key.label)
            self._called[name] = (fold(words), key.id.replace("_", " "))
        if "roster" not in self._keys:
            self._offer("roster", tr("title.roster"))
        self._offer("survey", tr("survey.title"))
        self._offer("voices", tr("voices.title"))
        if self.app.prints.asked():
            self._offer("prints", tr("prints.title"))
        for entity, what in contested(self.app.desk)[:_CONFLICTS]:
            name, words = f"conflict:{entity}", tr("conflict.palette", what=what)
            self._choices[name] = Choice(name, words)
            self._called[name] = (fold(words),)
        law, named = self.app.desk.law, titles(self.app.desk.law)
        day = legal_day(self.app.desk.now())
        for procedure in law.procedures:
            if any(version.in_force(day) for version in procedure.versions):
                name = f"intake:{procedure.name}"
                self._choices[name] = Choice(name, named[procedure.name], tr("palette.intake"))
                self._called[name] = phrases(procedure)

    def _offer(self, place: str, words: str) -> None:
        """A place that no key leads to from here."""
        self._choices[f"place:{place}"] = Choice(f"place:{place}", words)
        self._called[f"place:{place}"] = (fold(words), place)

    def _find(self, text: str) -> Sequence[Choice]:
        return [self._choices[name] for name in ranked(text, self._called)]

    def _go(self, choice: Choice) -> None:
        """Back to the screen below, then the key that was meant, or the intake."""
        kind, _, name = choice.id.partition(":")
        self.app.pop_screen()
        if kind == "key":
            self.app.simulate_key(self._keys[name][0].keys.split(",")[0])
        elif kind == "conflict":
            self.app.push(self.app.make("conflict", name))
        elif kind == "place":
            self.app.push(self.app.make(name))
        else:
            self.app.take_in(name)
