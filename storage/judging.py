"""What this desk knows of the station's desks: signatures checked once, then judged by `core.desks`."""

from __future__ import annotations

from collections.abc import Iterable

from core.desks import JUDGED_KINDS, NO_DESKS, Desks, claims, known_desks
from core.record import Event, Places
from core.signed import Claim
from core.uniting import UNION, union_claims
from storage.database import Connection
from storage.event_log import EventLog
from storage.folder import station_id
from storage.keys import signature_holds

_JUDGED = f"kind IN ({', '.join(repr(kind) for kind in JUDGED_KINDS)}) AND instr(entity, ':')"
_MARK = f"SELECT count(*), max(n), hash FROM event WHERE {_JUDGED}"
_TOUCHED = """
SELECT DISTINCT entity FROM event WHERE origin IN (SELECT no FROM origin WHERE desk = :desk)
UNION SELECT DISTINCT entity FROM event WHERE officer IN (
    SELECT substr(entity, 9) FROM event
    WHERE origin IN (SELECT no FROM origin WHERE desk = :desk) AND entity >= 'officer:' AND entity < 'officer;'
)
"""


class Judging:
    """Keeps the judged desks until an event of theirs comes."""

    def __init__(self, connection: Connection, log: EventLog) -> None:
        self._db = connection
        self._log = log
        self._known: tuple[object, Desks] | None = None
        self._holds: dict[Claim, bool] = {}

    def desks(self) -> Desks:
        """The station's desks by all that is here."""
        mark = self._db.execute(_MARK).fetchone()
        if self._known is None or self._known[0] != mark:
            self._known = (mark, self._judged(self._log.where(_JUDGED)))
        return self._known[1]

    def desks_without(self, written: Places) -> Desks:
        """The station's desks as they were without the events at these places."""
        if self._known is not None and not written:
            return self._known[1]
        return self._judged(self._log.where(_JUDGED, written))

    def changed_by(self, written: Iterable[Event]) -> list[str]:
        """The desks that these events, which are here now, have made worth more or less."""
        new = {event.order: event.kind for event in written}
        if not any(kind in JUDGED_KINDS for kind in new.values()):
            return []
        before, after = self.desks_without(new.keys()), self.desks()
        places = {*before.revoked.items()} ^ {*after.revoked.items()}
        return sorted({*(before.waiting ^ after.waiting), *(desk for desk, _ in places)})

    def forget(self) -> None:
        self._known = None
        self._holds.clear()

    def touched_by(self, desk: str) -> list[str]:
        """The entities that the desk, or an officer whom it added or changed, has written to."""
        return [str(row[0]) for row in self._db.execute(_TOUCHED, {"desk": desk})]

    def _judged(self, events: list[Event]) -> Desks:
        founded = [event for event in events if event.kind == "station_founded" and "code" in event.body]
        if not founded:
            return NO_DESKS
        first = min(founded, key=lambda event: event.order)
        unions = {event.name for event in events if event.kind == UNION} - self._failed(union_claims(events))
        others = {event.name for event in events if event.kind != UNION}
        others -= self._failed(claims(station_id(str(first.body["code"])), events, unions))
        return known_desks(events, others | unions)

    def _failed(self, claimed: Iterable[Claim]) -> set[tuple[str, str]]:
        """The names of the events of which a signature does not hold."""
        failed = set()
        for claim in claimed:
            if claim not in self._holds:
                self._holds[claim] = signed_by(claim)
            if not self._holds[claim]:
                failed.add(claim.event)
        return failed


def signed_by(claim: Claim) -> bool:
    """Whether the claim's signature is its key's, over its message."""
    try:
        return signature_holds(bytes.fromhex(claim.public), bytes.fromhex(claim.signature), claim.message)
    except ValueError:
        return False
