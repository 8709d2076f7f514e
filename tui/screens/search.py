"""F3: one box for everything that is known of a dossier."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widgets import Static

from tui.i18n import tr
from tui.screens.base import OfficerScreen
from tui.screens.queue_rows import COLUMNS, RowWords
from tui.screens.search_rows import ListSource, Sought, seek
from tui.widgets.inputs import SearchInput
from tui.widgets.queue_table import LineTable

_TYPING = 0.03
"""Seconds without a key before the list follows."""
_SHOWN = 200


class SearchBox(SearchInput):
    """The box keeps the focus; ↑↓ move the cursor of the list below it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "row('move', -1)", show=False),
        Binding("down", "row('move', 1)", show=False),
        Binding("pageup", "row('page', -1)", show=False),
        Binding("pagedown", "row('page', 1)", show=False),
    ]

    def action_row(self, how: str, step: int) -> None:
        table = self.screen.query_one(LineTable)
        if how == "move":
            table.action_move(step)
        else:
            table.action_page(step)


class SearchScreen(OfficerScreen):
    """Results as one types, without diacritics; Enter opens the dossier under the cursor."""

    CSS = "SearchScreen #found { height: 1; padding: 0 1; }"
    AUTO_FOCUS = "SearchBox"
    name_key = "search.title"
    hints: ClassVar[Sequence[str]] = ("open", "back")

    def body(self) -> ComposeResult:
        self._timer: Timer | None = None
        self._text = ""
        self._nearly = False
        self._words = self._row_words()
        yield SearchBox(placeholder=tr("search.placeholder"), id="box")
        yield Static("", id="found", markup=False)
        yield LineTable(COLUMNS, ListSource(), lambda row: self._words.cells(row), lambda row: self._words.mark(row))

    def fill(self) -> None:
        self._words = self._row_words()
        self._show()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.fill()

    def on_input_changed(self) -> None:
        if self._timer is None:
            self._timer = self.set_timer(_TYPING, self._follow)

    def on_keyed_input_accepted(self) -> None:
        """Enter opens what the words in the box find, also when it comes in the same read; what is near, if seen."""
        seen = self._text
        self._follow()
        if not self._nearly or seen == self._text:
            self.query_one(LineTable).action_open()

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        self.app.push(self.app.make("dossier", message.row.id))

    def _follow(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        text = self.query_one(SearchBox).value
        if text != self._text:
            self._text = text
            self._show()

    def _show(self) -> None:
        asked = self._text.strip()
        found = seek(self.app.desk, self._text, _SHOWN) if asked else Sought((), False, tr("search.hint"))
        self._nearly = found.nearly
        self.query_one(LineTable).set_source(ListSource(found.rows))
        self.query_one("#found", Static).update(found.words)

    def _row_words(self) -> RowWords:
        desk = self.app.desk
        return RowWords.of(desk.law, desk.identity.unit, desk.now())
