"""A question without a dossier: what was typed → the deadline with its reasons, by the law of that day."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.answers import InvalidInput, Refusal
from core.calendar import WorkCalendar
from core.catalogue import Procedure, ProcedureVersion, Variant
from core.deadline import ClockEvent, ClockRules
from core.filter import read_day
from core.intake import YEARS
from core.law import Law
from core.moments import legal_day
from core.possible import read_moment
from core.time_limit import ADDABLE, Limit, Phase
from core.trace import Explanation, explain
from tui.dossier_words import title_of
from tui.screens.what_if_limits import read_limit

EVENT_KINDS = (
    "supplement_requested", "supplement_received", "payment_requested", "payment_received", "suspended", "resumed",
    "verification_completed", "extended", "rescheduled",
)  # fmt: skip

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_HOUR = re.compile(r"\b(\d{1,2})[hH](\d{2})?\b")


@dataclass(frozen=True, slots=True)
class Asked:
    """`received`, `limit` and `committed` as typed.

    No `received` is now; a limit stands in place of the procedure's, a commitment in place of the unit's own.
    """

    unit: str
    received: str = ""
    procedure: str = ""
    variant: str = ""
    limit: str = ""
    committed: str = ""
    events: Sequence[ClockEvent] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The answer; `version` and `case` are None for a limit without a procedure."""

    received: datetime
    explanation: Explanation
    calendar: WorkCalendar
    limit: Limit | None
    committed: Phase | None
    version: ProcedureVersion | None
    case: Variant | None
    events: Sequence[ClockEvent]

    @property
    def basis(self) -> str | None:
        """The article behind the limit."""
        return (self.case.basis or self.version.basis) if self.case and self.version else None


def answer(asked: Asked, law: Law, now: datetime) -> Found | Refusal | None:
    """None while neither a procedure nor a limit was given; a Refusal for what the law or the reader can't take."""
    if not asked.procedure and not asked.limit.strip():
        return None
    try:
        found = _found(asked, law, now)
    except InvalidInput as error:
        found = Refusal(error.code, error.basis, error.params)
    return _readable(found) if isinstance(found, Refusal) else found


def version_asked(asked: Asked, law: Law, now: datetime) -> ProcedureVersion | None:
    """The version whose cases there are to choose from; None where a limit stands in its place, or no law."""
    if not asked.procedure or asked.limit.strip():
        return None
    try:
        found = law.version_on(asked.procedure, legal_day(received_at(asked, law, now)))
    except InvalidInput:
        return None
    return None if isinstance(found, Refusal) else found


def received_at(asked: Asked, law: Law, now: datetime) -> datetime:
    """The moment of receipt; a date alone is its opening. Raises what `read_when` raises."""
    return read_when(asked.received, now, opening(law.calendar(asked.unit))) if asked.received.strip() else now


def read_when(text: str, near: datetime, on_day: Callable[[date], datetime]) -> datetime:
    """«23/11» (`on_day` says at what time), «23/11 8h30», «17:00» or ISO; what is left out is nearest to `near`.

    Raises InvalidInput `moment_unread`, `out_of_range`.
    """
    clock = _HOUR.sub(lambda found: f"{found[1]}:{found[2] or '00'}", text)
    try:
        day = _day_alone(text.strip(), near)
        if day is not None and day.year not in YEARS:
            raise InvalidInput("out_of_range")
        moment = on_day(day) if day is not None else read_moment(clock, near)
    except InvalidInput as error:
        if error.code not in ("time_invalid", "time_missing"):
            raise
        raise InvalidInput("moment_unread", value=text) from None
    if moment.year not in YEARS:
        raise InvalidInput("out_of_range")
    return moment


def opening(calendar: WorkCalendar) -> Callable[[date], datetime]:
    """When a day begins for what has no time of its own."""
    return lambda day: calendar.clock.moment(calendar.opening(day.toordinal()))


def closing(calendar: WorkCalendar) -> Callable[[date], datetime]:
    """When an appointment without a time is."""
    return lambda day: calendar.ending(day.toordinal())


def read_event(kind: str, at: str, more: str, asked: Asked, law: Law, now: datetime) -> ClockEvent:
    """One event as typed; `more` is the extension's limit or the new appointment. No time at all: now.

    A date of the day of receipt without a time is the receipt's own moment. Raises InvalidInput `limit_unread`,
    `limit_invalid` (no extension), `moment_unread`, `event_limit_missing`, `event_due_missing`, `out_of_range`,
    `already_rescheduled`, `appointment_past`.
    """
    if kind == "rescheduled" and any(event.kind == kind for event in asked.events):
        today = legal_day(now)
        raise InvalidInput("already_rescheduled", basis=law.cited("one_apology", today))
    try:
        received = received_at(asked, law, now)
    except InvalidInput:
        received = now
    calendar = law.calendar(asked.unit)
    begins = opening(calendar)

    def on_day(day: date) -> datetime:
        return received if day == legal_day(received) else begins(day)

    moment = read_when(at, received, on_day) if at.strip() else now
    if kind == "extended":
        if not more.strip():
            raise InvalidInput("event_limit_missing", kind=kind)
        limit = read_limit(more)
        if limit.unit not in ADDABLE:
            raise InvalidInput("limit_invalid")
        return ClockEvent(kind, moment, limit=limit)
    if kind == "rescheduled":
        if not more.strip():
            raise InvalidInput("event_due_missing", kind=kind)
        due = read_when(more, moment, closing(calendar))
        if due <= moment:
            raise InvalidInput("appointment_past")
        return ClockEvent(kind, moment, due_at=due)
    return ClockEvent(kind, moment)


def version_near(law: Law, procedure: str, day: date) -> ProcedureVersion | None:
    """The version in force on the day, else the last one that was before it, else the first."""
    found = law.version_on(procedure, day)
    if not isinstance(found, Refusal):
        return found
    known = law.find(procedure)
    return None if known is None else _nearest(known, day)


def _nearest(procedure: Procedure, day: date) -> ProcedureVersion:
    ended = [version for version in procedure.versions if version.valid_from <= day]
    return ended[-1] if ended else procedure.versions[0]


def _found(asked: Asked, law: Law, now: datetime) -> Found | Refusal:
    if any(letter.isspace() for letter in asked.unit):
        return Refusal("unit_invalid", params={"unit": asked.unit})
    received = received_at(asked, law, now)
    day = legal_day(received)
    promised = Phase(read_limit(asked.committed)) if asked.committed.strip() else None
    version: ProcedureVersion | None = None
    case: Variant | None = None
    limit = read_limit(asked.limit) if asked.limit.strip() else None
    if limit is not None:
        rules = ClockRules((Phase(limit),), offhours=law.policy("offhours", asked.unit, day))
    else:
        found = law.case_on(asked.procedure, asked.variant or None, day)
        if isinstance(found, Refusal):
            title = title_of(version_near(law, asked.procedure, day), asked.procedure)
            return Refusal(found.code, found.basis, {**found.params, "procedure": title})
        version, case = found
        rules = law.clock_rules(version, case.code, asked.unit, day)
        own = law.commitment(asked.unit, version.procedure, case.code, day)
        if promised is None and own is not None:
            promised = Phase(own.limit, basis=own.decision)
    calendar = law.calendar(asked.unit)
    events = sorted(asked.events, key=lambda event: event.at)
    told = explain(received, rules, events, calendar, None if promised is None else (promised,))
    return Found(received, told, calendar, limit, promised, version, case, events)


def _readable(refused: Refusal) -> Refusal:
    """The refusal with its days as people write them."""
    params = dict(refused.params)
    for name in ("day", "first", "last"):
        if _ISO_DAY.fullmatch(params.get(name, "")):
            params[name] = f"{date.fromisoformat(params[name]):%d/%m/%Y}"
    return Refusal(refused.code, refused.basis, params)


def _day_alone(text: str, near: datetime) -> date | None:
    day = read_day(text, legal_day(near))
    if day is not None or len(text) != 10:
        return day
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
