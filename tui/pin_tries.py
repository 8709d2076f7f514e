"""Wrong PINs in a row, over all screens that ask for one: after three there is a pause."""

from __future__ import annotations

import time

from tui.i18n import tr

_TRIES = 3
_PAUSE = 5.0


class PinTries:
    """One session's count."""

    def __init__(self) -> None:
        self._wrong = 0
        self._closed_until = 0.0

    def wait(self) -> int:
        """Seconds till the next PIN is looked at; 0: now."""
        left = self._closed_until - time.monotonic()
        return int(left) + 1 if left > 0 else 0

    def missed(self) -> int:
        """Another wrong one: how many tries are left before the pause, which begins at 0."""
        self._wrong += 1
        if self._wrong < _TRIES:
            return _TRIES - self._wrong
        self._wrong = 0
        self._closed_until = time.monotonic() + _PAUSE
        return 0

    def missed_words(self) -> str:
        """`missed`, as a sentence: how often it may still be tried, or how long to wait."""
        left = self.missed()
        return tr("sign_in.wrong", left=left) if left else tr("sign_in.wait", seconds=self.wait())

    def held(self) -> None:
        """A right one: the count begins anew."""
        self._wrong = 0
