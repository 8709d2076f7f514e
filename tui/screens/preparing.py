"""A data folder in the making: the frame is there at once, a bar tells how far it is."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Center, Vertical
from textual.widgets import ProgressBar, Static

from core.answers import InvalidInput
from tui.i18n import tr
from tui.screens.base import FramedScreen
from tui.sentences import sentence


class PreparingScreen(FramedScreen):
    """Runs the app's `prepare` in a thread, then opens the folder that it made."""

    name_key = "title.preparing"
    DEFAULT_CSS = """
    PreparingScreen #middle { height: 1fr; align: center middle; }
    PreparingScreen #box { width: 60; max-width: 100%; height: auto; }
    """

    def body(self) -> ComposeResult:
        with Center(id="middle"), Vertical(id="box"):
            yield Static(tr("preparing.words"), markup=False)
            yield ProgressBar(total=100, show_eta=False)

    def on_mount(self) -> None:
        self.app.run_worker(self._prepare, thread=True, exit_on_error=False)

    def _prepare(self) -> None:
        """In a thread of the app, not of this screen, which is closed before the thread ends."""
        prepare = self.app.prepare
        assert prepare is not None
        try:
            folder = prepare(self._told)
        except InvalidInput as error:
            self.app.call_from_thread(self._failed, error)
        else:
            self.app.call_from_thread(self.app.open, folder)

    def _told(self, done: int, total: int) -> None:
        """From the worker; a call for each step would wait for each paint, so only whole percents are told."""
        percent = done * 100 // max(1, total)
        if percent != self._percent:
            self._percent = percent
            self.app.call_from_thread(self._show, percent)

    _percent = -1

    def _show(self, percent: int) -> None:
        self.query_one(ProgressBar).update(progress=percent)

    def _failed(self, error: InvalidInput) -> None:
        self.app.exit(return_code=1, message=sentence(error.code, error.params))
