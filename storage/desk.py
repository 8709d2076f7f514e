"""One officer at one desk: decide → append → project, in one transaction. The one door for screens and commands."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from core.answers import InvalidInput, Refusal
from core.clock import clock_warning
from core.decisions import Act, DossierCommand, Setting, TakeIn, Undo, decide
from core.dossier import Dossier
from core.law import Law
from core.mending import CorrectResult, decide_correction
from core.moments import legal_day
from core.queue import Bounds, bounds
from core.queue_order import order_in_force
from core.record import Draft, Event
from core.station import StationCommand, decide_station
from storage.blanks import blank_refused
from storage.database import Connection, officer_errors, transaction
from storage.elsewhere import refused_elsewhere
from storage.event_log import EventLog, Origin, epoch_ms, uuid7
from storage.folder import Identity, Now, clock_of, open_folder, read_identity, station_keys
from storage.frontier import Frontier, frontier
from storage.keys import PIN_MEMORY_KIB, Entropy, pin_verifier, seal
from storage.lawbook.reasons import package_reasons
from storage.numbers import is_alone, renumber, take_free_number
from storage.officers import Officer, Officers
from storage.projection import Projection
from storage.queries import Queries, Row
from storage.series import COPIED_BACK, Series

Command = DossierCommand | StationCommand | CorrectResult


@dataclass(frozen=True, slots=True)
class Done:
    """What an accepted command wrote; `repeated` where an import's key had been taken in before."""

    events: tuple[Event, ...]
    dossiers: tuple[str, ...]
    repeated: bool = False


SILENT = timedelta(days=1)
"""After how long without a hub an admin is told, be it that none answers or that nothing runs the exchanges."""


@dataclass(frozen=True, slots=True)
class SyncState:
    """`word`: city (all sent), here (`pending` events wait), problem, or alone (no hub); `minutes` since contact.

    Being cut off is no `problem`, until a hub has been out of reach for SILENT.
    `clock`: how loudly to tell of the clock here (`core.clock`); `clock_offset_s`: the hub's minus it, where known.
    """

    word: str
    pending: int
    minutes: int | None
    problem: str | None
    clock: str | None = None
    clock_offset_s: float | None = None


class Desk:
    """An open data folder. Belongs to the thread that opened it; several processes may open the same folder."""

    def __init__(self, folder: Path, connection: Connection, identity: Identity, entropy: Entropy = os.urandom) -> None:
        self.folder = folder
        self.connection = connection
        self.identity = identity
        self.entropy = entropy
        self.now: Now = clock_of(connection, identity)
        self.log = EventLog(connection, identity.origin, identity.unit, entropy)
        self.projection = Projection(connection, self.log, identity.desk)
        self.officers = Officers(connection, identity)
        self.queries = Queries(connection)
        self.series = Series(folder, connection, identity.desk)

    @classmethod
    def open(cls, folder: Path) -> Desk:
        """Open an existing desk; raises InvalidInput (`desk_missing`, `database_newer`, …)."""
        connection, identity = open_folder(folder)
        try:
            with officer_errors():
                desk = cls(folder, connection, identity)
                desk._make_ready()
        except BaseException:
            connection.close()
            raise
        return desk

    def _make_ready(self) -> None:
        """What an earlier version, a database that was copied back or a desk on its own leaves to do."""
        if self.connection.execute("SELECT 1 FROM meta WHERE name = 'rebuild'").fetchone():
            with transaction(self.connection):
                self.projection.rebuild()
                self.connection.execute("DELETE FROM meta WHERE name = 'rebuild'")
        self.series.recover(self.now(), lambda number: renumber(self, number, COPIED_BACK))
        if self.series.state().wanted and is_alone(self):
            take_free_number(self)
        self.identity = read_identity(self.connection)

    def close(self) -> None:
        self.connection.close()

    @property
    def law(self) -> Law:
        return self.projection.law()

    def law_for(self, dossier: Dossier) -> Law:
        """The law by which a dossier is explained: an ended one by the law that it ended under."""
        return self.projection.law_for(dossier)

    def do(self, command: Command, officer: Officer) -> Done | Refusal:
        """One command, durable when this returns. Raises InvalidInput where the disk or a lock prevents it."""
        with transaction(self.connection):
            return self.do_within(command, officer)

    def do_all(self, commands: Sequence[Command], officer: Officer) -> list[Done | Refusal]:
        """Many commands in one transaction, each decided after the ones before it; a refused one stops none."""
        with transaction(self.connection):
            return [self.do_within(command, officer) for command in commands]

    def do_within(self, command: Command, officer: Officer) -> Done | Refusal:
        """`do` inside a transaction that the caller holds."""
        if isinstance(command, DossierCommand | CorrectResult):
            answer = self._decide_dossier(command, officer)
        else:
            answer = decide_station(command, self._setting(officer))
        if isinstance(answer, Refusal | Done):
            return answer
        return self._write(answer, officer.id)

    def do_together(self, commands: Sequence[DossierCommand], officer: Officer) -> Done | Refusal:
        """Commands on one dossier, each decided by what stands before them all, as one command: to be undone as one.

        Inside a transaction that the caller holds; a refused one stops them all.
        """
        drafts: list[Draft] = []
        for command in commands:
            answer = self.would(command, officer)
            if isinstance(answer, Refusal):
                return answer
            drafts += answer
        return self._write(drafts, officer.id)

    def would(self, command: DossierCommand, officer: Officer) -> tuple[Draft, ...] | Refusal:
        """What a command on a dossier would write, without writing it. Raises InvalidInput as `do` does."""
        answer = self._decide_dossier(command, officer)
        return () if isinstance(answer, Done) else answer

    def refusal(self, command: StationCommand, officer: Officer) -> Refusal | None:
        """Why a command on the station may not be done, without doing it."""
        answer = decide_station(command, self._setting(officer))
        return answer if isinstance(answer, Refusal) else None

    def new_id(self) -> str:
        """An id for a dossier or a visit that is about to be opened."""
        return uuid7(epoch_ms(self.now()), self.entropy)

    def dossier(self, dossier_id: str) -> Dossier | None:
        with officer_errors():
            return self.projection.dossier(dossier_id)

    def explained(self, dossiers: Iterable[str]) -> Iterator[tuple[Dossier, Law]]:
        """Many dossiers, each with the law that it is explained by; unknown ones are left out."""
        with officer_errors():
            yield from self.projection.explained(dossiers)

    def bounds(self) -> Bounds:
        """The cuts of urgency now, by this unit's calendar, and the order of its queue."""
        now, law, unit = self.now(), self.law, self.identity.unit
        day = legal_day(now)
        soon = int(law.policy("soon_days", unit, day))
        return bounds(now, law.calendar(unit), soon, order_in_force(law, unit, day))

    def row(self, dossier_id: str) -> Row | None:
        return self.queries.row(dossier_id, self.bounds())

    def sealed_verifier(self, pin: str, *, memory_kib: int = PIN_MEMORY_KIB) -> str:
        """A new officer's PIN verifier, sealed to the station's key (hex)."""
        station_key = bytes.fromhex(self.station_key())
        return seal(station_key, pin_verifier(pin, self.entropy, memory_kib=memory_kib).encode(), self.entropy).hex()

    def station_key(self) -> str:
        """The public half (hex) that holds now: the founding's, or the last that the admin changed it to.

        Raises InvalidInput `founding_unreadable` where this desk's copy of the founding does not hold.
        """
        key = self.projection.desks().station_key
        if key is None:
            raise InvalidInput("founding_unreadable")
        return key

    def keys(self) -> dict[str, bytes]:
        """The private halves of the station's keys that this desk holds, by their public ones (hex)."""
        return station_keys(self.connection)

    def frontier(self) -> Frontier:
        """How far the hubs hold what is here, by what this desk knows of them."""
        return frontier(self.connection, self.now())

    def sync_of(self, dossier_id: str, known: Frontier | None = None) -> str:
        """`here` while some event of the dossier is only at desks, `hub` once a hub holds all, then `durable`."""
        return (known or self.frontier()).of_entity(self.connection, dossier_id)

    def pending(self) -> int:
        """How many of this desk's own events no hub holds."""
        accepted = self.frontier().accepted
        heads = self.log.heads().items()
        own = ((origin, head.seq) for origin, head in heads if origin.desk == self.identity.desk)
        return sum(max(0, seq - accepted.get(origin, 0)) for origin, seq in own)

    def sync_state(self) -> SyncState:
        """What an officer is told of sync, by what this desk remembers of its hubs."""
        pending = self.pending()
        hubs = self.connection.execute("SELECT last_contact, error FROM hub").fetchall()
        contacts = [contact for contact, _ in hubs if contact is not None]
        minutes = int(self.now().timestamp() - max(contacts)) // 60 if contacts else None
        heard = self.now().timestamp() - SILENT.total_seconds()
        cut_off = [error == "hub_unreachable" and (contact or 0) > heard for contact, error in hubs]
        problem = next((error for (_, error), away in zip(hubs, cut_off, strict=True) if error and not away), None)
        word = "alone" if not hubs else "problem" if problem else "here" if pending else "city"
        offset = self.log.clock_offset()
        return SyncState(word, pending, minutes, problem, clock_warning(offset), offset)

    def changed_elsewhere(self) -> int:
        """A number that moves whenever another connection has written to this file."""
        return int(self.connection.execute("PRAGMA data_version").fetchone()[0])

    def version(self) -> tuple[int, int]:
        """Another one as soon as anybody has written to this file, this connection too."""
        return self.connection.total_changes, self.changed_elsewhere()

    def _decide_dossier(
        self, command: DossierCommand | CorrectResult, officer: Officer
    ) -> tuple[Draft, ...] | Refusal | Done:
        setting = self._setting(officer)
        if isinstance(command, TakeIn):
            known = command.facts.get("external_id")
            before = self.queries.by_external(str(known)) if known else None
            if before is not None and before != command.dossier:
                return Done((), (before,), repeated=True)
        if isinstance(command, CorrectResult) or (isinstance(command, TakeIn) and command.kind == "received"):
            on_paper = command.number if isinstance(command, TakeIn) else None
            refused = None if on_paper is None else blank_refused(self.series, on_paper, legal_day(command.at))
            if refused is not None:
                return refused
            number, serial = self.series.next_serial(legal_day(command.at))
            setting = replace(setting, desk_number=number, serial=serial)
        if isinstance(command, Act) and command.kind == "assigned" and not self._works_here(command.fields.get("to")):
            return Refusal("officer_gone")
        dossier = self.projection.dossier(command.dossier, as_here=True)
        if isinstance(command, CorrectResult):
            mended = None if dossier is None else self._mended_by(dossier)
            return mended or decide_correction(dossier, command, setting)
        refused = refused_elsewhere(self.connection, self.projection.dossier, dossier, command)
        if refused is not None:
            return refused
        if isinstance(command, Undo) and dossier is not None and self._left_the_desk(dossier):
            return Refusal("undo_left_desk")
        return decide(dossier, command, setting)

    def _mended_by(self, dossier: Dossier) -> Refusal | None:
        """One dossier mends a wrong result; what is wrong in it again is mended from there."""
        found = [one for name in dossier.corrections if (one := self.projection.dossier(name)) is not None]
        last = next((one for one in reversed(found) if one.is_open or one.ready_at is not None), None)
        return None if last is None else Refusal("corrected_already", params={"number": last.receipt_number or last.id})

    def _works_here(self, officer: object) -> bool:
        """Whether dossiers can be given to whom is named: to nobody known, they would be in nobody's queue."""
        found = self.officers.get(str(officer)) if officer else None
        return not officer or (found is not None and found.active and found.here)

    def _write(self, drafts: Sequence[Draft], by: str) -> Done:
        events = self.log.append(drafts, by, epoch_ms(self.now()))
        self.count_numbers(events)
        return Done(tuple(events), tuple(self.projection.apply(events)))

    def _setting(self, officer: Officer) -> Setting:
        return Setting(
            officer=officer.id,
            roles=officer.roles,
            now=self.now(),
            unit=self.identity.unit,
            desk_number=self.identity.number,
            law=self.law,
            reasons=package_reasons(),
            signs=officer.signs,
            name=officer.name,
        )

    def count_numbers(self, events: Iterable[Event]) -> None:
        """Move each day's serial past the receipt numbers that these own events use."""
        self.series.count(events)

    def _left_the_desk(self, dossier: Dossier) -> bool:
        """Whether the last command on the dossier was offered to any hub, or a paper was printed after it."""
        if not dossier.events:  # none of what it consists of has an effect here
            return False
        last = dossier.events[-1]
        asked = "SELECT max(last_seq) FROM batch WHERE origin = ?"
        number = self.log.number(Origin(last.desk, last.epoch))
        offered = self.connection.execute(asked, (number,)).fetchone()[0]
        printed = last.kind in ("letter_issued", "letter_printed") and not last.body.get("by_hand")
        return printed or last.seq <= (offered or 0)
