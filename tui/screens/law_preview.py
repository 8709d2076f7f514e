"""What an amendment would do, before it does: who signed it, what it says, whom it moves; F10 and a PIN apply it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from core.answers import InvalidInput, Refusal
from storage.amending import Proposal, apply
from storage.law_changes import proposed_changes
from tui.cli.catalogue_check import case_problem
from tui.i18n import tr
from tui.keys import bind
from tui.law_words import change_lines
from tui.screens.base import OfficerScreen
from tui.screens.kept_typing import KeptTyping
from tui.screens.law_form import SOURCE
from tui.screens.law_moved import MovedTable, moved_words
from tui.screens.parts import TextLines
from tui.sentences import sentence
from tui.widgets.inputs import PinInput
from tui.widgets.queue_table import LineTable


class PreviewScreen(OfficerScreen):
    """Esc leaves without a trace."""

    AUTO_FOCUS = "#pin"
    name_key = "title.amend_preview"
    hints: ClassVar[Sequence[str]] = ("save", "back")
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("save", "apply"),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]

    def __init__(self, proposal: Proposal) -> None:
        super().__init__()
        self._proposal = proposal

    def body(self) -> ComposeResult:
        proposal = self._proposal
        assert self.app.officer is not None
        what = Vertical(classes="panel", id="preview_what")
        what.border_title = tr("law.preview.what")
        with what, VerticalScroll(can_focus=False):
            yield TextLines(self._what())
            yield TextLines(failure_lines(proposal), classes="problem", id="failures")
        moves = Vertical(classes="panel", id="preview_moves")
        moves.border_title = tr("law.preview.moves")
        with moves:
            yield TextLines(moved_words(proposal.moved), id="moves_count")
            yield MovedTable(id="moves")
        with Horizontal(classes="line", id="pin_line"):
            yield Static(tr("law.preview.pin", name=self.app.officer.name), classes="label wide", markup=False)
            yield PinInput(id="pin")
        yield TextLines(id="preview_keys")

    def on_mount(self) -> None:
        super().on_mount()
        proposal = self._proposal
        self.query_one("#failures").display = held = bool(proposal.failures or proposal.uncounted)
        self.query_one("#pin_line").display = not held
        self.query_one("#moves").display = bool(proposal.moved)
        self.query_one(MovedTable).show_moved(proposal.moved, self.app.desk.law)
        keys = tr("law.preview.held" if held else "law.preview.keys")
        self.query_one("#preview_keys", TextLines).show_lines(
            [keys, *([tr("law.preview.list")] if proposal.moved else [])]
        )
        if held:
            self.hint(("back",))
            self.set_focus(self.query_one(MovedTable) if proposal.moved else None)

    def key_title(self, key_id: str) -> str | None:
        return tr("law.preview.apply") if key_id == "save" else None

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        self.app.push(self.app.make("dossier", message.row.id))

    def action_move(self, rows: int) -> None:
        """The list moves from the PIN's field too."""
        self.query_one(MovedTable).action_move(rows)

    def action_page(self, pages: int) -> None:
        self.query_one(MovedTable).action_page(pages)

    def action_apply(self) -> None:
        """F10: the officer signs by PIN, and the law is amended in one transaction."""
        desk, officer = self.app.desk, self.app.officer
        assert officer is not None
        pin = self.query_one("#pin", PinInput)
        try:
            if not (self._proposal.failures or self._proposal.uncounted):
                wrong = desk.officers.sign_in(officer, pin.take())
                if wrong is not None:
                    self.refuse(wrong)
                    pin.focus()
                    return
            answer = apply(desk, officer, self._proposal)
        except InvalidInput as error:
            self.refuse(error)
            return
        if isinstance(answer, Refusal):
            self.refuse(answer)
            return
        self._leave(len(self._proposal.moved))

    def _what(self) -> list[str]:
        proposal, desk = self._proposal, self.app.desk
        source = {SOURCE: tr("law.source.screen"), "package": tr("law.source.package")}
        signed = "signed" if proposal.signed else "unsigned" if proposal.national else "own"
        head = [proposal.decision or "", source.get(proposal.source, proposal.source), tr(f"law.standing.{signed}")]
        lines = change_lines(proposed_changes(desk, proposal.command), desk.law)
        return [" · ".join(part for part in head if part), *(f"- {line.whole}" for line in lines)]

    def _leave(self, moved: int) -> None:
        """Back over the form to the law, which shows what was done."""
        self.app.pop_screen()
        form = self.app.screen
        if isinstance(form, KeptTyping):
            form.carried_out()
        self.app.pop_screen()
        below = self.app.screen
        if isinstance(below, OfficerScreen):
            below.fill()
            below.say(tr("law.applied", count=moved))


def failure_lines(proposal: Proposal) -> list[str]:
    """The golden cases that keep the amendment out."""
    problems = [case_problem(one) for one in proposal.failures]
    told = [f"✗ {sentence(one.code, one.params)}" for one in problems]
    return told + [f"✗ {sentence('case_none', {'where': key})}" for key in proposal.uncounted]
