"""Officers of a report's lines, each looked up once: a year's lines name the same few."""

from __future__ import annotations

from storage.desk import Desk
from storage.officers import Officer


class Staff:
    """What an officer's id is told as; an id that nobody here knows is told as it is."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: dict[str, Officer | None] = {}

    def name(self, officer: str) -> str:
        """The name, on sheets."""
        found = self._of(officer)
        return found.name if found else officer

    def code(self, officer: str) -> str:
        """The short code, in JSON."""
        found = self._of(officer)
        return found.code if found else officer

    def _of(self, officer: str) -> Officer | None:
        if officer not in self._known:
            self._known[officer] = self._desk.officers.get(officer)
        return self._known[officer]
