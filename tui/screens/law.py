"""The law of this desk: how old it is, how it came to be, and what was taken in under a catalogue that was too old."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from core.moments import LEGAL_TIME, legal_day
from storage.amending import taken_under_old
from storage.law_changes import LawCommand, law_history
from tui.dossier_words import officer_names
from tui.i18n import tr
from tui.keys import bind
from tui.law_words import change_lines
from tui.screens.base import OfficerScreen
from tui.screens.law_form import ROLES, SOURCE
from tui.screens.law_moved import MovedTable
from tui.screens.parts import Page, TextLines
from tui.screens.settings_law import amended_line, law_lines, package_line
from tui.sentences import sentence
from tui.widgets.queue_table import LineTable

_LINES = 8
_COMMANDS = 200


class LawScreen(OfficerScreen):
    """Everyone may read; `a` opens the form of an amendment for who may make one."""

    AUTO_FOCUS = "#law_history Page"
    name_key = "title.law"
    hints: ClassVar[Sequence[str]] = ("actions", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("actions", "amend")]

    def body(self) -> ComposeResult:
        for name in ("age", "history", "old"):
            panel = Vertical(classes="panel", id=f"law_{name}")
            panel.border_title = tr(f"law.{name}")
            with panel:
                if name == "age":
                    yield TextLines(id="age")
                elif name == "history":
                    with Page():
                        yield TextLines(id="history")
                else:
                    yield MovedTable(id="old")

    def key_title(self, key_id: str) -> str | None:
        return tr("law.amend") if key_id == "actions" else None

    def fill(self) -> None:
        desk, officer = self.app.desk, self.app.officer
        assert officer is not None
        today = legal_day(desk.now())
        history = law_history(desk)
        lines = [amended_line(history, today), package_line(desk), *law_lines(desk.law, history, today)]
        if not self._kinds():
            lines.insert(0, tr("law.read_only"))
            self.hint(("back",))
        self.query_one("#age", TextLines).show_lines(lines)
        self.query_one("#law_age").border_subtitle = tr("law.keys") if self._kinds() else ""
        self.query_one("#history", TextLines).show_lines(self._history(history))
        old = taken_under_old(desk) if "leader" in officer.roles else []
        self.query_one("#law_old").display = bool(old)
        self.set_class(bool(old), "-with-old")
        self.query_one("#old", MovedTable).show_moved(old, desk.law)

    def action_amend(self) -> None:
        if self._kinds():
            self.app.push(self.app.make("law_amend", self._kinds()))
        else:
            self.say(tr("law.read_only"))
            self.app.bell()

    def on_line_table_opened(self, message: LineTable.Opened) -> None:
        self.app.push(self.app.make("dossier", message.row.id))

    def _kinds(self) -> list[str]:
        """The amendments that the officer's roles may make."""
        officer = self.app.officer
        return [kind for kind, roles in ROLES.items() if officer is not None and roles & officer.roles]

    def _history(self, commands: Sequence[LawCommand]) -> list[str]:
        names = officer_names(self.app.desk.officers.all())
        lines = []
        for command in commands[:_COMMANDS]:
            lines.append(" · ".join(_heading(command, names.get(command.by, command.by))))
            if command.problem is not None:
                lines.append(f"  ✗ {tr('law.no_effect', reason=sentence(command.problem, {}))}")
            if command.contested:
                lines.append(f"  ! {tr('law.contested')}")
            if command.standing != "founding":
                told = [line.whole for line in change_lines(command.changes, self.app.desk.law)]
                lines += [f"  - {line}" for line in told[:_LINES]]
                if len(told) > _LINES:
                    lines.append(f"  - {tr('law.more', count=len(told) - _LINES)}")
        return lines


def _heading(command: LawCommand, name: str) -> list[str]:
    """When, who, decision, from where, and by whose authority."""
    at: datetime = command.at.astimezone(LEGAL_TIME)
    if command.standing == "founding":
        return [f"{at:%d/%m/%Y %H:%M}", name, tr("law.founding")]
    known = {SOURCE: tr("law.source.screen"), "package": tr("law.source.package")}
    source = known.get(command.source or "", command.source or "")
    parts = [f"{at:%d/%m/%Y %H:%M}", name, command.decision or "", source, tr(f"law.standing.{command.standing}")]
    return [part for part in parts if part]
