"""What can be done with an officer's roster now: note an absence, end one, cover one, set hours; Enter goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from core.cover import Away
from core.moments import legal_day
from core.roster import leads
from core.suggestion import ranked
from core.text import fold
from storage.roster import roster
from tui.i18n import tr
from tui.roster_words import absence_days, absences_from, source_words
from tui.screens.base import OfficerScreen
from tui.screens.parts import Menu, TextLines
from tui.widgets.choice import Choice

_ROWS = 12


class RosterMenu(OfficerScreen):
    """Only what the signed-in officer may do is offered: of somebody else's roster nothing, unless he leads."""

    name_key = "title.roster"
    hints: ClassVar[Sequence[str]] = ("open", "back")

    def __init__(self, officer_id: str) -> None:
        super().__init__()
        self._officer_id = officer_id
        self._choices: dict[str, Choice] = {}

    def body(self) -> ComposeResult:
        with Vertical(id="menu"):
            yield TextLines(id="head")
            yield Menu(self._find, self._take, rows=_ROWS, id="choice")

    def fill(self) -> None:
        desk = self.app.desk
        found, officer = roster(desk), desk.officers.get(self._officer_id)
        self._absences = {one.id: one for one in absences_from(found, self._officer_id, legal_day(desk.now()))}
        self._choices = {choice.id: choice for choice in self._offered()}
        name = officer.name if officer is not None else self._officer_id
        head = [f"{name} · {source_words(found, self._officer_id, legal_day(desk.now()))}"]
        self.query_one("#head", TextLines).show_lines(head if self._choices else [*head, tr("roster.not_yours")])
        self.query_one("#choice", Menu).suggest()

    def uncovered(self) -> None:
        self.fill()

    def _offered(self) -> Iterator[Choice]:
        reader = self.app.officer
        assert reader is not None
        whole = leads(reader.roles)
        if not whole and reader.id != self._officer_id:
            return
        yield Choice("away", tr("roster.do.away"))
        for one in self._absences.values():
            days = absence_days(one)
            if whole:
                yield Choice(f"cover:{one.id}", tr("roster.do.cover", days=days))
            if whole or one.noted_by == reader.id:
                yield Choice(f"back:{one.id}", tr("roster.do.back", days=days))
        if whole:
            yield Choice("hours", tr("roster.do.hours"))

    def _take(self, choice: Choice) -> None:
        kind, _, absence = choice.id.partition(":")
        if kind == "cover":
            one, today = self._absences[absence], legal_day(self.app.desk.now())
            self.app.push(self.app.make("cover", Away(self._officer_id, max(one.first, today), one.last)))
        else:
            self.app.push(self.app.make("roster_form", kind, self._officer_id, self._absences.get(absence)))

    def _find(self, text: str) -> Sequence[Choice]:
        called = {name: (fold(choice.text), name) for name, choice in self._choices.items()}
        return [self._choices[name] for name in ranked(text, called)]
