"""Past handovers, the newest first, each with what became of the lines that were to be kept in sight."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, islice
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from storage.handover import sheet_of
from storage.past_handovers import past_handover, past_ids
from tui.handover import dossier_cells, past_line, section_title, taken_lines
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
_SIGNS = {"late_since": ("!", "overdue"), "still_late": ("!", "overdue"), "done_late": ("", "today"),
          "in_conflict": ("✗", "overdue")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PastLine:
    """A handover (`open`: nobody has taken it over), or one of its watchers (`dossier`)."""

    id: str
    cells: tuple[str, ...]
    shift: str
    dossier: str | None = None
    became: str = ""
    open: bool = False


class PastLines:
    """Handovers with their watchers as a page source; one is read when its lines are first asked for."""

    def __init__(self, ids: Sequence[str], lines: Callable[[str], list[PastLine]]) -> None:
        self._ids = ids
        self._places = {one: place for place, one in enumerate(ids)}
        self._lines = cache(lines)

    def first(self, size: int) -> list[PastLine]:
        return list(islice(self._down(0), size))

    def last(self, size: int) -> list[PastLine]:
        return list(islice(self._up(len(self._ids) - 1), size))[::-1]

    def after(self, row: PastLine, size: int) -> list[PastLine]:
        place = self._places[row.shift]
        lines = self._lines(row.shift)
        return list(islice(chain(lines[_at(row, lines) + 1 :], self._down(place + 1)), size))

    def before(self, row: PastLine, size: int) -> list[PastLine]:
        place = self._places[row.shift]
        lines = self._lines(row.shift)
        return list(islice(chain(lines[: _at(row, lines)][::-1], self._up(place - 1)), size))[::-1]

    def _down(self, place: int) -> Iterator[PastLine]:
        for one in self._ids[place:]:
            yield from self._lines(one)

    def _up(self, place: int) -> Iterator[PastLine]:
        for one in reversed(self._ids[: place + 1]):
            yield from reversed(self._lines(one))


def _at(row: PastLine, lines: Sequence[PastLine]) -> int:
    return next((place for place, one in enumerate(lines) if one.id == row.id), len(lines))


class PastHandoversScreen(OfficerScreen):
    """Enter opens a dossier, or a handover that nobody has taken over yet; `p`: the record of the handover."""

    name_key = "title.past_handovers"
    hints: ClassVar[Sequence[str]] = ("open", "reprint", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("reprint", "record")]

    def body(self) -> ComposeResult:
        yield LineTable(
            _COLUMNS, Listed(()), lambda line: line.cells, _mark, empty_key="past.none", id="past-handovers"
        )

    def fill(self) -> None:
        table, ids = self.query_one(LineTable), past_ids(self.app.desk)
        before: PastLine | None = table.current
        table.set_source(PastLines(ids, self._lines))
        if before is not None and before.shift in ids:
            table.show(before)

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        line: PastLine = message.row
        if line.dossier is not None:
            self.app.push(self.app.make("dossier", line.dossier))
        elif line.open:
            self.app.push(self.app.make("handover", line.shift))

    def action_record(self) -> None:
        """`p`: the record of the handover under the cursor, to the printer or the viewer."""
        line = self.query_one(LineTable).current
        if line is not None:
            sheet = sheet_of(self.app.desk, line.shift)
            assert sheet is not None
            hand_out_record(self, sheet)

    def _lines(self, shift: str) -> list[PastLine]:
        """A handover's lines; none where its sheet can't be read here."""
        past = past_handover(self.app.desk, shift)
        if past is None:
            return []
        names = {one.id: one.name for one in self.app.desk.officers.all()}
        found = [PastLine(past.id, (f"── {past_line(past, names)}",), past.id, open=past.accepted_at is None)]
        for one in past.watched:
            number, name, *_ = dossier_cells(self.app.desk, one.item)
            cells = (short_number(number), name, section_title(one.section), tr(f"became.{one.became}"))
            found.append(PastLine(f"{past.id} {one.item['id']}", cells, past.id, one.item["id"], one.became))
        for place, words in enumerate(taken_lines(past.handed)):
            found.append(PastLine(f"{past.id} {place}", (words,), past.id))
        return found


def _mark(line: PastLine) -> tuple[str, str]:
    return _SIGNS.get(line.became, ("", "normal" if line.dossier else "done"))
