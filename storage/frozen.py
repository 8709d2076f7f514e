"""The reports that were sent, byte for byte, and what has come out since."""

from __future__ import annotations

import json
import zlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.answers import InvalidInput, Refusal
from core.dossier import Dossier
from core.freezing import KIND, FreezeReport, digest, entity
from core.moments import legal_day
from core.record import Event
from storage.desk import Desk, Done
from storage.officers import Officer
from storage.tally import earliest

_MOST = 64 * 1024 * 1024
"""Bytes that a report unpacks to at most: another desk wrote it."""
_CAME = """
SELECT 1 FROM event WHERE entity = ? AND n > (
    SELECT event.n FROM event JOIN origin ON origin.no = event.origin
    WHERE origin.desk = ? AND origin.epoch = ? AND event.seq = ?
) LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """One report that was sent; `id` is its event's."""

    id: str
    name: str
    first: date
    last: date
    scope: str | None
    reading: str
    rules: int
    sha256: str
    at: datetime
    by: str
    note: str
    packed: str
    order: tuple[int, str, int, int]

    @property
    def early(self) -> bool:
        """Whether the period still ran when it was sent."""
        return legal_day(self.at) <= self.last

    def text(self) -> str:
        """What was sent, byte for byte. Raises InvalidInput `report_broken` where it is not what its hash says."""
        try:
            unpacker = zlib.decompressobj()
            found = unpacker.decompress(b64decode(self.packed, validate=True), _MOST).decode()
        except (ValueError, zlib.error) as error:
            raise InvalidInput("report_broken", report=self.id) from error
        if unpacker.unconsumed_tail or digest(found) != self.sha256:
            raise InvalidInput("report_broken", report=self.id)
        return found

    def document(self) -> dict[str, Any]:
        """The same as a JSON object. Raises InvalidInput `report_broken`."""
        found: dict[str, Any] = json.loads(self.text())
        return found

    def readable(self) -> dict[str, Any] | None:
        """The same; None where it is not what its hash says, or no object at all: another desk wrote it."""
        try:
            found = self.document()
        except (InvalidInput, ValueError):
            return None
        return found if isinstance(found, dict) else None


def before_data(desk: Desk, last: date) -> Refusal | None:
    """`report_before_data` for a period that was over before anything was counted here."""
    since = earliest(desk.connection, None)
    if since is None or last >= since:
        return None
    return Refusal("report_before_data", params={"day": f"{since:%d/%m/%Y}"})


def freeze(
    desk: Desk, officer: Officer, document: dict[str, Any], period: tuple[date, date], scope: str | None, note: str = ""
) -> Sent | Refusal:
    """Keep the report as sent, in one event. Raises InvalidInput `body_too_large`.

    Refusal `report_before_data` for a period that was over before anything was counted here: nobody knows its figures.
    """
    if unknown := before_data(desk, period[1]):
        return unknown
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    packed = b64encode(zlib.compress(text.encode(), 9)).decode()
    first, last = period
    reading, rules = str(document.get("reading", "")), int(document.get("rules", 1))
    name = str(document["name"])
    command = FreezeReport(name, first, last, scope, reading, rules, packed, digest(text), desk.now(), note)
    done = desk.do(command, officer)
    if isinstance(done, Refusal):
        return done
    assert isinstance(done, Done)
    return _sent(done.events[0])


def sent(desk: Desk) -> list[Sent]:
    """What the unit has sent, the newest first; what was written without the right to is none of it, nor what this desk
    has no key for (yet)."""
    may = desk.projection.authority().may
    known = (one for one in desk.log.understood(entity(desk.identity.unit)) if one.kind == KIND and not one.destroyed)
    return [_sent(one) for one in sorted(filter(may, known), key=lambda one: one.order, reverse=True)]


def find_sent(desk: Desk, name: str) -> Sent | Refusal:
    """The one whose id begins so."""
    found = [one for one in sent(desk) if one.id.startswith(name)] if name else []
    if len(found) == 1:
        return found[0]
    return Refusal("report_sent_unknown", params={"report": name})


def sent_before(desk: Desk, name: str, first: date, scope: str | None, reading: str) -> Sent | None:
    """The last one of the same report, unit and reading whose period ended before the day: the latest such period."""
    alike = (one for one in sent(desk) if (one.name, one.scope, one.reading) == (name, scope, reading))
    return max((one for one in alike if one.last < first), key=lambda one: (one.last, one.at), default=None)


def same_period(desk: Desk, name: str, period: tuple[date, date], scope: str | None, reading: str) -> Sent | None:
    """The last one that was sent of the very same period."""
    asked = (name, *period, scope, reading)
    return next((one for one in sent(desk) if (one.name, one.first, one.last, one.scope, one.reading) == asked), None)


def came_since(desk: Desk, dossier: Dossier, report: Sent) -> bool:
    """Whether something was written of the dossier after the report was sent; or before, and came to the desk that sent
    it only after: what another desk had not sent yet. Elsewhere nobody can tell what that desk knew."""
    if any(one.order > report.order for one in dossier.events):
        return True
    if report.order[1] != desk.identity.desk:
        return False
    asked = (dossier.id, *report.order[1:])
    return desk.connection.execute(_CAME, asked).fetchone() is not None


def why(dossier: Dossier | None, report: Sent) -> str:
    """The word for what made a dossier count otherwise after the report was sent."""
    if dossier is None or dossier.state is None:
        return "destroyed"
    if dossier.state == "voided":
        return "voided"
    if dossier.away is not None:
        return "transferred"
    later = {one.kind for one in dossier.events if one.order > report.order and one.event_id not in dossier.marks}
    known = next((word for word in ("reopened", "corrected") if word in later), None)
    if known is None and dossier.facts.get("imported") and "received" in later:
        return "imported"
    return known or ("later_in_period" if report.early else "entered_late")


def _sent(event: Event) -> Sent:
    body = event.body
    return Sent(
        id=event.event_id,
        name=str(body["report"]),
        first=date.fromisoformat(str(body["from"])),
        last=date.fromisoformat(str(body["to"])),
        scope=body.get("scope"),
        reading=str(body.get("reading", "")),
        rules=int(body["rules"]),
        sha256=str(body["sha256"]),
        at=event.at,
        by=event.by,
        note=str(body.get("note", "")),
        packed=str(body["document"]),
        order=event.order,
    )
