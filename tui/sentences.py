"""A refusal or a fault as one sentence, with the house's words in place of codes."""

from __future__ import annotations

from collections.abc import Mapping

from core.events import KINDS, ROLES
from core.states import State
from tui.i18n import tr

_STATES = frozenset(state.value for state in State)


def sentence(code: str, params: Mapping[str, str]) -> str:
    """The catalogue's sentence for an error code; kinds, states and roles are named as the screens name them.

    What a card's code has against it is the same sentence where it only warns.
    """
    words = {name: _word(name, value) for name, value in params.items()}
    text = tr(f"error.{code}", **words)
    return text if text != f"error.{code}" else tr(f"warning.{code}", **words)


def _word(name: str, value: str) -> str:
    if name == "kind" and value in KINDS:
        word = tr(f"kind.{value}")
        return value if word == f"kind.{value}" else word
    if name == "state" and value in _STATES:
        return tr(f"state.{value}")
    if name == "printer" and not value:
        return tr("settings.printer.default")
    if name == "form":
        return tr(f"letter.{value}")
    if name == "roles":
        return ", ".join(tr(f"role.{role}") if role in ROLES else role for role in value.split(", "))
    return value
