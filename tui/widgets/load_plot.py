"""Demand against capacity by day, in characters: a bar for hours due by then, a line for hours until then."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from core.proof import DayLoad
from tui.i18n import tr
from tui.widgets.cells import fit

DEMAND, SHORT, CAPACITY, BEYOND = "█", "▓", "─", "↑"
_PARTS = "▁▂▃▄▅▆▇█"
_BREAK = "▲"
_AXIS = 7
_WIDEST = 4
_STYLES = {**dict.fromkeys(_PARTS, "demand"), SHORT: "short", _BREAK: "short", CAPACITY: "capacity", BEYOND: "capacity"}


def load_plot(days: Sequence[DayLoad], width: int, height: int, broken: date | None = None) -> list[str]:
    """`height` lines of `width` cells, the last one with dates; empty where nothing is due.

    What is due beyond the capacity stands in another character. Capacity of more than twice the highest demand is
    beyond the top (↑), so that the bars can be seen.
    """
    room, rows = width - _AXIS, height - 1
    shown = days[: max(0, room)]
    highest = max((float(load.demand_hours) for load in shown), default=0.0)
    if not highest or rows < 2:
        return []
    top = max(highest, min(2 * highest, max(float(load.capacity_hours) for load in shown)))
    unit = top / (rows - 1)
    each = max(1, min(_WIDEST, room // len(shown)))
    columns = [_column(load, unit, rows) for load in shown]
    lines = []
    for row in range(rows - 1, -1, -1):
        label = f"{round(unit * (row + 1))}" if row in (rows - 2, (rows - 2) // 2) else ""
        lines.append(f"{label:>{_AXIS - 1}}│" + "".join(column[row] * each for column in columns))
    return [*lines, " " * _AXIS + _dates([load.date for load in shown], each, room, broken)]


def _column(load: DayLoad, unit: float, rows: int) -> list[str]:
    """One day's cells from the bottom up."""
    demand, capacity = float(load.demand_hours) / unit, float(load.capacity_hours) / unit
    cells = [" "] * rows
    for row in range(min(rows, int(demand) + 1)):
        part = min(8, round((demand - row) * 8))
        if part or (row == 0 and demand):
            cells[row] = _PARTS[max(0, part - 1)]
    above = len("".join(cells).rstrip())
    if load.demand_hours > load.capacity_hours:
        for row in range(min(int(capacity), above - 1), above):
            cells[row] = SHORT
        return cells
    line = max(above, -int(-capacity // 1) - 1)
    cells[min(line, rows - 1)] = CAPACITY if line < rows else BEYOND
    return cells


def _dates(days: Sequence[date], each: int, room: int, broken: date | None) -> str:
    """The day that breaks (▲), then the first one and Mondays, as far as they do not touch each other."""
    cells = [" "] * room
    first = [place for place, day in enumerate(days) if day == broken]
    for place in [*first, 0, *(place for place, day in enumerate(days) if not day.weekday())]:
        day, at = days[place], place * each
        text = f"{day:%d/%m}"
        if day == broken:
            fits = at + len(text) < room
            text, at = (f"{_BREAK}{text}", at) if fits else (f"{text}{_BREAK}", at - len(text))
        around = cells[max(0, at - 1) : at + len(text) + 1]
        if at + len(text) <= room and not "".join(around).strip():
            cells[at : at + len(text)] = text
    return "".join(cells)


class LoadPlot(Widget):
    """A line of words (whose hours, what the characters mean) over the plot."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"load-plot--{name}" for name in ("demand", "short", "capacity")}
    DEFAULT_CSS = """
    LoadPlot {
        height: 9;
        color: $foreground;
        .load-plot--demand { color: $secondary; }
        .load-plot--short { color: $error; text-style: bold; }
        .load-plot--capacity { color: $success; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._days: Sequence[DayLoad] = ()
        self._broken: date | None = None
        self._title = ""

    def show_days(self, title: str, days: Sequence[DayLoad], broken: date | None) -> None:
        """Whose days these are, each with the sums until its end, and the day that breaks."""
        self._title, self._days, self._broken = title, days, broken
        self.refresh()

    def lines(self, width: int, height: int) -> list[str]:
        """The words, then the plot."""
        plot = load_plot(self._days, width, height - 1, self._broken)
        if not plot:
            return []
        signs = {"demand": DEMAND, "short": SHORT, "capacity": CAPACITY}
        legend = "  ".join(f"{sign} {tr(f'forecast.plot.{name}')}" for name, sign in signs.items())
        return [f"{tr('forecast.plot', whose=self._title)}  {legend}", *plot]

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        lines = self.lines(width, self.size.height)
        text = fit(lines[y] if y < len(lines) else "", width)
        parts = [(name, "".join(run)) for name, run in groupby(text, key=_STYLES.get)]
        styles = [self.get_component_rich_style(f"load-plot--{name}") if name else self.rich_style for name, _ in parts]
        return Strip([Segment(run, style) for (_, run), style in zip(parts, styles, strict=True)], width)
