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
from tui.printing import doubt_of
from tui.screens.base import OfficerScreen
from tui.screens.confirm_print import Answer, ConfirmPrint
from tui.screens.queue_rows import short_number

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
        """Print a dossier's receipt slip (again), and say so; a doubtful date is asked about first."""
        doubt = doubt_of(self.app.desk, dossier_id)
        if doubt is None:
            self._print(dossier_id, confirmed=False)
            return

        def answered(answer: Answer | None) -> None:
            if answer is not None and answer.prints:
                self._print(dossier_id, confirmed=True)
            else:
                self.say(tr("print.not_confirmed"))

        self.app.push_screen(ConfirmPrint(doubt), answered)

    def _print(self, dossier_id: str, *, confirmed: bool) -> None:
        refused = self.app.print_receipt(dossier_id, confirmed=confirmed)
        if refused is not None:
            self.refuse(refused)
        else:
            self.say(tr("slip.sent"))
        self.fill()

    def _named(self, event: Event) -> str:
        row = self.app.desk.row(event.entity)
        who = f" · {short_number(row['receipt_number'])} {row['applicant_name']}" if row else ""
        return event_words(event, {}) + who
