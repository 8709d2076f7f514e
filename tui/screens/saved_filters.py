"""The saved filters on one line, each with its number key, its sign and how many rows it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from core.queue import Bounds, Urgency, Worklist
from core.states import State
from storage.queries import Queries, QueueFilter
from storage.regime import count_duties
from tui.i18n import tr
from tui.screens.queue_rows import SIGNS

SAVED: tuple[Urgency | str, ...] = (
    "all", "mine", Urgency.APOLOGY_OWED, Urgency.OVERDUE, Urgency.TODAY, Urgency.NEXT_DAY, Urgency.PAUSED,
    "ready", Urgency.DONE,
)  # fmt: skip
"""What the keys 1–9 show: a bucket of urgency, or a word of its own."""
_NO_COUNT = frozenset({"mine", Urgency.DONE})


@dataclass(frozen=True, slots=True)
class _Item:
    number: int
    what: Urgency | str
    text: str


class SavedFilters(Widget):
    """A click on a filter picks it, as its number key does."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"saved--picked", "saved--urgent", "saved--today"}
    DEFAULT_CSS = """
    SavedFilters { height: 1; background: $surface; color: $foreground; }
    SavedFilters .saved--picked { background: $primary; color: $background; text-style: bold; }
    SavedFilters .saved--urgent { color: $error; text-style: bold; }
    SavedFilters .saved--today { color: $warning; text-style: bold; }
    """

    class Picked(Message):
        """A filter was clicked: its number, 1 to 9."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._counts: Mapping[str, int] = {}
        self._picked = 1

    def tell(self, counts: Mapping[str, int], picked: int) -> None:
        """Show these counts (by the words of SAVED) and which filter is picked."""
        if (dict(counts), picked) != (self._counts, self._picked):
            self._counts, self._picked = dict(counts), picked
            self.refresh()

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        place = 1
        for item in self._items(self.size.width):
            end = place + cell_len(item.text)
            if at is not None and place <= at.x < end:
                self.post_message(self.Picked(item.number))
            place = end + 1

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        segments = []
        for item in self._items(width):
            segments += [Segment(" ", self.rich_style), Segment(item.text, self._style(item))]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _items(self, width: int) -> list[_Item]:
        for area in ("saved", "saved_short"):
            items = [self._item(area, number, what) for number, what in enumerate(SAVED, 1)]
            if sum(cell_len(item.text) + 1 for item in items) <= width:
                return items
        return items

    def _item(self, area: str, number: int, what: Urgency | str) -> _Item:
        sign = SIGNS.get(what, "") if isinstance(what, Urgency) else ""
        count = self._counts.get(str(what))
        tail = f" {sign}{count}" if count is not None and what not in _NO_COUNT else ""
        return _Item(number, what, f"{number}{' ' if area == 'saved' else ''}{tr(f'{area}.{what}')}{tail}")

    def _style(self, item: _Item) -> Style:
        if item.number == self._picked:
            return self.get_component_rich_style("saved--picked")
        if not self._counts.get(str(item.what)):
            return self.rich_style
        if item.what in (Urgency.APOLOGY_OWED, Urgency.OVERDUE):
            return self.get_component_rich_style("saved--urgent")
        if item.what is Urgency.TODAY:
            return self.get_component_rich_style("saved--today")
        return self.rich_style


def count_filters(queries: Queries, at: Bounds, most: int = -1) -> dict[str, int]:
    """How many dossiers each saved filter has, by the words of SAVED, and each worklist; `most` as `Queries.count`."""
    counts: dict[str, int] = {word.value: count for word, count in queries.count(at, most=most).items()}
    ready = queries.count(at, QueueFilter(state=State.RESULT_READY.value, urgency=Urgency.DONE), most)
    lists = count_duties(queries, at, tuple(Worklist))
    return counts | {"all": sum(counts.values()), "ready": sum(ready.values())} | lists
