"""Two lines of a demo's first hour: which lesson it is, and what to do next; nothing where it is off."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.i18n import tr
from tui.keys import KEYS
from tui.widgets.cells import cut, fit
from tui.widgets.timeline import wrapped

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
        first, *rest = wrapped(told.sentence, max(1, width - 2))
        if rest:  # too narrow for the sentence on one line: it goes before the lesson's name
            return self._beside("", " ".join(rest), self.rich_style) if y else self._text(first)
        head = self.get_component_rich_style("lesson-strip--head")
        return self._text(first) if y else self._beside(told.notice, told.head, head)

    def _text(self, words: str) -> Strip:
        return Strip([Segment(fit(f" {words}", self.size.width), self.rich_style)], self.size.width)

    def _beside(self, notice: str, words: str, style: Style) -> Strip:
        """A notice and words at the left; at the right the key, with what it is for where that fits."""
        label, width = KEYS["practice"].label, self.size.width
        notice = f"{notice} " if notice else ""
        room = width - cell_len(notice) - cell_len(label) - 3
        means = next(one for one in (f" {tr('practice.key')}", "") if not one or cell_len(one + words) < room)
        left = cut(words, max(0, room - cell_len(means)))
        gap = " " * max(1, room + 1 - cell_len(means) - cell_len(left))
        segments = [
            Segment(" ", self.rich_style),
            Segment(notice, self.get_component_rich_style("lesson-strip--notice")),
            Segment(left, style),
            Segment(gap, self.rich_style),
            Segment(label, self.get_component_rich_style("lesson-strip--key")),
            Segment(f"{means} ", self.rich_style),
        ]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _tell(self, told: Told | None) -> None:
        self.display = told is not None
        self.refresh()
