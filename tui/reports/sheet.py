"""A report as tables: what the screen shows and the files hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tui.widgets.columns import Column

Cell = str | int | date


@dataclass(frozen=True, slots=True)
class Line:
    """A row of cells, one for each column. `dossier`: the one that it opens; `mark`: its style in a list."""

    id: str
    cells: tuple[Cell, ...]
    dossier: str | None = None
    group: str | None = None
    mark: str = "normal"


@dataclass(frozen=True, slots=True)
class Part:
    """A table with its name. A line of the totals counts the lines of the lists that have its `group` (None: all)."""

    title: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`about` says what is counted; the first part is the totals, the others have the same columns."""

    name: str
    title: str
    period: str
    about: tuple[str, ...]
    totals: Part
    lists: tuple[Part, ...]
    more: tuple[Part, ...] = ()

    @property
    def tables(self) -> tuple[Part, ...]:
        """Every table as files hold them; `more` are totals by something else, with columns of their own."""
        return (self.totals, *self.more, *self.lists)

    @property
    def parts(self) -> tuple[tuple[str, Part], ...]:
        """Every table with its heading; a list's says how long it is."""
        totals = tuple((one.title, one) for one in (self.totals, *self.more))
        return (*totals, *((f"{one.title} ({len(one.lines)})", one) for one in self.lists))


def cell_text(cell: Cell) -> str:
    """A cell as people read it."""
    return f"{cell:%d/%m/%Y}" if isinstance(cell, date) else str(cell)
