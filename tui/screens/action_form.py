"""The small form of one action: its kind's fields, the time it happened, and F10."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from core.answers import InvalidInput, Refusal
from core.bodies import read_fields
from core.decisions import Act, DossierCommand, TakeIn
from core.dossier import Dossier
from core.events import INTAKE_KINDS, KINDS
from core.mending import CorrectResult, correction_of
from core.moments import legal_day
from core.possible import read_moment, state_after
from core.reasons import Reason
from storage.desk import Done
from storage.results import Posting, send_post
from storage.transfers import knows_unit
from tui.done_words import doubts
from tui.dossier_words import person_line
from tui.i18n import tr
from tui.keys import bind
from tui.offers import offered
from tui.reason_words import basis_line
from tui.screens.action_fields import asked, given, reasons_for, value_of, widget
from tui.screens.actions import ActionsScreen
from tui.screens.base import OfficerScreen
from tui.screens.kept_typing import KeptTyping
from tui.screens.parts import TextLines
from tui.widgets.choice import ChoiceInput
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField


class ActionForm(KeptTyping):
    """Enter goes to the next field and, from the last, carries it out; what is refused or left stays as typed."""

    name_key = "title.actions"
    hints: ClassVar[Sequence[str]] = ("save", "open", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "save"), bind("discard", "discard")]

    def __init__(self, dossier_id: str, kind: str) -> None:
        super().__init__()
        self.dossier_id = dossier_id
        self._kind = KINDS[kind]
        self._asked = asked(self._kind)
        self._reasons: tuple[Reason, ...] = ()
        self._doubted = ""

    @property
    def kept_as(self) -> str:
        return f"{self._kind.name}:{self.dossier_id}"

    def body(self) -> ComposeResult:
        desk = self.app.desk
        dossier = desk.dossier(self.dossier_id)
        assert dossier is not None
        officers = desk.officers.all()
        self._reasons = reasons = reasons_for(self._kind, legal_day(desk.now()))
        with VerticalScroll(id="form", can_focus=False):
            title = tr(f"kind.{self._kind.name}")
            after = state_after(dossier, self._kind)
            yield TextLines([f"{title} → {tr(f'state.{after}')}" if after else title], classes="title")
            yield TextLines([f"{dossier.receipt_number or ''} · {person_line(dossier)}"])
            for field in self._asked:
                label = tr(f"field.{field.name}") + (" *" if field.required else "")
                yield _line(label, widget(self._kind, field, dossier, desk.law, officers, reasons))
                if field.name == "code":
                    yield TextLines(id="basis")
            yield _line(tr("field.at"), KeyedInput(placeholder=tr("hint.at"), id="at"))

    @on(OptionField.Changed, "#field_code")
    def fill(self) -> None:
        """What the chosen reason rests on, before it is decided by."""
        if self._reasons:
            chosen = [one for one in self._reasons if one.code == value_of(self._field("code"))]
            self.query_one("#basis", TextLines).show_lines([basis_line(one) for one in chosen])

    def on_keyed_input_accepted(self, message: KeyedInput.Accepted) -> None:
        if message.field.id == "at":
            self.action_save()

    def action_save(self) -> None:
        dossier = self.app.desk.dossier(self.dossier_id)
        assert dossier is not None
        try:
            command = self._command(dossier)
        except InvalidInput as error:
            self._tell(error)
            return
        if self._doubts_unit(command):
            return
        answer = self._carry_out(command)
        if isinstance(answer, Refusal):
            self.refuse(answer)
            return
        self.carried_out()
        self.app.pop_screen()
        if isinstance(self.app.screen, ActionsScreen):
            self.app.pop_screen()
        below = self.app.screen
        if isinstance(below, OfficerScreen):
            told = f"✓ {tr('action.done', what=tr(f'kind.{self._kind.name}'))}"
            opened = self._opened(command.opened) if isinstance(command, CorrectResult) else ""
            paper = offered(self.app.desk, self.dossier_id, self._kind.name)
            odd = "".join(f" {words}" for words in (doubts(self.app.desk, answer) if isinstance(answer, Done) else []))
            below.say(told + opened + odd + (f" · {paper}" if paper else ""))

    def _doubts_unit(self, command: DossierCommand | CorrectResult) -> bool:
        """Asked once of each unit that nobody here knows: it may be new, or mistyped."""
        unit = str(command.fields["unit"]) if isinstance(command, Act) and command.kind == "transfer_offered" else ""
        if unit == self._doubted or knows_unit(self.app.desk, unit):
            return False
        self._doubted = unit
        self.say(f"! {tr('warning.unit_not_known', unit=unit)} {tr('action.again')}")
        self.app.bell()
        return True

    def _opened(self, dossier_id: str) -> str:
        row = self.app.desk.row(dossier_id)
        return " " + tr("correction.opened", number=row["receipt_number"] or "–") if row is not None else ""

    def _carry_out(self, command: DossierCommand | CorrectResult) -> object:
        """What a carrier takes along goes in a batch of its own, so that it stands in the day's manifest."""
        carrier = command.fields.get("carrier") if isinstance(command, Act) else None
        if not isinstance(command, Act) or command.kind != "handed_to_post" or not carrier:
            return self.app.do(command)
        assert self.app.officer is not None
        posting = Posting(command.dossier, str(command.fields.get("tracking") or ""))
        try:
            return send_post(self.app.desk, self.app.officer, str(carrier), [posting], at=command.at)
        except InvalidInput as error:
            return Refusal(error.code, error.basis, error.params)

    def _command(self, dossier: Dossier) -> DossierCommand | CorrectResult:
        desk, kind = self.app.desk, self._kind
        typed = {field.name: value_of(self._field(field.name)) for field in self._asked}
        if self._reasons and not typed["code"] and not typed["reason"].strip():
            raise InvalidInput("field_missing", field="code")
        body = read_fields(kind, given(kind, typed, dossier, desk.law, desk.now()))
        text = self.query_one("#at", KeyedInput).value
        at = read_moment(text, desk.now()) if text.strip() else desk.now()
        if kind.name == "result_corrected":
            return correction_of(dossier.id, desk.new_id(), at, body)
        if kind.name not in INTAKE_KINDS:
            return Act(dossier.id, kind.name, at, body)
        known = {"applicant": dossier.applicant, "bringer": dossier.bringer, "matter": dossier.matter}
        facts = {**dossier.facts, "procedure": dossier.procedure, **{name: one for name, one in known.items() if one}}
        return TakeIn(dossier.id, kind.name, at, facts | body)

    def _field(self, name: str) -> Widget:
        return self.query_one(f"#field_{name}")

    def _tell(self, error: InvalidInput) -> None:
        """Say what is wrong where it is: the field gets the focus."""
        name = error.params.get("field", "")
        code = error.code
        if name in {field.name for field in self._asked}:
            place = self._field(name)
            self.set_focus(place.field if isinstance(place, ChoiceInput) else place)
            error = InvalidInput(code, **{**error.params, "field": tr(f"field.{name}")})
        self.refuse(error)


def _line(label: str, field: Widget) -> Horizontal:
    tall = " tall" if isinstance(field, ChoiceInput) else ""
    return Horizontal(Static(label, classes="label", markup=False), field, classes=f"line{tall}")
