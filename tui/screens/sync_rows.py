"""The sync screen's lines: hubs in words, and what waits, a dossier a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core.answers import Refusal
from core.moments import LEGAL_TIME
from core.text import clean_line
from storage import outbox
from storage.conflicts import desk_numbers, law_conflicts
from storage.desk import Desk
from storage.official import given_twice
from storage.repeats import find_repeats
from storage.room import room_warnings
from storage.transfers import Incoming, crossed, followed, following, incoming, outgoing
from tui.conflict_words import entity_words
from tui.dates import age, moment_short
from tui.i18n import tr
from tui.screens.queue_rows import short_number
from tui.sentences import by_number, sentence
from tui.widgets.columns import Column

COLUMNS = (
    Column("number", "queue.number", 11),
    Column("name", "queue.name", 24, grow=2),
    Column("what", "sync.what", 24, grow=1, marked=True),
    Column("since", "sync.since", 12, priority=1),
)


@dataclass(frozen=True, slots=True)
class SyncRow:
    """One entity: `dossier` where Enter can open it, `other` the dossier that it may repeat, `incoming` an offer."""

    id: str
    number: str
    name: str
    what: str
    since: str
    conflict: bool
    dossier: bool
    other: str = ""
    incoming: Incoming | None = None

    @property
    def entity(self) -> str:
        """What Enter opens."""
        return self.id.rpartition(" ")[2]


def cells(row: SyncRow) -> tuple[str, ...]:
    return row.number, row.name, row.what, row.since


def mark(row: SyncRow) -> tuple[str, str]:
    return ("?", "overdue") if row.conflict else ("?", "soon") if row.other or row.incoming else ("", "normal")


def sync_rows(desk: Desk, now: datetime) -> list[SyncRow]:
    """Conflicts first, what may be there twice, then what waits, the oldest first."""
    rows = [
        SyncRow(entity, "–", entity_words(desk, entity), tr("sync.conflict"), "", True, False)
        for entity in dict.fromkeys(one.entity for one in law_conflicts(desk))
    ]
    rows += [
        SyncRow(row.id, short_number(row["receipt_number"]), row["applicant_name"], tr("sync.conflict"), "", True, True)
        for row in outbox.conflicts(desk)
    ]
    rows += _numbers(desk)
    rows += _repeats(desk)
    rows += _transfers(desk)
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


def _numbers(desk: Desk) -> Iterator[SyncRow]:
    for row, *others in given_twice(desk):
        what = tr(
            "sync.number_twice", official=row["official_number"], number=short_number(others[0]["receipt_number"])
        )
        number, name = short_number(row["receipt_number"]), row["applicant_name"]
        yield SyncRow(f"number {row.id}", number, name, what, "", True, True)


def _repeats(desk: Desk) -> Iterator[SyncRow]:
    found = find_repeats(desk)
    numbers = desk_numbers(desk) if found else {}
    for one in found:
        number = short_number(one.row["receipt_number"])
        where = numbers.get(one.desk, "–")
        what = tr("sync.repeat_elsewhere", desk=where)
        if one.other is not None:
            what = tr("sync.repeat", number=short_number(one.other["receipt_number"]), desk=where)
        other = one.other.id if one.other is not None else ""
        name = one.row["applicant_name"]
        yield SyncRow(f"repeat {one.row.id}", number, name, what, "", False, True, other)


def _transfers(desk: Desk) -> Iterator[SyncRow]:
    for come in incoming(desk):
        number, what = (
            short_number(come.receipt_number),
            tr("sync.incoming_revoked" if come.revoked else "sync.incoming", unit=clean_line(come.unit)),
        )
        yield SyncRow(f"incoming {come.offer}", number, clean_line(come.name), what, "", False, False, incoming=come)
    bounds = desk.bounds()
    people = [(f"crossed {name}", tr("sync.crossed", unit=clean_line(unit))) for name, unit in crossed(desk)]
    people += [(f"followed {name}", tr("sync.followed")) for name in followed(desk)]
    people += [(f"following {name}", tr("sync.following", unit=clean_line(unit))) for name, unit in following(desk)]
    for line, what in people:
        row = desk.queries.row(line.rpartition(" ")[2], bounds)
        if row is not None:
            yield SyncRow(line, short_number(row["receipt_number"]), row["applicant_name"], what, "", False, True)
    for offer in outgoing(desk):
        row = desk.queries.row(offer.dossier, bounds)
        if row is not None:
            what = tr("sync.outgoing" if offer.sent else "sync.outgoing_unsent", unit=clean_line(offer.unit))
            number, name = short_number(row["receipt_number"]), row["applicant_name"]
            yield SyncRow(f"outgoing {row.id}", number, name, what, "", False, True)


def hub_lines(desk: Desk, now: datetime) -> list[str]:
    """Each hub: when it was last reached, what went to and fro, what is wrong."""
    lines = []
    for hub in outbox.hubs(desk):
        contact = tr("sync.never")
        if hub.last_contact:
            ago = age(int(now.timestamp()) - hub.last_contact)
            contact = tr("sync.contact", moment=_moment(hub.last_contact), age=ago)
        lines.append(tr("sync.hub", url=clean_line(hub.url), contact=contact, sent=hub.sent, received=hub.received))
        if hub.error:
            tried = _moment(hub.last_try) if hub.last_try else "–"
            problem = by_number(Refusal(hub.error, params=hub.about), desk_numbers(desk))
            lines.append(f"  ✗ {sentence(problem.code, problem.params)} · {tr('sync.tried', moment=tried)}")
    return lines or [tr("sync.no_hub")]


def room_lines(desk: Desk) -> list[str]:
    """What this desk's own disk is short of."""
    return [f"! {sentence(one.code, one.params)}" for one in room_warnings(desk)]


def _moment(seconds: int) -> str:
    return moment_short(datetime.fromtimestamp(seconds, LEGAL_TIME))


def _since(since: datetime, now: datetime) -> str:
    return age(int((now - since).total_seconds()))


def _why(reason: str) -> str:
    """Why something still waits; a hub's error is told once, with the hub."""
    return tr(f"sync.why.{reason if reason in ('no_hub', 'hub_unreachable', 'next_exchange') else 'problem'}")
