"""How fast the desk answers: first paint, key to paint (also during an import), a durable intake, a new demo.

    python -m tests.bench.desk [--dossiers 100000] [--import 50000] [--keys 300]

Runs the real command in a real pseudo-terminal (100x30) on a demo station made in a temporary folder. A key's time is
taken twice, from writing its bytes: to the end of the first burst that answers it (the cursor and its row; a gap of
6 ms ends it), and to the last byte before a silence of 40 ms, with the preview, which comes a frame later.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from core.decisions import TakeIn
from storage.desk import Desk
from tests.bench.keyboard import Times, opened, press, report, report_keys, signed_in

_KEYS = (b"\x1b[B", b"\x1b[B", b"\x1b[A", b"\x1b[6~", b"\x1b[B", b"\x1b[5~")
_NAMES = ("Nguyễn Thị Hồng Đào", "Phạm Gia Bảo", "Đặng Văn Đạt", "Lê Ngọc Ánh", "H'Hen Niê", "Trần Hữu Phúc")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--dossiers", type=int, default=100_000)
    options.add_argument("--import", dest="imported", type=int, default=50_000)
    options.add_argument("--keys", type=int, default=300)
    options.add_argument("--place", type=Path, help="keep the demo stations here, and use those that are there")
    args = options.parse_args()
    machine = f"{os.cpu_count()} cores · {platform.machine()}"
    print(f"{datetime.now(UTC):%Y-%m-%d} · Python {platform.python_version()} · {machine}")
    with tempfile.TemporaryDirectory() as scratch:
        place = args.place or Path(scratch)
        small, large = place / "small", place / f"large-{args.dossiers}"
        took = _timed(lambda: _demo(small, 2000))
        print(f"demo of 2,000 dossiers, two desks, from the command to its end: {took:.2f} s")
        took = _timed(lambda: _demo(large, args.dossiers))
        print(f"demo of {args.dossiers:,} dossiers: {took:.0f} s")
        for folder, label in ((small, "2,000"), (large, f"{args.dossiers:,}")):
            report(f"first paint of an existing folder, {label} dossiers", [_first_paint(folder) for _ in range(7)])
        report("a durable intake through the desk (synchronous=FULL)", _intakes(large, 300))
        officer = _officer(large)
        report_keys(f"queue of {args.dossiers:,}", _keys(large, officer, args.keys))
        rows = Path(scratch) / "rows.jsonl"
        _write_rows(rows, args.imported)
        importing = _import(large, officer, rows)
        report_keys(f"while {args.imported:,} dossiers are imported", _keys(large, officer, args.keys))
        print(f"the import was {'still running' if importing.poll() is None else 'over'} when the keys ended")
        began = time.perf_counter()
        importing.wait()
        print(f"the import ended {time.perf_counter() - began:.0f} s later with status {importing.returncode}")


def _timed(work: object) -> float:
    began = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - began


def _demo(folder: Path, dossiers: int) -> None:
    if (folder / "demo.json").exists():
        return
    command = [sys.executable, "-m", "tui.cli.main", "demo", "--headless", "--dossiers", str(dossiers)]
    done = subprocess.run([*command, "--data", str(folder)], check=True, capture_output=True)
    (folder / "demo.json").write_bytes(done.stdout)


def _officer(folder: Path) -> dict[str, str]:
    return json.loads((folder / "demo.json").read_text("utf-8"))["officers"][0]


def _first_paint(folder: Path) -> float:
    began = time.perf_counter()
    with opened(folder) as terminal:
        terminal.wait(lambda seen: "QUẦY" in seen.text or "DESK" in seen.text)
        return (time.perf_counter() - began) * 1000


def _keys(folder: Path, officer: dict[str, str], count: int) -> list[Times]:
    with signed_in(folder, officer["code"], officer["pin"]) as terminal:
        return [press(terminal, _KEYS[place % len(_KEYS)]) for place in range(count)]


def _intakes(folder: Path, count: int) -> list[float]:
    desk = Desk.open(folder)
    officer = desk.officers.get(_officer(folder)["id"])
    assert officer is not None
    times = []
    for place in range(count):
        facts = {"procedure": "temporary-residence", "applicant": {"kind": "citizen", "name": _NAMES[place % 6]}}
        began = time.perf_counter()
        desk.do(TakeIn(desk.new_id(), "received", desk.now(), facts), officer)
        times.append((time.perf_counter() - began) * 1000)
    desk.close()
    return times


def _write_rows(path: Path, count: int) -> None:
    picked = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        for _ in range(count):
            number = f"048{picked.choice('01')}{picked.randrange(60, 99)}{picked.randrange(10**6):06d}"
            row = {
                "procedure": "temporary-residence",
                "applicant_name": picked.choice(_NAMES),
                "applicant_number": number,
            }
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def _import(folder: Path, officer: dict[str, str], rows: Path) -> subprocess.Popen[bytes]:
    words = ["-m", "tui.cli.main", "intake", str(rows), "--data", str(folder), "--as", officer["code"]]
    environment = {**os.environ, "MOTCUA_PIN": officer["pin"]}
    return subprocess.Popen([sys.executable, *words], env=environment, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
