"""Telling a scanner's burst from typing, without losing a key of either."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual import events
from textual.timer import Timer
from textual.widget import Widget

from tui.widgets.inputs import KeyedInput
from tui.widgets.keyed import TypeAhead, deliver
from tui.widgets.pace import ENDED, GAP, LONG, PAUSE

QUIET = 0.08
"""Seconds of silence after which keys that may be a scanner's are typed."""


@dataclass(slots=True)
class _Burst:
    """Characters in a row, none of them more than a pause after the one before."""

    keys: tuple[events.Key, ...] = ()
    typed: int = 0
    """How many of them stand in a field already."""
    before: tuple[tuple[KeyedInput, str, Any], ...] = ()
    """The fields that they were typed into, as they were."""
    run: int = 0
    """How many came without a gap up to the last one."""
    longest: int = 0
    """How many came without a gap at most."""

    def add(self, event: events.Key) -> None:
        self.keys = (*self.keys, event)
        self.run += 1
        self.longest = max(self.longest, self.run)

    def remember(self, field: Widget | None) -> None:
        """Note a field as it is before the next key is typed into it."""
        if isinstance(field, KeyedInput) and all(field is not one for one, _, _ in self.before):
            self.before = (*self.before, (field, field.value, field.selection))


class ScanCatcher(TypeAhead):
    """A screen that uses scans by `take_scan` and does not want them as text in some field.

    A mixin, named before `Screen`. The first character of a burst is typed at once, as a person's would
    be, and taken back if a scan follows; the others wait until it is clear what they are. On a table,
    where a letter is a command, the first one waits too. A burst that was torn by a pause is one scan with
    what was typed of it before the pause.
    """

    if TYPE_CHECKING:

        def set_timer(self, delay: float, callback: Any) -> Timer: ...

        def set_focus(self, widget: Widget | None) -> None: ...

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._burst = _Burst()
        self._last = float("-inf")
        self._waiting: Timer | None = None

    async def catch_key(self, event: events.Key) -> bool:
        if self.focused is None:
            return False
        gap, self._last = event.time - self._last, event.time
        if gap > PAUSE:
            await self._end()
        elif gap > GAP:
            self._burst.run = 0
            await self._settle()
        if event.is_printable and event.character:
            return self._keeps(event)
        if event.key == "enter" and self._burst.longest >= ENDED:
            await self._scanned()
            return True
        await self._end()
        return False

    async def take_scan(self, text: str) -> None:
        """Use what a scanner read, before any key that came after it is used."""
        raise NotImplementedError

    def _keeps(self, event: events.Key) -> bool:
        """Let a character be typed, or keep it until it is clear what it is."""
        burst = self._burst
        waits = burst.typed < len(burst.keys)
        if not waits and burst.run == 0 and self._is_typed_at_once(event):
            return False
        burst.add(event)
        if self._waiting is None:
            self._wait(QUIET if waits else GAP + 0.005)
        return True

    def _is_typed_at_once(self, event: events.Key) -> bool:
        if isinstance(self.focused, KeyedInput):
            self._burst.remember(self.focused)
            self._burst.add(event)
            self._burst.typed = len(self._burst.keys)
            return True
        return event.key == "space"

    def _wait(self, delay: float) -> None:
        seen, late = self._burst.keys, monotonic() + delay + GAP
        self._waiting = self.set_timer(delay, partial(self._quiet, seen, late, paused=delay >= PAUSE))

    async def _quiet(self, seen: tuple[events.Key, ...], late: float, *, paused: bool) -> None:
        """Nothing more came while the timer ran (it runs again where something did, or may wait to be looked at)."""
        self._waiting = None
        if not self._burst.keys:
            return
        if self._burst.keys is not seen or monotonic() > late:
            self._wait(QUIET)
        elif self._burst.longest < LONG:
            await self._settle()
        elif paused:
            await self._end()
        else:
            self._wait(PAUSE)

    async def _settle(self) -> None:
        """Type what waits, unless it is a scan already, of which the rest is still to come."""
        burst = self._burst
        if burst.longest >= LONG:
            return
        held, burst.typed = burst.keys[burst.typed :], len(burst.keys)
        for event in held:
            burst.remember(self.focused)
            await deliver(self.app, event)

    async def _end(self) -> None:
        """The burst is over: a scan if it is long enough, else what waits is typed."""
        if self._burst.longest >= LONG:
            await self._scanned()
            return
        await self._settle()
        self._burst = _Burst()

    async def _scanned(self) -> None:
        burst, self._burst = self._burst, _Burst()
        for field, value, selection in reversed(burst.before):
            field.value, field.selection = value, selection
            self.set_focus(field)
        await self.take_scan(unicodedata.normalize("NFC", "".join(key.character or "" for key in burst.keys)))
