"""The roster of a week: officers by days, with hours and absences; Enter is what can be done with an officer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from core.moments import legal_day
from core.roster import NOTHING, Roster
from storage.officers import Officer
from storage.roster import roster
from tui.dates import weekday_short
from tui.forecast import hours_words
from tui.i18n import tr
from tui.keys import bind
from tui.roster_words import OFF, absence_lines, day_cell, days_words, hours_cell, opening, source_words, week_of
from tui.screens.base import OfficerScreen
from tui.screens.parts import TextLines
from tui.widgets.columns import Column
from tui.widgets.listed import Listed
from tui.widgets.queue_table import LineTable

_WEEK = timedelta(days=7)
_UNIT = "unit"
_DAY = 7


@dataclass(frozen=True, slots=True)
class RosterLine:
    """An officer's week, or the unit's (`officer` None)."""

    id: str
    cells: tuple[str, ...]
    officer: Officer | None
    away: bool


class RosterScreen(OfficerScreen):
    """←→ goes from week to week; what the cursor stands on is told in full below."""

    AUTO_FOCUS = "LineTable"
    name_key = "title.roster"
    hints: ClassVar[Sequence[str]] = ("open", "month_before", "month_after", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("month_before", "week(-1)"), bind("month_after", "week(1)")]

    def body(self) -> ComposeResult:
        self._days = week_of(legal_day(self.app.desk.now()))
        self._roster: Roster | None = None
        yield TextLines(id="week")
        yield LineTable((), Listed(()), lambda line: line.cells, _mark, empty_key="roster.nobody", id="officers")
        yield TextLines(id="detail")

    def key_title(self, key_id: str) -> str | None:
        return tr(f"roster.key.{key_id}") if key_id in ("open", "month_before", "month_after") else None

    def uncovered(self) -> None:
        self.fill()

    def fill(self) -> None:
        table, found = self.query_one(LineTable), roster(self.app.desk)
        self._roster = found
        days = [(day, opening(found, day)) for day in self._days]
        span = f"{self._days[0]:%d/%m} – {self._days[-1]:%d/%m/%Y}"
        self.query_one("#week", TextLines).show_lines([tr("roster.week", span=span, hours=days_words(days))])
        table.set_columns(
            [Column("name", "roster.officer", 18, grow=1)]
            + [Column(f"{day}", f"{weekday_short(day)} {day.day}", _DAY, grow=1, marked=True) for day in self._days]
        )
        lines, before = list(self._lines(found)), table.current
        table.set_source(Listed(lines))
        for line in lines:
            if before is not None and line.id == before.id:
                table.show(line)

    def action_week(self, step: int) -> None:
        """Another week."""
        self._days = week_of(self._days[0] + step * _WEEK)
        self.fill()

    def on_line_table_highlighted(self, message: LineTable.Highlighted) -> None:
        line: RosterLine | None = message.row
        found, reader = self._roster, self.app.officer
        told: list[str] = []
        if line is not None and line.officer is not None and found is not None and reader is not None:
            told = list(self._told(found, line.officer, reader))
        elif line is not None:
            told = [tr("roster.unit_line")]
        self.query_one("#detail", TextLines).show_lines(told)

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        line: RosterLine = message.row
        if line.officer is not None:
            self.app.push(self.app.make("roster_menu", line.officer.id))

    def _lines(self, found: Roster) -> Iterator[RosterLine]:
        """Who is on the roster, who is not, and last the unit's hours."""
        officers = [one for one in self.app.desk.officers.all() if one.id in found.active]
        for one in sorted(officers, key=lambda one: not self._rostered(found, one.id)):
            cells = tuple(day_cell(found, one.id, day) for day in self._days)
            yield RosterLine(one.id, (one.name, *cells), one, self._away(found, one.id))
        unit = (hours_cell(opening(found, day)) for day in self._days)
        yield RosterLine(_UNIT, (tr("roster.unit"), *unit), None, False)

    def _rostered(self, found: Roster, officer: str) -> bool:
        return officer in found.usual or found.row(officer, self._days[-1]) is not None

    def _away(self, found: Roster, officer: str) -> bool:
        absences = found.folded.get(officer, NOTHING).absences
        return any(one.first <= self._days[-1] and one.last >= self._days[0] for one in absences)

    def _told(self, found: Roster, officer: Officer, reader: Officer) -> Iterator[str]:
        periods = [(day, found.periods(officer.id, day)) for day in self._days]
        yield f"{officer.name} ({officer.code}) · {source_words(found, officer.id, self._days[0])}"
        hours = sum((found.hours(officer.id, day) for day in self._days), start=0 * found.share)
        told = days_words(periods) if any(there for _, there in periods) else OFF
        yield tr("roster.at_work", periods=told, hours=hours_words(hours))
        names = {one.id: one.name for one in self.app.desk.officers.all()}
        yield from absence_lines(found, officer.id, self._days[0], reader, names)
        for lost in found.folded.get(officer.id, NOTHING).replaced:
            yield tr("cli.roster.replaced", officer=names.get(lost.by, lost.by))


def _mark(line: RosterLine) -> tuple[str, str]:
    return ("!", "next_day") if line.away else ("", "normal" if line.officer else "done")
