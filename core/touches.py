"""Hours of work learned from the station's own history. Nobody holds a stopwatch: the log says when acts were recorded.

What an act took is the time since the same officer's act before it at that desk. The rules, and why:

- *Record time is the axis*, not `at`: an officer may say of an act that it happened earlier, but it was typed when it
  was typed. What was recorded more than `LATE` after it happened (papers of an outage) tells how long typing took, not
  the work: it is not measured, but it ends the pause before it.
- *Within one stretch of the day.* Opening and closing times cut the day; a gap across a cut holds lunch or a night. The
  first act after a cut is not measured. Acts outside hours are measured among themselves: overtime is work.
- *A burst is one act.* What an officer records within `BURST` seconds (a bulk action, a command of many events, the
  letter that follows a receipt) shares one gap evenly among its dossiers. Else forty dossiers closed together would
  cost forty gaps, or thirty-nine of them nothing.
- *Capped.* An officer who writes nothing for hours was at a meeting or had nobody before him. A gap counts up to the
  cap (policy), so that quiet days don't teach that work is slow.
- *What is no work on a dossier* (a change of owner, somebody reading) ends a gap and gives it to nobody. What a desk
  writes by itself says nothing of where its officer was.
- *Not measured is not nothing.* An act that could not be measured counts as the dossier's average act: leaving it out
  would make work look shorter than it is, so the forecast greener than it is. Of a dossier of whose acts fewer than
  half were measured nothing is learned.
- *Whole lives only.* A sample runs from where a stage was entered to the result, of dossiers whose receipt was seen.
  What was imported, came from another unit, came to be another procedure, was reopened, or on which something was
  undone tells nothing of an ordinary one. A stage that one act entered and ended costs no work of its own to learn.
- *Median and quartiles* of dossiers, not means: a few outliers must not matter, however far out they are.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from core.calendar import WorkCalendar
from core.events import DOSSIER_KINDS
from core.moments import DAY
from core.work import Spread, Stage, spread_of

LATE = 15 * 60
"""Seconds between an act and its record: up to here it was typed while it was done."""
BURST = 3
"""Seconds: no officer works on two dossiers one after the other in so short a time."""
ODD = "odd"
"""Stands for the kind of what makes a dossier no ordinary one (imported, another procedure)."""
BY_ITSELF = frozenset(
    {
        *("citizen_told", "receipt_number_given", "transferred", "transfer_followed"),
        *("numbers_closed", "station_key_shared", "desk_enrolled", "desk_renumbered", "fork_found"),
        *("shift_opened", "shift_closed"),
    }
)
_NO_WORK = frozenset({"assigned", "reader_noted", "body_destroyed"})
_ODD = frozenset({ODD, "transfer_accepted", "reopened", "undone", "conflict_resolved"})
_RESULTS = frozenset({"result_ready", "refused"})
_BEGINS = frozenset(
    {"step_completed", "verification_completed", "supplement_requested", "payment_requested", "suspended"}
)
_OFFSET, _EPOCH_DAY = 7 * 3600, 719_163


@dataclass(frozen=True, slots=True)
class Mark:
    """What the measuring looks at of one event: `at` in epoch seconds, its hybrid clock, what a receipt is of."""

    officer: str
    entity: str
    kind: str
    at: int
    hlc: int
    procedure: str | None = None
    odd: bool = False

    @property
    def recorded(self) -> int:
        """When it was written, epoch milliseconds."""
        return self.hlc >> 16


@dataclass(frozen=True, slots=True)
class Touch:
    """One event of an act on a dossier. `procedure`: on its receipt.

    `seconds` ≥ 1: what the act took, uncapped; None: it could not be measured; 0: it was counted with an earlier event.
    """

    dossier: str
    hlc: int
    kind: str
    seconds: int | None
    procedure: str | None = None


def stretches(calendar: WorkCalendar) -> Callable[[int], Hashable]:
    """In which stretch between the calendar's opening and closing times a moment (epoch seconds) lies."""
    edges: dict[int, list[int]] = {}

    def stretch(moment: int) -> Hashable:
        day, second = divmod(moment + _OFFSET, DAY)
        day += _EPOCH_DAY
        if day not in edges:
            edges[day] = [bound for period in calendar.law.periods(day) for bound in period]
        return day, bisect_left(edges[day], second)

    return stretch


def measure(marks: Iterable[Mark], stretch: Callable[[int], Hashable]) -> Iterator[Touch]:
    """The touches that one desk's marks, in the order of its chain, are; officer by officer, burst by burst."""
    last: dict[str, int] = {}
    bursts: dict[str, list[Mark]] = {}
    for mark in marks:
        if mark.kind in BY_ITSELF:
            continue
        burst = bursts.setdefault(mark.officer, [])
        if burst and mark.recorded - burst[-1].recorded > BURST * 1000:
            yield from _burst(burst, last.get(mark.officer), stretch)
            last[mark.officer] = burst[-1].recorded
            bursts[mark.officer] = burst = []
        burst.append(mark)
    for officer, burst in bursts.items():
        yield from _burst(burst, last.get(officer), stretch)


def _burst(burst: list[Mark], before: int | None, stretch: Callable[[int], Hashable]) -> Iterator[Touch]:
    began = burst[0].recorded
    work = [mark for mark in burst if mark.kind in _WORK]
    dossiers = dict.fromkeys(mark.entity for mark in work)
    late = any(mark.recorded // 1000 - mark.at > LATE for mark in burst)
    seconds: int | None = None
    if before is not None and not late and stretch(before // 1000) == stretch(began // 1000):
        seconds = max(1, (began - before) // 1000 // max(1, len(dossiers)))
    counted: set[str] = set()
    for mark in work:
        took = 0 if mark.entity in counted else seconds
        counted.add(mark.entity)
        yield Touch(mark.entity, mark.hlc, ODD if mark.odd else mark.kind, took, mark.procedure)


_WORK = frozenset(DOSSIER_KINDS) - BY_ITSELF - _NO_WORK


@dataclass(slots=True)
class _Sum:
    """What a dossier got since it entered a stage: seconds of measured acts, how many were, how many were not."""

    seconds: int = 0
    measured: int = 0
    unmeasured: int = 0

    def add(self, seconds: int | None, cap: int) -> None:
        if seconds is None:
            self.unmeasured += 1
        elif seconds:
            self.seconds += min(seconds, cap)
            self.measured += 1

    def whole(self) -> int | None:
        """The seconds with the average for what was not measured; None where most was not."""
        if not self.measured or self.unmeasured > self.measured:
            return None
        return self.seconds * (self.measured + self.unmeasured) // self.measured


@dataclass(frozen=True, slots=True)
class Sample:
    """What one dossier cost from each stage that it entered to its result, in seconds of work."""

    procedure: str
    seconds: Mapping[Stage, int]


def sample(touches: Iterable[Touch], cap: int) -> Sample | None:
    """One dossier's sample from all its touches since the window began, in order; `cap` in seconds.

    None where its receipt was before, where it has no result or is no ordinary one.
    """
    sums: dict[Stage, _Sum] = {}
    procedure: str | None = None
    done = False
    for touch in touches:
        if touch.kind in _ODD:
            return None
        if done:
            continue
        for found in sums.values():
            found.add(touch.seconds, cap)
        if touch.kind == "received":
            procedure = touch.procedure
        done = touch.kind in _RESULTS
        entered = _entered(touch.kind, sums)
        if entered is not None:
            sums[entered] = _Sum()
    if not done or procedure is None:
        return None
    known = ((stage, found.whole()) for stage, found in sums.items())
    return Sample(procedure, {stage: seconds for stage, seconds in known if seconds is not None})


def _entered(kind: str, sums: Mapping[Stage, _Sum]) -> Stage | None:
    """The stage that an event leads into, by those that the dossier has entered."""
    if kind == "received":
        return None if sums else Stage.TAKEN_IN
    if not sums or Stage.DECIDED in sums:
        return None
    if kind == "approved":
        return Stage.DECIDED
    return Stage.WORKED_ON if kind in _BEGINS and Stage.WORKED_ON not in sums else None


def learn(samples: Iterable[Sample]) -> dict[tuple[str, Stage], Spread]:
    """Median and quartiles by procedure and stage."""
    found: dict[tuple[str, Stage], list[int]] = {}
    for one in samples:
        for stage, seconds in one.seconds.items():
            found.setdefault((one.procedure, stage), []).append(seconds)
    return {key: spread_of(seconds) for key, seconds in found.items()}
