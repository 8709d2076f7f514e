"""What citizens ask, propose or complain of, by when it is to be answered, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from core.answers import Refusal
from core.calendar import WorkCalendar
from core.catalogue import Policy
from core.decisions import Setting, in_time, role_missing
from core.events import KINDS
from core.moments import legal_day
from core.record import Draft, Event

FEEDBACK_KINDS = ("question", "obstacle", "suggestion", "complaint")
FEEDBACK_WAYS = ("counter", "phone", "paper", "online", "outreach")
"""How it came, and how the answer went back."""
LIMITS = ("feedback_working_days", "feedback_days")
"""Policies that say until when a kind is to be answered: `NAME.KIND`, in working days, or in days of the calendar."""
MOST_TEXT = 8_000
"""Letters of a feedback or an answer: a page or two."""


@dataclass(frozen=True, slots=True)
class Owed:
    """Until when an answer is owed; None: the data hold no limit, and nobody has named a day."""

    due: date | None
    limit: str | None = None
    basis: str | None = None
    verified: bool = True


NOTHING_KNOWN = Owed(None)


@dataclass(frozen=True, slots=True)
class Feedback:
    """One feedback, folded. `received`, `answers`, `withdrawals` are the events; `destroyed`: its words are gone.

    What was answered was no mistake: a withdrawal that another desk wrote without knowing of the answer has no effect.
    """

    id: str
    received: Event
    answers: tuple[Event, ...] = ()
    destroyed: bool = False
    withdrawals: tuple[Event, ...] = ()

    @property
    def is_open(self) -> bool:
        return not (self.answers or self.destroyed or self.withdrawn)

    @property
    def withdrawn(self) -> bool:
        """Whether it was written down by mistake."""
        return bool(self.withdrawals) and not self.answers

    @property
    def due(self) -> date | None:
        """The day until which an answer is owed, as it was said when it came."""
        text = self.received.body.get("due")
        return date.fromisoformat(text) if text else None

    def text(self, name: str) -> str:
        """A field of what was received; empty where there is none."""
        return str(self.received.body.get(name) or "")


@dataclass(frozen=True, slots=True)
class ReceiveFeedback:
    """`owed`: what the data give for its kind; `due`: an earlier day, or the day where the data give none."""

    id: str
    kind: str
    text: str
    way: str
    at: datetime
    owed: Owed = NOTHING_KNOWN
    due: date | None = None
    who: str = ""
    contact: str = ""
    dossier: str = ""
    procedure: str = ""
    outreach: str = ""
    officer: str = ""


@dataclass(frozen=True, slots=True)
class AnswerFeedback:
    """What was said to whoever had asked, and how."""

    feedback: Feedback
    text: str
    way: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DestroyFeedback:
    """Let the words of an answered feedback and of its answers be gone for good."""

    feedback: Feedback
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WithdrawFeedback:
    """It was written down by mistake, and is not answered: out of every list and report."""

    feedback: Feedback
    reason: str
    at: datetime


FeedbackCommand = ReceiveFeedback | AnswerFeedback | DestroyFeedback | WithdrawFeedback
FEEDBACK_KIND_OF: dict[type[FeedbackCommand], str] = {
    ReceiveFeedback: "feedback_received",
    AnswerFeedback: "feedback_answered",
    DestroyFeedback: "feedback_destroyed",
    WithdrawFeedback: "feedback_withdrawn",
}


def owed_by(policy: Policy | None, calendar: WorkCalendar, day: date) -> Owed:
    """By when an answer is owed to what came on `day`; `policy` is one of LIMITS, None where the data hold none."""
    name = policy.name.partition(".")[0] if policy else ""
    if policy is None or name not in LIMITS or not policy.value.isdecimal():
        return NOTHING_KNOWN
    count, working = int(policy.value), name == LIMITS[0]
    last = calendar.nth_after(day.toordinal(), count) if working else _rolled(calendar, day, count)
    unit = "working_day" if working else "day"
    return Owed(date.fromordinal(last), f"{count} {unit}", policy.basis, policy.verified)


def _rolled(calendar: WorkCalendar, day: date, count: int) -> int:
    last = day + timedelta(days=count)
    return last.toordinal() if calendar.is_working(last) else calendar.next_working(last.toordinal())


def fold_feedback(id: str, events: Iterable[Event], may: Callable[[Event], bool]) -> Feedback | None:
    """The feedback by its events, as far as their authors had the right; None where none says what came."""
    standing = sorted((one for one in events if may(one)), key=lambda one: one.order)
    received = next((one for one in standing if one.kind == "feedback_received"), None)
    if received is None:
        return None
    answers = tuple(one for one in standing if one.kind == "feedback_answered")
    withdrawals = tuple(one for one in standing if one.kind == "feedback_withdrawn")
    return Feedback(id, received, answers, received.event_id in destroyed_names(standing), withdrawals)


def destroyed_names(events: Iterable[Event]) -> frozenset[str]:
    """The ids of the events whose words were destroyed, by events whose authors had the right."""
    acts = [one for one in events if one.kind == "feedback_destroyed"]
    return frozenset(name for one in acts for name in one.body.get("events", ())) - {one.event_id for one in acts}


def decide_feedback(command: FeedbackCommand, setting: Setting) -> tuple[Draft, ...] | Refusal:
    """The event that the command means, or why not."""
    kind = FEEDBACK_KIND_OF[type(command)]
    refused = role_missing(KINDS[kind], setting) or in_time(command.at, setting)
    if refused is not None:
        return refused
    if isinstance(command, ReceiveFeedback):
        body = _received(command)
        return body if isinstance(body, Refusal) else (Draft(f"feedback:{command.id}", kind, command.at, body),)
    known = command.feedback
    entity = f"feedback:{known.id}"
    if known.destroyed:
        return Refusal("feedback_gone")
    if isinstance(command, DestroyFeedback):
        if known.is_open:
            return Refusal("feedback_open")
        if not command.reason.strip():
            return Refusal("feedback_reason_missing")
        named = [one.event_id for one in (known.received, *known.answers, *known.withdrawals)]
        return (Draft(entity, kind, command.at, {"events": named, "reason": command.reason.strip()}),)
    if known.withdrawn:
        return Refusal("feedback_withdrawn_already")
    if not known.is_open:
        return Refusal("feedback_answered_already")
    if isinstance(command, WithdrawFeedback):
        if not command.reason.strip():
            return Refusal("feedback_withdraw_reason")
        return (Draft(entity, kind, command.at, {"reason": command.reason.strip()}),)
    if command.at < known.received.at:
        return Refusal("feedback_answer_before")
    wrong = _wrong_words(command.text) or _wrong_way(command.way)
    if wrong is not None:
        return wrong
    said = {"feedback": known.id, "text": command.text.strip(), "way": command.way}
    return (Draft(entity, kind, command.at, said),)


def _received(command: ReceiveFeedback) -> dict[str, Any] | Refusal:
    if command.kind not in FEEDBACK_KINDS:
        return Refusal("feedback_kind_unknown", params={"kind": command.kind, "known": ", ".join(FEEDBACK_KINDS)})
    wrong = _wrong_words(command.text) or _wrong_way(command.way) or _wrong_day(command)
    if wrong is not None:
        return wrong
    body: dict[str, Any] = {"text": command.text.strip(), "kind": command.kind, "way": command.way}
    named = ("who", "contact", "dossier", "procedure", "outreach", "officer")
    body |= {name: text for name in named if (text := getattr(command, name))}
    owed = command.owed
    if command.due is not None or owed.due is not None:
        body["due"] = f"{command.due or owed.due}"
    if owed.limit is not None:
        body |= {"limit": owed.limit, "basis": owed.basis or "", "verified": owed.verified}
    return body


def _wrong_words(text: str) -> Refusal | None:
    if not text.strip():
        return Refusal("feedback_text_missing")
    if len(text) > MOST_TEXT:
        return Refusal("feedback_text_long", params={"most": f"{MOST_TEXT}"})
    return None


def _wrong_way(way: str) -> Refusal | None:
    if way in FEEDBACK_WAYS:
        return None
    return Refusal("feedback_way_unknown", params={"way": way, "known": ", ".join(FEEDBACK_WAYS)})


def _wrong_day(command: ReceiveFeedback) -> Refusal | None:
    """A day of one's own is not before it came, and not after what the data give."""
    if command.due is None:
        return None
    if command.due < legal_day(command.at):
        return Refusal("feedback_due_before")
    if command.owed.due is not None and command.due > command.owed.due:
        return Refusal("feedback_due_later", params={"day": f"{command.owed.due:%d/%m/%Y}"})
    return None
