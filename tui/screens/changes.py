"""What has changed in an officer's procedures since the last reading: asked at sign-in, ticked as read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll

from core.answers import Refusal
from core.station import ReadChanges
from tui.i18n import tr
from tui.keys import bind
from tui.law_words import ChangeLine, unread_lines
from tui.screens.base import OfficerScreen
from tui.screens.changes_list import TickList
from tui.screens.parts import TextLines


class ChangesScreen(OfficerScreen):
    """Over the queue: Space ticks a line, F10 all, Esc puts the rest off to the next sign-in."""

    AUTO_FOCUS = "TickList"
    name_key = "title.changes"
    hints: ClassVar[Sequence[str]] = ("select", "save", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "all_read")]

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[ChangeLine] = []
        self._told: set[str] = set()

    def body(self) -> ComposeResult:
        panel = Vertical(classes="panel", id="changes_panel")
        panel.border_title = tr("changes.panel")
        with panel:
            with VerticalScroll(can_focus=False, id="changes_scroll"):
                yield TickList(id="changes_list")
            yield TextLines([tr("changes.keys")], classes="spaced")

    def key_title(self, key_id: str) -> str | None:
        titles = {"select": "changes.one_read", "save": "changes.all_read", "back": "changes.later"}
        return tr(titles[key_id]) if key_id in titles else None

    def fill(self) -> None:
        """What arrives before the first tick is shown too; later news waits for the next sign-in."""
        assert self.app.officer is not None
        found = unread_lines(self.app.desk, self.app.officer)
        if found != self._lines and not self._told:
            self._lines = found
            self.query_one(TickList).show_texts([line.whole for line in found])

    def on_tick_list_ticked(self, message: TickList.Ticked) -> None:
        self._tell(self.query_one(TickList).ticked)

    def action_all_read(self) -> None:
        """Everything shown is read."""
        self._tell(frozenset(range(len(self._lines))))

    def _tell(self, ticked: frozenset[int]) -> None:
        """Keep the amendments whose every line is ticked; after the last one the screen has done its work."""
        left = {event for place, line in enumerate(self._lines) if place not in ticked for event in line.events}
        read = [event for line in self._lines for event in line.events if event not in left | self._told]
        if read:
            answer = self.app.do(ReadChanges(tuple(dict.fromkeys(read)), self.app.desk.now()))
            if isinstance(answer, Refusal):
                self.refuse(answer)
                return
            self._told.update(read)
        if not left:
            self._done()

    def _done(self) -> None:
        if self.is_current:
            self.app.pop_screen()
            below = self.app.screen
            if isinstance(below, OfficerScreen):
                below.say(tr("changes.done"))
