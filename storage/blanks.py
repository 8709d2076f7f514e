"""Blank receipts for an outage: numbers kept for a day, who may be given them afterwards, and what is left of them.

The numbers come from the top of the desk's own range down, so that what the desk gives out meanwhile meets none of
them. Each is set aside by an event and in the witness before it is printed, and nobody prints it again: a sheet that
jammed is a number that stays unused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from core.answers import Refusal
from core.moments import legal_day
from core.numbers import day_of, day_text, read_number, receipt_number, set_aside, span_text, spans
from core.station import SetBlanksAside, VoidBlanks
from storage.database import transaction
from storage.officers import Officer
from storage.series import Series

if TYPE_CHECKING:
    from storage.desk import Desk


@dataclass(frozen=True, slots=True)
class Blank:
    """A numbered receipt to be filled in by hand on `day`."""

    day: date
    number: str


@dataclass(frozen=True, slots=True)
class BlankDay:
    """What became of a day's blank receipts at one desk number; `open`: serials that nobody has keyed in."""

    number: int
    day: date
    open: tuple[int, ...]
    used: int
    voided: int

    @property
    def left(self) -> str:
        """The open ones as the numbers' own digits."""
        return ", ".join(span_text(self.number, *span) for span in spans(self.open))


def blank_refused(series: Series, number: str, day: date) -> Refusal | None:
    """Why a dossier of a day can't have the number of this blank receipt; None where it can."""
    found = read_number(number)
    state = None if found is None else series.blank(found)
    if found is None or state is None:
        return Refusal("blank_not_here", params={"number": number})
    if state != "open":
        return Refusal(f"blank_{state}", params={"number": number})
    if found.day != day_text(day):
        return Refusal("blank_other_day", params={"number": number})
    return None


def blank_problem(desk: Desk, number: str) -> Refusal | None:
    """Why nobody can key in this blank receipt here, on whatever day; None where it waits for that."""
    found = read_number(number)
    day = legal_day(desk.now()) if found is None else day_of(found.day)
    return blank_refused(desk.series, number, day)


def take_blanks(desk: Desk, officer: Officer, days: Sequence[date], count: int) -> list[Blank] | Refusal:
    """Set `count` numbers aside for each of the days: durable, and in the witness, when this returns.

    Refusals: `blanks_without_number` (the desk may give none now), `blanks_used_up`. Raises InvalidInput
    `witness_unwritable`.
    """
    desk.series.require()
    with transaction(desk.connection):
        state = desk.series.state()
        if state.wanted is not None:
            return Refusal("blanks_without_number")
        commands: list[SetBlanksAside] = []
        for day in days:
            lowest = desk.series.lowest_blank(state.number, day)
            _, following = desk.series.next_serial(day)
            span = set_aside(state.number, count, following - 1, lowest) if following else None
            if span is None:
                return Refusal("blanks_used_up", params={"day": f"{day:%d/%m/%Y}"})
            commands.append(SetBlanksAside(desk.identity.desk, state.number, day, *span, desk.now()))
        for command in commands:
            done = desk.do_within(command, officer)
            if isinstance(done, Refusal):
                return done
    desk.series.require()
    return [blank for command in commands for blank in _blanks_of(desk, command)]


def _blanks_of(desk: Desk, command: SetBlanksAside) -> Iterator[Blank]:
    for serial in range(command.first, command.last + 1):
        number = receipt_number(desk.identity.unit, command.day, command.number, serial)
        assert number is not None
        yield Blank(command.day, number)


def blank_days(desk: Desk) -> list[BlankDay]:
    """Every day that has a blank receipt which nobody has keyed in or voided, the oldest first."""
    found = []
    for (number, day), states in desk.series.blanks().items():
        left = tuple(serial for serial, state in states.items() if state == "open")
        if left:
            counted = list(states.values())
            found.append(BlankDay(number, day_of(day), left, counted.count("used"), counted.count("void")))
    return found


def blanks_to_count(desk: Desk) -> int:
    """How many blank receipts somebody must count: open ones of days that are over, since somebody may hold one, and
    those of a desk number that is this desk's no longer, since another desk may give the same."""
    asked = "SELECT count(*) FROM blank WHERE state = 'open' AND (day < ? OR number <> ?)"
    place = (day_text(legal_day(desk.now())), desk.series.state().number)
    return int(desk.connection.execute(asked, place).fetchone()[0])


def void_left(desk: Desk, officer: Officer, one: BlankDay) -> Refusal | None:
    """Void what is left of a day's blank receipts, whose papers the officer has counted and destroyed.

    Refusals: `blanks_moved` (another number is left than the officer was shown), and the command's own.
    """
    with transaction(desk.connection):
        if one not in blank_days(desk):
            return Refusal("blanks_moved")
        command = VoidBlanks(desk.identity.desk, one.number, one.day, one.open, desk.now())
        done = desk.do_within(command, officer)
        return done if isinstance(done, Refusal) else None
