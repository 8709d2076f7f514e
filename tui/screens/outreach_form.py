"""A meeting, a campaign or a session as it is typed; F10 writes it."""

from __future__ import annotations

from collections.abc import Iterator

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widget import Widget

from core.answers import InvalidInput, Refusal
from core.moments import legal_day
from core.outreach import OUTREACH_KINDS, HoldOutreach
from storage.desk import Done
from storage.outreach import hold
from tui.handover import procedure_title
from tui.i18n import tr
from tui.screens.finders import procedure_finder
from tui.screens.law_form import Misread
from tui.screens.parts import TextLines
from tui.screens.voice_form import VoiceForm
from tui.widgets.choice import ChoiceInput
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField


class OutreachForm(VoiceForm):
    """Each procedure that is chosen goes to the list below; choosing it again takes it off."""

    kept_as = "outreach"

    def body(self) -> ComposeResult:
        self._procedures: list[str] = []
        with VerticalScroll(id="form", can_focus=False):
            yield TextLines([tr("outreach.do")], classes="title")
            yield from self.lines()
            yield TextLines(id="chosen", classes="spaced")

    def parts(self) -> Iterator[tuple[str, Widget]]:
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
        self._show_procedures(kept if name in self._procedures else [*kept, name])
        field = self.query_one("#procedure", ChoiceInput)
        field.choose(None)
        self.call_after_refresh(self.set_focus, field.field)

    def _show_procedures(self, names: list[str]) -> None:
        self._procedures = names
        titles = [f"- {procedure_title(self.app.desk, one)}" for one in names]
        self.query_one("#chosen", TextLines).show_lines(titles)

    def _typed(self) -> dict[str, str]:
        """The list of procedures too."""
        return super()._typed() | {"procedures": " ".join(self._procedures)}

    def _put(self, texts: dict[str, str]) -> None:
        super()._put(texts)
        if "procedures" in texts:
            self._show_procedures(texts["procedures"].split())

    def write(self) -> Done | Refusal:
        assert self.app.officer is not None
        return hold(self.app.desk, self.app.officer, self._given())

    def done_words(self) -> str:
        return tr("outreach.done")

    def _given(self) -> HoldOutreach:
        desk, audience, typed = self.app.desk, self.text("audience"), self.query_one("#procedure", ChoiceInput)
        if audience and not (audience.isascii() and audience.isdecimal() and len(audience) <= 9):
            raise Misread("audience", InvalidInput("number_unread", value=audience[:40]))
        left = typed.field.value.strip()
        return HoldOutreach(
            id=desk.new_id(),
            kind=self.option("kind"),
            day=self.day("first") or legal_day(desk.now()),
            title=self.text("title_of"),
            at=desk.now(),
            until=self.day("last"),
            audience=int(audience) if audience else None,
            procedures=(*self._procedures, *([left] if left else [])),
            place=self.text("place"),
            note=self.text("note"),
        )
