"""What has changed in a station's law since it was founded: command by command, and what an officer has not read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from core.bodies import misfit
from core.events import KINDS
from core.record import Event, canonical
from core.station import AmendLaw
from storage.desk import Desk
from storage.lawbook.contested import contested_events
from storage.lawbook.package import package_rows
from storage.lawbook.rows import LawRow
from storage.lawbook.station import (
    Founding,
    LawEvent,
    commitment_row,
    effective_rows,
    founding_of,
    is_own,
    opening_row,
    rows_in_force,
)
from storage.officers import Officer

_Key = tuple[str, str, str]
_Known = Mapping[_Key, LawRow]


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row of law that came, or that took another's place.

    `before`: what stood under its key before all `events`; `last`: before the last of them. `earlier`, of a
    procedure's version: the version that it follows. `events`: the ids of the amending events.
    """

    row: LawRow
    before: LawRow | None
    last: LawRow | None
    earlier: LawRow | None = None
    events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LawCommand:
    """One command that amended the law. `standing`: founding | own (the station may decide it) | signed | unsigned.

    `problem`: why it has no effect, as a code. `contested`: another desk amended one of its rows differently at the
    same time, and nobody has amended it again.
    """

    at: datetime
    by: str
    decision: str | None
    source: str | None
    standing: str
    problem: str | None
    changes: tuple[RowChange, ...]
    contested: bool = False


def law_history(desk: Desk) -> list[LawCommand]:
    """The commands that made the law of this desk, the newest first; the founding is the last."""
    founding = _founding(desk)
    known: dict[_Key, LawRow] = {}
    commands = []
    judged = desk.projection.law_events()
    contested = contested_events([(one.event, one.rows) for one in judged if one.problem is None])
    for group in _commands(judged):
        changes = []
        for one in group:
            for row in one.rows:
                changes.append(_change(row, known, (one.event.event_id,)))
                if one.problem is None:
                    known[_key(row)] = row
        command = _command(group, changes, founding, desk.identity.unit)
        commands.append(replace(command, contested=any(one.event.event_id in contested for one in group)))
    return commands[::-1]


def unread_changes(desk: Desk, officer: Officer) -> tuple[RowChange, ...]:
    """What amendments changed since the officer was added and the officer has not ticked as read.

    A row that was amended twice is told once, by what it was and what it is now. What the founding brought, what
    has no effect, and a row that is again what it was are left out.
    """
    added, read = _reading(desk, officer.id)
    founding = _founding(desk)
    known: dict[_Key, LawRow] = {}
    found: dict[_Key, RowChange] = {}
    for one in desk.projection.law_events():
        event = one.event
        if one.problem is not None:
            continue
        fresh = event.group_key != founding.group and event.event_id not in read and added < event.order
        for row in one.rows:
            key, told = _key(row), found.get(_key(row))
            if fresh:
                change = _change(row, known, (*(told.events if told else ()), event.event_id))
                found[key] = replace(change, before=told.before) if told else change
            elif told is not None:
                found[key] = replace(told, row=row, last=known.get(key))
            known[key] = row
    return tuple(change for change in found.values() if _differs(change.row, change.before))


def proposed_changes(desk: Desk, command: AmendLaw) -> tuple[RowChange, ...]:
    """What a command that was not carried out yet would change."""
    known = dict(rows_in_force(desk.projection.law_events()))
    changes = []
    for row in _rows_of(desk, command):
        changes.append(_change(row, known, ()))
        known[_key(row)] = row
    return tuple(changes)


def untaken_rows(desk: Desk) -> tuple[LawRow, ...]:
    """Rows that this version of the program brings and that never had an effect at the station."""
    effective = effective_rows(desk.projection.law_events())
    held = {(_key(row), canonical(row.row)) for row in effective}
    return tuple(row for row in package_rows() if (_key(row), canonical(row.row)) not in held)


def _commands(events: Iterable[LawEvent]) -> Iterator[list[LawEvent]]:
    """The events of each command together, in the order of the first ones."""
    groups: dict[tuple[str, int, int], list[LawEvent]] = {}
    for one in events:
        groups.setdefault(one.event.group_key, []).append(one)
    yield from groups.values()


def _command(group: list[LawEvent], changes: list[RowChange], founding: Founding, unit: str) -> LawCommand:
    first = group[0].event
    bodies = [one.event.body for one in group]
    if first.group_key == founding.group:
        standing = "founding"
    elif all(is_own(row, unit) for one in group for row in one.rows):
        standing = "own"
    else:
        standing = "signed" if any(one.signed for one in group) else "unsigned"
    return LawCommand(
        first.at,
        first.by,
        next((str(body["decision"]) for body in bodies if body.get("decision")), None),
        next((str(body["source"]) for body in bodies if body.get("source")), None),
        standing,
        next((one.problem for one in group if one.problem), None),
        tuple(changes),
    )


def _change(row: LawRow, known: _Known, events: tuple[str, ...]) -> RowChange:
    stood = known.get(_key(row))
    return RowChange(row, stood, stood, _earlier(row, known), events)


def _earlier(row: LawRow, known: _Known) -> LawRow | None:
    """The version of the same procedure that began last before this one."""
    if row.table != "procedure_version":
        return None
    first = str(row.row.get("valid_from"))
    others = [
        one
        for (entity, table, _), one in known.items()
        if entity == row.entity and table == row.table and str(one.row.get("valid_from")) < first
    ]
    return max(others, key=lambda one: str(one.row.get("valid_from")), default=None)


def _rows_of(desk: Desk, command: AmendLaw) -> Iterator[LawRow]:
    unit = desk.identity.unit
    for entity, parts in command.rows.items():
        yield from (LawRow(entity, part["table"], part["key"], part["row"]) for part in parts)
    yield from (opening_row(unit, body, str(number)) for number, body in enumerate(command.openings))
    for body in command.commitments:
        procedure = desk.law.find(str(body["procedure"]))
        yield commitment_row(unit, {**body, "procedure": procedure.name} if procedure else body)


def _reading(desk: Desk, officer: str) -> tuple[tuple[int, str, int, int], frozenset[str]]:
    """The place in the global order where the officer was added, and the amendments that the officer has read."""
    events = desk.log.understood(f"officer:{officer}")
    added = min((event.order for event in events if event.kind == "officer_added"), default=(0, "", 0, 0))
    read = {str(one) for event in events if _is_reading(event, officer) for one in event.body["amendments"]}
    return added, frozenset(read)


def _is_reading(event: Event, officer: str) -> bool:
    """Whether the officer's own hand ticked: nobody reads for another."""
    if event.kind != "changes_read" or event.by != officer:
        return False
    return misfit(KINDS[event.kind], event.body) is None


def _founding(desk: Desk) -> Founding:
    return founding_of(desk.log.understood(f"unit:{desk.identity.unit}"), desk.projection.desks().founding)


def _differs(row: LawRow, before: LawRow | None) -> bool:
    return before is None or canonical(before.row) != canonical(row.row)


def _key(row: LawRow) -> _Key:
    return row.entity, row.table, row.key
