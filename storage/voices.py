"""What citizens say, event → rows: answers to surveys, what was held for them, what they ask and are answered.

No word of a feedback is in a row: its text goes with its events when these are destroyed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from core.authority import Authority
from core.feedback import Feedback, destroyed_names, fold_feedback
from core.record import Event
from core.survey import CRITERIA, answer_of
from storage.database import Connection
from storage.destroyed import remove_bodies
from storage.event_log import EventLog

AREAS = ("survey", "outreach", "feedback")
"""What the entities' names begin with."""
SHARED = {
    "survey_answer": "id, day, unit, procedure, officer, channel, overall, points, "
    + ", ".join(f"c{place}" for place in range(1, CRITERIA + 1)),
    "survey_code": "id, code",
    "outreach": "id, kind, first, last, title, place, note, audience, procedures, unit, officer",
    "feedback": "id, kind, received_at, due, answered_at, dossier, outreach, procedure, officer, unit, destroyed",
}
"""Tables with the columns that are the same on every desk."""
_WAITS = frozenset({"survey_answered", "survey_codes_spent", "feedback_destroyed"})
_ANSWER = f"INSERT OR REPLACE INTO survey_answer VALUES ({', '.join('?' * (9 + CRITERIA))})"
_CODE = "INSERT OR REPLACE INTO survey_code VALUES (?, ?, ?)"
_OUTREACH = f"INSERT OR REPLACE INTO outreach VALUES ({', '.join('?' * 11)})"
_FEEDBACK = f"INSERT OR REPLACE INTO feedback VALUES ({', '.join('?' * 11)})"
_WRITTEN_BY = """
SELECT DISTINCT entity FROM event WHERE officer = ? AND instr(entity, ':') AND kind IN (
    'survey_answered', 'survey_codes_spent', 'outreach_held', 'outreach_withdrawn', 'feedback_received',
    'feedback_answered', 'feedback_destroyed', 'feedback_withdrawn'
)
"""
"""By the index `event_station`: one of its own with a list of kinds would make each event cost a tenth more."""


def write_voices(connection: Connection, log: EventLog, authority: Authority, own: str | None, entity: str) -> None:
    """Write the rows of one lot of surveys, of one outreach or of one feedback."""
    area, _, name = entity.partition(":")
    if area == "feedback":
        gone = destroyed_names(one for one in log.understood(entity) if _may(authority, one))
        if gone:
            remove_bodies(connection, own, entity, gone)
        _feedback(connection, name, feedback_of(log, authority, name))
        return
    events = sorted((one for one in log.understood(entity) if _may(authority, one)), key=lambda one: one.order)
    if area == "survey":
        connection.execute("DELETE FROM survey_answer WHERE entity = ?", (entity,))
        connection.execute("DELETE FROM survey_code WHERE entity = ?", (entity,))
        connection.executemany(_ANSWER, _answers(entity, events))
        connection.executemany(_CODE, _codes(entity, events))
    else:
        _outreach(connection, name, events)


def feedback_of(log: EventLog, authority: Authority, name: str) -> Feedback | None:
    """The feedback of that id, folded; None where there is none."""
    return fold_feedback(name, log.understood(f"feedback:{name}"), lambda one: _may(authority, one))


def _may(authority: Authority, event: Event) -> bool:
    """What an unconfirmed desk counts, or lets go for good, waits; what it writes down stands, as its dossiers do."""
    return authority.may_for_all(event) if event.kind in _WAITS else authority.may(event)


def voices_of(connection: Connection, officer: str) -> list[str]:
    """What an officer has written: it is judged again where the officer's rights change."""
    return [str(row[0]) for row in connection.execute(_WRITTEN_BY, (officer,))]


def _answers(entity: str, events: Iterable[Event]) -> Iterator[tuple[object, ...]]:
    for event in events:
        answer = answer_of(event.body) if event.kind == "survey_answered" else None
        if answer is None:
            continue
        marks = [mark for mark in answer.points if mark is not None]
        points = sum(marks) if len(marks) == CRITERIA else None
        day = event.at.date().isoformat()
        told = (answer.procedure, answer.officer, answer.channel, answer.overall)
        yield (event.event_id, entity, day, event.unit, *told, points, *answer.points)


def _codes(entity: str, events: Iterable[Event]) -> Iterator[tuple[str, str, str]]:
    codes = {
        str(code) for event in events if event.kind == "survey_codes_spent" for code in event.body.get("codes", ())
    }
    return ((f"{code} {entity}", entity, code) for code in sorted(codes))


def _outreach(connection: Connection, name: str, events: Iterable[Event]) -> None:
    told = list(events)
    held = next((one for one in told if one.kind == "outreach_held" and not one.destroyed), None)
    if held is None or any(one.kind == "outreach_withdrawn" for one in told):
        connection.execute("DELETE FROM outreach WHERE id = ?", (name,))
        return
    body = held.body
    values = (
        name,
        body["kind"],
        body["date"],
        body.get("until") or body["date"],
        body.get("title") or "",
        body.get("place"),
        body.get("note"),
        body.get("audience"),
        json.dumps(body.get("procedures") or []),
        held.unit,
        held.by,
    )
    connection.execute(_OUTREACH, values)


def _feedback(connection: Connection, name: str, found: Feedback | None) -> None:
    if found is None or found.withdrawn:
        connection.execute("DELETE FROM feedback WHERE id = ?", (name,))
        return
    received = found.received
    values = (
        name,
        found.text("kind") or ("" if received.destroyed else "question"),
        int(received.at.timestamp()),
        found.text("due") or None,
        int(found.answers[0].at.timestamp()) if found.answers else None,
        *(found.text(one) or None for one in ("dossier", "outreach", "procedure", "officer")),
        received.unit,
        int(found.destroyed),
    )
    connection.execute(_FEEDBACK, values)
