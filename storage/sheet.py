"""What a handover's sheet is made of: the rows of dossiers, the shift's events, and what this desk knows of itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from core.answers import InvalidInput
from core.handover import sheet_hash
from core.moments import LEGAL_TIME, legal_day
from core.queue import NEVER, Bounds, Urgency, midnight, urgency, worklists
from core.readback import asks, most_one_by_one, readback_items
from core.sheet import Carried, LastSheet, ShiftFacts, build_sheet, ids_by_section
from core.states import BEFORE_RECEIPT
from core.uncollected import collecting
from storage.desk import Desk
from storage.drawer import Drawer, form_lines, own_events
from storage.event_log import StoredEvent
from storage.forecast import foreseen_now
from storage.handed import handover_of
from storage.messages import count_failed
from storage.officers import Officer
from storage.outbox import hubs
from storage.shift import begun

_COUNTED = frozenset(
    {"received", "guided", "not_accepted", "supplement_requested", "rescheduled", "delay_excused", "result_ready",
     "result_returned", "handed_to_post"}
)  # fmt: skip
_COLUMNS = (
    "id", "receipt_number", "applicant_name", "procedure", "state", "officer", "unit", "lane", "binding_at", "by_date",
    "received_at", "due_at", "waiting_for", "promised_at", "originals", "at_post", "return_by", "unprinted",
    "in_conflict", "awaits_letter", "proposed_at", "remind_from", "answer_until", "custody_check", "lies_since",
    "reminded_at",
)  # fmt: skip
_CARRIED = (
    "lane < 4", "lane >= 3 AND state = 'result_ready'", "originals > 0", "unprinted > 0", "in_conflict = 1",
)  # fmt: skip
"""Each has an index: what was ended years ago is not read."""
_ROWS = f"""
SELECT {", ".join(_COLUMNS)} FROM dossier
WHERE rowid IN ({" UNION ALL ".join(f"SELECT rowid FROM dossier WHERE {one}" for one in _CARRIED)})
"""
_ONLY_HERE = "SELECT DISTINCT entity FROM event WHERE origin = ? AND seq > ?"
_LAST = (
    "SELECT id, accepted_at FROM handover WHERE accepted_at IS NOT NULL {} ORDER BY accepted_at DESC, id DESC LIMIT 1"
)
_LATER_MS = 15 * 60 * 1000
"""What was written so long after it happened was on paper meanwhile."""
_ORDER = {word: place for place, word in enumerate(Urgency)}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A handover as it stands: `signed` are the signatures given so far.

    `readback`: what the receiver said, by item, once it was accepted; `overridden`: why a leader signed for another.
    """

    id: str | None
    sender: str | None
    receiver: str | None
    sections: tuple[Mapping[str, Any], ...]
    dossiers: tuple[str, ...]
    signed: tuple[tuple[str, datetime], ...]
    readback: Mapping[str, str] = field(default_factory=dict)
    overridden: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """The hash (hex) that both sign."""
        return sheet_hash(self.sections)

    def items(self, section: str) -> list[Mapping[str, Any]]:
        """The lines of a section; none where the sheet is from before there was such a section."""
        return next((list(one["items"]) for one in self.sections if one["name"] == section), [])


def sheet_now(desk: Desk, officer: Officer | None, notes: Sequence[str] = ()) -> Sheet:
    """What would be handed over now; None: what everybody at the station carries."""
    today = legal_day(desk.now())
    carried = _carried(desk, officer)
    facts = _with_forecast(desk, officer, carried, _facts(desk, officer, notes))
    sections = build_sheet(carried, facts, today, _last(desk, officer))
    moving = tuple(one.id for one in carried if one.moves)
    asked = asks(sections, moving, most_one_by_one(desk.law, desk.identity.unit, today))
    sections.append({"name": "readback", "items": readback_items(asked)})
    return Sheet(None, officer.id if officer else None, None, tuple(sections), moving, ())


def _with_forecast(desk: Desk, officer: Officer | None, carried: Sequence[Carried], facts: ShiftFacts) -> ShiftFacts:
    """Beside the facts what will not be done; a forecast that can't be made is told, and holds nothing up."""
    late = frozenset(one.id for one in carried if one.urgency in (Urgency.APOLOGY_OWED, Urgency.OVERDUE))
    try:
        return replace(facts, foreseen=foreseen_now(desk, officer, late))
    except InvalidInput as error:
        return replace(facts, degraded=[*facts.degraded, _part("forecast", error.code)])


def _carried(desk: Desk, officer: Officer | None) -> list[Carried]:
    """The dossiers that somebody answers for, in the queue's order; made of columns alone."""
    at = desk.bounds()
    where, values = ("", ()) if officer is None else (" AND +officer = ?", (officer.id,))
    found = desk.connection.execute(_ROWS + where, values).fetchall()
    maker = _Maker(desk, at)
    rows = [(row := dict(zip(_COLUMNS, one, strict=True)), maker.urgency(row)) for one in found]
    rows.sort(key=lambda one: (_ORDER[one[1]], one[0]["binding_at"], one[0]["received_at"], one[0]["id"]))
    return [maker.carried(row, word) for row, word in rows]


class _Maker:
    """Rows as the sheet has them: what all of them share is asked once."""

    def __init__(self, desk: Desk, at: Bounds) -> None:
        self._desk = desk
        self._at = at
        self._codes = {one.id: one.code for one in desk.officers.all()}
        self._only_here = _only_here(desk)
        self._collecting: dict[tuple[str, int, int | None], str | None] = {}

    def urgency(self, row: Mapping[str, Any]) -> Urgency:
        return urgency(row["lane"], row["binding_at"], bool(row["by_date"]), self._at)

    def carried(self, row: Mapping[str, Any], word: Urgency) -> Carried:
        at, until = self._at, row["answer_until"]
        proposed = row["proposed_at"] is not None
        return Carried(
            id=row["id"],
            receipt_number=row["receipt_number"],
            applicant_name=row["applicant_name"],
            procedure=row["procedure"],
            state=row["state"],
            urgency=word,
            owner=self._codes.get(row["officer"], row["officer"]),
            due_at=None if row["binding_at"] >= NEVER else _moment(row["binding_at"]),
            waits_for=row["waiting_for"],
            by_hour=not row["by_date"] or _by_hand(row),
            originals=row["originals"],
            at_post=bool(row["at_post"]),
            by_post=row["return_by"] == "post",
            unprinted=row["unprinted"],
            in_conflict=bool(row["in_conflict"]),
            here_only=row["id"] in self._only_here,
            before_receipt=row["state"] in _BEFORE,
            worklists=worklists(row["lane"], word, proposed, row["remind_from"], until, at),
            awaits_letter=bool(row["awaits_letter"]),
            answer_by=None if until is None else _day(until - 1).isoformat(),
            answer_near=until is not None and until <= at.after_soon,
            custody_check=None if row["custody_check"] is None else _day(row["custody_check"]).isoformat(),
            collect_on=None if row["lies_since"] is None else self._collect(row),
        )

    def _collect(self, row: Mapping[str, Any]) -> str | None:
        """When somebody reminds of the result next, or takes it to the archive shelf."""
        key = (row["unit"], midnight(_day(row["lies_since"])), row["reminded_at"])
        if key not in self._collecting:
            found = collecting(self._desk.law, row["unit"], _day(row["lies_since"]))
            reminded = None if row["reminded_at"] is None else _day(row["reminded_at"])
            self._collecting[key] = None if found is None else found.next_after(reminded).isoformat()
        return self._collecting[key]


_BEFORE = frozenset(state.value for state in BEFORE_RECEIPT)


def _by_hand(row: Mapping[str, Any]) -> bool:
    """Whether somebody promised an earlier hour than the law gives."""
    promised = row["promised_at"]
    return promised is not None and promised == row["binding_at"] and promised != row["due_at"]


def _only_here(desk: Desk) -> frozenset[str]:
    """The entities of which no hub holds everything; at a desk without a hub that is no news, so none."""
    if not hubs(desk):
        return frozenset()
    accepted = desk.frontier().accepted
    found: set[str] = set()
    for origin, head in desk.log.heads().items():
        if head.seq > accepted.get(origin, 0):
            values = (desk.log.number(origin), accepted.get(origin, 0))
            found.update(entity for (entity,) in desk.connection.execute(_ONLY_HERE, values))
    return frozenset(found)


def _last(desk: Desk, officer: Officer | None) -> LastSheet | None:
    """The sheet of the last handover that this officer gave or took; of anybody where none is named."""
    where, values = ("", ()) if officer is None else ("AND ? IN (sender, accepted_by)", (officer.id,))
    row = desk.connection.execute(_LAST.format(where), values).fetchone()
    found = None if row is None else handover_of(desk.log, desk.projection.authority(), row[0])
    return None if found is None else LastSheet(_moment(row[1]), ids_by_section(found.sections))


def _facts(desk: Desk, officer: Officer | None, notes: Sequence[str]) -> ShiftFacts:
    """The shift since it began, from this desk's own events, and what the desk knows of itself."""
    who = officer.id if officer else None
    since = begun(desk, who)
    tally, drawer = _Tally(), Drawer()
    for stored in own_events(desk, who, since.drawer):
        if officer is not None or stored.outline.kind != "money_counted":  # what officers gave each other stays here
            drawer.take(stored)
        if stored.outline.hlc > since.shift:
            tally.take(stored)
    return ShiftFacts(
        tally.counts, drawer.fees, desk.pending(), form_lines(desk), list(tally.outage()), list(_degraded(desk)), notes,
        since=_iso(since.at),
    )  # fmt: skip


@dataclass(slots=True)
class _Tally:
    """What the events of a shift add up to."""

    counts: Counter[str] = field(default_factory=Counter)
    late: list[datetime] = field(default_factory=list)

    def take(self, stored: StoredEvent) -> None:
        """Count one event; its body is looked into only where it matters, for a sheet is one of the largest."""
        event = stored.outline
        if event.kind in _COUNTED:
            self.counts[event.kind] += 1
        late = ":" not in event.entity and (event.hlc >> 16) - _ms(event.at) > _LATER_MS
        if late and not stored.event.body.get("imported"):
            self.late.append(event.at.astimezone(LEGAL_TIME))

    def outage(self) -> Iterator[dict[str, Any]]:
        """One line for all that was entered after the fact."""
        if self.late:
            first, last = min(self.late), max(self.late)
            yield {"entered_later": len(self.late), "first": _iso(first), "last": _iso(last)}


def _degraded(desk: Desk) -> Iterator[dict[str, Any]]:
    """What does not work, as far as the desk can know: hubs, printer, messages, clock, numbers."""
    for hub in hubs(desk):
        if hub.error or hub.last_contact is None:
            since = None if hub.last_contact is None else _moment(hub.last_contact)
            yield _part("network", hub.error or "never_reached", since=since)
    asked = "SELECT count(*), min(made_at) FROM print_job WHERE state = 'issued'"
    count, since = desk.connection.execute(asked).fetchone()
    if count:
        yield _part("printer", "not_sent", count, _moment(since))
    failed = count_failed(desk.connection)
    if failed:
        yield _part("messages", "failed", failed)
    clock = desk.sync_state().clock
    if clock:
        yield _part("clock", clock)
    if desk.series.state().wanted is not None:
        yield _part("numbers", "none_to_give")


def _part(name: str, code: str, count: int = 1, since: str | None = None) -> dict[str, Any]:
    return {"part": name, "code": code, "count": count, "since": since}


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _iso(moment: datetime) -> str:
    return moment.replace(microsecond=0).isoformat()


def _moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, LEGAL_TIME).isoformat()


def _day(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, LEGAL_TIME).date()
