"""F6: what waits to be sent, how the hubs fare, and «send now»."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from storage import outbox
from tui.i18n import tr
from tui.keys import bind
from tui.number_words import no_number_lines
from tui.screens.base import OfficerScreen
from tui.screens.parts import TextLines
from tui.screens.search_rows import ListSource
from tui.screens.sync_rows import COLUMNS, SyncRow, cells, hub_lines, mark, sync_rows
from tui.sentences import sentence
from tui.widgets.queue_table import LineTable


class SyncScreen(OfficerScreen):
    """Three words for the officer on top; hubs and dossiers below, for whoever has to mend it."""

    CSS = """
    SyncScreen #state { height: 1; padding: 0 1; text-style: bold; }
    SyncScreen #hubs { padding: 0 1; max-height: 8; margin-bottom: 1; }
    """
    AUTO_FOCUS = "LineTable"
    name_key = "sync.title"
    hints: ClassVar[Sequence[str]] = ("send_now", "open", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("send_now", "send_now")]

    def body(self) -> ComposeResult:
        yield Static("", id="state", markup=False)
        yield TextLines(id="hubs")
        yield LineTable(COLUMNS, ListSource(), cells, mark)

    def fill(self) -> None:
        desk = self.app.desk
        now = desk.now()
        self.query_one("#state", Static).update(self.app.sync_line(self.app.desk.sync_state()))
        self.query_one("#hubs", TextLines).show_lines(
            [*no_number_lines(desk.series.state()), *hub_lines(outbox.hubs(desk), now)]
        )
        rows = sync_rows(desk, now)
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
        if outcome.hubs:
            self.say("\n".join(_report_words(hub) for hub in outcome.hubs))
        else:
            self.say(f"✗ {outcome.said}" if outcome.said else tr("sync.no_hub"))

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

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        row: SyncRow = message.row
        if row.conflict:
            self.app.push(self.app.make("conflict", row.id))
        elif row.dossier:
            self.app.push(self.app.make("dossier", row.id))


def _report_words(hub: Mapping[str, Any]) -> str:
    error = hub.get("error")
    if error:
        return f"✗ {hub['url']}: {error.get('message') or sentence(error['code'], {})}"
    return "✓ " + tr("sync.done", url=hub["url"], sent=hub["sent"], received=hub["received"], pending=hub["pending"])
