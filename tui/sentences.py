"""A refusal or a fault as one sentence, with the house's words in place of codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.answers import Refusal
from core.events import KINDS, ROLES
from core.states import State
from tui.i18n import tr

_STATES = frozenset(state.value for state in State)


def sentence(code: str, params: Mapping[str, str]) -> str:
    """The catalogue's sentence for an error code; kinds, states and roles are named as the screens name them.

    What a card's code has against it is the same sentence where it only warns; a command's word stays as it was typed.
    """
    words = {name: value if code == "kind_unknown" else _word(name, value) for name, value in params.items()}
    text = tr(f"error.{code}", **words)
    return text if text != f"error.{code}" else tr(f"warning.{code}", **words)


def by_number(reason: Refusal, numbers: Mapping[str, int]) -> Refusal:
    """With the number of the desk that it names in place of its id, where `numbers` (desks by id) has it."""
    number = numbers.get(reason.params.get("desk", ""))
    return reason if number is None else replace(reason, params={**reason.params, "desk": str(number)})


def bulk_words(answers: Sequence[object]) -> str:
    """How many of many things were done, and why the first of the others was refused."""
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    told = tr("bulk.done", done=len(answers) - len(refused), count=len(answers))
    return told + (f" ✗ {sentence(refused[0].code, refused[0].params)}" if refused else "")


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
