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
from tui.widgets.composing import Typing, typing_of
from tui.widgets.sparing import OneStyle

_LETTERS = {"space": " ", "slash": "/"}
"""Keys that are text under another name."""
KeyTitle = Callable[[str], str | None]
"""What a key does where that is not its usual words."""


def _usual(key_id: str) -> str | None:
    return None


def key_line(
    key_ids: Sequence[str], width: int, title: KeyTitle = _usual, *, bare: bool = False
) -> list[tuple[str, str, str]]:
    """The keys that fit on one line of `width` cells, each `(id, label, words)`, to be joined by one space.

    Where all do not fit, the space between label and words goes first, then keys before the last, from the
    right. `bare`: before a key goes, the words of those before the last go, from the right.
    """
    shown = [(key_id, KEYS[key_id].label, title(key_id) or tr(f"key.{key_id}")) for key_id in key_ids]
    spaced = [(key_id, label, " " + words) for key_id, label, words in shown]
    if _length(spaced) <= width:
        return spaced
    for place in range(len(shown) - 2, -1, -1) if bare else ():
        if _length(shown) > width:
            shown[place] = (*shown[place][:2], "")
    while _length(shown) > width and len(shown) > 1:
        del shown[-2]
    return shown


def _length(keys: Sequence[tuple[str, str, str]]) -> int:
    return sum(cell_len(label) + cell_len(words) + 1 for _, label, words in keys) - 1


def _typing_words(typing: Typing, *, as_typed: bool) -> str:
    """«F8 Telex»; in brackets while the field under the cursor takes keys as they are."""
    if typing.method is None:
        return f"{KEYS['typing'].label} {tr('typing.off')}"
    name = tr(f"typing.{typing.method}")
    return f"{KEYS['typing'].label} ({name})" if as_typed else f"{KEYS['typing'].label} {name}"


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


class StatusBar(OneStyle, Widget):
    """Three lines at the foot: the keys of what has the focus, the numbered keys, and the desk's state.

    A click on a key presses it.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "status-bar--key", "status-bar--notice", "status-bar--typing",
        "status-bar--holds", "status-bar--tight", "status-bar--breaks",
    }  # fmt: skip
    DEFAULT_CSS = """
    StatusBar { height: 3; background: $panel; color: $foreground; }
    StatusBar .status-bar--key { color: $primary; text-style: bold; }
    StatusBar .status-bar--notice { color: $warning; text-style: bold; }
    StatusBar .status-bar--typing { color: $primary; text-style: bold; }
    StatusBar .status-bar--holds { color: $success; }
    StatusBar .status-bar--tight { color: $warning; text-style: bold; }
    StatusBar .status-bar--breaks { color: $error; text-style: bold; }
    """

    def __init__(self, key_ids: Sequence[str], title: KeyTitle, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._hints = tuple(key_ids)
        self._title = title
        self._titles: tuple[str | None, ...] = ()
        self._state = ""
        self._typing = ""
        self._light: tuple[Light, list[str]] | None = None
        self._notice = ("", "")

    def on_mount(self) -> None:
        if hasattr(self.app, "typing"):
            self.watch(self.app, "typing", self._typing_told)
            self.watch(self.screen, "focused", self._typing_told)

    def hint(self, key_ids: Sequence[str], title: KeyTitle) -> None:
        """Show the keys that count here, by their ids; `title` as in `key_line`."""
        self._title, hints = title, tuple(key_ids)
        titles = tuple(title(one) for one in hints)
        if (hints, titles) != (self._hints, self._titles):
            self._hints, self._titles = hints, titles
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

    def tell_notice(self, fresh: str, unread: str) -> None:
        """Show what is new in the place of the state, or before the state how much waits to be read."""
        if (fresh, unread) != self._notice:
            self._notice = (fresh, unread)
            self._refresh_line(2)

    def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset(self)
        if at is None:
            return
        if at.y > 1:
            if at.x >= self.size.width - cell_len(self._typing) - 1:
                self.app.simulate_key(KEYS["typing"].keys)
            elif at.x <= cell_len("".join(self._notice)) and any(self._notice):
                self.app.simulate_key(KEYS["notices"].keys)
            return
        place = 1
        for key_id, label, words in self._keys(at.y):
            end = place + cell_len(label) + cell_len(words)
            if place <= at.x < end:
                self._press(KEYS[key_id].keys.split(",")[0])
            place = end + 1

    def _press(self, key: str) -> None:
        """Press it; a field would take a letter as text, so the focus leaves it first for what knows the key."""
        letter, focused = _LETTERS.get(key, key), self.screen.focused
        if len(letter) == 1 and focused is not None and focused.check_consume_key(key, letter):
            free = [one for one in self.screen.focus_chain if not one.check_consume_key(key, letter)]
            self.screen.set_focus(free[0] if free else None)
        self.app.simulate_key(key)

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y == 2:
            return self._state_line(width)
        segments = []
        for _, label, words in self._keys(y):
            segments += [Segment(" ", self.own_style), Segment(label, self._key_style())]
            segments.append(Segment(words, self.own_style))
        return Strip(segments).adjust_cell_length(width, self.own_style)

    def _state_line(self, width: int) -> Strip:
        notice, state = self._left()
        left, right = f" {notice}{state}", self._typing_segments(width)
        room = width - sum(cell_len(one.text) for one in right)
        light, forms = self._light or (None, [])
        words = next((form for form in forms if cell_len(form) <= room - cell_len(left) - 3), None)
        if light is not None and words is not None:
            style = self.get_component_rich_style(f"status-bar--{light}")
            right = [Segment(words, style), Segment(" ", self.own_style), *right]
            room -= cell_len(words) + 1
        shown, end = fit(left, room), 1 + len(notice) if notice else 0
        told = [Segment(shown[:end], self.get_component_rich_style("status-bar--notice"))] if end else []
        return Strip([*told, Segment(shown[end:], self.own_style), *right], width)

    def _left(self) -> tuple[str, str]:
        """What stands at the left of the last line: a notice, and the state as far as it is not in its place."""
        fresh, unread = self._notice
        return (fresh, "") if fresh else (f"{unread} · ", self._state) if unread else ("", self._state)

    def _typing_segments(self, width: int) -> list[Segment]:
        """How fields compose, at the right end; that they do not is left out where state and light need the room."""
        is_on = self._typing and typing_of(self.app).method is not None
        light = cell_len(self._light[1][0]) + 1 if self._light and self._light[1] else 0
        left = cell_len("".join(self._left()))
        if not self._typing or (not is_on and left + light + cell_len(self._typing) + 5 > width):
            return []
        style = self.get_component_rich_style("status-bar--typing") if is_on else self.own_style
        return [Segment(" ", self.own_style), Segment(self._typing, style), Segment(" ", self.own_style)]

    def _typing_told(self) -> None:
        typing = typing_of(self.app)
        holds = getattr(self.screen.focused, "holds", None)
        words = _typing_words(typing, as_typed=holds is not None and not typing.composes(holds))
        if words != self._typing:
            self._typing = words
            self._refresh_line(2)

    def _keys(self, line: int) -> list[tuple[str, str, str]]:
        room = self.size.width - 1
        return key_line(FUNCTION_LINE, room, bare=True) if line else key_line(self._hints, room, self._title)

    def _key_style(self) -> Any:
        return self.get_component_rich_style("status-bar--key")

    def _refresh_line(self, line: int) -> None:
        self.refresh(Region(0, line, self.size.width, 1))
