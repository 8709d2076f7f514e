"""Every report with what it counts, to choose one: there are more than keys 1–9."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tui.i18n import tr
from tui.keys import bind
from tui.reports import REPORTS
from tui.screens.base import OfficerScreen
from tui.screens.parts import TextLines
from tui.screens.search_rows import ListSource
from tui.widgets.columns import Column
from tui.widgets.queue_table import LineTable

_COLUMNS = (
    Column("key", "report.key_column", 4),
    Column("name", "report.name_column", 36),
    Column("about", "report.about_column", 20, grow=1),
)
KEYED = 9
"""As many reports as there are number keys; the others are only here."""


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A report as a row."""

    id: str
    cells: tuple[str, ...]


class ReportListScreen(OfficerScreen):
    """Enter, or a number key, shows a report instead of the one below; Esc goes back to that."""

    AUTO_FOCUS = "LineTable"
    name_key = "report.choose_title"
    hints: ClassVar[Sequence[str]] = ("open", "back")
    BINDINGS: ClassVar[list[BindingType]] = [
        *(bind(f"pick_{place}", f"pick({place})") for place in range(1, min(KEYED, len(REPORTS)) + 1)),
    ]

    def __init__(self, present: str) -> None:
        super().__init__()
        self._present = present

    def body(self) -> ComposeResult:
        yield LineTable(_COLUMNS, ListSource(), lambda line: line.cells, lambda line: ("", "normal"))
        yield TextLines(id="report_about")

    def fill(self) -> None:
        lines = [
            ReportLine(name, (str(place) if place <= KEYED else "", tr(f"report.{name}"), tr(f"report.{name}.about")))
            for place, name in enumerate(REPORTS, 1)
        ]
        table = self.query_one(LineTable)
        kept = table.current
        table.set_source(ListSource(lines))
        table.reload(kept.id if kept is not None else self._present)
        self._tell(table.current)

    def key_title(self, key_id: str) -> str | None:
        if key_id.startswith("pick_"):
            place = int(key_id.removeprefix("pick_"))
            return tr(f"report.{list(REPORTS)[place - 1]}") if place <= min(KEYED, len(REPORTS)) else None
        return tr("report.take") if key_id == "open" else None

    def action_pick(self, place: int) -> None:
        """The report of a number key, as on the screen below."""
        self.app.switch(self.app.make("reports", list(REPORTS)[place - 1]))

    def on_line_table_highlighted(self, message: LineTable.Highlighted) -> None:
        self._tell(message.row)

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        self.app.switch(self.app.make("reports", message.row.id))

    def _tell(self, line: ReportLine | None) -> None:
        if line is not None:
            self.query_one("#report_about", TextLines).show_lines([tr(f"report.{line.id}.about")])
