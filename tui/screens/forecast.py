"""The leader's forecast: the light, a plot of whoever breaks first, the mends, and the dossiers that are not in time.

It is computed beside the screen. Enter on a mend that moves dossiers asks once, then reassigns them as one bulk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.worker import Worker, WorkerState, get_current_worker

from core.answers import InvalidInput, Refusal
from core.forecast import OwnBreak
from core.mends import Mend, MendKind
from core.outlook import Light, Outlook
from core.queue import BY_LAW
from storage.cover import give_over
from storage.queries import Row
from tui.dates import day_long
from tui.forecast import Naming, count_lines, for_people, hours_words, light_lines, mend_text
from tui.foretelling import unit_outlook
from tui.i18n import tr
from tui.keys import KEYS, bind
from tui.screens.parts import TextLines
from tui.screens.queue_rows import RowWords
from tui.screens.undoing import UndoScreen
from tui.sentences import bulk_words
from tui.themes import STYLES
from tui.widgets.columns import Column
from tui.widgets.listed import Listed
from tui.widgets.load_plot import LoadPlot
from tui.widgets.queue_table import LineTable
from tui.widgets.timeline import wrapped

_COLUMNS = (
    Column("number", "queue.number", 11),
    Column("name", "queue.name", 26, grow=3),
    Column("procedure", "queue.procedure", 14, priority=1, grow=4),
    Column("due", "queue.due", 8, marked=True),
    Column("left", "queue.left", 12, marked=True),
)
_LISTED = 100
_MARGIN = 8
_CLASSES = {Light.HOLDS: "fine", Light.TIGHT: "warning", Light.BREAKS: "problem"}


@dataclass(frozen=True, slots=True)
class ForecastLine:
    """Words, a line of a `mend`, or a dossier (`row`)."""

    id: str
    text: str
    mend: Mend | None = None
    row: Row | None = None


class ForecastScreen(UndoScreen):
    """Enter opens a dossier or follows a mend; Ctrl+Z takes back what was moved."""

    CSS_PATH = STYLES.parent / "queue.tcss"
    AUTO_FOCUS = "LineTable"
    name_key = "title.forecast"
    hints: ClassVar[Sequence[str]] = ("open", "undo", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("undo", "undo")]

    class Computed(Message):
        """The forecast, or why there is none."""

        def __init__(self, worker: Worker[None], seen: Outlook | InvalidInput) -> None:
            super().__init__()
            self.worker = worker
            self.seen = seen

    def body(self) -> ComposeResult:
        self._outlook: Outlook | None = None
        self._computing: Worker[None] | None = None
        self._meant: Mend | None = None
        yield TextLines([tr("forecast.computing")], id="light")
        yield LoadPlot(id="plot")
        yield LineTable(_COLUMNS, Listed(()), self._cells, self._mark, empty_key="forecast.no_lines", id="lines")

    def key_title(self, key_id: str) -> str | None:
        return tr("forecast.open") if key_id == "open" else None

    def fill(self) -> None:
        """Compute anew; what is shown stays until the answer is there."""
        self._meant = None
        self._computing = self._compute(self.app.desk.folder)

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        if self._outlook is not None:
            self.fill()

    def on_resize(self) -> None:
        """Mends are wrapped to the width."""
        if self._outlook is not None:
            self._show_lines(self._outlook)

    @work(thread=True, exclusive=True, group="forecast", exit_on_error=False)
    def _compute(self, folder: Path) -> None:
        seen, worker = unit_outlook(folder), get_current_worker()
        if not worker.is_cancelled:
            self.post_message(self.Computed(worker, seen))

    def on_forecast_screen_computed(self, message: Computed) -> None:
        if message.worker is not self._computing:
            return
        self._computing = None
        if isinstance(message.seen, InvalidInput):
            self.refuse(message.seen)
            return
        self._show(message.seen)

    def on_worker_state_changed(self, message: Worker.StateChanged) -> None:
        if message.worker is self._computing and message.state is WorkerState.ERROR:
            self._computing = None
            self.refuse(InvalidInput("unexpected", what=type(message.worker.error).__name__))

    def _show(self, seen: Outlook) -> None:
        self._outlook = seen
        desk = self.app.desk
        naming = for_people(desk)
        light = self.query_one("#light", TextLines)
        own_order = [tr("forecast.own_order")] if desk.bounds().order != BY_LAW else []
        light.show_lines([*light_lines(seen, naming), *own_order])
        for one, name in _CLASSES.items():
            light.set_class(one is seen.light, name)
        broken = seen.first_break
        whose = tr("forecast.unit") if broken is None else _owner(broken, naming)
        day = None if broken is None else broken.found.date
        self.query_one(LoadPlot).show_days(whose, seen.broken_days or seen.days, day)
        self._show_lines(seen)

    def _show_lines(self, seen: Outlook) -> None:
        desk = self.app.desk
        self._words = RowWords.of(desk.law, desk.identity.unit, desk.now())
        lines, table = list(self._lines(seen, for_people(desk))), self.query_one(LineTable)
        before: ForecastLine | None = table.current
        table.set_source(Listed(lines))
        if before is not None and before.row is not None:
            for line in lines:
                if line.id == before.id:
                    table.show(line)

    def _lines(self, seen: Outlook, naming: Naming) -> Iterator[ForecastLine]:
        if seen.first_break is not None:
            yield ForecastLine("mends", f"── {tr('forecast.mends' if seen.mends else 'forecast.no_mend')}")
            yield from self._mend_lines(seen.mends, naming)
            yield from self._late_lines(seen.first_break)
        for place, text in enumerate(count_lines(seen)):
            yield ForecastLine(f"count {place}", text)

    def _mend_lines(self, mends: Sequence[Mend], naming: Naming) -> Iterator[ForecastLine]:
        width = max(20, self.size.width - _MARGIN)
        for place, mend in enumerate(mends, 1):
            first, *more = wrapped(f"{place}. {mend_text(mend, naming)}", width)
            for number, text in enumerate([first, *(f"   {line}" for line in more)]):
                yield ForecastLine(f"mend {place} {number}", text, mend)

    def _late_lines(self, broken: OwnBreak) -> Iterator[ForecastLine]:
        found, at = broken.found, self.app.desk.bounds()
        told = {"day": day_long(found.date), "hours": hours_words(found.short_hours), "count": str(len(found.jobs))}
        yield ForecastLine("late", f"── {tr('forecast.late', **told)}")
        for one in found.jobs[:_LISTED]:
            row = self.app.desk.queries.row(one, at)
            if row is not None:
                yield ForecastLine(one, "", row=row)
        if len(found.jobs) > _LISTED:
            yield ForecastLine("more", tr("law.more", count=len(found.jobs) - _LISTED))

    def _cells(self, line: ForecastLine) -> tuple[str, ...]:
        if line.row is None:
            return (line.text,)
        number, name, procedure, _, _, due, left = self._words.cells(line.row)
        return number, name, procedure, due, left

    def _mark(self, line: ForecastLine) -> tuple[str, str]:
        if line.row is not None:
            return self._words.mark(line.row)
        return ("", "soon") if line.mend is not None else ("", "done")

    async def catch_key(self, event: events.Key) -> bool:
        if self._meant is not None and event.key not in KEYS["open"].keys.split(","):
            self._meant = None
            self.say("")
        return await super().catch_key(event)

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        line: ForecastLine = message.row
        if line.row is not None:
            self.app.push(self.app.make("dossier", line.row.id))
        elif line.mend is not None:
            self._follow(line.mend)

    def _follow(self, mend: Mend) -> None:
        """Asked once; only while what is shown is the newest."""
        if self._computing is not None:
            self.say(tr("forecast.computing"))
        elif mend.kind is not MendKind.MOVE:
            self.say(tr(f"forecast.by_hand.{mend.kind}"))
        elif self._meant != mend:
            self._meant = mend
            count = sum(len(dossiers) for _, dossiers in mend.moves)
            self.say(tr("forecast.sure", count=count))
        else:
            self._move(mend)

    def _move(self, mend: Mend) -> None:
        desk, officer = self.app.desk, self.app.officer
        assert officer is not None and mend.officer is not None
        try:
            answers = give_over(desk, officer, mend.officer, mend.moves)
        except InvalidInput as error:
            self.refuse(error)
            return
        self.fill()
        if isinstance(answers, Refusal):
            self.refuse(answers)
        else:
            self.say(bulk_words(answers))


def _owner(broken: OwnBreak, naming: Naming) -> str:
    return tr("forecast.nobodys") if broken.owner is None else naming.officer(broken.owner)
