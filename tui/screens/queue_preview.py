"""The pane below the queue: the dossier under the cursor, and why it is due when it is."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from core.dossier import Dossier
from core.law import Law
from core.standing import explained, standing
from core.trace import Explanation
from tui.screens.parts import TextLines
from tui.why_words import summary, why_lines
from tui.widgets.ribbon import Ribbon, RibbonDay, ribbon_days


class Preview(Horizontal):
    """Shows one dossier, or nothing."""

    def compose(self) -> ComposeResult:
        yield TextLines(id="facts")
        with Vertical(id="reason"):
            yield TextLines(id="why")
            yield Ribbon(id="days")

    def show_dossier(self, dossier: Dossier | None, law: Law, officers: Mapping[str, str]) -> None:
        """Fold nothing here: the dossier comes folded."""
        if dossier is None:
            facts, why, days = [], [], []
        else:
            stands, reason = standing(dossier, law), explained(dossier, law)
            facts = summary(dossier, stands, officers)
            why = why_lines(dossier, stands, reason, law)
            days = days_of(reason)
        self.query_one("#facts", TextLines).show_lines(facts)
        self.query_one("#why", TextLines).show_lines(why)
        self.query_one(Ribbon).show_days(days)


def days_of(reason: Explanation | None) -> list[RibbonDay]:
    """The days of the trace for the ribbon; a pause that still runs is left out."""
    if reason is None:
        return []
    closed = [(one.effect, one.from_at, one.to_at) for one in reason.trace if one.to_at is not None]
    return ribbon_days((effect, start, end) for effect, start, end in closed)
