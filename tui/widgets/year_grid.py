"""A year's months side by side, as many as there is room for: a sign for each day's kind, and what falls due on it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from core.day_kinds import DayKind
from tui.i18n import tr
from tui.keys import bind
from tui.widgets.cells import fit
from tui.widgets.keyed import Keyed

BARS = " ▁▂▃▄▅▆▇█"
_CURSOR = "▶"
_GAP = 2
_HEAD = 2
_WEEKS = 6
_DAY = 3
"""Cells of a day's sign and number; what falls due on it stands behind or under them."""
_WIDEST = 5
_FRAMES = (
    (4, 3, True),
    (4, 3, False),
    (3, 4, False),
    (3, 2, True),
    (3, 2, False),
    (3, 1, True),
    (3, 1, False),
    (2, 1, True),
    (2, 1, False),
    (1, 1, False),
)
"""Months beside and under each other, and whether each week has a second line for numbers: the first that fits."""
_SIGNS = (
    DayKind.HOLIDAY,
    DayKind.SWAPPED,
    DayKind.MADE_UP,
    DayKind.CLOSED,
    DayKind.SHORT,
    DayKind.PROPOSED,
    DayKind.WEEKEND,
)
_STYLES = {
    DayKind.MADE_UP: "worked",
    DayKind.SHORT: "worked",
    DayKind.WEEKEND: "weekend",
    DayKind.HOLIDAY: "off",
    DayKind.SWAPPED: "off",
    DayKind.CLOSED: "off",
    DayKind.PROPOSED: "proposed",
}


@dataclass(frozen=True, slots=True)
class Frame:
    """How a year is cut: months beside and under each other, the cells of a day, one or two lines a week.

    `apart`: the lines between a month and the one under it.
    """

    columns: int
    rows: int
    cell: int
    tall: bool
    apart: int = 0

    @property
    def months(self) -> int:
        return self.columns * self.rows

    @property
    def week(self) -> int:
        """The lines of a week."""
        return 2 if self.tall else 1

    @property
    def block(self) -> int:
        """The lines of a month."""
        return _HEAD + _WEEKS * self.week + self.apart

    @property
    def width(self) -> int:
        return self.columns * 7 * self.cell + (self.columns - 1) * _GAP


def frame_for(width: int, height: int) -> Frame:
    """The most months that fit, with numbers where there is room for them; one month where nothing does."""
    for columns, rows, tall in _FRAMES:
        cell = min(_WIDEST, ((width + _GAP) // columns - _GAP) // 7)
        frame = Frame(columns, rows, cell, tall)
        if cell >= (_DAY if tall else _DAY + 1) and rows * frame.block <= height:
            return replace(frame, apart=int(rows * (frame.block + 1) - 1 <= height))
    return Frame(1, 1, _DAY + 1, tall=False)


def load_number(count: int, width: int) -> str:
    """A count in at most `width` cells, the last of which stays free: «45», «99+» where there are more."""
    most = 10 ** (width - 1) - 1
    return "" if not count else str(count) if count <= most else f"{most}+"


def load_bar(count: int, most: int) -> str:
    """A count as one character, of a year whose busiest day has `most`; of a quiet year one step for each dossier."""
    steps = len(BARS) - 1
    return BARS[-(-count * steps // max(most, steps))]


def legend(width: int, *, tall: bool) -> str:
    """What the signs mean, as many as fit."""
    words = [f"{tr(f'calendar.sign.{kind}')} {tr(f'calendar.kind.{kind}')}" for kind in _SIGNS]
    words.append(tr("calendar.numbers") if tall else f"{BARS[1]}{BARS[-1]} {tr('calendar.load')}")
    while cell_len("  ".join(words)) > width and words:
        words.pop()
    return "  ".join(words)


class YearGrid(Keyed, Widget, can_focus=True):
    """Arrow keys, PgUp/PgDn, Home and the mouse move a cursor (▶) over days; Enter and a double click open one.

    The last line says what the signs mean.

    `kinds` tells a year's days, none where the law has no such year; `opens` is called at once, since keys that come in
    the same read belong to what it opens.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"year-grid--{name}"
        for name in ("month", "weekdays", "cursor", "today", "late", "load", "worked", "weekend", "off", "proposed")
    }
    DEFAULT_CSS = """
    YearGrid {
        height: 1fr;
        background: $background;
        color: $foreground;
        .year-grid--month { color: $primary; text-style: bold; }
        .year-grid--weekdays { color: $secondary; }
        .year-grid--weekend { color: $secondary; }
        .year-grid--off { color: $warning; text-style: bold; }
        .year-grid--worked { color: $success; text-style: bold; }
        .year-grid--proposed { color: $accent; }
        .year-grid--load { color: $secondary; }
        .year-grid--late { color: $error; text-style: bold; }
        .year-grid--today { text-style: bold underline; }
        .year-grid--cursor { background: $panel; text-style: bold; }
        &:focus .year-grid--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", show=False),
        Binding("right", "move(1)", show=False),
        Binding("up", "move(-7)", show=False),
        Binding("down", "move(7)", show=False),
        bind("page_before", "page(-1)"),
        bind("page_after", "page(1)"),
        bind("today", "today"),
        bind("open", "open"),
    ]

    class Moved(Message):
        """The cursor stands on another day."""

        def __init__(self, day: date) -> None:
            super().__init__()
            self.day = day

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, YearGrid.Moved)

    def __init__(
        self,
        today: date,
        years: tuple[int, int],
        kinds: Callable[[int], Mapping[date, DayKind]],
        opens: Callable[[date], None],
    ) -> None:
        super().__init__()
        self.day = today
        self._today = today
        self._years = years
        self._kinds_of = kinds
        self._opens = opens
        self._kinds: tuple[int, Mapping[date, DayKind]] = (0, {})
        self._load: Mapping[date, int] = {}
        self._most = 0

    @property
    def frame(self) -> Frame:
        """How the year is cut at this size."""
        return frame_for(self.size.width, self.size.height - 1)

    @property
    def kinds(self) -> Mapping[date, DayKind]:
        """The days of the cursor's year."""
        if self._kinds[0] != self.day.year:
            self._kinds = (self.day.year, self._kinds_of(self.day.year))
        return self._kinds[1]

    def show_law(self, today: date, years: tuple[int, int]) -> None:
        """The law may be another one, and the day: read the year again. `years`: the first and last to go to."""
        self._today, self._years, self._kinds = today, years, (0, {})
        self._go(self.day)
        self.refresh()

    def show_load(self, load: Mapping[date, int]) -> None:
        """How many fall due on each day."""
        if load != self._load:
            self._load, self._most = load, max(load.values(), default=0)
            self.refresh()

    # keys and mouse

    def action_move(self, days: int) -> None:
        self._go(self.day + timedelta(days=days))

    def action_page(self, pages: int) -> None:
        """As many months on as are shown; the same day of the month, else its last one."""
        month = self.day.year * 12 + self.day.month - 1 + pages * self.frame.months
        year, month = month // 12, month % 12 + 1
        self._go(date(year, month, min(self.day.day, monthrange(year, month)[1])))

    def action_today(self) -> None:
        self._go(self._today)

    def action_open(self) -> None:
        if self.kinds:
            self._opens(self.day)

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        day = self._day_at(at.x, at.y) if at is not None else None
        if day is not None:
            self._go(day)
            if event.chain >= 2:
                self.action_open()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_page(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_page(-1)

    def _go(self, day: date) -> None:
        first, last = self._years
        day = min(max(day, date(first, 1, 1)), date(last, 12, 31))
        before, same_page = self.day, self._first_month(day) == self._first_month(self.day)
        if day == before:
            return
        self.day = day
        self.refresh(*((self._region(before), self._region(day)) if same_page and day.year == before.year else ()))
        self.post_message(self.Moved(day))

    # where days stand

    def _first_month(self, day: date) -> int:
        """The first month shown with a day."""
        return day.month - (day.month - 1) % self.frame.months

    def _left(self) -> int:
        return max(0, (self.size.width - self.frame.width) // 2)

    def _region(self, day: date) -> Region:
        frame, place = self.frame, day.month - self._first_month(day)
        week, weekday = divmod(day.replace(day=1).weekday() + day.day - 1, 7)
        x = self._left() + place % frame.columns * (7 * frame.cell + _GAP) + weekday * frame.cell
        y = place // frame.columns * frame.block + _HEAD + week * frame.week
        return Region(x, y, frame.cell, frame.week)

    def _day_at(self, x: int, y: int) -> date | None:
        days = self.kinds and (
            date(self.day.year, month, day)
            for month in self._months()
            for day in range(1, monthrange(self.day.year, month)[1] + 1)
        )
        return next((day for day in days if self._region(day).contains(x, y)), None)

    def _months(self) -> range:
        first = self._first_month(self.day)
        return range(first, first + self.frame.months)

    # what it shows

    def render_line(self, y: int) -> Strip:
        width, frame = self.size.width, self.frame
        if not self.kinds:
            return Strip([Segment(fit(self._nothing() if y == 1 else "", width), self.rich_style)], width)
        if y == self.size.height - 1:
            return Strip([Segment(fit(f" {legend(width - 2, tall=frame.tall)}", width), self.rich_style)], width)
        row, line = divmod(y, frame.block)
        if row >= frame.rows:
            return Strip.blank(width, self.rich_style)
        segments = [Segment(" " * self._left(), self.rich_style)]
        for place, month in enumerate(self._months()[row * frame.columns : (row + 1) * frame.columns]):
            if place:
                segments.append(Segment(" " * _GAP, self.rich_style))
            segments += self._month_line(date(self.day.year, month, 1), line)
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _nothing(self) -> str:
        return f"  {tr('calendar.none', year=self.day.year)}"

    def _month_line(self, first: date, line: int) -> list[Segment]:
        frame = self.frame
        room = 7 * frame.cell
        if line == 0:
            name = tr("calendar.months").split("|")[first.month - 1]
            title = tr("calendar.month", month=name, year=first.year)
            return [Segment(fit(title.center(room), room), self._style("month"))]
        if line == 1:
            names = "".join(fit(f" {name}", frame.cell) for name in tr("calendar.weekdays").split("|"))
            return [Segment(names, self._style("weekdays"))]
        week, under = divmod(line - _HEAD, frame.week)  # one that no month has is blank
        start = week * 7 - first.weekday()
        days = monthrange(first.year, first.month)[1]
        segments: list[Segment] = []
        for number in range(start + 1, start + 8):
            if 1 <= number <= days:
                segments += self._cell(first.replace(day=number), under=bool(under))
            else:
                segments.append(Segment(" " * frame.cell, self.rich_style))
        return segments

    def _cell(self, day: date, *, under: bool) -> list[Segment]:
        frame, count = self.frame, self._load.get(day, 0)
        kind = self.kinds.get(day, DayKind.WORKING)
        on_it = day == self.day
        late = count and day < self._today
        load_style = self._style("cursor" if on_it else "late" if late else "load")
        if under:
            return [Segment(fit(f"{load_number(count, frame.cell):>{_DAY}}", frame.cell), load_style)]
        sign = _CURSOR if on_it else " " if kind is DayKind.WORKING else tr(f"calendar.sign.{kind}")
        style = self._style("cursor") if on_it else self._day_style(day, kind)
        number = style + self._style("today") if day == self._today and not on_it else style
        bar = " " if frame.tall else load_bar(count, self._most)
        return [
            Segment(fit(sign, 1), style),
            Segment(f"{day.day:2}", number),
            Segment(fit(bar, frame.cell - _DAY), load_style),
        ]

    def _day_style(self, day: date, kind: DayKind) -> Style:
        name = _STYLES.get(kind)
        return self._style(name) if name else self.rich_style

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"year-grid--{name}")
