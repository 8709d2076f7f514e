"""What the toolkit would do anew for every line that is painted, done once.

Mixins, named before the Textual class; no Textual classes themselves, so that the style sheets of that class apply.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

if TYPE_CHECKING:
    from textual.widget import Widget
else:
    Widget = object


class Ground(Widget):
    """Shows nothing itself: one line of it, made, coloured and cut once, serves for all, if there is no border.

    Most lines of a screen that opens are such, and other widgets cover them.
    """

    def render_lines(self, crop: Region) -> list[Strip]:
        if self.gutter.height:
            return super().render_lines(crop)
        first = Region(crop.x, crop.y, crop.width, min(1, crop.height))
        return super().render_lines(first) * crop.height


class OneStyle(Widget):
    """Paints its lines in `own_style`: that is `rich_style`, for which all ancestors are asked."""

    _one: Style | None = None

    @property
    def own_style(self) -> Style:
        """Asked for once for the lines that are painted together."""
        return self.rich_style if self._one is None else self._one

    def render_lines(self, crop: Region) -> list[Strip]:
        self._one = self.rich_style
        try:
            return super().render_lines(crop)
        finally:
            self._one = None
