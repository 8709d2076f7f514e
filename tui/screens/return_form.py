"""The lines of the return screen that say who takes the result, and how."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from core.dossier import Dossier
from core.intake import CAPACITIES, CHANNELS
from tui.i18n import tr
from tui.screens.return_facts import Handing
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField

_TAKERS = tuple(capacity for capacity in CAPACITIES if capacity != "post")
_TEXTS = ("identity", "taker", "taker_number", "carrier", "tracking")


class ReturnForm(Vertical):
    """Three lines that keep their places; the post has other ones than the counter."""

    def compose(self) -> ComposeResult:
        yield _line(
            _label("channel"),
            OptionField([(word, tr(f"channel.{word}")) for word in CHANNELS], id="channel", classes="middle"),
            _label("identity", next_to=True),
            KeyedInput(id="identity", classes="middle"),
        )
        capacities = [(word, tr(f"capacity.{word}")) for word in _TAKERS]
        yield _line(
            _label("taker"),
            OptionField(capacities, id="capacity", classes="long"),
            KeyedInput(id="taker"),
            id="taker_line",
        )
        yield _line(_label("taker_number"), KeyedInput(id="taker_number", classes="middle"), id="number_line")
        yield _line(_label("carrier"), KeyedInput(id="carrier"), id="carrier_line")
        yield _line(_label("tracking"), KeyedInput(id="tracking", classes="middle"), id="tracking_line")

    def on_mount(self) -> None:
        self.border_title = tr("return.section")
        self._fit()

    def begin(self, dossier: Dossier | None) -> None:
        """For another dossier: empty, with the channel that was asked for at intake."""
        for name in _TEXTS:
            self._input(name).value = ""
        self._word("capacity").value = "self"
        self._word("channel").value = str(dossier.facts.get("return_by") or "counter") if dossier else "counter"
        self._fit()

    def read(self) -> Handing:
        """What was entered."""
        texts = {name: self._input(name).value for name in _TEXTS}
        return Handing(channel=self._word("channel").value, capacity=self._word("capacity").value, **texts)

    def put(self, **texts: str) -> None:
        """Write texts into their fields."""
        for name, text in texts.items():
            if name in _TEXTS:
                self._input(name).value = text
            else:
                self._word(name).value = text

    def focus_on(self, name: str) -> None:
        self.screen.set_focus(self.query_one(f"#{name}"))

    def focus_first(self) -> None:
        """Where the officer types next."""
        self.focus_on("carrier" if self._word("channel").value == "post" else "identity")

    def on_option_field_changed(self) -> None:
        self._fit()

    def _fit(self) -> None:
        post, own = self._word("channel").value == "post", self._word("capacity").value == "self"
        for name in ("#taker_line", "#number_line"):
            self.query_one(name).display = not post
        for name in ("#carrier_line", "#tracking_line"):
            self.query_one(name).display = post
        self._input("identity").disabled = post
        self._input("taker").disabled = self._input("taker_number").disabled = own

    def _input(self, name: str) -> KeyedInput:
        return self.query_one(f"#{name}", KeyedInput)

    def _word(self, name: str) -> OptionField:
        return self.query_one(f"#{name}", OptionField)


def _line(*parts: Widget, id: str | None = None) -> Widget:
    return Horizontal(*parts, id=id, classes="line")


def _label(name: str, *, next_to: bool = False) -> Widget:
    return Static(tr(f"return.{name}"), classes="next" if next_to else "label", markup=False)
