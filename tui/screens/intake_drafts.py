"""Which of several forms that were left half done to go on with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from storage.drafts import SavedDraft
from tui.i18n import tr
from tui.screens.draft_keeper import draft_words
from tui.widgets.cells import cut

_SHOWN = 9


class DraftPicker(ModalScreen[SavedDraft | None]):
    """A digit takes a draft, Enter the newest, Esc begins a new form and keeps them all."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take(0)", show=False),
        Binding("escape", "dismiss(None)", show=False),
    ]

    def __init__(self, drafts: Sequence[SavedDraft]) -> None:
        super().__init__()
        self._drafts = drafts[:_SHOWN]

    def compose(self) -> ComposeResult:
        box = Vertical(classes="panel -dialog")
        box.border_title = tr("intake.drafts")
        with box:
            for number, draft in enumerate(self._drafts, 1):
                yield Static(cut(f"{number}  {draft_words(draft)}", 56), markup=False)
            yield Static(tr("intake.drafts_keys"), classes="warning", markup=False)

    def action_take(self, place: int) -> None:
        self.dismiss(self._drafts[place])

    def on_key(self, event: events.Key) -> None:
        key = event.character or ""
        if key.isascii() and key.isdecimal() and 1 <= int(key) <= len(self._drafts):
            event.stop()
            self.dismiss(self._drafts[int(key) - 1])
