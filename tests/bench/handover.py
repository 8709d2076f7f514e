"""How fast the handover's sheet is made, of one officer and of a whole station.

    python -m tests.bench.handover [--dossiers 5000] [--place FOLDER] [--rounds 15]

A station is founded and takes in dossiers over fifteen days, most of them of one officer: one in five waits for papers,
one in ten lies ready, one in twelve holds an original. Then the sheet is made as F5 makes it, and signed over.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from core.decisions import Act
from core.moments import LEGAL_TIME
from core.station import AddOfficer
from storage.desk import Command, Desk, Done
from storage.founding import NewDesk, found
from storage.handover import hand_over
from storage.officers import Officer
from storage.sheet import sheet_now
from tests.bench.stations import fill, measuring

_NOW = datetime(2026, 11, 27, 16, 30, tzinfo=LEGAL_TIME)
_BEGAN, _BEFORE = _NOW - timedelta(days=20), _NOW - timedelta(days=1)


def main() -> None:
    with measuring(__doc__, _NOW, dossiers=5_000, rounds=15) as (args, folder):
        desk = Desk.open(folder) if folder.exists() else _station(folder, args.dossiers)
        sender, receiver = desk.officers.all()[:2]
        for name, officer in (("one officer", sender), ("the station", None)):
            sheet = sheet_now(desk, officer)
            told, own = zip(*(_timed(desk, officer) for _ in range(args.rounds)), strict=True)
            spread = f"{min(told):.0f}–{max(told):.0f}; of the processor {min(own):.0f}"
            print(f"sheet of {name}, {len(sheet.dossiers):,} dossiers: {statistics.median(told):.0f} ms ({spread})")
        began = time.perf_counter()
        assert isinstance(hand_over(desk, sender, receiver), str)
        print(f"signed over, durable: {(time.perf_counter() - began) * 1000:.0f} ms")


def _timed(desk: Desk, officer: Officer | None) -> tuple[float, float]:
    """Milliseconds on the wall, and of the processor: those tell most on a machine that others use."""
    began, own = time.perf_counter(), time.process_time()
    sheet_now(desk, officer)
    return (time.perf_counter() - began) * 1000, (time.process_time() - own) * 1000


def _station(folder: Path, dossiers: int) -> Desk:
    new = NewDesk("BENCH.1", "Công an phường Đo", 1, "Trần Minh", "2468", _BEGAN, test=True)
    os.environ["MOTCUA_NOW"] = _BEFORE.isoformat()
    desk = found(folder, new)
    officer = desk.officers.all()[0]
    added = AddOfficer(desk.new_id(), "zz", "Lê Hà", ("front_desk",), desk.sealed_verifier("2468"), _BEFORE)
    assert isinstance(desk.do(added, officer), Done)
    fill(desk, officer, dossiers, _BEFORE, _later)
    desk.close()
    os.environ["MOTCUA_NOW"] = _NOW.isoformat()
    return Desk.open(folder)


def _later(drawn: random.Random, dossier: str, at: datetime) -> Iterator[Command]:
    part = drawn.random()
    if part < 0.2:
        yield Act(dossier, "supplement_requested", at + timedelta(hours=1), {"items": ["CT01"]})
    elif part < 0.3:
        yield Act(dossier, "result_ready", at + timedelta(hours=1), {})
    elif part < 0.38:
        yield Act(dossier, "original_taken", at + timedelta(hours=1), {"paper": "Hộ chiếu"})


if __name__ == "__main__":
    main()
