"""How the core says no: a `Refusal` is an answer, `InvalidInput` a fault in what was handed in.

Both carry a stable snake_case `code` (the JSON `error.code`; the interface's catalogue has its sentence
under `error.<code>`), the values that the sentence needs, and the article where a law is the reason.
Neither ever carries a name, a number or an address of a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an officer's action may not happen."""

    code: str
    basis: str | None = None
    params: Mapping[str, str] = field(default_factory=lambda: _NOTHING)


class InvalidInput(ValueError):
    """A value from outside that can't be read: `code` names the problem, `params` fill its sentence."""

    def __init__(self, code: str, *, basis: str | None = None, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.basis = basis
        self.params: dict[str, str] = {name: str(value) for name, value in params.items()}
