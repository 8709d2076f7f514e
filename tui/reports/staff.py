"""Officers of a report's lines, each looked up once: a year's lines name the same few."""

from __future__ import annotations

from uuid import UUID

from storage.desk import Desk
from storage.officers import Officer
from tui.i18n import tr


class Staff:
    """What an officer's id is told as; a name that was written by hand is told as it is."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: dict[str, Officer | None] = {}

    def name(self, officer: str) -> str:
        """The name, on sheets; of an officer of a unit that the dossier came from, only that."""
        found = self._of(officer)
        if found is not None:
            return found.name
        try:
            UUID(officer)
        except ValueError:
            return officer
        return tr("officer_elsewhere")

    def code(self, officer: str) -> str:
        """The short code, in JSON."""
        found = self._of(officer)
        return found.code if found else officer

    def _of(self, officer: str) -> Officer | None:
        if officer not in self._known:
            self._known[officer] = self._desk.officers.get(officer)
        return self._known[officer]
