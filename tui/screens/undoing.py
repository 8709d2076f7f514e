"""What the queue and a dossier share: the slip again, and undo in two presses.

The first press names what would be taken back, the second does it, any other key forgets it.
"""

from __future__ import annotations

from textual import events

from core.answers import Refusal
from core.decisions import Undo
from core.record import Event
from storage.undo import last_command
from tui.dossier_words import event_words
from tui.i18n import tr
from tui.keys import KEYS
from tui.printing import Handed
from tui.screens.base import OfficerScreen
from tui.screens.queue_rows import short_number
from tui.screens.to_paper import print_paper, words_of

_KEYS = frozenset(KEYS["undo"].keys.split(","))


class UndoScreen(OfficerScreen):
    """A screen on which Ctrl+Z takes back the officer's last command and `p` prints a slip."""

    _asked: Event | None = None

    async def catch_key(self, event: events.Key) -> bool:
        if self._asked is not None and event.key not in _KEYS:
            self._asked = None
            self.say("")
        return await super().catch_key(event)

    def action_undo(self) -> None:
        assert self.app.officer is not None
        last = last_command(self.app.desk, self.app.officer)
        if last is None:
            self.say(tr("undo.nothing"))
            return
        what = self._named(last)
        if self._asked is None or self._asked.event_id != last.event_id:
            self._asked = last
            self.say(tr("undo.ask", what=what))
            return
        self._asked = None
        answer = self.app.do(Undo(last.entity, last.event_id, self.app.desk.now()))
        if isinstance(answer, Refusal):
            self.refuse(answer)
            return
        self.fill()
        self.say(tr("undo.done", what=what))

    def print_slip(self, dossier_id: str) -> None:
        """Print a dossier's receipt slip (again), as it came or usually comes, and say so."""

        def told(handed: Handed | None) -> None:
            if self.is_attached:
                self.fill()
                done = tr("slip.copied" if handed is not None and handed.copy else "slip.sent")
                self.say(tr("print.not_confirmed") if handed is None else words_of(handed, done))

        print_paper(self.app, dossier_id, "receipt", told)

    def _named(self, event: Event) -> str:
        row = self.app.desk.row(event.entity)
        who = f" · {short_number(row['receipt_number'])} {row['applicant_name']}" if row else ""
        return event_words(event, {}) + who
