"""Forms that are left half done: kept while they are typed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.answers import InvalidInput
from storage.drafts import Drafts, SavedDraft
from tui.dates import epoch_long
from tui.i18n import tr
from tui.screens.intake_facts import Form


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


def draft_words(draft: SavedDraft) -> str:
    """When it was kept, and whose it is as far as that is known."""
    texts = draft.content.get("texts", {})
    name = texts.get("applicant_name") or texts.get("applicant_number") or tr("intake.no_name")
    return f"{epoch_long(draft.saved_at)}  {name}"
