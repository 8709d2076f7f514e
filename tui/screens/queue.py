"""The queue, the officer's home: the order of work, narrowed by keys and words, with the reason of each date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static
from textual.worker import get_current_worker

from core.answers import InvalidInput
from core.filter import Narrowing, parse_filter
from core.moments import LEGAL_TIME
from core.outlook import Outlook
from core.queue import FIRST, Bounds, Urgency, Worklist
from core.roster import leads
from core.states import State
from storage.officers import Officer
from storage.queries import Queries, QueueFilter, Row
from tui.aside import ask_aside
from tui.dossier_words import officer_names
from tui.forecast import for_people, light_lines
from tui.foretelling import foretold
from tui.i18n import tr
from tui.keys import bind
from tui.screens.queue_filter import filter_words, narrowed
from tui.screens.queue_preview import Preview
from tui.screens.queue_rows import COLUMNS, SIGNS, QueueSource, RowWords
from tui.screens.saved_filters import SAVED, SavedFilters, count_filters
from tui.screens.undoing import UndoScreen
from tui.widgets.inputs import SearchInput
from tui.widgets.queue_table import LineTable
from tui.widgets.status import StatusBar
from tui.widgets.worklists import Worklists

_TYPING = 0.05
_RESTING = 0.06
_MOST = 10_000
"""Rows of a bucket that are counted within a frame."""


class FilterInput(SearchInput):
    """The line that narrows the queue; Enter and ↓ go back to the table, at once: the next key is meant for it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("down", "accept", show=False)]

    def action_accept(self) -> None:
        assert isinstance(self.screen, QueueScreen)
        self.screen.apply_filter(at_once=True)
        self.screen.set_focus(self.screen.query_one(LineTable))


class QueueTable(LineTable):
    """Enter opens at once: keys that come in the same read belong to the dossier."""

    def action_open(self) -> None:
        if self.current is not None:
            assert isinstance(self.screen, QueueScreen)
            self.screen.open(self.current.id)


class QueueScreen(UndoScreen):
    """Enter opens, `/` filters, 1–9 are saved filters; nothing here asks the desk for a row at a time."""

    AUTO_FOCUS = "QueueTable"
    name_key = "title.queue"
    hints: ClassVar[Sequence[str]] = (
        "open",
        "filter",
        "actions",
        "select",
        "bulk",
        "apology",
        "worklist",
        "why",
        "undo",
        "note",
        "reprint",
        "copy",
        "forecast",
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("filter", "filter"),
        bind("actions", "actions"),
        bind("bulk", "bulk"),
        bind("apology", "apology"),
        bind("worklist", "worklist"),
        bind("why", "why"),
        bind("forecast", "forecast"),
        bind("note", "note"),
        bind("undo", "undo"),
        bind("copy", "copy"),
        bind("reprint", "reprint"),
        bind("letters", "letters"),
        *(bind(f"pick_{number}", f"pick({number})") for number in range(1, 10)),
    ]

    class Counted(Message):
        """How many each saved filter has."""

        def __init__(self, counts: dict[str, int]) -> None:
            super().__init__()
            self.counts = counts

    class Matched(Message):
        """What a text in the filter finds beside what else is wanted."""

        def __init__(self, text: str, wanted: QueueFilter, rows: list[Row] | InvalidInput) -> None:
            super().__init__()
            self.text = text
            self.wanted = wanted
            self.rows = rows

    class Foretold(Message):
        """Whether the officer's own dossiers will be in time, or why that can't be told."""

        def __init__(self, seen: Outlook | InvalidInput) -> None:
            super().__init__()
            self.seen = seen

    def __init__(self, typed: str = "") -> None:
        """`typed`: what the filter line holds at first."""
        super().__init__()
        self._typed = typed

    def body(self) -> ComposeResult:
        self._picked, self._moved = 1, 0.0
        self._worklist: Worklist | None = None
        self._known: tuple[tuple[int, int], str] | None = None
        self._timer: Timer | None = None
        self._counts: dict[str, int] = {}
        self._read()
        self._narrowing = self._read_filter(self._typed)
        self._source = self._new_source()
        yield SavedFilters(id="saved")
        yield Worklists(id="worklists")
        yield QueueTable(COLUMNS, self._source, lambda row: self._words.cells(row), lambda row: self._words.mark(row))
        yield Preview(id="preview")
        with Horizontal(id="filter_line"):
            yield Static(" / ", id="filter_sign", markup=False)
            yield FilterInput(self._typed, placeholder=tr("filter.placeholder"), id="filter")
            yield Static("", id="found", markup=False)

    def _read(self) -> None:
        """What all rows share now."""
        desk = self.app.desk
        self._bounds = desk.bounds()
        self._words = RowWords.of(desk.law, desk.identity.unit, desk.now())
        self._officers = officer_names(desk.officers.all())

    def _new_source(self) -> QueueSource:
        return QueueSource(self.app.desk.queries, self._bounds, self._wanted(), self._narrowing.text)

    def _match(self) -> None:
        """Let the reader look for the text: a key that comes meanwhile waits for nothing."""
        text, at, wanted = self._narrowing.text, self._bounds, self._wanted()
        self.app.reader.ask(
            "filter",
            lambda db: Queries(db).matching(text, at, wanted),
            lambda rows: self.post_message(self.Matched(text, wanted, rows)),
        )

    def on_queue_screen_matched(self, message: Matched) -> None:
        if isinstance(message.rows, InvalidInput):
            self.refuse(message.rows)
        elif not self.stands or (message.text, message.wanted) != (self._narrowing.text, self._wanted()):
            return
        elif self._is_shown():
            self._source.match(message.rows)
            self.query_one(LineTable).reload()
            self._tell_counts()
        else:
            self._show(QueueSource(self.app.desk.queries, self._bounds, message.wanted, message.text, message.rows))

    def _is_shown(self) -> bool:
        """Whether the table holds what the filter says."""
        return (self._source.text, self._source.wanted) == (self._narrowing.text, self._wanted())

    def fill(self) -> None:
        """Read again around the row under the cursor, and count; what takes longer than a frame a thread counts."""
        self._read_again()
        counted = count_filters(self.app.desk.queries, self._bounds, _MOST)
        whole = {name: count for name, count in counted.items() if count < _MOST}
        self._counts = whole | {
            name: self._counts[name] for name in counted.keys() & self._counts.keys() - whole.keys()
        }
        if len(whole) < len(counted):
            self._count_aside(self.app.desk.folder, self._bounds)
        self._tell_counts()
        self.show_light()

    def show_light(self) -> None:
        """What is known of whether all will be in time, in the foot."""
        if self.stands:
            self.query_one(StatusBar).tell_light(self.app.light.forms())

    def news(self) -> None:
        """Someone wrote, or a minute has passed: the rows now, the counts when a thread has them."""
        self._read_again()
        self._count_aside(self.app.desk.folder, self._bounds)

    def _read_again(self) -> None:
        self._known = (self.app.desk.version(), self._minute())
        self._read()
        self._source.refresh(self._bounds)
        if self._source.text:
            self._match()
        table = self.query_one(LineTable)
        table.reload()
        table.refresh()
        self._preview_soon()

    @work(thread=True, exclusive=True, group="counts", exit_on_error=False)
    def _count_aside(self, folder: Path, at: Bounds) -> None:
        """By a connection of its own: another process's write empties the cache, and counting fills it anew."""
        counts = ask_aside(folder, lambda db: count_filters(Queries(db), at))
        if not isinstance(counts, InvalidInput) and not get_current_worker().is_cancelled:
            self.post_message(self.Counted(counts))

    def on_queue_screen_counted(self, message: Counted) -> None:
        self._counts = message.counts
        self._tell_counts()

    def uncovered(self) -> None:
        if self._known == (self.app.desk.version(), self._minute()):
            self.show_light()
        else:
            self.fill()

    def _minute(self) -> str:
        return f"{self.app.desk.now().astimezone(LEGAL_TIME):%d%H%M}"

    def tick(self) -> None:
        super().tick()
        if not self.stands:
            return
        self.app.light.tick()
        if self._known is not None and self._minute() != self._known[1]:
            self.news()

    def _wanted(self) -> QueueFilter:
        """The saved filter, or the worklist, with what was typed over it."""
        saved, officer = SAVED[self._picked - 1], self.app.officer
        mine = officer.id if officer and saved == "mine" else None
        wanted = narrowed(self.app.desk, self._narrowing, officer=mine, worklist=self._worklist)
        if saved == "ready" and wanted.state is None:
            return replace(wanted, state=State.RESULT_READY.value)
        return replace(wanted, urgency=saved) if isinstance(saved, Urgency) and wanted.urgency is None else wanted

    def _narrow(self, *, at_once: bool = False) -> None:
        """Show the list of the present filter from its first row; `at_once`: the next key is meant for it."""
        if self._narrowing.text and not at_once:
            self._match()
        else:
            self._show(self._new_source())
        unknown = ", ".join(self._narrowing.unknown)
        self.say(tr("filter.unknown", what=unknown) if unknown else "")

    def _show(self, source: QueueSource) -> None:
        self._source = source
        self.query_one(LineTable).set_source(source)
        self._tell_counts()

    def _tell_counts(self) -> None:
        self.query_one(SavedFilters).tell(self._counts, self._picked)
        self.query_one(Worklists).tell(self._counts, self._worklist)
        everything = self._source.wanted == QueueFilter() and not self._source.text
        counts = {} if everything else self._source.count(_MOST)
        found = self._counts.get("all") if everything else sum(counts.values())
        if found is None:
            told = ""
        elif max(counts.values(), default=0) < _MOST:
            told = tr("filter.found", count=found)
        else:
            told = tr("filter.found_most", count=_MOST)
        urgent = " ".join(f"{SIGNS[word]}{counts[word]}" for word in FIRST if 0 < counts.get(word, 0) < (found or 0))
        self.query_one("#found", Static).update(f"{told} · {urgent}" if urgent else told)

    @on(Input.Changed, "#filter")
    def typed(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_TYPING, self.apply_filter)

    def apply_filter(self, *, at_once: bool = False) -> None:
        """Narrow the list by what stands in the line."""
        narrowing = self._read_filter(self.query_one("#filter", FilterInput).value)
        changed, self._narrowing = narrowing != self._narrowing, narrowing
        if changed or (at_once and not self._is_shown()):
            self._narrow(at_once=at_once)

    def _read_filter(self, typed: str) -> Narrowing:
        return parse_filter(typed, filter_words(), self._words.now.date())

    @on(SavedFilters.Picked)
    def clicked(self, message: SavedFilters.Picked) -> None:
        self.action_pick(message.number)

    def action_pick(self, number: int) -> None:
        self._picked, self._worklist = number, None
        self._narrow()

    @on(Worklists.Picked)
    def list_clicked(self, message: Worklists.Picked) -> None:
        self._show_list(message.worklist)

    def action_worklist(self) -> None:
        """The next list that has rows; after the last one everything again."""
        filled = self.query_one(Worklists).filled
        place = filled.index(self._worklist) + 1 if self._worklist in filled else 0
        if filled:
            self._show_list(filled[place] if place < len(filled) else None)
        else:
            self.say(tr("worklist.none"))

    def _show_list(self, worklist: Worklist | None) -> None:
        self._picked, self._worklist = 1, worklist
        self._narrow()

    def action_filter(self) -> None:
        self.set_focus(self.query_one("#filter", FilterInput))

    def action_back(self) -> None:
        """Esc: out of the filter line, then the filter, the selection and the saved filter go, one at a time."""
        table, line = self.query_one(LineTable), self.query_one("#filter", FilterInput)
        if line.has_focus:
            self.set_focus(table)
        elif line.value:
            line.value = ""
        elif table.selected:
            table.clear_selection()
        elif self._picked != 1 or self._worklist is not None:
            self.action_pick(1)

    def on_line_table_highlighted(self) -> None:
        self._preview_soon()

    def _preview_soon(self) -> None:
        """The pane follows a single step at once; a cursor that runs folds no dossier until it rests."""
        self.app.reader.read_ahead(self._current_id())
        if not self.query_one(Preview).display:
            return
        now = monotonic()
        runs, self._moved = now - self._moved < _RESTING, now
        show = self._preview(self._current_id())
        if runs:
            self.set_timer(_RESTING, show)
        else:
            self.call_after_refresh(show)

    def _preview(self, wanted: str | None) -> Any:
        def show() -> None:
            if self.is_current and self._current_id() == wanted:
                desk = self.app.desk
                dossier = desk.dossier(wanted) if wanted else None
                law = desk.law_for(dossier) if dossier else desk.law
                self.query_one(Preview).show_dossier(dossier, law, self._officers)

        return show

    def _current_id(self) -> str | None:
        row: Row | None = self.query_one(LineTable).current
        return row.id if row else None

    def open(self, dossier_id: str) -> None:
        """Show a dossier over the queue."""
        self.app.push(self.app.make("dossier", dossier_id))

    def on_line_table_selected(self, message: LineTable.Selected) -> None:
        self.say(tr("queue.selected", count=len(message.ids)) if message.ids else "")

    def action_actions(self) -> None:
        self._over("actions")

    def action_why(self) -> None:
        self._over("why", self._source)

    def action_forecast(self) -> None:
        """All of the unit's for who leads; everybody else is told one sentence of the own dossiers."""
        officer = self.app.officer
        assert officer is not None
        if leads(officer.roles):
            self.app.push(self.app.make("forecast"))
        else:
            self.say(tr("forecast.computing"))
            self._foretell(self.app.desk.folder, officer)

    @work(thread=True, exclusive=True, group="forecast", exit_on_error=False)
    def _foretell(self, folder: Path, officer: Officer) -> None:
        seen = foretold(folder, officer, mended=False)
        if not get_current_worker().is_cancelled:
            self.post_message(self.Foretold(seen))

    def on_queue_screen_foretold(self, message: Foretold) -> None:
        if isinstance(message.seen, InvalidInput):
            self.refuse(message.seen)
        else:
            self.say(" ".join(light_lines(message.seen, for_people(self.app.desk))))

    def action_note(self) -> None:
        self._over("action_form", "noted")

    def _over(self, name: str, *more: object) -> None:
        """A screen about the dossier under the cursor, over the queue."""
        wanted = self._current_id()
        if wanted is not None:
            self.app.push(self.app.make(name, wanted, *more))

    def action_bulk(self) -> None:
        self._over_chosen("bulk")

    def action_apology(self) -> None:
        self._over_chosen("apology")

    def _over_chosen(self, name: str) -> None:
        """A screen about the selected dossiers, else the one under the cursor."""
        table = self.query_one(LineTable)
        ids = sorted(str(one) for one in table.selected) or [one for one in (self._current_id(),) if one]
        if ids:
            self.app.push(self.app.make(name, ids))

    def action_letters(self) -> None:
        self._over("letters")

    def action_reprint(self) -> None:
        wanted = self._current_id()
        if wanted is not None:
            self.print_slip(wanted)

    def key_title(self, key_id: str) -> str | None:
        """The number keys are the saved filters here."""
        area, _, number = key_id.partition("_")
        return tr(f"saved.{SAVED[int(number) - 1]}") if area == "pick" else None

    def action_copy(self) -> None:
        row: Row | None = self.query_one(LineTable).current
        if row is not None:
            text = str(row["receipt_number"] or row["applicant_name"])
            self.app.copy_to_clipboard(text)
            self.say(tr("copied", text=text))
