"""Small widgets that several screens share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest

from rich.cells import cell_len
from textual.containers import Horizontal, VerticalScroll

from tui.widgets.cells import fit
from tui.widgets.choice import Choice, ChoiceInput
from tui.widgets.keyed import Keyed
from tui.widgets.lines import LinesWidget
from tui.widgets.sparing import Ground
from tui.widgets.timeline import wrapped


class TextLines(LinesWidget):
    """Lines of plain text, each wrapped to the width; no markup is read in them."""

    def __init__(self, texts: Sequence[str] = (), *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._texts = tuple(texts)

    def show_lines(self, texts: Sequence[str]) -> None:
        """Show these instead; nothing is painted where nothing changed."""
        if tuple(texts) != self._texts:
            self._texts = tuple(texts)
            self.changed()

    def lines(self, width: int) -> list[str]:
        return [line for text in self._texts for line in _hanging(text, width)]


def _hanging(text: str, width: int) -> list[str]:
    """Wrapped; what stands before the text (blanks, «- ») is kept, and continued lines go under it."""
    bare = text.lstrip(" ")
    indent = len(text) - len(bare)
    lead = indent + (2 if bare.startswith("- ") else 0)
    first, *more = wrapped(bare, max(10, width - lead))
    return [" " * indent + first, *(" " * lead + line for line in more)]


class Menu(ChoiceInput):
    """A choice that acts at once: what is typed after Enter belongs to what it opened."""

    def __init__(
        self,
        find: Callable[[str], Sequence[Choice]],
        act: Callable[[Choice], None],
        *,
        rows: int,
        id: str | None = None,
    ) -> None:
        super().__init__(find, rows=rows, id=id)
        self._act = act

    def choose(self, choice: Choice | None) -> None:
        super().choose(None)
        if choice is not None:
            self._act(choice)

    def take_marked(self) -> bool:
        marked = self._list.marked
        self.choose(marked)
        return marked is not None


class Page(Keyed, Ground, VerticalScroll, can_focus=True):
    """A part that scrolls and takes keys in the order in which they came."""


class Columns(Ground, Horizontal):
    """Parts of a screen side by side."""


class KeyLines(LinesWidget):
    """Labels with their words, in two columns where there is room."""

    _TWO = 72

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: Sequence[tuple[str, str]] = ()

    def show_rows(self, rows: Sequence[tuple[str, str]]) -> None:
        """Show these labels and words instead."""
        self._rows = rows
        self.changed()

    def lines(self, width: int) -> list[str]:
        columns = 2 if width >= self._TWO else 1
        label = max((cell_len(text) for text, _ in self._rows), default=0)
        room = width // columns - 2
        cells = [_labelled(text, wrapped(words, max(10, room - label - 2)), label) for text, words in self._rows]
        height = -(-len(cells) // columns)
        sides = [[line for cell in cells[start : start + height] for line in cell] for start in (0, height)[:columns]]
        return ["  ".join(fit(line, room) for line in pair) for pair in zip_longest(*sides, fillvalue="")]


def _labelled(label: str, lines: Sequence[str], width: int) -> list[str]:
    """The label before the first line, blanks before the others."""
    return [f"{fit('' if place else label, width)}  {line}" for place, line in enumerate(lines)]
