"""Dossiers whose date is another by another law, as a table: broken promises first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core.law import Law
from core.moments import LEGAL_TIME
from storage.amending import Moved
from tui.dossier_words import title_of
from tui.i18n import tr
from tui.screens.queue_rows import short_number
from tui.widgets.columns import Column
from tui.widgets.listed import Listed
from tui.widgets.queue_table import LineTable

_COLUMNS = (
    Column("number", "column.receipt_number", 12, marked=True),
    Column("name", "column.applicant_name", 14, grow=2),
    Column("procedure", "column.procedure", 16, priority=1, grow=2),
    Column("before", "law.column.before", 14),
    Column("after", "law.column.after", 14),
    Column("promised", "law.column.promised", 14, marked=True),
)


@dataclass(frozen=True, slots=True)
class MovedLine:
    """One dossier as a row; `id` is the dossier's."""

    id: str
    cells: tuple[str, ...]
    broken: bool


class MovedTable(LineTable):
    """`!` marks a printed date that the law does not give any more."""

    def __init__(self, *, id: str) -> None:
        super().__init__(
            _COLUMNS,
            Listed(()),
            lambda line: line.cells,
            lambda line: ("!", "overdue") if line.broken else ("", "normal"),
            empty_key="law.moves_none",
            id=id,
        )

    def show_moved(self, moved: Sequence[Moved], law: Law) -> None:
        """Show these, in this order."""
        self.set_source(Listed([_line(one, law) for one in moved]))


def _line(moved: Moved, law: Law) -> MovedLine:
    dates = (moved.before, moved.after, moved.promised_at)
    cells = (short_number(moved.receipt_number), moved.name, _title(moved, law), *map(_told, dates))
    return MovedLine(moved.dossier, cells, moved.promise_broken)


def _title(moved: Moved, law: Law) -> str:
    procedure = law.find(moved.procedure)
    return title_of(procedure.versions[-1] if procedure else None, moved.procedure)


def _told(seconds: int | None) -> str:
    """«25/11/26 17:00»; the year counts where a date moves over New Year."""
    return "–" if seconds is None else f"{datetime.fromtimestamp(seconds, LEGAL_TIME):%d/%m/%y %H:%M}"


def moved_words(moved: Sequence[Moved]) -> list[str]:
    """How many move, and how many of them were promised another date on paper."""
    if not moved:
        return [tr("law.moves_none")]
    broken = sum(one.promise_broken for one in moved)
    return [tr("law.moves", count=len(moved)), *([f"! {tr('law.broken', count=broken)}"] if broken else [])]
