"""What F7 draws, and the paper that proposes a shorter limit: the part of the reports' screen for those who lead."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from core.answers import Refusal
from tui.i18n import tr
from tui.plain_signs import are_plain
from tui.reports.faster import proposed_words
from tui.reports.pictures import charts
from tui.reports.proposal import write_proposal
from tui.reports.sheet import Sheet
from tui.screens.base import OfficerScreen
from tui.widgets.charts import ChartLines
from tui.widgets.queue_table import LineTable

FOLDER = "reports"
"""Of the data folder: where the files go."""


class ReportPictures(OfficerScreen):
    """`h` shows pictures in the place of the lists; `m` writes the proposal of the totals' line."""

    _name: str
    _sheet: Sheet
    _facts: Any
    _pictured = False

    @property
    def _period(self) -> tuple[date, date]:
        raise NotImplementedError

    def _draw(self) -> None:
        """The pictures in the place of the lists, where they are wanted."""
        self.set_class(self._pictured, "-pictured")
        if self._pictured:
            found = charts(self.app.desk, self._sheet, self._facts)
            self.query_one("#charts", ChartLines).show_charts(found, plain=are_plain(self.app))

    def action_picture(self) -> None:
        """Pictures instead of the lists, and back."""
        if not self._pictured and not charts(self.app.desk, self._sheet, self._facts):
            self.say(tr("picture.not_here"))
            self.app.bell()
            return
        self._pictured = not self._pictured
        self._draw()
        self.set_focus(self.query_one("#pictures" if self._pictured else "#lines"))

    def action_proposal(self) -> None:
        """The shorter limit under the totals' cursor as a paper; under a procedure, the shortest that holds."""
        line = self.query_one("#totals", LineTable).current
        if self._name != "faster" or line is None:
            self.app.bell()
            return
        place, _, amount = line.id.removeprefix("g").partition("/")
        group = self._facts.groups[int(place)]
        name = "-".join(filter(None, (group.kind.procedure, group.kind.variant, group.kind.unit, amount)))
        path: Path = self.app.desk.folder / FOLDER / f"proposal-{name}-{self._period[1]:%Y-%m}.pdf"
        try:
            path.parent.mkdir(exist_ok=True)
            limit = int(amount) if amount else None
            one = write_proposal(self.app.desk, self._facts, group, limit, path, self.app.officer)
        except OSError:
            self.refuse(Refusal("file_unwritable", params={"file": path.name}))
            return
        if isinstance(one, Refusal):
            self.refuse(one)
            return
        words = proposed_words(group, one)
        self.say(tr("proposal.written", file=path, proposed=words, held=one.held, of=one.many))
