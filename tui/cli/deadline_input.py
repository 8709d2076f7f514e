"""A line of `deadline --batch`, read: what the deadline engine is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from fractions import Fraction
from typing import Literal

import msgspec

from core.answers import InvalidInput, Refusal
from core.calendar import WorkCalendar
from core.deadline import ClockEvent, ClockRules
from core.law import Law
from core.moments import legal_day
from core.time_limit import Limit, Phase, Unit
from tui.cli.batch import NULL, decode
from tui.cli.calendar_input import BUILT_IN, Calendars
from tui.cli.times import read_moment

_UNITS = {unit.value: unit for unit in Unit}
_AMOUNTLESS = frozenset({Unit.IMMEDIATE, Unit.SAME_DAY, Unit.BY_TIME})
_KEPT = 4_096


class LimitIn(msgspec.Struct):
    """A limit as the contract has it."""

    unit: str
    amount: int | float | None = None
    cutoff: str | None = None
    time: str | None = None


class PhaseIn(msgspec.Struct):
    """One of `phases`."""

    limit: msgspec.Raw
    starts_on: str | None = None
    station: str | None = None


class EventIn(msgspec.Struct):
    """One of `events`."""

    kind: str
    at: str
    limit: msgspec.Raw = NULL
    due_at: str | None = None


class LineIn(msgspec.Struct):
    """A whole line."""

    received_at: str
    id: msgspec.Raw = NULL
    procedure: str | None = None
    variant: str | None = None
    limit: msgspec.Raw = NULL
    phases: list[PhaseIn] | None = None
    station: str | None = None
    committed: msgspec.Raw = NULL
    starts_on: str | None = None
    offhours: Literal["as_received", "next_working_day"] | None = None
    events: list[EventIn] | None = None
    clock: Literal["restart", "pause", "none"] | None = None
    calendar: msgspec.Raw = NULL
    count_first_day: bool | None = None
    their_due_at: str | None = None


_line = msgspec.json.Decoder(LineIn)
_limit = msgspec.json.Decoder(LimitIn | None)


@dataclass(frozen=True, slots=True)
class Question:
    """What one line asks."""

    identity: msgspec.Raw
    received_at: datetime
    rules: ClockRules
    events: tuple[ClockEvent, ...]
    calendar: WorkCalendar
    committed: tuple[Phase, ...] | None
    theirs: datetime | None


class Reader:
    """Reads lines by one law; limits and calendars that come again are kept, a bounded number of each."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._calendars = Calendars(law)
        self._limits: dict[bytes, Limit | None] = {}

    def question(self, line: bytes) -> Question:
        """Raises `InvalidInput` with what is wrong in the line."""
        given = decode(_line, line)
        calendar = self._calendars.find(bytes(given.calendar), given.station)
        zone = calendar.clock.zone
        received = read_moment(given.received_at, zone)
        rules, committed = self._rules(given, received)
        theirs = given.their_due_at
        events = tuple(self._event(event, calendar) for event in given.events or ())
        self._appointments(events)
        return Question(
            given.id,
            received,
            rules,
            events,
            calendar,
            committed,
            None if theirs is None else read_moment(theirs, zone),
        )

    def _appointments(self, events: Sequence[ClockEvent]) -> None:
        """A new appointment lies ahead, and there is one at most."""
        made = [event for event in events if event.kind == "rescheduled"]
        if any(event.due_at is not None and event.due_at <= event.at for event in made):
            raise InvalidInput("appointment_past")
        if len(made) > 1:
            day = legal_day(made[1].at)
            raise InvalidInput("already_rescheduled", basis=self._law.cited("one_apology", day))

    def limit(self, raw: bytes) -> Limit | None:
        """A limit by its JSON text; None for null."""
        if raw in self._limits:
            return self._limits[raw]
        if len(self._limits) >= _KEPT:
            self._limits.clear()
        try:
            given = _limit.decode(raw)
        except (msgspec.DecodeError, RecursionError):
            raise InvalidInput("limit_invalid") from None
        found = self._limits[raw] = None if given is None else _as_limit(given)
        return found

    def _rules(self, given: LineIn, received: datetime) -> tuple[ClockRules, tuple[Phase, ...] | None]:
        limit = self.limit(bytes(given.limit))
        if sum(one is not None for one in (given.procedure, limit, given.phases)) != 1:
            raise InvalidInput("limit_missing")
        day = legal_day(received)
        promised = self.limit(bytes(given.committed))
        committed: tuple[Phase, ...] | None = None if promised is None else (Phase(promised),)
        if given.procedure is not None:
            rules, own = self._by_procedure(given.procedure, given, received)
            committed = committed or own
        else:
            phases = (Phase(limit),) if limit is not None else self._phases(given.phases or [])
            own = self._law.calendars_of(phases) if bytes(given.calendar) in BUILT_IN else {}
            rules = ClockRules(phases, offhours=self._law.policy("offhours", given.station, day), calendars=own)
        changes = {
            "starts_on": given.starts_on,
            "offhours": given.offhours,
            "on_supplement": given.clock,
            "count_first_day": given.count_first_day,
        }
        chosen = {name: value for name, value in changes.items() if value is not None}
        return (replace(rules, **chosen) if chosen else rules), committed  # type: ignore[arg-type]

    def _by_procedure(
        self, procedure: str, given: LineIn, received: datetime
    ) -> tuple[ClockRules, tuple[Phase, ...] | None]:
        day = legal_day(received)
        found = self._law.case_on(procedure, given.variant, day)
        if isinstance(found, Refusal):
            raise InvalidInput(found.code, basis=found.basis, **found.params)
        version, case = found
        rules = self._law.clock_rules(version, case.code, given.station, day)
        promise = self._law.commitment(given.station, version.procedure, case.code, day)
        return rules, None if promise is None else (Phase(promise.limit, basis=promise.decision),)

    def _phases(self, given: Sequence[PhaseIn]) -> tuple[Phase, ...]:
        phases = []
        for one in given:
            limit = self.limit(bytes(one.limit))
            if limit is None:
                raise InvalidInput("limit_missing")
            phases.append(Phase(limit, one.starts_on, one.station))
        if not phases:
            raise InvalidInput("limit_missing")
        return tuple(phases)

    def _event(self, given: EventIn, calendar: WorkCalendar) -> ClockEvent:
        zone = calendar.clock.zone
        return ClockEvent(
            given.kind,
            read_moment(given.at, zone),
            self.limit(bytes(given.limit)),
            None if given.due_at is None else read_moment(given.due_at, zone),
        )


def _as_limit(given: LimitIn) -> Limit:
    unit = _UNITS.get(given.unit)
    if unit is None:
        raise InvalidInput("unit_unknown", unit=given.unit)
    if given.amount is None and unit not in _AMOUNTLESS:
        raise InvalidInput("limit_invalid")
    amount = given.amount or 0
    exact = Fraction(repr(amount)) if isinstance(amount, float) else Fraction(amount)
    return Limit(exact, unit, _time_of_day(given.cutoff), _time_of_day(given.time))


def _time_of_day(text: str | None) -> time | None:
    if text is None:
        return None
    try:
        found = time.fromisoformat(text)
    except ValueError:
        raise InvalidInput("limit_invalid") from None
    if found.tzinfo is not None:
        raise InvalidInput("limit_invalid")
    return found
