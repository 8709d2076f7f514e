"""Ins on the fines: one decision that comes from the street, with what is held by it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from core.answers import InvalidInput, Refusal
from core.filter import read_day
from core.intake import parse_amount
from core.moments import legal_day
from core.text import clean_line
from storage.fines import NewFine, enter
from tui.i18n import tr
from tui.keys import bind
from tui.screens.kept_typing import KeptTyping
from tui.screens.parts import TextLines
from tui.themes import STYLES
from tui.widgets.composing import Holds
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField

_FIELDS: tuple[tuple[str, Holds], ...] = (
    ("decision", "both"),
    ("name", "words"),
    ("number", "codes"),
    ("amount", "codes"),
    ("decided_on", "codes"),
    ("handed_on", "codes"),
    ("pay_by", "codes"),
    ("held", "both"),
    ("shelf", "both"),
    ("hold_until", "codes"),
    ("plate", "codes"),
)
_DAYS = ("decided_on", "handed_on", "pay_by", "hold_until")


class FineForm(KeptTyping):
    """F10 enters it. What is held: names with `;` between, a number behind `=` («GPLX=480123; Đăng ký xe»)."""

    CSS_PATH = STYLES.parent / "post.tcss"
    AUTO_FOCUS = "#decision"
    name_key = "fines.new"
    kept_as = "fine"
    hints: ClassVar[Sequence[str]] = ("save", "back")
    BINDINGS: ClassVar[list[BindingType]] = [bind("save", "save"), bind("discard", "discard")]

    def body(self) -> ComposeResult:
        yield TextLines([tr("fines.form.about")])
        with Vertical(id="list_form"):
            for name, holds in _FIELDS:
                with Horizontal(classes="line"):
                    yield Static(tr(f"fines.form.{name}"), classes="label", markup=False)
                    yield KeyedInput(id=name, holds=holds, classes="long", placeholder=_hint(name))
            with Horizontal(classes="line"):
                yield Static(tr("fines.form.vehicle"), classes="label", markup=False)
                yield OptionField(
                    [(one, tr(f"fines.form.vehicle.{one}")) for one in ("papers", "seizure")], id="vehicle"
                )

    def action_save(self) -> None:
        """Enter the decision and go back to the list."""
        assert self.app.officer is not None
        desk = self.app.desk
        try:
            done = enter(desk, self.app.officer, self._meant(legal_day(desk.now())))
        except InvalidInput as error:
            done = Refusal(error.code, error.basis, error.params)
        if isinstance(done, Refusal):
            self.refuse(done)
            return
        self.carried_out()
        self.app.pop_screen()

    def _meant(self, today: date) -> NewFine:
        text = {name: clean_line(self.query_one(f"#{name}", KeyedInput).value) for name, _ in _FIELDS}
        days = {name: self._day(name, text[name], today) for name in _DAYS}
        parts = [one.partition("=") for one in text["held"].split(";") if one.strip()]
        if not text["amount"]:
            self.set_focus(self.query_one("#amount"))
            raise InvalidInput("fine_amount_none")
        return NewFine(
            decision=text["decision"],
            name=text["name"],
            amount=parse_amount(text["amount"]),
            number=text["number"],
            held=[(paper.strip(), number.strip()) for paper, _, number in parts],
            shelf=text["shelf"],
            plate=text["plate"],
            vehicle=self.query_one("#vehicle", OptionField).value == "seizure",
            **days,
        )

    def _day(self, name: str, text: str, today: date) -> date | None:
        day = read_day(text, today) if text else None
        if text and day is None:
            self.set_focus(self.query_one(f"#{name}"))
            raise InvalidInput("date_invalid", value=text)
        return day


def _hint(name: str) -> str:
    return tr("fines.form.day") if name in _DAYS else tr("fines.form.held_as") if name == "held" else ""
