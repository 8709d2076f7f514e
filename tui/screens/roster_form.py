"""An absence, its end, or an officer's own week, as it is typed; F10 writes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from core.answers import InvalidInput, Refusal
from core.cover import Away
from core.days import WHOLE_DAY, Periods
from core.moments import legal_day
from core.roster import HALVES, WEEKDAYS, Absence, leads, read_periods
from core.rostering import EndAbsence, NoteAbsence, RosterCommand, SetRoster
from core.text import clean_line
from storage.roster import roster
from tui.i18n import tr
from tui.keys import bind
from tui.roster_words import OFF, absence_days, periods_words
from tui.screens.base import OfficerScreen
from tui.screens.kept_typing import KeptTyping
from tui.screens.law_form import Misread, read_date, read_hours
from tui.screens.parts import TextLines
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField
from tui.widgets.phrases import PhraseInput


class RosterForm(KeptTyping):
    """`kind`: away, back (of an absence) or hours. What is refused stays as it was typed, with the cursor on it.

    An absence that a leader has noted leads on to the proposal of who covers it.
    """

    name_key = "title.roster"
    hints: ClassVar[Sequence[str]] = ("save", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "save"), bind("discard", "discard")]

    def __init__(self, kind: str, officer_id: str, absence: Absence | None) -> None:
        super().__init__()
        self._kind = kind
        self._officer_id = officer_id
        self._absence = absence

    @property
    def kept_as(self) -> str:
        absence = self._absence.id if self._absence is not None else ""
        return f"roster:{self._kind}:{self._officer_id}:{absence}"

    def body(self) -> ComposeResult:
        officer = self.app.desk.officers.get(self._officer_id)
        name = officer.name if officer is not None else self._officer_id
        days = "" if self._absence is None else absence_days(self._absence)
        with VerticalScroll(id="form", can_focus=False):
            yield TextLines([f"{name} · {tr(f'roster.do.{self._kind}', days=days)}"], classes="title")
            for key, field in self._rows():
                yield Horizontal(Static(tr(key), classes="label", markup=False), field, classes="line")
            if self._kind == "hours":
                yield TextLines([tr("roster.only_working_days")], classes="spaced")

    def _rows(self) -> Iterator[tuple[str, Widget]]:
        today = legal_day(self.app.desk.now())
        if self._kind == "away":
            yield "roster.first", _typed("first", f"{today:%d/%m/%Y}")
            yield "roster.last", _typed("last", hint=tr("roster.hint.last"))
            halves = [("", tr("roster.half.none")), *((one, tr(f"roster.half.{one}")) for one in HALVES)]
            yield "roster.half", OptionField(halves, id="half")
            yield "roster.reason", _typed("reason")
        elif self._kind == "back":
            assert self._absence is not None
            yield "roster.back_on", _typed("first", f"{max(today, self._absence.first):%d/%m/%Y}")
            yield "roster.reason", _typed("reason", hint=tr("roster.hint.maybe"))
        else:
            yield from self._week_fields(today)

    def _week_fields(self, today: date) -> Iterator[tuple[str, Widget]]:
        found = roster(self.app.desk)
        row, unit = (
            found.row(self._officer_id, today),
            found.calendar.law.week_on(today.toordinal()) or (WHOLE_DAY,) * len(WEEKDAYS),
        )
        week = row.week if row is not None and row.week is not None else unit
        yield "roster.valid_from", _typed("first", f"{today:%d/%m/%Y}")
        yield (
            "roster.whose",
            OptionField([("own", tr("roster.whose.own")), ("unit", tr("roster.whose.unit"))], id="whose"),
        )
        for number, (name, periods) in enumerate(zip(WEEKDAYS, week, strict=True), 1):
            words = "" if not periods else periods_words(periods).replace(", ", "; ")
            yield f"weekday.long.{number}", _typed(name, words, tr("roster.hint.off"))
        desk = "" if row is None or row.desk is None else str(row.desk)
        yield "roster.desk", _typed("desk", desk, tr("roster.hint.maybe"))
        yield "roster.reason", _typed("reason", hint=tr("roster.hint.maybe"))

    def on_keyed_input_accepted(self, message: KeyedInput.Accepted) -> None:
        """Enter in the last field carries it out."""
        if message.field.id == "reason":
            self.action_save()

    def action_save(self) -> None:
        """Write it; a field that can't be read is told and gets the cursor."""
        try:
            command = self._command()
        except Misread as error:
            self.refuse(error.problem)
            self.query_one(f"#{error.field}").focus()
            return
        answer = self.app.do(command)
        if isinstance(answer, Refusal):
            self.refuse(answer)
            return
        self.carried_out()
        self.app.pop_screen()
        told = f"✓ {tr(f'roster.done.{self._kind}')}"
        officer = self.app.officer
        if isinstance(command, NoteAbsence) and officer is not None and leads(officer.roles):
            first = max(command.first, legal_day(self.app.desk.now()))
            if first <= command.last:
                self.app.push(self.app.make("cover", Away(command.officer, first, command.last)))
        below = self.app.screen
        if isinstance(below, OfficerScreen):
            below.call_after_refresh(below.say, told)

    def _command(self) -> RosterCommand:
        at, first, reason = self.app.desk.now(), self._day("first"), self._text("reason")
        if self._kind == "away":
            last = self._day("last") if self._text("last") else first
            if not reason:
                raise Misread("reason", InvalidInput("amend_field_missing", field=tr("roster.reason")))
            half = self.query_one("#half", OptionField).value or None
            return NoteAbsence(self._officer_id, first, last, reason, at, half)
        if self._kind == "back":
            assert self._absence is not None
            return EndAbsence(self._officer_id, self._absence, first, at, reason or None)
        whose = self.query_one("#whose", OptionField).value
        week = tuple(self._periods(name) for name in WEEKDAYS) if whose == "own" else None
        return SetRoster(self._officer_id, first, week, at, self._desk_number(), reason or None)

    def _text(self, name: str) -> str:
        try:
            return clean_line(self.query_one(f"#{name}", KeyedInput).value)
        except InvalidInput as error:
            raise Misread(name, error) from None

    def _day(self, name: str) -> date:
        text = self._text(name)
        found = read_date(text, legal_day(self.app.desk.now()))
        if found is None:
            raise Misread(name, InvalidInput("date_unread", value=text))
        return found

    def _periods(self, name: str) -> Periods:
        text = self._text(name)
        if text in ("", OFF, "-"):
            return ()
        try:
            return read_periods(read_hours(text))
        except InvalidInput as error:
            raise Misread(name, error) from None

    def _desk_number(self) -> int | None:
        text = self._text("desk")
        if text and not (text.isdecimal() and text.isascii() and len(text) <= 3):
            raise Misread("desk", InvalidInput("desk_number_unread", value=text))
        return int(text) if text else None


def _typed(name: str, value: str = "", hint: str = "") -> KeyedInput:
    if name == "reason":
        return PhraseInput(value=value, placeholder=hint, id=name, kind="absence")
    return KeyedInput(value=value, placeholder=hint, id=name)
