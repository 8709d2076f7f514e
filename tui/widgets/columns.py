"""Which columns a table shows at a width, and how wide each is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tui.widgets.cells import Align

GAP = 1
_LEAST = 10
"""Cells that a column which grows keeps in any case."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `title_key` in the catalogue, `width` in cells, `grow` its share of spare room.

    Where the table is too narrow, columns go by `priority`, the highest first; 0 stays. One with
    `instead_of` is shown only where that other column has gone. A `marked` one is painted in the style of
    its row's mark. `most`: no wider than this, however wide the screen is, so that the eye keeps the line.
    """

    key: str
    title_key: str
    width: int
    align: Align = "left"
    priority: int = 0
    grow: int = 0
    instead_of: str | None = None
    marked: bool = False
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A column that is shown: its place among all columns, and its width at this size."""

    index: int
    column: Column
    width: int


def arrange(columns: Sequence[Column], width: int) -> list[Place]:
    """The columns that `width` cells have room for, in their order, spare room shared out.

    Where even those that stay need more, the ones that grow give it, so that no figure or date is cut.
    """
    dropped: set[str] = set()
    droppable = sorted((c for c in columns if c.priority), key=lambda c: -c.priority)
    shown = _shown(columns, dropped)
    for column in droppable:
        if _needed(shown) <= width:
            break
        dropped.add(column.key)
        shown = _shown(columns, dropped)
    spare = max(0, width - _needed(shown))
    shares = sum(c.grow for c in shown)
    places = []
    for column in shown:
        extra = spare * column.grow // shares if shares else 0
        if column.most is not None:
            extra = min(extra, max(0, column.most - column.width))
        spare, shares = spare - extra, shares - column.grow
        places.append(Place(columns.index(column), column, column.width + extra))
    return _narrowed(places, _needed(shown) - width)


def _narrowed(places: list[Place], over: int) -> list[Place]:
    found = []
    for place in places:
        less = max(0, min(over, place.width - _LEAST)) if place.column.grow else 0
        over -= less
        found.append(replace(place, width=place.width - less))
    return found


def _shown(columns: Sequence[Column], dropped: set[str]) -> list[Column]:
    return [c for c in columns if c.key not in dropped and (c.instead_of is None or c.instead_of in dropped)]


def _needed(columns: Sequence[Column]) -> int:
    return sum(c.width + GAP for c in columns) - GAP
