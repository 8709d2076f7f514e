"""The sync screen's lines: hubs in words, and what waits, a dossier a line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.moments import LEGAL_TIME
from core.text import clean_line
from storage import outbox
from storage.conflicts import law_conflicts
from storage.desk import Desk
from storage.outbox import HubState
from tui.conflict_words import entity_words
from tui.dates import age, moment_short
from tui.i18n import tr
from tui.screens.queue_rows import short_number
from tui.sentences import sentence
from tui.widgets.columns import Column

COLUMNS = (
    Column("number", "queue.number", 11),
    Column("name", "queue.name", 24, grow=2),
    Column("what", "sync.what", 24, grow=1, marked=True),
    Column("since", "sync.since", 12, priority=1),
)


@dataclass(frozen=True, slots=True)
class SyncRow:
    """One entity: `dossier` where Enter can open it."""

    id: str
    number: str
    name: str
    what: str
    since: str
    conflict: bool
    dossier: bool


def cells(row: SyncRow) -> tuple[str, ...]:
    return row.number, row.name, row.what, row.since


def mark(row: SyncRow) -> tuple[str, str]:
    return ("?", "overdue") if row.conflict else ("", "normal")


def sync_rows(desk: Desk, now: datetime) -> list[SyncRow]:
    """Conflicts first, then what waits, the oldest first."""
    rows = [
        SyncRow(entity, "–", entity_words(desk, entity), tr("sync.conflict"), "", True, False)
        for entity in dict.fromkeys(one.entity for one in law_conflicts(desk))
    ]
    rows += [
        SyncRow(row.id, short_number(row["receipt_number"]), row["applicant_name"], tr("sync.conflict"), "", True, True)
        for row in outbox.conflicts(desk)
    ]
    bounds = desk.bounds()
    everything = outbox.waiting(desk)
    station = [one for one in everything if ":" in one.entity or one.entity == "calendar"]
    if station:
        what = tr("sync.events", count=sum(one.events for one in station)) + _why(station[0].reason)
        since = _since(min(one.since for one in station), now)
        rows.append(SyncRow("station", "–", tr("sync.station"), what, since, False, False))
    for one in everything:
        row = desk.queries.row(one.entity, bounds)
        if row is not None:
            number, name = short_number(row["receipt_number"]), row["applicant_name"]
            what = tr("sync.events", count=one.events) + _why(one.reason)
            rows.append(SyncRow(row.id, number, name, what, _since(one.since, now), False, True))
    return rows


def hub_lines(hubs: Iterable[HubState], now: datetime) -> list[str]:
    """Each hub: when it was last reached, what went to and fro, what is wrong."""
    lines = []
    for hub in hubs:
        contact = tr("sync.never")
        if hub.last_contact:
            ago = age(int(now.timestamp()) - hub.last_contact)
            contact = tr("sync.contact", moment=_moment(hub.last_contact), age=ago)
        lines.append(tr("sync.hub", url=clean_line(hub.url), contact=contact, sent=hub.sent, received=hub.received))
        if hub.error:
            tried = _moment(hub.last_try) if hub.last_try else "–"
            lines.append(f"  ✗ {sentence(hub.error, {})} · {tr('sync.tried', moment=tried)}")
    return lines or [tr("sync.no_hub")]


def _moment(seconds: int) -> str:
    return moment_short(datetime.fromtimestamp(seconds, LEGAL_TIME))


def _since(since: datetime, now: datetime) -> str:
    return age(int((now - since).total_seconds()))


def _why(reason: str) -> str:
    """Why something still waits; a hub's error is told once, with the hub."""
    return tr(f"sync.why.{reason if reason in ('no_hub', 'next_exchange') else 'problem'}")
