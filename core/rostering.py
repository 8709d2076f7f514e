"""What is decided of officers' rosters: weeks, absences, who is back.

An officer may note that he himself is away: he is the first who knows, an absence only takes hours away, so that the
forecast warns sooner, and the leader sees who noted it. He may end what he noted himself, and nothing else: hours and
other people's absences are the leader's, or the admin's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.answers import Refusal
from core.days import Periods
from core.decisions import Setting, role_missing
from core.events import KINDS
from core.record import Draft
from core.roster import HALVES, WEEKDAYS, Absence, leads, written_periods


@dataclass(frozen=True, slots=True)
class SetRoster:
    """The officer's week from `valid_from` on, Monday first; None: the unit's hours. `desk`: a desk's number."""

    officer: str
    valid_from: date
    week: tuple[Periods, ...] | None
    at: datetime
    desk: int | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class NoteAbsence:
    """The officer is away from `first` to `last`, both included; `half` (HALVES): of one single day."""

    officer: str
    first: date
    last: date
    reason: str
    at: datetime
    half: str | None = None


@dataclass(frozen=True, slots=True)
class EndAbsence:
    """The officer is back on `back`, before the absence ends; on its first day or before: it did not happen."""

    officer: str
    absence: Absence
    back: date
    at: datetime
    reason: str | None = None


RosterCommand = SetRoster | NoteAbsence | EndAbsence


def decide_roster(command: RosterCommand, setting: Setting) -> tuple[Draft, ...] | Refusal:
    """The event that the command means, or why not."""
    entity = f"officer:{command.officer}"
    if isinstance(command, SetRoster):
        refused = role_missing(KINDS["roster_set"], setting)
        return refused or (Draft(entity, "roster_set", command.at, _week_body(command)),)
    own = command.officer == setting.officer and bool(setting.roles)
    if isinstance(command, NoteAbsence):
        return (None if own or leads(setting.roles) else Refusal("absence_not_yours")) or _noted(command, entity)
    if not leads(setting.roles) and not (own and command.absence.noted_by == setting.officer):
        return Refusal("absence_not_yours")
    if command.back > command.absence.last:
        return Refusal("absence_over", params={"last": f"{command.absence.last:%d/%m/%Y}"})
    body: dict[str, Any] = {"absence": command.absence.id, "back": command.back.isoformat()}
    return (Draft(entity, "absence_ended", command.at, body | _given(reason=command.reason)),)


def _week_body(command: SetRoster) -> dict[str, Any]:
    body: dict[str, Any] = {"valid_from": command.valid_from.isoformat()}
    if command.week is not None:
        days = zip(WEEKDAYS, command.week, strict=True)
        body["week"] = {name: written_periods(periods) for name, periods in days if periods}
    return body | _given(desk=command.desk, reason=command.reason)


def _noted(command: NoteAbsence, entity: str) -> tuple[Draft, ...] | Refusal:
    if command.last < command.first:
        return Refusal("absence_ends_before", params={"first": f"{command.first:%d/%m/%Y}"})
    if command.half is not None and (command.first != command.last or command.half not in HALVES):
        return Refusal("absence_half_of_days")
    body = {"from": command.first.isoformat(), "to": command.last.isoformat(), "reason": command.reason}
    return (Draft(entity, "absence_noted", command.at, body | _given(half=command.half)),)


def _given(**facts: Any) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}
