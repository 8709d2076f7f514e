"""What may be done with a dossier now, for this officer: type to find, Enter to go on to its form."""

from __future__ import annotations

from collections.abc import Iterator

from core.dossier import Dossier
from core.possible import possible, state_after
from tui.i18n import tr
from tui.screens.dossier_menu import DossierMenu
from tui.widgets.choice import Choice

_OTHER_SCREENS = {"conflict_resolved": "conflict", "rescheduled": "apology", "apology_proposed": "apology"}


class ActionsScreen(DossierMenu):
    """Only what is legal from the dossier's state and for the officer's roles is offered."""

    name_key = "title.actions"

    def choices(self, dossier: Dossier) -> Iterator[Choice]:
        assert self.app.officer is not None
        for kind in possible(dossier, self.app.officer.roles):
            after = state_after(dossier, kind)
            remark = f"→ {tr(f'state.{after}')}" if after else ""
            yield Choice(kind.name, tr(f"kind.{kind.name}"), remark)

    def take(self, choice: Choice) -> None:
        other = _OTHER_SCREENS.get(choice.id)
        if other is None:
            self.app.push(self.app.make("action_form", self.dossier_id, choice.id))
            return
        self.app.pop_screen()
        about = [self.dossier_id] if other == "apology" else self.dossier_id
        self.app.push(self.app.make(other, about))
