"""Exchanges while the screens are open: a child process now and then, one at a time, no key held up."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import Any

from core.moments import LEGAL_TIME
from storage.desk import Desk
from storage.sync.schedule import next_run
from storage.sync.tally import Progress
from tui.i18n import language

_COMMAND = "import sys; from tui.cli.main import main; sys.exit(main())"
PROGRESS_LINES = "MOTCUA_PROGRESS_LINES"
"""Set for a child: it tells how far it is, a line «done total» on stderr each time."""
_FAR = re.compile(rb"\d+ \d+")
_LOOK = 5.0
"""Seconds between two looks at whether an exchange is due."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an exchange ended: the contract's reports by hub, or what the command said instead."""

    hubs: tuple[Mapping[str, Any], ...] = ()
    said: str = ""
    reached: bool = field(default=False)


class ScheduledSync:
    """Runs `sync --once` as a child process, by the clock and when asked; never two at a time."""

    def __init__(self, desk: Desk, minutes: Callable[[], int], ended: Callable[[], None], moved: Progress) -> None:
        self._desk = desk
        self._minutes = minutes
        self._ended = ended
        self._moved = moved
        self._running = asyncio.Lock()
        self._failures = 0
        self._random = Random()
        self.last: Outcome | None = None

    @property
    def busy(self) -> bool:
        return self._running.locked()

    async def run(self) -> None:
        """Until it is cancelled: an exchange soon after the start, then by the minutes that the desk chose.

        It looks at the wall clock again and again: a machine that slept runs what it missed, once.
        """
        due: datetime | None = datetime.now(LEGAL_TIME)
        while due is not None:
            await asyncio.sleep(_LOOK)
            if datetime.now(LEGAL_TIME) >= due and self._has_hubs():
                last = datetime.now(LEGAL_TIME)
                await self.now()
                rule = f"FREQ=MINUTELY;INTERVAL={self._minutes()}"
                now = datetime.now(LEGAL_TIME)
                due = await asyncio.to_thread(next_run, rule, now, last, self._failures, self._random)

    async def now(self) -> Outcome:
        """One exchange; where one is going on already, how that one ends."""
        if self._running.locked():
            async with self._running:
                return self.last or Outcome()
        async with self._running:
            self.last = await exchange_in_child(self._desk.folder, self._moved)
            self._failures = 0 if self.last.reached else self._failures + 1
        self._ended()
        return self.last

    def _has_hubs(self) -> bool:
        return self._desk.connection.execute("SELECT 1 FROM hub LIMIT 1").fetchone() is not None


async def exchange_in_child(folder: Path, moved: Progress) -> Outcome:
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
        env={**os.environ, PROGRESS_LINES: "1"},
    )
    assert child.stdout is not None and child.stderr is not None
    try:
        out, said = await asyncio.gather(child.stdout.read(), _listen(child.stderr, moved))
        await child.wait()
    finally:
        if child.returncode is None:
            child.terminate()
    return read_outcome(out, said, child.returncode or 0)


async def _listen(stream: asyncio.StreamReader, moved: Progress) -> bytes:
    """What the child says, without the lines that tell how far it is."""
    said = b""
    while line := await stream.readline():
        if _FAR.fullmatch(line.strip()):
            moved(*map(int, line.split()))
        else:
            said += line
    return said


def read_outcome(out: bytes, said: bytes, status: int) -> Outcome:
    """The command's answer; one that is no report says why on stderr."""
    try:
        hubs = json.loads(out).get("hubs", ())
    except ValueError:
        hubs = ()
    return Outcome(tuple(hubs), said.decode("utf-8", "replace").strip(), reached=status == 0)
