"""F6: what waits to be sent, how the hubs fare, «send now», and the way to a stick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from core.answers import Refusal
from core.decisions import Act
from storage import outbox
from storage.transfers import transfer_of
from tui.i18n import tr
from tui.keys import bind
from tui.number_words import no_number_lines
from tui.screens.base import OfficerScreen
from tui.screens.parts import TextLines
from tui.screens.queue_rows import short_number
from tui.screens.search_rows import ListSource
from tui.screens.sync_rows import COLUMNS, SyncRow, cells, hub_lines, mark, room_lines, sync_rows
from tui.sync_words import outcome_lines, sync_line
from tui.widgets.queue_table import LineTable


class SyncScreen(OfficerScreen):
    """Three words for the officer on top; hubs and dossiers below, for whoever has to mend it."""

    AUTO_FOCUS = "LineTable"
    name_key = "sync.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        bind("send_now", "send_now"),
        bind("not_same", "not_same"),
        bind("accept_transfer", "accept_transfer"),
        bind("usb_export", "usb('export')"),
        bind("usb_import", "usb('import')"),
    ]

    def body(self) -> ComposeResult:
        yield Static("", id="state", markup=False)
        yield TextLines(id="hubs")
        yield LineTable(COLUMNS, ListSource(), cells, mark)

    def fill(self) -> None:
        desk = self.app.desk
        now = desk.now()
        self.query_one("#state", Static).update(sync_line(self.app.desk, self.app.desk.sync_state()))
        self.query_one("#hubs", TextLines).show_lines(
            [*no_number_lines(desk.series.state()), *room_lines(desk), *hub_lines(desk, now)]
        )
        rows = sync_rows(desk, now)
        self.hint(_hints(rows))
        table = self.query_one(LineTable)
        kept = table.current
        table.set_source(ListSource(rows))
        if kept is not None:
            table.reload(kept.id)

    def synced(self) -> None:
        """An exchange has ended."""
        outcome = self.app.sync.last
        if outcome is None or not self.stands:
            return
        self.fill()
        self.say("\n".join(outcome_lines(outcome)))

    def syncing(self, done: int, total: int) -> None:
        """An exchange is under way."""
        if self.stands:
            self.say(tr("sync.under_way", done=done, total=total))

    def action_send_now(self) -> None:
        if not outbox.hubs(self.app.desk):
            self.say(tr("sync.no_hub"))
            return
        self.say(tr("sync.sending"))
        self.app.run_worker(self.app.sync.now(), group="sync_now", exclusive=False, exit_on_error=False)

    def action_usb(self, way: str) -> None:
        """A bundle to a stick, or from one."""
        self.app.push(self.app.make("usb", way))

    def action_not_same(self) -> None:
        """The two dossiers of a line are different requests: no desk lists them again."""
        row: SyncRow | None = self.query_one(LineTable).current
        if row is None or not row.other:
            return
        other = self.app.desk.row(row.other)
        judged = {"other": row.other, "same": False}
        answer = self.app.do(Act(row.entity, "repeat_judged", self.app.desk.now(), judged))
        if isinstance(answer, Refusal):
            self.refuse(answer)
            return
        self.fill()
        number = short_number(other["receipt_number"]) if other else "–"
        self.say(tr("sync.not_same", number=row.number, other=number))

    def action_accept_transfer(self) -> None:
        """Take over what another unit has offered."""
        row: SyncRow | None = self.query_one(LineTable).current
        if row is None or row.incoming is None:
            return
        come = row.incoming
        answer = self.app.do(transfer_of(self.app.desk, come))
        if isinstance(answer, Refusal):
            self.refuse(answer)
            return
        self.fill()
        self.say(tr("sync.accepted", number=row.number, unit=come.unit))

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        row: SyncRow = message.row
        if row.conflict:
            self.app.push(self.app.make("conflict", row.id))
        elif row.dossier:
            self.app.push(self.app.make("dossier", row.entity))


def _hints(rows: Sequence[SyncRow]) -> list[str]:
    """The foot's keys: those that need a certain line only while there is one."""
    here = [
        *(("not_same",) if any(row.other for row in rows) else ()),
        *(("accept_transfer",) if any(row.incoming for row in rows) else ()),
    ]
    return ["send_now", "open", *here, "usb_export", "usb_import", "back"]
