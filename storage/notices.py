"""What is so for an officer now, read within bounds, and the log of what he was told, kept in this desk's file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from core.moments import LEGAL_TIME, legal_day
from core.notices import AHEAD_S, Facts, NoticeKind, NoticeLog, Subject, Told
from core.numbers import RANGE, RANGED_DESKS
from core.queue import Bounds, Lane, midnight
from core.states import State
from storage.database import Connection, transaction
from storage.desk import Desk
from storage.feedback import due_until, short
from storage.folder import write_meta
from storage.officers import Officer
from storage.periods import unsent
from storage.projection import is_dossier
from storage.queries import QueueFilter, Row
from storage.room import room_warnings

MOST = 100
"""Dossiers of one kind that are read at a look."""
MOST_EVENTS = 5_000
"""The newest events that are looked through; what came before them without a look is not told any more."""
REPORT_DAYS = 3
"""Working days before a report is to be sent from which on that is told."""
_CHUNK = 500
_EVENTS = "SELECT n, entity, kind, officer FROM event WHERE n > ? ORDER BY n"
_HUBS = "SELECT max(last_contact), min(known_since), max(error IS NOT NULL), count(*) FROM hub"
_DECLARED = frozenset({"delay_declared", "rescheduled"})


def facts_for(
    desk: Desk, officer: Officer, at: Bounds, log: NoticeLog, contested: Sequence[Subject] = ()
) -> tuple[Facts, int]:
    """What is so at `at`, and the newest event; `log`: what is known of the looks before.

    `contested`: what desks decided apart beside dossiers, which a leader is told of. Nothing is written.
    """
    last = desk.log.last()
    since = log.event if log.event is not None and log.event <= last else last
    events = desk.connection.execute(_EVENTS, (max(since, last - MOST_EVENTS),)).fetchall()
    touched = list(dict.fromkeys(str(entity) for _, entity, _, _ in events if is_dossier(entity)))
    made = {(str(entity), str(kind)) for _, entity, kind, by in events if by != officer.id}
    contact, known_since, failing, hubs = desk.connection.execute(_HUBS).fetchone()
    return Facts(
        now=at.now,
        day=str(legal_day(datetime.fromtimestamp(at.now, LEGAL_TIME))),
        due=_subjects(row for row in _due(desk, officer, at) if row["state"] != State.SUBMITTED),
        unanswered=_subjects(_unanswered(desk, officer, at)),
        owed=_subjects(_owed(desk, officer, at, log.looked, made)),
        conflicts=_conflicts(desk, officer, at, touched, log) + tuple(contested if _leads(officer) else ()),
        ready=_ready(desk, officer, at, made),
        answers=_answers(desk, officer, at),
        reports=_reports(desk, officer, at),
        short=tuple((one.code, str(one.params["size"])) for one in room_warnings(desk)),
        without_number=desk.series.state().wanted,
        numbers_left=_numbers_left(desk, at),
        contact=(contact or known_since or 0) if hubs else None,
        failing=bool(failing),
    ), last


def load_log(connection: Connection, officer: str) -> NoticeLog:
    """The officer's log, people named as their dossiers name them now; an empty one where none can be read."""
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (_name(officer),)).fetchone()
    try:
        log = msgspec.json.decode(row[0], type=NoticeLog) if row else NoticeLog()
    except msgspec.DecodeError:
        return NoticeLog()
    ids = [one.notice.subject.id for one in log.told if is_dossier(one.notice.subject.id)]
    asked = f"SELECT id, applicant_name FROM dossier WHERE id IN ({', '.join('?' * len(ids))})"
    return _named(log, dict(connection.execute(asked, ids).fetchall()))


def save_log(connection: Connection, officer: str, log: NoticeLog) -> None:
    """Keep it, durable when this returns. Raises InvalidInput where the disk prevents it.

    No person's name is kept with it: a name must go with the dossier's bodies when these are destroyed.
    """
    nameless = _named(log, {})
    with transaction(connection):
        write_meta(connection, {_name(officer): msgspec.json.encode(nameless).decode()})


def _named(log: NoticeLog, names: Mapping[str, str]) -> NoticeLog:
    """The log with these names, by the dossiers' ids; with none where there is no name."""
    return replace(log, told=tuple(_with_name(one, names) for one in log.told))


def _with_name(told: Told, names: Mapping[str, str]) -> Told:
    subject = told.notice.subject
    if not is_dossier(subject.id):
        return told
    return replace(told, notice=replace(told.notice, subject=replace(subject, name=names.get(subject.id, ""))))


def _name(officer: str) -> str:
    return f"notices:{officer}"


def _leads(officer: Officer) -> bool:
    return "leader" in officer.roles


def _due(desk: Desk, officer: Officer, at: Bounds) -> list[Row]:
    """The officer's own, due from now on within the hour."""
    wanted = QueueFilter(officer=officer.id, due_from=at.now, due_until=at.now + AHEAD_S + 1, list="open")
    return desk.queries.after(None, at, MOST, wanted)


def _unanswered(desk: Desk, officer: Officer, at: Bounds) -> list[Row]:
    """Whoever takes in is told of all that came online: it is the counter's to answer, whoever brought it in."""
    if "front_desk" not in officer.roles:
        return []
    where = "lane = ? AND binding_at <= ? AND state = ? ORDER BY binding_at DESC, id LIMIT ?"
    return desk.queries.rows(where, (int(Lane.SETTLED), at.now + AHEAD_S, State.SUBMITTED.value, MOST), at)


def _owed(desk: Desk, officer: Officer, at: Bounds, looked: int | None, made: set[tuple[str, str]]) -> Iterable[Row]:
    """The officer's own, a leader's unit's: past their date since the last look, or declared late by somebody else."""
    if looked is None:
        return []
    whose, values = ("", ()) if _leads(officer) else ("officer = ? AND ", (officer.id,))
    past = f"{whose}lane = ? AND binding_at >= ? AND binding_at < ? AND by_date = ? ORDER BY binding_at DESC LIMIT ?"
    day = midnight(legal_day(datetime.fromtimestamp(looked, LEGAL_TIME)))
    found = desk.queries.rows(past, (*values, int(Lane.UNSETTLED), day + 1, at.today + 1, 1, MOST), at)
    found += desk.queries.rows(past, (*values, int(Lane.UNSETTLED), looked, at.now, 0, MOST), at)
    declared = _rows(desk, [entity for entity, kind in made if kind in _DECLARED], at)
    return found + [row for row in declared if row["lane"] == Lane.DECLARED and _is_whose(row, officer)]


def _conflicts(desk: Desk, officer: Officer, at: Bounds, touched: Sequence[str], log: NoticeLog) -> tuple[Subject, ...]:
    """What was touched since the last look or in conflict then: no index has every dossier that is."""
    before = [key.partition(" ")[2] for key in log.standing if key.startswith(f"{NoticeKind.CONFLICT} ")]
    rows = _rows(desk, [*filter(is_dossier, before), *touched], at, "in_conflict = 1 AND ")
    return _subjects(row for row in rows if _is_whose(row, officer))


def _ready(desk: Desk, officer: Officer, at: Bounds, made: set[tuple[str, str]]) -> tuple[Subject, ...]:
    """What somebody else has made ready: the officer's own, and at a front desk what was taken in at this desk."""
    rows = _rows(desk, [entity for entity, kind in made if kind == "result_ready"], at)
    counter = "front_desk" in officer.roles
    return tuple(
        _subject(row, row["ready_at"])
        for row in rows
        if row["state"] == State.RESULT_READY
        and (row["officer"] == officer.id or (counter and row["desk"] == desk.identity.desk))
    )


def _answers(desk: Desk, officer: Officer, at: Bounds) -> tuple[Subject, ...]:
    """Feedback whose answer is owed by now: the officer's own, and where it is nobody's, of the counter."""
    today = legal_day(datetime.fromtimestamp(at.now, LEGAL_TIME))
    counter = "front_desk" in officer.roles
    return tuple(
        Subject(f"feedback:{one.id}", name=short(one.id), at=midnight(one.due + timedelta(days=1)))
        for one in due_until(desk, today, MOST)
        if one.due is not None and (_leads(officer) or one.officer == officer.id or (counter and one.officer is None))
    )


def _reports(desk: Desk, officer: Officer, at: Bounds) -> tuple[Subject, ...]:
    """Whoever may send is told what is to be sent; the id has the last day of the period that is owed."""
    if not _leads(officer):
        return ()
    today = legal_day(datetime.fromtimestamp(at.now, LEGAL_TIME))
    return tuple(
        Subject(f"report:{one.name}:{one.last}", name=one.name, at=midnight(one.by + timedelta(days=1)))
        for one in unsent(desk, today, REPORT_DAYS)
    )


def _rows(desk: Desk, ids: Sequence[str], at: Bounds, where: str = "") -> list[Row]:
    """The dossiers of these ids that are here, each found by its id."""
    found: list[Row] = []
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        found += desk.queries.rows(f"{where}id IN ({', '.join('?' * len(some))})", some, at)
    return found


def _is_whose(row: Row, officer: Officer) -> bool:
    return _leads(officer) or row["officer"] == officer.id


def _subjects(rows: Iterable[Row]) -> tuple[Subject, ...]:
    return tuple(_subject(row, row["binding_at"]) for row in rows)


def _subject(row: Row, at: int | None) -> Subject:
    return Subject(row.id, str(row["receipt_number"] or ""), str(row["applicant_name"]), int(at or 0))


def _numbers_left(desk: Desk, at: Bounds) -> int | None:
    """What is left of the day's own range, before the blank receipts; None past it, and where a desk has none."""
    day = legal_day(datetime.fromtimestamp(at.now, LEGAL_TIME))
    number, serial = desk.series.next_serial(day)
    if number > RANGED_DESKS or not 1 <= serial <= RANGE:
        return None
    return (desk.series.lowest_blank(number, day) or RANGE + 1) - serial
