"""Charts as lines, as wide as there is room."""

from __future__ import annotations

from collections.abc import Sequence

from tui.bars import Chart, pictured
from tui.widgets.lines import LinesWidget


class ChartLines(LinesWidget):
    """Charts beneath each other; `plain`: in ASCII."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._charts: Sequence[Chart] = ()
        self._plain = False

    def show_charts(self, charts: Sequence[Chart], *, plain: bool) -> None:
        """Show these instead."""
        self._charts, self._plain = charts, plain
        self.changed()

    def lines(self, width: int) -> list[str]:
        return pictured(self._charts, width, plain=self._plain)
