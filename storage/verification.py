"""Does the whole history hold? Every origin's chain, this desk's own key, and the tables made from the log."""

from __future__ import annotations

from dataclasses import dataclass

from core.answers import InvalidInput
from storage.chains import Break, first_breaks
from storage.database import DATABASE_NAME, Connection, is_whole, officer_errors
from storage.desk import Desk
from storage.event_log import Head, Origin
from storage.keys import database_key, sign_public
from storage.ledgers import LEDGERS
from storage.projection import Projection
from storage.sync.enrolment import sign_key

_TABLES = ("dossier", "officer", "desk", "handover", "dossier_text", *LEDGERS)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`breaks`: the first bad event of each origin. `projection` and `key` are None where they were not looked at."""

    heads: dict[Origin, Head]
    breaks: tuple[Break, ...]
    projection: bool | None
    key: bool | None

    @property
    def holds(self) -> bool:
        return not self.breaks and self.projection is True and self.key is True


def verify(desk: Desk) -> Verdict:
    """Look at everything and write nothing; work at the desk goes on meanwhile.

    Raises InvalidInput `database_damaged` where a page cannot be read or does not lead where it should, whatever
    table it belongs to: of what follows nothing could be said.
    """
    connection = desk.connection
    with officer_errors():
        if not is_whole(desk.folder / DATABASE_NAME, database_key(desk.folder)):
            raise InvalidInput("database_damaged")
        connection.execute("BEGIN")
        try:
            heads, breaks = desk.log.heads(), tuple(first_breaks(desk.connection, desk.log))
            if breaks:
                return Verdict(heads, breaks, None, None)
            key = sign_key(desk, desk.identity.desk) == sign_public(desk.identity.sign_private)
            return Verdict(heads, breaks, _projection_holds(desk), key)
        finally:
            connection.execute("ROLLBACK")


def _projection_holds(desk: Desk) -> bool:
    """Project the log again into temporary tables, which hide the real ones from this connection."""
    kept = list(desk.projection.dump())
    _shadow(desk.connection)
    fresh = Projection(desk.connection, desk.log, desk.identity.desk)
    fresh.rebuild()
    return list(fresh.dump()) == kept


def _shadow(connection: Connection) -> None:
    """Ends with the transaction, which is rolled back."""
    for name in _TABLES:
        asked = "SELECT sql FROM main.sqlite_master WHERE type = 'table' AND name = ?"
        made = str(connection.execute(asked, (name,)).fetchone()[0])
        head, _, rest = made.partition(name)
        connection.execute(f"{head}temp.{name}{rest}")
