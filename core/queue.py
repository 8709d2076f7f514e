"""The order of work: buckets of urgency over columns that no clock changes, the bounds that cut them, their order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum

from core.answers import InvalidInput
from core.calendar import WorkCalendar
from core.moments import LEGAL_TIME, legal_day

NEVER = 253402275600  # 10000-01-01 00:00 +07:00 in epoch seconds: no due date


class Urgency(StrEnum):
    """In the queue's order, most urgent first."""

    APOLOGY_OWED = "apology_owed"
    OVERDUE = "overdue"
    TODAY = "today"
    NEXT_DAY = "next_day"
    SOON = "soon"
    NORMAL = "normal"
    PAUSED = "paused"
    DONE = "done"


class Worklist(StrEnum):
    """What waits for somebody's act, beside the urgency of each dossier: never mixed with the debt."""

    APOLOGISE_NOW = "apologise_now"
    TO_SIGN = "to_sign"
    REMIND = "remind"
    STOP = "stop_proposed"


class Lane(IntEnum):
    """The part of urgency that no clock changes; stored with each dossier."""

    DECLARED = 0  # a delay was declared, or a new appointment made, and nothing issued
    UNSETTLED = 1  # runs; past its due an apology is owed
    SETTLED = 2  # runs; past its date nothing is owed: an apology or an excuse was given, or it is a step's date
    PAUSED = 3
    DONE = 4


FIRST = (Urgency.APOLOGY_OWED, Urgency.OVERDUE, Urgency.TODAY)
FREE = (Urgency.NEXT_DAY, Urgency.SOON, Urgency.NORMAL)
LAST = (Urgency.PAUSED, Urgency.DONE)
BY_DUE = ("binding_at", "received_at")
BY_RECEIPT = ("received_at", "binding_at")


@dataclass(frozen=True, slots=True)
class QueueOrder:
    """How the queue stands: its buckets, and the columns that decide within one; the id decides last.

    `free` is the one part of the buckets that a station orders (FREE, permuted); `ties` is BY_DUE or BY_RECEIPT. What
    is done is no work any more: it always stands by its due date.
    """

    free: tuple[Urgency, ...] = FREE
    ties: tuple[str, ...] = BY_DUE

    @property
    def buckets(self) -> tuple[Urgency, ...]:
        """All of them, the first one on top."""
        return (*FIRST, *self.free, *LAST)

    def ties_of(self, word: Urgency) -> tuple[str, ...]:
        """The columns that decide within the bucket, before the id."""
        return BY_DUE if word is Urgency.DONE else self.ties


BY_LAW = QueueOrder()
"""By the law's urgency, then due, then received: the order of a station that has set none."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Epoch seconds that cut `binding_at`: now, the midnights at which days end, and the station's order.

    What is due at 24:00 is due on the day that ends then: a midnight belongs to the day before it.
    """

    now: int
    today: int
    tomorrow: int
    after_next_day: int
    after_soon: int
    order: QueueOrder = BY_LAW


@dataclass(frozen=True, slots=True)
class Range:
    """One index range scan: a lane, `low` ≤ binding_at < `high`, and by date, by instant or both (None).

    `day`: the one due day that the rows have (days since 1970 in legal time), where the scan goes by receipt.
    """

    lane: Lane
    low: int
    high: int
    by_date: bool | None = None
    day: int | None = None


def bounds(now: datetime, calendar: WorkCalendar, soon_days: int, order: QueueOrder = BY_LAW) -> Bounds:
    """The bounds at `now`: the next working day, and the last of the next `soon_days` working days.

    Total: a clock that runs outside the calendar's years hides no queue. Civil days stand in for working days there.
    """
    day = legal_day(now)
    next_day, soon = _day_after(calendar, day, 1), _day_after(calendar, day, soon_days)
    return Bounds(
        now=int(now.timestamp()),
        today=midnight(day),
        tomorrow=midnight(day + timedelta(days=1)),
        after_next_day=midnight(next_day + timedelta(days=1)),
        after_soon=midnight(soon + timedelta(days=1)),
        order=order,
    )


def _day_after(calendar: WorkCalendar, day: date, n: int) -> date:
    try:
        return date.fromordinal(calendar.nth_after(day.toordinal(), n))
    except InvalidInput:
        return day + timedelta(days=n)


def midnight(day: date) -> int:
    """The first second of a civil day in legal time, as epoch seconds."""
    return int(datetime(day.year, day.month, day.day, tzinfo=LEGAL_TIME).timestamp())


def ranges(urgency: Urgency, at: Bounds) -> tuple[Range, ...]:
    """The range scans whose rows, merged by the queue's order, are the bucket.

    Day limits are judged by date, hour limits by the instant: since midnight only the latter can be past.
    """
    if urgency is Urgency.APOLOGY_OWED:
        return (Range(Lane.DECLARED, 0, NEVER + 1), *_past(Lane.UNSETTLED, at))
    if urgency is Urgency.OVERDUE:
        return _past(Lane.SETTLED, at)
    if urgency is Urgency.PAUSED:
        return (Range(Lane.PAUSED, 0, NEVER + 1),)
    if urgency is Urgency.DONE:
        return (Range(Lane.DONE, 0, NEVER + 1),)
    today, now = at.today + 1, _instant(at)
    if urgency is Urgency.TODAY:
        return tuple(
            found
            for lane in (Lane.UNSETTLED, Lane.SETTLED)
            for found in (Range(lane, today, now, by_date=True), Range(lane, now, at.tomorrow + 1))
        )
    low, high = {
        Urgency.NEXT_DAY: (at.tomorrow, at.after_next_day),
        Urgency.SOON: (at.after_next_day, max(at.after_next_day, at.after_soon)),
        Urgency.NORMAL: (max(at.after_next_day, at.after_soon), NEVER),
    }[urgency]
    return Range(Lane.UNSETTLED, low + 1, high + 1), Range(Lane.SETTLED, low + 1, high + 1)


def list_ranges(wanted: Worklist, word: Urgency, at: Bounds) -> tuple[Range, ...]:
    """The range scans of a bucket in which a worklist can have rows.

    «Apologise now if it will not be ready»: what is due today or on the next working day, with nothing declared yet.
    """
    if wanted is not Worklist.APOLOGISE_NOW:
        return () if word is Urgency.DONE else ranges(word, at)
    if word not in (Urgency.TODAY, Urgency.NEXT_DAY):
        return ()
    return tuple(part for part in ranges(word, at) if part.lane is Lane.UNSETTLED)


def worklists(
    lane: int, word: Urgency, proposed: bool, remind_from: int | None, answer_until: int | None, at: Bounds
) -> tuple[Worklist, ...]:
    """The worklists that one dossier is on, the same that `list_ranges` and their columns would find it in.

    `proposed`: an apology waits for the leader. `remind_from` and `answer_until` (epoch seconds, the second one the
    first of the day after): what the citizen is waited for.
    """
    if word is Urgency.DONE:
        return ()
    found = []
    if word in (Urgency.TODAY, Urgency.NEXT_DAY) and lane == Lane.UNSETTLED:
        found.append(Worklist.APOLOGISE_NOW)
    if proposed:
        found.append(Worklist.TO_SIGN)
    if answer_until is not None and answer_until <= at.today:
        found.append(Worklist.STOP)
    elif answer_until is not None and remind_from is not None and remind_from <= at.today:
        found.append(Worklist.REMIND)
    return tuple(found)


def _past(lane: Lane, at: Bounds) -> tuple[Range, ...]:
    return Range(lane, 0, at.today + 1), Range(lane, at.today + 1, _instant(at), by_date=False)


def _instant(at: Bounds) -> int:
    """What instants are compared with: at midnight itself the day that ends is over for all."""
    return max(at.now, at.today + 1)


def urgency(lane: int, binding_at: int, by_date: bool, at: Bounds) -> Urgency:
    """The word for one dossier, the same that `ranges` would find it in."""
    if lane == Lane.DONE:
        return Urgency.DONE
    if lane == Lane.PAUSED:
        return Urgency.PAUSED
    if lane == Lane.DECLARED:
        return Urgency.APOLOGY_OWED
    if binding_at < (at.today + 1 if by_date else _instant(at)):
        return Urgency.APOLOGY_OWED if lane == Lane.UNSETTLED else Urgency.OVERDUE
    if binding_at <= at.tomorrow:
        return Urgency.TODAY
    if binding_at <= at.after_next_day:
        return Urgency.NEXT_DAY
    return Urgency.SOON if binding_at <= at.after_soon else Urgency.NORMAL
