"""The days between receipt and appointment on one or two lines: «24 lễ | 25 ① | 26 ② | 28 T7 | …»."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from rich.cells import cell_len

from tui.i18n import tr
from tui.plain_signs import are_plain
from tui.widgets.cells import cut
from tui.widgets.lines import LinesWidget

_SEPARATOR = " | "
_LINES = 2
_FOLDED_FROM = 3
_COUNTING = ("counted", "extended")
_ORDER = ("rescheduled", *_COUNTING, "rolled", "paused", "abandoned", "receipt_day", "closed", "day_off")
_SATURDAY, _SUNDAY = 5, 6


@dataclass(frozen=True, slots=True)
class RibbonDay:
    """One date and what it was to the limit: an effect of the trace, and which counted day it is (0:
    none).
    """

    day: date
    effect: str
    number: int = 0


def ribbon_days(segments: Iterable[tuple[str, datetime, datetime]]) -> list[RibbonDay]:
    """The dates that a trace's segments `(effect, from, to)` touch, each with the effect that matters most
    there.

    Counted dates are numbered from 1; a restart (`abandoned`) does not number.
    """
    effects: dict[date, str] = {}
    for effect, start, end in segments:
        day, last = start.date(), (end - timedelta(microseconds=1)).date()
        while day <= last:
            effects[day] = min(effects.get(day, effect), effect, key=_rank)
            day += timedelta(days=1)
    days, number = [], 0
    for day, effect in sorted(effects.items()):
        number += effect in _COUNTING
        days.append(RibbonDay(day, effect, number if effect in _COUNTING else 0))
    return days


def ribbon(days: Sequence[RibbonDay], width: int, *, plain: bool = False) -> list[str]:
    """At most two lines of `width` cells; long runs of days that do not count are folded, then the middle
    is left out. `plain` writes the numbers without circles, for consoles whose font has none."""
    lines = _broken([_cell([day], plain) for day in days], width)
    if len(lines) > _LINES:
        cells = [_cell(run, plain) for run in _runs(days)]
        lines = _broken(cells, width)
        kept = len(cells)
        while len(lines) > _LINES and kept > 2:
            kept -= 1
            tail = kept - kept // 2
            lines = _broken([*cells[: kept // 2], "…", *cells[-tail:]], width)
    return [cut(line, width) for line in lines[:_LINES]]


class Ribbon(LinesWidget):
    """The ribbon as a widget of two lines."""

    DEFAULT_CSS = "Ribbon { height: 2; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._days: Sequence[RibbonDay] = ()

    def show_days(self, days: Sequence[RibbonDay]) -> None:
        """Show these days; none empties the ribbon."""
        self._days = days
        self.changed()

    def lines(self, width: int) -> list[str]:
        return ribbon(self._days, width, plain=are_plain(self.app))


def _rank(effect: str) -> int:
    return _ORDER.index(effect) if effect in _ORDER else len(_ORDER)


def _runs(days: Sequence[RibbonDay]) -> list[list[RibbonDay]]:
    """Neighbours of one effect that do not count, together; every other day alone."""
    runs: list[list[RibbonDay]] = []
    for key, group in groupby(days, key=lambda day: day.number or day.effect):
        run = list(group)
        runs.extend([run] if isinstance(key, str) and len(run) >= _FOLDED_FROM else [[day] for day in run])
    return runs


def _cell(run: Sequence[RibbonDay], plain: bool) -> str:
    first = run[0]
    if len(run) > 1:
        return f"{first.day:%d}–{run[-1].day:%d/%m} {tr(f'ribbon.{first.effect}')}"
    return f"{first.day:%d} {_mark(first, plain)}"


def _mark(day: RibbonDay, plain: bool) -> str:
    if day.number:
        return str(day.number) if plain or day.number > 20 else chr(ord("①") + day.number - 1)
    if day.effect == "day_off" and day.day.weekday() in (_SATURDAY, _SUNDAY):
        return tr("ribbon.saturday" if day.day.weekday() == _SATURDAY else "ribbon.sunday")
    return tr("ribbon.holiday" if day.effect == "day_off" else f"ribbon.{day.effect}")


def _broken(cells: Sequence[str], width: int) -> list[str]:
    lines: list[str] = []
    for cell in cells:
        longer = f"{lines[-1]}{_SEPARATOR}{cell}" if lines else cell
        if lines and cell_len(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(cell)
    return lines
