"""Ins on the fines: one decision that comes from the street, with what is held by it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from core.answers import InvalidInput, Refusal
from core.intake import APPLICANT_KINDS
from core.moments import legal_day
from storage.desk import Done
from storage.fines import enter
from tui.fine_entry import FIELDS, HELD, field_of, hint_of, new_fine
from tui.i18n import tr
from tui.keys import bind
from tui.screens.kept_typing import KeptTyping
from tui.screens.parts import TextLines
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField


class FineForm(KeptTyping):
    """F10 enters it. What is held: names with `;` between, a number behind `=` («GPLX=480123; Đăng ký xe»)."""

    AUTO_FOCUS = "#decision"
    name_key = "fines.new"
    kept_as = "fine"
    hints: ClassVar[Sequence[str]] = ("save", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "save"), bind("discard", "discard")]

    def body(self) -> ComposeResult:
        yield TextLines([tr("fines.form.about")], id="about")
        with Vertical(id="list_form"):
            for name, holds in FIELDS[:-1]:
                if name == "number":
                    with Horizontal(classes="line"):
                        yield Static(tr("fines.form.kind"), classes="label", markup=False)
                        yield OptionField([(one, tr(f"applicant_kind.{one}")) for one in APPLICANT_KINDS], id="kind")
                with Horizontal(classes="line"):
                    yield Static(tr(f"fines.form.{name}"), classes="label", markup=False)
                    yield KeyedInput(id=name, holds=holds, classes="long", placeholder=hint_of(name))
            with Horizontal(classes="line"):
                yield Static(tr("fines.form.vehicle"), classes="label", markup=False)
                yield OptionField([(one, tr(f"fines.form.vehicle.{one}")) for one in HELD], id="vehicle")
            with Horizontal(classes="line", id="seized"):
                name, holds = FIELDS[-1]
                yield Static(tr(f"fines.form.{name}"), classes="label", markup=False)
                yield KeyedInput(id=name, holds=holds, classes="long", placeholder=hint_of(name))

    def on_mount(self) -> None:
        super().on_mount()
        self._offer_seizure()

    @on(OptionField.Changed, "#vehicle")
    def _offer_seizure(self) -> None:
        """The day of seizure is asked of a vehicle alone."""
        self.query_one("#seized").display = self.query_one("#vehicle", OptionField).value == "seizure"

    def action_save(self) -> None:
        """Enter the decision and go back to the list."""
        assert self.app.officer is not None
        desk = self.app.desk
        texts = {name: self.query_one(f"#{name}", KeyedInput).value for name, _ in FIELDS}
        kind, held = (self.query_one(f"#{name}", OptionField).value for name in ("kind", "vehicle"))
        answer: Done | Refusal | InvalidInput
        try:
            answer = enter(desk, self.app.officer, new_fine(texts, kind, held, legal_day(desk.now())))
        except InvalidInput as error:
            answer = error
        if isinstance(answer, Done):
            self.carried_out()
            self.app.pop_screen()
            return
        self.refuse(answer)
        place = field_of(answer)
        if place is not None:
            self.set_focus(self.query_one(f"#{place}"))
