"""What an event's signature is made over, as values: signatures themselves are checked outside."""

from __future__ import annotations

from dataclasses import dataclass

from core.record import canonical


@dataclass(frozen=True, slots=True)
class Claim:
    """A signature that an event (by its `name`) rests on; keys and signature in hex."""

    event: tuple[str, str]
    public: str
    signature: str
    message: bytes


def statement(what: str, station: str, **facts: object) -> bytes:
    """The bytes that are signed: what is said, of which station, and the facts."""
    return canonical({"says": what, "station": station, **facts})
