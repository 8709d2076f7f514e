"""Fields that the later writer wins: who lost one to somebody that had not seen it is kept and shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.merge import is_legal
from core.order import Ordered
from core.record import Event


@dataclass(frozen=True, slots=True)
class LostValue:
    """What `event` gave a field and `winner`, which had not seen it, replaced. `officer` is the assigned one's field.

    `settled`: whoever wrote the value that stands now has seen this one.
    """

    field: str
    value: Any
    event: Event
    winner: Event
    settled: bool


@dataclass(slots=True)
class LastWriters:
    """Walks the events that have an effect in the fold's order."""

    history: Ordered
    _holder: dict[str, int] = field(default_factory=dict)
    _lost: list[tuple[str, int, int]] = field(default_factory=list)

    def takes(self, place: int) -> bool:
        """Whether the event at `place` writes its field; False where a legal effect holds it that it had not seen."""
        event = self.history.events[place]
        name = written_field(event)
        if name is None:
            return True
        holder = self._holder.get(name)
        if holder is not None and self.history.concurrent(holder, place):
            held = self.history.events[holder]
            loses = is_legal(held) and not is_legal(event)
            if _value(held) != _value(event):
                self._lost.append((name, place, holder) if loses else (name, holder, place))
            if loses:
                return False
        self._holder[name] = place
        return True

    def lost(self) -> tuple[LostValue, ...]:
        """Every value that was lost, in the order in which it was."""
        events = self.history.events
        return tuple(
            LostValue(
                name,
                _value(events[place]),
                events[place],
                events[winner],
                self.history.saw(place, self._holder[name]),
            )
            for name, place, winner in self._lost
        )


def written_field(event: Event) -> str | None:
    """The one field that the event writes; None for all other events."""
    if event.kind == "assigned":
        return "officer"
    if event.kind == "official_number_given":
        return "official_number"
    return str(event.body["field"]) if event.kind == "corrected" else None


def _value(event: Event) -> Any:
    name = {"assigned": "to", "official_number_given": "number"}.get(event.kind, "new")
    return event.body[name]
