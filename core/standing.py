"""Where a dossier stands in time: its clock by its law, the printed promise, and what the queue sorts by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from core.answering import Answer, answer_of
from core.answers import InvalidInput, Refusal
from core.apology import is_settled, owes_letter
from core.calendar import WorkCalendar
from core.carried import carried_along, same_nation
from core.catalogue import ProcedureVersion
from core.deadline import ClockEvent, ClockRules, Deadline, Step, deadline
from core.dossier import CLOCK_KINDS, Dossier
from core.law import Law
from core.moments import LEGAL_TIME, legal_day, limit_day
from core.queue import Lane
from core.record import Event
from core.states import OPEN, PAUSED, State
from core.time_limit import Limit, Phase, Unit
from core.trace import Explanation, explain

_BRANCHES = 64


@dataclass(frozen=True, slots=True)
class Standing:
    """`deadline` is None where there is no clock or no law for it; `problem` then says why, as a code.

    `elsewhere`: of a dossier from another unit, why its date may not be what the law here gives (`elsewhere`).
    `judged_by`: the hash of the row of law by which it is counted. `step_at`: where no date binds yet because the
    limit's next part waits for its event, until when the part that runs is to be done. Past it the unit is late with
    that part; the citizen is owed nothing yet, for the limit itself has not run out. So it is with `answer`, of what
    came online: until it is given, `step_at` is when it is due.
    """

    deadline: Deadline | None
    version: ProcedureVersion | None
    due_at: datetime | None
    promised_at: datetime | None
    binding_at: datetime | None
    lane: Lane
    by_date: bool
    problem: str | None = None
    elsewhere: str | None = None
    judged_by: str | None = None
    step_at: datetime | None = None
    answer: Answer | None = None

    @property
    def is_doubtful(self) -> bool:
        """Whether the date rests on a limit that nobody read in the law, or that the law here cannot confirm."""
        unread = self.version is not None and not self.version.verified
        return unread or self.elsewhere is not None


def standing(dossier: Dossier, law: Law) -> Standing:
    """The dossier's clock. Once it has ended, the due time that its ending event carries stands for good."""
    if dossier.away is not None:
        promised = dossier.promised_at
        return Standing(None, version_of(dossier, law), None, promised, promised, Lane.DONE, by_date=True)
    if dossier.state is State.SUBMITTED:
        return _unanswered(answer_of(dossier, law), received_under(dossier, law))
    law = earliest(dossier, law)
    version = version_of(dossier, law)
    clock, problem = _clock(dossier, law, version)
    due = clock.due_at if clock else None
    if dossier.ending is not None:
        due = dossier.ending.due_at
    promised = dossier.promised_at
    binding = min((moment for moment in (due, promised) if moment is not None), default=None)
    step = clock.running_step if clock is not None and binding is None and dossier.ending is None else None
    return Standing(
        deadline=clock,
        version=version,
        due_at=due,
        promised_at=promised,
        binding_at=binding,
        lane=_lane(dossier, clock, binding, step),
        by_date=step.by_date if step else clock.by_date if clock else True,
        problem=problem,
        elsewhere=elsewhere(dossier, law, clock),
        judged_by=_judged_by(dossier, law, version),
        step_at=step.due_at if step else None,
        answer=answer_of(dossier, law),
    )


def _unanswered(answer: Answer | None, version: ProcedureVersion | None) -> Standing:
    """Of what came online and was not answered: late past its hours, and nothing is owed to the citizen for it."""
    due = answer.due_at if answer is not None else None
    lane = Lane.UNSETTLED if due is None else Lane.SETTLED
    return Standing(None, version, None, None, None, lane, by_date=due is None, step_at=due, answer=answer)


def elsewhere(dossier: Dossier, law: Law, clock: Deadline | None) -> str | None:
    """What nobody may overlook in the date of a dossier that came from another unit; None: nothing.

    `rules`: it is counted by the rules that it came with, for their row of law is not known here. `unknown`: neither is
    known, it is counted by the law here. `days`: the other unit knows other days off of the nation that lie ahead.
    """
    if dossier.came is None or dossier.ending is not None:
        return None
    if _by_its_own_rules(dossier, law):
        return "rules"
    named = dossier.version if dossier.carried is None else dossier.carried.version
    if named is None or law.version_by_hash(named) is None or dossier.carried is None:
        return "unknown"
    due = clock.due_date if clock is not None else None
    same = due is None or same_nation(dossier.carried, law.calendar(), dossier.came, due)
    return None if same else "days"


def _by_its_own_rules(dossier: Dossier, law: Law) -> bool:
    """Whether the clock runs by the rules that came along: no row of law here, of now or before, says them."""
    came = dossier.carried
    return came is not None and bool(came.phases) and law.version_by_hash(came.version) is None


def _judged_by(dossier: Dossier, law: Law, version: ProcedureVersion | None) -> str | None:
    if dossier.carried is not None and _by_its_own_rules(dossier, law):
        return dossier.carried.version
    return None if version is None else version.row_hash


def earliest(dossier: Dossier, law: Law) -> Law:
    """Of a law and its rivals the one by which the dossier is due first."""
    never = datetime.max.replace(tzinfo=LEGAL_TIME)
    return min((law, *law.rivals), key=lambda one: _due(dossier, one) or never) if law.rivals else law


def _due(dossier: Dossier, law: Law) -> datetime | None:
    clock, _ = _clock(dossier, law, version_of(dossier, law))
    return clock.due_at if clock else None


def version_of(dossier: Dossier, law: Law) -> ProcedureVersion | None:
    """The version in force on the civil day of receipt; a later one only by that one's own transition rule.

    Where the law has none for the day, the row that the dossier was received under.
    """
    if dossier.received_at is None:
        return None
    found = law.version_on(dossier.procedure, legal_day(dossier.received_at))
    if isinstance(found, Refusal):
        return received_under(dossier, law)
    later = law.version_after(found)
    while later is not None and later.transition == "move" and _runs_into(dossier, law, found, later):
        found, later = later, law.version_after(later)
    return found


def received_under(dossier: Dossier, law: Law) -> ProcedureVersion | None:
    """The version whose row the desk had when it received the dossier."""
    return law.version_by_hash(dossier.version) if dossier.version is not None else None


def _runs_into(dossier: Dossier, law: Law, version: ProcedureVersion, later: ProcedureVersion) -> bool:
    """Whether the dossier was neither done nor due before the later version came into force."""
    if later.variant(dossier.variant) is None:
        return False
    if dossier.ending is not None and legal_day(dossier.ending.at) < later.valid_from:
        return False
    try:
        due = clock_inputs(dossier, law, version).deadline().due_date
    except InvalidInput:
        return False
    return due is None or due >= later.valid_from


@dataclass(frozen=True, slots=True)
class ClockInputs:
    """What the deadline engine is asked for a dossier."""

    received_at: datetime
    rules: ClockRules
    events: tuple[ClockEvent, ...]
    calendar: WorkCalendar
    committed: tuple[Phase, ...] | None

    def deadline(self) -> Deadline:
        return deadline(self.received_at, self.rules, self.events, self.calendar, self.committed)


def clock_inputs(dossier: Dossier, law: Law, version: ProcedureVersion | None) -> ClockInputs:
    """Rules, events in time order, the committed limit if there is one; of contested events the earliest date's."""
    assert dossier.received_at is not None
    rules, committed, calendar = _rules_and_days(dossier, law, version)
    events = _clock_events(dossier.clock_events)
    inputs = ClockInputs(dossier.received_at, rules, events, calendar, committed)
    if not dossier.conflicts:
        return inputs
    candidates = [replace(inputs, events=_clock_events(events)) for events in _contested_histories(dossier)]
    never = datetime.max.replace(tzinfo=LEGAL_TIME)
    return min(candidates, key=lambda one: one.deadline().due_at or never)


def calendar_of(dossier: Dossier, law: Law) -> WorkCalendar:
    """The days by which the dossier is counted: another unit's until it came from there."""
    if dossier.carried is None or dossier.came is None:
        return law.calendar(dossier.unit)
    return law.calendar_after(dossier.unit, dossier.carried.counted_until(dossier.came))


def _rules_and_days(
    dossier: Dossier, law: Law, version: ProcedureVersion | None
) -> tuple[ClockRules, tuple[Phase, ...] | None, WorkCalendar]:
    """By the law here; of a dossier from another unit its promise and its days until it came, and its rules where their
    row is not known here."""
    assert dossier.received_at is not None
    day, came = legal_day(dossier.received_at), dossier.carried
    if came is None or dossier.came is None:
        assert version is not None
        return *rules_on(law, version, dossier.variant, dossier.unit, day), law.calendar(dossier.unit)
    if _by_its_own_rules(dossier, law):
        rules, own = came.rules(), None
        rules = replace(rules, calendars=law.calendars_of(rules.phases))
    else:
        assert version is not None
        rules, own = rules_on(law, version, dossier.variant, dossier.unit, day)
        rules = replace(rules, offhours=came.offhours)
    return rules, came.committed() or own, calendar_of(dossier, law)


def rules_on(
    law: Law, version: ProcedureVersion, variant: str | None, unit: str, day: date
) -> tuple[ClockRules, tuple[Phase, ...] | None]:
    """The clock's rules and the unit's promise for what is received on the day."""
    promise = law.commitment(unit, version.procedure, variant, day)
    committed = None if promise is None else (Phase(promise.limit, basis=promise.decision),)
    return law.clock_rules(version, variant, unit, day), committed


def clock_along(dossier: Dossier, law: Law, now: date) -> list[dict[str, Any]]:
    """What the dossier's clock stands on, for the unit to which it is offered; empty where there is none."""
    law = earliest(dossier, law)
    version = version_of(dossier, law)
    named = _judged_by(dossier, law, version)
    if dossier.received_at is None or named is None:
        return []
    try:
        asked = clock_inputs(dossier, law, version)
    except InvalidInput:
        return []
    day = legal_day(dossier.received_at)
    return [carried_along(named, asked.rules, asked.committed, asked.calendar, law.calendar(), day, now)]


def _contested_histories(dossier: Dossier) -> list[list[Event]]:
    """The clock's events without any contested one, and with each branch alone: until a person has decided.

    Of a conflict that nobody could look through, only the first branches.
    """
    lines = [{branch, *above} for one in dossier.conflicts for branch, above in one.lines()][:_BRANCHES]
    contested = set().union(*lines)
    settled = [event for event in dossier.clock_events if event.event_id not in contested]
    clock = [event for event in dossier.events if event.event_id in contested and event.kind in CLOCK_KINDS]
    branches = ([event for event in clock if event.event_id in line] for line in lines)
    return [settled, *([*settled, *branch] for branch in branches if branch)]


def explained(dossier: Dossier, law: Law) -> Explanation | None:
    """The clock's answer with its trace; None where there is no clock or no law for it."""
    law = earliest(dossier, law)
    version = version_of(dossier, law)
    if dossier.received_at is None or _judged_by(dossier, law, version) is None:
        return None
    try:
        asked = clock_inputs(dossier, law, version)
        return explain(asked.received_at, asked.rules, asked.events, asked.calendar, asked.committed)
    except InvalidInput:
        return None


def _clock(dossier: Dossier, law: Law, version: ProcedureVersion | None) -> tuple[Deadline | None, str | None]:
    if dossier.received_at is None:
        return None, None
    if _judged_by(dossier, law, version) is None:
        return None, "no_law"
    try:
        return clock_inputs(dossier, law, version).deadline(), None
    except InvalidInput as error:
        return None, error.code


def _clock_events(events: Sequence[Event]) -> tuple[ClockEvent, ...]:
    return tuple(
        ClockEvent(
            event.kind,
            event.at,
            limit=Limit(Fraction(event.body["amount"]), Unit(event.body["unit"])) if event.kind == "extended" else None,
            due_at=datetime.fromisoformat(event.body["due_at"]) if event.kind == "rescheduled" else None,
            basis=event.body.get("basis"),
        )
        for event in sorted(events, key=lambda event: event.at)
    )


def _lane(dossier: Dossier, clock: Deadline | None, binding: datetime | None, step: Step | None) -> Lane:
    if dossier.state not in OPEN and dossier.received_at is not None:
        return Lane.DONE
    if dossier.state is None or dossier.received_at is None:
        return Lane.DONE
    if dossier.state in PAUSED and step is None and (clock is None or clock.due_at is None):
        return Lane.PAUSED
    if is_settled(dossier, binding):
        return Lane.SETTLED
    if owes_letter(dossier):
        return Lane.DECLARED
    return Lane.UNSETTLED if step is None else Lane.SETTLED


def judge(ended_at: datetime, due_at: datetime | None, by_date: bool) -> str:
    """`early`, `on_time`, `late` or `none` (no due time): day limits by date, hour limits by the instant.

    A due time at 24:00 is of the day that it ends.
    """
    if due_at is None:
        return "none"
    end, due = ended_at.astimezone(LEGAL_TIME), due_at.astimezone(LEGAL_TIME)
    if by_date:
        day = limit_day(due)
        return "early" if end.date() < day else "on_time" if end.date() == day else "late"
    return "early" if end < due else "on_time" if end == due else "late"
