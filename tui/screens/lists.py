"""Ctrl+G: results and papers that wait for somebody, list by list, with the one bulk action of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from core.answers import InvalidInput, Refusal
from core.moments import LEGAL_TIME
from core.text import clean_line
from core.uncollected import ARCHIVE
from storage.results import LISTS, Listed, Posting, delivered, do_next, length, listed, send_post, unaddressed
from tui.i18n import tr
from tui.keys import bind
from tui.post_words import post_words
from tui.screens.parts import TextLines
from tui.screens.picking import PickingScreen, capital, picks
from tui.screens.queue_rows import RowWords, short_number
from tui.sentences import sentence
from tui.widgets.columns import Column
from tui.widgets.inputs import KeyedInput
from tui.widgets.phrases import PhraseInput
from tui.widgets.queue_table import LineTable

_COLUMNS = (
    Column("number", "queue.number", 11),
    Column("name", "queue.name", 18, grow=3, most=40),
    Column("procedure", "queue.procedure", 16, priority=1, grow=3),
    Column("shelf", "lists.shelf", 8),
    Column("since", "lists.since", 7),
    Column("what", "lists.what", 20, grow=1),
)
_FIELD_OF = {"uncollected": "archive_shelf", "to_post": "carrier"}
_TRACKING = "tracking of "
_BULK = (*_FIELD_OF, "at_post")


class ListsScreen(PickingScreen):
    """1–4 choose the list, Space selects, F10 does it to the selected rows, else to all of them.

    For the post, Tab goes to the tracking number of the row under the cursor: a scanner's Enter takes it and goes on.
    """

    name_key = "lists.title"
    kept_as = "lists"
    lists = LISTS
    words = "lists"
    hints: ClassVar[Sequence[str]] = ("save", "select", "filter", "open", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "save"), *picks(LISTS)]

    def __init__(self) -> None:
        super().__init__()
        self._tracking: dict[str, str] = {}
        self._row = ""
        self._twice: tuple[object, ...] = ()

    def body(self) -> ComposeResult:
        self._words = self._row_words()
        yield from self.list_parts(_COLUMNS)
        with Vertical(id="list_form"):
            with Horizontal(classes="line", id="archive_line"):
                yield Static(tr("lists.archive_shelf"), classes="label", markup=False)
                yield KeyedInput(id="archive_shelf", holds="both")
            with Horizontal(classes="line", id="carrier_line"):
                yield Static(tr("return.carrier"), classes="label", markup=False)
                yield PhraseInput(id="carrier", classes="long", kind="carrier")
                yield Static(tr("return.tracking"), classes="next", markup=False)
                yield KeyedInput(id="tracking", enter_moves=False)
            yield TextLines(id="about")

    def fill(self) -> None:
        self._words = self._row_words()
        found = listed(self.app.desk, self._name)
        counts = [len(found) if name == self._name else length(self.app.desk, name) for name in LISTS]
        names = [f"{tr(f'lists.{name}')} {count}" for name, count in zip(LISTS, counts, strict=True)]
        self.show_list(found, names)
        self.query_one("#archive_line").display = self._name == "uncollected"
        self.query_one("#carrier_line").display = self._name == "to_post"
        about = post_words(self.app.desk) if self._name == "to_post" else tr(f"lists.about.{self._name}")
        self.query_one("#about", TextLines).show_lines([about])

    def key_title(self, key_id: str) -> str | None:
        if key_id == "save":
            return capital(tr(f"lists.do.{self._name}")) if self._name in _BULK else None
        return super().key_title(key_id)

    @property
    def kept_about(self) -> Sequence[str]:
        return list(self._tracking)

    def _typed(self) -> dict[str, str]:
        """The tracking numbers by their dossiers too, as far as these have been read."""
        fields = {name: text for name, text in super()._typed().items() if name != "tracking"}
        return fields | {f"{_TRACKING}{one}": number for one, number in self._tracking.items()}

    def _put(self, texts: dict[str, str]) -> None:
        super()._put(texts)
        numbers = {one.removeprefix(_TRACKING): text for one, text in texts.items() if one.startswith(_TRACKING)}
        self._tracking = numbers
        table = self.query_one(LineTable)
        if table.current is not None:
            self.query_one("#tracking", KeyedInput).value = numbers.get(table.current.id, "")
        table.refresh()

    # what the officer does

    def action_pick(self, place: int) -> None:
        self.query_one(LineTable).clear_selection()
        super().action_pick(place)
        self.hint(self.hints)

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        self.app.push(self.app.make("dossier", message.row.id))

    def on_line_table_highlighted(self, message: LineTable.Highlighted) -> None:
        """What is being typed goes only with another row."""
        if message.row is not None and message.row.id != self._row:
            self._row = message.row.id
            self.query_one("#tracking", KeyedInput).value = self._tracking.get(self._row, "")

    def on_keyed_input_accepted(self, message: KeyedInput.Accepted) -> None:
        """The tracking number of the row under the cursor; then the next row's."""
        table = self.query_one(LineTable)
        if message.field.id == "tracking" and table.current is not None:
            self._tracking[table.current.id] = clean_line(message.value)
            self.keep()
            table.action_move(1)
            table.refresh()

    def action_save(self) -> None:
        """Do it; the same key must be pressed once more, with nothing changed."""
        if self._name not in _BULK:
            self.say(tr("lists.no_bulk"))
            return
        chosen = self._chosen()
        text = clean_line(self._input().value) if self._name in _FIELD_OF else ""
        needs = self._name == "to_post" or any(one.step == ARCHIVE for one in chosen)
        if not chosen or (needs and not text):
            nothing = "lists.select" if self._name == "at_post" else "lists.nothing"
            self.say(f"✗ {tr(f'lists.missing.{self._name}' if chosen else nothing)}")
            if chosen:
                self.set_focus(self._input())
            return
        meant = (self._name, text, *(one.row.id for one in chosen), *self._tracking.items())
        asked = tr("lists.sure", count=len(chosen), what=tr(f"lists.do.{self._name}"))
        lost = unaddressed(self.app.desk, (one.row.id for one in chosen)) if self._name == "to_post" else []
        if lost:
            asked += f" · {tr('results.unaddressed', numbers=', '.join(lost))}"
        if not self.sure(meant, asked):
            return
        self.say(self._done(chosen, text))
        self.set_focus(self.query_one(LineTable))

    def _done(self, chosen: Sequence[Listed], text: str) -> str:
        desk, officer = self.app.desk, self.app.officer
        assert officer is not None
        try:
            if self._name == "to_post":
                postings = [Posting(one.row.id, self._tracking.get(one.row.id, "")) for one in chosen]
                meant, together = (text, tuple(postings)), self._twice
                self._twice = ()
                sent = send_post(desk, officer, text, postings, together=together == meant)
                if isinstance(sent, Refusal) and sent.code == "tracking_taken":
                    self._twice = meant
                answers: list[object] = [sent]
            elif self._name == "at_post":
                answers = list(delivered(desk, officer, chosen))
            else:
                answers = list(do_next(desk, officer, chosen, text))
        except InvalidInput as error:
            answers = [Refusal(error.code, error.basis, error.params)]
        refused = [answer for answer in answers if isinstance(answer, Refusal)]
        self.fill()
        if refused:
            self.app.bell()
            return f"✗ {sentence(refused[0].code, refused[0].params)}"
        for one in chosen:
            self._tracking.pop(one.row.id, None)
        self.filled_in("archive_shelf", "carrier")
        self.keep()
        if self._name == "to_post":
            return tr("results.sent", number=answers[0], carrier=text, count=len(chosen))
        return tr("lists.done", count=len(answers))

    def _chosen(self) -> list[Listed]:
        """The selected rows, else all that may go; of what is at the post only what was selected can be delivered."""
        selected = self.query_one(LineTable).selected
        everything = not selected and self._name != "at_post"
        shown: Sequence[Listed] = self.shown
        return [one for one in shown if (everything and one.goes) or one.id in selected]

    def _input(self) -> KeyedInput:
        return self.query_one(f"#{_FIELD_OF[self._name]}", KeyedInput)

    # what it shows

    def mark_of(self, one: Listed) -> tuple[str, str]:
        return self._words.mark(one.row)

    def found_by(self, one: Listed) -> str:
        """The whole number, and the carrier's once it was typed."""
        return " ".join(filter(None, (one.row["receipt_number"], self._tracking.get(one.id))))

    def cells_of(self, one: Listed) -> tuple[str, ...]:
        row = one.row
        procedure = str(row["procedure"])
        return (
            short_number(row["receipt_number"]),
            str(row["applicant_name"]),
            self._words.titles.get(procedure, procedure),
            str(row["shelf"] or "–"),
            _day(row["lies_since"] if self._name != "custody" else row["received_at"]),
            self._what(one),
        )

    def _what(self, one: Listed) -> str:
        row = one.row
        if self._name == "custody":
            check = _day(row["custody_check"])
            return tr("lists.check", count=row["originals"], day=check)
        if self._name == "to_post":
            return self._tracking.get(row.id) or (tr(f"post.next.{one.back}") if one.back else "–")
        return tr(f"results.step.{one.step}") if one.step else tr(f"state.{row['state']}")

    def _row_words(self) -> RowWords:
        desk = self.app.desk
        return RowWords.of(desk.law, desk.identity.unit, desk.now())


def _day(seconds: int | None) -> str:
    return "–" if seconds is None else f"{datetime.fromtimestamp(seconds, LEGAL_TIME):%d/%m}"
