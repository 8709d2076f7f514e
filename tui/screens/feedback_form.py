"""Feedback as it is typed: what came, what is answered, or why its words are destroyed; F10 writes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from core.answers import InvalidInput, Refusal
from core.feedback import FEEDBACK_KINDS, FEEDBACK_WAYS, ReceiveFeedback
from core.moments import legal_day
from core.text import clean_line
from storage.desk import Done
from storage.feedback import answer, destroy, load, owed_for, receive, take_back
from storage.outreach import withdraw
from tui.feedback_words import owed_words
from tui.i18n import tr
from tui.keys import bind
from tui.screens.base import OfficerScreen
from tui.screens.finders import procedure_finder
from tui.screens.kept_typing import KeptTyping
from tui.screens.law_form import Misread, read_date
from tui.screens.parts import TextLines
from tui.themes import STYLES
from tui.widgets.choice import ChoiceInput
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField


class FeedbackForm(KeptTyping):
    """`kind`: add, answer, destroy, retract (a feedback), or withdraw (the outreach that `feedback` names then).

    What is refused stays as it was typed, with the cursor on it.
    """

    CSS_PATH = STYLES.parent / "voices.tcss"
    name_key = "voices.title"
    hints: ClassVar[Sequence[str]] = ("save", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "save"), bind("discard", "discard")]

    def __init__(self, kind: str = "add", feedback: str = "", outreach: str = "") -> None:
        super().__init__()
        self._kind = kind
        self._feedback = feedback
        self._outreach = outreach

    @property
    def kept_as(self) -> str:
        return f"feedback:{self._kind}:{self._feedback or self._outreach}"

    def body(self) -> ComposeResult:
        found = load(self.app.desk, self._feedback) if self._feedback else None
        with VerticalScroll(id="form", can_focus=False):
            yield TextLines(
                [tr(f"feedback.do.{self._kind}"), *(found.text("text").splitlines() if found else [])], classes="title"
            )
            for key, field in self._parts():
                tall = " tall" if isinstance(field, ChoiceInput) else ""
                yield Horizontal(Static(tr(key), classes="label", markup=False), field, classes=f"line{tall}")
            yield TextLines([tr(f"feedback.about.{self._kind}")], id="about", classes="spaced")

    def fill(self) -> None:
        """Until when an answer to such a feedback would be owed, before it is written down."""
        if self._kind != "add":
            return
        kind, desk = self._option("kind"), self.app.desk
        told = owed_words(kind, owed_for(desk, kind, desk.now()))
        self.query_one("#about", TextLines).show_lines([told, tr("feedback.about.add")])

    @on(OptionField.Changed, "#kind")
    def _other_kind(self) -> None:
        self.fill()

    def _parts(self) -> Iterator[tuple[str, Widget]]:
        ways = [(one, tr(f"feedback.way.{one}")) for one in FEEDBACK_WAYS]
        if self._kind in ("destroy", "withdraw", "retract"):
            yield "feedback.reason", KeyedInput(id="reason", holds="words", enter_moves=False)
            return
        if self._kind == "answer":
            yield "feedback.answer", KeyedInput(id="text", holds="words")
            yield "feedback.answered_by", OptionField(ways, id="way")
            return
        yield "feedback.kind", OptionField([(one, tr(f"feedback.kind.{one}")) for one in FEEDBACK_KINDS], id="kind")
        yield "feedback.text", KeyedInput(id="text", holds="words")
        yield "feedback.way", OptionField(ways[::-1] if self._outreach else ways, id="way")
        yield "feedback.who", KeyedInput(id="who", holds="words", placeholder=tr("feedback.hint.maybe"))
        yield "feedback.contact", KeyedInput(id="contact", placeholder=tr("feedback.hint.maybe"))
        yield "feedback.dossier", KeyedInput(id="dossier", placeholder=tr("feedback.hint.dossier"))
        yield "feedback.procedure", ChoiceInput(procedure_finder(self.app.desk), rows=2, id="procedure")
        yield "feedback.due_field", KeyedInput(id="due", placeholder=tr("feedback.hint.due"), enter_moves=False)

    def on_keyed_input_accepted(self, message: KeyedInput.Accepted) -> None:
        """Enter in the last field carries it out."""
        if message.field.id in ("reason", "due"):
            self.action_save()

    def action_save(self) -> None:
        """Write it; a field that can't be read is told and gets the cursor."""
        try:
            answered = self._write()
        except Misread as error:
            self.refuse(error.problem)
            self.query_one(f"#{error.field}").focus()
            return
        except InvalidInput as error:
            self.refuse(error)
            return
        if isinstance(answered, Refusal):
            self.refuse(answered)
            return
        self.carried_out()
        self.app.pop_screen()
        below = self.app.screen
        if isinstance(below, OfficerScreen):
            below.call_after_refresh(below.say, f"✓ {tr(f'feedback.done.{self._kind}')}")

    def _write(self) -> Done | Refusal:
        desk, officer = self.app.desk, self.app.officer
        assert officer is not None
        if self._kind == "withdraw":
            return withdraw(desk, officer, self._feedback, self._text("reason"))
        if self._kind == "retract":
            return take_back(desk, officer, self._feedback, self._text("reason"))
        if self._kind == "destroy":
            return destroy(desk, officer, self._feedback, self._text("reason"))
        if self._kind == "answer":
            return answer(desk, officer, self._feedback, self._text("text"), self._option("way"))
        procedure = self.query_one("#procedure", ChoiceInput)
        given = ReceiveFeedback(
            id=desk.new_id(),
            kind=self._option("kind"),
            text=self._text("text"),
            way=self._option("way"),
            at=desk.now(),
            due=self._due(),
            who=self._text("who"),
            contact=self._text("contact"),
            dossier=self._dossier(),
            procedure=procedure.choice.id if procedure.choice else procedure.field.value.strip(),
            outreach=self._outreach,
        )
        return receive(desk, officer, given)

    def _option(self, name: str) -> str:
        return self.query_one(f"#{name}", OptionField).value

    def _text(self, name: str) -> str:
        try:
            return clean_line(self.query_one(f"#{name}", KeyedInput).value)
        except InvalidInput as error:
            raise Misread(name, error) from None

    def _due(self) -> date | None:
        text = self._text("due")
        found = read_date(text, legal_day(self.app.desk.now())) if text else None
        if text and found is None:
            raise Misread("due", InvalidInput("date_unread", value=text))
        return found

    def _dossier(self) -> str:
        text = self._text("dossier")
        found = self.app.desk.queries.find(text) if text else ""
        if isinstance(found, Refusal):
            problem = InvalidInput(found.code)
            problem.params.update(found.params)
            raise Misread("dossier", problem)
        return found
