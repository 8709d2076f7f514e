"""F4: a citizen comes for the result. Scan the slip or the card, check who stands there, F10."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.timer import Timer

from core.answers import InvalidInput, Refusal
from core.dossier import Dossier
from core.identity import CardFields, parse_card
from core.moments import legal_day
from core.standing import version_of
from storage.queries import Row
from tui.dossier_words import person_line
from tui.i18n import tr
from tui.keys import bind
from tui.post_words import post_words
from tui.screens import return_facts as facts
from tui.screens.intake_problem import Problem
from tui.screens.kept_typing import KeptTyping, of_dossiers
from tui.screens.parts import TextLines
from tui.screens.queue_rows import COLUMNS, RowWords, short_number
from tui.screens.return_form import ReturnForm
from tui.screens.return_words import result_lines
from tui.screens.search import SearchBox
from tui.screens.search_rows import ListSource
from tui.sentences import sentence
from tui.slip_words import slip_doubt
from tui.widgets.big import BigText
from tui.widgets.inputs import KeyedInput
from tui.widgets.queue_table import LineTable
from tui.widgets.scan import ScanCatcher

_TYPING = 0.03


class ReturnScreen(ScanCatcher, KeptTyping):
    """The dossiers that a scan or a name means, who takes the result of the marked one, and one key.

    What was typed about a taker is kept by whose results they are, and comes back with these.
    """

    AUTO_FOCUS = "SearchBox"
    name_key = "return.title"
    hints: ClassVar[Sequence[str]] = ("save", "select", "all_ready", "lists", "back")
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("save", "hand_over"),
        bind("all_ready", "all_ready"),
        bind("discard", "discard"),
    ]

    def body(self) -> ComposeResult:
        self._typing: Timer | None = None
        self._wanted = ""
        self._found_by = "name"
        self._staying: tuple[str, ...] = ()
        self._shown = ""
        """Whose taker the form is about: it stays while the cursor goes over one person's dossiers."""
        self._words = self._row_words()
        self._about: list[str] = []
        self._found: Sequence[Row] = ()
        yield SearchBox(placeholder=tr("return.placeholder"), id="box")
        yield LineTable(COLUMNS, ListSource(), lambda row: self._words.cells(row), lambda row: self._words.mark(row))
        with Horizontal(id="whose"):
            yield TextLines(id="person")
            yield BigText(id="place_big")
        yield ReturnForm()
        yield Problem()

    @property
    def kept_as(self) -> str:
        return of_dossiers("return", [self._shown]) if self._shown else ""

    @property
    def kept_about(self) -> Sequence[str]:
        return self._about

    @property
    def kept_within(self) -> ReturnForm:
        return self.query_one(ReturnForm)

    def fill(self) -> None:
        self._words = self._row_words()
        self._show(again=True)

    # what the officer does

    async def take_scan(self, text: str) -> None:
        """A slip is looked up, and told where it is no slip of ours as we printed it; a card is looked up too, unless a
        dossier waits to be checked against it."""
        card = parse_card(text, today=self._today())
        if card.fields.number and self._chosen():
            self._check_card(card.fields)
            return
        self.say("")
        self.query_one(SearchBox).value = card.fields.number or text
        self._follow()
        self._found_by = "card" if card.fields.number else "slip"
        if card.fields.number:
            self.query_one(ReturnForm).put(identity=card.fields.number)
        self._next_field()
        doubt = slip_doubt(self.app.desk, text)
        if doubt is not None:
            self.say(doubt)
            self.app.bell()

    @on(KeyedInput.Changed, "#box")
    def typed(self) -> None:
        if self._typing is None:
            self._typing = self.set_timer(_TYPING, self._follow)

    @on(KeyedInput.Accepted, "#box")
    def looked_up(self) -> None:
        self._follow()
        self._next_field()

    def on_input_changed(self, message: KeyedInput.Changed) -> None:
        self.query_one(Problem).answered(message.input.id or "")

    def on_line_table_highlighted(self) -> None:
        self._show_person()

    def on_line_table_selected(self) -> None:
        self._show_staying()

    def on_option_field_changed(self) -> None:
        """Online nothing of theirs goes back with the result."""
        self._show_staying()

    def action_all_ready(self) -> None:
        """All results that lie here of the marked one's person or visit: one confirmation hands them over."""
        table = self.query_one(LineTable)
        row: Row | None = table.current
        ready = [one.id for one in facts.of_one_person(self._rows(), row) if facts.is_ready(one)] if row else []
        table.select(ready)
        self._show_staying()
        self.say(tr("return.all_ready", count=len(ready)))

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        self.app.push(self.app.make("dossier", message.row.id))

    def action_hand_over(self) -> None:
        """Hand over the selected results, else the marked one: all of them, or none."""
        rows = self._chosen()
        if not rows:
            self.say(f"✗ {self._why_not()}")
            self.app.bell()
            return
        officer, dossiers = self.app.officer, self._dossiers(rows)
        assert officer is not None
        try:
            handing = self.query_one(ReturnForm).read(self._found_by)
            answer = facts.hand_over(self.app.desk, officer, dossiers, handing)
        except InvalidInput as error:
            self._tell_problem(error)
            return
        if isinstance(answer, Refusal):
            self._tell_problem(answer)
            return
        self._handed(dossiers, batch=answer)

    # what it shows

    def _follow(self) -> None:
        if self._typing is not None:
            self._typing.stop()
            self._typing = None
        text = self.query_one(SearchBox).value
        if text != self._wanted:
            self._wanted, self._found_by = text, "name"
            self._show()

    def _show(self, *, again: bool = False) -> None:
        desk, table = self.app.desk, self.query_one(LineTable)
        wanted = self._wanted.strip()
        rows = facts.candidates(desk.queries, wanted, desk.bounds(), self._today()) if wanted else []
        kept, self._found = table.current, rows
        table.set_source(ListSource(rows))
        if again and kept is not None:
            table.reload(kept.id)
        self._show_person()

    def _show_person(self) -> None:
        row: Row | None = self.query_one(LineTable).current
        dossier = self.app.desk.dossier(row.id) if row is not None else None
        form = self.query_one(ReturnForm)
        form.visible = row is not None and facts.is_ready(row)
        shelf = ""
        before = self._shown
        if row is None or dossier is None:
            self.keep()
            self._shown = ""
            lines = [tr("return.nothing" if self._wanted.strip() else "return.hint")]
        else:
            law = self.app.desk.law
            lines = [person_line(dossier), *result_lines(self.app.desk, row, dossier, version_of(dossier, law))]
            shelf = str(dossier.facts.get("shelf") or "") if facts.is_ready(row) else ""
            person = facts.number_of(dossier) or row.id
            if self._shown != person:
                self.keep()
                self._shown = person
                self._about = [one.id for one in facts.of_one_person(self._found, row)]
                form.begin(dossier, post_words(self.app.desk, dossier.applicant.get("kind"), dossier.procedure))
        self.query_one("#person", TextLines).show_lines(lines)
        self.query_one(BigText).show(shelf)
        self._show_staying()
        if self._shown != before and self._drafts is not None:
            self.take_up()

    def _show_staying(self) -> None:
        """Ask who looks after papers that may not go back yet, where the chosen dossiers hold such."""
        desk, officer, today = self.app.desk, self.app.officer, self._today()
        form = self.query_one(ReturnForm)
        held = [
            one
            for dossier in self._dossiers(self._chosen())
            for one in facts.staying(dossier, form.channel, desk.law, today)
        ]
        if officer is None or tuple(one.event for one in held) == self._staying:
            return
        self._staying = tuple(one.event for one in held)
        keepers = [(one.id, one.name) for one in desk.officers.all() if one.active]
        look_on = facts.check_day(held, desk.law, desk.identity.unit, today)
        written = form.keep(held, keepers, officer.id, look_on)
        if self._drafts is not None:
            self.filled_in(*written)

    def _check_card(self, card: CardFields) -> None:
        """The card of whoever stands at the counter: the applicant's own, or somebody else's."""
        form = self.query_one(ReturnForm)
        shown = facts.shown_by(self._dossiers(self._chosen()), card)
        form.put(**shown)
        if "identity" in shown:
            self.say(tr("return.card_fits"))
            return
        self.say(tr("return.card_of_other"))
        form.focus_on("capacity")

    def _next_field(self) -> None:
        if self._chosen():
            self.query_one(ReturnForm).focus_first()
        elif self.query_one(LineTable).current is not None:
            self.say(self._why_not())

    def _why_not(self) -> str:
        return tr("return.not_ready" if self.query_one(LineTable).current is not None else "return.nothing_chosen")

    def _chosen(self) -> list[Row]:
        """The selected rows whose results lie here, else the one under the cursor if it is such a one."""
        table = self.query_one(LineTable)
        bounds = self.app.desk.bounds()
        ids = sorted(str(one) for one in table.selected) or ([table.current.id] if table.current is not None else [])
        rows = [row for one in ids if (row := self.app.desk.queries.row(one, bounds)) is not None]
        return [row for row in rows if facts.is_ready(row)]

    def _dossiers(self, rows: Sequence[Row]) -> list[Dossier]:
        return [dossier for row in rows if (dossier := self.app.desk.dossier(row.id)) is not None]

    def _tell_problem(self, problem: InvalidInput | Refusal) -> None:
        place = facts.place_of(problem)
        if place is None:
            self.refuse(problem)
            return
        self.query_one(ReturnForm).focus_on(place)
        self.query_one(Problem).tell(place, sentence(problem.code, problem.params))
        self.app.bell()

    def _handed(self, dossiers: Sequence[Dossier], *, batch: str) -> None:
        numbers = ", ".join(short_number(dossier.receipt_number) for dossier in dossiers)
        table = self.query_one(LineTable)
        self.carried_out()
        table.clear_selection()
        self.fill()
        more = any(facts.is_ready(row) for row in self._rows())
        if not more:
            self.query_one(SearchBox).value = ""
            self._follow()
        self.query_one(SearchBox).focus()
        told = tr("return.posted", numbers=numbers, batch=batch) if batch else tr("return.handed", numbers=numbers)
        self.say(told + (tr("return.more") if more else ""))

    def _rows(self) -> Sequence[Row]:
        desk = self.app.desk
        wanted = self._wanted.strip()
        return facts.candidates(desk.queries, wanted, desk.bounds(), self._today()) if wanted else ()

    def _today(self) -> date:
        return legal_day(self.app.desk.now())

    def _row_words(self) -> RowWords:
        desk = self.app.desk
        return RowWords.of(desk.law, desk.identity.unit, desk.now())
