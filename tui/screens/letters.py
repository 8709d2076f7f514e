"""The papers that a dossier may have now: type to find, Enter prints it, or a copy of what somebody saw come out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult

from core.answers import Refusal
from core.dossier import Dossier
from storage.manner import HANDED_OUT
from storage.press import Press
from tui.i18n import tr
from tui.issuing import waiting_for
from tui.papers import DOSSIER_LETTERS, paper_of
from tui.print_words import manner_words, words_of
from tui.printing import Handed
from tui.screens.dossier_menu import DossierMenu
from tui.screens.manner_keys import MannerScreen
from tui.screens.parts import TextLines
from tui.screens.to_paper import print_paper
from tui.widgets.choice import Choice


class LettersScreen(MannerScreen, DossierMenu):
    """Only those are offered of which something has happened; the receipt, which has its own key too, comes last."""

    name_key = "title.letters"
    hints: ClassVar[Sequence[str]] = ("open", "on_roll", "two_languages", "large_print", "back")

    def choices(self, dossier: Dossier) -> Iterator[Choice]:
        press = Press(self.app.desk.folder)
        for kind in DOSSIER_LETTERS:
            if not isinstance(paper_of(self.app.desk, dossier, kind, press, self.app.officer), Refusal):
                yield Choice(kind, tr(f"letter.{kind}"), self._remark(dossier, kind))
        if dossier.received_at is not None:
            yield Choice("receipt", tr("letter.receipt"), self._remark(dossier, "receipt"))

    def _remark(self, dossier: Dossier, kind: str) -> str:
        if kind in HANDED_OUT:
            waiting = waiting_for(self.app.desk, dossier, kind)
            return "" if waiting is None else tr("letters.waiting", manner=manner_words(waiting.manner))
        issued = [one for one in dossier.letters.values() if one.kind == kind]
        return tr("letters.issued", number=issued[-1].number or "–") if issued else ""

    def body(self) -> ComposeResult:
        yield from super().body()
        yield TextLines(id="manner")

    def fill(self) -> None:
        super().fill()
        self.tell_manner()

    def applicant_kind(self) -> str | None:
        row = self.app.desk.row(self.dossier_id)
        return row["applicant_kind"] if row is not None else None

    def show_manner(self, words: str, *, usual: bool) -> None:
        self.query_one("#manner", TextLines).show_lines([tr("letters.manner", manner=words)])

    def key_title(self, key_id: str) -> str | None:
        """Enter prints at once."""
        return tr("letters.print") if key_id == "open" else None

    def take(self, choice: Choice) -> None:
        def told(handed: Handed | None) -> None:
            if self.is_attached:
                self.fill()
                self.say(tr("letters.not_confirmed") if handed is None else words_of(handed, done(handed)))

        def done(handed: Handed) -> str:
            return tr("letters.copied" if handed.copy else "letters.sent", letter=tr(f"letter.{choice.id}"))

        manner = self.manner if choice.id in HANDED_OUT else None
        print_paper(self.app, self.dossier_id, choice.id, told, manner=manner)
