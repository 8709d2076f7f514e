"""A short text that can be read from across the counter: letters of three rows, made of half blocks."""

from __future__ import annotations

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from core.text import fold

_LONGEST = 10
_GLYPHS = {
    "0": "### #.# #.# #.# ###", "1": "##. .#. .#. .#. ###", "2": "### ..# ### #.. ###", "3": "### ..# .## ..# ###",
    "4": "#.# #.# ### ..# ..#", "5": "### #.. ### ..# ###", "6": "### #.. ### #.# ###", "7": "### ..# ..# .#. .#.",
    "8": "### #.# ### #.# ###", "9": "### #.# ### ..# ###", "a": ".#. #.# ### #.# #.#", "b": "##. #.# ##. #.# ##.",
    "c": ".## #.. #.. #.. .##", "d": "##. #.# #.# #.# ##.", "e": "### #.. ##. #.. ###", "f": "### #.. ##. #.. #..",
    "g": ".### #... #.## #..# .###", "h": "#.# #.# ### #.# #.#", "i": "### .#. .#. .#. ###", "j": "..# ..# ..# #.# .#.",
    "k": "#..# #.#. ##.. #.#. #..#", "l": "#.. #.. #.. #.. ###", "m": "#...# ##.## #.#.# #...# #...#",
    "n": "#..# ##.# #.## #..# #..#", "o": ".##. #..# #..# #..# .##.", "p": "##. #.# ##. #.. #..",
    "q": ".##. #..# #..# #.#. .#.#", "r": "##. #.# ##. #.# #.#", "s": ".## #.. .#. ..# ##.", "t": "### .#. .#. .#. .#.",
    "u": "#..# #..# #..# #..# .##.", "v": "#.# #.# #.# #.# .#.", "w": "#...# #...# #.#.# ##.## #...#",
    "x": "#.# #.# .#. #.# #.#", "y": "#.# #.# .#. .#. .#.", "z": "### ..# .#. #.. ###",
    "-": "... ... ### ... ...", ".": ". . . . #", "/": "..# ..# .#. #.. #..", " ": ".. .. .. .. ..",
}  # fmt: skip
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def big_rows(text: str) -> list[str]:
    """The text in three rows, without diacritics; a long one, or one of other signs, stays small in the middle row."""
    letters = fold(text)
    if not letters or len(letters) > _LONGEST or any(letter not in _GLYPHS for letter in letters):
        return ["", text, ""]
    lines = [".".join(parts) for parts in zip(*(_GLYPHS[letter].split() for letter in letters), strict=True)]
    lines.append("." * len(lines[0]))
    pairs = zip(lines[::2], lines[1::2], strict=True)
    return ["".join(_HALVES[a == "#", b == "#"] for a, b in zip(up, low, strict=True)) for up, low in pairs]


class BigText(Widget):
    """Three rows, as wide as its text."""

    DEFAULT_CSS = "BigText { width: auto; height: 3; color: $primary; text-style: bold; }"

    def __init__(self, text: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows = big_rows(text)
        self.text = text

    def show(self, text: str) -> None:
        """Write another text."""
        if text != self.text:
            self.text, self._rows = text, big_rows(text)
            self.refresh(layout=True)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return max(map(len, self._rows))

    def render_line(self, y: int) -> Strip:
        row = self._rows[y] if y < len(self._rows) else ""
        return Strip([Segment(row, self.rich_style)]).adjust_cell_length(self.size.width, self.rich_style)
