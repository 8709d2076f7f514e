"""Feedback as it is typed: what came, what is answered, or why its words are destroyed; F10 writes it."""

from __future__ import annotations

from collections.abc import Iterator

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget

from core.answers import InvalidInput, Refusal
from core.feedback import FEEDBACK_KINDS, FEEDBACK_WAYS, ReceiveFeedback
from storage.desk import Done
from storage.feedback import answer, destroy, load, owed_for, receive, take_back
from storage.outreach import withdraw
from tui.feedback_words import owed_words
from tui.i18n import tr
from tui.number_words import told_apart
from tui.screens.finders import procedure_finder
from tui.screens.law_form import Misread
from tui.screens.parts import TextLines
from tui.screens.voice_form import VoiceForm
from tui.widgets.choice import ChoiceInput
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField


class FeedbackForm(VoiceForm):
    """`kind`: add, answer, destroy, retract (a feedback), or withdraw (the outreach that `feedback` names then)."""

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
            yield from self.lines()
            yield TextLines([tr(f"feedback.about.{self._kind}")], id="about", classes="spaced")

    def fill(self) -> None:
        """Until when an answer to such a feedback would be owed, before it is written down."""
        if self._kind != "add":
            return
        kind, desk = self.option("kind"), self.app.desk
        told = owed_words(kind, owed_for(desk, kind, desk.now()))
        self.query_one("#about", TextLines).show_lines([told, tr("feedback.about.add")])

    @on(OptionField.Changed, "#kind")
    def _other_kind(self) -> None:
        self.fill()

    def parts(self) -> Iterator[tuple[str, Widget]]:
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

    def done_words(self) -> str:
        return tr(f"feedback.done.{self._kind}")

    def write(self) -> Done | Refusal:
        desk, officer = self.app.desk, self.app.officer
        assert officer is not None
        if self._kind == "withdraw":
            return withdraw(desk, officer, self._feedback, self.text("reason"))
        if self._kind == "retract":
            return take_back(desk, officer, self._feedback, self.text("reason"))
        if self._kind == "destroy":
            return destroy(desk, officer, self._feedback, self.text("reason"))
        if self._kind == "answer":
            return answer(desk, officer, self._feedback, self.text("text"), self.option("way"))
        procedure = self.query_one("#procedure", ChoiceInput)
        given = ReceiveFeedback(
            id=desk.new_id(),
            kind=self.option("kind"),
            text=self.text("text"),
            way=self.option("way"),
            at=desk.now(),
            due=self.day("due"),
            who=self.text("who"),
            contact=self.text("contact"),
            dossier=self._dossier(),
            procedure=procedure.choice.id if procedure.choice else procedure.field.value.strip(),
            outreach=self._outreach,
        )
        return receive(desk, officer, given)

    def _dossier(self) -> str:
        text = self.text("dossier")
        found = self.app.desk.queries.find(text) if text else ""
        if isinstance(found, Refusal):
            problem = InvalidInput(found.code)
            problem.params.update(told_apart(self.app.desk, found).params)
            raise Misread("dossier", problem)
        return found
