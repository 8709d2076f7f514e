"""The papers that a dossier may have now: type to find, Enter prints it, or a copy of what somebody saw come out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from core.answers import InvalidInput, Refusal
from core.suggestion import ranked
from core.text import fold
from storage.press import Press
from tui.dossier_words import person_line
from tui.i18n import tr
from tui.papers import DOSSIER_LETTERS, paper_of
from tui.printing import copy_of
from tui.screens.base import OfficerScreen
from tui.screens.parts import Menu, TextLines
from tui.sentences import sentence
from tui.themes import STYLES
from tui.widgets.choice import Choice

_ROWS = 12


class LettersScreen(OfficerScreen):
    """Only those are offered of which something has happened; the receipt has its own key."""

    CSS_PATH = STYLES.parent / "dossier.tcss"
    name_key = "title.letters"
    hints: ClassVar[Sequence[str]] = ("open", "back")

    def __init__(self, dossier_id: str) -> None:
        super().__init__()
        self._dossier_id = dossier_id
        self._choices: dict[str, Choice] = {}

    def body(self) -> ComposeResult:
        with Vertical(id="menu"):
            yield TextLines(id="letters-of")
            yield Menu(self._find, self._print, rows=_ROWS, id="letter")

    def fill(self) -> None:
        desk, officer = self.app.desk, self.app.officer
        dossier = desk.dossier(self._dossier_id)
        head = [tr("error.dossier_unknown")]
        self._choices = {}
        if dossier is not None and dossier.state is not None:
            head = [f"{dossier.receipt_number or ''} · {tr(f'state.{dossier.state}')}", person_line(dossier)]
            press = Press(desk.folder)
            for kind in DOSSIER_LETTERS:
                if not isinstance(paper_of(desk, dossier, kind, press, officer), Refusal):
                    issued = [one for one in dossier.letters.values() if one.kind == kind]
                    remark = tr("letters.issued", number=issued[-1].number or "–") if issued else ""
                    self._choices[kind] = Choice(kind, tr(f"letter.{kind}"), remark)
        self.query_one("#letters-of", TextLines).show_lines(head)
        self.query_one("#letter", Menu).suggest()

    def _find(self, text: str) -> Sequence[Choice]:
        called = {name: (fold(choice.text), name.replace("-", " ")) for name, choice in self._choices.items()}
        return [self._choices[name] for name in ranked(text, called)]

    def _print(self, choice: Choice) -> None:
        self.app.run_worker(self._printed(choice.id), exit_on_error=False)

    async def _printed(self, kind: str) -> None:
        desk, officer, settings = self.app.desk, self.app.officer, self.app.printer_settings()
        dossier = desk.dossier(self._dossier_id)
        assert officer is not None and dossier is not None
        try:
            copy = copy_of(Press(desk.folder), desk, dossier, kind)
            if copy is None:
                problem = await self.app.prints.letter_aside(officer, self._dossier_id, kind, settings)
            else:
                problem = await self.app.prints.copy_aside(copy, kind, settings)
        except InvalidInput as error:
            self.refuse(error)
            return
        self.fill()
        told = tr("letters.copied" if copy is not None else "letters.sent", letter=tr(f"letter.{kind}"))
        self.say(f"✗ {sentence(problem.code, problem.params)}" if problem else told)
