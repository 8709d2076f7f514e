"""How fast the handover's sheet is made, of one officer and of a whole station.

    python -m tests.bench.handover [--dossiers 5000] [--place FOLDER] [--rounds 15]

A station is founded and takes in dossiers over fifteen days, most of them of one officer: one in five waits for papers,
one in ten lies ready, one in twelve holds an original. Then the sheet is made as F5 makes it, and signed over.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.decisions import Act, TakeIn
from core.moments import LEGAL_TIME
from core.station import AddOfficer
from storage.desk import Command, Desk, Done
from storage.founding import NewDesk, found
from storage.handover import hand_over
from storage.officers import Officer
from storage.sheet import sheet_now

_NOW = datetime(2026, 11, 27, 16, 30, tzinfo=LEGAL_TIME)
_BEGAN, _BEFORE = _NOW - timedelta(days=20), _NOW - timedelta(days=1)
_PROCEDURES = ("permanent-residence", "identity-card", "temporary-residence", "household-split")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--dossiers", type=int, default=5_000)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--place", type=Path, help="keep the station here, and use the one that is there")
    args = options.parse_args()
    os.environ["MOTCUA_NOW"] = _NOW.isoformat()
    machine = f"{os.cpu_count()} cores · {platform.machine()}"
    print(f"{datetime.now(UTC):%Y-%m-%d} · Python {platform.python_version()} · {machine} · synchronous=FULL")
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.place or Path(scratch) / "desk"
        desk = Desk.open(folder) if folder.exists() else _station(folder, args.dossiers)
        sender, receiver = desk.officers.all()[:2]
        for name, officer in (("one officer", sender), ("the station", None)):
            sheet = sheet_now(desk, officer)
            told = [_timed(desk, officer) for _ in range(args.rounds)]
            spread = f"{min(told):.0f}–{max(told):.0f}"
            print(f"sheet of {name}, {len(sheet.dossiers):,} dossiers: {statistics.median(told):.0f} ms ({spread})")
        began = time.perf_counter()
        assert isinstance(hand_over(desk, sender, receiver), str)
        print(f"signed over, durable: {(time.perf_counter() - began) * 1000:.0f} ms")


def _timed(desk: Desk, officer: Officer | None) -> float:
    began = time.perf_counter()
    sheet_now(desk, officer)
    return (time.perf_counter() - began) * 1000


def _station(folder: Path, dossiers: int) -> Desk:
    new = NewDesk("BENCH.1", "Công an phường Đo", 1, "Trần Minh", "2468", _BEGAN, test=True)
    os.environ["MOTCUA_NOW"] = _BEFORE.isoformat()
    desk = found(folder, new)
    officer = desk.officers.all()[0]
    added = AddOfficer(desk.new_id(), "zz", "Lê Hà", ("front_desk",), desk.sealed_verifier("2468"), _BEFORE)
    assert isinstance(desk.do(added, officer), Done)
    commands = list(_commands(desk, dossiers))
    for start in range(0, len(commands), 5_000):
        for answer in desk.do_all(commands[start : start + 5_000], officer):
            assert isinstance(answer, Done), answer
    desk.close()
    os.environ["MOTCUA_NOW"] = _NOW.isoformat()
    return Desk.open(folder)


def _commands(desk: Desk, dossiers: int) -> Iterator[Command]:
    drawn = random.Random(7)
    for _ in range(dossiers):
        dossier = desk.new_id()
        at = _NOW - timedelta(hours=drawn.randrange(25, 15 * 24))
        facts = {
            "procedure": drawn.choices(_PROCEDURES, (45, 25, 20, 10))[0],
            "applicant": {"kind": "citizen", "name": "Trần Thị Hồng"},
            "channel": "counter",
        }
        yield TakeIn(dossier, "received", at, facts, imported=True)
        part = drawn.random()
        if part < 0.2:
            yield Act(dossier, "supplement_requested", at + timedelta(hours=1), {"items": ["CT01"]})
        elif part < 0.3:
            yield Act(dossier, "result_ready", at + timedelta(hours=1), {})
        elif part < 0.38:
            yield Act(dossier, "original_taken", at + timedelta(hours=1), {"paper": "Hộ chiếu"})


if __name__ == "__main__":
    main()
