"""Alt+O: dossiers that the national system does not have yet, copied field by field in that system's order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from core.answers import Refusal
from core.decisions import Act
from core.official import OfficialField
from core.text import clean_line
from storage.lawbook.official import official_form
from storage.official import field_values, waiting, waiting_count
from storage.queries import Row
from tui.i18n import language, tr
from tui.keys import bind
from tui.screens.kept_typing import KeptTyping
from tui.screens.parts import TextLines
from tui.screens.picking import read_again
from tui.screens.queue_rows import RowWords, short_number
from tui.screens.search_rows import ListSource
from tui.terminal import LEAST
from tui.widgets.big import BigText
from tui.widgets.columns import Column
from tui.widgets.inputs import KeyedInput
from tui.widgets.queue_table import LineTable

_COLUMNS = (
    Column("number", "queue.number", 11),
    Column("name", "queue.name", 18, grow=3),
    Column("procedure", "queue.procedure", 16, priority=1, grow=3),
)
_SHOWN = 9
_LINES = 6
"""Fields that stand there at once: what is marked, and what is around it."""


class OfficialScreen(KeptTyping):
    """`y` copies the marked field and goes to the next, 1 to 9 copy a field; Tab, the number, Enter: it is there."""

    AUTO_FOCUS = "LineTable"
    name_key = "official.title"
    VERTICAL_BREAKPOINTS: ClassVar = [(0, "-too-low"), (LEAST[1], "-short"), (24, "-low"), (30, "-tall")]
    hints: ClassVar[Sequence[str]] = ("copy", "open", "back")
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("copy", "copy"),
        bind("discard", "discard"),
        *(bind(f"pick_{place}", f"pick({place})") for place in range(1, _SHOWN + 1)),
    ]

    def body(self) -> ComposeResult:
        self._words = self._row_words()
        self._copied: Sequence[OfficialField] = official_form().fields
        self._at = 0
        self._values: dict[str, str] = {}
        self._dossier = ""
        yield TextLines(id="official_about")
        yield LineTable(_COLUMNS, ListSource(), self._cells, self._words.mark, empty_key="official.nothing")
        with Vertical(id="official_form"):
            yield TextLines(id="official_fields")
            yield BigText(id="official_value")
            with Horizontal(classes="line"):
                yield Static(tr("official.number"), classes="label", markup=False)
                yield KeyedInput(id="official_number", enter_moves=False)

    @property
    def kept_as(self) -> str:
        return f"official_number:{self._dossier}" if self._dossier else ""

    def fill(self) -> None:
        self._words = self._row_words()
        desk, form = self.app.desk, official_form()
        rows = waiting(desk)
        table = self.query_one(LineTable)
        read_again(table, rows)
        about = [tr("official.waiting", count=waiting_count(desk))]
        if form.doubt is not None:
            about.append(f"! {form.doubt.vi if language() == 'vi' else form.doubt.en}")
        self.query_one("#official_about", TextLines).show_lines(about)
        if table.current is None or table.current.id != self._dossier:
            self._show(table.current)

    def key_title(self, key_id: str) -> str | None:
        """The number keys copy fields here."""
        area, _, number = key_id.partition("_")
        if area != "pick" or int(number) > len(self._copied):
            return None
        return tr("official.copies", field=_title(self._copied[int(number) - 1]))

    # what the officer does

    def on_line_table_highlighted(self, message: LineTable.Highlighted) -> None:
        if message.row is None or message.row.id != self._dossier:
            self._show(message.row)

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        self.app.push(self.app.make("dossier", message.row.id))

    def action_copy(self) -> None:
        """Copy the marked field; the next one is marked then, past the last the first."""
        if not self._values:
            self.app.bell()
            return
        field = self._copied[self._at]
        value = self._values[field.name]
        if value:
            self.app.copy_to_clipboard(value)
        self.say(tr("official.copied" if value else "official.empty", field=_title(field), value=value))
        self.query_one("#official_value", BigText).show(value)
        self._at = (self._at + 1) % len(self._copied)
        self._show_fields()

    def action_pick(self, place: int) -> None:
        """Copy one field, wherever the mark is."""
        if place <= len(self._copied):
            self._at = place - 1
            self.action_copy()

    def on_keyed_input_accepted(self, message: KeyedInput.Accepted) -> None:
        """The number that the other system gave: the dossier leaves the list."""
        number = clean_line(message.value)
        if message.field.id != "official_number" or not number or not self._dossier:
            return
        answer = self.app.do(Act(self._dossier, "official_number_given", self.app.desk.now(), {"number": number}))
        if isinstance(answer, Refusal):
            self.refuse(answer)
            return
        self.carried_out()
        self.fill()
        self.say(tr("official.given", number=number))
        self.set_focus(self.query_one(LineTable))

    # what it shows

    def _show(self, row: Row | None) -> None:
        self.keep()
        self._at = 0
        self._dossier = row.id if row is not None else ""
        self.query_one("#official_number", KeyedInput).value = ""
        if self._drafts is not None:
            self.take_up()
        self._values = field_values(self.app.desk, row) if row is not None else {}
        self.query_one("#official_value", BigText).show("")
        self._show_fields()

    def _show_fields(self) -> None:
        lines = []
        for place, field in enumerate(self._copied, 1):
            mark = "▶" if place - 1 == self._at else " "
            key = f"{place}" if place <= _SHOWN else " "
            lines.append(f"{mark}{key} {_title(field)}: {self._values.get(field.name) or '–'}")
        first = max(0, min(self._at - 1, len(lines) - _LINES))
        self.query_one("#official_fields", TextLines).show_lines(lines[first : first + _LINES] if self._values else [])

    def _cells(self, row: Row) -> tuple[str, ...]:
        procedure = str(row["procedure"])
        return (
            short_number(row["receipt_number"]),
            str(row["applicant_name"]),
            self._words.titles.get(procedure, procedure),
        )

    def _row_words(self) -> RowWords:
        desk = self.app.desk
        return RowWords.of(desk.law, desk.identity.unit, desk.now())


def _title(field: OfficialField) -> str:
    return field.title_vi if language() == "vi" else field.title_en
