"""The first hour's lessons at a demo: go on, leave one out, take one again, turn all of it off or on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from core.suggestion import ranked
from core.text import fold
from tui.i18n import tr
from tui.lessons import LESSONS
from tui.practice import Practice
from tui.screens.base import OfficerScreen
from tui.screens.parts import Menu
from tui.widgets.choice import Choice

_SKIP, _OFF, _ON = "skip", "off", "on"


class LessonsScreen(OfficerScreen):
    """Enter takes what is marked and goes back to the screen below; Esc changes nothing."""

    name_key = "practice.title"
    hints: ClassVar[Sequence[str]] = ("open", "back")

    def key_title(self, key_id: str) -> str | None:
        return tr("practice.take") if key_id == "open" else None

    def body(self) -> ComposeResult:
        self._choices = {choice.id: choice for choice in self._all()}
        with Vertical(id="menu"):
            yield Menu(self._find, self._take, rows=len(self._choices), id="wanted")

    @property
    def _practice(self) -> Practice:
        assert self.app.practice is not None
        return self.app.practice

    def _all(self) -> list[Choice]:
        present = self._practice.lesson
        first = []
        if self._practice.off:
            first = [Choice(_ON, tr("practice.on"))]
        elif present is not None:
            first = [Choice(_SKIP, tr("practice.skip", title=tr(f"practice.title.{present.name}")))]
        rest = [] if self._practice.off else [Choice(_OFF, tr("practice.off"))]
        return [*first, *map(self._lesson, range(len(LESSONS))), *rest]

    def _lesson(self, place: int) -> Choice:
        name = LESSONS[place].name
        how = "present" if LESSONS[place] is self._practice.lesson else self._practice.passed.get(name)
        words = f"{place + 1}. {tr(f'practice.title.{name}')}"
        return Choice(name, words, tr(f"practice.how.{how}") if how else "")

    def _find(self, text: str) -> Sequence[Choice]:
        called = {name: (fold(choice.text), name) for name, choice in self._choices.items()}
        return [self._choices[name] for name in ranked(text, called)]

    def _take(self, choice: Choice) -> None:
        self.app.pop_screen()
        if choice.id == _SKIP:
            self._practice.skip()
        elif choice.id in (_OFF, _ON):
            self._practice.turn(off=choice.id == _OFF)
        else:
            self._practice.begin(choice.id)
            self._practice.look()
