"""A clock's events, read once: when it starts, what stops it, what moves its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from core.answers import InvalidInput
from core.calendar import WorkCalendar
from core.counting import Point, Stopped, merged
from core.time_limit import Limit, Phase

KINDS = frozenset(
    {
        "supplement_requested",
        "supplement_received",
        "payment_requested",
        "payment_received",
        "suspended",
        "resumed",
        "extended",
        "rescheduled",
        "verification_completed",
    }
)
_EARLY = frozenset({"payment_received", "verification_completed"})
_RECEIPTS = frozenset({"received", "supplement_received", "payment_received"})
_ASKS = {"supplement_requested": "supplement", "payment_requested": "payment", "suspended": "suspension"}
_NATIONAL: Mapping[str, WorkCalendar] = MappingProxyType({})
_ANSWERS = {"supplement_received": "supplement", "payment_received": "payment", "resumed": "suspension"}


@dataclass(frozen=True, slots=True)
class ClockRules:
    """How one dossier's clock runs, by its procedure's version.

    `on_supplement`: restart, pause or none; `on_payment`: pause or none; `offhours`: as_received or
    next_working_day; `basis`: the article that gives the limit, `verified`: it was read there; `supplement_basis`:
    the one behind `on_supplement`. `calendars`: those of the units that own a phase, where they are not the dossier's.
    """

    phases: tuple[Phase, ...]
    starts_on: str = "received"
    on_supplement: str = "restart"
    on_payment: str = "pause"
    offhours: str = "as_received"
    count_first_day: bool = False
    basis: str | None = None
    supplement_basis: str | None = None
    verified: bool = True
    calendars: Mapping[str, WorkCalendar] = field(default_factory=lambda: _NATIONAL, compare=False)

    @property
    def gate(self) -> str:
        """The event kind that starts the clock."""
        return self.phases[0].starts_on or self.starts_on

    def calendar_of(self, phase: Phase, calendar: WorkCalendar) -> WorkCalendar:
        """The calendar of the unit that owns the phase; `calendar` where that is the dossier's own."""
        return calendar if phase.station is None else self.calendars.get(phase.station, calendar)


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """What happened to the clock; `limit` with `extended`, `due_at` with `rescheduled`. `basis`: its own article."""

    kind: str
    at: datetime
    limit: Limit | None = None
    due_at: datetime | None = None
    basis: str | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """From a request to its answer, as moments; `day` is the day of receipt by the off-hours policy."""

    asked: int
    answered: int
    day: int
    basis: str | None = None


@dataclass(slots=True)
class History:
    """What the events of one clock come to; moments are the calendar's seconds.

    `restarts` are pairs (request or None, receipt); `appointment` a pair (event, new due moment).
    """

    received: int
    gate: int | None
    happened: list[tuple[str, int]] = field(default_factory=list)
    restarts: list[tuple[int | None, int]] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    extensions: list[Limit] = field(default_factory=list)
    appointment: tuple[int, int] | None = None
    rescheduled: bool = False
    open: dict[str, int] = field(default_factory=dict)
    open_basis: dict[str, str | None] = field(default_factory=dict)
    extension_basis: str | None = None

    @property
    def trigger(self) -> int | None:
        """Where the limit counts from: the gate, or a later restart."""
        if self.gate is None or not self.restarts:
            return self.gate
        return max(self.gate, self.restarts[-1][1])

    @property
    def asked(self) -> int | None:
        """The first request that nobody answered yet."""
        return min(self.open.values(), default=None)

    @property
    def asked_basis(self) -> str | None:
        """The article by which that request stops the clock."""
        return self.open_basis[min(self.open, key=lambda track: self.open[track])] if self.open else None

    def first(self, kind: str, not_before: int) -> int | None:
        """A phase's own event: the first one from `not_before` on, else there, if it came earlier."""
        moments = [moment for happened, moment in self.happened if happened == kind]
        later = [moment for moment in moments if moment >= not_before]
        return later[0] if later else not_before if moments else None

    def stopped(self, calendar: WorkCalendar) -> Stopped:
        """The answered pauses, merged."""
        day = calendar.clock.day
        return Stopped(
            merged([(pause.asked, pause.answered) for pause in self.pauses]),
            merged([(day(pause.asked), pause.day) for pause in self.pauses]),
        )


def read(received_at: datetime, rules: ClockRules, events: Sequence[ClockEvent], calendar: WorkCalendar) -> History:
    """Fold the events, which stand in time order.

    Raises `InvalidInput`: `events_unordered`, `event_unknown`, `event_before_receipt`, `event_limit_missing`,
    `event_due_missing`.
    """
    received = calendar.clock.seconds(received_at)
    history = History(received, received if rules.gate == "received" else None)
    history.happened.append(("received", received))
    known = KINDS | {rules.gate} | {phase.starts_on for phase in rules.phases}
    last: int | None = None
    for event in events:
        at = calendar.clock.seconds(event.at)
        if event.kind not in known:
            raise InvalidInput("event_unknown", kind=event.kind)
        if last is not None and at < last:
            raise InvalidInput("events_unordered", kind=event.kind)
        if at < received and event.kind not in _EARLY:
            raise InvalidInput("event_before_receipt", kind=event.kind)
        last = at
        _take(history, event, max(at, received), rules, calendar)
    return history


def _take(history: History, event: ClockEvent, at: int, rules: ClockRules, calendar: WorkCalendar) -> None:
    kind = event.kind
    history.happened.append((kind, at))
    if kind == "payment_requested" and rules.gate == "payment_received" and history.gate is None:
        return
    if history.gate is None and kind == rules.gate:
        history.gate = at
    if kind in _ASKS and _stops(kind, rules):
        track = _ASKS[kind]
        if track not in history.open:
            history.open[track] = at
            history.open_basis[track] = event.basis or (rules.supplement_basis if track == "supplement" else None)
    elif kind in _ANSWERS:
        _answer(history, kind, at, rules, calendar)
    elif kind == "extended":
        if event.limit is None:
            raise InvalidInput("event_limit_missing", kind=kind)
        history.extensions.append(event.limit)
        history.extension_basis = event.basis
        history.appointment = None
    elif kind == "rescheduled":
        if event.due_at is None:
            raise InvalidInput("event_due_missing", kind=kind)
        history.appointment = (at, calendar.clock.seconds(event.due_at))
        history.rescheduled = True


def _stops(kind: str, rules: ClockRules) -> bool:
    if kind == "supplement_requested":
        return rules.on_supplement != "none"
    return kind != "payment_requested" or rules.on_payment == "pause"


def _answer(history: History, kind: str, at: int, rules: ClockRules, calendar: WorkCalendar) -> None:
    asked = history.open.pop(_ANSWERS[kind], None)
    if kind == "supplement_received" and rules.on_supplement == "restart":
        history.restarts.append((asked, at))
        history.appointment = None
    elif asked is not None:
        day = calendar.clock.day(at)
        if kind != "resumed":
            day = starting_point(at, kind, rules, calendar).day
        history.pauses.append(Pause(asked, at, day, history.open_basis[_ANSWERS[kind]]))


def starting_point(moment: int, kind: str, rules: ClockRules, calendar: WorkCalendar) -> Point:
    """Where a receipt counts; after closing or on a day off the policy may move it to the next opening."""
    day = calendar.clock.day(moment)
    if rules.offhours == "next_working_day" and (kind in _RECEIPTS or kind == rules.gate):
        late = moment > calendar.reception_end(day)
        working = calendar.next_working(day + late)
        if working != day:
            return Point(working, calendar.opening(working))
    return Point(day, moment)
