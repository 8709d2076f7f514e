"""What the citizen is to be told away from the counter: when it is owed, by which desk, and what stands against it."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time

from core.answers import Refusal
from core.apology import LETTER
from core.citizen import citizen_deadline
from core.contact import BY_PHONE
from core.dossier import Dossier
from core.events import KINDS
from core.law import Law
from core.moments import LEGAL_TIME, legal_day, limit_day
from core.record import Draft, Event
from core.states import CLOSED, State
from core.uncollected import REMIND, collecting

ABOUT = ("ready", "ready_post", "ready_online", "supplement", "apology", "reminder", "uncollected")
_SENT_TO_THEM = {"post": "ready_post", "online": "ready_online"}
_LAYS = frozenset({"result_ready", "refused", "post_returned"})


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing that the citizen is to be told once.

    `cause`: the event that it is about, of a reminder with its day. `desk`: whose it is to send: of an event the desk
    that wrote it, of a reminder the one that the dossier belongs to, so that no two desks of a station do. `since`:
    when it came about. `until`: the day that the text names.
    """

    about: str
    cause: str
    desk: str
    since: datetime
    until: date | None = None


@dataclass(frozen=True, slots=True)
class NoteTold:
    """The citizen was told: the desk's command took the message (`sms`, `mail`), or an officer called (`phone`)."""

    dossier: str
    about: str
    cause: str
    channel: str
    at: datetime


def tellings(dossier: Dossier, law: Law, now: datetime) -> tuple[Telling, ...]:
    """What the citizen should know by now and was not told, whether he agreed to be or not."""
    if dossier.away is not None:
        return ()
    found = (*_supplement(dossier, law, now), *_result(dossier, law, now), *_apology(dossier, now))
    return tuple(one for one in found if one.cause not in dossier.told)


def superseded(dossier: Dossier, cause: str) -> str:
    """Why something is not to be told any more: a code for the officer."""
    if cause in dossier.told:
        return "told_already"
    if dossier.away is not None:
        return "transferred"
    return "closed" if dossier.state in CLOSED else "superseded"


def note_told(dossier: Dossier, command: NoteTold, roles: AbstractSet[str]) -> tuple[Draft, ...] | Refusal:
    """That the citizen was told, once for each cause; by phone only an officer who works on dossiers tells."""
    if command.channel == BY_PHONE and not roles & KINDS["noted"].roles:
        return Refusal(
            "role_missing", params={"kind": "citizen_told", "roles": ", ".join(sorted(KINDS["noted"].roles))}
        )
    if command.cause in dossier.told:
        return Refusal("told_already")
    body = {"about": command.about, "cause": command.cause, "channel": command.channel}
    return (Draft(dossier.id, "citizen_told", command.at, body),)


def _supplement(dossier: Dossier, law: Law, now: datetime) -> Iterator[Telling]:
    asked = [event for event in dossier.clock_events if event.kind == "supplement_requested"]
    if dossier.state is not State.AWAITING_SUPPLEMENT or not asked:
        return
    waits, last = citizen_deadline(dossier, law), asked[-1]
    yield Telling("supplement", last.event_id, last.desk, _since(last), waits.answer_by if waits else None)
    if waits is None or legal_day(now) > waits.answer_by:
        return
    reminded = dossier.asked_again_at
    day = waits.remind_next(None if reminded is None else legal_day(reminded))
    if day is not None and day <= legal_day(now):
        yield Telling("reminder", f"{last.event_id}/{day}", dossier.desk, _morning(day), waits.answer_by)


def _result(dossier: Dossier, law: Law, now: datetime) -> Iterator[Telling]:
    """A result that lies here; whoever gets it by post or online is told so, and not reminded to come."""
    if dossier.state is not State.RESULT_READY or dossier.lies_since is None or dossier.wrong or dossier.archived_at:
        return
    laid = next((one for one in _effective(dossier) if one.kind in _LAYS), None)
    if laid is None:
        return
    sent = None if laid.kind == "post_returned" else _SENT_TO_THEM.get(str(dossier.facts.get("return_by")))
    yield Telling(sent or "ready", laid.event_id, laid.desk, _since(laid))
    since, today = legal_day(dossier.lies_since), legal_day(now)
    found = None if sent else collecting(law, dossier.unit, since)
    reminded = dossier.reminded_at
    if found and found.step(today, None if reminded is None else legal_day(reminded), archived=False) == REMIND:
        day = max(one for one in found.remind_on if one <= today)
        yield Telling("uncollected", f"{laid.event_id}/{day}", dossier.desk, _morning(day))


def _apology(dossier: Dossier, now: datetime) -> Iterator[Telling]:
    """The letter with the new appointment, until that has come."""
    moved = dossier.rescheduled_to
    if not dossier.is_open or moved is None or moved <= now:
        return
    for event in _effective(dossier):
        if event.kind == "rescheduled":
            return
        if event.kind == "letter_issued" and event.body["letter"] == LETTER:
            day = limit_day(moved)
            yield Telling("apology", event.event_id, event.desk, _since(event), day)
            return


def _effective(dossier: Dossier) -> Iterator[Event]:
    """The newest first."""
    return (event for event in reversed(dossier.events) if event.event_id not in dossier.marks)


def _since(event: Event) -> datetime:
    """When it was written, not when it is said to have happened: what is entered late is told from then on."""
    return max(event.at, datetime.fromtimestamp((event.hlc >> 16) / 1000, LEGAL_TIME))


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(0), LEGAL_TIME)
