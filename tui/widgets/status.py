"""The lines around every screen: who and where above; keys, and how the desk fares, below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from core.outlook import Light
from tui.i18n import tr
from tui.keys import FUNCTION_LINE, KEYS
from tui.widgets.cells import fit, spread

KeyTitle = Callable[[str], str | None]
"""What a key does where that is not its usual words."""


def _usual(key_id: str) -> str | None:
    return None


def key_line(key_ids: Sequence[str], width: int, title: KeyTitle = _usual) -> list[tuple[str, str, str]]:
    """The keys that fit on one line of `width` cells, each `(id, label, words)`, to be joined by one space.

    Where all do not fit, the space between label and words goes first, then keys before the last, from the
    right.
    """
    shown = [(key_id, KEYS[key_id].label, title(key_id) or tr(f"key.{key_id}")) for key_id in key_ids]
    spaced = [(key_id, label, " " + words) for key_id, label, words in shown]
    if _length(spaced) <= width:
        return spaced
    while _length(shown) > width and len(shown) > 1:
        del shown[-2]
    return shown


def _length(keys: Sequence[tuple[str, str, str]]) -> int:
    return sum(cell_len(label) + cell_len(words) + 1 for _, label, words in keys) - 1


class TitleBar(Widget):
    """Desk and unit on the left, the screen's title in the middle, officer and time on the right."""

    DEFAULT_CSS = """
    TitleBar { height: 1; background: $panel; color: $foreground; text-style: bold; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._texts = ("", "", "")

    def tell(self, left: str, title: str, right: str) -> None:
        """Show these three; nothing is painted where nothing changed."""
        if self._texts != (left, title, right):
            self._texts = (left, title, right)
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        text = f" {spread(*self._texts, max(0, width - 2))} "
        return Strip([Segment(fit(text, width), self.rich_style)], width)


class StatusBar(Widget):
    """Three lines at the foot: the keys of what has the focus, the numbered keys, and the desk's state.

    A click on a key presses it.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "status-bar--key", "status-bar--holds", "status-bar--tight", "status-bar--breaks",
    }  # fmt: skip
    DEFAULT_CSS = """
    StatusBar { height: 3; background: $panel; color: $foreground; }
    StatusBar .status-bar--key { color: $primary; text-style: bold; }
    StatusBar .status-bar--holds { color: $success; }
    StatusBar .status-bar--tight { color: $warning; text-style: bold; }
    StatusBar .status-bar--breaks { color: $error; text-style: bold; }
    """

    def __init__(self, key_ids: Sequence[str], title: KeyTitle, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._hints = tuple(key_ids)
        self._title = title
        self._state = ""
        self._light: tuple[Light, list[str]] | None = None

    def hint(self, key_ids: Sequence[str], title: KeyTitle) -> None:
        """Show the keys that count here, by their ids; `title` as in `key_line`."""
        self._title = title
        if tuple(key_ids) != tuple(self._hints):
            self._hints = tuple(key_ids)
            self._refresh_line(0)

    def tell(self, state: str) -> None:
        """Show how sync, printer and reader fare."""
        if state != self._state:
            self._state = state
            self._refresh_line(2)

    def tell_light(self, light: tuple[Light, list[str]] | None) -> None:
        """Show a light at the right of the state, in the longest of its forms that leaves the state whole."""
        if light != self._light:
            self._light = light
            self._refresh_line(2)

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None or at.y > 1:
            return
        place = 1
        for key_id, label, words in self._keys(at.y):
            end = place + cell_len(label) + cell_len(words)
            if place <= at.x < end:
                self.app.simulate_key(KEYS[key_id].keys.split(",")[0])
            place = end + 1

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y == 2:
            return self._state_line(width)
        segments = []
        for _, label, words in self._keys(y):
            segments += [Segment(" ", self.rich_style), Segment(label, self._key_style())]
            segments.append(Segment(words, self.rich_style))
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _state_line(self, width: int) -> Strip:
        state = f" {self._state}"
        light, forms = self._light or (None, [])
        room = width - cell_len(state) - 3
        words = next((form for form in forms if cell_len(form) <= room), None)
        if light is None or words is None:
            return Strip([Segment(fit(state, width), self.rich_style)], width)
        style = self.get_component_rich_style(f"status-bar--{light}")
        left = fit(state, width - cell_len(words) - 1)
        return Strip([Segment(left, self.rich_style), Segment(words, style), Segment(" ", self.rich_style)], width)

    def _keys(self, line: int) -> list[tuple[str, str, str]]:
        room = self.size.width - 1
        return key_line(FUNCTION_LINE, room) if line else key_line(self._hints, room, self._title)

    def _key_style(self) -> Any:
        return self.get_component_rich_style("status-bar--key")

    def _refresh_line(self, line: int) -> None:
        self.refresh(Region(0, line, self.size.width, 1))
