"""One thing done to many dossiers at once: to whom they go, a note; seen before it is done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from core.answers import InvalidInput
from core.decisions import Act
from storage.bulk import do_bulk
from tui.i18n import tr
from tui.keys import bind
from tui.screens.action_fields import officer_finder
from tui.screens.base import OfficerScreen
from tui.screens.kept_typing import KeptTyping, of_dossiers
from tui.screens.parts import TextLines
from tui.screens.queue_rows import short_number
from tui.sentences import bulk_words
from tui.widgets.choice import ChoiceInput
from tui.widgets.inputs import KeyedInput
from tui.widgets.phrases import PhraseInput

_SURE = 3
_LISTED = 8


class BulkScreen(KeptTyping):
    """One transaction, one undo; a refused dossier stops none of the others. More than three are asked for twice."""

    name_key = "title.bulk"
    hints: ClassVar[Sequence[str]] = ("save", "open", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "save"), bind("discard", "discard")]

    def __init__(self, dossier_ids: Sequence[str]) -> None:
        super().__init__()
        self._ids = list(dossier_ids)
        self._asked: list[tuple[str, str]] = []

    @property
    def kept_as(self) -> str:
        return of_dossiers("bulk", self._ids)

    @property
    def kept_about(self) -> Sequence[str]:
        return self._ids

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
                yield PhraseInput(id="note", kind="note")

    def action_save(self) -> None:
        """Carry it out; above three dossiers the same key must be pressed once more, with nothing changed."""
        acts = self._acts()
        if not acts:
            self.say(tr("bulk.nothing"))
            return
        meant = [(kind, str(fields)) for kind, fields in acts]
        if len(self._ids) > _SURE and meant != self._asked:
            self._asked = meant
            what = ", ".join(tr(f"kind.{kind}") for kind, _ in acts)
            self.say(tr("bulk.sure", count=len(self._ids), what=what))
            return
        assert self.app.officer is not None
        at = self.app.desk.now()
        commands = [[Act(one, kind, at, fields) for kind, fields in acts] for one in self._ids]
        try:
            answers = do_bulk(self.app.desk, self.app.officer, commands)
        except InvalidInput as error:
            self.refuse(error)
            return
        self.carried_out()
        self.app.pop_screen()
        below = self.app.screen
        if isinstance(below, OfficerScreen):
            below.say(bulk_words(answers))

    def _acts(self) -> list[tuple[str, dict[str, str]]]:
        """What each dossier gets: kinds with their fields."""
        to, note = self.query_one("#to", ChoiceInput).choice, self.query_one("#note", KeyedInput).value.strip()
        acts = [("assigned", {"to": to.id})] if to is not None else []
        return acts + ([("noted", {"text": note})] if note else [])
