"""Officers as the station knows them, and the check of a PIN."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from typing import Any

from core.answers import InvalidInput, Refusal
from core.authority import effective_roles
from core.text import fold
from storage.database import Connection
from storage.folder import Identity, station_keys
from storage.keys import pin_holds, unseal

_OFFICERS = "SELECT id, code, name, roles, active, only_at IS NULL OR only_at = ?, signs FROM officer"


@dataclass(frozen=True, slots=True)
class Officer:
    """One officer; `given` are the roles as given, `roles` with what a leader may do besides.

    `here`: whether the officer counts at this desk; who came with an unconfirmed desk counts at that one alone.
    `signs`: in which capacity a leader signs (`core.regime.CAPACITIES`).
    """

    id: str
    code: str
    name: str
    given: tuple[str, ...]
    active: bool
    here: bool = True
    signs: str = "head"

    @property
    def roles(self) -> frozenset[str]:
        return effective_roles(self.given) if self.active and self.here else frozenset()


class Officers:
    """Read from the projection's table."""

    def __init__(self, connection: Connection, identity: Identity) -> None:
        self._db = connection
        self._identity = identity

    def all(self) -> list[Officer]:
        rows = self._db.execute(f"{_OFFICERS} ORDER BY code, id", (self._identity.desk,))
        return [_officer(row) for row in rows]

    def get(self, officer_id: str) -> Officer | None:
        row = self._db.execute(f"{_OFFICERS} WHERE id = ?", (self._identity.desk, officer_id)).fetchone()
        return None if row is None else _officer(row)

    def find(self, text: str | None, *, gone: bool = False) -> Officer | Refusal:
        """By id, short code or unique name; None: the only officer of the folder. `gone`: those who have left, too."""
        known = [officer for officer in self.all() if gone or (officer.active and officer.here)]
        if text is None:
            return known[0] if len(known) == 1 else Refusal("officer_not_named")
        wanted = fold(text)
        exact = [officer for officer in known if text in (officer.id, officer.code)]
        found = exact or [officer for officer in known if fold(officer.name) == wanted]
        if len(found) == 1:
            return found[0]
        return Refusal("officer_ambiguous" if found else "officer_unknown", params={"officer": text})

    def sign_in(self, officer: Officer, pin: str) -> Refusal | None:
        """None where the PIN holds; `verifier_sealed` where this desk can't read it yet."""
        verifier = self._verifier(officer.id)
        if verifier is None:
            return Refusal("verifier_sealed")
        return None if pin_holds(verifier, pin) else Refusal("pin_wrong")

    def _verifier(self, officer_id: str) -> str | None:
        """Opened with whichever of the station's keys it was sealed to, else this desk's own note of it."""
        (sealed,) = self._db.execute("SELECT verifier FROM officer WHERE id = ?", (officer_id,)).fetchone()
        for private in station_keys(self._db).values():
            with contextlib.suppress(InvalidInput):
                return unseal(private, bytes.fromhex(sealed)).decode()
        local = self._db.execute("SELECT value FROM meta WHERE name = ?", (f"verifier:{officer_id}",)).fetchone()
        return None if local is None else str(local[0])


def short_code(name: str, taken: set[str]) -> str:
    """A short code from a name's initials, numbered where it is taken: «Trần Minh» → tm, tm2, …"""
    initials = "".join(word[0] for word in fold(name).split() if word[0].isalnum()) or "cb"
    number, code = 1, initials
    while code in taken:
        number += 1
        code = f"{initials}{number}"
    return code


def _officer(row: tuple[Any, ...]) -> Officer:
    return Officer(row[0], row[1], row[2], tuple(json.loads(row[3])), bool(row[4]), bool(row[5]), row[6])
