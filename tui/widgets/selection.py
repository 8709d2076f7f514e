"""Which rows are selected: one by one, and by a range that follows the cursor."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Protocol


class _HasId(Protocol):
    @property
    def id(self) -> Hashable: ...


class Selection:
    """A set of ids. A range runs from the row where it began to the cursor and shrinks when the cursor
    returns.
    """

    def __init__(self) -> None:
        self._fixed: set[Hashable] = set()
        self._passed: dict[int, Hashable] = {}
        self._position: int | None = None

    @property
    def ids(self) -> frozenset[Hashable]:
        """What is selected now, the open range included."""
        return frozenset(self._fixed | self._in_range())

    @property
    def is_open(self) -> bool:
        """Whether a range follows the cursor."""
        return self._position is not None

    def toggle(self, row: Hashable) -> None:
        """Select a row, or no longer; an open range ends first."""
        self.stop_range()
        self._fixed ^= {row}

    def toggle_range(self, row: Hashable) -> None:
        """Begin a range at a row, or end the one that is open."""
        if self._position is None:
            self._position, self._passed = 0, {0: row}
        else:
            self.stop_range()

    def stop_range(self) -> None:
        """The range stays selected and follows the cursor no longer."""
        self._fixed |= self._in_range()
        self._position = None

    def keep(self, rows: Iterable[Hashable]) -> None:
        """Of what is selected only these rows stay so; an open range ends."""
        self.stop_range()
        self._fixed &= set(rows)

    def clear(self) -> None:
        self._fixed.clear()
        self._position = None

    def extend(self, rows: Sequence[_HasId], before: _HasId | None, cursor: int) -> None:
        """The cursor went from the row `before` to `rows[cursor]`: an open range goes with it."""
        if self._position is None or before is None:
            return
        start = next((i for i, row in enumerate(rows) if row.id == before.id), cursor)
        step = 1 if cursor >= start else -1
        for index in range(start, cursor + step, step):
            self._passed[self._position + index - start] = rows[index].id
        self._position += cursor - start

    def _in_range(self) -> set[Hashable]:
        if self._position is None:
            return set()
        low, high = sorted((0, self._position))
        return {self._passed[place] for place in range(low, high + 1)}
