"""Alt+T: the post. Batches with what became of their letters, letters that are out, letters that came back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from core.answers import InvalidInput, Refusal
from core.filter import read_day
from core.moments import legal_day
from core.sendings import NEXT
from core.text import clean_line
from storage.post import (
    Batch,
    Letter,
    batches,
    came_back,
    deliver,
    numbered,
    of_batch,
    still_out,
    take_back,
    track,
)
from tui.i18n import tr
from tui.keys import KEYS, bind
from tui.post_words import batch_words, fee_said, fee_words, stands_words
from tui.screens.kept_typing import Kept
from tui.screens.parts import TextLines
from tui.screens.picking import FindInput, PickingScreen, picks
from tui.screens.queue_rows import short_number
from tui.widgets.columns import Column
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField
from tui.widgets.queue_table import LineTable

LISTS = ("batches", "out", "returned")
_COLUMNS = (
    Column("number", "post.number", 16),
    Column("name", "post.name", 18, grow=3, most=40),
    Column("tracking", "post.tracking", 15, priority=1),
    Column("sent", "post.sent", 10),
    Column("stands", "post.what", 24, grow=2, marked=True),
    Column("fee", "post.fee", 12, priority=2, grow=1),
)


class PostScreen(PickingScreen):
    """1–3 choose the list; Enter opens a batch, then a dossier. F10: delivered; Del: came back (selected, or this one).

    A tracking number typed or scanned is the letter's under the cursor: its Enter takes it and goes on to the next.
    """

    name_key = "post.title"
    kept_as = "post"
    lists = LISTS
    words = "post"
    key_words: ClassVar[Mapping[str, str]] = {"save": "post.do.delivered", "remove": "post.do.returned"}
    hints: ClassVar[Sequence[str]] = ("save", "remove", "filter", "select", "open", "back")
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("save", "delivered"),
        bind("remove", "came_back"),
        *picks(LISTS),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._batch = self._letter = ""

    def body(self) -> ComposeResult:
        yield from self.list_parts(_COLUMNS)
        yield TextLines(id="about")
        with Vertical(id="list_form"):
            with Horizontal(classes="line"):
                yield Static(tr("post.tracking"), classes="label", markup=False)
                yield KeyedInput(id="tracking", classes="long", enter_moves=False)
            with Horizontal(classes="line"):
                yield Static(tr("post.day"), classes="label", markup=False)
                yield KeyedInput(id="day", classes="short", placeholder=tr("post.today"))
                yield Static(tr("post.proof"), classes="next", markup=False)
                yield KeyedInput(id="proof", holds="both", classes="long")
            with Horizontal(classes="line"):
                yield Static(tr("post.next"), classes="label", markup=False)
                yield OptionField([(one, tr(f"post.next.{one}")) for one in NEXT], id="next")

    def fill(self) -> None:
        """Read the list again; the cursor stays where it is."""
        desk = self.app.desk
        lists: dict[str, list[Any]] = {"batches": batches(desk), "out": still_out(desk), "returned": came_back(desk)}
        found = of_batch(desk, self._batch) if self._batch else lists[self._name]
        names = [f"{tr(f'post.{name}')} {len(lists[name])}" for name in LISTS]
        self.show_list(found, [*names[:-1], " · ".join([names[-1], *filter(None, [self._batch])])])
        self.query_one("#list_form").display = bool(self._batch) or self._name == "out"

    def found_by(self, one: Batch | Letter) -> str:
        """The whole number and the carrier's, which a narrow screen does not show."""
        if isinstance(one, Batch):
            return ""
        return " ".join(filter(None, (one.receipt_number, one.tracking, one.batch)))

    def narrowed(self, wanted: Sequence[str]) -> Sequence[Any]:
        """Among the batches also every letter by its number: one that came back is scanned."""
        fitting = super().narrowed(wanted)
        if self._batch or self._name != "batches":
            return fitting
        return [*fitting, *numbered(self.app.desk, "".join(wanted))]

    def _fields(self) -> list[Kept]:
        """A tracking number is its letter's, with Enter."""
        return [field for field in super()._fields() if field.id != "tracking"]

    # what the officer does

    def action_pick(self, place: int) -> None:
        self._batch = ""
        self.query_one(LineTable).clear_selection()
        super().action_pick(place)

    def action_back(self) -> None:
        """From a batch to all of them, then one screen back."""
        if self._batch and not self.query_one("#find_line").display:
            self.action_pick(1)
        else:
            super().action_back()

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        row = message.row
        if isinstance(row, Batch):
            self._batch = row.number
            self.query_one("#find", FindInput).value = ""
            self.fill()
        else:
            self.app.push(self.app.make("dossier", row.dossier))

    def on_line_table_highlighted(self, message: LineTable.Highlighted) -> None:
        """All that is known of the letter; what is being typed goes only with another letter."""
        row = message.row if isinstance(message.row, Letter) else None
        about = [] if row is None else [" · ".join(filter(None, (row.tracking, stands_words(row), fee_said(row))))]
        self.query_one("#about", TextLines).show_lines(about)
        if self._letter != (row.id if row else ""):
            self._letter = row.id if row else ""
            self.query_one("#tracking", KeyedInput).value = (row.tracking if row else None) or ""

    def on_keyed_input_accepted(self, message: KeyedInput.Accepted) -> None:
        """The number of the letter under the cursor; then the next one's."""
        table = self.query_one(LineTable)
        row, number = table.current, clean_line(message.value)
        if message.field.id != "tracking" or not isinstance(row, Letter) or not number:
            return
        if number != row.tracking:
            meant = ("track", row.id, number)
            together = self._asked == meant
            self._asked = meant
            if not self._told(lambda desk, officer: track(desk, officer, {row.dossier: number}, together=together)):
                return
            self._asked = ()
            self.fill()
        table.action_move(1)

    def action_delivered(self) -> None:
        """The carrier brought them, on that day by that proof."""
        typed, today = self.text_of("day"), legal_day(self.app.desk.now())
        day = read_day(typed, today) if typed else today
        if day is None:
            self.say(f"✗ {tr('error.date_invalid', value=typed)}")
            self.set_focus(self.query_one("#day"))
            return
        proof = self.text_of("proof")
        self._do("delivered", lambda desk, officer, names: deliver(desk, officer, names, day, proof), day, proof)

    def action_came_back(self) -> None:
        """They came back: the second line says why."""
        reason, after = self.text_of("proof"), self.query_one("#next", OptionField).value
        if not reason:
            self.say(f"✗ {tr('post.reason_missing')}")
            self.set_focus(self.query_one("#proof"))
            return
        self._do("returned", lambda desk, officer, names: take_back(desk, officer, names, reason, after), reason, after)

    def _do(self, what: str, act: Any, *said: object) -> None:
        """Do it; the same key must be pressed once more, with nothing changed."""
        may_be = ("out",) if what == "delivered" else ("out", "delivered")
        chosen = [one for one in self._chosen() if one.stands in may_be]
        if not chosen:
            self.say(f"✗ {tr('post.choose')}")
            return
        key = KEYS["save" if what == "delivered" else "remove"].label
        words = tr("post.sure", count=len(chosen), what=tr(f"post.do.{what}"), key=key)
        if not self.sure((what, *said, *(one.id for one in chosen)), words):
            return
        if self._told(lambda desk, officer: act(desk, officer, [one.dossier for one in chosen])):
            self.say(tr("lists.done", count=len(chosen)))
            self.query_one("#proof", KeyedInput).value = ""
            self.carried_out()
        self.query_one(LineTable).clear_selection()
        self.fill()

    def _told(self, act: Any) -> bool:
        """Whether all of it was done; else the first refusal is said."""
        try:
            answers: Iterable[object] = act(self.app.desk, self.app.officer)
        except InvalidInput as error:
            answers = [Refusal(error.code, error.basis, error.params)]
        refused = [one for one in answers if isinstance(one, Refusal)]
        if refused:
            self.refuse(refused[0])
        return not refused

    def _chosen(self) -> list[Letter]:
        table = self.query_one(LineTable)
        wanted = table.selected or ({table.current.id} if table.current is not None else set())
        return [one for one in self.shown if isinstance(one, Letter) and one.id in wanted]

    # what it shows

    def cells_of(self, one: Batch | Letter) -> tuple[str, ...]:
        if isinstance(one, Batch):
            stands = batch_words(one)
            return one.number, one.carrier, "", f"{one.at:%d/%m/%Y}", stands, ""
        sent = f"{one.sent_on:%d/%m/%Y}"
        return (
            short_number(one.receipt_number),
            one.applicant_name,
            one.tracking or "–",
            sent,
            stands_words(one),
            fee_words(one),
        )

    def mark_of(self, one: Batch | Letter) -> tuple[str, str]:
        back = one.returned > 0 if isinstance(one, Batch) else one.stands == "returned"
        return ("!", "overdue") if back else ("", "normal")
