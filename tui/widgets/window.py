"""A sliding stretch of rows around a cursor, fed by key seeks: the list is never counted, skipped or held
whole.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Generic, Protocol, TypeVar

PAGES = 5
"""How many screens of rows are held at most."""


class Row(Protocol):
    """Anything with an identity; equality tells whether it must be painted again."""

    @property
    def id(self) -> Hashable: ...


R = TypeVar("R", bound=Row)


class PageSource(Protocol[R]):
    """Rows in display order, by seeking: fewer than `size` rows mean that the list ends there.

    `after` and `before` leave out the row itself, which need not exist any more.
    """

    def first(self, size: int) -> Sequence[R]: ...

    def last(self, size: int) -> Sequence[R]: ...

    def after(self, row: R, size: int) -> Sequence[R]: ...

    def before(self, row: R, size: int) -> Sequence[R]: ...


class Window(Generic[R]):
    """What a table of `height` lines shows: `rows`, the index `top` of its first line, and the `cursor`."""

    def __init__(self, source: PageSource[R], height: int) -> None:
        self.source = source
        self.height = height
        self.rows: list[R] = []
        self.top = 0
        self.cursor = 0
        self._at_start = self._at_end = False
        self.home()

    @property
    def current(self) -> R | None:
        return self.rows[self.cursor] if self.rows else None

    @property
    def visible(self) -> list[R]:
        return self.rows[self.top : self.top + self.height]

    def home(self) -> None:
        """The first row."""
        size = 2 * self.height
        if not self._at_start:
            rows = self.source.first(size)
            self._hold(rows, start=True, end=len(rows) < size)
        self.cursor = self.top = 0

    def end(self) -> None:
        """The last row."""
        size = 2 * self.height
        if not self._at_end:
            rows = self.source.last(size)
            self._hold(rows, start=len(rows) < size, end=True)
        self.cursor = max(0, len(self.rows) - 1)
        self._follow()

    def move(self, delta: int) -> None:
        """The cursor goes `delta` rows on (back, where negative), as far as there are rows."""
        self._reach(self.cursor + delta, self.cursor + delta)
        self.cursor = max(0, min(self.cursor + delta, len(self.rows) - 1))
        self._follow()

    def scroll(self, delta: int) -> None:
        """The view goes `delta` lines on; the cursor stays on its row while that is visible."""
        self._reach(self.top + delta, self.top + delta + self.height - 1)
        self.top = max(0, min(self.top + delta, len(self.rows) - self.height))
        self.cursor = max(self.top, min(self.cursor, self.top + self.height - 1, len(self.rows) - 1))

    def resize(self, height: int) -> None:
        """The table got another number of lines."""
        self.height = height
        self._follow()

    def point(self, line: int) -> bool:
        """The cursor goes to a visible line; False where no row is there."""
        if not 0 <= line < len(self.visible):
            return False
        self.cursor = self.top + line
        return True

    def reload(self, keep: Hashable = None) -> None:
        """Read again around the row `keep` (else the current one), which stays on its line of the screen.

        Where that row is gone, the one that took its place gets the cursor.
        """
        if not self.rows:
            self._at_start = False
            self.home()
            return
        at = next((i for i, row in enumerate(self.rows) if row.id == keep), self.cursor)
        self.show(self.rows[at], max(0, min(self.cursor - self.top, self.height - 1)))

    def show(self, row: R, line: int | None = None) -> None:
        """Put the cursor on `row` (or where it would stand), on that line of the screen, else in its
        middle.
        """
        line = self.height // 2 if line is None else line
        wanted = line + self.height // 2 + 1
        above = self.source.before(row, wanted)
        size = 2 * self.height - line
        rest = self.source.after(above[-1], size) if above else self.source.first(size)
        self._hold([*above, *rest], start=len(above) < wanted, end=len(rest) < size)
        found = next((i for i, held in enumerate(self.rows) if held.id == row.id), len(above))
        self.cursor = max(0, min(found, len(self.rows) - 1))
        self.top = max(0, self.cursor - line)
        self._follow()

    def _hold(self, rows: Sequence[R], *, start: bool, end: bool) -> None:
        self.rows, self._at_start, self._at_end = list(rows), start, end

    def _follow(self) -> None:
        """Scroll just so far that the cursor is visible, and have rows for the whole view."""
        self.top = max(self.cursor - self.height + 1, min(self.top, self.cursor))
        self._reach(self.top, self.top + self.height - 1)
        missing = self.top + self.height - len(self.rows)
        if missing > 0:
            self._reach(self.top - missing, self.top)
            self.top = max(0, self.top - missing)

    def _reach(self, first: int, last: int) -> None:
        """Hold the rows from index `first` (may be negative) to `last`, where the list has them."""
        if first < 0 and not self._at_start and self.rows:
            size = max(self.height, -first)
            more = self.source.before(self.rows[0], size)
            self._at_start = len(more) < size
            self.rows[:0] = more
            self.top += len(more)
            self.cursor += len(more)
            self._trim_end()
        elif last >= len(self.rows) and not self._at_end and self.rows:
            size = max(self.height, last - len(self.rows) + 1)
            more = self.source.after(self.rows[-1], size)
            self._at_end = len(more) < size
            self.rows.extend(more)
            self._trim_start()

    def _trim_start(self) -> None:
        spare = min(len(self.rows) - PAGES * self.height, self.top, self.cursor)
        if spare > 0:
            del self.rows[:spare]
            self.top -= spare
            self.cursor -= spare
            self._at_start = False

    def _trim_end(self) -> None:
        last = max(PAGES * self.height, self.top + self.height, self.cursor + 1)
        if last < len(self.rows):
            del self.rows[last:]
            self._at_end = False
