"""Shifts opened and closed through the one door, and read back from the log."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from core.answers import Refusal
from core.moments import LEGAL_TIME, legal_day
from core.queue import midnight
from core.record import Event, read_event, read_header
from core.shift import HANDED_OVER, CloseShift, OpenShift, Shift, fold_shift
from storage.database import transaction
from storage.desk import Desk, Done
from storage.drawer import to_count
from storage.lawbook.figures import figure
from storage.officers import Officer
from storage.roster import roles_at, roster

_NEWEST = "SELECT entity FROM event WHERE kind = 'shift_opened' AND officer = ? ORDER BY n DESC LIMIT ?"
_HANDED_OVER = """
SELECT id, signed_at FROM handover WHERE sender = ? AND desk = ? AND accepted_at IS NOT NULL AND signed_at >= ?
ORDER BY signed_at, id
"""
_LAST_GIVEN = """
SELECT id FROM handover WHERE sender = ? AND desk = ? AND accepted_at IS NOT NULL
ORDER BY signed_at DESC, id DESC LIMIT 1
"""
_COUNTS = "SELECT header, body FROM event WHERE entity = ? AND kind = 'money_counted' AND officer = ? ORDER BY n DESC"
_HEADERS = "SELECT header FROM event WHERE entity = ? AND kind = ?"
_LOOKED_AT = 20
"""An officer's newest openings, of all desks, among which one that is open is looked for."""


@dataclass(frozen=True, slots=True)
class Begun:
    """From where on a sheet counts: places in the log's clock after which events count, and when (`at`) that was.

    `shift`: what happened, since the shift was opened, or the last one ended, or the day began; `drawer`: money, which
    stays there over an opening and over nights, until it was handed over, or counted by an earlier day's end, or the
    shift was closed. Of who has never done any of that, and never took a drawer over, the day's.
    """

    shift: int
    drawer: int
    at: datetime


def begun(desk: Desk, officer: str | None) -> Begun:
    """Where the officer's shift at this desk begins; None: the station's day."""
    today = datetime.fromtimestamp(midnight(legal_day(desk.now())), LEGAL_TIME)
    day = (int(today.timestamp() * 1000) << 16) - 1
    if officer is None:
        return Begun(day, day, today)
    here = [one for one in last_shifts(desk, officer) if one.desk == desk.identity.desk]
    ends = [_place(desk, one.id, "shift_closed") for one in here if not one.is_open]
    given = desk.connection.execute(_LAST_GIVEN, (officer, desk.identity.desk)).fetchone()
    ended = max([*ends, *([_place(desk, given[0], "shift_handed_over")] if given else ())], default=0)
    opened = max((_place(desk, one.id, "shift_opened") for one in here if one.is_on(desk.now())), default=day)
    shift = max(ended, opened)
    at = today if shift == day else datetime.fromtimestamp((shift >> 16) // 1000, LEGAL_TIME)
    return Begun(shift, _drawer_from(desk, officer, ended, min(day, opened)), at)


def _drawer_from(desk: Desk, officer: str, ended: int, today: int) -> int:
    """The last end, or count of his own before today began; else before the first drawer that he took over."""
    first = today
    for header, body in desk.connection.execute(_COUNTS, (f"desk:{desk.identity.desk}", officer)):
        counted = read_event(header, body)
        if "handover" in counted.body:
            first = min(first, counted.hlc - 1)
        elif counted.hlc < today:
            return max(ended, counted.hlc)
    return ended or first


def _place(desk: Desk, shift_id: str, kind: str) -> int:
    """The last place in the log's clock of a kind among a shift's events; 0 where there is none."""
    rows = desk.connection.execute(_HEADERS, (f"shift:{shift_id}", kind))
    return max((read_header(header).hlc for (header,) in rows), default=0)


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
    """A shift as it stands; it ended when its officer signed the sheet over that somebody has accepted."""
    found = fold_shift(shift_id, desk.log.understood(f"shift:{shift_id}"), roles_at(desk.projection.authority()))
    if found is None or not found.is_open:
        return found
    values = (found.officer, found.desk, int(found.opened_at.timestamp()))
    opened = _place(desk, shift_id, "shift_opened")
    given = desk.connection.execute(_HANDED_OVER, values)
    signed = next((at for one, at in given if _place(desk, one, "shift_handed_over") > opened), None)
    if signed is None:
        return found
    at = datetime.fromtimestamp(signed, LEGAL_TIME)
    return replace(found, closed_at=at, closed_by=found.officer, reason=HANDED_OVER)


def open_shift(
    desk: Desk, officer: Officer, start: datetime | None = None, until: datetime | None = None
) -> Shift | Refusal:
    """Open the officer's shift here: times by hand where both are given, else by the roster of today.

    One that was left open here since its day has passed is closed with it.
    """
    with transaction(desk.connection):
        now, before = desk.now(), shift_of(desk, officer.id)
        by_hand = start is not None and until is not None
        if not by_hand:
            start, until = planned(desk, officer.id)
        command = OpenShift(desk.new_id(), desk.identity.desk, now, start, until, by_hand, before)
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
        uncounted = not to_count(desk, found.officer, begun(desk, found.officer).drawer)[1]
        return desk.do_within(CloseShift(found, desk.now(), reason, uncounted), officer)


def open_at_sign_in(desk: Desk, officer: Officer) -> Shift | Refusal | None:
    """What the unit's policy makes of a sign-in: None where it opens no shift, or one is going on."""
    law, unit, today = desk.law, desk.identity.unit, legal_day(desk.now())
    if figure(law, "shift_at_sign_in", unit, today) != "on":
        return None
    before = shift_of(desk, officer.id)
    if before is not None and before.is_on(desk.now()):
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
