"""A shift: an officer at a desk, from when it was opened to when it was closed.

What happened in it is no part of it: that is what the log says the officer did there meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.answers import Refusal
from core.decisions import Setting, role_missing
from core.events import KINDS
from core.record import Draft, Event

NEXT_OPENED = "next_opened"
"""The reason of a shift that nobody closed, until its officer opened the next one there."""
HANDED_OVER = "handed_over"
"""The reason of a shift that ended with its officer's signature over the sheet, once somebody has accepted that."""
_UNPLANNED = timedelta(hours=18)
"""How long a shift that nobody planned goes on where nobody closes it: over midnight, not into the next morning."""
_OVERTIME = timedelta(hours=8)
"""How long one that was planned goes on after its planned end where nobody closes it."""


@dataclass(frozen=True, slots=True)
class Shift:
    """`desk`: the desk's id. `start` and `until`: as planned, by the roster or `by_hand`; None: no plan.

    `closed_at` None: still open; `closed_by` may be a leader.
    """

    id: str
    officer: str
    desk: str
    opened_at: datetime
    start: datetime | None = None
    until: datetime | None = None
    by_hand: bool = False
    closed_at: datetime | None = None
    closed_by: str | None = None
    reason: str | None = None

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    def is_on(self, now: datetime) -> bool:
        """Whether it is still going on: open, and not left open when its day or its night had passed."""
        if not self.is_open:
            return False
        if self.until is None or self.until <= self.opened_at:
            return now - self.opened_at < _UNPLANNED
        return now - self.until < _OVERTIME


def fold_shift(shift: str, events: Iterable[Event], roles: Callable[[Event], Collection[str]]) -> Shift | None:
    """The shift as its events say; None where they open none. Of two closings the first in the global order stands.

    `roles`: those that an event's author held at its place. Only its own officer opens a shift.
    """
    found: dict[str, Any] = {}
    for event in sorted(events, key=lambda event: event.order):
        kind = KINDS.get(event.kind)
        held = roles(event)
        if kind is None or event.destroyed or kind.roles.isdisjoint(held):
            continue
        body = event.body
        if event.kind == "shift_opened" and not found and body["officer"] == event.by:
            found = {
                "officer": event.by,
                "desk": str(body["desk"]),
                "opened_at": event.at,
                "start": _moment(body.get("from")),
                "until": _moment(body.get("until")),
                "by_hand": bool(body.get("by_hand")),
            }
        elif event.kind == "shift_closed" and found and "closed_at" not in found and _closes(event.by, found, held):
            found |= {"closed_at": event.at, "closed_by": event.by, "reason": body.get("reason")}
    return Shift(shift, **found) if found else None


def _closes(by: str, found: Mapping[str, Any], roles: Collection[str]) -> bool:
    return by == found["officer"] or "leader" in roles


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class OpenShift:
    """The acting officer's shift at the desk. `before`: the one still open there."""

    shift: str
    desk: str
    at: datetime
    start: datetime | None = None
    until: datetime | None = None
    by_hand: bool = False
    before: Shift | None = None


@dataclass(frozen=True, slots=True)
class CloseShift:
    """Close a shift: one's own, or as a leader another officer's. `uncounted`: its drawer still has to be counted."""

    shift: Shift
    at: datetime
    reason: str | None = None
    uncounted: bool = False


ShiftCommand = OpenShift | CloseShift


def decide_shift(command: ShiftCommand, setting: Setting) -> tuple[Draft, ...] | Refusal:
    """The events that the command means, or why not."""
    if isinstance(command, OpenShift):
        return role_missing(KINDS["shift_opened"], setting) or _opened(command, setting.officer)
    refused = role_missing(KINDS["shift_closed"], setting)
    if refused:
        return refused
    if not command.shift.is_open:
        return Refusal("shift_closed_already")
    if command.shift.officer != setting.officer and "leader" not in setting.roles:
        return Refusal("shift_not_yours")
    if command.uncounted and command.shift.officer == setting.officer:
        return Refusal("drawer_uncounted")
    return (_closing(command.shift, command.at, command.reason),)


def _opened(command: OpenShift, officer: str) -> tuple[Draft, ...] | Refusal:
    if command.before is not None and command.before.is_on(command.at):
        return Refusal("shift_open_already")
    if command.start is not None and command.until is not None and command.until <= command.start:
        return Refusal("shift_ends_before")
    body: dict[str, Any] = {"officer": officer, "desk": command.desk}
    planned = {"from": command.start, "until": command.until}
    body |= {name: moment.isoformat(timespec="seconds") for name, moment in planned.items() if moment is not None}
    body |= {"by_hand": True} if command.by_hand else {}
    opened = Draft(f"shift:{command.shift}", "shift_opened", command.at, body)
    return (*([_closing(command.before, command.at, NEXT_OPENED)] if command.before else []), opened)


def _closing(shift: Shift, at: datetime, reason: str | None) -> Draft:
    body = {"officer": shift.officer, **({"reason": reason} if reason else {})}
    return Draft(f"shift:{shift.id}", "shift_closed", at, body)
