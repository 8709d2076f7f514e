"""The handover's facts from the tables, and its two signatures through the one door."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.answers import Refusal
from core.handover import AcceptHandover, Carried, HandOver, ShiftFacts, build_sheet
from core.moments import LEGAL_TIME, legal_day
from core.queue import NEVER, Bounds, midnight
from core.record import Event
from core.states import BEFORE_RECEIPT, State
from storage.database import transaction
from storage.desk import Desk, Done
from storage.numbers import close_days_within
from storage.officers import Officer
from storage.queries import Row, lists_of

_COUNTED = frozenset(
    {"received", "guided", "not_accepted", "supplement_requested", "rescheduled", "delay_excused", "result_ready",
     "result_returned", "handed_to_post"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """A handover as it stands: `signed` are the signatures given so far."""

    id: str | None
    sender: str | None
    receiver: str | None
    sections: tuple[Mapping[str, Any], ...]
    dossiers: tuple[str, ...]
    signed: tuple[tuple[str, datetime], ...]


def sheet_now(desk: Desk, officer: Officer | None) -> Sheet:
    """What would be handed over now; None: what everybody at the station carries."""
    at = desk.bounds()
    where = "(lane < 4 OR state = 'result_ready' OR originals > 0 OR unprinted > 0 OR in_conflict = 1)"
    values: tuple[object, ...] = ()
    if officer is not None:
        where += " AND officer = ?"
        values = (officer.id,)
    rows = desk.queries.rows(f"{where} ORDER BY lane, binding_at, received_at, id", values, at)
    rows.sort(key=lambda row: row.place(at))
    carried = [_carried(desk, row, at) for row in rows]
    sections = build_sheet(carried, _facts(desk, officer))
    moving = tuple(one.id for one in carried if not one.before_receipt and _changes_owner(one))
    return Sheet(None, officer.id if officer else None, None, tuple(sections), moving, ())


def hand_over(desk: Desk, officer: Officer, receiver: Officer, note: str | None = None) -> str | Refusal:
    """The outgoing officer's signature over the sheet as it is in this very transaction; answers the handover's id."""
    with transaction(desk.connection):
        close_days_within(desk)
        sheet = sheet_now(desk, officer)
        shift = desk.new_id()
        done = desk.do_within(HandOver(shift, receiver.id, sheet.sections, sheet.dossiers, note, desk.now()), officer)
    return done if isinstance(done, Refusal) else shift


def accept(desk: Desk, officer: Officer, shift: str, readback: Mapping[str, str]) -> Done | Refusal:
    """The incoming officer's signature: the dossiers that the sender still owns change hands with it."""
    with transaction(desk.connection):
        given = _given(desk, shift)
        if given is None:
            return Refusal("handover_unknown", params={"id": shift})
        body = given.body
        command = AcceptHandover(
            shift=shift,
            receiver=str(body["receiver"]),
            sha256=str(body["sha256"]),
            accepted=len(_signatures(desk, shift)) > 1,
            dossiers=tuple(_still_owned(desk, body["sheet"]["dossiers"], str(body["sender"]))),
            readback=readback,
            at=desk.now(),
        )
        return desk.do_within(command, officer)


def sheet_of(desk: Desk, shift: str) -> Sheet | None:
    """A handover that was signed over, as it was signed."""
    given = _given(desk, shift)
    if given is None:
        return None
    body = given.body
    sheet = body["sheet"]
    signed = tuple((event.by, event.at) for event in _signatures(desk, shift))
    return Sheet(shift, body["sender"], body["receiver"], tuple(sheet["sections"]), tuple(sheet["dossiers"]), signed)


def waiting_for(desk: Desk, officer: Officer) -> list[str]:
    """Handovers that were signed over to the officer and wait for the second signature, oldest first."""
    asked = "SELECT id FROM handover WHERE receiver = ? AND accepted_at IS NULL ORDER BY signed_at, id"
    return [str(row[0]) for row in desk.connection.execute(asked, (officer.id,))]


def _given(desk: Desk, shift: str) -> Event | None:
    return next((event for event in desk.log.understood(f"shift:{shift}") if event.kind == "shift_handed_over"), None)


def _signatures(desk: Desk, shift: str) -> list[Event]:
    kinds = ("shift_handed_over", "shift_accepted")
    return [event for event in desk.log.understood(f"shift:{shift}") if event.kind in kinds]


def _still_owned(desk: Desk, dossiers: list[str], sender: str) -> list[str]:
    at = desk.bounds()
    rows = [desk.queries.row(dossier, at) for dossier in dossiers]
    return [row.id for row in rows if row is not None and row["officer"] == sender and _movable(row)]


def _movable(row: Row) -> bool:
    return int(row["lane"]) < 4 or row["state"] == State.RESULT_READY.value


def _changes_owner(one: Carried) -> bool:
    return one.state == State.RESULT_READY.value or one.urgency.value != "done"


def _carried(desk: Desk, row: Row, at: Bounds) -> Carried:
    binding = int(row["binding_at"])
    due = None if binding >= NEVER else datetime.fromtimestamp(binding, LEGAL_TIME).isoformat()
    look = row["custody_check"]
    return Carried(
        id=row.id,
        receipt_number=row["receipt_number"],
        applicant_name=row["applicant_name"],
        procedure=row["procedure"],
        state=row["state"],
        urgency=row.urgency,
        due_at=due,
        originals=int(row["originals"]),
        at_post=bool(row["at_post"]),
        unprinted=int(row["unprinted"]),
        in_conflict=bool(row["in_conflict"]),
        here_only=desk.sync_of(row.id) == "here",
        before_receipt=State(row["state"]) in BEFORE_RECEIPT,
        worklists=lists_of(row, at),
        awaits_letter=bool(row["awaits_letter"]),
        next_check=None if look is None else datetime.fromtimestamp(look, LEGAL_TIME).date().isoformat(),
    )


def _facts(desk: Desk, officer: Officer | None) -> ShiftFacts:
    """The shift since midnight, from this desk's own events."""
    own = desk.identity.origin
    today = legal_day(desk.now())
    counts: Counter[str] = Counter()
    fees: dict[str, Decimal] = {}
    for event in desk.log.since(own, midnight(today) * 1000):
        if officer is not None and event.by != officer.id:
            continue
        if event.kind in _COUNTED:
            counts[event.kind] += 1
        if event.kind in ("payment_received", "payment_reversed"):
            method = str(event.body.get("method") or "cash")
            amount = Decimal(str(event.body.get("amount") or 0))
            fees[method] = fees.get(method, Decimal(0)) + (amount if event.kind == "payment_received" else -amount)
    return ShiftFacts(counts, fees, desk.pending())
