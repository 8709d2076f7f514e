"""One thing done to many dossiers at once: to whom they go, a note; seen before it is done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from core.answers import Refusal
from core.decisions import Act
from tui.i18n import tr
from tui.keys import bind
from tui.screens.action_fields import officer_finder
from tui.screens.base import OfficerScreen
from tui.screens.parts import TextLines
from tui.screens.queue_rows import short_number
from tui.sentences import sentence
from tui.themes import STYLES
from tui.widgets.choice import ChoiceInput
from tui.widgets.inputs import KeyedInput

_SURE = 3
_LISTED = 8


class BulkScreen(OfficerScreen):
    """One transaction; a refused dossier stops none of the others. More than three are asked for twice."""

    CSS_PATH = STYLES.parent / "dossier.tcss"
    name_key = "title.bulk"
    hints: ClassVar[Sequence[str]] = ("save", "open", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "save")]

    def __init__(self, dossier_ids: Sequence[str]) -> None:
        super().__init__()
        self._ids = list(dossier_ids)
        self._asked: list[tuple[str, str]] = []

    def body(self) -> ComposeResult:
        desk = self.app.desk
        rows = [row for row in (desk.row(one) for one in self._ids[:_LISTED]) if row is not None]
        listed = [f"- {short_number(row['receipt_number'])}  {row['applicant_name']}" for row in rows]
        if len(self._ids) > _LISTED:
            listed.append(tr("bulk.more", count=len(self._ids) - _LISTED))
        with VerticalScroll(id="form", can_focus=False):
            yield TextLines([tr("bulk.chosen", count=len(self._ids)), *listed])
            with Horizontal(classes="line tall spaced"):
                yield Static(tr("bulk.assign"), classes="label", markup=False)
                yield ChoiceInput(officer_finder(desk.officers.all()), rows=4, id="to")
            with Horizontal(classes="line"):
                yield Static(tr("bulk.note"), classes="label", markup=False)
                yield KeyedInput(id="note")

    def action_save(self) -> None:
        """Carry it out; above three dossiers the same key must be pressed once more, with nothing changed."""
        commands = self._commands()
        if not commands:
            self.say(tr("bulk.nothing"))
            return
        meant = [(one.kind, str(one.fields)) for one in commands]
        if len(self._ids) > _SURE and meant != self._asked:
            self._asked = meant
            self.say(tr("bulk.sure", count=len(self._ids), what=self._what(commands)))
            return
        answers = self.app.do_all(commands)
        refused = [answer for answer in answers if isinstance(answer, Refusal)]
        self.app.pop_screen()
        below = self.app.screen
        if isinstance(below, OfficerScreen):
            told = tr("bulk.done", done=len(answers) - len(refused), count=len(answers))
            why = f" ✗ {sentence(refused[0].code, refused[0].params)}" if refused else ""
            below.say(told + why)

    def _commands(self) -> list[Act]:
        to, note = self.query_one("#to", ChoiceInput).choice, self.query_one("#note", KeyedInput).value.strip()
        at = self.app.desk.now()
        found = []
        for one in self._ids:
            if to is not None:
                found.append(Act(one, "assigned", at, {"to": to.id}))
            if note:
                found.append(Act(one, "noted", at, {"text": note}))
        return found

    def _what(self, commands: Sequence[Act]) -> str:
        return ", ".join(dict.fromkeys(tr(f"kind.{command.kind}") for command in commands))
