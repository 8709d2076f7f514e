"""The keys of the screen below, in words; typing narrows the list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Input

from core.text import fold
from tui.i18n import tr
from tui.keys import FUNCTION_LINE, KEYS, Key
from tui.screens.base import FramedScreen, OfficerScreen
from tui.screens.parts import KeyLines, Page, TextLines
from tui.widgets.inputs import SearchInput

_EVERYWHERE = frozenset(
    {
        *FUNCTION_LINE,
        "typing",
        "practice",
        "what_if",
        "calendar",
        "law",
        "lists",
        "blanks",
        "post",
        "fines",
        "notices",
        "officer",
        "palette",
        "quit",
    }
)


def valid_keys(screen: Screen[object]) -> list[tuple[Key, str]]:
    """The registered keys that do something on a screen now, in the registry's order, each with its words."""
    bindings = [one.binding for one in screen.active_bindings.values()]
    active = {binding.id or binding.action for binding in bindings}
    found = []
    for key in KEYS.values():
        if key.id in active:
            own = screen.key_title(key.id) if isinstance(screen, FramedScreen) else None
            found.append((key, own or key.title))
    return found


class HelpScreen(OfficerScreen):
    """Over any screen; Esc goes back to it as it was."""

    name_key = "title.help"
    hints: ClassVar[Sequence[str]] = ("back",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]

    def __init__(self, below: Screen[object]) -> None:
        super().__init__()
        self._keys = valid_keys(below)
        self._below = below.name_key if isinstance(below, FramedScreen) else ""

    def body(self) -> ComposeResult:
        yield SearchInput(placeholder=tr("help.placeholder"), id="wanted")
        with Page(classes="page", can_focus=False):
            yield KeyLines(id="keys")
        yield TextLines(list(self._foot()), id="foot")

    def fill(self) -> None:
        self._show("")

    @on(Input.Changed, "#wanted")
    def typed(self, message: Input.Changed) -> None:
        self._show(message.value)

    def _show(self, text: str) -> None:
        own = [(key.label, words) for key, words in self._keys if key.id not in _EVERYWHERE]
        others = [(key.label, words) for key, words in self._keys if key.id in _EVERYWHERE]
        moves = [(tr(f"help.{name}.keys"), tr(f"help.{name}")) for name in ("move", "ends", "fields", "again", "mouse")]
        wanted = fold(text)
        shown = [pair for pair in (*own, *moves, *others) if wanted in fold(" ".join(pair))]
        self.query_one("#keys", KeyLines).show_rows(shown or [("", tr("help.nothing"))])

    def action_scroll(self, lines: int) -> None:
        self.query_one(Page).scroll_relative(y=lines, animate=False)

    def action_page(self, pages: int) -> None:
        self.action_scroll(pages * max(1, self.query_one(Page).size.height - 1))

    def _foot(self) -> Iterator[str]:
        if self._below == "title.queue":
            yield tr("help.signs")
        yield from self.demo_pins()
