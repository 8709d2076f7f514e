"""A report as tables: what the screen shows and the files hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, overload

from core.moments import LEGAL_TIME
from tui.i18n import language, tr
from tui.widgets.columns import Column

Cell = str | int | date | datetime | Decimal
"""A moment is one of legal time."""


class Line(NamedTuple):
    """A row of cells, one for each column. `dossier`: the one that it opens; `mark`: its style in a list.

    A named tuple, for a year has a hundred thousand of them.
    """

    id: str
    cells: tuple[Cell, ...]
    dossier: str | None = None
    group: str | None = None
    mark: str = "normal"


class Lines(Sequence[Line]):
    """A list's lines, made when somebody looks at them first: there may be as many as a year has dossiers."""

    def __init__(self, many: int, make: Callable[[], list[Line]]) -> None:
        self._many, self._make = many, make
        self._made: list[Line] | None = None

    def __len__(self) -> int:
        return self._many if self._made is None else len(self._made)

    def __iter__(self) -> Iterator[Line]:
        return iter(self._lines())

    @overload
    def __getitem__(self, place: int) -> Line: ...

    @overload
    def __getitem__(self, place: slice) -> list[Line]: ...

    def __getitem__(self, place: int | slice) -> Line | list[Line]:
        return self._lines()[place]

    def _lines(self) -> list[Line]:
        if self._made is None:
            self._made = self._make() if self._many else []
        return self._made


@dataclass(frozen=True, slots=True)
class Part:
    """A table with its name. A line of the totals counts the lines of the lists that have its `group` (None: all).

    `on_paper`: whether it goes on a paper and into a command's lines, too. `heads`: what stands above its columns
    in files and on paper, where there is room for more than on a screen.
    """

    title: str
    columns: tuple[Column, ...]
    lines: Sequence[Line]
    on_paper: bool = True
    heads: tuple[str, ...] = ()


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


def period_words(first: date, last: date, unit: str | None, now: datetime) -> str:
    """Of which days and of which unit a report tells, and when it was made."""
    return tr(
        "report.period",
        first=f"{first:%d/%m/%Y}",
        last=f"{last:%d/%m/%Y}",
        unit=unit or tr("report.all_units"),
        now=f"{now.astimezone(LEGAL_TIME):%H:%M %d/%m/%Y}",
    )


def cell_text(cell: Cell) -> str:
    """A cell as people read it, its thousands apart."""
    if isinstance(cell, Decimal):
        return f"{cell}".replace(".", ",") if language() == "vi" else f"{cell}"
    if isinstance(cell, int):
        return f"{cell:,}".replace(",", ".") if language() == "vi" else f"{cell:,}"
    if isinstance(cell, datetime):
        return f"{cell:%H:%M %d/%m/%Y}"
    return f"{cell:%d/%m/%Y}" if isinstance(cell, date) else str(cell)


def headers(part: Part) -> tuple[str, ...]:
    """What stands above a part's columns in files and on paper."""
    return part.heads or tuple(tr(column.title_key) for column in part.columns)
