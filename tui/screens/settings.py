"""F9: this machine's printers, how receipts come, colours and how often it exchanges; and which law it works by."""

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
from storage.delivery import line_of, words_of
from storage.law_changes import law_history
from storage.printing import printers
from storage.settings import (
    LANGUAGES,
    LOCK_MINUTES,
    PAPERS,
    SYNC_MINUTES,
    THEMES,
    TONE_STYLES,
    TYPING,
    Settings,
    load_settings,
    save_settings,
)
from tui.i18n import tr
from tui.keys import bind
from tui.screens.base import OfficerScreen
from tui.screens.parts import Page, TextLines
from tui.screens.settings_law import law_lines
from tui.themes import THEME_NAMES
from tui.typing import chosen
from tui.widgets.composing import Typing
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField

_VIEWER = "=viewer"
"""Among the printers: no printer at all, papers are shown."""
_ELSEWHERE = "=elsewhere"
"""Among the roll printers: one that the print system does not list."""
_PLACES = {
    "roll_printer_unchosen": "roll_printer",
    "deliver_unread": "deliver",
    "deliver_missing": "deliver",
}
"""Where an error is put right."""


class SettingsScreen(OfficerScreen):
    """What is chosen here is kept on F10 and belongs to the desk, whoever sits at it."""

    AUTO_FOCUS = "#printer"
    name_key = "settings.title"
    hints: ClassVar[Sequence[str]] = ("save", "law", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "save")]

    def body(self) -> ComposeResult:
        desk_panel = Vertical(
            _line("printer", OptionField((), id="printer")),
            _line("roll_printer", OptionField((), id="roll_printer")),
            _line("roll_place", KeyedInput(id="roll_place", placeholder=tr("settings.roll_place.like"))),
            _line("paper", OptionField([(name, tr(f"settings.paper.{name}")) for name in PAPERS], id="paper")),
            _line(
                "languages",
                OptionField([(name, tr(f"settings.languages.{name}")) for name in LANGUAGES], id="languages"),
            ),
            _line("theme", OptionField([(name, tr(f"settings.theme.{name}")) for name in THEMES], id="theme")),
            _line(
                "typing",
                OptionField([(name, tr(f"settings.typing.{name}")) for name in TYPING], id="typing"),
                OptionField([(name, tr(f"settings.tone_style.{name}")) for name in TONE_STYLES], id="tone_style"),
            ),
            _line("sync_minutes", KeyedInput(id="sync_minutes", max_length=4, restrict=r"\d*")),
            _line("lock_minutes", KeyedInput(id="lock_minutes", max_length=3, restrict=r"\d*")),
            _line("deliver", KeyedInput(id="deliver", placeholder=tr("settings.deliver.none"))),
            classes="panel",
        )
        desk_panel.border_title = tr("settings.desk")
        desk_panel.border_subtitle = tr("settings.keys")
        yield desk_panel
        law_panel = Page(TextLines(id="law"), classes="panel", id="law_panel")
        law_panel.border_title = tr("settings.law")
        yield law_panel

    def on_mount(self) -> None:
        super().on_mount()
        try:
            kept = load_settings(self.app.desk.folder)
        except InvalidInput as error:
            kept = Settings()
            self.refuse(error)
        self._show(kept, printers())
        self.watch(self.app, "typing", self._typing_turned, init=False)

    def fill(self) -> None:
        desk = self.app.desk
        today = legal_day(desk.now())
        lines = law_lines(desk.law, law_history(desk), today)
        self.query_one("#law", TextLines).show_lines(lines)

    def on_option_field_changed(self, message: OptionField.Changed) -> None:
        """Colours are seen at once, and a place is asked for where a printer is not in the list."""
        if message.field.id == "theme":
            self.app.theme = THEME_NAMES[message.value]
        elif message.field.id == "roll_printer":
            self._ask_place()

    def _typing_turned(self, typing: Typing) -> None:
        """F8 counts at once and is kept: F10 does not take it back."""
        self.query_one("#typing", OptionField).value = str(typing.method or "off")

    def _ask_place(self) -> None:
        self.query_one("#line_roll_place").display = self._option("roll_printer") == _ELSEWHERE

    def _option(self, name: str) -> str:
        return self.query_one(f"#{name}", OptionField).value

    def _may_set_command(self) -> bool:
        """What the desk runs by itself is for who administers it."""
        return self.app.officer is not None and "admin" in self.app.officer.roles

    def leave(self) -> None:
        self.app.theme = THEME_NAMES[self.app.settings.theme]

    def action_save(self) -> None:
        try:
            save_settings(self.app.desk.folder, self._chosen())
        except InvalidInput as error:
            self.refuse(error)
            place = error.params.get("field") or _PLACES.get(error.code)
            if place:
                self.query_one(f"#{place}").focus()
            return
        self.app.typing = chosen(self.app.settings)
        self.say(tr("settings.saved"))

    def _chosen(self) -> Settings:
        """What stands on the screen.

        Raises InvalidInput `minutes_invalid`, `roll_printer_unchosen`, `deliver_unread`, `deliver_missing`.
        """
        printer, roll_printer = self._option("printer"), self._option("roll_printer")
        if roll_printer == _ELSEWHERE:
            roll_printer = self.query_one("#roll_place", KeyedInput).value.strip()
        if self._option("paper") == "roll" and not roll_printer:
            raise InvalidInput("roll_printer_unchosen")
        kept, written = self.app.settings.deliver, self.query_one("#deliver", KeyedInput).value
        changed = self._may_set_command() and written.strip() != line_of(kept)
        return replace(
            self.app.settings,
            deliver=words_of(written) if changed else kept,
            printer="" if printer == _VIEWER else printer,
            viewer=printer == _VIEWER,
            theme=self._option("theme"),
            sync_minutes=self._minutes("sync_minutes", SYNC_MINUTES),
            lock_minutes=self._minutes("lock_minutes", LOCK_MINUTES),
            roll_printer=roll_printer,
            paper=self._option("paper"),
            languages=self._option("languages"),
            typing=self._option("typing"),
            tone_style=self._option("tone_style"),
        )

    def _minutes(self, name: str, allowed: tuple[int, int]) -> int:
        text = self.query_one(f"#{name}", KeyedInput).value
        if not text.isdecimal() or not allowed[0] <= int(text) <= allowed[1]:
            raise InvalidInput("minutes_invalid", field=name, least=allowed[0], most=allowed[1])
        return int(text)

    def _show(self, chosen: Settings, known: Sequence[str]) -> None:
        """A sheet printer that is off just now stays in the list."""
        named = known if chosen.printer in ("", *known) else (*known, chosen.printer)
        sheets = [("", tr("settings.printer.default")), *((name, name) for name in named)]
        self.query_one("#printer", OptionField).offer([*sheets, (_VIEWER, tr("settings.printer.viewer"))])
        rolls = [("", tr("settings.roll_printer.none")), *((name, name) for name in known)]
        self.query_one("#roll_printer", OptionField).offer(
            [*rolls, (_ELSEWHERE, tr("settings.roll_printer.elsewhere"))]
        )
        elsewhere = chosen.roll_printer not in ("", *known)
        shown = {
            "printer": _VIEWER if chosen.viewer else chosen.printer,
            "roll_printer": _ELSEWHERE if elsewhere else chosen.roll_printer,
            "paper": chosen.paper,
            "languages": chosen.languages,
            "theme": chosen.theme,
            "typing": chosen.typing,
            "tone_style": chosen.tone_style,
        }
        for name, value in shown.items():
            self.query_one(f"#{name}", OptionField).value = value
        self.query_one("#roll_place", KeyedInput).value = chosen.roll_printer if elsewhere else ""
        self.query_one("#sync_minutes", KeyedInput).value = str(chosen.sync_minutes)
        self.query_one("#lock_minutes", KeyedInput).value = str(chosen.lock_minutes)
        self.query_one("#deliver", KeyedInput).value = line_of(chosen.deliver)
        self.query_one("#line_deliver").display = self._may_set_command()
        self._ask_place()


def _line(name: str, *fields: Widget) -> Widget:
    label = Static(tr(f"settings.{name}"), classes="label", markup=False)
    return Horizontal(label, *fields, classes="line", id=f"line_{name}")
