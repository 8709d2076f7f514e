"""What may be done with a dossier now, for this officer: type to find, Enter to go on to its form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from core.possible import possible, state_after
from core.suggestion import ranked
from core.text import fold
from tui.dossier_words import person_line
from tui.i18n import tr
from tui.screens.base import OfficerScreen
from tui.screens.parts import Menu, TextLines
from tui.themes import STYLES
from tui.widgets.choice import Choice

_ROWS = 14


class ActionsScreen(OfficerScreen):
    """Only what is legal from the dossier's state and for the officer's roles is offered."""

    CSS_PATH = STYLES.parent / "dossier.tcss"
    name_key = "title.actions"
    hints: ClassVar[Sequence[str]] = ("open", "back")

    def __init__(self, dossier_id: str) -> None:
        super().__init__()
        self._dossier_id = dossier_id
        self._choices: dict[str, Choice] = {}

    def body(self) -> ComposeResult:
        dossier = self.app.desk.dossier(self._dossier_id)
        assert self.app.officer is not None
        head = [tr("error.dossier_unknown")]
        if dossier is not None and dossier.state is not None:
            head = [f"{dossier.receipt_number or ''} · {tr(f'state.{dossier.state}')}", person_line(dossier)]
            for kind in possible(dossier, self.app.officer.roles):
                after = state_after(dossier, kind)
                remark = f"→ {tr(f'state.{after}')}" if after else ""
                self._choices[kind.name] = Choice(kind.name, tr(f"kind.{kind.name}"), remark)
        with Vertical(id="menu"):
            yield TextLines(head)
            yield Menu(self._find, self._open, rows=_ROWS, id="action")

    def _find(self, text: str) -> Sequence[Choice]:
        called = {name: (fold(choice.text), name.replace("_", " ")) for name, choice in self._choices.items()}
        return [self._choices[name] for name in ranked(text, called)]

    def _open(self, choice: Choice) -> None:
        if choice.id == "conflict_resolved":
            self.app.pop_screen()
            self.app.push(self.app.make("conflict", self._dossier_id))
            return
        if choice.id in ("rescheduled", "apology_proposed"):
            self.app.pop_screen()
            self.app.push(self.app.make("apology", [self._dossier_id]))
            return
        self.app.push(self.app.make("action_form", self._dossier_id, choice.id))
