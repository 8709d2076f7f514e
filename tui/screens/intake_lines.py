"""The lines of the intake form: labels and fields as they stand on the page."""

from __future__ import annotations

from typing import Any

from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from tui.i18n import tr
from tui.screens.intake_facts import offered
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField
from tui.widgets.phrases import PhraseInput


def applicant() -> tuple[Widget, ...]:
    """Whose it is and who brings it."""
    return (*_person(), *_contact(), Static("", id="notes", classes="hint warning", markup=False))


def _person() -> tuple[Widget, ...]:
    return (
        line(
            label("applicant_number"),
            KeyedInput(id="applicant_number", classes="middle"),
            _option("applicant_kind", "short"),
            Static("", id="card", classes="hint fine", markup=False),
        ),
        line(label("applicant_name"), KeyedInput(id="applicant_name", holds="words")),
        line(
            label("birth_date"),
            KeyedInput(id="birth_date", classes="middle"),
            label("sex", next_to=True),
            _option("sex", "short"),
        ),
    )


def _contact() -> tuple[Widget, ...]:
    return (
        line(
            label("address"),
            KeyedInput(id="address", holds="words"),
            label("nationality", next_to=True),
            KeyedInput(id="nationality", classes="short", holds="words"),
        ),
        line(
            label("phone"),
            KeyedInput(id="phone", classes="middle"),
            label("email", next_to=True),
            KeyedInput(id="email"),
        ),
        line(
            label("bringer"),
            KeyedInput(id="bringer_name", holds="words"),
            _option("bringer_capacity", "long"),
        ),
        line(label("bringer_number"), KeyedInput(id="bringer_number", classes="middle"), id="bringer_line"),
    )


def blank() -> tuple[Widget, ...]:
    """What is written on a blank receipt that was filled in by hand."""
    return (
        line(
            label("received_at"),
            KeyedInput(id="received_at", classes="middle", placeholder=tr("intake.received_at.hint")),
            label("promised_at", next_to=True),
            KeyedInput(id="promised_at", placeholder=tr("intake.promised_at.hint")),
        ),
    )


def rest() -> tuple[Widget, ...]:
    """How it comes and goes, what is paid, where it lies."""
    return (
        line(
            label("channel"),
            _option("channel", "middle"),
            label("return_by", next_to=True),
            _option("return_by", "middle"),
            label("tell", next_to=True),
            _option("tell", "tiny"),
        ),
        line(
            label("fee"),
            KeyedInput(id="fee", classes="middle"),
            _option("method", "middle"),
            label("ticket", next_to=True),
            KeyedInput(id="ticket", classes="short"),
            label("shelf", next_to=True),
            KeyedInput(id="shelf", holds="both"),
        ),
        line(label("note"), PhraseInput(id="note", kind="note")),
    )


def matter_line(place: int) -> Widget:
    """One of the fields that a procedure asks for; the form gives it its label."""
    label = Static("", id=f"label_matter_{place}", classes="label", markup=False)
    return line(label, KeyedInput(id=f"matter_{place}", holds="both"), id=f"matter_line_{place}")


def panel(name: str, *children: Widget, id: str | None = None) -> Widget:
    """A box with its title."""
    panel = Vertical(*children, classes="panel", id=id)
    panel.border_title = tr(f"intake.section.{name}")
    return panel


def line(*parts: Widget, **settings: Any) -> Widget:
    """A line of the form."""
    return Horizontal(*parts, classes="line", **settings)


def label(name: str, *, next_to: bool = False) -> Widget:
    """The words before a field; `next_to` where a field stands before them."""
    return Static(tr(f"intake.{name}"), id=f"label_{name}", classes="next" if next_to else "label", markup=False)


def _option(name: str, width: str) -> OptionField:
    return OptionField(offered(name), id=name, classes=width)
