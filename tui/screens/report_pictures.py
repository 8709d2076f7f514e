"""What F7 draws, and the paper that proposes a shorter limit: the part of the reports' screen for those who lead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from core.answers import InvalidInput
from core.faster import Proposal
from tui.bars import Chart
from tui.i18n import tr
from tui.plain_signs import are_plain
from tui.reports.faster import proposed_words
from tui.reports.pictures import charts
from tui.reports.proposal import write_proposal
from tui.reports.sheet import Sheet
from tui.screens.counting import CountingScreen
from tui.widgets.charts import ChartLines
from tui.widgets.queue_table import LineTable

FOLDER = "reports"
"""Of the data folder: where the files go."""


class ReportPictures(CountingScreen):
    """`h` shows pictures in the place of the lists; `m` writes the proposal of the totals' line."""

    _name: str
    _pictured = False

    @property
    def _sheet(self) -> Sheet:
        raise NotImplementedError

    @property
    def _facts(self) -> Any:
        """None while they are being read."""
        raise NotImplementedError

    @property
    def _period(self) -> tuple[date, date]:
        raise NotImplementedError

    def _draw(self) -> None:
        """The pictures in the place of the lists, where they are wanted."""
        self.set_class(self._pictured, "-pictured")
        if self._pictured:
            self._ask_charts(lambda found: None if isinstance(found, InvalidInput) else self._show_charts(found))

    def _ask_charts(self, then: Callable[[tuple[Chart, ...] | InvalidInput], object]) -> None:
        sheet, facts = self._sheet, self._facts
        self.aside("charts", lambda desk: charts(desk, sheet, facts), then)

    def _show_charts(self, found: tuple[Chart, ...]) -> None:
        self.query_one("#charts", ChartLines).show_charts(found, plain=are_plain(self.app))

    def action_picture(self) -> None:
        """Pictures instead of the lists, and back."""
        if self._facts is None:
            self.app.bell()
        elif self._pictured:
            self._pictured = False
            self._draw()
            self.set_focus(self.query_one("#lines"))
        else:
            self._ask_charts(self._open_charts)

    def _open_charts(self, found: tuple[Chart, ...] | InvalidInput) -> None:
        if isinstance(found, InvalidInput):
            self.refuse(found)
        elif not found:
            self.say(tr("picture.not_here"))
            self.app.bell()
        else:
            self._pictured = True
            self.set_class(True, "-pictured")
            self._show_charts(found)
            self.set_focus(self.query_one("#pictures"))

    def action_proposal(self) -> None:
        """The shorter limit under the totals' cursor as a paper; under a procedure, the shortest that holds."""
        line = None if self._facts is None else self.query_one("#totals", LineTable).current
        if self._name != "faster" or line is None:
            self.app.bell()
            return
        place, _, amount = line.id.removeprefix("g").partition("/")
        group = self._facts.groups[int(place)]
        name = "-".join(filter(None, (group.kind.procedure, group.kind.variant, group.kind.unit, amount)))
        path: Path = self.app.desk.folder / FOLDER / f"proposal-{name}-{self._period[1]:%Y-%m}.pdf"
        limit, facts, officer = int(amount) if amount else None, self._facts, self.app.officer

        def words(one: Proposal) -> str:
            told = proposed_words(group, one)
            return tr("proposal.written", file=path, proposed=told, held=one.held, of=one.many)

        self.make_file(path, lambda desk: write_proposal(desk, facts, group, limit, path, officer), words)
