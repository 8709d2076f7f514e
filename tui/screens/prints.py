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
    """Enter: it came out. `p`: print it again. Either is meant of all that are marked, where some are."""

    name_key = "prints.title"
    hints: ClassVar[Sequence[str]] = ("open", "reprint", "select", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("reprint", "again")]

    _lines: Sequence[PrintLine] = ()

    def body(self) -> ComposeResult:
        yield Static(tr("prints.ask"), markup=False, classes="line")
        yield LineTable(
            _COLUMNS, Listed(()), lambda line: line.cells, lambda line: ("?", "today"), empty_key="prints.none"
        )

    def key_title(self, key_id: str) -> str | None:
        """Enter is the answer."""
        return tr("prints.came_out") if key_id == "open" else None

    def fill(self) -> None:
        self._lines = [PrintLine(job, self._cells(job)) for job in self.app.prints.asked()]
        self.query_one(LineTable).set_source(Listed(self._lines))
        self.query_one(LineTable).focus()

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        """They came out."""
        assert self.app.officer is not None
        meant = self._meant()
        for line in meant:
            try:
                done = Spool(self.app.desk).confirm(self.app.officer, line.job)
            except InvalidInput as error:
                self.refuse(error)
                return
            if isinstance(done, Refusal):
                self.refuse(done)
                return
        self.fill()
        self.say(_told("confirmed", meant))

    def action_again(self) -> None:
        if meant := self._meant():
            self.app.run_worker(self._again(meant), exit_on_error=False)

    async def _again(self, meant: Sequence[PrintLine]) -> None:
        """The originals once more, each on the printer of its kind, as far as it takes them."""
        for line in meant:
            refused = await self.app.prints.again_aside(line.job, self.app.settings)
            if not self.is_attached:
                return
            if refused is not None:
                self.refuse(refused)
                return
        self.fill()
        self.say(_told("sent_again", meant))

    def _meant(self) -> list[PrintLine]:
        """What is marked, else what the cursor is on."""
        table = self.query_one(LineTable)
        marked = [line for line in self._lines if line.id in table.selected]
        return marked or ([table.current] if table.current is not None else [])

    def _cells(self, job: Job) -> tuple[str, ...]:
        row = self.app.desk.row(job.dossier)
        number = (row["receipt_number"] or tr("queue.no_number")) if row else job.dossier
        name = str(row["applicant_name"]) if row else ""
        letter = tr(f"letter.{job.letter}") + (tr("prints.on_roll") if job.manner.roll else "")
        return number, name, letter, tr(f"prints.state.{job.state}")


def _told(what: str, meant: Sequence[PrintLine]) -> str:
    if len(meant) == 1:
        return tr(f"prints.{what}", number=meant[0].cells[0])
    return tr(f"prints.all_{what}", count=len(meant))
