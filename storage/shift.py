"""Shifts opened and closed through the one door, and read back from the log."""

from __future__ import annotations

from datetime import datetime

from core.answers import Refusal
from core.moments import LEGAL_TIME, legal_day
from core.queue import midnight
from core.record import Event
from core.shift import CloseShift, OpenShift, Shift, fold_shift
from storage.database import transaction
from storage.desk import Desk, Done
from storage.lawbook.figures import figure
from storage.officers import Officer
from storage.roster import roles_at, roster

_NEWEST = "SELECT entity FROM event WHERE kind = 'shift_opened' AND officer = ? ORDER BY n DESC LIMIT ?"
_LOOKED_AT = 20
"""An officer's newest openings, of all desks, among which one that is open is looked for."""


def shift_of(desk: Desk, officer: str) -> Shift | None:
    """The officer's open shift at this desk, the newest one of them."""
    found = (one for one in last_shifts(desk, officer) if one.is_open and one.desk == desk.identity.desk)
    return max(found, key=lambda one: one.opened_at, default=None)


def last_shifts(desk: Desk, officer: str, count: int = _LOOKED_AT) -> list[Shift]:
    """The officer's last shifts at all desks as far as is known here, the last one that came here first."""
    rows = desk.connection.execute(_NEWEST, (officer, count)).fetchall()
    found = (shift(desk, str(entity).partition(":")[2]) for (entity,) in rows)
    return [one for one in found if one is not None]


def shift(desk: Desk, shift_id: str) -> Shift | None:
    """A shift as it stands."""
    return fold_shift(shift_id, desk.log.understood(f"shift:{shift_id}"), roles_at(desk.projection.authority()))


def open_shift(
    desk: Desk, officer: Officer, start: datetime | None = None, until: datetime | None = None
) -> Shift | Refusal:
    """Open the officer's shift here: times by hand where both are given, else by the roster of today.

    One that was left open here on an earlier day is closed with it.
    """
    with transaction(desk.connection):
        now, before = desk.now(), shift_of(desk, officer.id)
        by_hand = start is not None and until is not None
        if not by_hand:
            start, until = planned(desk, officer.id)
        stale = before is not None and legal_day(before.opened_at) < legal_day(now)
        command = OpenShift(desk.new_id(), desk.identity.desk, now, start, until, by_hand, before, stale)
        done = desk.do_within(command, officer)
        if isinstance(done, Refusal):
            return done
        opened = shift(desk, command.shift)
        assert opened is not None
        return opened


def close_shift(desk: Desk, officer: Officer, shift_id: str, reason: str | None = None) -> Done | Refusal:
    """Close a shift; `officer` acts: the one whose shift it is, or a leader."""
    with transaction(desk.connection):
        found = shift(desk, shift_id)
        if found is None:
            return Refusal("shift_unknown", params={"id": shift_id})
        return desk.do_within(CloseShift(found, desk.now(), reason), officer)


def open_at_sign_in(desk: Desk, officer: Officer) -> Shift | Refusal | None:
    """What the unit's policy makes of a sign-in: None where it opens no shift, or one of today is open."""
    law, unit, today = desk.law, desk.identity.unit, legal_day(desk.now())
    if figure(law, "shift_at_sign_in", unit, today) != "on":
        return None
    before = shift_of(desk, officer.id)
    if before is not None and legal_day(before.opened_at) == today:
        return None
    return open_shift(desk, officer)


def planned(desk: Desk, officer: str) -> tuple[datetime | None, datetime | None]:
    """From when to when the officer works today by the roster; (None, None): not at all."""
    today = legal_day(desk.now())
    periods = roster(desk).periods(officer, today)
    if not periods:
        return None, None
    begin = midnight(today)
    first, last = (datetime.fromtimestamp(begin + second, LEGAL_TIME) for second in (periods[0][0], periods[-1][1]))
    return first, last


def events_in(desk: Desk, found: Shift) -> list[Event]:
    """What the officer wrote at this desk while the shift was open; at another desk than the shift's: nothing."""
    if found.desk != desk.identity.desk:
        return []
    events = desk.log.since(desk.identity.origin, int(found.opened_at.timestamp()) * 1000)
    end = None if found.closed_at is None else int(found.closed_at.timestamp()) * 1000 + 999
    known = ((one.outline, one) for one in events)
    return [one.event for told, one in known if told.by == found.officer and (end is None or told.hlc >> 16 <= end)]
