"""The question's fields: procedure, case, unit, receipt, other limits, and what has happened since."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from core.catalogue import ProcedureVersion
from core.deadline import ClockEvent
from core.law import Law, known_units
from core.text import fold
from tui.dossier_words import title_of
from tui.i18n import language, tr
from tui.limit_words import limit_words
from tui.screens.intake_form import ProcedureInput
from tui.screens.what_if_asked import EVENT_KINDS, Asked, version_near
from tui.screens.what_if_events import EventField, EventsList
from tui.widgets.choice import Choice, ChoiceField, ChoiceInput
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField

_UNIT_ROWS = 2
_ANSWERED = frozenset({"supplement_requested", "payment_requested", "suspended"})
_MORE = {"extended": "what_if.hint.limit", "rescheduled": "hint.moment"}
Find = Callable[[str], Sequence[Choice]]


class WhatIfForm(VerticalScroll, can_focus=False):
    """Holds what was typed; what it comes to is the screen's."""

    def __init__(
        self, own_unit: str, procedures: Find, units: Find, chosen: Callable[[], None], add: Callable[[], None]
    ) -> None:
        super().__init__()
        self._own_unit = own_unit
        self._procedures = procedures
        self._units = units
        self._chosen = chosen
        self._add = add
        self._cases: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        yield _panel(
            "what_if.question",
            _line("what_if.procedure", ProcedureInput(self._procedures, self._chosen)),
            _line("what_if.variant", OptionField((), id="variant"), id="variant_line"),
            _line("what_if.received", KeyedInput(id="received", placeholder=tr("hint.at"))),
            _line("what_if.unit", ChoiceInput(self._units, rows=_UNIT_ROWS, id="unit")),
            _line("what_if.limit", KeyedInput(id="limit", holds="both", placeholder=tr("what_if.hint.own_limit"))),
            _line(
                "what_if.committed", KeyedInput(id="committed", holds="both", placeholder=tr("what_if.hint.committed"))
            ),
        )
        yield _panel(
            "what_if.events",
            _line("what_if.kind", OptionField([(kind, tr(f"kind.{kind}")) for kind in EVENT_KINDS], id="kind")),
            _line("what_if.at", EventField(self._at_typed, id="at", placeholder=tr("what_if.hint.at"))),
            _line("what_if.more.extended", EventField(self._add, id="more"), id="more_line"),
            EventsList(id="happened"),
            id="events_panel",
        )

    def on_mount(self) -> None:
        self.query_one("#unit", ChoiceInput).field.placeholder = tr("what_if.hint.unit")
        self.offer_cases(None)
        self.fit_kind()

    def asked(self) -> Asked:
        """What stands in the fields now; a unit's code need not be chosen from the list."""
        procedure, unit = self.query_one("#procedure", ChoiceInput).choice, self.query_one("#unit", ChoiceInput)
        texts = {name: self._text(name) for name in ("received", "limit", "committed")}
        return Asked(
            unit=unit.choice.id if unit.choice else unit.field.value.strip() or self._own_unit,
            procedure=procedure.id if procedure else "",
            variant=self.query_one("#variant", OptionField).value,
            events=self.happened.listed,
            **texts,
        )

    def event_typed(self) -> tuple[str, str, str]:
        """Kind, moment, and the extension or new appointment, as they stand in their fields."""
        kind = self._kind.value
        return kind, self._text("at"), self._text("more") if kind in _MORE else ""

    def took(self, event: ClockEvent) -> None:
        """The event was read: list it, empty its fields, and offer what most likely comes next."""
        self.happened.add(event)
        for name in ("at", "more"):
            self.query_one(f"#{name}", EventField).value = ""
        if event.kind in _ANSWERED:
            self._kind.value = EVENT_KINDS[EVENT_KINDS.index(event.kind) + 1]
        self.screen.set_focus(self._kind)

    def offer_cases(self, version: ProcedureVersion | None) -> None:
        """The version's cases to choose from, where it has more than one."""
        vietnamese = language() == "vi"
        variants = version.variants if version else ()
        cases = [(one.code, one.title_vi if vietnamese else one.title_en) for one in variants]
        if cases != self._cases:
            self._cases = cases
            self.query_one("#variant", OptionField).offer(cases)
        self.query_one("#variant_line").display = len(cases) > 1

    def fit_kind(self) -> None:
        """An extension has a limit besides, a new appointment its moment."""
        kind = self._kind.value
        line = self.query_one("#more_line")
        line.display = kind in _MORE
        if kind in _MORE:
            line.query_one(".label", Static).update(tr(f"what_if.more.{kind}"))
            line.query_one(EventField).placeholder = tr(_MORE[kind])

    def on_descendant_focus(self) -> None:
        """Show the whole of what has the focus: a field with its suggestions, an event with the list."""
        focused = self.screen.focused
        if focused is None:
            return
        whole: Widget = focused
        if isinstance(focused, ChoiceField):
            assert isinstance(focused.parent, Widget)
            whole = focused.parent
        elif focused.id in ("kind", "at", "more", "happened"):
            whole = self.query_one("#events_panel")
        self.call_after_refresh(whole.scroll_visible, animate=False)

    @property
    def happened(self) -> EventsList:
        return self.query_one(EventsList)

    @property
    def _kind(self) -> OptionField:
        return self.query_one("#kind", OptionField)

    def _at_typed(self) -> None:
        """Enter after the moment: the event is whole, or asks for one thing more."""
        if self._kind.value in _MORE:
            self.fit_kind()
            self.screen.set_focus(self.query_one("#more"))
        else:
            self._add()

    def _text(self, name: str) -> str:
        return self.query_one(f"#{name}", KeyedInput).value


def procedures_called(text: str, law: Law, day: date) -> list[Choice]:
    """Procedures that the text may mean, also those that have ended, with their limit or their dates that day."""
    if not text.strip():
        return []
    found = []
    for procedure in law.suggest(text):
        version = version_near(law, procedure.name, day)
        if version is not None:
            found.append(Choice(procedure.name, title_of(version, procedure.name), _remark(version, day)))
    return found


def units_called(text: str, law: Law, own: tuple[str, str]) -> list[Choice]:
    """This unit (code, name) first, then those that the law data names, else the code as it was typed."""
    code, name = own
    titles = {code: f"{code} · {name}"}
    for unit in law.units:
        titles.setdefault(unit.code, f"{unit.code} · {unit.title_vi if language() == 'vi' else unit.title_en}")
    for known in sorted(known_units(law)):
        titles.setdefault(known, known)
    wanted = fold(text)
    found = [
        Choice(one, title, tr("what_if.this_unit") if one == code else "")
        for one, title in titles.items()
        if wanted in fold(title)
    ]
    typed = text.strip()
    if found or not typed or any(letter.isspace() for letter in typed):
        return found
    return [Choice(typed, typed, tr("what_if.free_unit"))]


def _remark(version: ProcedureVersion, day: date) -> str:
    if version.in_force(day):
        return limit_words(version.variants[0].phases[0].limit)
    if version.valid_to is not None and version.valid_to < day:
        return tr("what_if.until", last=f"{version.valid_to:%d/%m/%Y}")
    return tr("what_if.from", first=f"{version.valid_from:%d/%m/%Y}")


def _line(key: str, field: Widget, *, id: str | None = None) -> Horizontal:
    tall = " tall" if isinstance(field, ChoiceInput) else ""
    return Horizontal(Static(tr(key), classes="label", markup=False), field, classes=f"line{tall}", id=id)


def _panel(key: str, *lines: Widget, id: str | None = None) -> Vertical:
    made = Vertical(*lines, classes="panel", id=id)
    made.border_title = tr(key)
    return made
