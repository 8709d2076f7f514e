"""Alt+V: decisions that fine somebody. What is owed until when, what lies here; payment and giving back by one key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from core.answers import InvalidInput, Refusal
from core.fines import CHANNELS
from core.intake import parse_amount
from core.moments import legal_day
from core.text import clean_line
from storage.fines import LISTS, Fine, fines, pay, release
from tui.dossier_words import money
from tui.fine_words import fine_cells, limit_doubt
from tui.i18n import tr
from tui.keys import bind
from tui.screens.kept_typing import KeptTyping
from tui.screens.numbered import NumberedLists
from tui.screens.parts import TextLines
from tui.screens.search_rows import ListSource
from tui.themes import STYLES
from tui.widgets.columns import Column
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField
from tui.widgets.queue_table import LineTable

_COLUMNS = (
    Column("decision", "fines.decision", 16, grow=1),
    Column("name", "fines.person", 18, grow=2, most=40),
    Column("amount", "fines.amount", 12, priority=1, align="right"),
    Column("owed", "fines.owed", 12, align="right"),
    Column("next", "fines.next", 24, grow=3, marked=True),
)


class FinesScreen(KeptTyping):
    """1–4 choose the list; Ins enters a decision; F10 takes the payment of the one under the cursor, Del gives back.

    An empty amount is all that is owed. Both keys must be pressed twice with nothing changed.
    """

    CSS_PATH = STYLES.parent / "post.tcss"
    AUTO_FOCUS = "LineTable"
    name_key = "fines.title"
    kept_as = "fines"
    hints: ClassVar[Sequence[str]] = ("add", "save", "remove", "open", "back")
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("add", "add"),
        bind("save", "pay"),
        bind("remove", "release"),
        bind("discard", "discard"),
        *(bind(f"pick_{place}", f"pick({place})") for place in range(1, len(LISTS) + 1)),
    ]

    def body(self) -> ComposeResult:
        self._name = LISTS[0]
        self._asked: tuple[object, ...] = ()
        yield NumberedLists(id="list_names")
        yield LineTable(_COLUMNS, ListSource(), self._cells, self._mark, empty_key="fines.none")
        with Vertical(id="list_form"):
            with Horizontal(classes="line"):
                yield Static(tr("fines.amount"), classes="label", markup=False)
                yield KeyedInput(id="amount", classes="short", placeholder=tr("fines.all_owed"))
                yield Static(tr("fines.channel"), classes="next", markup=False)
                yield OptionField([(one, tr(f"fines.channel.{one}")) for one in CHANNELS], id="channel")
            with Horizontal(classes="line"):
                yield Static(tr("fines.proof"), classes="label", markup=False)
                yield KeyedInput(id="proof", holds="codes", classes="long")
            yield TextLines(id="about")

    def fill(self) -> None:
        """Read the list again."""
        found = fines(self.app.desk, self._name)
        table = self.query_one(LineTable)
        under = table.current
        table.set_source(ListSource(found))
        kept = next((one for one in found if under is not None and one.id == under.id), None)
        if kept is not None:
            table.show(kept)
        names = [
            f"{'▶' if name == self._name else ''}{place} {tr(f'fines.{name}')}" for place, name in enumerate(LISTS, 1)
        ]
        owed = sum(one.owed for one in found)
        told = tr("fines.sum", count=len(found), owed=money(f"{owed:f}"), held=sum(one.held for one in found))
        self.query_one("#list_names", TextLines).show_lines([f"{' · '.join(names)} — {told}"])
        self.query_one("#about", TextLines).show_lines([limit_doubt(found) or tr("fines.about")])

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self.stands:
            self.fill()

    def key_title(self, key_id: str) -> str | None:
        """The number keys are the lists here."""
        if key_id.startswith("pick_"):
            place = int(key_id.removeprefix("pick_"))
            return tr(f"fines.{LISTS[place - 1]}") if place <= len(LISTS) else None
        words = {"add": "fines.do.add", "save": "fines.do.pay", "remove": "fines.do.release"}
        return tr(words[key_id]) if key_id in words else None

    # what the officer does

    def action_pick(self, place: int) -> None:
        self._name, self._asked = LISTS[place - 1], ()
        self.fill()
        self.set_focus(self.query_one(LineTable))

    def action_add(self) -> None:
        """The form of a decision over the list."""
        self.app.push(self.app.make("fine_form"))

    def on_numbered_lists_picked(self, message: NumberedLists.Picked) -> None:
        self.action_pick(message.place)

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        self.app.push(self.app.make("dossier", message.row.dossier))

    def action_pay(self) -> None:
        """Take the payment; the amount is asked back before."""
        one = self._current()
        if one is None:
            return
        typed, proof = self._text("amount"), self._text("proof")
        channel = self.query_one("#channel", OptionField).value
        try:
            amount = parse_amount(typed) if typed else f"{one.owed:f}"
        except InvalidInput as error:
            self.refuse(error)
            self.set_focus(self.query_one("#amount"))
            return
        words = tr("fines.sure_pay", amount=money(amount), decision=one.decision or tr("fines.unnamed"),
                   channel=tr(f"fines.channel.{channel}"))  # fmt: skip
        if one.owed and not self._sure(("pay", one.id, amount, channel, proof), words):
            return
        assert self.app.officer is not None
        try:
            done = pay(
                self.app.desk, self.app.officer, one.dossier, amount=amount or None, channel=channel, proof=proof
            )
        except InvalidInput as error:
            done = Refusal(error.code, error.basis, error.params)
        if isinstance(done, Refusal):
            self.refuse(done)
            if done.code in ("payment_proof_missing", "payment_known"):
                self.set_focus(self.query_one("#proof"))
            return
        for name in ("amount", "proof"):
            self.query_one(f"#{name}", KeyedInput).value = ""
        self.carried_out()
        self.fill()
        self.say(tr("fines.done_pay", amount=money(amount)))

    def action_release(self) -> None:
        """Give back all that lies here by the decision under the cursor."""
        one = self._current()
        if one is None:
            return
        words = tr("fines.sure_release", count=one.held, name=one.applicant_name)
        if one.held and not self._sure(("release", one.id), words):
            return
        assert self.app.officer is not None
        try:
            gone = release(self.app.desk, self.app.officer, one.dossier)
        except InvalidInput as error:
            gone = Refusal(error.code, error.basis, error.params)
        if isinstance(gone, Refusal):
            self.refuse(gone)
            return
        self.fill()
        self.say(tr("fines.done_release", papers=", ".join(paper.paper for paper in gone)))

    def _sure(self, meant: tuple[object, ...], words: str) -> bool:
        if meant == self._asked:
            self._asked = ()
            return True
        self._asked = meant
        self.say(words)
        return False

    def _current(self) -> Fine | None:
        row: Fine | None = self.query_one(LineTable).current
        return row

    def _text(self, name: str) -> str:
        return clean_line(self.query_one(f"#{name}", KeyedInput).value)

    # what it shows

    def _cells(self, one: Fine) -> tuple[str, ...]:
        return fine_cells(one, legal_day(self.app.desk.now()))

    def _mark(self, one: Fine) -> tuple[str, str]:
        today = legal_day(self.app.desk.now())
        back = one.return_from()
        late = bool(one.owed) and one.due is not None and one.due < today
        over = one.seized_until is not None and one.seized_until < today
        if late or over or (back is not None and back <= today):
            return "!", "overdue"
        return ("", "done") if one.stands == "done" else ("", "normal")
