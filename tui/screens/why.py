"""Why a dossier stands where it does in the queue, and why it is due when it is: article by article, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from core.standing import explained, standing
from storage.queries import NOTHING
from tui.dossier_words import person_line, title_of
from tui.i18n import tr
from tui.keys import bind
from tui.place_words import place_lines, placed
from tui.screens.base import OfficerScreen
from tui.screens.parts import Page, TextLines
from tui.screens.queue_preview import days_of
from tui.screens.queue_rows import QueueSource, RowWords
from tui.why_words import date_lines, why_lines
from tui.widgets.ribbon import Ribbon


class WhyScreen(OfficerScreen):
    """Over the queue or the dossier; `w` or Esc closes it, `a` tries another order of the queue."""

    AUTO_FOCUS = "Page"
    name_key = "title.why"
    hints: ClassVar[Sequence[str]] = ("actions", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("why", "back"), bind("actions", "order")]

    def __init__(self, dossier_id: str, shown: QueueSource | None = None) -> None:
        """`shown`: the list that its neighbours are looked for in; None: the whole queue."""
        super().__init__()
        self.dossier_id = dossier_id
        self._wanted, self._text = (shown.wanted, shown.text) if shown else (NOTHING, "")

    def body(self) -> ComposeResult:
        with Page(classes="page"):
            yield TextLines(id="who")
            yield TextLines(id="place", classes="spaced")
            yield TextLines(id="reasons", classes="spaced")
            yield Ribbon(id="days")
            yield TextLines(id="dates", classes="spaced")

    def key_title(self, key_id: str) -> str | None:
        return tr("law.policy.queue_order") if key_id == "actions" else None

    def action_order(self) -> None:
        self.app.push(self.app.make("queue_order"))

    def uncovered(self) -> None:
        self.fill()

    def fill(self) -> None:
        desk = self.app.desk
        self.query_one("#place", TextLines).show_lines(self._place())
        dossier = desk.dossier(self.dossier_id)
        if dossier is None:
            return
        law = desk.law_for(dossier)
        stands, reason = standing(dossier, law), explained(dossier, law)
        title = f"{dossier.receipt_number or ''} · {title_of(stands.version, dossier.procedure)}"
        self.query_one("#who", TextLines).show_lines([title, person_line(dossier)])
        self.query_one("#reasons", TextLines).show_lines(why_lines(dossier, stands, reason, law))
        self.query_one(Ribbon).show_days(days_of(reason))
        self.query_one("#dates", TextLines).show_lines(date_lines(stands))

    def _place(self) -> list[str]:
        desk, at = self.app.desk, self.app.desk.bounds()
        row = desk.queries.row(self.dossier_id, at)
        if row is None:
            return []
        source = QueueSource(desk.queries, at, self._wanted, self._text)
        words = RowWords.of(desk.law, desk.identity.unit, desk.now())
        return [tr("place.question"), *place_lines(placed(row, source, at), words, desk)]
