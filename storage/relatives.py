"""What is here of the entities that a batch touches: which events, and which of them others stand on."""

from __future__ import annotations

from dataclasses import dataclass

from core.record import Event, read_event
from storage.database import Connection

_HEADERS = "SELECT header FROM event WHERE entity = ?"


@dataclass(frozen=True, slots=True)
class Relatives:
    """The events of one entity that are here, and those that are somebody's parents."""

    ids: set[str]
    parents: set[str]

    def saw(self, event: Event) -> None:
        self.ids.add(event.event_id)
        self.parents.update(event.parents)

    def holds(self, event: Event, last: int) -> bool:
        """Whether all that the event stands on is here, and its command whole: its origin's chain ends at `last`."""
        return self.ids.issuperset(event.parents) and event.seq - event.group[0] + event.group[1] - 1 <= last


class Known:
    """Each entity that a batch touches, read once."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._entities: dict[str, Relatives] = {}

    def of(self, entity: str) -> Relatives:
        found = self._entities.get(entity)
        if found is None:
            found = self._entities[entity] = Relatives(set(), set())
            for (header,) in self._db.execute(_HEADERS, (entity,)):
                found.saw(read_event(header, None))
        return found
