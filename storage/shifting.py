"""What an amendment moves: open dossiers whose counted days it touches, computed without folding them again."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec

from core.answers import InvalidInput, Refusal
from core.calendar import WorkCalendar
from core.catalogue import ProcedureVersion
from core.deadline import ClockEvent, ClockRules, deadline
from core.dossier import Dossier
from core.law import Law
from core.moments import LEGAL_TIME
from core.queue import Lane
from core.queue_order import POLICY
from core.record import Event
from core.standing import rules_on
from core.time_limit import Limit, Phase, Unit
from storage.database import Connection

_DAY = 86_400
_EPOCH = date(1970, 1, 1).toordinal()
_OFFSET = 7 * 3_600
_ONE = timedelta(days=1)
_LAST = date(9999, 12, 30)
_OPEN = """
SELECT unit, procedure, received_at, due_at, lane, in_conflict, id, rowid, variant, version, clock, promised_at,
apology_by, by_date, receipt_number, applicant_name, came, answer_until FROM dossier {how} WHERE lane < 4
"""
_COUNTS = "SELECT (SELECT count(*) FROM dossier WHERE lane < 4), (SELECT count(*) FROM dossier)"
_MOVED = "UPDATE dossier SET due_at = ?, binding_at = ?, apology_by = ?, by_date = ? WHERE rowid = ?"

_Answer = tuple[int | None, int | None, bool]
"""Due time and last moment to announce a delay (epoch seconds), and whether it is judged by date."""


class Move(NamedTuple):
    """A dossier whose due time moves; epoch seconds. `promised_at`: the date that was printed and still binds."""

    row: int
    dossier: str
    receipt_number: str | None
    name: str
    procedure: str
    before: int
    after: int
    promised_at: int | None
    apology_by: int | None
    by_date: bool


@dataclass(slots=True)
class Shift:
    """`moves` are computed; `others` are dossiers that must be folded again to be known."""

    moves: list[Move] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def write(self, connection: Connection) -> None:
        """Put the new dates into the rows."""
        connection.executemany(_MOVED, map(_columns, self.moves))


def shift(connection: Connection, before: Law, after: Law) -> Shift:
    """What the law `after` moves of the rows that stand as `before` left them."""
    found = Shift()
    units: dict[str, _Unit] = {}
    folded = _phases_elsewhere(before, after)
    some, every = connection.execute(_COUNTS).fetchone()
    for row in connection.execute(_OPEN.format(how="NOT INDEXED" if 3 * some > every else "")):
        unit = units.get(row[0])
        if unit is None:
            unit = units[row[0]] = _Unit(before, after, row[0], folded)
        unit.take(row, found)
    return found


class _Unit:
    """What changes for one unit, and its rows by the law that comes; of `folded` procedures no row tells."""

    def __init__(self, before: Law, after: Law, unit: str, folded: frozenset[str]) -> None:
        days = _changed_days(before, after, unit)
        policies = [[one for one in law.policies if one.name != POLICY] for law in (before, after)]
        self._all = days is None or policies[0] != policies[1] or bool(before.rivals or after.rivals)
        self._folded = folded
        self._amended: dict[str, list[tuple[int, int]]] = {}
        self._days: list[int] = []
        if days is None or self._all:
            return
        for procedure, first, last in _amended(before, after, unit):
            self._amended.setdefault(procedure, []).append((first, last))
        self._days = days
        self._reckoner = _Reckoner(after, unit)

    def take(self, row: Sequence[Any], found: Shift) -> None:
        """Put a row among what moves, what must be folded, or nothing."""
        _, procedure, received, due, lane, in_conflict, dossier, *_ = row
        day = (received + _OFFSET) // _DAY + _EPOCH
        spans = self._amended.get(procedure)
        amended = spans is not None and any(first <= day <= last for first, last in spans)
        if amended or self._all or procedure in self._folded or row[16]:  # its days are two units'
            found.others.append(dossier)
            return
        place = bisect_left(self._days, day)
        if place == len(self._days):
            return
        if due is None or lane == Lane.PAUSED or in_conflict or row[17] is not None:  # the citizen's days count too
            found.others.append(dossier)
        elif self._days[place] <= (due + _OFFSET - 1) // _DAY + _EPOCH:
            move = self._reckoner.move(row, day)
            if move is None:
                found.others.append(dossier)
            elif (move.after, move.apology_by, move.by_date) != (due, row[12], bool(row[13])):
                found.moves.append(move)


def _changed_days(before: Law, after: Law, unit: str) -> list[int] | None:
    """The days that count otherwise; None where one law has no calendar to compare, or not for the same years."""
    try:
        old, new = before.calendar(unit), after.calendar(unit)
    except InvalidInput:
        return None
    return new.differs(old) if (old.first, old.last) == (new.first, new.last) else None


def _amended(before: Law, after: Law, unit: str) -> Iterator[tuple[str, int, int]]:
    """Procedures with the days of receipt (first, last) for which their rules are not what they were."""
    for name in dict.fromkeys(one.name for law in (before, after) for one in law.procedures):
        old, new = ((known.versions if known else ()) for known in (before.find(name), after.find(name)))
        if [one.row_hash for one in old] != [one.row_hash for one in new]:
            yield from _otherwise(name, before, after, [*old, *new])
    for one in set(before.commitments) ^ set(after.commitments):
        if one.unit == unit:
            yield one.procedure, one.valid_from.toordinal(), (one.valid_to or _LAST).toordinal()


def _otherwise(
    name: str, before: Law, after: Law, versions: Sequence[ProcedureVersion]
) -> Iterator[tuple[str, int, int]]:
    """The stretches of days on which the version's content is another, or a later one may take it over."""
    begins = {one.valid_from for one in versions} | {one.valid_to + _ONE for one in versions if one.valid_to}
    for first, following in pairwise([*sorted(begins), _LAST]):
        old, new = _content(before, name, first), _content(after, name, first)
        if old != new:
            yield name, first.toordinal(), following.toordinal() - 1


def _content(law: Law, name: str, day: date) -> object:
    """What a dossier received on the day is judged by: the version, and the next one where that takes it over."""
    version = law.version_on(name, day)
    if isinstance(version, Refusal):
        return None
    later = law.version_after(version)
    taken_over = later.row_hash if later is not None and later.transition == "move" else None
    return open_ended(version), taken_over


def open_ended(version: ProcedureVersion) -> ProcedureVersion:
    """The version without its last day and its row's hash: two rows that differ in nothing else say the same."""
    last = version.valid_to
    fees = tuple(replace(one, valid_to=None) if one.valid_to == last else one for one in version.fees)
    services = tuple(replace(one, valid_to=None) if one.valid_to == last else one for one in version.services)
    return replace(version, valid_to=None, row_hash="", fees=fees, services=services)


def _phases_elsewhere(before: Law, after: Law) -> frozenset[str]:
    """The procedures with a phase that runs by another unit's calendar, where that one changes."""
    places = {place for law in (before, after) for place in _stations(law)}
    changed = {station: _changed_days(before, after, station) != [] for _, station in places}
    return frozenset(name for name, station in places if changed[station])


def _stations(law: Law) -> Iterator[tuple[str, str]]:
    """Procedures with the units that own a phase of theirs."""
    for procedure in law.procedures:
        for version in procedure.versions:
            for variant in version.variants:
                yield from ((procedure.name, one.station) for one in variant.phases if one.station is not None)


class _Reckoner:
    """Computes deadlines of one unit's rows by one law; what depends on the day of receipt alone only once."""

    def __init__(self, law: Law, unit: str) -> None:
        self._law = law
        self._unit = unit
        self._calendar: WorkCalendar = law.calendar(unit)
        self._rules: dict[tuple[str, str | None, str | None, int], _Rules | None] = {}

    def move(self, row: Sequence[Any], day: int) -> Move | None:
        """The row as it will be; None where only the folded dossier tells."""
        _, procedure, received, before, lane, _, dossier, number, variant, version, clock, promised = row[:12]
        answer = self._answer(procedure, variant, version, received, clock, day)
        due, owed, by_date = answer or (None, None, True)
        if due is None:
            return None
        apology = None if lane == Lane.SETTLED else owed
        return Move(number, dossier, row[14], row[15], procedure, before, due, promised, apology, by_date)

    def _answer(
        self, procedure: str, variant: str | None, version: str | None, received: int, clock: str | None, day: int
    ) -> _Answer | None:
        key = (procedure, variant, version, day)
        if key not in self._rules:
            self._rules[key] = self._rules_of(procedure, variant, day)
        known = self._rules[key]
        if known is None:
            return None
        told = () if clock is None else msgspec.json.decode(clock)
        days = (() if clock is None else _days(told)) if known.by_day else None
        if days is not None and days in known.answers:
            return known.answers[days]
        try:
            moment = datetime.fromtimestamp(received, LEGAL_TIME)
            events = tuple(_event(*one) for one in told)
            found = deadline(moment, known.rules, events, self._calendar, known.committed)
        except InvalidInput:
            return None
        answer = _epoch(found.due_at), _epoch(found.apology_owed_by), found.by_date
        if days is not None:
            known.answers[days] = answer
        return answer

    def _rules_of(self, procedure: str, variant: str | None, day: int) -> _Rules | None:
        version = self._law.version_on(procedure, date.fromordinal(day))
        if isinstance(version, Refusal):
            return None
        later = self._law.version_after(version)
        if later is not None and later.transition == "move":
            return None
        try:
            rules, committed = rules_on(self._law, version, variant, self._unit, date.fromordinal(day))
        except InvalidInput:
            return None
        whole = all(one.limit.days_key is not None for one in (*rules.phases, *(committed or ())))
        waits = any(one.starts_on is not None for one in rules.phases[1:])
        by_day = rules.offhours == "as_received" and whole and not waits
        return _Rules(rules, committed, by_day)


@dataclass(slots=True)
class _Rules:
    """The rules for one day of receipt; limits of whole days answer alike for events of the same days (`answers`)."""

    rules: ClockRules
    committed: tuple[Phase, ...] | None
    by_day: bool
    answers: dict[tuple[tuple[str, int], ...], _Answer] = field(default_factory=dict)


def _epoch(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def written_clock(dossier: Dossier) -> str | None:
    """What happened to the clock as a row keeps it, in order of time; None for nothing."""
    told = [list(_told(event)) for event in sorted(dossier.clock_events, key=lambda event: event.at)]
    return msgspec.json.encode(told).decode() if told else None


def _told(event: Event) -> Iterator[object]:
    yield event.kind
    yield int(event.at.timestamp())
    if event.kind == "extended":
        yield event.body["amount"]
        yield event.body["unit"]
    elif event.kind == "rescheduled":
        yield int(datetime.fromisoformat(event.body["due_at"]).timestamp())


def _days(told: Sequence[Sequence[Any]]) -> tuple[tuple[str, int], ...] | None:
    """What happened, by day; None where an event says more than its day."""
    if any(len(one) > 2 for one in told):
        return None
    return tuple((kind, (at + _OFFSET) // _DAY) for kind, at in told)


def _event(kind: str, at: int, more: Any = None, unit: str | None = None) -> ClockEvent:
    moment = datetime.fromtimestamp(at, LEGAL_TIME)
    if unit is not None:
        return ClockEvent(kind, moment, limit=Limit(Fraction(more), Unit(unit)))
    due = None if more is None else datetime.fromtimestamp(more, LEGAL_TIME)
    return ClockEvent(kind, moment, due_at=due)


def _columns(move: Move) -> tuple[object, ...]:
    binding = move.after if move.promised_at is None else min(move.after, move.promised_at)
    return move.after, binding, move.apology_by, int(move.by_date), move.row
