"""I5: every receipt number that was ever given, though its event be lost since, was given once.

Two cases nothing at a desk can prevent. A whole folder, witness and all, comes back or goes on beside itself on the
same machine: it gives the next numbers of the desk number that it had, until it reads what the other one wrote. And two
desks that share no hub take the same free number before either has read of the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.numbers import read_number
from core.record import Event, read_event
from storage import witness
from storage.desk import Desk

if TYPE_CHECKING:
    from tests.faults.world import Seat

_NUMBERED = """
SELECT header, body FROM event WHERE n > ? AND kind IN ('received', 'receipt_number_given') AND body IS NOT NULL
"""
HERE: tuple[Path, ...] = witness._MACHINE_FILES


class Violated(AssertionError):
    """An invariant does not hold; the argument says which and where."""


@dataclass(eq=False, slots=True)
class Life:
    """A data folder since it was made or put in place as a whole. `machine`: the files that name its machine.

    `blind`: the desk number of a folder that came with a witness of this machine: it knows of nothing later.
    """

    machine: tuple[Path, ...] = HERE
    blind: int | None = None

    def begin(self) -> None:
        """What runs from now on runs on this machine."""
        witness._MACHINE_FILES = self.machine

    def came(self, folder: Path, desk: str, source: Life) -> None:
        """The folder was put in place as a whole copy of another life's, and has not been opened yet."""
        found = witness.read_witness(folder, desk)
        if found is not None and source.machine == self.machine:
            self.blind = found.number


@dataclass(frozen=True, slots=True)
class Given:
    """One number as it was given."""

    event: str
    desk: str
    life: Life
    hubs: frozenset[str]


class Numbers:
    """All numbers of a history; `twice`: those that came back with a whole folder."""

    def __init__(self) -> None:
        self._given: dict[str, list[Given]] = {}
        self._events: set[str] = set()
        self.twice: set[str] = set()

    def scan(self, seat: Seat) -> None:
        """Look at what the seat has written since it was looked at last."""
        for number, event in _numbered(seat.desk, seat.scanned):
            if event.event_id in self._events or event.desk != seat.desk.identity.desk:
                continue
            self._events.add(event.event_id)
            given, known = (
                Given(event.event_id, event.desk, seat.life, frozenset(seat.hubs)),
                self._given.setdefault(number, []),
            )
            for other in known:
                if not _is_excused(number, given, other) or _holds(seat.desk, other.event, event):
                    raise Violated(f"I5: {seat.name} gives {number} again")
                self.twice.add(number)
            known.append(given)
        seat.scanned = seat.desk.log.last()


def _is_excused(number: str, one: Given, other: Given) -> bool:
    found = read_number(number)
    if not one.hubs & other.hubs:
        return True
    if found is None or one.desk != other.desk or one.life is other.life:
        return False
    return found.desk_number in (one.life.blind, other.life.blind)


def _holds(desk: Desk, event: str, before: Event) -> bool:
    """Whether an event was there already when another one was written."""
    rows = desk.connection.execute("SELECT header FROM event ORDER BY n")
    ids = [read_event(header, None).event_id for (header,) in rows]
    return event in ids[: ids.index(before.event_id)]


def _numbered(desk: Desk, after: int) -> Iterator[tuple[str, Event]]:
    for header, body in desk.connection.execute(_NUMBERED, (after,)).fetchall():
        event = read_event(header, body)
        number = event.body.get("receipt_number") or event.body.get("number")
        if number:
            yield str(number), event
