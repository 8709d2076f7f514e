"""A handover from the first signature to the second: its state by its events, and what may come next.

Owners change together with the second signature, or not at all. Two who accepted one handover apart are a conflict that
a leader decides; till then the acceptance that stands first in the fold's order has its effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from core.answers import Refusal
from core.decisions import Setting
from core.merge import Conflict, May, settle
from core.order import fold_order
from core.readback import REASON, counted, read_asks, unread
from core.record import Draft, Event, canonical
from core.text import clean_line

MOST_LETTERS = 500
"""How long a question, an answer, a reason or a note may be."""
Leads = Callable[[Event], bool]
"""Whether the event's author was a leader, at the event's place in the one global order."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the receiver asks about an item of the sheet; `answer` is None while the sender has not answered."""

    id: str
    item: str
    text: str
    at: datetime
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """A handover that was signed over, as its events say."""

    given: Event
    accepted: Event | None
    questions: tuple[Question, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def sender(self) -> str:
        return str(self.given.body["sender"])

    @property
    def receiver(self) -> str:
        """Who was meant to take it over."""
        return str(self.given.body["receiver"])

    @property
    def sections(self) -> list[Mapping[str, Any]]:
        return list(self.given.body["sheet"]["sections"])

    @property
    def dossiers(self) -> list[str]:
        return list(self.given.body["sheet"]["dossiers"])

    @property
    def readback(self) -> Mapping[str, str]:
        """What the receiver said, by item; nothing before it was accepted."""
        return {} if self.accepted is None else self.accepted.body.get("readback") or {}

    @property
    def unanswered(self) -> list[Question]:
        return [one for one in self.questions if one.answer is None]

    @property
    def answered(self) -> set[str]:
        """The items all of whose questions were answered: they count as read back."""
        return {one.item for one in self.questions} - {one.item for one in self.unanswered}

    def settled(self, owned: Iterable[str]) -> set[str]:
        """Items that need no restatement: what was asked about, and dossiers that are no more among the `owned`."""
        return {one.item for one in self.questions} | set(self.dossiers).difference(owned)


def handed(events: Iterable[Event], may: May, leads: Leads) -> Handed | None:
    """The handover by all events of its shift; None where none was signed over, or where its sheet is gone."""
    history = fold_order(events)
    given = next((one for one in history.events if one.kind == "shift_handed_over" and may(one)), None)
    if given is None or given.destroyed:
        return None
    skipped = {
        one.event_id: "unauthorised"
        for one in history.events
        if one.kind == "shift_accepted" and not _rightful(one, given, leads)
    }
    conflicts = settle(history, may, skipped) if history.ancestors is not None else ()
    counting = [one for one in history.events if one.event_id not in skipped and may(one)]
    return Handed(
        given,
        next((one for one in counting if one.kind == "shift_accepted"), None),
        tuple(_questions(counting)),
        conflicts,
    )


def _rightful(accepted: Event, given: Event, leads: Leads) -> bool:
    receiver = accepted.body.get("receiver")
    return receiver == accepted.by and (receiver == given.body["receiver"] or leads(accepted))


def _questions(events: Sequence[Event]) -> Iterable[Question]:
    answers = {str(one.body["query"]): str(one.body["answer"]) for one in events if one.kind == "handover_answered"}
    for one in events:
        if one.kind == "handover_queried":
            text, answer = str(one.body["question"]), answers.get(one.event_id)
            yield Question(one.event_id, str(one.body["item"]), text, one.at, answer)


def sheet_hash(sections: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 (hex) of the canonical sheet: what both officers sign."""
    return sha256(canonical(list(sections))).hexdigest()


@dataclass(frozen=True, slots=True)
class HandOver:
    """The outgoing officer signs the sheet over to `receiver`; `dossiers` are those that will change owner.

    `reason`: why a leader signs in the place of a `sender` who is gone. `able`: whether the receiver may take it over.
    `uncounted`: the day ends, and the sender has not counted what lies in the drawer.
    """

    shift: str
    sender: str
    receiver: str
    sections: tuple[Mapping[str, Any], ...]
    dossiers: tuple[str, ...]
    at: datetime
    reason: str | None = None
    able: bool = True
    uncounted: bool = False


@dataclass(frozen=True, slots=True)
class AcceptHandover:
    """The incoming officer signs; `dossiers` are those of the sheet that the sender still owns.

    `words`: what the actions are called (`core.readback.restates`). `desk`: where the drawer was counted. `reason`: why
    a leader takes over what was meant for another. `replaced`: the sender has signed a newer sheet since.
    """

    shift: str
    handed: Handed
    dossiers: tuple[str, ...]
    readback: Mapping[str, str]
    words: Mapping[str, Sequence[str]]
    desk: str
    at: datetime
    reason: str | None = None
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class AskSender:
    """The receiver asks about an item: it goes back to the sender's list, and stays there until it is answered."""

    shift: str
    handed: Handed
    item: str
    question: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AnswerReceiver:
    """The sender answers a question: its item counts as read back."""

    shift: str
    handed: Handed
    query: str
    answer: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DecideAccepted:
    """Two have accepted apart: a leader keeps one of the acceptances (`keep`, an event's id)."""

    shift: str
    handed: Handed
    keep: str
    reason: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class CountDrawer:
    """Money and stamped forms were counted at a desk: a body of `money_counted`."""

    desk: str
    body: Mapping[str, Any]
    at: datetime


HandoverCommand = HandOver | AcceptHandover | AskSender | AnswerReceiver | DecideAccepted | CountDrawer
KIND_OF: dict[type, str] = {
    HandOver: "shift_handed_over",
    AcceptHandover: "shift_accepted",
    AskSender: "handover_queried",
    AnswerReceiver: "handover_answered",
    DecideAccepted: "handover_resolved",
    CountDrawer: "money_counted",
}


def decide_handover(command: HandoverCommand, setting: Setting) -> tuple[Draft, ...] | Refusal:
    """The events of a signature, a question, a count or a leader's decision, or why not."""
    if isinstance(command, CountDrawer):
        return (Draft(f"desk:{command.desk}", "money_counted", command.at, command.body),)
    if isinstance(command, HandOver):
        return _hand_over(command, setting)
    if isinstance(command, DecideAccepted):
        return _decide_accepted(command)
    if command.handed.accepted is not None:
        return Refusal("handover_accepted")
    if isinstance(command, AcceptHandover):
        return _accept(command, setting)
    if isinstance(command, AskSender):
        return _ask(command, setting)
    return _answer(command, setting)


def _hand_over(command: HandOver, setting: Setting) -> tuple[Draft, ...] | Refusal:
    if command.receiver == command.sender:
        return Refusal("handover_to_self")
    refused = _in_place_of(command.sender, command.reason, setting)
    if refused:
        return refused
    if not command.able:
        return Refusal("receiver_may_not")
    if command.uncounted and setting.officer == command.sender:
        return Refusal("drawer_uncounted")
    body = {
        "sender": command.sender,
        "receiver": command.receiver,
        "sheet": {"sections": list(command.sections), "dossiers": list(command.dossiers)},
        "sha256": sheet_hash(command.sections),
        "signed_at": command.at.isoformat(timespec="seconds"),
        **_override(command.sender, command.reason, setting),
    }
    return (Draft(f"shift:{command.shift}", "shift_handed_over", command.at, body),)


def _accept(command: AcceptHandover, setting: Setting) -> tuple[Draft, ...] | Refusal:
    given = command.handed
    if setting.officer == given.sender:
        return Refusal("handover_to_self")
    refused = Refusal("handover_replaced") if command.replaced else None
    refused = refused or _in_place_of(given.receiver, command.reason, setting)
    if refused:
        return refused
    asked = read_asks(given.sections)
    left = {one.item for one in given.unanswered}
    refused = unread(asked, command.readback, given.settled(command.dossiers), command.words)
    if refused:
        return refused
    said = {item: words_of(command.readback[item]) for item in (*(ask.item for ask in asked), REASON)
            if command.readback.get(item, "").strip()}  # fmt: skip
    refused = next((words for words in said.values() if isinstance(words, Refusal)), None)
    if refused:
        return refused
    body = {
        "receiver": setting.officer,
        "sha256": str(given.given.body["sha256"]),
        "signed_at": command.at.isoformat(timespec="seconds"),
        "readback": said,
        **({"left": sorted(left)} if left else {}),
        **_override(given.receiver, command.reason, setting),
    }
    count = counted(asked, command.readback)
    drawer = [] if count is None else [count | {"handover": command.shift}]
    moved = [dossier for dossier in command.dossiers if dossier not in left]
    return (
        Draft(f"shift:{command.shift}", "shift_accepted", command.at, body),
        *(Draft(f"desk:{command.desk}", "money_counted", command.at, one) for one in drawer),
        *(
            Draft(dossier, "assigned", command.at, {"to": setting.officer, "handover": command.shift})
            for dossier in moved
        ),
    )


def _in_place_of(officer: str, reason: str | None, setting: Setting) -> Refusal | None:
    """Why the one who signs may not sign for `officer`: a leader may, and says why."""
    if setting.officer == officer:
        return None
    if "leader" not in setting.roles:
        return Refusal("handover_not_yours")
    if not reason or not clean_line(reason):
        return Refusal("override_without_reason")
    words = words_of(reason)
    return words if isinstance(words, Refusal) else None


def _override(officer: str, reason: str | None, setting: Setting) -> dict[str, str]:
    return {"override": clean_line(reason)} if reason and setting.officer != officer else {}


def words_of(text: str) -> str | Refusal:
    """What somebody says, as one line; nothing, or more than MOST_LETTERS, is refused.

    Raises InvalidInput `control_character`.
    """
    words = clean_line(text)
    if not words:
        return Refusal("words_missing")
    return Refusal("words_too_long", params={"most": f"{MOST_LETTERS}"}) if len(words) > MOST_LETTERS else words


def _ask(command: AskSender, setting: Setting) -> tuple[Draft, ...] | Refusal:
    if setting.officer != command.handed.receiver and "leader" not in setting.roles:
        return Refusal("handover_not_yours")
    if command.item not in command.handed.dossiers:
        return Refusal("readback_item_unknown", params={"item": command.item})
    question = words_of(command.question)
    if isinstance(question, Refusal):
        return question
    body = {"item": command.item, "question": question}
    return (Draft(f"shift:{command.shift}", "handover_queried", command.at, body),)


def _answer(command: AnswerReceiver, setting: Setting) -> tuple[Draft, ...] | Refusal:
    if setting.officer != command.handed.sender and "leader" not in setting.roles:
        return Refusal("handover_not_yours")
    if command.query not in {one.id for one in command.handed.unanswered}:
        return Refusal("question_unknown", params={"query": command.query})
    answer = words_of(command.answer)
    if isinstance(answer, Refusal):
        return answer
    body = {"query": command.query, "answer": answer}
    return (Draft(f"shift:{command.shift}", "handover_answered", command.at, body),)


def _decide_accepted(command: DecideAccepted) -> tuple[Draft, ...] | Refusal:
    conflict = next((one for one in command.handed.conflicts if command.keep in one.branches), None)
    if conflict is None:
        return Refusal("not_a_branch", params={"choice": command.keep, "code": f"shift:{command.shift}"})
    body = {"branches": list(conflict.branches), "keep": command.keep}
    body |= {"reason": command.reason} if command.reason else {}
    return (Draft(f"shift:{command.shift}", "handover_resolved", command.at, body),)
