"""Three keys that say how a receipt or a checklist comes this time, where it is not as the desk usually has it."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual.binding import BindingType

from storage.manner import SHEET, Manner
from tui.keys import bind
from tui.print_words import manner_words
from tui.screens.base import OfficerScreen


class MannerScreen(OfficerScreen):
    """`manner` is what the officer asked for, None where it was nothing else than usual."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("on_roll", "manner('roll')"),
        bind("two_languages", "manner('bilingual')"),
        bind("large_print", "manner('large')"),
    ]
    manner: Manner | None = None

    def applicant_kind(self) -> str | None:
        """Whose paper it is: for a foreigner two languages may be usual."""
        raise NotImplementedError

    def show_manner(self, words: str, *, usual: bool) -> None:
        """Say how it would come; `usual`: as a sheet in Vietnamese, and nobody asked."""
        raise NotImplementedError

    def tell_manner(self) -> None:
        """Show how a paper would come now."""
        meant = self._meant()
        self.show_manner(manner_words(meant), usual=self.manner is None and meant == SHEET)

    def action_manner(self, part: str) -> None:
        """The other paper, the other languages or the other size."""
        meant = self._meant()
        self.manner = replace(meant, **{part: not getattr(meant, part)})
        self.tell_manner()

    def _meant(self) -> Manner:
        return self.manner or self.app.settings.manner(self.applicant_kind())
