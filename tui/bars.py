"""Values as bars of characters: eighths of a cell, or ASCII where the terminal has few signs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tui.widgets.cells import fit

FULL, PLAIN = "█", "#"
_EIGHTHS = " ▏▎▍▌▋▊▉"
_WIDEST = 60
_LEAST = 6
_LABEL = 30


@dataclass(frozen=True, slots=True)
class Bar:
    """One value with its label and what is written behind it; `strong`: it stands out (past the limit)."""

    label: str
    value: float
    words: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars under a title; `top`: the value of a full bar, None: the greatest. `empty`: said where there are none."""

    title: str
    bars: tuple[Bar, ...]
    top: float | None = None
    empty: str = ""

    @property
    def full(self) -> float:
        """The value of a full bar."""
        return self.top if self.top is not None else max((one.value for one in self.bars), default=0.0)


def bar(value: float, top: float, width: int, *, plain: bool = False) -> str:
    """`value` of `top` as at most `width` cells; whatever is more than nothing is seen, whatever is too much is cut."""
    if value <= 0 or top <= 0 or width <= 0:
        return ""
    eighths = min(8 * width, max(1, round(8 * width * value / top)))
    if plain:
        return PLAIN * max(1, round(eighths / 8))
    whole, part = divmod(eighths, 8)
    return FULL * whole + (_EIGHTHS[part] if part else "")


def chart_lines(chart: Chart, width: int, *, plain: bool = False) -> list[str]:
    """The chart as lines of at most `width` cells: label, bar, words."""
    if not chart.bars:
        return [chart.title, f"  {chart.empty}"]
    label = min(_LABEL, max(cell_len(one.label) for one in chart.bars))
    words = max(cell_len(one.words) for one in chart.bars)
    room = max(_LEAST, min(_WIDEST, width - label - words - 4))
    lines = [chart.title]
    for one in chart.bars:
        drawn = fit(bar(one.value, chart.full, room, plain=plain), room)
        lines.append(f"  {fit(one.label, label)} {drawn} {one.words}".rstrip())
    return lines


def svg(one: Bar, top: float) -> str:
    """The same bar as an SVG of 200 by 8, without any letter: whoever places it writes beside it."""
    long = 0.0 if top <= 0 or one.value <= 0 else max(0.5, min(200.0, 200 * one.value / top))
    colour = "#7a1f1f" if one.strong else "#3a5a80"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 8" width="200" height="8" preserveAspectRatio="none">'
        f'<rect width="200" height="8" fill="#eeeeee"/><rect width="{long:.2f}" height="8" fill="{colour}"/></svg>'
    )


def pictured(charts: Sequence[Chart], width: int, *, plain: bool = False) -> list[str]:
    """Charts beneath each other, a blank line between."""
    lines: list[str] = []
    for chart in charts:
        lines += [*([""] if lines else []), *chart_lines(chart, width, plain=plain)]
    return lines
