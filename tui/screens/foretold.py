"""What the forecast and the cover share: they are computed beside the screen, and list dossiers under sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual import work
from textual.message import Message
from textual.worker import Worker, WorkerState, get_current_worker

from core.answers import InvalidInput
from core.cover import Away
from core.mends import Mend
from storage.queries import Row
from tui.screens.queue_rows import RowWords
from tui.screens.undoing import UndoScreen
from tui.widgets.columns import Column
from tui.widgets.listed import Listed
from tui.widgets.queue_table import LineTable

LISTED = 100
"""How many dossiers are listed at most."""
COLUMNS = (
    Column("number", "queue.number", 11),
    Column("name", "queue.name", 26, grow=3),
    Column("procedure", "queue.procedure", 14, priority=1, grow=4),
    Column("due", "queue.due", 8, marked=True),
    Column("left", "queue.left", 12, marked=True),
)


@dataclass(frozen=True, slots=True)
class ForetoldLine:
    """Words, a line of a `mend`, an absence to `cover`, or a dossier (`row`)."""

    id: str
    text: str
    mend: Mend | None = None
    row: Row | None = None
    cover: Away | None = None

    @property
    def opens(self) -> bool:
        """Whether Enter does something here."""
        return self.mend is not None or self.row is not None or self.cover is not None


class ForetoldScreen(UndoScreen):
    """Subclasses give `foretell`, which runs in a thread, and `show_foretold`. Enter on a dossier opens it."""

    class Computed(Message):
        """What was computed, or why it could not be."""

        def __init__(self, worker: Worker[None], found: Any) -> None:
            super().__init__()
            self.worker = worker
            self.found = found

    AUTO_FOCUS = "LineTable"

    _computing: Worker[None] | None = None
    _words: RowWords

    def foretell(self, folder: Path) -> Any:
        """Computed on a connection of the thread's own; InvalidInput where the folder can't be read."""
        raise NotImplementedError

    def show_foretold(self, found: Any) -> None:
        """Show what `foretell` answered."""
        raise NotImplementedError

    def fill(self) -> None:
        """Compute anew; what is shown stays until the answer is there."""
        self._computing = self._compute(self.app.desk.folder)

    @work(thread=True, exclusive=True, group="foretold", exit_on_error=False)
    def _compute(self, folder: Path) -> None:
        found, worker = self.foretell(folder), get_current_worker()
        if not worker.is_cancelled:
            self.post_message(self.Computed(worker, found))

    def on_foretold_screen_computed(self, message: Computed) -> None:
        if message.worker is not self._computing:
            return
        self._computing = None
        if isinstance(message.found, InvalidInput):
            self.give_up(message.found)
            return
        desk = self.app.desk
        self._words = RowWords.of(desk.law, desk.identity.unit, desk.now())
        self.show_foretold(message.found)

    def on_worker_state_changed(self, message: Worker.StateChanged) -> None:
        if message.worker is self._computing and message.state is WorkerState.ERROR:
            self._computing = None
            self.give_up(InvalidInput("unexpected", what=type(message.worker.error).__name__))

    def give_up(self, why: InvalidInput) -> None:
        """What is shown stays; it was not computed anew."""
        self.refuse(why)

    def show_lines(self, lines: Sequence[ForetoldLine]) -> None:
        """Show other lines; the cursor stays on its own, or stands on the first line that Enter does something with.

        Where its line did something and is gone, it stands on the first line of all: nobody means another one there.
        """
        table = self.query_one(LineTable)
        before: ForetoldLine | None = table.current
        table.set_source(Listed(lines))
        for line in lines:
            if line.id == before.id if before is not None and before.opens else line.opens:
                table.show(line)
                return

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        line: ForetoldLine = message.row
        if line.row is not None:
            self.app.push(self.app.make("dossier", line.row.id))
        else:
            self.open_line(line)

    def open_line(self, line: ForetoldLine) -> None:
        """What Enter does on a line that is no dossier."""

    def cells(self, line: ForetoldLine) -> tuple[str, ...]:
        if line.row is None:
            return (line.text,)
        number, name, procedure, _, _, due, left = self._words.cells(line.row)
        return number, name, procedure, due, left

    def mark(self, line: ForetoldLine) -> tuple[str, str]:
        if line.row is not None:
            return self._words.mark(line.row)
        return ("", "soon" if line.opens else "done")
