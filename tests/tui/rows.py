"""A list of rows in memory behind the table's page protocol; it counts what it is asked."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A row that is ordered by `place` and known by `id`."""

    place: int
    id: str
    name: str = ""


class Rows:
    """Rows ordered by place, found by bisection."""

    def __init__(self, rows: Iterable[Line]) -> None:
        self.rows = sorted(rows, key=lambda row: row.place)
        self.calls = 0
        self.read = 0

    @classmethod
    def numbered(cls, count: int) -> Rows:
        return cls(Line(i * 2, f"d{i}", f"Nguyễn Thị Hồng Đào {i}") for i in range(count))

    def _told(self, rows: list[Line]) -> list[Line]:
        self.calls += 1
        self.read += len(rows)
        return rows

    def first(self, size: int) -> list[Line]:
        return self._told(self.rows[:size])

    def last(self, size: int) -> list[Line]:
        return self._told(self.rows[-size:] if size else [])

    def after(self, row: Line, size: int) -> list[Line]:
        start = bisect_right(self.rows, row.place, key=lambda held: held.place)
        return self._told(self.rows[start : start + size])

    def before(self, row: Line, size: int) -> list[Line]:
        end = bisect_left(self.rows, row.place, key=lambda held: held.place)
        return self._told(self.rows[max(0, end - size) : end])

    def replace(self, row_id: str, *rows: Line) -> None:
        """Take a row out, and put others in."""
        kept = [row for row in self.rows if row.id != row_id]
        self.rows = sorted([*kept, *rows], key=lambda row: row.place)
