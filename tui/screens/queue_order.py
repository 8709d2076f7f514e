"""The order of the queue: another one is tried on the queue as it stands; a leader's F10 sets it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from core.answers import Refusal
from core.queue import BY_DUE, BY_RECEIPT, FREE, QueueOrder, Urgency
from core.station import SetQueueOrder
from storage.queue_order import would_stand
from tui.i18n import tr
from tui.keys import bind
from tui.place_words import order_words, shifted_words
from tui.screens.base import OfficerScreen
from tui.screens.kept_typing import KeptTyping
from tui.screens.parts import Page, TextLines
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField
from tui.widgets.phrases import PhraseInput

_LISTED = 200
_FREE = {" > ".join(free): free for free in permutations(FREE)}
_TIES = {", ".join(ties): ties for ties in (BY_DUE, BY_RECEIPT)}


class QueueOrderScreen(KeptTyping):
    """Everyone may try an order; what it moves is shown at each change, nothing is written before F10."""

    AUTO_FOCUS = "#buckets"
    name_key = "title.queue_order"
    kept_as = "queue_order"
    hints: ClassVar[Sequence[str]] = ("save", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "save"), bind("discard", "discard")]

    def body(self) -> ComposeResult:
        buckets = [(name, " > ".join(tr(f"urgency.{word}") for word in free)) for name, free in _FREE.items()]
        ties = [(name, ", ".join(tr(f"order.{column}") for column in columns)) for name, columns in _TIES.items()]
        panel = Vertical(
            TextLines(id="now"),
            _line("buckets", OptionField(buckets, id="buckets")),
            _line("ties", OptionField(ties, id="ties")),
            _line("reason", PhraseInput(id="reason", kind="reason")),
            classes="panel",
        )
        panel.border_title = tr("order.panel")
        yield panel
        moved = Vertical(Page(TextLines(id="moved")), classes="panel", id="order_moved")
        moved.border_title = tr("order.moves")
        yield moved

    def on_mount(self) -> None:
        now = self.app.desk.bounds().order
        self.query_one("#buckets", OptionField).value = " > ".join(now.free)
        self.query_one("#ties", OptionField).value = ", ".join(now.ties)
        super().on_mount()

    def key_title(self, key_id: str) -> str | None:
        return tr("order.set") if key_id == "save" else None

    @on(OptionField.Changed)
    def fill(self) -> None:
        """The order that holds, and what the one that is chosen would move."""
        desk = self.app.desk
        self.query_one("#now", TextLines).show_lines([tr("order.now", order=order_words(desk.bounds().order))])
        moved = would_stand(desk, self._chosen())
        lines = [tr("order.would_move", count=len(moved)), *map(shifted_words, moved[:_LISTED])]
        if len(moved) > _LISTED:
            lines.append(tr("law.more", count=len(moved) - _LISTED))
        self.query_one("#moved", TextLines).show_lines(lines)

    def action_save(self) -> None:
        """Set the order; who may not is told before, who may stays here to put right what is missing."""
        order, reason = self._chosen(), self.query_one("#reason", KeyedInput).value
        answer = self.app.do(SetQueueOrder(order.buckets, order.ties, reason, self.app.desk.now()))
        if isinstance(answer, Refusal):
            self.refuse(answer)
            if answer.code == "order_reason":
                self.query_one("#reason").focus()
            return
        self.carried_out()
        self.app.pop_screen()
        below = self.app.screen
        if isinstance(below, OfficerScreen):
            below.say(f"✓ {tr('order.is_set')}")

    def _chosen(self) -> QueueOrder:
        free: tuple[Urgency, ...] = _FREE[self.query_one("#buckets", OptionField).value]
        return QueueOrder(free, _TIES[self.query_one("#ties", OptionField).value])


def _line(name: str, field: Widget) -> Widget:
    return Horizontal(Static(tr(f"order.field.{name}"), classes="label", markup=False), field, classes="line")
