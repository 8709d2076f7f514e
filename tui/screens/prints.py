"""Papers of a session that broke off: did they come out? A no prints the original again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from core.answers import InvalidInput, Refusal
from storage.spool import Job, Spool
from tui.i18n import tr
from tui.keys import bind
from tui.screens.base import OfficerScreen
from tui.widgets.columns import Column
from tui.widgets.listed import Listed
from tui.widgets.queue_table import LineTable

_COLUMNS = (
    Column("number", "column.receipt_number", 24),
    Column("name", "column.applicant_name", 24, grow=1),
    Column("letter", "column.letter", 16),
    Column("state", "column.print_state", 18, priority=1),
)


class PrintLine:
    """One job as a row."""

    def __init__(self, job: Job, cells: tuple[str, ...]) -> None:
        self.job = job
        self.id = job.issue
        self.cells = cells


class PrintsScreen(OfficerScreen):
    """Enter: it came out. `p`: print it again."""

    name_key = "prints.title"
    hints: ClassVar[Sequence[str]] = ("open", "reprint", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("reprint", "again")]

    def body(self) -> ComposeResult:
        yield Static(tr("prints.ask"), markup=False, classes="line")
        yield LineTable(
            _COLUMNS, Listed(()), lambda line: line.cells, lambda line: ("?", "today"), empty_key="prints.none"
        )

    def key_title(self, key_id: str) -> str | None:
        """Enter is the answer."""
        return tr("prints.came_out") if key_id == "open" else None

    def fill(self) -> None:
        lines = [PrintLine(job, self._cells(job)) for job in self.app.prints.asked()]
        self.query_one(LineTable).set_source(Listed(lines))
        self.query_one(LineTable).focus()

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        """It came out."""
        assert self.app.officer is not None
        try:
            done = Spool(self.app.desk).confirm(self.app.officer, message.row.job)
        except InvalidInput as error:
            self.refuse(error)
            return
        if isinstance(done, Refusal):
            self.refuse(done)
            return
        self.say(tr("prints.confirmed", number=message.row.cells[0]))
        self.fill()

    def action_again(self) -> None:
        line = self.query_one(LineTable).current
        if line is None:
            return
        self.app.run_worker(self._again(line), exit_on_error=False)

    async def _again(self, line: PrintLine) -> None:
        """The original once more, on the printer of its kind."""
        refused = await self.app.prints.again_aside(line.job, self.app.settings)
        if not self.is_attached:
            return
        if refused is not None:
            self.refuse(refused)
            return
        self.fill()
        self.say(tr("prints.sent_again", number=line.cells[0]))

    def _cells(self, job: Job) -> tuple[str, ...]:
        row = self.app.desk.row(job.dossier)
        number = (row["receipt_number"] or tr("queue.no_number")) if row else job.dossier
        name = str(row["applicant_name"]) if row else ""
        letter = tr(f"letter.{job.letter}") + (tr("prints.on_roll") if job.manner.roll else "")
        return number, name, letter, tr(f"prints.state.{job.state}")
