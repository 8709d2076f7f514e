"""Messages to citizens while the screens are open: a child process when there is something to do, no key held up."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from time import monotonic

from storage.desk import Desk
from storage.messages import anybody, has_work

_COMMAND = "import sys; from tui.cli.main import main; sys.exit(main())"
_LOOK = 10.0
"""Seconds between two looks at whether there is something to do."""
_AT_LEAST = 1800.0
"""Seconds after which a round is made anyway: a day of reminding comes by itself."""


class ScheduledMessages:
    """Runs `messages send` as a child process; never two at a time."""

    def __init__(self, desk: Desk, command: Callable[[], Sequence[str]]) -> None:
        self._desk = desk
        self._command = command
        self._seen = 0
        self._last = -_AT_LEAST

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await asyncio.sleep(_LOOK)
            if self.due():
                await self.round()

    def due(self) -> bool:
        """Whether a round has something to do, or was long not made."""
        sending = bool(self._command())
        work, self._seen = has_work(self._desk.connection, self._desk.now(), self._seen, sending=sending)
        return work or (monotonic() - self._last >= _AT_LEAST and anybody(self._desk.connection))

    async def round(self) -> None:
        """One round; what it wrote is seen as any other process's writing is."""
        self._last = monotonic()
        await send_in_child(self._desk)


async def send_in_child(desk: Desk) -> int:
    """`motcua messages send` on the folder; one that is cut short has lost nothing. Answers its exit status.

    A demo's clock runs on in this process alone: the child gets its time from here.
    """
    now = {"MOTCUA_NOW": desk.now().isoformat()} if desk.identity.test else {}
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _COMMAND,
        *("messages", "send", "--json", "--data", str(desk.folder)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env=os.environ | now,
    )
    try:
        return await child.wait()
    finally:
        if child.returncode is None:
            child.terminate()
