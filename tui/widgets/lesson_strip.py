"""Two lines of a demo's first hour: which lesson it is, and what to do next; nothing where it is off."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui.i18n import tr
from tui.keys import KEYS
from tui.widgets.cells import cut, fit

if TYPE_CHECKING:
    from tui.app import Workstation
    from tui.practice import Told


class LessonStrip(Widget):
    """Takes no focus and no key; a click is its key."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"lesson-strip--notice", "lesson-strip--head", "lesson-strip--key"}
    DEFAULT_CSS = """
    LessonStrip { height: 2; background: $panel; color: $foreground; }
    LessonStrip .lesson-strip--notice { color: $success; text-style: bold; }
    LessonStrip .lesson-strip--head { color: $secondary; }
    LessonStrip .lesson-strip--key { color: $primary; text-style: bold; }
    """

    if TYPE_CHECKING:
        app: Workstation

    def on_mount(self) -> None:
        self.watch(self.app, "lesson", self._tell)

    def on_click(self) -> None:
        self.app.simulate_key(KEYS["practice"].keys)

    def render_line(self, y: int) -> Strip:
        told, width = self.app.lesson, self.size.width
        if told is None:
            return Strip.blank(width, self.rich_style)
        if y:
            return Strip([Segment(fit(f" {told.sentence}", width), self.rich_style)], width)
        return self._head(told, width)

    def _head(self, told: Told, width: int) -> Strip:
        """Notice and lesson at the left; at the right the key, with its words where they fit."""
        label = KEYS["practice"].label
        notice = f"{told.notice} " if told.notice else ""
        room = width - cell_len(notice) - cell_len(told.head) - cell_len(label) - 4
        words = next((one for one in (f" {tr('practice.key')}", "") if cell_len(one) <= room), "")
        left = cut(told.head, max(0, width - cell_len(notice) - cell_len(label) - cell_len(words) - 3))
        gap = " " * max(1, width - 2 - cell_len(notice) - cell_len(left) - cell_len(label) - cell_len(words))
        style = self.get_component_rich_style
        segments = [
            Segment(" ", self.rich_style),
            Segment(notice, style("lesson-strip--notice")),
            Segment(left, style("lesson-strip--head")),
            Segment(gap, self.rich_style),
            Segment(label, style("lesson-strip--key")),
            Segment(f"{words} ", self.rich_style),
        ]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _tell(self, told: Told | None) -> None:
        self.display = told is not None
        self.refresh()
