"""An amendment is typed here, or read from a file; F10 shows what it would move, nothing is written yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from core.answers import InvalidInput, Refusal
from core.law import Law
from core.moments import LEGAL_TIME
from storage.amending import Proposal, propose, propose_package
from tui.dossier_words import title_of
from tui.i18n import language, tr
from tui.keys import bind
from tui.limit_words import limit_words
from tui.screens.base import OfficerScreen
from tui.screens.law_form import FIELDS, SOURCE, Misread, Typed, document, read_date, read_files
from tui.screens.parts import TextLines
from tui.screens.settings_law import package_line
from tui.themes import STYLES
from tui.widgets.choice import Choice, ChoiceInput
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField

_TEXTS = ("day", "hours", "place", "desk", "limit", "first", "last", "reason", "decision", "path")
_HINTS = frozenset({"day", "hours", "limit", "first", "last", "decision", "path"})


class AmendScreen(OfficerScreen):
    """Over the law's screen; what was typed stays while the preview is looked at, and after a refusal."""

    CSS_PATH = STYLES.parent / "law.tcss"
    AUTO_FOCUS = "#kind"
    name_key = "title.amend"
    hints: ClassVar[Sequence[str]] = ("save", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "preview")]

    def __init__(self, kinds: Sequence[str]) -> None:
        super().__init__()
        self._kinds = kinds

    def body(self) -> ComposeResult:
        with VerticalScroll(can_focus=False, id="amend_form"):
            kinds = [(kind, tr(f"amend.kind.{kind}")) for kind in self._kinds]
            panel = Vertical(_line("kind", OptionField(kinds, id="kind")), classes="panel")
            panel.border_title = tr("law.amend")
            with panel:
                yield _line("procedure", ChoiceInput(self._procedures, rows=3, id="procedure"), tall=True)
                yield _line("variant", OptionField((), id="variant"))
                for name in _TEXTS:
                    yield _line(name, KeyedInput(id=name, placeholder=_hint(name)))
                yield TextLines(id="about", classes="spaced")

    def on_mount(self) -> None:
        super().on_mount()
        self.show_kind()

    def key_title(self, key_id: str) -> str | None:
        return tr("amend.preview") if key_id == "save" else None

    @on(OptionField.Changed, "#kind")
    def show_kind(self) -> None:
        """Only the fields of this kind of amendment are there."""
        kind = self._kind
        for name in ("procedure", "variant", *_TEXTS):
            self.query_one(f"#{name}_line").display = name in FIELDS[kind]
        self.offer_cases()
        about = [tr(f"amend.about.{kind}"), tr("amend.keys")]
        if kind == "package":
            about.insert(1, package_line(self.app.desk))
        self.query_one("#about", TextLines).show_lines(about)

    @on(ChoiceInput.Chosen, "#procedure")
    def offer_cases(self) -> None:
        """The cases of the chosen procedure: all of them together, or one."""
        chosen = self.query_one("#procedure", ChoiceInput).choice
        found = self.app.desk.law.version_on(chosen.id, self._day()) if chosen else None
        cases = () if found is None or isinstance(found, Refusal) else found.variants
        titles = [(one.code, one.title_vi if language() == "vi" else one.title_en) for one in cases]
        self.query_one("#variant", OptionField).offer([("", tr("amend.all_cases")), *titles])
        self.query_one("#variant_line").display = self._kind == "commitment" and len(cases) > 1

    def action_preview(self) -> None:
        """Read what was typed and show what it would do; what is wrong is told, and its field gets the focus."""
        try:
            found = self._proposed()
        except Misread as error:
            self.refuse(error.problem)
            self._focus(error.field)
            return
        except InvalidInput as error:
            self.refuse(error)
            return
        if isinstance(found, Refusal):
            self.refuse(_readable(found, self.app.desk.law))
            return
        self.say("")
        self.app.push(self.app.make("law_preview", found))

    def _proposed(self) -> Proposal | Refusal:
        desk, officer = self.app.desk, self.app.officer
        assert officer is not None
        if self._kind == "package":
            return propose_package(desk, officer)
        if self._kind == "file":
            path = self._text("path")
            if not path:
                raise Misread("path", InvalidInput("amend_field_missing", field=tr("amend.path")))
            try:
                return propose(desk, officer, *read_files(path))
            except InvalidInput as error:
                raise Misread("path", error) from None
        chosen = self.query_one("#procedure", ChoiceInput).choice
        variant = self.query_one("#variant", OptionField).value
        texts = {name: self._text(name) for name in _TEXTS}
        content = document(Typed(self._kind, texts, chosen.id if chosen else "", variant), self._today())
        return propose(desk, officer, content, SOURCE)

    def _focus(self, name: str) -> None:
        field = self.query_one(f"#{name}")
        self.set_focus(field.field if isinstance(field, ChoiceInput) else field)

    def _procedures(self, text: str) -> Sequence[Choice]:
        if not text.strip():
            return []
        law, day = self.app.desk.law, self._day()
        found = [(one, law.version_on(one, day)) for one in law.suggest(text, day=day)]
        return [
            Choice(one.name, title_of(version, one.name), limit_words(version.variants[0].phases[0].limit))
            for one, version in found
            if not isinstance(version, Refusal)
        ]

    def _day(self) -> date:
        """From when a promise is to count; today where that is not typed yet."""
        fields = self.query("#first").results(KeyedInput)
        typed = next((field.value.strip() for field in fields), "")
        return read_date(typed, self._today()) or self._today()

    def _today(self) -> date:
        return self.app.desk.now().astimezone(LEGAL_TIME).date()

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", KeyedInput).value.strip()

    @property
    def _kind(self) -> str:
        return self.query_one("#kind", OptionField).value


def _readable(refusal: Refusal, law: Law) -> Refusal:
    """With the procedure's title in place of our name of it."""
    found = law.find(str(refusal.params.get("procedure", "")))
    if found is None:
        return refusal
    title = title_of(found.versions[-1], found.name)
    return Refusal(refusal.code, refusal.basis, {**refusal.params, "procedure": title})


def _hint(name: str) -> str:
    hint = tr(f"amend.hint.{name}") if name in _HINTS else ""
    return tr("amend.example", example=hint) if hint and name != "path" else hint


def _line(name: str, field: Widget, *, tall: bool = False) -> Horizontal:
    label = Static(tr(f"amend.{name}"), classes="label", markup=False)
    return Horizontal(label, field, classes="line tall" if tall else "line", id=f"{name}_line")
