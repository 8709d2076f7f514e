"""Alt+T: the post. Batches with what became of their letters, letters that are out, letters that came back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
from storage.post import Batch, Letter, batches, came_back, deliver, of_batch, still_out, take_back, track
from tui.i18n import tr
from tui.keys import bind
from tui.post_words import batch_words, fee_words, stands_words
from tui.screens.base import OfficerScreen
from tui.screens.parts import TextLines
from tui.screens.queue_rows import short_number
from tui.screens.search_rows import ListSource
from tui.themes import STYLES
from tui.widgets.columns import Column
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField
from tui.widgets.queue_table import LineTable

LISTS = ("batches", "out", "returned")
_COLUMNS = (
    Column("number", "post.number", 16),
    Column("name", "post.name", 18, grow=3),
    Column("tracking", "post.tracking", 14, priority=1),
    Column("sent", "post.sent", 10),
    Column("stands", "post.what", 24, grow=2, marked=True),
    Column("fee", "post.fee", 12, priority=2, grow=1),
)


class PostScreen(OfficerScreen):
    """1–3 choose the list; Enter opens a batch, then a dossier. F10: delivered; Del: came back (selected, or this one).

    A tracking number typed or scanned is the letter's under the cursor: its Enter takes it and goes on to the next.
    """

    CSS_PATH = STYLES.parent / "post.tcss"
    AUTO_FOCUS = "LineTable"
    name_key = "post.title"
    hints: ClassVar[Sequence[str]] = ("save", "remove", "select", "open", "back")
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("save", "delivered"),
        bind("remove", "came_back"),
        *(bind(f"pick_{place}", f"pick({place})") for place in range(1, len(LISTS) + 1)),
    ]

    def body(self) -> ComposeResult:
        self._name, self._batch = LISTS[0], ""
        self._asked: tuple[object, ...] = ()
        yield TextLines(id="list_names")
        yield LineTable(_COLUMNS, ListSource(), self._cells, self._mark, empty_key="post.none")
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
        table = self.query_one(LineTable)
        under = table.current
        table.set_source(ListSource(found))
        kept = next((one for one in found if under is not None and one.id == under.id), None)
        if kept is not None:
            table.show(kept)
        names = [
            f"{'▶' if name == self._name else ''}{place} {tr(f'post.{name}')} {len(lists[name])}"
            for place, name in enumerate(LISTS, 1)
        ]
        self.query_one("#list_names", TextLines).show_lines([" · ".join([*names, *filter(None, [self._batch])])])
        self.query_one("#list_form").display = bool(self._batch) or self._name == "out"

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self.stands:
            self.fill()

    def key_title(self, key_id: str) -> str | None:
        """The number keys are the lists here."""
        if key_id.startswith("pick_"):
            place = int(key_id.removeprefix("pick_"))
            return tr(f"post.{LISTS[place - 1]}") if place <= len(LISTS) else None
        return {"save": tr("post.do.delivered"), "remove": tr("post.do.returned")}.get(key_id)

    # what the officer does

    def action_pick(self, place: int) -> None:
        self._name, self._batch, self._asked = LISTS[place - 1], "", ()
        self.query_one(LineTable).clear_selection()
        self.fill()
        self.set_focus(self.query_one(LineTable))

    def action_back(self) -> None:
        """From a batch to all of them, then one screen back."""
        if self._batch:
            self.action_pick(1)
        else:
            super().action_back()

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        row = message.row
        if isinstance(row, Batch):
            self._batch = row.number
            self.fill()
        else:
            self.app.push(self.app.make("dossier", row.dossier))

    def on_line_table_highlighted(self, message: LineTable.Highlighted) -> None:
        tracking = message.row.tracking if isinstance(message.row, Letter) else None
        self.query_one("#tracking", KeyedInput).value = tracking or ""

    def on_keyed_input_accepted(self, message: KeyedInput.Accepted) -> None:
        """The number of the letter under the cursor; then the next one's."""
        table = self.query_one(LineTable)
        row, number = table.current, clean_line(message.value)
        if message.field.id != "tracking" or not isinstance(row, Letter) or not number:
            return
        if number != row.tracking and self._told(lambda desk, officer: track(desk, officer, {row.dossier: number})):
            self.fill()
        table.action_move(1)

    def action_delivered(self) -> None:
        """The carrier brought them, on that day by that proof."""
        typed, today = self._text("day"), legal_day(self.app.desk.now())
        day = read_day(typed, today) if typed else today
        if day is None:
            self.say(f"✗ {tr('error.date_invalid', value=typed)}")
            self.set_focus(self.query_one("#day"))
            return
        proof = self._text("proof")
        self._do("delivered", lambda desk, officer, names: deliver(desk, officer, names, day, proof), day, proof)

    def action_came_back(self) -> None:
        """They came back: the second line says why."""
        reason, after = self._text("proof"), self.query_one("#next", OptionField).value
        if not reason:
            self.say(f"✗ {tr('post.reason_missing')}")
            self.set_focus(self.query_one("#proof"))
            return
        self._do("returned", lambda desk, officer, names: take_back(desk, officer, names, reason, after), reason, after)

    def _do(self, what: str, act: Any, *said: object) -> None:
        """Do it; the same key must be pressed once more, with nothing changed."""
        chosen = self._chosen()
        if not chosen:
            self.say(f"✗ {tr('post.choose')}")
            return
        meant = (what, *said, *(one.id for one in chosen))
        if meant != self._asked:
            self._asked = meant
            self.say(tr("lists.sure", count=len(chosen), what=tr(f"post.do.{what}")))
            return
        self._asked = ()
        if self._told(lambda desk, officer: act(desk, officer, [one.dossier for one in chosen])):
            self.say(tr("lists.done", count=len(chosen)))
            self.query_one("#proof", KeyedInput).value = ""
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
        rows = of_batch(self.app.desk, self._batch) if self._batch else still_out(self.app.desk)
        if not self._batch and self._name != "out":
            return []
        wanted = table.selected or ({table.current.id} if table.current is not None else set())
        return [one for one in rows if one.id in wanted]

    def _text(self, name: str) -> str:
        return clean_line(self.query_one(f"#{name}", KeyedInput).value)

    # what it shows

    def _cells(self, one: Batch | Letter) -> tuple[str, ...]:
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

    def _mark(self, one: Batch | Letter) -> tuple[str, str]:
        back = one.returned > 0 if isinstance(one, Batch) else one.stands == "returned"
        return ("!", "overdue") if back else ("", "normal")
