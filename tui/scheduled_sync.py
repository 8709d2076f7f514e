"""Exchanges while the screens are open: a child process now and then, one at a time, no key held up."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from storage.desk import Desk
from storage.sync.schedule import FIRST_BACKOFF, LONGEST_BACKOFF
from tui.i18n import language

_COMMAND = "import sys; from tui.cli.main import main; sys.exit(main())"
_LOOK = 5.0
"""Seconds between two looks at whether an exchange is due."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an exchange ended: the contract's reports by hub, or what the command said instead."""

    hubs: tuple[Mapping[str, Any], ...] = ()
    said: str = ""
    reached: bool = field(default=False)


def delay(failures: int, minutes: int, spread: float) -> float:
    """Seconds until the next exchange; `spread` from 0 to 1 keeps desks from coming together.

    After a failure 30 s, doubling up to 15 min; else the minutes that the desk chose.
    """
    if failures:
        longest = LONGEST_BACKOFF.total_seconds()
        return float(min(longest, FIRST_BACKOFF.total_seconds() * (1 << min(failures - 1, 10))) * (0.5 + spread / 2))
    return minutes * 60 * (0.9 + spread / 10)


class ScheduledSync:
    """Runs `sync --once` as a child process, by the clock and when asked; never two at a time."""

    def __init__(self, desk: Desk, minutes: Callable[[], int], ended: Callable[[], None]) -> None:
        self._desk = desk
        self._minutes = minutes
        self._ended = ended
        self._running = asyncio.Lock()
        self._failures = 0
        self.last: Outcome | None = None

    @property
    def busy(self) -> bool:
        return self._running.locked()

    async def run(self) -> None:
        """Until it is cancelled: an exchange soon after the start, then every so often."""
        loop = asyncio.get_running_loop()
        due = loop.time() + _LOOK
        while True:
            await asyncio.sleep(_LOOK)
            if loop.time() >= due and self._has_hubs():
                await self.now()
                due = loop.time() + delay(self._failures, self._minutes(), random.random())

    async def now(self) -> Outcome:
        """One exchange; where one is going on already, how that one ends."""
        if self._running.locked():
            async with self._running:
                return self.last or Outcome()
        async with self._running:
            self.last = await exchange_in_child(self._desk.folder)
            self._failures = 0 if self.last.reached else self._failures + 1
        self._ended()
        return self.last

    def _has_hubs(self) -> bool:
        return self._desk.connection.execute("SELECT 1 FROM hub LIMIT 1").fetchone() is not None


async def exchange_in_child(folder: Path) -> Outcome:
    """`motcua sync --once --json` on the folder; a child that is cut short leaves nothing half done."""
    words = ("sync", "--once", "--json", "--data", str(folder), "--lang", language())
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _COMMAND,
        *words,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, said = await child.communicate()
    finally:
        if child.returncode is None:
            child.terminate()
    return read_outcome(out, said, child.returncode or 0)


def read_outcome(out: bytes, said: bytes, status: int) -> Outcome:
    """The command's answer; one that is no report says why on stderr."""
    try:
        hubs = json.loads(out).get("hubs", ())
    except ValueError:
        hubs = ()
    return Outcome(tuple(hubs), said.decode("utf-8", "replace").strip(), reached=status == 0)
