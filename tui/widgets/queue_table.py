"""The table of every long list: it holds a few screens of rows, seeks for the rest and paints only what
changed.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.i18n import tr
from tui.widgets.cells import fit
from tui.widgets.columns import GAP, Column, Place, arrange
from tui.widgets.keyed import Keyed
from tui.widgets.painting import Painting
from tui.widgets.selection import Selection
from tui.widgets.sparing import OneStyle
from tui.widgets.window import PageSource, Row, Window

MARKS = ("normal", "soon", "next_day", "today", "overdue", "apology_owed", "paused", "done")
"""The styles that a row's mark may name: the words of urgency."""
_GUTTER = 4


class LineTable(Keyed, OneStyle, Widget, can_focus=True):
    """Rows of a `PageSource` in columns; the arrow keys, the wheel and the mouse move a cursor (▶) over them.

    Space selects (`*`), `v` begins and ends a range. `cells` makes a row's texts, one for each column or one for the
    whole line, and `mark` its sign (one character, or none) and that sign's style, one of `MARKS`.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "line-table--header",
        "line-table--cursor",
        "line-table--empty",
        *(f"line-table--{mark}" for mark in MARKS),
    }
    DEFAULT_CSS = """
    LineTable {
        height: 1fr;
        background: $background;
        color: $foreground;
        .line-table--header { text-style: bold; color: $secondary; }
        .line-table--empty { color: $foreground; }
        .line-table--cursor { background: $panel; text-style: bold; }
        .line-table--soon { color: $foreground; }
        .line-table--next_day { color: $warning; }
        .line-table--today { color: $warning; text-style: bold; }
        .line-table--overdue { color: $error; text-style: bold; }
        .line-table--apology_owed { color: $error; text-style: bold; }
        .line-table--paused { color: $secondary; }
        .line-table--done { color: $success; }
        &:focus .line-table--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("home", "home", show=False),
        Binding("end", "end", show=False),
        Binding("enter", "open", show=False),
        Binding("space", "select", show=False),
        Binding("v", "range", show=False),
    ]

    class _OfRow(Message):
        def __init__(self, table: LineTable, row: Any) -> None:
            super().__init__()
            self.table = table
            self.row = row

        @property
        def control(self) -> LineTable:
            return self.table

    class Highlighted(_OfRow):
        """The cursor stands on another row, or the row under it has changed; `row` is None in an empty
        table.
        """

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, LineTable.Highlighted)

    class Opened(_OfRow):
        """Enter, or a double click, on `row`."""

    class Selected(Message):
        """The set of selected ids has changed."""

        def __init__(self, table: LineTable, ids: frozenset[Hashable]) -> None:
            super().__init__()
            self.table = table
            self.ids = ids

        @property
        def control(self) -> LineTable:
            return self.table

    def __init__(
        self,
        columns: Sequence[Column],
        source: PageSource[Any],
        cells: Callable[[Any], Sequence[str]],
        mark: Callable[[Any], tuple[str, str]],
        *,
        empty_key: str = "table.empty",
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self._columns = list(columns)
        self._arranged: tuple[int, list[Place]] = (-1, [])
        self.empty_key = empty_key
        self._source = source
        self._cells = cells
        self._mark = mark
        self._window: Window[Any] | None = None
        self._selection = Selection()

    @property
    def current(self) -> Any:
        """The row under the cursor, or None."""
        return self._window.current if self._window else None

    @property
    def source(self) -> PageSource[Any]:
        """The list that is shown."""
        return self._source

    @property
    def below_first(self) -> bool:
        """Whether the cursor is not on the first row."""
        return self._window is not None and self._window.cursor > 0

    @property
    def selected(self) -> frozenset[Hashable]:
        """The ids of the selected rows."""
        return self._selection.ids

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns; the rows' cells are to be made for them."""
        self._columns, self._arranged = list(columns), (-1, [])
        self.refresh()

    def set_source(self, source: PageSource[Any], at: Row | None = None, keep: Iterable[Hashable] = ()) -> None:
        """Show another list (a filter, an order) from its first row; what was selected is no longer.

        `at`: the row that has the cursor then, on its line of the screen; `keep`: ids that stay selected if they were.
        """
        self._source = source
        if self._window is not None:
            with self._painting():
                self._selection.keep(keep)
                line = self._window.cursor - self._window.top
                self._window = Window(source, self._window.height)
                if at is not None:
                    self._window.show(at, line)

    def reload(self, keep: Hashable = None) -> None:
        """Read the rows around the cursor again; the row `keep` (else the current one) stays under it."""
        if self._window is not None:
            with self._painting():
                self._window.reload(keep)

    def show(self, row: Row) -> None:
        """Put the cursor on `row`, wherever it stands in the list."""
        if self._window is not None:
            with self._painting():
                self._window.show(row)

    def clear_selection(self) -> None:
        """Nothing is selected any more."""
        with self._painting():
            self._selection.clear()

    def select(self, ids: Iterable[Hashable]) -> None:
        """Select these rows too."""
        with self._painting():
            for one in ids:
                if one not in self._selection.ids:
                    self._selection.toggle(one)

    def on_resize(self) -> None:
        height = max(1, self.size.height - 1)
        if self._window is None:
            self._window = Window(self._source, height)
            self.post_message(self.Highlighted(self, self.current))
        elif height != self._window.height:
            self._window.resize(height)
        self.refresh()

    def action_move(self, delta: int) -> None:
        window = self._window
        if window is None or not window.rows:
            return
        with self._painting():
            before = window.current
            window.move(delta)
            self._selection.extend(window.rows, before, window.cursor)

    def action_page(self, direction: int) -> None:
        if self._window is not None:
            self.action_move(direction * max(1, self._window.height - 1))

    def action_home(self) -> None:
        self._jump("home")

    def action_end(self) -> None:
        self._jump("end")

    def _jump(self, where: str) -> None:
        """To an end of the list; an open range takes the rows between along, so they are read."""
        window = self._window
        if window is None:
            return
        with self._painting():
            if self._selection.is_open:
                self._pass_over(window, -window.height if where == "home" else window.height)
            else:
                window.home() if where == "home" else window.end()

    def _pass_over(self, window: Window[Any], step: int) -> None:
        while (before := window.current) is not None:
            window.move(step)
            self._selection.extend(window.rows, before, window.cursor)
            if window.current == before:
                return

    def action_open(self) -> None:
        if self.current is not None:
            self.post_message(self.Opened(self, self.current))

    def action_select(self) -> None:
        if self.current is not None:
            with self._painting():
                self._selection.toggle(self.current.id)

    def action_range(self) -> None:
        if self.current is not None:
            with self._painting():
                self._selection.toggle_range(self.current.id)

    def on_click(self, event: events.Click) -> None:
        window = self._window
        at = event.get_content_offset(self)
        if window is None or at is None:
            return
        with self._painting():
            hit = window.point(at.y - 1)
        if hit and event.chain >= 2:
            self.action_open()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._scroll(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._scroll(-3)

    def _scroll(self, delta: int) -> None:
        if self._window is not None:
            with self._painting():
                self._window.scroll(delta)

    def _painting(self) -> Painting:
        return Painting(self)

    def picture(self) -> list[tuple[Any, bool, bool]]:
        """What each line shows: its row, whether the cursor is on it, whether it is selected."""
        window = self._window
        if window is None:
            return []
        ids = self._selection.ids
        return [(row, window.top + line == window.cursor, row.id in ids) for line, row in enumerate(window.visible)]

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y == 0:
            return self._header(width)
        window, line = self._window, y - 1
        if window is None or not window.rows:
            return self._blank(width, tr(self.empty_key) if line == 1 else "")
        rows = window.visible
        if line >= len(rows):
            return self._blank(width, "")
        return self._row(rows[line], window.top + line == window.cursor, width)

    def _header(self, width: int) -> Strip:
        titles = (fit(tr(p.column.title_key), p.width, p.column.align) for p in self._places(width))
        text = " " * _GUTTER + (" " * GAP).join(titles)
        return Strip([Segment(fit(text, width), self._style("header"))], width)

    def _blank(self, width: int, text: str) -> Strip:
        return Strip([Segment(fit(" " * _GUTTER + text, width), self._style("empty"))], width)

    def _row(self, row: Any, under_cursor: bool, width: int) -> Strip:
        letter, name = self._mark(row)
        line = self._style("cursor") if under_cursor else self.own_style
        signed = line if under_cursor else self._style(name)
        gutter = ("▶" if under_cursor else " ") + ("*" if row.id in self._selection.ids else " ")
        segments = [Segment(gutter, line), Segment(fit(letter, 1) + " ", signed)]
        texts, used = self._cells(row), _GUTTER
        if len(texts) == 1:
            segments.append(Segment(fit(texts[0], max(0, width - _GUTTER)), signed))
            return Strip(segments).adjust_cell_length(width, line)
        for place in self._places(width):
            gap = " " * GAP if used > _GUTTER else ""
            text = gap + fit(texts[place.index], place.width, place.column.align)
            segments.append(Segment(text, signed if place.column.marked else line))
            used += len(gap) + place.width
        return Strip([*segments, Segment(" " * max(0, width - used), line)]).adjust_cell_length(width, line)

    def _places(self, width: int) -> list[Place]:
        if self._arranged[0] != width:
            self._arranged = (width, arrange(self._columns, width - _GUTTER))
        return self._arranged[1]

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"line-table--{name}")
