"""Tiny apps for the byte tests, one per word: `python tests/tui/pty_app.py fields`."""

from __future__ import annotations

import sys

from tui.terminal import prepare

prepare()

from textual.app import App, ComposeResult  # noqa: E402
from textual.widgets import Static  # noqa: E402

from tui.widgets.inputs import KeyedInput  # noqa: E402


class Fields(App[None]):
    """Three fields and a line that tells what they hold."""

    CSS = "KeyedInput { height: 1; border: none; }"
    BINDINGS = [("f2", "note", "note")]

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


APPS: dict[str, type[App[None]]] = {"fields": Fields}

if __name__ == "__main__":
    APPS[sys.argv[1]]().run()
