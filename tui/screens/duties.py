"""What a leader must see to: the debts, what waits for a signature, what is about to be late, whom to stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from core.queue import Urgency, Worklist
from storage.queries import Row
from storage.regime import DUTIES, count_duties, duty_filter
from tui.i18n import tr
from tui.keys import bind
from tui.screens.base import OfficerScreen
from tui.screens.queue_rows import RowWords
from tui.widgets.columns import Column
from tui.widgets.listed import Listed
from tui.widgets.queue_table import LineTable

_SHOWN = 50
_COLUMNS = (
    Column("number", "queue.number", 11),
    Column("name", "queue.name", 26, grow=3),
    Column("procedure", "queue.procedure", 14, priority=1, grow=4),
    Column("due", "queue.due", 8, marked=True),
    Column("left", "queue.left", 12, marked=True),
)
_SIGNED_HERE = frozenset({Urgency.APOLOGY_OWED, Worklist.TO_SIGN, Worklist.APOLOGISE_NOW})


@dataclass(frozen=True, slots=True)
class DutyLine:
    """A heading (`row` None) or a dossier of its duty."""

    id: str
    duty: Urgency | Worklist
    row: Row | None
    count: int = 0


class DutiesScreen(OfficerScreen):
    """Enter opens; `x` signs: the dossier under the cursor, or under a heading all of its list; or stops it."""

    name_key = "title.duties"
    hints: ClassVar[Sequence[str]] = ("open", "apology", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("apology", "apology")]

    def body(self) -> ComposeResult:
        yield LineTable(_COLUMNS, Listed(()), self._cells, self._mark, empty_key="duties.none", id="duties")

    def fill(self) -> None:
        desk = self.app.desk
        bounds = desk.bounds()
        self._words = RowWords.of(desk.law, desk.identity.unit, desk.now())
        counts = count_duties(desk.queries, bounds)
        lines: list[DutyLine] = []
        for duty in DUTIES:
            if not counts[duty.value]:
                continue
            lines.append(DutyLine(duty.value, duty, None, counts[duty.value]))
            rows = desk.queries.after(None, bounds, _SHOWN, duty_filter(duty))
            lines += [DutyLine(f"{duty.value} {row.id}", duty, row) for row in rows]
        self.query_one(LineTable).set_source(Listed(lines))

    def uncovered(self) -> None:
        self.fill()

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        if message.row.row is not None:
            self.app.push(self.app.make("dossier", message.row.row.id))

    def action_apology(self) -> None:
        line: DutyLine | None = self.query_one(LineTable).current
        if line is None:
            return
        if line.duty not in _SIGNED_HERE:
            if line.row is not None:
                self.app.push(self.app.make("action_form", line.row.id, "stopped"))
            return
        rows = [line.row]
        if line.row is None:
            desk = self.app.desk
            rows = list(desk.queries.after(None, desk.bounds(), -1, duty_filter(line.duty)))
        self.app.push(self.app.make("apology", [row.id for row in rows if row is not None]))

    def _cells(self, line: DutyLine) -> tuple[str, ...]:
        if line.row is None:
            area = "worklist" if isinstance(line.duty, Worklist) else "urgency"
            return (f"── {line.count}", tr(f"{area}.{line.duty.value}"), *("" for _ in _COLUMNS[2:]))
        number, name, procedure, _, _, due, left = self._words.cells(line.row)
        return number, name, procedure, due, left

    def _mark(self, line: DutyLine) -> tuple[str, str]:
        return ("", "done") if line.row is None else self._words.mark(line.row)
