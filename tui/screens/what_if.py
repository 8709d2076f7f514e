"""Ctrl+T: when would it be due? Procedure, unit, moment and events are made up; nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from core.answers import InvalidInput
from core.moments import legal_day
from tui.i18n import tr
from tui.screens.base import OfficerScreen
from tui.screens.what_if_answer import AnswerPane
from tui.screens.what_if_asked import answer, read_event, received_at, version_asked
from tui.screens.what_if_events import EventsList
from tui.screens.what_if_form import WhatIfForm, procedures_called, units_called
from tui.widgets.choice import Choice, ChoiceInput
from tui.widgets.option import OptionField


class WhatIfScreen(OfficerScreen):
    """The question on one side, the answer on the other; each change is answered at once. Esc goes back."""

    AUTO_FOCUS = "ChoiceField"
    name_key = "title.what_if"
    hints: ClassVar[Sequence[str]] = ("back",)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]
    _minute = -1

    def body(self) -> ComposeResult:
        with Widget(id="parts"):
            own = self.app.desk.identity.unit
            yield WhatIfForm(own, self._find_procedures, self._find_units, self.show_answer, self._add_event)
            answer_pane = AnswerPane()
            answer_pane.border_title = tr("what_if.answer")
            yield answer_pane

    def fill(self) -> None:
        """Another process may have amended the law."""
        self.show_answer()

    def tick(self) -> None:
        super().tick()
        minute = self.app.desk.now().minute
        if self.stands and minute != self._minute:
            self._minute = minute
            self.show_answer()

    def show_answer(self) -> None:
        """Answer what stands in the fields, by the law of the day of receipt."""
        law, now = self.app.desk.law, self.app.desk.now()
        form = self.query_one(WhatIfForm)
        form.offer_cases(version_asked(form.asked(), law, now))
        asked = form.asked()
        own = self.app.desk.identity
        self.query_one(AnswerPane).show(answer(asked, law, now), law, asked.unit, own.unit, own.unit_name)

    @on(Input.Changed)
    @on(ChoiceInput.Chosen)
    @on(EventsList.Changed)
    def something_changed(self) -> None:
        self.show_answer()

    @on(OptionField.Changed)
    def word_changed(self) -> None:
        self.query_one(WhatIfForm).fit_kind()
        self.show_answer()

    def on_descendant_focus(self) -> None:
        self.hint(("remove", "back") if isinstance(self.focused, EventsList) else self.hints)

    def action_page(self, pages: int) -> None:
        """The answer scrolls from wherever the officer types."""
        pane = self.query_one(AnswerPane)
        pane.scroll_relative(y=pages * max(1, pane.size.height - 1), animate=False)

    def _add_event(self) -> None:
        form = self.query_one(WhatIfForm)
        kind, at, more = form.event_typed()
        try:
            event = read_event(kind, at, more, form.asked(), self.app.desk.law, self.app.desk.now())
        except InvalidInput as error:
            self.refuse(error)
            return
        self.say("")
        form.took(event)

    def _find_procedures(self, text: str) -> Sequence[Choice]:
        return procedures_called(text, self.app.desk.law, self._day())

    def _find_units(self, text: str) -> Sequence[Choice]:
        identity = self.app.desk.identity
        return units_called(text, self.app.desk.law, (identity.unit, identity.unit_name))

    def _day(self) -> date:
        """The civil day of receipt, today where it can't be read yet."""
        now = self.app.desk.now()
        try:
            asked = self.query_one(WhatIfForm).asked()
            return legal_day(received_at(asked, self.app.desk.law, now))
        except InvalidInput:
            return legal_day(now)
