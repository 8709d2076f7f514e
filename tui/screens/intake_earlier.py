"""An appointment earlier than the law's, by hand: when, and why."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from core.answers import InvalidInput, Refusal
from core.calendar import WorkCalendar
from core.decisions import no_promise
from core.moments import LEGAL_TIME
from tui.dates import end_long
from tui.i18n import tr
from tui.keys import bind
from tui.screens.intake_promise import Earlier, read_promise
from tui.screens.parts import TextLines
from tui.sentences import sentence
from tui.widgets.inputs import KeyedInput
from tui.widgets.keyed import TypeAhead
from tui.widgets.phrases import PhraseInput


class EarlierForm(TypeAhead, ModalScreen[Earlier | None]):
    """Enter goes on and, from the reason, ends it; an empty time takes the promise back; Esc changes nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        bind("save", "save"),
        Binding("escape", "dismiss(None)", show=False),
    ]

    def __init__(self, promised: Earlier, due: datetime, now: datetime, calendar: WorkCalendar) -> None:
        super().__init__()
        self._promised = promised
        self._due = due
        self._now = now
        self._calendar = calendar

    def compose(self) -> ComposeResult:
        given = self._promised.due_at
        moment = f"{datetime.fromisoformat(given).astimezone(LEGAL_TIME):%H:%M %d/%m/%Y}" if given else ""
        box = Vertical(classes="panel -dialog")
        box.border_title = tr("earlier.title")
        with box:
            yield TextLines([tr("earlier.until", moment=end_long(self._due))])
            yield _line("earlier.at", KeyedInput(moment, placeholder=tr("earlier.hint"), id="earlier_at"))
            yield _line(
                "earlier.reason",
                PhraseInput(self._promised.reason, id="earlier_reason", enter_moves=False, kind="earlier"),
            )
            yield TextLines(id="earlier_problem", classes="problem")
            yield TextLines([tr("earlier.keys")], classes="warning")

    def on_keyed_input_accepted(self, message: KeyedInput.Accepted) -> None:
        if message.field.id == "earlier_reason" or not message.value.strip():
            self.action_save()

    def action_save(self) -> None:
        """Give it to the form, or say what is missing."""
        typed, reason = self._field("earlier_at").value, self._field("earlier_reason").value.strip()
        if not typed.strip():
            self.dismiss(Earlier())
            return
        problem: Refusal | InvalidInput | None
        try:
            moment = read_promise(typed, self._now, self._calendar)
            problem = no_promise(moment, self._due, self._now, self._calendar)
        except InvalidInput as error:
            problem = error
        if problem is not None:
            self._tell("earlier_at", sentence(problem.code, problem.params))
        elif not reason:
            self._tell("earlier_reason", tr("earlier.no_reason"))
        else:
            self.dismiss(Earlier(moment.isoformat(timespec="seconds"), reason))

    def _tell(self, field: str, text: str) -> None:
        self.query_one("#earlier_problem", TextLines).show_lines([f"✗ {text}"])
        self.set_focus(self._field(field))
        self.app.bell()

    def _field(self, name: str) -> KeyedInput:
        return self.query_one(f"#{name}", KeyedInput)


def _line(key: str, field: KeyedInput) -> Horizontal:
    return Horizontal(Static(tr(key), classes="label", markup=False), field, classes="line")
