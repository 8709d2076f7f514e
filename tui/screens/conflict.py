"""What desks decided apart, side by side: who, when, where, which paper was printed; a leader decides with F10."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from core.answers import InvalidInput, Refusal
from core.queue_order import KIND
from storage.amending import Proposal, propose_again
from storage.conflicts import OpenConflict, conflicts_of, desk_numbers, resolve
from storage.desk import Done
from tui.conflict_words import branch_lines, heading
from tui.done_words import doubts
from tui.i18n import tr
from tui.keys import bind
from tui.screens.base import OfficerScreen
from tui.screens.kept_typing import KeptTyping
from tui.screens.parts import TextLines
from tui.widgets.inputs import KeyedInput
from tui.widgets.phrases import PhraseInput
from tui.widgets.side_by_side import SideBySide


class ConflictScreen(KeptTyping):
    """←→ or a number chooses a branch, Enter goes on to the reason, F10 decides; Esc leaves it undecided."""

    AUTO_FOCUS = "SideBySide"
    name_key = "title.conflict"
    hints: ClassVar[Sequence[str]] = ("save", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "decide"), bind("discard", "discard")]

    def __init__(self, entity: str) -> None:
        super().__init__()
        self._entity = entity
        self._open: list[OpenConflict] = []

    @property
    def kept_as(self) -> str:
        return f"conflict:{self._entity}"

    def body(self) -> ComposeResult:
        yield TextLines(id="conflict_head")
        with VerticalScroll(can_focus=False, id="branches_scroll"):
            yield SideBySide(id="branches")
        with Horizontal(classes="line"):
            yield Static(tr("field.reason"), classes="label", markup=False)
            yield PhraseInput(id="reason", kind="reason")
        yield TextLines([tr("conflict.keys")], id="conflict_keys")

    def key_title(self, key_id: str) -> str | None:
        return tr("conflict.decide") if key_id == "save" else None

    def fill(self) -> None:
        """What another process or an exchange brought meanwhile may have changed or settled it."""
        desk = self.app.desk
        self._open = conflicts_of(desk, self._entity)
        if not self._open:
            self.query_one("#conflict_head", TextLines).show_lines([tr("conflict.none")])
            self.query_one(SideBySide).show_columns([])
            return
        conflict = self._open[0]
        more = [tr("conflict.more", count=len(self._open) - 1)] if len(self._open) > 1 else []
        self.query_one("#conflict_head", TextLines).show_lines([*heading(desk, conflict), *more])
        numbers = desk_numbers(desk)
        columns = [
            (tr("conflict.desk", number=numbers.get(one.event.desk, "?")), list(branch_lines(desk, conflict, one)))
            for one in conflict.branches
        ]
        self.query_one(SideBySide).show_columns(columns)

    def on_side_by_side_accepted(self) -> None:
        self.query_one("#reason").focus()

    def on_keyed_input_accepted(self, message: KeyedInput.Accepted) -> None:
        self.query_one(SideBySide).focus()

    def action_decide(self) -> None:
        """F10: the chosen branch is kept. Of law it is shown first what that moves."""
        if not self._open:
            return
        conflict = self._open[0]
        keep = conflict.branches[self.query_one(SideBySide).chosen].event
        reason = self.query_one("#reason", KeyedInput).value.strip() or None
        assert self.app.officer is not None
        answer: Done | Proposal | Refusal
        try:
            if conflict.law is not None and keep.kind != KIND:
                answer = propose_again(self.app.desk, self.app.officer, conflict.law, keep, reason)
            else:
                answer = resolve(self.app.desk, self.app.officer, conflict, keep, reason)
        except InvalidInput as error:
            self.refuse(error)
            return
        if isinstance(answer, Refusal):
            self.refuse(answer)
        elif isinstance(answer, Proposal):
            self.app.push(self.app.make("law_preview", answer))
        else:
            self._decided(answer)

    def _decided(self, done: Done) -> None:
        """On to the entity's next conflict, else back to where the officer came from."""
        told = " ".join([f"✓ {tr('conflict.decided')}", *doubts(self.app.desk, done)])
        self.fill()
        self.query_one("#reason", KeyedInput).value = ""
        self.keep()
        if self._open:
            self.say(told)
            return
        self.app.pop_screen()
        below = self.app.screen
        if isinstance(below, OfficerScreen):
            below.fill()
            below.say(told)
