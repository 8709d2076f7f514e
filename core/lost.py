"""Where a late dossier's working time went: the longest stretch in one officer's hands, from one act to the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core.calendar import WorkCalendar
from core.dossier import Dossier
from core.events import ENDING_KINDS
from core.record import Event

_STOPS = frozenset({"supplement_requested", "payment_requested", "suspended"})
_RUNS_ON = frozenset({"supplement_received", "payment_received", "resumed"})
_ACTS = frozenset(
    {"received", "assigned", "step_completed", "verification_completed", "approved", "reopened", "transfer_accepted"}
)
_TURNS = _ACTS | _STOPS | _RUNS_ON | ENDING_KINDS


@dataclass(frozen=True, slots=True)
class Lost:
    """`since` an act (its kind, and the step that it completed, if any) the dossier lay with `officer`; working
    `seconds`. `until`: the kind of the act that ended it, None: it lies there still."""

    since: str
    step: str | None
    until: str | None
    officer: str
    seconds: int


def lost(dossier: Dossier, calendar: WorkCalendar, now: datetime) -> Lost | None:
    """The longest stretch till the end, or now; while the citizen is waited for, or it is suspended, none runs."""
    return max(_stretches(dossier, calendar, now), key=lambda one: one.seconds, default=None)


def _stretches(dossier: Dossier, calendar: WorkCalendar, now: datetime) -> Iterator[Lost]:
    turns = [one for one in dossier.events if one.kind in _TURNS and one.event_id not in dossier.marks]
    turns.sort(key=lambda one: one.at)
    officer, begun = "", None
    for one in turns:
        if begun is not None:
            yield _stretch(begun, one, officer, calendar, one.at)
        officer = str(one.body.get("to")) if one.kind == "assigned" else officer or one.by
        begun = None if one.kind in _STOPS or one.kind in ENDING_KINDS else one
    if begun is not None:
        yield _stretch(begun, None, officer, calendar, now)


def _stretch(begun: Event, until: Event | None, officer: str, calendar: WorkCalendar, end: datetime) -> Lost:
    start, stop = (calendar.clock.seconds(moment) for moment in (begun.at, max(begun.at, end)))
    step = begun.body.get("step") if begun.kind == "step_completed" else None
    seconds = calendar.work_between(start, stop)
    return Lost(begun.kind, step, None if until is None else until.kind, officer, seconds)
