"""A short list that is all in memory, as a page source for the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from tui.widgets.window import Row

R = TypeVar("R", bound=Row)


class Listed(Generic[R]):
    """Rows in the order given; a row that is not in the list any more counts as its end."""

    def __init__(self, rows: Sequence[R]) -> None:
        self._rows = list(rows)
        self._places = {row.id: place for place, row in enumerate(rows)}

    def first(self, size: int) -> list[R]:
        return self._rows[:size]

    def last(self, size: int) -> list[R]:
        return self._rows[-size:]

    def after(self, row: R, size: int) -> list[R]:
        place = self._places.get(row.id, len(self._rows)) + 1
        return self._rows[place : place + size]

    def before(self, row: R, size: int) -> list[R]:
        place = self._places.get(row.id, len(self._rows))
        return self._rows[max(0, place - size) : place]
