"""What became of a limit that was missed, or that a delay was declared for: the facts of one dossier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import takewhile

from core.apology import LETTER
from core.dossier import Dossier, fold
from core.law import Law
from core.moments import legal_day, limit_day
from core.queue import NEVER, Bounds, Lane, Urgency, urgency
from core.record import Event
from core.regime import announce_by
from core.standing import Standing, calendar_of, judge, standing
from core.states import State

_FINISHED = frozenset({"result_ready", "refused"})
"""What an appointment is made for: whoever withdraws neither keeps nor misses it."""


class Fate(StrEnum):
    """What became of the apology; `owed` is the queue's word at the same moment."""

    OWED = "owed"
    IN_TIME = "issued_in_time"
    LATE = "issued_late"
    EXCUSED = "excused"
    PAUSED = "paused"  # a delay was declared; the clock stands, and the debt is back when it runs
    ENDED = "ended"  # neither apology nor excuse, and the dossier has ended


@dataclass(frozen=True, slots=True)
class Lateness:
    """`limit_at`: the date that bound first, on the day `limit_on`; `missed`: it passed before the end.

    `days_late`: working days from that day to the end, to the pause or to now. `owed_since`: of a debt that stands.
    `letter`: the register's number, where this program issued the apology. `kept`: whether the new appointment was
    kept; None while that is open. `unverified`: the limit is not read in the law.
    """

    limit_at: datetime
    limit_on: date
    missed: bool
    days_late: int
    fate: Fate
    owed_since: datetime | None
    letter: str | None
    excuse: Event | None
    rescheduled_to: datetime | None
    kept: bool | None
    unverified: bool


def lateness(dossier: Dossier, law: Law, at: Bounds, now: datetime) -> Lateness | None:
    """The dossier's delay as it stands at `now`; None where its limit was not missed and no delay declared.

    `law`: the one that the dossier is explained by (`Projection.law_for`).
    """
    stands = standing(dossier, law)
    limit = _limit(dossier, stands, law)
    if limit is None or dossier.state is State.VOIDED or dossier.away is not None:
        return None
    end = _end(dossier, stands, now)
    missed = judge(end, limit, stands.by_date) == "late"
    if not missed and not dossier.delays:
        return None
    limit_on = limit_day(limit)
    fate = _fate(dossier, stands, law, at)
    days = calendar_of(dossier, law).count(limit_on.toordinal(), legal_day(end).toordinal()) if missed else 0
    return Lateness(
        limit_at=limit,
        limit_on=limit_on,
        missed=missed,
        days_late=days,
        fate=fate,
        owed_since=min([limit, *(one.at for one in dossier.delays)]) if fate is Fate.OWED else None,
        letter=_letter(dossier),
        excuse=_last(dossier, "delay_excused") if fate is Fate.EXCUSED else None,
        rescheduled_to=dossier.rescheduled_to,
        kept=_kept(dossier, stands, now),
        unverified=stands.is_doubtful,
    )


def limit_known(dossier: Dossier) -> datetime | None:
    """The date that bound first, as far as what happened tells it and no law: later law does not move it.

    Of an ended dossier also one that was perhaps not missed: `lateness` says.
    """
    written = _written(dossier)
    if written is not None or dossier.delays or dossier.ending is None:
        return written
    bound = _bound_at_end(dossier)
    return bound if bound is not None and dossier.ending.at > bound else None


def _limit(dossier: Dossier, stands: Standing, law: Law) -> datetime | None:
    found = _written(dossier)
    if found is None and dossier.delays:
        before = _before(dossier, dossier.delays[0])
        found = standing(before, law).binding_at
    if found is None:
        found = _bound_at_end(dossier) if dossier.ending is not None else stands.binding_at
    return found


def _written(dossier: Dossier) -> datetime | None:
    texts = (one.body.get("binding_at") for one in dossier.delays)
    return next((datetime.fromisoformat(text) for text in texts if text), None)


def _before(dossier: Dossier, event: Event) -> Dossier:
    """The dossier before the event's command: an earlier version did not write which date it is about."""
    seen = takewhile(lambda one: one.group_key != event.group_key, dossier.events)
    return fold(dossier.id, seen, lambda one: one.event_id not in dossier.marks)


def _bound_at_end(dossier: Dossier) -> datetime | None:
    assert dossier.ending is not None
    known = [moment for moment in (dossier.ending.due_at, dossier.promised_at) if moment is not None]
    return min(known, default=None)


def _end(dossier: Dossier, stands: Standing, now: datetime) -> datetime:
    """Until when days are counted: the clock's end, the pause that stands, else now."""
    if dossier.ending is not None:
        return dossier.ending.at
    paused = stands.deadline.paused_since if stands.deadline is not None and stands.lane is Lane.PAUSED else None
    return paused or now


def _fate(dossier: Dossier, stands: Standing, law: Law, at: Bounds) -> Fate:
    binding = NEVER if stands.binding_at is None else int(stands.binding_at.timestamp())
    by_date = stands.lane is Lane.DONE or stands.by_date
    if urgency(int(stands.lane), binding, by_date, at) is Urgency.APOLOGY_OWED:
        return Fate.OWED
    moved = _last(dossier, "rescheduled")
    if dossier.apology_settled and moved is not None and (moved.body.get("days") is None or _issued(dossier, moved)):
        return Fate.LATE if _announced_late(dossier, moved, law) else Fate.IN_TIME
    if dossier.apology_settled:
        return Fate.EXCUSED
    return Fate.PAUSED if stands.lane is Lane.PAUSED else Fate.ENDED


def _announced_late(dossier: Dossier, moved: Event, law: Law) -> bool:
    if "binding_at" in moved.body or "announced_late" in moved.body:
        return bool(moved.body.get("announced_late"))
    before = _before(dossier, moved)
    told_by = announce_by(before, standing(before, law), calendar_of(before, law))
    return told_by is not None and moved.at > told_by


def _issued(dossier: Dossier, moved: Event) -> bool:
    return any(one.kind == LETTER and one.issued_at >= moved.at for one in dossier.letters.values())


def _letter(dossier: Dossier) -> str | None:
    numbers = [one.number for one in dossier.letters.values() if one.kind == LETTER and one.number]
    return numbers[-1] if numbers and dossier.rescheduled_to is not None else None


def _kept(dossier: Dossier, stands: Standing, now: datetime) -> bool | None:
    if dossier.rescheduled_to is None:
        return None
    bound = _bound_at_end(dossier) if dossier.ending is not None else stands.binding_at
    if judge(_end(dossier, stands, now), bound, stands.by_date) == "late":
        return False
    return True if dossier.ending is not None and dossier.ending.kind in _FINISHED else None


def _last(dossier: Dossier, kind: str) -> Event | None:
    return next((one for one in reversed(dossier.delays) if one.kind == kind), None)
