"""The papers that a dossier may have now: type to find, Enter prints it, or a copy of what somebody saw come out."""

from __future__ import annotations

from collections.abc import Iterator

from core.answers import InvalidInput, Refusal
from core.dossier import Dossier
from storage.press import Press
from tui.i18n import tr
from tui.papers import DOSSIER_LETTERS, paper_of
from tui.printing import copy_of
from tui.screens.dossier_menu import DossierMenu
from tui.sentences import sentence
from tui.widgets.choice import Choice


class LettersScreen(DossierMenu):
    """Only those are offered of which something has happened; the receipt has its own key."""

    name_key = "title.letters"

    def choices(self, dossier: Dossier) -> Iterator[Choice]:
        press = Press(self.app.desk.folder)
        for kind in DOSSIER_LETTERS:
            if not isinstance(paper_of(self.app.desk, dossier, kind, press, self.app.officer), Refusal):
                issued = [one for one in dossier.letters.values() if one.kind == kind]
                remark = tr("letters.issued", number=issued[-1].number or "–") if issued else ""
                yield Choice(kind, tr(f"letter.{kind}"), remark)

    def take(self, choice: Choice) -> None:
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
