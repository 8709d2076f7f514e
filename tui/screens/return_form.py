"""The lines of the return screen that say who takes the result, and how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from core.custody import Held
from core.dossier import Dossier
from core.intake import CHANNELS
from tui.i18n import tr
from tui.screens.return_facts import TAKERS, WORDS, Handing
from tui.widgets.inputs import KeyedInput
from tui.widgets.option import OptionField
from tui.widgets.phrases import PhraseInput

_TEXTS = (
    "identity", "taker", "taker_number", "proof", "reference", "witness", "carrier", "tracking", "place", "next_check",
)  # fmt: skip
_AT_COUNTER = ("#taker_line", "#number_line", "#slip_line")
_BY_POST = ("#carrier_line", "#tracking_line", "#terms_line")


class ReturnForm(Vertical):
    """Lines that keep their places: the counter, the post and online have each their own."""

    def compose(self) -> ComposeResult:
        channels = [(word, tr(f"channel.{word}")) for word in CHANNELS]
        yield _line(
            _label("channel"),
            OptionField(channels, id="channel", classes="middle"),
            _label("identity", next_to=True),
            KeyedInput(id="identity", classes="middle"),
        )
        capacities = [(word, tr(f"capacity.{word}")) for word in TAKERS]
        yield _line(
            _label("taker"),
            OptionField(capacities, id="capacity", classes="long"),
            KeyedInput(id="taker", holds="words"),
            id="taker_line",
        )
        yield _line(
            _label("taker_number"),
            KeyedInput(id="taker_number", classes="middle"),
            _label("proof", next_to=True),
            KeyedInput(id="proof", holds="both"),
            id="number_line",
        )
        yield _line(
            _label("slip"),
            self._option("slip", "middle"),
            self._option("sign", "short"),
            _label("witness", next_to=True),
            KeyedInput(id="witness", holds="words"),
            id="slip_line",
        )
        yield _line(_label("reference"), KeyedInput(id="reference"), id="reference_line")
        yield _line(_label("carrier"), PhraseInput(id="carrier", kind="carrier"), id="carrier_line")
        yield _line(_label("tracking"), KeyedInput(id="tracking", classes="middle"), id="tracking_line")
        yield _line(Static("", id="terms", markup=False), id="terms_line")
        yield _line(
            _label("keeper"),
            OptionField([("", "–")], id="keeper", classes="middle"),
            KeyedInput(id="place", classes="middle", holds="both"),
            _label("next_check", next_to=True),
            KeyedInput(id="next_check", classes="day"),
            id="keeper_line",
        )

    def _option(self, name: str, width: str) -> OptionField:
        return OptionField([(word, tr(f"return.{name}.{word}")) for word in WORDS[name]], id=name, classes=width)

    def on_mount(self) -> None:
        self._found: dict[str, str] = {}
        """What `keep` has written of itself."""
        self.border_title = tr("return.section")
        self.query_one("#keeper_line").display = False
        self._fit()

    def begin(self, dossier: Dossier | None, terms: str) -> None:
        """For another dossier: empty, with the channel that was asked for at intake; `terms`: what the post costs."""
        for name in _TEXTS:
            self._input(name).value = ""
        self._found = {}
        first = Handing.begin(dossier)
        self._word("capacity").value, self._word("channel").value = first.capacity, first.channel
        for name, (usual, _) in WORDS.items():
            self._word(name).value = usual
        self.query_one("#terms", Static).update(terms)
        self._fit()

    def keep(
        self, held: Sequence[Held], keepers: Sequence[tuple[str, str]], keeper: str, look_on: date
    ) -> Sequence[str]:
        """Papers that stay: who looks after them, where, and when; nothing is asked where none stays.

        What the officer has written there stays; answers the names of the fields that it has filled in.
        """
        self.query_one("#keeper_line").display = bool(held)
        if not held:
            return ()
        field = self._word("keeper")
        field.offer(keepers)
        place = next((one.place for one in held if one.place), "")
        found = {"keeper": keeper, "place": place, "next_check": f"{look_on:%d/%m/%Y}"}
        own = self._found or {"keeper": field.value, "place": "", "next_check": ""}
        written = {name: text for name, text in found.items() if self._value(name) == own[name]}
        self.put(**written)
        self._found = found
        return tuple(written)

    @property
    def channel(self) -> str:
        """How the result goes out, as chosen now."""
        return self._word("channel").value

    def read(self, found_by: str) -> Handing:
        """What was entered."""
        texts = {name: self._input(name).value for name in _TEXTS}
        words = {name: self._word(name).value for name in ("channel", "capacity", "keeper", *WORDS)}
        return Handing(found_by=found_by, **words, **texts)

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
        first: Callable[[str], str] = {"post": "carrier", "online": "reference"}.get
        self.focus_on(first(self._word("channel").value) or "identity")

    def on_option_field_changed(self) -> None:
        self._fit()

    def _fit(self) -> None:
        channel, own = self._word("channel").value, self._word("capacity").value == "self"
        for names, wanted in ((_AT_COUNTER, "counter"), (_BY_POST, "post"), (("#reference_line",), "online")):
            for name in names:
                self.query_one(name).display = channel == wanted
        self._input("identity").disabled = channel != "counter"
        for name in ("taker", "taker_number", "proof"):
            self._input(name).disabled = own
        self._input("witness").disabled = self._word("sign").value != "thumbprint"

    def _value(self, name: str) -> str:
        return self._input(name).value if name in _TEXTS else self._word(name).value

    def _input(self, name: str) -> KeyedInput:
        return self.query_one(f"#{name}", KeyedInput)

    def _word(self, name: str) -> OptionField:
        return self.query_one(f"#{name}", OptionField)


def _line(*parts: Widget, id: str | None = None) -> Widget:
    return Horizontal(*parts, id=id, classes="line")


def _label(name: str, *, next_to: bool = False) -> Widget:
    return Static(tr(f"return.{name}"), classes="next" if next_to else "label", markup=False)
