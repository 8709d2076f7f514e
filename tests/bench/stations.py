"""The station that benchmarks measure: founded, and with dossiers of four procedures taken in over fifteen days."""

from __future__ import annotations

import argparse
import os
import platform
import random
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.decisions import TakeIn
from storage.desk import Command, Desk, Done
from storage.officers import Officer

_PROCEDURES = ("permanent-residence", "identity-card", "temporary-residence", "household-split")
_AT_ONCE = 5_000

Later = Callable[[random.Random, str, datetime], Iterable[Command]]
"""What happens to a dossier (id) after it was taken in at a moment."""


def print_machine() -> None:
    """On what it is measured."""
    machine = f"{os.cpu_count()} cores · {platform.machine()}"
    print(f"{datetime.now(UTC):%Y-%m-%d} · Python {platform.python_version()} · {machine} · synchronous=FULL")


@contextmanager
def measuring(about: str | None, now: datetime, **numbers: int) -> Iterator[tuple[argparse.Namespace, Path]]:
    """A bench's options (`numbers`: their defaults), the machine printed, the clock held, and its station's folder."""
    options = argparse.ArgumentParser(description=about)
    for name, usual in numbers.items():
        options.add_argument(f"--{name}", type=int, default=usual)
    options.add_argument("--place", type=Path, help="keep the station here, and use the one that is there")
    args = options.parse_args()
    os.environ["MOTCUA_NOW"] = now.isoformat()
    print_machine()
    with tempfile.TemporaryDirectory() as scratch:
        yield args, args.place or Path(scratch) / "desk"


def fill(desk: Desk, officer: Officer, dossiers: int, until: datetime, later: Later) -> None:
    """Take in that many dossiers in the fifteen days till `until`; the same ones each time."""
    commands = list(_commands(desk, dossiers, until, later))
    for start in range(0, len(commands), _AT_ONCE):
        for answer in desk.do_all(commands[start : start + _AT_ONCE], officer):
            assert isinstance(answer, Done), answer


def _commands(desk: Desk, dossiers: int, until: datetime, later: Later) -> Iterator[Command]:
    drawn = random.Random(7)
    for _ in range(dossiers):
        dossier = desk.new_id()
        at = until - timedelta(hours=drawn.randrange(1, 15 * 24))
        facts = {
            "procedure": drawn.choices(_PROCEDURES, (45, 25, 20, 10))[0],
            "applicant": {"kind": "citizen", "name": "Trần Thị Hồng"},
            "channel": "counter",
        }
        yield TakeIn(dossier, "received", at, facts, imported=True)
        yield from later(drawn, dossier, at)
