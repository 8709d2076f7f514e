"""Telling a scanner's burst from typing, without losing a key of either."""

from __future__ import annotations

import unicodedata
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import events
from textual.message import Message
from textual.timer import Timer

from tui.widgets.inputs import KeyedInput
from tui.widgets.keyed import TypeAhead, deliver

GAP = 0.03
"""Seconds between two keys of a scanner at most; a person is slower."""
QUIET = 0.08
"""Seconds of silence that end a scan which sends no Enter."""
LONG = 20
"""Characters that make a burst a scan by themselves."""
ENDED = 8
"""Characters that make a burst a scan when Enter follows as fast."""


class Scanned(Message):
    """A scanner read `text`; `keys` are the keys it sent, for `ScanCatcher.type_out`."""

    def __init__(self, keys: list[events.Key], ended: events.Key | None) -> None:
        super().__init__()
        self.text = unicodedata.normalize("NFC", "".join(key.character or "" for key in keys))
        self.keys = [*keys, ended] if ended else keys


class ScanCatcher(TypeAhead):
    """A screen that wants scans as `Scanned` messages (`on_scanned`) and not as text in some field.

    A mixin, named before `Screen`. The first character of a burst is typed at once, as a person's would
    be, and taken back if a scan follows; the others wait until it is clear what they are. On a table,
    where a letter is a command, the first one waits too.
    """

    catches_scans = True
    """Set to False while a scan should be typed into the field that has the focus."""

    if TYPE_CHECKING:

        def set_timer(self, delay: float, callback: Any) -> Timer: ...

        def post_message(self, message: Message) -> bool: ...

    _held: tuple[events.Key, ...] = ()
    _first: events.Key | None = None
    _origin: tuple[KeyedInput, str, Any] | None = None
    _last = float("-inf")
    _waiting: Timer | None = None

    async def catch_key(self, event: events.Key) -> bool:
        if not self.catches_scans or self.focused is None:
            return False
        fast = event.time - self._last <= GAP
        self._last = event.time
        if not fast:
            await self._settle()
        if event.is_printable and event.character:
            return self._go_on(event) if fast and self._burst else self._begin(event)
        if fast and event.key == "enter" and len(self._burst) >= ENDED:
            await self._scanned(event)
            return True
        await self._settle()
        return False

    async def take_scan(self, scan: Scanned) -> None:
        """Use a scan, before any key that came after it is used; unless it is overridden, told as a message."""
        self.post_message(scan)

    async def type_out(self, scan: Scanned) -> None:
        """It was no scan after all, or none for this screen: type its keys where the focus is."""
        for key in scan.keys:
            await deliver(self.app, key)

    @property
    def _burst(self) -> list[events.Key]:
        return [*([self._first] if self._first else []), *self._held]

    def _begin(self, event: events.Key) -> bool:
        field = self.focused
        self._first, self._origin = None, None
        if isinstance(field, KeyedInput):
            self._first, self._origin = event, (field, field.value, field.selection)
            return False
        if event.key == "space":
            return False
        return self._go_on(event)

    def _go_on(self, event: events.Key) -> bool:
        self._held = (*self._held, event)
        if self._waiting is None:
            self._wait()
        return True

    def _wait(self) -> None:
        delay = QUIET if len(self._held) > 1 else GAP + 0.005
        self._waiting = self.set_timer(delay, partial(self._quiet, len(self._held)))

    async def _quiet(self, seen: int) -> None:
        """Nothing more came while the timer ran (it runs again where something did)."""
        self._waiting = None
        if len(self._held) > seen:
            self._wait()
        else:
            await self._settle()

    async def _settle(self) -> None:
        """The burst is over: a scan if it is long enough, else what waits is typed."""
        if len(self._burst) >= LONG:
            await self._scanned(None)
            return
        held, self._held, self._first = self._held, (), None
        for event in held:
            await deliver(self.app, event)

    async def _scanned(self, ended: events.Key | None) -> None:
        burst, origin = self._burst, self._origin
        self._held, self._first, self._origin = (), None, None
        if origin is not None:
            field, field.value, field.selection = origin[0], origin[1], origin[2]
        await self.take_scan(Scanned(burst, ended))
