"""One line of what waits beside the urgencies, each list with its count; a click or the key picks one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from core.queue import Worklist
from tui.i18n import tr
from tui.keys import KEYS


class Worklists(Widget):
    """Only lists that have rows are shown; where none has, the line takes no room."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"worklists--picked", "worklists--some"}
    DEFAULT_CSS = """
    Worklists { height: 1; background: $surface; color: $foreground; display: none; }
    Worklists .worklists--picked { background: $primary; color: $background; text-style: bold; }
    Worklists .worklists--some { color: $warning; text-style: bold; }
    """

    class Picked(Message):
        """A list was clicked."""

        def __init__(self, worklist: Worklist) -> None:
            super().__init__()
            self.worklist = worklist

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._counts: dict[Worklist, int] = {}
        self._picked: Worklist | None = None

    @property
    def filled(self) -> list[Worklist]:
        """The lists that have rows, in their order."""
        return list(self._counts)

    @property
    def picked(self) -> Worklist | None:
        """The list that the queue shows now."""
        return self._picked

    def tell(self, counts: Mapping[str, int], picked: Worklist | None) -> None:
        """Show these counts, and which list is picked."""
        told = {one: counts.get(one.value, 0) for one in Worklist}
        filled = {one: count for one, count in told.items() if count or one is picked}
        if (filled, picked) != (self._counts, self._picked):
            self._counts, self._picked = filled, picked
            self.display = bool(filled)
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        at, place = event.get_content_offset(self), self._start()
        for worklist, text in self._items(self.size.width):
            end = place + cell_len(text)
            if at is not None and place <= at.x < end:
                self.post_message(self.Picked(worklist))
            place = end + 2

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        segments = [Segment(f" {KEYS['worklist'].label} ", self.rich_style)]
        for worklist, text in self._items(width):
            segments += [Segment(text, self._style(worklist)), Segment("  ", self.rich_style)]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _start(self) -> int:
        return cell_len(KEYS["worklist"].label) + 2

    def _items(self, width: int) -> list[tuple[Worklist, str]]:
        for area in ("worklist", "worklist_short"):
            items = [(one, f"{tr(f'{area}.{one}')} {count}") for one, count in self._counts.items()]
            if self._start() + sum(cell_len(text) + 2 for _, text in items) <= width:
                break
        return items

    def _style(self, worklist: Worklist) -> Style:
        picked = worklist is self._picked
        return self.get_component_rich_style("worklists--picked" if picked else "worklists--some")
