"""Painting no more than what a change has altered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.geometry import Region

if TYPE_CHECKING:
    from tui.widgets.queue_table import LineTable


class Painting:
    """Repaint the lines that a change has altered, and tell who listens what else it changed."""

    def __init__(self, table: LineTable) -> None:
        self.table = table

    def __enter__(self) -> None:
        self.picture = self.table.picture()
        self.current = self.table.current
        self.selected = self.table.selected

    def __exit__(self, *_error: object) -> None:
        table, after = self.table, self.table.picture()
        lines = max(len(self.picture), len(after))
        changed = [line for line in range(lines) if self.picture[line : line + 1] != after[line : line + 1]]
        if not after or len(changed) > lines // 2:
            table.refresh()
        elif changed:
            table.refresh(*(Region(0, line + 1, table.size.width, 1) for line in changed))
        if table.current != self.current:
            table.post_message(table.Highlighted(table, table.current))
        if table.selected != self.selected:
            table.post_message(table.Selected(table, table.selected))
