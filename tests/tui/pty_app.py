"""Tiny apps for the byte tests, one per word: `python tests/tui/pty_app.py fields`."""

from __future__ import annotations

import sys
from typing import ClassVar

from tui.terminal import prepare

prepare()

from textual.app import App, ComposeResult  # noqa: E402
from textual.binding import BindingType  # noqa: E402
from textual.widgets import Static  # noqa: E402

from tests.tui.rows import Line, Rows  # noqa: E402
from tui.widgets.columns import Column  # noqa: E402
from tui.widgets.inputs import KeyedInput  # noqa: E402
from tui.widgets.queue_table import LineTable  # noqa: E402


class Fields(App[None]):
    """Three fields and a line that tells what they hold."""

    CSS = "KeyedInput { height: 1; border: none; }"
    BINDINGS: ClassVar[list[BindingType]] = [("f2", "note", "note")]

    def compose(self) -> ComposeResult:
        for name in "abc":
            yield KeyedInput(id=name)
        yield Static(id="values", markup=False)
        yield Static("ready", id="ready")

    def on_input_changed(self) -> None:
        self.tell()

    def action_note(self) -> None:
        self.query_one("#ready", Static).update(f"noted={self.query_one('#a', KeyedInput).value}.")

    def tell(self) -> None:
        values = "|".join(field.value for field in self.query(KeyedInput))
        self.query_one("#values", Static).update(f"<{values}>")


COLUMNS = (
    Column("id", "id", 9),
    Column("name", "name", 12, grow=1),
    Column("state", "state", 8, priority=2),
    Column("left", "left", 6, align="right", marked=True),
)


def cells(row: Line) -> tuple[str, ...]:
    return (row.id, row.name, "received", str(row.place))


def mark(row: Line) -> tuple[str, str]:
    return ("!", "overdue") if row.place < 10 else ("", "normal")


class Table(App[None]):
    """A hundred thousand rows and a line that tells what the table said."""

    def __init__(self, rows: Rows | None = None) -> None:
        super().__init__()
        self.rows = Rows.numbered(100_000) if rows is None else rows

    def compose(self) -> ComposeResult:
        yield LineTable(COLUMNS, self.rows, cells, mark)
        yield Static("ready", id="said", markup=False)

    def on_line_table_highlighted(self, message: LineTable.Highlighted) -> None:
        self.query_one("#said", Static).update(f"at {message.row.id if message.row else None}.")

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        self.query_one("#said", Static).update(f"opened {message.row.id}.")


APPS: dict[str, type[App[None]]] = {"fields": Fields, "table": Table}

if __name__ == "__main__":
    APPS[sys.argv[1]]().run()
