"""Forms that are left half done: kept while they are typed, and which one to go on with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from core.answers import InvalidInput
from storage.drafts import Drafts, SavedDraft
from tui.i18n import tr
from tui.screens.intake_due import saved_words
from tui.screens.intake_facts import Form
from tui.widgets.cells import cut

_SHOWN = 9


class DraftKeeper:
    """Keeps the form that is on the screen under one id, writing only what has changed."""

    def __init__(self, drafts: Drafts) -> None:
        self._drafts = drafts
        self._kept: dict[str, Any] = {}
        self.current = ""

    def all(self) -> list[SavedDraft]:
        return self._drafts.all()

    def begin(self, draft: str, form: Form) -> None:
        """From now on the screen shows this form, kept under this id."""
        self.current, self._kept = draft, form.content()

    def keep(self, form: Form, now: datetime) -> InvalidInput | None:
        """Write the form, or forget one that became empty; the fault where the disk prevents it."""
        content = form.content()
        if content == self._kept:
            return None
        try:
            if form.empty:
                self._drafts.delete(self.current)
            else:
                self._drafts.save(self.current, content, int(now.timestamp()))
        except InvalidInput as error:
            return error
        self._kept = content
        return None

    def forget(self) -> InvalidInput | None:
        try:
            self._drafts.delete(self.current)
        except InvalidInput as error:
            return error
        return None


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
                yield Static(cut(f"{number}  {_words(draft)}", 56), markup=False)
            yield Static(tr("intake.drafts_keys"), classes="warning", markup=False)

    def action_take(self, place: int) -> None:
        self.dismiss(self._drafts[place])

    def on_key(self, event: events.Key) -> None:
        key = event.character or ""
        if key.isascii() and key.isdecimal() and 1 <= int(key) <= len(self._drafts):
            event.stop()
            self.dismiss(self._drafts[int(key) - 1])


def _words(draft: SavedDraft) -> str:
    texts = draft.content.get("texts", {})
    name = texts.get("applicant_name") or texts.get("applicant_number") or tr("intake.no_name")
    return f"{saved_words(draft.saved_at)}  {name}"
