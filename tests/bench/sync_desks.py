"""Desks of one station for measuring, made through the doors that officers use; the clock stands where it is put."""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from core.answers import Refusal
from core.decisions import Act, TakeIn
from storage.database import transaction
from storage.desk import Command, Desk, Done
from storage.event_log import StoredEvent, epoch_ms
from storage.sync import snapshot
from storage.sync.exchange import exchange, open_hub
from storage.sync.joining import start_desk
from storage.sync.protocol import Hub
from tests.bench.sync_events import Writer, applicant
from tests.storage.sync_desks import START, code_from, new_desk, officer_of

_A_DAY = 400
_AT_ONCE = 5000


@dataclass
class Station:
    """Open desks, of which A works and B takes what A sends, and the hub that all know; `place` holds their folders."""

    place: Path
    desks: list[Desk]
    hub: Hub
    made: list[str] = field(default_factory=list)

    @property
    def a(self) -> Desk:
        return self.desks[0]

    @property
    def b(self) -> Desk:
        return self.desks[1]

    def at(self, moment: datetime) -> None:
        """Put all clocks there."""
        for desk in self.desks:
            desk.now = lambda: moment

    def sync(self, desk: Desk) -> None:
        report = exchange(desk, self.hub)
        assert report.error is None, report

    def writer(self) -> Writer:
        """Who goes on with A's own chain."""
        own = self.a.identity.origin
        return Writer(own, self.a.identity.unit, officer_of(self.a).id, self.a.log.heads()[own], START)

    def write(self, events: Sequence[StoredEvent]) -> None:
        """Let A have written these: its log alone, the tables are left as they are."""
        own, now = self.a.identity.origin, epoch_ms(self.a.now())
        for begin in range(0, len(events), _AT_ONCE):
            with transaction(self.a.connection):
                self.a.log.receive(own, events[begin : begin + _AT_ONCE], now)

    def join(self) -> None:
        """One more desk, let in by A's code."""
        code = code_from(self.a, self.hub) if self.desks else None
        number = len(self.desks) + 1
        self.desks.append(start_desk(self.place / f"d{number}", new_desk(number), [self.hub], code).desk)


@contextmanager
def station(place: Path, url: str, desks: int = 2) -> Iterator[Station]:
    """A station founded at the hub, its desks open and each known to the others; no snapshot is made unasked."""
    os.environ["MOTCUA_NOW"] = START.isoformat()
    snapshot.WORTH_IT = sys.maxsize
    found = Station(place, [], prepared(url))
    try:
        for _ in range(desks):
            found.join()
        for desk in (*found.desks, *found.desks):
            found.sync(desk)
        yield found
    finally:
        for desk in found.desks:
            desk.close()


def prepared(url: str) -> Hub:
    """The hub behind a URL, made where it is not there yet."""
    hub = open_hub(url)
    hub.create()
    return hub


def take_in(desks: Station, count: int, per_commit: int, seed: int) -> None:
    """A enters dossiers with four fields (procedure, name, phone, address), received on that day and on days before."""
    picked = random.Random(seed)
    officer = officer_of(desks.a)
    for begin in range(0, count, per_commit):
        day, minute = divmod(len(desks.made), _A_DAY)
        at = desks.a.now() - timedelta(days=day, minutes=minute)
        commands: list[Command] = []
        for _ in range(min(per_commit, count - begin)):
            person = applicant(picked)
            person = {name: person[name] for name in ("kind", "name", "phone", "address")}
            facts = {"procedure": "temporary-residence", "applicant": person}
            commands.append(TakeIn(desks.a.new_id(), "received", at, facts))
        done = desks.a.do_all(commands, officer) if per_commit > 1 else [desks.a.do(commands[0], officer)]
        assert all(isinstance(one, Done) for one in done), done
        desks.made += [command.dossier for command in commands if isinstance(command, TakeIn)]


def edit(desk: Desk, dossiers: Sequence[str], side: str) -> None:
    """Half harmless, half legal effects; of these three in four differ from the other side's, one is the same."""
    other = side == "b"
    commands: list[Command] = []
    for place, dossier in enumerate(dossiers):
        if place % 2 == 0:
            body = {"field": "applicant.phone", "new": f"0905{int(other)}{place:05d}"}
            commands.append(Act(dossier, "corrected", desk.now(), body))
        elif place % 8 == 7:
            commands.append(Act(dossier, "result_ready", desk.now(), {"shelf": "C8"}))
        elif place % 8 == 5:
            body = {"field": "applicant.name", "new": f"Nguyễn Văn {'Ơn' if other else 'Ân'}"}
            commands.append(Act(dossier, "corrected", desk.now(), body))
        elif other:
            commands.append(Act(dossier, "refused", desk.now(), {"reason": "Chỗ ở đang có tranh chấp"}))
        else:
            commands.append(Act(dossier, "result_ready", desk.now(), {"shelf": "C9"}))
    officer = officer_of(desk)
    for begin in range(0, len(commands), 100):
        done = desk.do_all(commands[begin : begin + 100], officer)
        assert not any(isinstance(one, Refusal) for one in done), done


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
