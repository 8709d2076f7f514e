"""How fast an amendment of the calendar moves open dossiers: the list that is shown first, and the applied command.

    python -m tests.bench.amendment [--dossiers 130000] [--place FOLDER] [--rounds 5]

A station is founded and takes in dossiers over fifteen days: one in five has been supplemented (its limit counts
anew), three in ten hold a printed date, one in ten is of a procedure for which the unit promised less. A storm then
closes the unit for two days, is withdrawn again, and so on. Beside it: the bare UPDATE of as many rows, the limit.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from core.decisions import Act
from core.moments import LEGAL_TIME
from storage.amending import Proposal, apply, propose
from storage.database import roomy, transaction
from storage.desk import Command, Desk, Done
from storage.founding import NewDesk, found
from storage.officers import Officer
from tests.bench.stations import fill, measuring

_NOW = datetime(2026, 11, 16, 16, 0, tzinfo=LEGAL_TIME)
_COMMITMENT = b"""
decision = "QD 1/QD-CAP"
[[commitment]]
procedure = "household-split"
amount = 4
unit = "working_day"
valid_from = 2026-01-01
"""
_STORM = b"""
decision = "CV 2/CAP"
reason = "Storm"
[[closure]]
from = 2026-11-17
to = 2026-11-18
"""
_CALM = b"""
decision = "CV 3/CAP"
[[withdrawn]]
from = 2026-11-17
to = 2026-11-18
"""


def main() -> None:
    with measuring(__doc__, _NOW, dossiers=130_000, rounds=5) as (args, folder):
        desk = Desk.open(folder) if folder.exists() else _station(folder, args.dossiers)
        officer = desk.officers.all()[0]
        times: dict[str, list[float]] = {"shown": [], "applied": [], "the bare UPDATE": []}
        for turn in range(2 * args.rounds):
            _turn(desk, officer, _CALM if turn % 2 else _STORM, times)
        for name, told in times.items():
            print(f"{name}: median {statistics.median(told):.2f} s ({min(told):.2f}–{max(told):.2f})")


def _turn(desk: Desk, officer: Officer, content: bytes, times: dict[str, list[float]]) -> None:
    began = time.perf_counter()
    proposal = propose(desk, officer, content, "storm.toml")
    assert isinstance(proposal, Proposal), proposal
    times["shown"].append(time.perf_counter() - began)
    began = time.perf_counter()
    with transaction(desk.connection):
        done = desk.do_within(proposal.command, officer)
    assert isinstance(done, Done)
    times["applied"].append(time.perf_counter() - began)
    broken = sum(one.promise_broken for one in proposal.moved)
    print(f"{len(proposal.moved):,} of the open dossiers move, {broken:,} of them with a printed date")
    times["the bare UPDATE"].append(_bare(desk, proposal))


def _bare(desk: Desk, proposal: Proposal) -> float:
    """The same rows written once more as they are now, committed, with the same room for pages."""
    rows = [(one.dossier,) for one in proposal.moved]
    began = time.perf_counter()
    with roomy(desk.connection), transaction(desk.connection):
        desk.connection.executemany("UPDATE dossier SET due_at = due_at, binding_at = binding_at WHERE id = ?", rows)
    return time.perf_counter() - began


def _station(folder: Path, dossiers: int) -> Desk:
    new = NewDesk("BENCH.1", "Công an phường Đo", 1, "Trần Minh", "2468", _NOW, test=True, demo_clock=True)
    desk = found(folder, new)
    officer = desk.officers.all()[0]
    promise = propose(desk, officer, _COMMITMENT, "commitment.toml")
    assert isinstance(promise, Proposal)
    assert isinstance(apply(desk, officer, promise), Done)
    fill(desk, officer, dossiers, _NOW, _later)
    return desk


def _later(drawn: random.Random, dossier: str, at: datetime) -> Iterator[Command]:
    if drawn.random() < 0.2:
        asked = at + (_NOW - at) * 0.3
        yield Act(dossier, "supplement_requested", asked.replace(microsecond=0), {"reason": "CT01"})
        yield Act(dossier, "supplement_received", (asked + (_NOW - asked) * 0.5).replace(microsecond=0), {})
    elif drawn.random() < 0.375:
        promised = (_NOW + timedelta(days=3)).isoformat()
        yield Act(dossier, "letter_issued", at, {"letter": "receipt", "number": "1", "promised_at": promised})


if __name__ == "__main__":
    main()
