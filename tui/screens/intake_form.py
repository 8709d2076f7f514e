"""The fields of the intake form: one page, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input, Static

from core.catalogue import ProcedureVersion
from core.numbers import day_of, number_tail, read_number
from tui.dates import day_long
from tui.i18n import language, tr
from tui.screens.intake_facts import Form
from tui.screens.intake_lines import applicant, blank, label, line, matter_line, panel, rest
from tui.screens.intake_papers import PapersList
from tui.widgets.choice import Choice, ChoiceInput
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField

_MATTER_FIELDS = 4
_CITIZEN_DIGITS = 12
_TEXTS = (
    "applicant_number", "applicant_name", "birth_date", "nationality", "address", "phone", "email",
    "bringer_name", "bringer_number", "fee", "note", "ticket", "shelf", "received_at", "promised_at",
)  # fmt: skip
_WORDS = ("applicant_kind", "sex", "bringer_capacity", "variant", "channel", "return_by", "tell", "method")


class ProcedureInput(ChoiceInput):
    """Tells of a choice at once: the field that Enter goes on to depends on it."""

    def __init__(self, find: Callable[[str], Sequence[Choice]], taken: Callable[[], None]) -> None:
        super().__init__(find, id="procedure")
        self._taken = taken

    def choose(self, choice: Choice | None) -> None:
        super().choose(choice)
        self._taken()


class IntakeForm(VerticalScroll, can_focus=False):
    """Holds what was typed and tells of each change; what it means is the screen's."""

    DEFAULT_CSS = "IntakeForm { height: 1fr; }"

    class Changed(Message):
        """Something in the form is different; `field` is its id."""

        def __init__(self, field: str) -> None:
            super().__init__()
            self.field = field

    def __init__(self, find: Callable[[str], Sequence[Choice]], chosen: Callable[[], None]) -> None:
        super().__init__()
        self._find = find
        self._chosen = chosen
        self._filling = False
        self._asked: tuple[str, ...] = ()
        self._kept_matter: dict[str, str] = {}
        self.visit = ""
        self.earlier: dict[str, str] = {}
        self.offer: dict[str, str] = {}
        self.blank = ""

    def compose(self) -> ComposeResult:
        yield panel("blank", *blank(), id="blank_panel")
        with Widget(id="columns"):
            with Vertical():
                yield panel("applicant", *applicant())
            with Vertical():
                yield panel("procedure", *self._procedure())
                yield panel("papers", PapersList(id="papers"), id="papers_panel")
                yield panel("matter", *(matter_line(place) for place in range(_MATTER_FIELDS)), id="matter")
        yield panel("rest", *rest())

    def _procedure(self) -> tuple[Widget, ...]:
        return (
            Horizontal(label("procedure"), ProcedureInput(self._find, self._procedure_taken), classes="choice"),
            line(label("variant"), OptionField((), id="variant"), id="variant_line"),
            Static("", id="law", markup=False),
        )

    def on_mount(self) -> None:
        self.offer_version(None)

    def focus_on(self, name: str) -> None:
        """Give the focus to a field by its column's name, at once: keys may be waiting for it."""
        found = self._choice.field if name == "procedure" else self._input(name) if name in _TEXTS else None
        self.screen.set_focus(found or self.query_one(f"#{name}"))

    def focus_is_elsewhere(self, name: str) -> bool:
        """Whether the officer is done with the field."""
        return self.screen.focused is not self._input(name)

    def on_descendant_focus(self) -> None:
        """Fields may have appeared with the same key: scroll once they have their places."""
        focused = self.screen.focused
        if focused is not None and focused.id == "applicant_number":
            self.call_after_refresh(self.scroll_home, animate=False)
        elif focused is not None:
            self.call_after_refresh(focused.scroll_visible, animate=False)

    def read(self) -> Form:
        """What stands in the fields now."""
        texts = {name: self._input(name).value for name in _TEXTS}
        texts |= {name: self._word(name).value for name in _WORDS}
        chosen = self._choice.choice
        texts["procedure"] = chosen.id if chosen else ""
        matter = {name: self._matter(place).value for place, name in enumerate(self._asked)}
        texts = {name: text for name, text in texts.items() if text}
        return Form(
            texts,
            list(self._papers.ticked),
            list(self._papers.kept),
            matter,
            self.visit,
            dict(self.earlier),
            self.blank,
            dict(self.offer),
        )

    def fill(self, form: Form, procedure: Choice | None, version: ProcedureVersion | None) -> None:
        """Show a whole form, instead of what stood there."""
        self.visit, self.earlier, self.offer = form.visit, dict(form.earlier), dict(form.offer)
        self.show_blank(form.blank)
        self._filling = True
        self._choice.choose(procedure)
        self._filling = False
        self._kept_matter = dict(form.matter)
        self._papers.ticked, self._papers.kept = list(form.papers), list(form.originals)
        self.offer_version(version)
        self._papers.set_ticks(form.papers, form.originals)
        self.put({name: form.texts.get(name, "") for name in (*_TEXTS, *_WORDS)})
        self._fit_kind()

    def put(self, texts: dict[str, str]) -> None:
        """Write texts into their fields."""
        for name, text in texts.items():
            if name in _WORDS:
                self._word(name).value = text
            else:
                self._input(name).value = text
                self._input(name).cursor_position = len(text)

    def offer_version(self, version: ProcedureVersion | None) -> None:
        """Ask what this version asks: its cases, papers and matter fields."""
        vietnamese = language() == "vi"
        cases = (
            [(one.code, one.title_vi if vietnamese else one.title_en) for one in version.variants] if version else []
        )
        self._word("variant").offer(cases)
        self.query_one("#variant_line").display = len(cases) > 1
        self._papers.ask(version.papers if version else ())
        self.query_one("#papers_panel").display = version is not None
        self._ask_matter(version.matter_fields[:_MATTER_FIELDS] if version else ())

    def show_blank(self, number: str) -> None:
        """Ask what is written on a blank receipt, or (without a number) no more."""
        self.blank = number
        box, found = self.query_one("#blank_panel"), read_number(number)
        box.display = found is not None
        if found is not None:
            day, tail = day_of(found.day), number_tail(found.desk_number, found.serial)
            box.border_title = tr("intake.section.blank", number=tail, day=day_long(day))

    def show_law(self, text: str) -> None:
        self.query_one("#law", Static).update(text)

    def show_card(self, text: str) -> None:
        """The remark beside the number."""
        self.query_one("#card", Static).update(text)

    def show_notes(self, texts: Sequence[str], *, repeat: bool = False) -> None:
        """What does not fit, and what of this person is open already; `repeat`: the first one is grave."""
        notes = self.query_one("#notes", Static)
        notes.set_class(repeat, "-repeat")
        notes.update(" · ".join((f"! {texts[0]}", *texts[1:])) if texts else "")

    def on_input_changed(self, message: Input.Changed) -> None:
        message.stop()
        field = message.input.id or "procedure"
        self.post_message(self.Changed(field))

    def on_option_field_changed(self, message: OptionField.Changed) -> None:
        message.stop()
        if message.field.id in ("applicant_kind", "bringer_capacity"):
            self._fit_kind()
        self.post_message(self.Changed(message.field.id or ""))

    @property
    def missing(self) -> list[str]:
        """Codes of the required papers that are not there."""
        return [paper.code for paper in self._papers.missing]

    def on_papers_list_changed(self, message: PapersList.Changed) -> None:
        message.stop()
        self.post_message(self.Changed("papers"))

    def _procedure_taken(self) -> None:
        if not self._filling:
            self._chosen()

    def _fit_kind(self) -> None:
        """What is asked depends on the kind of applicant and on who brings the papers."""
        kind = self._word("applicant_kind").value
        number = self._input("applicant_number")
        number.max_length = _CITIZEN_DIGITS if kind == "citizen" else 0
        number.jump_when_full = kind == "citizen"
        for name in ("#nationality", "#label_nationality"):
            self.query_one(name).display = kind == "foreigner"
        self.query_one("#bringer_line").display = self._word("bringer_capacity").value not in ("self", "post")
        self._input("birth_date").disabled = self._word("sex").disabled = kind == "organisation"
        self.query_one("#label_applicant_number", Static).update(tr(f"intake.number.{kind}"))

    def _ask_matter(self, names: Sequence[str]) -> None:
        before = {name: self._matter(place).value for place, name in enumerate(self._asked)}
        self._kept_matter |= {name: text for name, text in before.items() if text}
        self._asked = tuple(names)
        self.query_one("#matter").display = bool(names)
        for place in range(_MATTER_FIELDS):
            self.query_one(f"#matter_line_{place}").display = place < len(names)
            self._matter(place).value = self._kept_matter.get(names[place], "") if place < len(names) else ""
        for place, name in enumerate(names):
            self.query_one(f"#label_matter_{place}", Static).update(tr(f"matter.{name}"))

    def _input(self, name: str) -> KeyedInput:
        return self.query_one(f"#{name}", KeyedInput)

    def _word(self, name: str) -> OptionField:
        return self.query_one(f"#{name}", OptionField)

    def _matter(self, place: int) -> KeyedInput:
        return self.query_one(f"#matter_{place}", KeyedInput)

    @property
    def _choice(self) -> ChoiceInput:
        return self.query_one("#procedure", ChoiceInput)

    @property
    def _papers(self) -> PapersList:
        return self.query_one(PapersList)
