"""Which procedure could be faster: how much of its limit each dossier used, and what a shorter limit would have held.

Used is told in the limit's own unit: the least whole limit by which the same dossier would not have been late, its
pauses left out as its clock left them out, without extensions and new appointments.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from core.calendar import WorkCalendar
from core.counting import NEVER_STOPPED, Point, Stopped, hours_on, moment_of
from core.history import ClockEvent, ClockRules, History, read, starting_point
from core.moments import DAY, HOUR, LEGAL_TIME
from core.passage import CLOCKED, RUNS_ON, STOPS, Passage
from core.time_limit import Limit, Phase, Unit

HOLDS = Fraction(95, 100)
"""The share from which on a shorter limit is said to hold: a convention of the sheet, no law's."""
CONFIDENCE = Fraction(95, 100)
PERCENTILE = Fraction(95, 100)
COMPARED = frozenset({Unit.WORKING_DAY, Unit.DAY, Unit.WORKING_HOUR, Unit.HOUR})
"""Limits in these are compared in their own unit; of any other the used time is told in working days."""
_FROM_1970 = 719_163 * DAY + 7 * HOUR
"""What a legal clock's seconds are ahead of epoch seconds."""
_EARLY = frozenset({"payment_received", "verification_completed"})
_MOVES = frozenset({"extended", "rescheduled"})
_SECONDS = itemgetter(3)


class Wait(NamedTuple):
    """A stretch from one act (with the step that it completed) to the next; `theirs`: the citizen was waited for, or
    the dossier was suspended. Working seconds."""

    since: str
    step: str | None
    theirs: bool
    seconds: int


class Used(NamedTuple):
    """`amount`: in the unit that the limit is compared in; `work`: working seconds without pauses."""

    amount: int
    work: int


class Why(NamedTuple):
    """What a dossier that would not have held shows, the first that fits: `late` (it was, by the limit as it is),
    `moved` (extended or a new appointment), `supplement`, `paused`, else `waited`: the longest stretch, `since`
    which act and after which `step`."""

    reason: str
    since: str | None = None
    step: str | None = None


def compared_in(phases: Sequence[Phase]) -> Unit:
    """The unit in which used time is told."""
    limit = single(phases)
    return limit.unit if limit is not None else Unit.WORKING_DAY


def single(phases: Sequence[Phase]) -> Limit | None:
    """The limit that a shorter whole one can be proposed of; None: it has parts, or no length in whole units."""
    limit = phases[0].limit
    return limit if len(phases) == 1 and limit.unit in COMPARED and limit.amount.denominator == 1 else None


class Yardstick:
    """Measures what ran by one set of rules and days. What a report asks of each of 50,000 is looked up once."""

    def __init__(self, rules: ClockRules, calendar: WorkCalendar) -> None:
        self._rules, self._calendar = rules, rules.calendar_of(rules.phases[0], calendar)
        self.unit = compared_in(rules.phases)
        self.starts_at_receipt = rules.gate == "received"
        self._late_counts = rules.offhours == "next_working_day" and self.unit is not Unit.HOUR
        self._days: dict[int, tuple[int, tuple[tuple[int, int], ...]]] = {}

    def used(self, one: Passage) -> Used | str:
        """What the dossier used, or why that is not known: `not_started` (its clock waited for its gate till the end),
        `stood` (it ended while its clock stood)."""
        if not one.clocked:
            return self.plainly(one.received, one.ended)
        history = _history(one, self._rules, self._calendar)
        ended = max(one.received, one.ended) + _FROM_1970
        if history.trigger is None or history.trigger > ended:
            return "not_started"
        if history.open:
            return "stood"
        return self._from(history.trigger, ended, history.stopped(self._calendar))

    def plainly(self, received: int, ended: int) -> Used | str:
        """`used` of one to whose clock nothing happened between."""
        if not self.starts_at_receipt:
            return "not_started"
        return self._from(received + _FROM_1970, max(received, ended) + _FROM_1970, NEVER_STOPPED)

    def _from(self, trigger: int, ended: int, stopped: Stopped) -> Used:
        start = Point(trigger // DAY, trigger)
        if self._late_counts:
            start = starting_point(trigger, "received", self._rules, self._calendar)
        if self.unit in (Unit.WORKING_DAY, Unit.DAY):
            first = start.day - self._rules.count_first_day
            amount = _days(self.unit, first, ended // DAY, stopped, self._calendar)
        else:
            amount = _hours(self.unit, start, ended, stopped, self._calendar)
        work = self._worked(ended) - self._worked(trigger)
        for asked, answered in stopped.moments:
            if answered > trigger and asked < ended:
                work -= self._worked(min(ended, answered)) - self._worked(max(trigger, asked))
        return Used(amount, work)

    def waits(self, one: Passage) -> list[Wait]:
        """Every stretch from receipt to end that has working time. Whom it waits for does not hang on whether the clock
        stood meanwhile: a citizen who is asked to pay is waited for, though by most rules the limit runs on."""
        return [Wait(*found) for found in self.stretches(one.received, one.ended, one.ending, one.turns)]

    def stretches(
        self, received: int, ended: int, ending: str, turns: Iterable[Sequence[Any]]
    ) -> list[tuple[str, str | None, bool, int]]:
        """`waits` of turns as they are stored, (kind, at, step or none), as bare tuples."""
        found: list[tuple[str, str | None, bool, int]] = []
        since, step, before = "received", None, self._worked(received + _FROM_1970)
        waiting = set[str]()
        for turn in (*turns, (ending, ended)):
            kind = turn[0]
            if kind in _MOVES:
                continue
            worked = self._worked(turn[1] + _FROM_1970)
            if worked > before:
                found.append((since, step, bool(waiting), worked - before))
                before = worked
            if kind in STOPS:
                waiting.add(kind)
            elif waiting:
                waiting.discard(RUNS_ON.get(kind, ""))
            since, step = kind, turn[2] if len(turn) > 2 else None
        return found

    def _worked(self, moment: int) -> int:
        """Working seconds from the calendar's first day to the moment."""
        known = self._days.get(moment // DAY)
        if known is None:
            day = moment // DAY
            calendar = self._calendar
            begun = calendar.work_between(calendar.first.toordinal() * DAY, day * DAY)
            known = self._days[day] = begun, calendar.spans(day) if calendar.is_working(day) else ()
        worked, spans = known
        for opening, closing in spans:
            if moment <= opening:
                break
            worked += (moment if moment < closing else closing) - opening
        return worked


def _history(one: Passage, rules: ClockRules, calendar: WorkCalendar) -> History:
    """The clock's events; what stopped it before its receipt did not."""
    events = [
        ClockEvent(turn.kind, _moment(turn.at))
        for turn in one.turns
        if turn.kind in CLOCKED and (turn.at >= one.received or turn.kind in _EARLY)
    ]
    return read(_moment(one.received), rules, events, calendar)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, LEGAL_TIME)


def _days(unit: Unit, after: int, end: int, stopped: Stopped, calendar: WorkCalendar) -> int:
    """The least number of days after the day `after` that ends on the day `end` or later."""
    if unit is Unit.DAY:
        end = calendar.previous_working(end - 1) + 1  # a due day off moves on to the next working day
    if end <= after:
        return 0
    counted = 0
    for asked, answered in stopped.days:
        if answered <= after:
            continue
        if end <= asked:
            break
        if asked > after:
            counted += calendar.count(after, asked) if unit is Unit.WORKING_DAY else asked - after
        after = answered
    if end <= after:
        return counted + 1
    return counted + (calendar.count(after, end - 1) + 1 if unit is Unit.WORKING_DAY else end - after)


def _hours(unit: Unit, start: Point, ended: int, stopped: Stopped, calendar: WorkCalendar) -> int:
    """The least number of hours that ends at the moment or later: a closing is not the next opening."""
    begun = moment_of(start, calendar)
    whole = ended - begun if unit is Unit.HOUR else calendar.work_between(begun, ended)
    paused = [(max(begun, a), min(ended, b)) for a, b in stopped.moments if b > begun and a < ended]
    whole -= sum(b - a if unit is Unit.HOUR else calendar.work_between(a, b) for a, b in paused)
    amount = max(1, -(-whole // HOUR))
    while moment_of(hours_on(Limit(Fraction(amount), unit), start, stopped, calendar), calendar) < ended:
        amount += 1
    return amount


def why(
    judged: str | None, turns: Sequence[Sequence[Any]], stretches: Sequence[tuple[str, str | None, bool, int]]
) -> Why:
    """Why a shorter limit would not have held for it. `turns`: as they are stored."""
    if judged == "late":
        return Why("late")
    kinds = {turn[0] for turn in turns}
    if not kinds.isdisjoint(_MOVES):
        return Why("moved")
    if "supplement_requested" in kinds:
        return Why("supplement")
    if not kinds.isdisjoint(STOPS):
        return Why("paused")
    longest = max(stretches, key=_SECONDS, default=None)
    return Why("waited") if longest is None else Why("waited", longest[0], longest[1])


# what the amounts of many dossiers come to


class Quantile(NamedTuple):
    """A percentile by rank, and the interval that holds the true one; a side is None where the count is too small."""

    value: int
    low: int | None
    high: int | None


def quantile(ordered: Sequence[int], share: Fraction = PERCENTILE) -> Quantile:
    """The least value that at least `share` of the values reach or stay under, with its distribution-free interval.

    The interval is that of order statistics (exact binomial ranks, two sides, CONFIDENCE): nothing is assumed of how
    the values lie. `ordered`: at least one, ascending.
    """
    low, high = _ranks(len(ordered), share)
    value = ordered[math.ceil(share * len(ordered)) - 1]
    return Quantile(value, None if low is None else ordered[low - 1], None if high is None else ordered[high - 1])


@lru_cache(maxsize=4096)
def _ranks(many: int, share: Fraction) -> tuple[int | None, int | None]:
    """The greatest rank with P(B < rank) ≤ α/2 and the least with P(B < rank) ≥ 1 - α/2; B ~ Bin(many, share)."""
    tail, p = float((1 - CONFIDENCE) / 2), float(share)
    spread = 12 * math.sqrt(many * p * (1 - p)) + 12
    first, last = max(0, int(many * p - spread)), min(many, int(many * p + spread) + 1)
    low = high = None
    below = 0.0
    for successes in range(first, last + 1):
        below += _chance(many, successes, p)
        rank = successes + 1
        if below <= tail and rank <= many:
            low = rank
        if below >= 1 - tail:
            high = rank if rank <= many else None
            break
    return low, high


def _chance(many: int, successes: int, p: float) -> float:
    ways = math.lgamma(many + 1) - math.lgamma(successes + 1) - math.lgamma(many - successes + 1)
    return math.exp(ways + successes * math.log(p) + (many - successes) * math.log1p(-p))


ENOUGH = next(many for many in range(1, 1000) if _ranks(many, PERCENTILE)[1] is not None)
"""How many dossiers the interval's upper side needs; below it the sheet says that they are too few."""


class Proposal(NamedTuple):
    """A shorter limit: how many of all would have held, and whether that is the share that the sheet asks for."""

    amount: int
    held: int
    many: int

    @property
    def holds(self) -> bool:
        return self.held >= HOLDS * self.many

    @property
    def missed(self) -> int:
        return self.many - self.held


def proposals(ordered: Sequence[int], limit: Limit | None) -> list[Proposal]:
    """Every shorter whole limit, the longest first, down to the first one that no longer holds."""
    found: list[Proposal] = []
    for amount in range(int(limit.amount) - 1, 0, -1) if limit is not None and ordered else ():
        found.append(Proposal(amount, bisect_right(ordered, amount), len(ordered)))
        if not found[-1].holds:
            break
    return found


def shortest(found: Iterable[Proposal]) -> Proposal | None:
    """The shortest one that holds; None: none does."""
    return min((one for one in found if one.holds), key=lambda one: one.amount, default=None)


def spread(ordered: Sequence[int], limit: Limit | None, bins: int = 20) -> list[tuple[int, int, int]]:
    """How the amounts lie: (from, to, how many), both ends in it; each amount its own where there is room.

    The last one takes what used more than the limit by a half, or more than all.
    """
    if not ordered:
        return []
    top = max(int(limit.amount) * 3 // 2 if limit is not None else 0, 1)
    last = min(ordered[-1], top) if limit is not None else ordered[-1]
    width = max(1, -(-(last + 1) // bins))
    found = []
    for low in range(0, last + 1, width):
        high = low + width - 1
        found.append((low, high, bisect_right(ordered, high) - bisect_left(ordered, low)))
    beyond = len(ordered) - bisect_right(ordered, found[-1][1])
    return [*found, (found[-1][1] + 1, ordered[-1], beyond)] if beyond else found


def reasons(found: Iterable[Why]) -> list[tuple[Why, int]]:
    """Each reason with its number, the most frequent first."""
    return sorted(
        Counter(found).items(), key=lambda one: (-one[1], one[0].reason, one[0].since or "", one[0].step or "")
    )


@dataclass(slots=True)
class Waits:
    """The stretches of one kind over many dossiers, working seconds."""

    theirs: bool
    seconds: list[int]

    @property
    def total(self) -> int:
        return sum(self.seconds)

    @property
    def median(self) -> int:
        ordered = sorted(self.seconds)
        return ordered[(len(ordered) - 1) // 2]
