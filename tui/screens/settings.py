"""F9: this machine's printer, colours and how often it exchanges; and which law it works by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from core.answers import InvalidInput
from core.moments import legal_day
from storage.law_changes import law_history
from storage.printing import printers
from storage.settings import SYNC_MINUTES, THEMES, Settings, load_settings, save_settings
from tui.i18n import tr
from tui.keys import bind
from tui.screens.base import OfficerScreen
from tui.screens.parts import TextLines
from tui.screens.settings_law import law_lines
from tui.themes import THEME_NAMES
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField

_VIEWER = "=viewer"
"""Among the printers: no printer at all, papers are shown."""


class SettingsScreen(OfficerScreen):
    """What is chosen here is kept on F10 and belongs to the desk, whoever sits at it."""

    CSS = """
    SettingsScreen #law_panel { height: 1fr; }
    SettingsScreen .line > .label { width: 26; }
    SettingsScreen OptionField { width: 40; }
    SettingsScreen .line > KeyedInput { width: 12; }
    """
    AUTO_FOCUS = "#printer"
    name_key = "settings.title"
    hints: ClassVar[Sequence[str]] = ("save", "law", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "save")]

    def body(self) -> ComposeResult:
        desk_panel = Vertical(
            _line("printer", OptionField((), id="printer")),
            _line("theme", OptionField([(name, tr(f"settings.theme.{name}")) for name in THEMES], id="theme")),
            _line("sync_minutes", KeyedInput(id="sync_minutes", max_length=4, restrict=r"\d*")),
            classes="panel",
        )
        desk_panel.border_title = tr("settings.desk")
        yield desk_panel
        law_panel = Vertical(TextLines(id="law"), classes="panel", id="law_panel")
        law_panel.border_title = tr("settings.law")
        yield law_panel

    def on_mount(self) -> None:
        super().on_mount()
        names = printers()
        offered = [("", tr("settings.printer.default")), *((name, name) for name in names)]
        self.query_one("#printer", OptionField).offer([*offered, (_VIEWER, tr("settings.printer.viewer"))])
        try:
            chosen = load_settings(self.app.desk.folder)
        except InvalidInput as error:
            chosen = Settings()
            self.refuse(error)
        self._show(chosen)

    def fill(self) -> None:
        desk = self.app.desk
        today = legal_day(desk.now())
        lines = law_lines(desk.law, law_history(desk), today)
        self.query_one("#law", TextLines).show_lines(lines)

    def on_option_field_changed(self, message: OptionField.Changed) -> None:
        """Colours are seen at once."""
        if message.field.id == "theme":
            self.app.theme = THEME_NAMES[message.value]

    def leave(self) -> None:
        self.app.theme = THEME_NAMES[self.app.settings.theme]

    def action_save(self) -> None:
        printer = self.query_one("#printer", OptionField).value
        minutes = self.query_one("#sync_minutes", KeyedInput).value
        try:
            chosen = replace(
                self.app.settings,
                printer="" if printer == _VIEWER else printer,
                viewer=printer == _VIEWER,
                theme=self.query_one("#theme", OptionField).value,
                sync_minutes=_minutes(minutes),
            )
            save_settings(self.app.desk.folder, chosen)
        except InvalidInput as error:
            self.refuse(error)
            if error.code == "minutes_invalid":
                self.query_one("#sync_minutes").focus()
            return
        self.say(tr("settings.saved"))

    def _show(self, chosen: Settings) -> None:
        self.query_one("#printer", OptionField).value = _VIEWER if chosen.viewer else chosen.printer
        self.query_one("#theme", OptionField).value = chosen.theme
        self.query_one("#sync_minutes", KeyedInput).value = str(chosen.sync_minutes)


def _minutes(text: str) -> int:
    if not text.isdecimal() or not SYNC_MINUTES[0] <= int(text) <= SYNC_MINUTES[1]:
        raise InvalidInput("minutes_invalid", least=SYNC_MINUTES[0], most=SYNC_MINUTES[1])
    return int(text)


def _line(name: str, field: Widget) -> Widget:
    return Horizontal(Static(tr(f"settings.{name}"), classes="label", markup=False), field, classes="line")
