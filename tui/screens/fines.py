"""Alt+V: decisions that fine somebody. What is owed until when, what lies here; payment and giving back by one key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from core.answers import InvalidInput, Refusal
from core.fines import fine_amount
from core.moments import legal_day
from storage.fines import LISTS, Fine, fines, pay, release
from tui.dossier_words import money
from tui.fine_words import WAYS, fine_cells, limit_doubt, next_words, way_words
from tui.i18n import tr
from tui.keys import bind
from tui.screens.parts import TextLines
from tui.screens.picking import PickingScreen, picks
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


class FinesScreen(PickingScreen):
    """1–4 choose the list; Ins enters a decision; F10 takes the payment of the one under the cursor, Del gives back.

    An empty amount is all that is owed. Both keys must be pressed twice with nothing changed.
    """

    name_key = "fines.title"
    kept_as = "fines"
    lists = LISTS
    words = "fines"
    key_words: ClassVar[Mapping[str, str]] = {
        "add": "fines.do.add",
        "save": "fines.do.pay",
        "remove": "fines.do.release",
    }
    hints: ClassVar[Sequence[str]] = ("add", "save", "remove", "filter", "open", "back")
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("add", "add"),
        bind("save", "pay"),
        bind("remove", "release"),
        *picks(LISTS),
    ]

    def body(self) -> ComposeResult:
        yield from self.list_parts(_COLUMNS)
        yield TextLines(id="about")
        with Vertical(id="list_form"):
            with Horizontal(classes="line"):
                yield Static(tr("fines.amount"), classes="label", markup=False)
                yield KeyedInput(id="amount", classes="short", placeholder=tr("fines.all_owed"))
                yield Static(tr("fines.channel"), classes="next", markup=False)
                yield OptionField([(one, way_words(one)) for one in WAYS], id="channel")
            with Horizontal(classes="line"):
                yield Static(tr("fines.proof"), classes="label", markup=False)
                yield KeyedInput(id="proof", holds="codes", classes="short")
            with Horizontal(classes="line"):
                yield Static(tr("fines.taker"), classes="label", markup=False)
                yield KeyedInput(id="taker", holds="words", classes="long")

    def fill(self) -> None:
        """Read the list again."""
        found = fines(self.app.desk, self._name)
        owed = sum(one.owed for one in found)
        told = tr("fines.sum", count=len(found), owed=money(f"{owed:f}"), held=sum(one.held for one in found))
        self.show_list(found, [tr(f"fines.{name}") for name in LISTS], told)
        self._tell_about(self._current())

    def found_by(self, one: Fine) -> str:
        """The dossier's number, and what the decision is of."""
        return one.receipt_number or ""

    def on_line_table_highlighted(self, message: LineTable.Highlighted) -> None:
        self._tell_about(message.row)

    def _tell_about(self, one: Fine | None) -> None:
        """What stands with the decision under the cursor, whole; and which limit nobody has checked."""
        lines = [] if one is None else [next_words(one, legal_day(self.app.desk.now()))]
        doubt = "" if one is None else limit_doubt([one])
        self.query_one("#about", TextLines).show_lines([*lines, doubt or tr("fines.about")])

    # what the officer does

    def action_add(self) -> None:
        """The form of a decision over the list."""
        self.app.push(self.app.make("fine_form"))

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        self.app.push(self.app.make("dossier", message.row.dossier))

    def action_pay(self) -> None:
        """Take the payment; the amount is asked back before."""
        one = self._current()
        if one is None:
            return
        typed, proof = self.text_of("amount"), self.text_of("proof")
        way = self.query_one("#channel", OptionField).value
        channel, _, method = way.partition("/")
        try:
            amount = fine_amount(typed) if typed else f"{one.owed:f}"
        except InvalidInput as error:
            self.refuse(error)
            self.set_focus(self.query_one("#amount"))
            return
        more = Decimal(amount) - one.owed
        words = tr("fines.sure_more" if more > 0 else "fines.sure_pay", amount=money(amount), more=money(f"{more:f}"),
                   decision=one.decision or tr("fines.unnamed"), channel=way_words(way))  # fmt: skip
        if one.owed and not self.sure(("pay", one.id, amount, way, proof), words):
            return
        assert self.app.officer is not None
        try:
            done = pay(
                self.app.desk,
                self.app.officer,
                one.dossier,
                decision=one.key,
                amount=amount or None,
                more=True,
                channel=channel,
                method=method,
                proof=proof,
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
        taker = self.text_of("taker")
        words = tr("fines.sure_release", count=one.held, name=taker or one.applicant_name)
        if one.held and not self.sure(("release", one.id, taker), words):
            return
        assert self.app.officer is not None
        try:
            fields = {"to": taker} if taker else {}
            gone = release(self.app.desk, self.app.officer, one.dossier, fields=fields)
        except InvalidInput as error:
            gone = Refusal(error.code, error.basis, error.params)
        if isinstance(gone, Refusal):
            self.refuse(gone)
            if gone.code == "taker_unknown":
                self.set_focus(self.query_one("#taker"))
            return
        self.query_one("#taker", KeyedInput).value = ""
        self.fill()
        self.say(tr("fines.done_release", papers=", ".join(paper.paper for paper in gone)))

    def _current(self) -> Fine | None:
        row: Fine | None = self.query_one(LineTable).current
        return row

    # what it shows

    def cells_of(self, one: Fine) -> tuple[str, ...]:
        return fine_cells(one, legal_day(self.app.desk.now()))

    def mark_of(self, one: Fine) -> tuple[str, str]:
        today = legal_day(self.app.desk.now())
        back = one.return_from()
        late = bool(one.owed) and one.due is not None and one.due < today
        over = one.seized_until is not None and one.seized_until < today
        if late or over or one.twice or (back is not None and back <= today):
            return "!", "overdue"
        return ("", "done") if one.stands == "done" else ("", "normal")
