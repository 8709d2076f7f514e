"""Desks that meet, beside TaskChampion, PouchDB and bare COPY: tables for docs/benchmarks.md.

    python -m tests.bench.sync [--rounds 5] [--only meet parts line cuts bootstrap bundle] [--dossiers 10000]
                               [--edited 2000] [--events 50000] [--backlog 10000] [--bootstrap 500000]

Every round runs every system once, each in a process of its own, ours with a folder and with a PostgreSQL of our own on
TCP loopback. Peers are not installed with us: MOTCUA_BENCH_TASKCHAMPION names a Python with `taskchampion3-py-dev`,
MOTCUA_BENCH_POUCHDB a folder where `npm install pouchdb@9 leveldown@6` was run. What is missing is said and left out.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench import sync_server, sync_tables
from tests.bench.sync_line import NEAR, Kind, Line, flapping, line, possible

SIZES = (5000, 500)
SLOW = {control: Kind(rate=1e6, round_trip=0.3, loss=0.02, control=control) for control in ("cubic", "bbr")}
CUTS = ((5000, 40, 5), (1000, 15, 5))
"""Batches of so many events over a line that is there for so many seconds, then away for so many."""
_HERE = Path(__file__).parent
_OURS = ("-m", "tests.bench.sync_ours")


@dataclass
class Bench:
    """What all parts share: the options, the server's port, a scratch folder, and the results by system."""

    args: argparse.Namespace
    port: int
    scratch: Path
    found: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def run(self, system: str, words: list[str], env: dict[str, str] | None = None) -> Any:
        """One process of a system; what it prints is one round's result, or a list of them. It is kept and answered."""
        done = subprocess.run(words, env={**os.environ, **(env or {})}, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"{system} failed:\n{done.stderr[-2000:]}")
        found = json.loads(done.stdout)
        self.found.setdefault(system, []).extend(found if isinstance(found, list) else [found])
        return found

    def ours(self, system: str, name: str, *numbers: int) -> None:
        """A process of ours with a fresh station, at a fresh hub of the kind that the system's name says."""
        url = f"folder:{self.place('hub')}" if "folder" in system else self.database("hub")
        words = [sys.executable, *_OURS, name, url, str(self.place("desks")), *map(str, numbers)]
        self.run(system, words)

    def copy(self, system: str, events: int, per_commit: int) -> None:
        words = [sys.executable, "-m", "tests.bench.sync_copy", self.database("copy"), str(events), str(per_commit)]
        self.run(system, words)

    def place(self, name: str) -> Path:
        """An empty folder."""
        path = self.scratch / name
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir()
        return path

    def database(self, name: str) -> str:
        return sync_server.new_database(self.port, name)


def main() -> None:
    args = _arguments()
    print(f"{datetime.now(UTC):%Y-%m-%d} · {os.cpu_count()} cores · {platform.machine()} · {platform.system()}")
    print(f"Python {platform.python_version()} · {sync_server.versions()} · {args.rounds} rounds")
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as scratch, sync_server.server() as port:
        for name in args.only:
            bench = Bench(args, port, Path(scratch))
            PARTS[name](bench)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--dossiers", type=int, default=10_000)
    parser.add_argument("--edited", type=int, default=2000)
    parser.add_argument("--events", type=int, default=50_000)
    parser.add_argument("--backlog", type=int, default=10_000)
    parser.add_argument("--bootstrap", type=int, nargs="+", default=[500_000, 1_000_000])
    return parser.parse_args()


def _meet(bench: Bench) -> None:
    """W1 to W4, the same work for every system."""
    args = bench.args
    taskchampion, pouchdb = _peer("MOTCUA_BENCH_TASKCHAMPION"), _peer("MOTCUA_BENCH_POUCHDB")
    numbers = (str(args.dossiers), str(args.edited))
    for _ in range(args.rounds):
        for system in ("ours, folder", "ours, PostgreSQL"):
            bench.ours(system, "meet", args.dossiers, args.edited)
        if taskchampion:
            words = [taskchampion, str(_HERE / "peer_taskchampion.py"), *numbers, str(bench.place("peer"))]
            bench.run("TaskChampion", words)
        if pouchdb:
            words = ["node", str(_HERE / "peer_pouchdb.cjs"), *numbers, str(bench.place("peer"))]
            bench.run("PouchDB", words, {"NODE_PATH": str(Path(pouchdb) / "node_modules")})
    sync_tables.meet(bench.found, args.dossiers, args.edited)


def _peer(name: str) -> str | None:
    found = os.environ.get(name)
    if not found or not Path(found).exists():
        print(f"\n!!! {name} names nothing that is there: THIS PEER IS MISSING from the tables below.")
        return None
    return found


def _parts(bench: Bench) -> None:
    """W2 step by step, beside bare COPY of the same rows."""
    args = bench.args
    for _ in range(args.rounds):
        for size in SIZES:
            for system in ("ours, folder", "ours, PostgreSQL"):
                bench.ours(f"{system}, {size:,}", "parts", args.events, size)
            bench.copy(f"bare COPY, {size:,}", args.events, size)
    sync_tables.parts(bench.found)


def _line(bench: Bench) -> None:
    """W5: a week's backlog through the slow line, beside bare COPY of the same rows (once, for it takes minutes)."""
    if not possible():
        return
    for control, kind in SLOW.items():
        url = _from_far(bench.database("copy"))
        with line(kind) as way:
            words = [*way.far, sys.executable, "-m", "tests.bench.sync_copy", url, str(bench.args.backlog), "5000"]
            found = bench.run(f"{control}, bare COPY", words)
            found["wire"], found["wire_back"] = way.carried()
    for _ in range(bench.args.rounds):
        for control, kind in SLOW.items():
            with line(kind) as way:
                _carry(bench, way, control, SIZES[0])
    sync_tables.line(bench.found, SLOW["cubic"], bench.args.backlog)


def _cuts(bench: Bench) -> None:
    """W5 where the line breaks again and again, and with it every connection."""
    if not possible():
        return
    kind = SLOW["cubic"]
    for _ in range(bench.args.rounds):
        for size, up, down in CUTS:
            with line(kind) as way, flapping(way, up, down):
                _carry(bench, way, f"{up} s there and {down} s away", size)
    sync_tables.line(bench.found, kind, bench.args.backlog)


def _carry(bench: Bench, way: Line, name: str, size: int) -> None:
    """Desk A sends its backlog in batches of `size`, desk B takes it, then A has nothing to say."""
    near, desks = bench.database("hub"), bench.place("desks")
    bench.run("made", [sys.executable, *_OURS, "backlog", near, str(desks), str(bench.args.backlog), str(size)])
    for what, desk, direction in (("A sends", 1, 0), ("B takes", 2, 1), ("A has nothing to say", 1, 0)):
        before = way.carried()[direction]
        words = [*way.far, sys.executable, *_OURS, "carry", _from_far(near), str(desks), str(desk)]
        found = bench.run(f"{name}, batches of {size:,}: {what}", words)
        found["wire"] = way.carried()[direction] - before


def _from_far(url: str) -> str:
    return url.replace("127.0.0.1", NEAR)


def _bootstrap(bench: Bench) -> None:
    """W6: a new desk takes a long history."""
    for events in bench.args.bootstrap:
        bench.ours(f"ours, PostgreSQL, {events:,}", "bootstrap", events, bench.args.rounds)
    sync_tables.bootstrap(bench.found)


def _bundle(bench: Bench) -> None:
    """The same events by a medium."""
    for _ in range(bench.args.rounds):
        words = [sys.executable, "-m", "tests.bench.sync_bundle", f"folder:{bench.place('hub')}"]
        bench.run("bundle", [*words, str(bench.place("desks")), str(bench.args.events)])
    sync_tables.bundle(bench.found["bundle"])


PARTS: dict[str, Callable[[Bench], None]] = {
    "meet": _meet,
    "parts": _parts,
    "line": _line,
    "cuts": _cuts,
    "bootstrap": _bootstrap,
    "bundle": _bundle,
}

if __name__ == "__main__":
    main()
