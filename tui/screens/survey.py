"""Answers on paper, one form after another by digit keys; they lie in the box until it is opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Input, Static

from core.answers import InvalidInput, Refusal
from core.moments import legal_day
from core.survey import CHANNELS, CRITERIA, OVERALL, Answer, read_answer, scale_on
from storage.lawbook.scales import package_scales
from storage.surveys import Box, box, open_box, put_in, take_out
from tui.i18n import tr
from tui.keys import bind
from tui.scale_words import criterion_words, scale_line
from tui.screens.base import OfficerScreen
from tui.screens.finders import procedure_finder
from tui.screens.parts import TextLines
from tui.survey_words import box_words
from tui.widgets.choice import ChoiceInput
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField
from tui.widgets.timeline import GLUE

_ALL = CRITERIA + 1


class SurveyScreen(OfficerScreen):
    """Ten digits and Enter are a form: nine marks, and which of the five steps. Procedure and way stay for the next.

    What was typed is kept nowhere before it is in the box, and who typed it never; Ctrl+Z takes the last one out.
    """

    AUTO_FOCUS = "#marks"
    name_key = "survey.title"
    hints: ClassVar[Sequence[str]] = ("save", "count", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "save"), bind("count", "count"), bind("undo", "take_out")]

    def body(self) -> ComposeResult:
        desk = self.app.desk
        self._asked: Box | None = None
        self._last: tuple[Answer, str] | None = None
        self._scale = scale_on(package_scales(), legal_day(desk.now()))
        served = [("", tr("survey.officer.none")), *((one.id, one.name) for one in desk.officers.all() if one.active)]
        with VerticalScroll(id="form", can_focus=False):
            yield TextLines(id="box", classes="title")
            yield _line("survey.code", KeyedInput(id="code", placeholder=tr("survey.hint.code")))
            yield _line("survey.marks", KeyedInput(id="marks", placeholder=tr("survey.hint.marks"), enter_moves=False))
            yield TextLines(id="read", classes="spaced")
            yield _line("survey.procedure", ChoiceInput(procedure_finder(desk), rows=2, id="procedure"))
            yield _line(
                "survey.way", OptionField([(one, tr(f"survey.channel.{one}")) for one in CHANNELS], id="channel")
            )
            yield _line("survey.officer", OptionField(served, id="served"))
            if self._scale is not None:
                yield TextLines([scale_line(self._scale)], classes="spaced")

    def fill(self) -> None:
        self.query_one("#box", TextLines).show_lines(box_words(box(self.app.desk)))
        self._read()

    def key_title(self, key_id: str) -> str | None:
        words = {"save": "survey.put_in", "count": "survey.open", "undo": "survey.take_out"}
        return tr(words[key_id]) if key_id in words else None

    @on(Input.Changed, "#marks")
    def _read(self) -> None:
        """Each criterion with the mark typed for it, and the step: what is read is what will count."""
        typed = _digits(self.query_one("#marks", KeyedInput).value)
        told = []
        for one in self._scale.criteria if self._scale else ():
            mark = typed[one.place - 1 : one.place]
            told.append(
                f"{'▶' if len(typed) == one.place - 1 else ' '} {one.place} [{mark or ' '}] {criterion_words(one)}"
            )
        step = typed[CRITERIA:_ALL]
        chosen = OVERALL[int(step) - 1] if step in ("1", "2", "3", "4", "5") else ""
        steps = [
            f"{'◉' if one == chosen else '○'} {place} {tr(f'survey.step.{one}')}".replace(" ", GLUE)
            for place, one in enumerate(OVERALL, 1)
        ]
        told.append(f"{'▶' if len(typed) == CRITERIA else ' '} {' · '.join(steps)}")
        self.query_one("#read", TextLines).show_lines(told)

    def on_keyed_input_accepted(self, message: KeyedInput.Accepted) -> None:
        """Enter behind the digits puts the form in."""
        if message.field.id == "marks":
            self.action_save()

    def action_save(self) -> None:
        """Put the form into the box; the next one begins."""
        assert self.app.officer is not None
        self._asked = None
        typed = _digits(self.query_one("#marks", KeyedInput).value)
        procedure = self.query_one("#procedure", ChoiceInput)
        row = {
            "points": typed[:CRITERIA] if typed else "",
            "overall": typed[CRITERIA:_ALL].replace("-", ""),
            "channel": self.query_one("#channel", OptionField).value,
            "procedure": procedure.choice.id if procedure.choice else procedure.field.value.strip() or None,
            "officer": self.query_one("#served", OptionField).value or None,
        }
        code = self.query_one("#code", KeyedInput).value
        try:
            if len(typed) > _ALL:
                raise InvalidInput("survey_points", value=typed[:20])
            answer = read_answer(row)
            found = put_in(self.app.desk, self.app.officer, answer, code)
        except InvalidInput as error:
            self.refuse(error)
            return
        if isinstance(found, Refusal):
            self.refuse(found)
            return
        self._last = answer, code
        for name in ("code", "marks"):
            self.query_one(f"#{name}", KeyedInput).value = ""
        self.set_focus(self.query_one("#marks"))
        self.fill()
        self.say(f"✓ {tr('survey.in_box', count=found.waiting)}")

    def action_take_out(self) -> None:
        """The form that was put in last, while this screen is open and the box shut, comes out again."""
        assert self.app.officer is not None
        if self._last is None:
            self.say(tr("survey.nothing_to_take_out"))
            return
        (answer, code), self._last = self._last, None
        try:
            found = take_out(self.app.desk, self.app.officer, answer, code)
        except InvalidInput as error:
            self.refuse(error)
            return
        if isinstance(found, Refusal):
            self.refuse(found)
            return
        self._asked = None
        self.fill()
        self.say(f"✓ {tr('survey.taken_out', count=found.waiting)}")

    def action_count(self) -> None:
        """Open the box; the same key must be pressed once more, with nothing added."""
        assert self.app.officer is not None
        before = box(self.app.desk)
        if before.may_open and self._asked != before:
            self._asked = before
            self.say(" ".join((*box_words(before), tr("survey.sure"))))
            return
        self._asked = None
        try:
            done = open_box(self.app.desk, self.app.officer)
        except InvalidInput as error:
            self.refuse(error)
            return
        if isinstance(done, Refusal):
            self.refuse(done)
            return
        self._last = None
        self.fill()
        self.say(f"✓ {tr('survey.opened', count=before.waiting)}")


def _digits(text: str) -> str:
    return "".join(text.split())


def _line(key: str, field: KeyedInput | ChoiceInput | OptionField) -> Horizontal:
    tall = " tall" if isinstance(field, ChoiceInput) else ""
    return Horizontal(Static(tr(key), classes="label", markup=False), field, classes=f"line{tall}")
