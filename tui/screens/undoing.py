"""What the queue and a dossier share: the slip again, and undo in two presses.

The first press names what would be taken back, the second does it, any other key forgets it.
"""

from __future__ import annotations

from textual import events

from core.answers import Refusal
from core.record import Event
from storage.undo import last_commands
from tui.i18n import tr
from tui.keys import KEYS
from tui.print_words import words_of
from tui.printing import Handed
from tui.screens.base import OfficerScreen
from tui.screens.to_paper import print_paper
from tui.taking_back import named, outcome, undoing

_KEYS = frozenset(KEYS["undo"].keys.split(","))


class UndoScreen(OfficerScreen):
    """A screen on which Ctrl+Z takes back the officer's last command, or a whole bulk, and `p` prints a slip."""

    _asked: Event | None = None

    def renew(self) -> None:
        self._asked = None
        super().renew()

    async def catch_key(self, event: events.Key) -> bool:
        if self._asked is not None and event.key not in _KEYS:
            self._asked = None
            self.say("")
        return await super().catch_key(event)

    def action_undo(self) -> None:
        assert self.app.officer is not None
        found = last_commands(self.app.desk, self.app.officer)
        if not found:
            self.say(tr("undo.nothing"))
            return
        what = named(self.app.desk, found)
        if self._asked is None or self._asked.event_id != found[0].event_id:
            self._asked = found[0]
            self.say(tr("undo.ask", what=what))
            return
        self._asked = None
        told = outcome(self.app.do_all(undoing(self.app.desk, found)), what)
        if isinstance(told, Refusal):
            self.refuse(told)
            return
        self.fill()
        self.say(told)

    def print_slip(self, dossier_id: str) -> None:
        """Print a dossier's receipt slip (again), as it came or usually comes, and say so while that is still shown."""
        asked = self._times_new

        def told(handed: Handed | None) -> None:
            if self.is_attached and asked == self._times_new:
                self.fill()
                done = tr("slip.copied" if handed is not None and handed.copy else "slip.sent")
                self.say(tr("print.not_confirmed") if handed is None else words_of(handed, done))

        print_paper(self.app, dossier_id, "receipt", told)
