"""A menu over one dossier: its head, and choices that are found by typing and taken by Enter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from core.dossier import Dossier
from core.suggestion import ranked
from core.text import fold
from tui.dossier_words import person_line
from tui.i18n import tr
from tui.screens.base import OfficerScreen
from tui.screens.parts import Menu, TextLines
from tui.widgets.choice import Choice

_ROWS = 14


class DossierMenu(OfficerScreen):
    """Subclasses give `choices` (ids in the code's words) and `take`."""

    hints: ClassVar[Sequence[str]] = ("open", "back")

    def __init__(self, dossier_id: str) -> None:
        super().__init__()
        self.dossier_id = dossier_id
        self._choices: dict[str, Choice] = {}

    def choices(self, dossier: Dossier) -> Iterable[Choice]:
        """What may be taken now, the likeliest first."""
        raise NotImplementedError

    def take(self, choice: Choice) -> None:
        """What Enter does."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        with Vertical(id="menu"):
            yield TextLines(id="head")
            yield Menu(self._find, self.take, rows=_ROWS, id="choice")

    def fill(self) -> None:
        dossier = self.app.desk.dossier(self.dossier_id)
        head = [tr("error.dossier_unknown")]
        self._choices = {}
        if dossier is not None and dossier.state is not None:
            head = [f"{dossier.receipt_number or ''} · {tr(f'state.{dossier.state}')}", person_line(dossier)]
            self._choices = {choice.id: choice for choice in self.choices(dossier)}
        self.query_one("#head", TextLines).show_lines(head)
        self.query_one("#choice", Menu).suggest()

    def _find(self, text: str) -> Sequence[Choice]:
        called = {
            name: (fold(choice.text), name.replace("_", " ").replace("-", " "))
            for name, choice in self._choices.items()
        }
        return [self._choices[name] for name in ranked(text, called)]
