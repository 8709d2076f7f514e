"""How far an exchange is: for whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[int, int], None]
"""Told how many events have gone to and fro, and of how many that are known by then."""


@dataclass(slots=True)
class Tally:
    """Counts an exchange's events."""

    progress: Progress | None = None
    done: int = 0
    total: int = 0

    def expect(self, events: int) -> None:
        self.total += events

    def add(self, events: int) -> None:
        self.done += events
        if self.progress is not None:
            self.progress(self.done, max(self.done, self.total))
