"""What the queue and a dossier share: the slip again, and undo in two presses.

The first press names what would be taken back, the second does it, any other key forgets it.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual import events

from core.answers import Refusal
from core.decisions import Undo
from core.record import Event
from storage.undo import last_commands
from tui.dossier_words import event_words, officer_names
from tui.i18n import tr
from tui.keys import KEYS
from tui.print_words import words_of
from tui.printing import Handed
from tui.screens.base import OfficerScreen
from tui.screens.queue_rows import short_number
from tui.screens.to_paper import print_paper
from tui.sentences import sentence

_KEYS = frozenset(KEYS["undo"].keys.split(","))


class UndoScreen(OfficerScreen):
    """A screen on which Ctrl+Z takes back the officer's last command, or a whole bulk, and `p` prints a slip."""

    _asked: Event | None = None

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
        what = self._named(found)
        if self._asked is None or self._asked.event_id != found[0].event_id:
            self._asked = found[0]
            self.say(tr("undo.ask", what=what))
            return
        self._asked = None
        now = self.app.desk.now()
        answers = self.app.do_all([Undo(one.entity, one.event_id, now) for one in found])
        refused = [answer for answer in answers if isinstance(answer, Refusal)]
        if len(refused) == len(answers):
            self.refuse(refused[0])
            return
        self.fill()
        left = tr("undo.left", count=len(refused), why=_why(refused[0])) if refused else ""
        self.say(tr("undo.done", what=what) + left)

    def print_slip(self, dossier_id: str) -> None:
        """Print a dossier's receipt slip (again), as it came or usually comes, and say so."""

        def told(handed: Handed | None) -> None:
            if self.is_attached:
                self.fill()
                done = tr("slip.copied" if handed is not None and handed.copy else "slip.sent")
                self.say(tr("print.not_confirmed") if handed is None else words_of(handed, done))

        print_paper(self.app, dossier_id, "receipt", told)

    def _named(self, commands: Sequence[Event]) -> str:
        event, desk = commands[0], self.app.desk
        names = officer_names(desk.officers.all())
        words = event_words(event, names)
        if any(event_words(one, names) != words for one in commands):
            words = tr(f"kind.{event.kind}")  # what they have in common
        if len(commands) > 1:
            return f"{words} · {tr('undo.many', count=len(commands))}"
        row = desk.row(event.entity)
        return words + (f" · {short_number(row['receipt_number'])} {row['applicant_name']}" if row else "")


def _why(refusal: Refusal) -> str:
    return sentence(refusal.code, refusal.params)
