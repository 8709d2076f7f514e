"""An amendment is typed here, or read from a file; F10 shows what it would move, nothing is written yet.

What it moves is found beside the screen, on a connection of its own; keys that are pressed meanwhile wait for the
preview, Esc gives it up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import events, on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker, WorkerState, get_current_worker

from core.answers import InvalidInput, Refusal
from core.law import Law
from core.moments import legal_day
from storage.amending import Proposal, propose, propose_package
from storage.desk import Desk
from storage.officers import Officer
from tui.dossier_words import title_of
from tui.i18n import language, tr
from tui.keys import bind
from tui.limit_words import limit_words
from tui.screens.kept_typing import KeptTyping
from tui.screens.law_form import FIELDS, SOURCE, Misread, Typed, document, read_date, read_files
from tui.screens.parts import TextLines
from tui.screens.settings_law import package_line
from tui.widgets.choice import Choice, ChoiceInput
from tui.widgets.composing import Holds
from tui.widgets.inputs import KeyedInput
from tui.widgets.keyed import send_again
from tui.widgets.option import OptionField

_TEXTS = ("day", "hours", "place", "desk", "limit", "first", "last", "reason", "decision", "path")
_HINTS = frozenset({"day", "hours", "limit", "first", "last", "decision", "path"})
_HOLDS: Mapping[str, Holds] = {"place": "words", "reason": "words", "limit": "both", "decision": "both"}
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_Found = Proposal | Refusal | Misread
_Ask = Callable[[Desk], Proposal | Refusal]


class AmendScreen(KeptTyping):
    """Over the law's screen; what was typed stays until it is law: after a look at the preview, a refusal, a crash."""

    AUTO_FOCUS = "#kind"
    name_key = "title.amend"
    kept_as = "amendment"
    hints: ClassVar[Sequence[str]] = ("save", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "preview"), bind("discard", "discard")]

    class Looked(Message):
        """What an amendment would do was found, or why it can't be made."""

        def __init__(self, worker: Worker[None], found: _Found) -> None:
            super().__init__()
            self.worker = worker
            self.found = found

    def __init__(self, kinds: Sequence[str]) -> None:
        super().__init__()
        self._kinds = kinds
        self._looking: Worker[None] | None = None
        self._ahead: list[events.Key] = []
        self._shown = ""

    def body(self) -> ComposeResult:
        with VerticalScroll(can_focus=False, id="amend_form"):
            kinds = [(kind, tr(f"amend.kind.{kind}")) for kind in self._kinds]
            panel = Vertical(_line("kind", OptionField(kinds, id="kind")), classes="panel")
            panel.border_title = tr("law.amend")
            with panel:
                yield _line("procedure", ChoiceInput(self._procedures, rows=3, id="procedure"), tall=True)
                yield _line("variant", OptionField((), id="variant"))
                for name in _TEXTS:
                    yield _line(name, KeyedInput(id=name, placeholder=_hint(name), holds=_HOLDS.get(name, "codes")))
                yield TextLines(id="about", classes="spaced")

    def on_mount(self) -> None:
        self.show_kind()
        super().on_mount()

    def key_title(self, key_id: str) -> str | None:
        return tr("amend.preview") if key_id == "save" else None

    @on(OptionField.Changed, "#kind")
    def show_kind(self) -> None:
        """Only the fields of this kind of amendment are there."""
        kind = self._kind
        if kind == self._shown:
            return
        self._shown = kind
        self.say("")
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
        """Read what was typed and find what it would do; what is wrong is told, and its field gets the focus."""
        try:
            ask = self._question()
        except Misread as error:
            self._misread(error)
            return
        self.say(tr("amend.looking"))
        self._looking = self._look(self.app.desk.folder, ask)

    async def catch_key(self, event: events.Key) -> bool:
        """Keys pressed while it is looked for are the preview's; Esc gives it up."""
        if self._looking is None:
            return await super().catch_key(event)
        if event.key == "escape":
            self._looking.cancel()
            self._rest()
            self.say("")
        else:
            self._ahead.append(event)
        return True

    def on_amend_screen_looked(self, message: Looked) -> None:
        if message.worker is not self._looking:
            return
        ahead, found = self._rest(), message.found
        if isinstance(found, Misread):
            self._misread(found)
        elif isinstance(found, Refusal):
            self.refuse(_readable(found, self.app.desk.law))
        else:
            self.say("")
            self.app.push(self.app.make("law_preview", found))
            self.app.call_later(send_again, self.app, ahead)

    def on_worker_state_changed(self, message: Worker.StateChanged) -> None:
        """A fault is told, and the form is free again."""
        if message.worker is self._looking and message.state is WorkerState.ERROR:
            self._rest()
            self.refuse(InvalidInput("unexpected", what=type(message.worker.error).__name__))

    @work(thread=True, exclusive=True, group="preview", exit_on_error=False)
    def _look(self, folder: Path, ask: _Ask) -> None:
        found = _asked(folder, ask)
        worker = get_current_worker()
        if not worker.is_cancelled:
            self.post_message(self.Looked(worker, found))

    def _rest(self) -> list[events.Key]:
        """Nothing is looked for any more: the keys that waited."""
        ahead, self._ahead, self._looking = self._ahead, [], None
        return ahead

    def _misread(self, error: Misread) -> None:
        self.refuse(error.problem)
        if error.field:
            self._focus(error.field)

    def _question(self) -> _Ask:
        """What to ask a desk, as it was typed. Raises Misread."""
        officer = self.app.officer
        assert officer is not None
        if self._kind == "package":
            return lambda desk: propose_package(desk, officer)
        if self._kind == "file":
            path = self._text("path")
            if not path:
                raise Misread("path", InvalidInput("amend_field_missing", field=tr("amend.path")))
            return partial(_propose_file, officer=officer, path=path)
        chosen = self.query_one("#procedure", ChoiceInput).choice
        variant = self.query_one("#variant", OptionField).value
        texts = {name: self._text(name) for name in _TEXTS}
        typed = Typed(self._kind, texts, chosen.id if chosen else "", variant)
        return partial(_propose_typed, officer=officer, typed=typed, content=document(typed, self._today()))

    def _put(self, texts: dict[str, str]) -> None:
        """Which fields and cases there are follows from what stands in others."""
        super()._put(texts)
        self.show_kind()
        self.offer_cases()
        super()._put(texts)

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
        return legal_day(self.app.desk.now())

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", KeyedInput).value.strip()

    @property
    def _kind(self) -> str:
        return self.query_one("#kind", OptionField).value


def _asked(folder: Path, ask: _Ask) -> _Found:
    """The answer of a desk of this thread's own."""
    try:
        desk = Desk.open(folder)
        try:
            return ask(desk)
        finally:
            desk.close()
    except Misread as error:
        return error
    except InvalidInput as error:
        return Misread("", error)


def _propose_file(desk: Desk, officer: Officer, path: str) -> Proposal | Refusal:
    try:
        return propose(desk, officer, *read_files(path))
    except InvalidInput as error:
        raise Misread("path", error) from None


def _propose_typed(desk: Desk, officer: Officer, typed: Typed, content: bytes) -> Proposal | Refusal:
    """What is wrong is told of the form, not of the file that it makes."""
    try:
        return propose(desk, officer, content, SOURCE)
    except InvalidInput as error:
        params = dict(error.params)
        if "where" in params:
            params["where"] = tr(f"amend.kind.{typed.kind}")
        day = str(params.get("day", ""))
        if _ISO_DAY.fullmatch(day):
            params["day"] = f"{date.fromisoformat(day):%d/%m/%Y}"
        first = next(name for name in FIELDS[typed.kind] if name in ("first", "day"))
        raise Misread(first, InvalidInput(error.code, **params)) from None


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
