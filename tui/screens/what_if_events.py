"""What has happened since the receipt: the list of events, and the field whose Enter adds one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from rich.segment import Segment
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from core.deadline import ClockEvent
from tui.dates import end_long, moment_long
from tui.i18n import tr
from tui.keys import bind
from tui.limit_words import limit_words
from tui.widgets.cells import fit
from tui.widgets.inputs import KeyedInput
from tui.widgets.marked_list import MarkedList


def event_line(event: ClockEvent) -> str:
    """«09:00 thứ Tư 20/05/2026 · Gia hạn: 3 ngày làm việc»."""
    words = f"{moment_long(event.at)} · {tr(f'kind.{event.kind}')}"
    more = limit_words(event.limit) if event.limit else end_long(event.due_at) if event.due_at else ""
    return f"{words}: {more}" if more else words


class EventField(KeyedInput):
    """A field whose Enter is answered at once: where the focus goes depends on what was typed."""

    def __init__(self, accepted: Callable[[], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._accepted = accepted

    def action_accept(self) -> None:
        self._accepted()


class EventsList(MarkedList[ClockEvent], can_focus=True):
    """The events in order of time; ↑↓ marks one, Del takes it away."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"events-list--marked"}
    DEFAULT_CSS = """
    EventsList { height: auto; color: $foreground; }
    EventsList .events-list--marked {
        background: $block-cursor-background;
        color: $block-cursor-foreground;
        text-style: bold;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("remove", "remove"),
        Binding("backspace", "remove", show=False),
    ]

    class Changed(Message):
        """An event was added or taken away."""

    @property
    def listed(self) -> Sequence[ClockEvent]:
        """In order of time; what happened at the same moment as it was added."""
        return self._listed

    def add(self, event: ClockEvent) -> None:
        self._hold(tuple(sorted((*self._listed, event), key=lambda one: one.at)))
        self._mark = self._listed.index(event)

    def action_remove(self) -> None:
        if self._listed:
            self._hold(self._listed[: self._mark] + self._listed[self._mark + 1 :])

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        lines = [event_line(event) for event in self._listed] or [tr("what_if.no_events")]
        text = lines[y] if y < len(lines) else ""
        marked = self.has_focus and y == self._mark
        style = self.get_component_rich_style("events-list--marked") if marked else self.rich_style
        return Strip([Segment(fit(text, width), style)], width)

    def _hold(self, kept: tuple[ClockEvent, ...]) -> None:
        self._listed = kept
        self._mark = max(0, min(self._mark, len(kept) - 1))
        self.refresh(layout=True)
        self.post_message(self.Changed())
