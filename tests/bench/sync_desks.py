"""Two desks of one station for measuring, made through the doors that officers use; the clock stands where it is put."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from core.answers import Refusal
from core.decisions import Act, TakeIn
from storage.desk import Command, Desk, Done
from storage.sync.exchange import add_hub, exchange, open_hub
from storage.sync.joining import start_desk
from storage.sync.protocol import Hub
from tests.bench.sync_events import Writer, applicant
from tests.storage.sync_desks import START, new_desk, officer_of

_A_DAY = 400


@dataclass
class Pair:
    """Desks A and B and the hub that both know; `place` holds their folders."""

    place: Path
    a: Desk
    b: Desk
    hub: Hub
    made: list[str] = field(default_factory=list)

    def at(self, moment: datetime) -> None:
        """Put both clocks there."""
        self.a.now = self.b.now = lambda: moment

    def sync(self, desk: Desk) -> None:
        report = exchange(desk, self.hub)
        assert report.error is None, report

    def writer(self) -> Writer:
        """Who goes on with A's own chain."""
        own = self.a.identity.origin
        return Writer(own, self.a.identity.unit, officer_of(self.a).id, self.a.log.heads()[own], START)


@contextmanager
def pair(place: Path, url: str) -> Iterator[Pair]:
    """A station founded at the hub, its two desks open and each known to the other."""
    os.environ["MOTCUA_NOW"] = START.isoformat()
    hub = prepared(url)
    desks = [start_desk(place / name, new_desk(number), [hub]).desk for number, name in ((1, "a"), (2, "b"))]
    try:
        found = Pair(place, *desks, hub)
        for desk in (*desks, *desks):
            found.sync(desk)
        yield found
    finally:
        for desk in desks:
            desk.close()


def prepared(url: str) -> Hub:
    """The hub behind a URL, made where it is not there yet."""
    hub = open_hub(url)
    hub.create()
    return hub


def another_hub(desks: Pair, url: str) -> None:
    """From here on the two meet at this one."""
    desks.hub = prepared(url)
    for desk in (desks.a, desks.b):
        add_hub(desk, desks.hub)


def take_in(desks: Pair, count: int, per_commit: int, seed: int) -> None:
    """A receives dossiers with four fields: procedure, name, phone, address."""
    picked = random.Random(seed)
    officer = officer_of(desks.a)
    for begin in range(0, count, per_commit):
        desks.at(START + timedelta(days=len(desks.made) // _A_DAY, minutes=len(desks.made) % _A_DAY))
        now = desks.a.now()
        commands: list[Command] = []
        for _ in range(min(per_commit, count - begin)):
            person = applicant(picked)
            person = {name: person[name] for name in ("kind", "name", "phone", "address")}
            facts = {"procedure": "temporary-residence", "applicant": person}
            commands.append(TakeIn(desks.a.new_id(), "received", now, facts))
        done = desks.a.do_all(commands, officer) if per_commit > 1 else [desks.a.do(commands[0], officer)]
        assert all(isinstance(one, Done) for one in done), done
        desks.made += [command.dossier for command in commands if isinstance(command, TakeIn)]


def edit(desk: Desk, dossiers: Sequence[str], side: str) -> None:
    """Half harmless, half legal effects; of the legal ones three in four differ from the other side's, one is the same."""
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
