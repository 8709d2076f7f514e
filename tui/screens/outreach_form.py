"""A meeting, a campaign or a session as it is typed; F10 writes it."""

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
from core.moments import legal_day
from core.outreach import OUTREACH_KINDS, HoldOutreach
from core.text import clean_line
from storage.outreach import hold
from tui.handover import procedure_title
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


class OutreachForm(KeptTyping):
    """Each procedure that is chosen goes to the list below; choosing it again takes it off."""

    CSS_PATH = STYLES.parent / "voices.tcss"
    name_key = "voices.title"
    hints: ClassVar[Sequence[str]] = ("save", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "save"), bind("discard", "discard")]
    kept_as = "outreach"

    def body(self) -> ComposeResult:
        self._procedures: list[str] = []
        with VerticalScroll(id="form", can_focus=False):
            yield TextLines([tr("outreach.do")], classes="title")
            for key, field in self._parts():
                tall = " tall" if isinstance(field, ChoiceInput) else ""
                yield Horizontal(Static(tr(key), classes="label", markup=False), field, classes=f"line{tall}")
            yield TextLines(id="chosen", classes="spaced")

    def _parts(self) -> Iterator[tuple[str, Widget]]:
        today = legal_day(self.app.desk.now())
        yield "outreach.kind", OptionField([(one, tr(f"outreach.kind.{one}")) for one in OUTREACH_KINDS], id="kind")
        yield "outreach.title", KeyedInput(id="title_of", holds="words")
        yield "outreach.first", KeyedInput(f"{today:%d/%m/%Y}", id="first")
        yield "outreach.last", KeyedInput(id="last", placeholder=tr("outreach.hint.last"))
        yield "outreach.audience", KeyedInput(id="audience", placeholder=tr("outreach.hint.audience"))
        yield "outreach.place", KeyedInput(id="place", holds="words", placeholder=tr("feedback.hint.maybe"))
        yield "outreach.note", KeyedInput(id="note", holds="words", placeholder=tr("feedback.hint.maybe"))
        yield "outreach.procedures", ChoiceInput(procedure_finder(self.app.desk), rows=2, id="procedure")

    @on(ChoiceInput.Chosen, "#procedure")
    def _chosen(self, message: ChoiceInput.Chosen) -> None:
        """On the list, or off it; the field is free for the next one."""
        if message.choice is None:
            return
        name = message.choice.id
        kept = [one for one in self._procedures if one != name]
        self._procedures = kept if name in self._procedures else [*kept, name]
        titles = [f"- {procedure_title(self.app.desk, one)}" for one in self._procedures]
        self.query_one("#chosen", TextLines).show_lines(titles)
        field = self.query_one("#procedure", ChoiceInput)
        field.choose(None)
        self.call_after_refresh(self.set_focus, field.field)

    def action_save(self) -> None:
        """Write it; a field that can't be read is told and gets the cursor."""
        desk, officer = self.app.desk, self.app.officer
        assert officer is not None
        try:
            done = hold(desk, officer, self._given())
        except Misread as error:
            self.refuse(error.problem)
            self.query_one(f"#{error.field}").focus()
            return
        except InvalidInput as error:
            self.refuse(error)
            return
        if isinstance(done, Refusal):
            self.refuse(done)
            return
        self.carried_out()
        self.app.pop_screen()
        below = self.app.screen
        if isinstance(below, OfficerScreen):
            below.call_after_refresh(below.say, f"✓ {tr('outreach.done')}")

    def _given(self) -> HoldOutreach:
        desk, audience, typed = self.app.desk, self._text("audience"), self.query_one("#procedure", ChoiceInput)
        if audience and not (audience.isascii() and audience.isdecimal() and len(audience) <= 9):
            raise Misread("audience", InvalidInput("number_unread", value=audience[:40]))
        left = typed.field.value.strip()
        return HoldOutreach(
            id=desk.new_id(),
            kind=self.query_one("#kind", OptionField).value,
            day=self._day("first") or legal_day(desk.now()),
            title=self._text("title_of"),
            at=desk.now(),
            until=self._day("last"),
            audience=int(audience) if audience else None,
            procedures=(*self._procedures, *([left] if left else [])),
            place=self._text("place"),
            note=self._text("note"),
        )

    def _text(self, name: str) -> str:
        try:
            return clean_line(self.query_one(f"#{name}", KeyedInput).value)
        except InvalidInput as error:
            raise Misread(name, error) from None

    def _day(self, name: str) -> date | None:
        text = self._text(name)
        found = read_date(text, legal_day(self.app.desk.now())) if text else None
        if text and found is None:
            raise Misread(name, InvalidInput("date_unread", value=text))
        return found
