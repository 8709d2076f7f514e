"""Screens of a few short lists over one table: number keys choose one, `/` narrows it, and what is done asks first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Static

from core.text import clean_line, fold
from tui.i18n import tr
from tui.keys import bind
from tui.screens.kept_typing import Kept, KeptTyping
from tui.screens.numbered import NumberedLists
from tui.screens.parts import TextLines
from tui.screens.search_rows import ListSource
from tui.widgets.columns import Column
from tui.widgets.inputs import KeyedInput
from tui.widgets.queue_table import LineTable


def read_again(table: LineTable, rows: Sequence[Any]) -> None:
    """Show a list as it was read again: the cursor stays on its row, else on the one that took its place.

    What was selected and is still there stays selected.
    """
    ids = {row.id for row in rows}
    under, held = table.current, getattr(table.source, "rows", ())
    place = next((at for at, row in enumerate(held) if under is not None and row.id == under.id), 0)
    around = [*held[place:], *reversed(held[:place])] if under is not None else []
    kept = next((row for row in around if row.id in ids), None)
    table.set_source(ListSource(rows), kept, ids)


def picks(lists: Sequence[str]) -> list[BindingType]:
    """The number keys of the lists."""
    return [bind(f"pick_{place}", f"pick({place})") for place in range(1, len(lists) + 1)]


class FindInput(KeyedInput):
    """The line that narrows a list; Enter and ↓ go back to the table, Esc takes it away."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "accept", show=False)]

    def action_accept(self) -> None:
        self.screen.set_focus(self.screen.query_one(LineTable))


class PickingScreen(KeptTyping):
    """Subclasses give `lists` (names), `words` (their group of the catalogue), `key_words`, and show in `fill`."""

    DEFAULT_CSS = """
    PickingScreen #find_line {
        height: 1;
        padding: 0 1;
        display: none;
    }
    PickingScreen #find_line > Static {
        width: 2;
    }
    PickingScreen #find_line > FindInput {
        width: 1fr;
    }
    """
    AUTO_FOCUS = "LineTable"
    lists: ClassVar[Sequence[str]] = ()
    words: ClassVar[str] = ""
    key_words: ClassVar[Mapping[str, str]] = {}
    """What a key does here, by its id: a key of the catalogue."""
    BINDINGS: ClassVar[list[BindingType]] = [bind("filter", "find"), bind("discard", "discard")]

    def __init__(self) -> None:
        super().__init__()
        self._name = self.lists[0]
        self._asked: tuple[object, ...] = ()
        self._found: Sequence[Any] = ()

    @property
    def shown(self) -> Sequence[Any]:
        """The rows that are shown: the list, as far as `/` leaves it."""
        rows: Sequence[Any] = getattr(self.query_one(LineTable).source, "rows", ())
        return rows

    def list_parts(self, columns: Sequence[Column]) -> ComposeResult:
        """The lists' names, the table, and the line that narrows it."""
        yield NumberedLists(id="list_names")
        empty = f"{self.words}.none"
        yield LineTable(columns, ListSource(), self.cells_of, self.mark_of, empty_key=empty)
        with Horizontal(id="find_line"):
            yield Static("/ ", markup=False)
            yield FindInput(id="find", holds="both", placeholder=tr(f"{self.words}.find"))

    def cells_of(self, one: Any) -> tuple[str, ...]:
        """A row's cells."""
        raise NotImplementedError

    def mark_of(self, one: Any) -> tuple[str, str]:
        """A row's sign, and how it is painted."""
        raise NotImplementedError

    def found_by(self, one: Any) -> str:
        """What may be typed of a row to find it, beside its cells."""
        return ""

    def show_list(self, found: Sequence[Any], names: Sequence[str], more: str = "") -> None:
        """The list as it was read now, under its names; `more`: a line below them."""
        self._found = found
        titles = [
            f"{'▶' if name == self._name else ''}{place} {title}"
            for place, (name, title) in enumerate(zip(self.lists, names, strict=True), 1)
        ]
        self.query_one("#list_names", TextLines).show_lines([" · ".join(titles), *filter(None, [more])])
        self._show_found()

    def _show_found(self) -> None:
        field = self.query_one("#find", FindInput)
        self.query_one("#find_line").display = bool(field.value) or field.has_focus
        wanted = fold(field.value).split()
        read_again(self.query_one(LineTable), self.narrowed(wanted) if wanted else self._found)

    def narrowed(self, wanted: Sequence[str]) -> Sequence[Any]:
        """The rows of the list in which all of these folded words stand."""
        return [one for one in self._found if self._fits(one, wanted)]

    def _fits(self, one: Any, wanted: Sequence[str]) -> bool:
        text = fold(" ".join([*self.cells_of(one), self.found_by(one)]))
        bare = "".join(letter for letter in text if letter.isalnum())
        return all(word in text or word in bare for word in wanted)

    def uncovered(self) -> None:
        self.fill()

    def key_title(self, key_id: str) -> str | None:
        """The number keys are the lists here."""
        if key_id.startswith("pick_"):
            place = int(key_id.removeprefix("pick_"))
            return tr(f"{self.words}.{self.lists[place - 1]}") if place <= len(self.lists) else None
        words = self.key_words.get(key_id)
        return None if words is None else capital(tr(words))

    # what the officer does

    def on_numbered_lists_picked(self, message: NumberedLists.Picked) -> None:
        self.action_pick(message.place)

    def action_pick(self, place: int) -> None:
        """Another list."""
        self._name, self._asked = self.lists[place - 1], ()
        self._leave_find()
        self.fill()
        self.set_focus(self.query_one(LineTable))

    def action_find(self) -> None:
        """The line that narrows the list."""
        self.query_one("#find_line").display = True
        self.set_focus(self.query_one("#find"))

    def action_back(self) -> None:
        """The whole list again, then one screen back."""
        if self.query_one("#find_line").display:
            self._leave_find()
            self._show_found()
            self.set_focus(self.query_one(LineTable))
        else:
            super().action_back()

    def on_input_changed(self, message: Input.Changed) -> None:
        """Each key narrows it more."""
        if message.input.id == "find" and self.stands:
            self._asked = ()
            self._show_found()

    def sure(self, meant: tuple[object, ...], words: str) -> bool:
        """Whether the same key was pressed before with nothing changed; else `words` asks for it."""
        if meant == self._asked:
            self._asked = ()
            return True
        self._asked = meant
        self.say(words)
        return False

    def text_of(self, name: str) -> str:
        """What stands in a field."""
        return clean_line(self.query_one(f"#{name}", KeyedInput).value)

    def _fields(self) -> list[Kept]:
        """What narrows the list is not kept."""
        return [field for field in super()._fields() if not isinstance(field, FindInput)]

    def _leave_find(self) -> None:
        self.query_one("#find", FindInput).value = ""
        self.query_one("#find_line").display = False


def capital(text: str) -> str:
    """As the name of a key: what is done begins with a capital there."""
    return text[:1].upper() + text[1:]
