"""Form II.06a by the slow path: each dossier's raw events read one after another, no table and none of the product's
counting. Of what is open still, the due date is asked of the dossier's own clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.moments import LEGAL_TIME
from core.record import Event
from core.standing import standing
from storage.desk import Desk

_ENDS = {"result_ready", "refused", "withdrawn", "stopped"}


@dataclass
class Story:
    """What one dossier's events come to."""

    received: datetime | None = None
    online: bool = False
    procedure: str = ""
    void: bool = False
    end: Event | None = None
    moved: Event | None = None
    waits: bool = False


def story(events: list[Event]) -> Story:
    """Read from the first event to the last, without what was undone."""
    undone = {str(one.body["group"]) for one in events if one.kind == "undone"}
    gone = {one.group_key for one in events if one.event_id in undone}
    told = Story()
    for one in events:
        if one.group_key in gone or one.kind == "undone":
            continue
        if one.kind in ("received", "submitted", "guided", "not_accepted"):
            told.procedure, told.online = one.body["procedure"], one.body.get("channel") == "online"
            told.received = one.at if one.kind == "received" else None
        elif one.kind == "corrected" and one.body["field"] == "received_at":
            told.received = datetime.fromisoformat(one.body["new"])
        elif one.kind == "corrected" and one.body["field"] == "channel":
            told.online = one.body["new"] == "online"
        elif one.kind == "corrected" and one.body["field"] == "procedure":
            told.procedure = one.body["new"]
        elif one.kind == "voided":
            told.void = True
        elif one.kind in _ENDS:
            told.end = told.end if told.end is not None and told.end.at <= one.at else one
        elif one.kind == "reopened":
            told.end = None
        elif one.kind == "rescheduled":
            told.moved = one
        if one.kind in ("supplement_requested", "payment_requested", "suspended"):
            told.waits = True
        elif one.kind in ("supplement_received", "payment_received", "resumed", *_ENDS, "reopened"):
            told.waits = False
    return told


def form(desk: Desk, ids: list[str], first: date, last: date, now: datetime, reading: str) -> dict[int, int]:
    """Columns 1 to 11 of the period."""
    begin = datetime.combine(first, time(), LEGAL_TIME)
    over = datetime.combine(last, time(), LEGAL_TIME) + timedelta(days=1)
    sheet = dict.fromkeys(range(1, 12), 0)
    for name in ids:
        told = story(sorted(desk.log.events_of(name), key=lambda one: one.seq))
        field = desk.law.find(told.procedure)
        if told.received is None or told.void or told.received >= over or (field and field.field == "fines"):
            continue
        never_ends = reading == "portal" and told.end is not None and told.end.kind == "stopped"
        if told.received < begin and told.end is not None and told.end.at < begin and not never_ends:
            continue
        sheet[1] += 1
        sheet[4 if told.received < begin else 2 if told.online else 3] += 1
        if told.end is not None and told.end.at < over and not never_ends:
            sheet[5] += 1
            sheet[_settled(told.end, reading)] += 1
        else:
            sheet[9] += 1
            sheet[11 if not never_ends and _late(desk, name, told, last, over, now, reading) else 10] += 1
    return sheet


def _settled(end: Event, reading: str) -> int:
    due = datetime.fromisoformat(end.body["due_at"]) if end.body.get("due_at") else None
    if reading == "ours":
        return {"early": 6, "late": 8}.get(end.body["judged"], 7)
    if due is None or end.kind == "withdrawn":
        return 7
    ended, wanted = end.at.astimezone(LEGAL_TIME).date(), _day_of(due)
    return 6 if ended < wanted else 7 if ended == wanted else 8


def _day_of(due: datetime) -> date:
    return (due.astimezone(LEGAL_TIME) - timedelta(seconds=1)).date()


def _late(desk: Desk, name: str, told: Story, last: date, over: datetime, now: datetime, reading: str) -> bool:
    """Past its date at the period's end, or now; a new appointment that was made later does not count yet."""
    dossier = desk.dossier(name)
    assert dossier is not None
    stands = standing(dossier, desk.law_for(dossier))
    due = stands.due_at
    if told.end is not None:
        due = datetime.fromisoformat(told.end.body["due_at"]) if told.end.body.get("due_at") else None
    if told.moved is not None and told.moved.at >= over and told.moved.body.get("binding_at"):
        due = datetime.fromisoformat(told.moved.body["binding_at"])
    if due is None:
        return False
    seen = min(over, now)
    if reading == "portal":
        waits = told.waits and told.end is None
        return not waits and _day_of(due) < min(last, now.astimezone(LEGAL_TIME).date())
    if told.end is not None or stands.by_date:
        return _day_of(due) < (seen if seen == over else now).astimezone(LEGAL_TIME).date()
    return due < seen
