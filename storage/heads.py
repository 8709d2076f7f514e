"""The heads of each entity: what its next event stands on."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from core.record import Event
from storage.database import Connection

_AT_ONCE = 500


class Heads:
    """What the next event of each of `entities` has for parents: read at once, moved in memory, written at the end.

    `awaited` names parents that were no head when their child came: when such a parent arrives late, it is none.
    """

    def __init__(self, connection: Connection, entities: Collection[str]) -> None:
        self._db = connection
        self._heads = self._read("head", entities)
        self._before = {entity: frozenset(heads) for entity, heads in self._heads.items()}
        self._awaited = self._read("awaited", entities)
        self._new: set[tuple[str, str]] = set()
        self._waiting: set[str] = set()

    def of(self, entity: str) -> tuple[str, ...]:
        return tuple(sorted(self._heads[entity]))

    def saw(self, event: Event, *, stood_on: bool = False) -> None:
        """`stood_on`: an event that is here already has it for a parent."""
        heads = self._heads[event.entity]
        for parent in event.parents:
            if parent in heads:
                heads.remove(parent)
            else:
                self._new.add((event.entity, parent))
        known = event.event_id in self._awaited[event.entity] or (event.entity, event.event_id) in self._new
        if not known and not stood_on:
            heads.add(event.event_id)

    def wait(self, entities: Iterable[str]) -> None:
        """Some of these entities' events have not come with their whole command."""
        self._waiting.update(entities)

    def may_wait(self, entity: str) -> bool:
        """Whether an event of the entity may stand on one that is not here."""
        return self._db.execute("SELECT 1 FROM waiting WHERE entity = ?", (entity,)).fetchone() is not None

    def complete(self, entity: str) -> None:
        """Nothing of the entity waits any more."""
        self._db.execute("DELETE FROM waiting WHERE entity = ?", (entity,))

    def write(self) -> None:
        gone = [(name, one) for name, before in self._before.items() for one in before - self._heads[name]]
        come = [(name, one) for name, heads in self._heads.items() for one in heads - self._before[name]]
        self._db.executemany("DELETE FROM head WHERE entity = ? AND event_id = ?", gone)
        self._db.executemany("INSERT INTO head VALUES (?, ?)", come)
        self._db.executemany("INSERT OR IGNORE INTO awaited VALUES (?, ?)", self._new)
        waiting = sorted(self._waiting.union(entity for entity, _ in self._new))
        self._db.executemany("INSERT OR IGNORE INTO waiting VALUES (?)", [(entity,) for entity in waiting])

    def _read(self, table: str, entities: Collection[str]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {entity: set() for entity in entities}
        wanted = list(found)
        for begin in range(0, len(wanted), _AT_ONCE):
            part = wanted[begin : begin + _AT_ONCE]
            asked = f"SELECT entity, event_id FROM {table} WHERE entity IN ({', '.join('?' * len(part))})"
            for entity, event_id in self._db.execute(asked, part):
                found[entity].add(event_id)
        return found
