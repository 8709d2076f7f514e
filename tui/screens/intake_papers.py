"""The papers that a procedure asks for, ticked by digit keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from core.catalogue import Paper
from tui.i18n import language, tr
from tui.keys import bind
from tui.widgets.cells import fit
from tui.widgets.marked_list import MarkedList


class PapersList(MarkedList[Paper], can_focus=True):
    """A digit ticks its paper, 0 all that are required; Space ticks the marked one, `o` keeps its original."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"papers-list--marked", "papers-list--missing"}
    DEFAULT_CSS = """
    PapersList { height: auto; color: $foreground; }
    PapersList .papers-list--marked {
        background: $block-cursor-background;
        color: $block-cursor-foreground;
        text-style: bold;
    }
    PapersList .papers-list--missing { color: $warning; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("select", "tick"),
        bind("keep_original", "keep"),
    ]

    class Changed(Message):
        """A paper was ticked, or no longer is."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.ticked: list[str] = []
        self.kept: list[str] = []

    def ask(self, papers: Sequence[Paper]) -> None:
        """Show these papers; ticks of papers that are not asked for are dropped."""
        if tuple(papers) == self._listed:
            return
        self._listed, self._mark = tuple(papers), 0
        self.set_ticks(self.ticked, self.kept)
        self.refresh(layout=True)

    def set_ticks(self, ticked: Sequence[str], kept: Sequence[str]) -> None:
        """Tick these papers, and those whose originals stay here."""
        asked = [paper.code for paper in self._listed]
        self.ticked = [code for code in asked if code in ticked]
        self.kept = [code for code in self.ticked if code in kept]
        self.refresh()

    @property
    def missing(self) -> list[Paper]:
        """Required papers that are not ticked."""
        return [paper for paper in self._listed if paper.required and paper.code not in self.ticked]

    def take_key(self, event: events.Key) -> bool:
        key = event.character or ""
        if key == "0":
            self._tick([*self.ticked, *(paper.code for paper in self.missing)])
        elif key.isdecimal() and key.isascii() and int(key) <= len(self._listed):
            self._mark = int(key) - 1
            self._toggle()
        else:
            return False
        return True

    def clicked(self, line: int) -> None:
        self._toggle()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y >= len(self._listed):
            empty = tr("intake.no_papers") if y == 0 else ""
            return Strip([Segment(fit(empty, width), self.rich_style)], width)
        paper = self._listed[y]
        style = self.rich_style
        if self.has_focus and y == self._mark:
            style = self.get_component_rich_style("papers-list--marked")
        elif paper.required and paper.code not in self.ticked:
            style = self.get_component_rich_style("papers-list--missing")
        return Strip([Segment(_line(y + 1, paper, self.ticked, self.kept, width), style)], width)

    def _toggle(self) -> None:
        code = self._listed[self._mark].code
        self._tick([one for one in self.ticked if one != code] if code in self.ticked else [*self.ticked, code])

    def action_tick(self) -> None:
        if self._listed:
            self._toggle()

    def action_keep(self) -> None:
        if not self._listed:
            return
        code = self._listed[self._mark].code
        self.kept = [one for one in self.kept if one != code] if code in self.kept else [*self.kept, code]
        self._tick([*self.ticked, code])

    def _tick(self, codes: Sequence[str]) -> None:
        self.set_ticks(codes, self.kept)
        self.post_message(self.Changed())


def _line(number: int, paper: Paper, ticked: Sequence[str], kept: Sequence[str], width: int) -> str:
    title = paper.title_vi if language() == "vi" else paper.title_en
    remark = "" if paper.required else tr("intake.if_needed")
    remark = tr("intake.kept") if paper.code in kept else remark
    start = f"{number} [{'x' if paper.code in ticked else ' '}] "
    return start + fit(title, max(0, width - len(start) - len(remark) - 1)) + " " + remark
