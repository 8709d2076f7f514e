"""A handover's two signatures, questions, count of the drawer and what a leader decides, through the one door."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from core.answers import Refusal
from core.decisions import Act
from core.dossier import Dossier
from core.events import KINDS
from core.handover import (
    AcceptHandover,
    AnswerReceiver,
    AskSender,
    CountDrawer,
    DecideAccepted,
    Handed,
    HandOver,
    words_of,
)
from core.merge import DECISIONS, Conflict
from core.moments import legal_day
from core.queue import midnight
from core.readback import REASON, Ask, counted, unread
from core.record import Event
from core.states import State
from storage import handed
from storage.database import transaction
from storage.desk import Command, Desk, Done
from storage.drafts import finish
from storage.drawer import to_count
from storage.numbers import close_days_within
from storage.officers import Officer
from storage.queries import Row
from storage.sheet import Sheet, sheet_now
from storage.shift import begun

_NO_WORDS: Mapping[str, Sequence[str]] = MappingProxyType({})
_NEWER = """EXISTS (
  SELECT 1 FROM handover newer
  WHERE newer.sender = handover.sender AND (newer.signed_at, newer.id) > (handover.signed_at, handover.id)
)"""
_WAITING = f"""
SELECT id FROM handover WHERE {{}} = ? AND accepted_at IS NULL AND NOT {_NEWER} ORDER BY signed_at, id
"""
_ASKED = f"""
SELECT id FROM handover WHERE sender = ? AND questions > 0 AND NOT {_NEWER} ORDER BY signed_at, id
"""
_SAVE = "INSERT OR REPLACE INTO readback (shift, officer, item, said) VALUES (?, ?, ?, ?)"


def hand_over(
    desk: Desk,
    officer: Officer,
    receiver: Officer,
    note: str | None = None,
    *,
    sender: Officer | None = None,
    reason: str | None = None,
) -> str | Refusal:
    """The outgoing officer's signature over the sheet as it is in this very transaction; answers the handover's id.

    `sender`: who is gone and in whose place `officer`, a leader, signs with a `reason`.
    """
    outgoing = sender or officer
    words = words_of(note) if note and note.strip() else None
    if isinstance(words, Refusal):
        return words
    with transaction(desk.connection):
        close_days_within(desk)
        sheet = sheet_now(desk, outgoing, [words] if words else ())
        shift, now = desk.new_id(), desk.now()
        able = not KINDS["shift_accepted"].roles.isdisjoint(receiver.roles)
        uncounted = _day_ends(desk, now) and not to_count(desk, outgoing.id, begun(desk, outgoing.id).drawer)[1]
        command = HandOver(
            shift, outgoing.id, receiver.id, sheet.sections, sheet.dossiers, now, reason, able, uncounted
        )
        done = desk.do_within(command, officer)
    return done if isinstance(done, Refusal) else shift


def accept(
    desk: Desk,
    officer: Officer,
    shift: str,
    readback: Mapping[str, str],
    words: Mapping[str, Sequence[str]] = _NO_WORDS,
    reason: str | None = None,
) -> Done | Refusal:
    """The incoming officer's signature: what was read back and the sender still owns changes hands with it.

    `words`: what the next actions are called. `reason`: why a leader takes over what was meant for another.
    """
    with transaction(desk.connection):
        found = handover_of(desk, shift)
        if found is None:
            return Refusal("handover_unknown", params={"id": shift})
        owned = tuple(still_owned(desk, found))
        where, replaced = desk.identity.desk, _replaced(desk, shift)
        command = AcceptHandover(shift, found, owned, readback, words, where, desk.now(), reason, replaced)
        done = desk.do_within(command, officer)
        if not isinstance(done, Refusal):
            desk.connection.execute("DELETE FROM readback WHERE shift = ?", (shift,))
        return done


def ask_sender(desk: Desk, officer: Officer, shift: str, item: str, question: str) -> Done | Refusal:
    """A question on one of the sheet's dossiers, by its id or receipt number, for the sender's list."""
    with transaction(desk.connection):
        found = handover_of(desk, shift)
        if found is None:
            return Refusal("handover_unknown", params={"id": shift})
        return desk.do_within(AskSender(shift, found, _named(found, item), question, desk.now()), officer)


def answer_receiver(desk: Desk, officer: Officer, shift: str, query: str, answer: str) -> Done | Refusal:
    """The answer to a question, which is named by its event's id, or by the dossier that it is about."""
    with transaction(desk.connection):
        found = handover_of(desk, shift)
        if found is None:
            return Refusal("handover_unknown", params={"id": shift})
        item = _named(found, query)
        meant = next((one.id for one in found.unanswered if query == one.id or item == one.item), query)
        return desk.do_within(AnswerReceiver(shift, found, meant, answer, desk.now()), officer)


def count_drawer(desk: Desk, officer: Officer, said: Mapping[str, str]) -> Done | Refusal:
    """Money and stamped forms of an officer's shift, counted at the day's end: `said` as in a read-back.

    Refusals: `readback_missing`, `count_differs`, `nothing_to_count`.
    """
    with transaction(desk.connection):
        drawer = drawer_of(desk, officer)
        body = counted(drawer, said)
        if body is None:
            return Refusal("nothing_to_count")
        reason = words_of(said[REASON]) if said.get(REASON, "").strip() else None
        refused = reason if isinstance(reason, Refusal) else unread(drawer, said, (), {})
        return refused or desk.do_within(CountDrawer(desk.identity.desk, body, desk.now()), officer)


def drawer_of(desk: Desk, officer: Officer) -> list[Ask]:
    """What is counted of an officer's drawer here: money by method, and stamped forms."""
    return to_count(desk, officer.id, begun(desk, officer.id).drawer)[0]


def decide_accepted(desk: Desk, officer: Officer, shift: str, keep: str, reason: str | None) -> Done | Refusal:
    """Of a handover that two accepted apart a leader keeps one; its dossiers follow, all in one transaction."""
    found = handover_of(desk, shift)
    if found is None:
        return Refusal("handover_unknown", params={"id": shift})
    receiver = taken_by({one.event_id: one for one in desk.log.understood(f"shift:{shift}")}, keep, shift)
    commands: list[Command] = [DecideAccepted(shift, found, keep, reason, desk.now())]
    for dossier_id in found.dossiers:
        for branches, kept in _contested(desk.dossier(dossier_id), shift, receiver):
            fields = {"branches": branches, "keep": kept} | ({"reason": reason} if reason else {})
            commands.append(Act(dossier_id, "conflict_resolved", desk.now(), fields))
    answers = finish(desk, commands, officer)
    if isinstance(answers, Refusal):
        return answers
    return Done(
        tuple(event for one in answers for event in one.events),
        tuple(dict.fromkeys(dossier for one in answers for dossier in one.dossiers)),
    )


def is_of_handover(dossier: Dossier, conflict: Conflict, shift: str) -> bool:
    """Whether a dossier's conflict is nothing but that two accepted one handover, or decided on that apart."""
    events = {one.event_id: one for one in dossier.events}
    return all(taken_by(events, branch, shift) is not None for branch in conflict.branches)


def decided_apart(conflicts: Iterable[Conflict], events: Mapping[str, Event]) -> set[str]:
    """The branches of decisions that are in conflict themselves: those decisions stand for them."""
    decisions = [events[branch] for one in conflicts for branch in one.branches]
    return {str(branch) for one in decisions if one.kind in DECISIONS for branch in one.body.get("branches", ())}


def taken_by(events: Mapping[str, Event], branch: str, shift: str) -> str | None:
    """Who has a handover by one of its branches: an acceptance, what that assigned, or a decision for either."""
    event = events.get(branch)
    if event is not None and event.kind in DECISIONS:
        event = events.get(str(event.body.get("keep")))
    if event is not None and event.kind == "shift_accepted":
        return str(event.body["receiver"])
    moved = event is not None and event.kind == "assigned" and event.body.get("handover") == shift
    return str(event.body["to"]) if event is not None and moved else None


def _contested(dossier: Dossier | None, shift: str, receiver: str | None) -> Iterator[tuple[list[str], str]]:
    """A dossier's conflicts over who took it over, each with the branch that gave it to `receiver`."""
    events = {one.event_id: one for one in dossier.events} if dossier else {}
    conflicts = dossier.conflicts if dossier else ()
    decided = decided_apart(conflicts, events)
    for conflict in conflicts:
        if decided.issuperset(conflict.branches):
            continue
        by_branch = {branch: taken_by(events, branch, shift) for branch in conflict.branches}
        kept = [branch for branch, who in by_branch.items() if who is not None and who == receiver]
        if kept and None not in by_branch.values():
            yield list(conflict.branches), kept[0]


def handover_of(desk: Desk, shift: str) -> Handed | None:
    """A handover that was signed over, as all that is here says."""
    return handed.handover_of(desk.log, desk.projection.authority(), shift)


def sheet_of(desk: Desk, shift: str) -> Sheet | None:
    """A handover that was signed over, as it was signed."""
    found = handover_of(desk, shift)
    if found is None:
        return None
    signatures = [one for one in (found.given, found.accepted) if one is not None]
    accepted = found.accepted
    return Sheet(
        id=shift,
        sender=found.sender,
        receiver=found.receiver if accepted is None else accepted.by,
        sections=tuple(found.sections),
        dossiers=tuple(found.dossiers),
        signed=tuple((event.by, event.at) for event in signatures),
        readback=found.readback,
        overridden=tuple(str(one.body["override"]) for one in signatures if one.body.get("override")),
    )


def waiting_for(desk: Desk, officer: Officer) -> list[str]:
    """Handovers that were signed over to the officer and wait for the second signature, oldest first."""
    return [str(row[0]) for row in desk.connection.execute(_WAITING.format("receiver"), (officer.id,))]


def given_by(desk: Desk, officer: Officer) -> str | None:
    """The handover that the officer signed over and nobody has taken over yet: a newer signature replaces it."""
    row = desk.connection.execute(_WAITING.format("sender"), (officer.id,)).fetchone()
    return None if row is None else str(row[0])


def asked_of(desk: Desk, officer: Officer) -> list[str]:
    """The officer's last handover, where somebody has asked and not been answered: before or when it was accepted."""
    return [str(row[0]) for row in desk.connection.execute(_ASKED, (officer.id,))]


def said_so_far(desk: Desk, officer: Officer, shift: str) -> dict[str, str]:
    """How far the officer's read-back has come: what was said, by item."""
    asked = "SELECT item, said FROM readback WHERE shift = ? AND officer = ?"
    return dict(desk.connection.execute(asked, (shift, officer.id)).fetchall())


def keep_said(desk: Desk, officer: Officer, shift: str, item: str, said: str) -> None:
    """Keep one restatement in this desk's file, durable when this returns, until the handover is accepted."""
    with transaction(desk.connection):
        desk.connection.execute(_SAVE, (shift, officer.id, item, said))


def _named(found: Handed, item: str) -> str:
    """The id of a dossier of the sheet, by its receipt number too."""
    for section in found.sections:
        for line in section["items"]:
            if "id" in line and item == line["receipt_number"]:
                return str(line["id"])
    return item


def _day_ends(desk: Desk, now: datetime) -> bool:
    """Whether the last hours of the unit's day have begun, or are over."""
    periods = desk.law.calendar(desk.identity.unit).periods(legal_day(now).toordinal())
    last = periods[-1][0] if periods else 0
    return now.timestamp() >= midnight(legal_day(now)) + last


def _replaced(desk: Desk, shift: str) -> bool:
    return desk.connection.execute(f"SELECT 1 FROM handover WHERE id = ? AND {_NEWER}", (shift,)).fetchone() is not None


def still_owned(desk: Desk, found: Handed) -> list[str]:
    """Of the dossiers that were to change owner, those that still are the sender's and still change with a handover."""
    at = desk.bounds()
    rows = [desk.queries.row(dossier, at) for dossier in found.dossiers]
    return [row.id for row in rows if row is not None and row["officer"] == found.sender and _movable(row)]


def _movable(row: Row) -> bool:
    return int(row["lane"]) < 4 or row["state"] == State.RESULT_READY.value
