"""Past handovers, the newest first, each with what became of the lines that were to be kept in sight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from storage.handover import sheet_of
from storage.past_handovers import PastHandover, past_handovers
from tui.handover import dossier_cells, past_line, section_title
from tui.i18n import tr
from tui.keys import bind
from tui.screens.base import OfficerScreen
from tui.screens.handover import hand_out_record
from tui.screens.queue_rows import short_number
from tui.widgets.columns import Column
from tui.widgets.listed import Listed
from tui.widgets.queue_table import LineTable

_COLUMNS = (
    Column("number", "column.receipt_number", 11, marked=True),
    Column("name", "column.applicant_name", 18, grow=2),
    Column("section", "past.section", 18, grow=1, priority=1),
    Column("became", "past.became", 16, grow=1),
)
_SHOWN = 20
_SIGNS = {"late_since": ("!", "overdue"), "still_late": ("!", "overdue"), "done_late": ("", "today"),
          "in_conflict": ("✗", "overdue")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PastLine:
    """A handover, or one of its watchers (`dossier`)."""

    id: str
    cells: tuple[str, ...]
    shift: str
    dossier: str | None = None
    became: str = ""


class PastHandoversScreen(OfficerScreen):
    """Enter opens a dossier, or a handover that nobody has taken over yet; `p`: the record of the handover."""

    name_key = "title.past_handovers"
    hints: ClassVar[Sequence[str]] = ("open", "reprint", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("reprint", "record")]

    def __init__(self) -> None:
        super().__init__()
        self._open: frozenset[str] = frozenset()

    def body(self) -> ComposeResult:
        yield LineTable(
            _COLUMNS, Listed(()), lambda line: line.cells, _mark, empty_key="past.none", id="past-handovers"
        )

    def fill(self) -> None:
        found = past_handovers(self.app.desk, _SHOWN)
        self._open = frozenset(one.id for one in found if one.accepted_at is None)
        self.query_one(LineTable).set_source(Listed([line for one in found for line in self._lines(one)]))

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        line: PastLine = message.row
        if line.dossier is not None:
            self.app.push(self.app.make("dossier", line.dossier))
        elif line.shift in self._open:
            self.app.push(self.app.make("handover", line.shift))

    def action_record(self) -> None:
        """`p`: the record of the handover under the cursor, to the printer or the viewer."""
        line = self.query_one(LineTable).current
        if line is not None:
            sheet = sheet_of(self.app.desk, line.shift)
            assert sheet is not None
            hand_out_record(self, sheet)

    def _lines(self, past: PastHandover) -> Iterator[PastLine]:
        names = {one.id: one.name for one in self.app.desk.officers.all()}
        yield PastLine(past.id, (f"── {past_line(past, names)}",), past.id)
        for one in past.watched:
            number, name, *_ = dossier_cells(self.app.desk, one.item)
            cells = (short_number(number), name, section_title(one.section), tr(f"became.{one.became}"))
            yield PastLine(f"{past.id} {one.item['id']}", cells, past.id, one.item["id"], one.became)


def _mark(line: PastLine) -> tuple[str, str]:
    return _SIGNS.get(line.became, ("", "normal" if line.dossier else "done"))
