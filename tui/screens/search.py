"""F3: one box for everything that is known of a dossier."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from core.answers import InvalidInput
from core.moments import legal_day
from storage.queries import Queries
from tui.i18n import tr
from tui.screens.base import OfficerScreen
from tui.screens.queue_rows import COLUMNS, RowWords
from tui.screens.search_rows import ListSource, Sought, seek, sought_words
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

    AUTO_FOCUS = "SearchBox"
    name_key = "search.title"
    hints: ClassVar[Sequence[str]] = ("open", "back")

    class Found(Message):
        """What a text finds."""

        def __init__(self, text: str, found: Sought | InvalidInput) -> None:
            super().__init__()
            self.text = text
            self.found = found

    def body(self) -> ComposeResult:
        self._timer: Timer | None = None
        self._text = ""
        self._shown = ""
        self._nearly = False
        self._words = self._row_words()
        yield SearchBox(placeholder=tr("search.placeholder"), id="box")
        yield Static("", id="found", markup=False)
        yield LineTable(COLUMNS, ListSource(), lambda row: self._words.cells(row), lambda row: self._words.mark(row))

    def fill(self) -> None:
        self._words = self._row_words()
        self._seek()

    def uncovered(self) -> None:
        self.fill()

    def on_input_changed(self) -> None:
        if self._timer is None:
            self._timer = self.set_timer(_TYPING, self._follow)

    def on_keyed_input_accepted(self) -> None:
        """Enter opens what the words in the box find, also when it comes in the same read; what is near, if seen."""
        self._text = self.query_one(SearchBox).value
        seen = self._text == self._shown
        if not seen:
            found = self._question()(self.app.desk.queries) if self._text.strip() else Sought()
            self._show(self._text, found)
        if seen or not self._nearly:
            self.query_one(LineTable).action_open()

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        self.app.push(self.app.make("dossier", message.row.id))

    def on_line_table_highlighted(self, message: LineTable.Highlighted) -> None:
        self.app.reader.read_ahead(message.row.id if message.row else None)

    def _follow(self) -> None:
        self._timer = None
        text = self.query_one(SearchBox).value
        if text != self._text:
            self._text = text
            self._seek()

    def _seek(self) -> None:
        """Let the reader look for the text: a key that comes meanwhile waits for nothing."""
        text, question = self._text, self._question()
        if not text.strip():
            self._show(text, Sought())
            return
        self.app.reader.ask(
            "search", lambda db: question(Queries(db)), lambda found: self.post_message(self.Found(text, found))
        )

    def _question(self) -> Callable[[Queries], Sought]:
        at, today = self.app.desk.bounds(), legal_day(self.app.desk.now())
        return partial(seek, text=self._text, at=at, today=today, limit=_SHOWN)

    def on_search_screen_found(self, message: Found) -> None:
        if isinstance(message.found, InvalidInput):
            self.refuse(message.found)
        elif message.text == self._text and self.stands:
            self._show(message.text, message.found)

    def _show(self, text: str, found: Sought) -> None:
        table = self.query_one(LineTable)
        stays = table.current if text == self._shown else None
        self._shown, self._nearly = text, found.nearly
        table.set_source(ListSource(found.rows))
        if stays is not None and any(row.id == stays.id for row in found.rows):
            table.show(stays)
        told = sought_words(self.app.desk, text, found, _SHOWN) if text.strip() else tr("search.hint")
        self.query_one("#found", Static).update(told)

    def _row_words(self) -> RowWords:
        desk = self.app.desk
        return RowWords.of(desk.law, desk.identity.unit, desk.now())
