"""Questions to the desk's file from a thread, by a connection of its own: no key waits for the answer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

from core.answers import InvalidInput
from storage.database import Connection, Interrupted, officer_errors
from storage.folder import open_folder
from storage.repeats import read_ahead

_STEPS = 2000
"""Of the engine, between two looks at whether something newer was asked: some 0.1 ms."""
_AHEAD = "ahead"
_T = TypeVar("_T")


def ask_aside(folder: Path, ask: Callable[[Connection], _T]) -> _T | InvalidInput:
    """What `ask` finds, or why the file can't be read."""
    try:
        connection, _ = open_folder(folder)
        with closing(connection), officer_errors():
            return ask(connection)
    except InvalidInput as error:
        return error


class Reader:
    """One question after another, each the newest of its asker: one that is overtaken is broken off, unanswered.

    Its connection stays, and with it the pages that were read last.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread = ThreadPoolExecutor(1, "reader")
        self._connection: Connection | None = None
        self._newest: dict[str, int] = {}

    def ask(self, asker: str, ask: Callable[[Connection], _T], tell: Callable[[_T | InvalidInput], object]) -> None:
        """Let `ask` read; `tell`, which the thread calls, is told what it found or why the file can't be read."""
        self._newest[_AHEAD] = self._newest.get(_AHEAD, 0) + 1
        self._newest[asker] = number = self._newest.get(asker, 0) + 1

        def answer() -> None:
            with suppress(Interrupted):
                found = self._read(ask, lambda: self._newest[asker] != number)
                if self._newest[asker] == number:
                    tell(found)

        self._thread.submit(answer)

    def read_ahead(self, dossier: str | None) -> None:
        """Bring from the disk what opening this dossier will read; whatever else is asked breaks it off."""
        if dossier is not None:
            self.ask(_AHEAD, lambda db: read_ahead(db, dossier), lambda _: None)

    def _read(self, ask: Callable[[Connection], _T], is_overtaken: Callable[[], bool]) -> _T | InvalidInput:
        if is_overtaken():
            raise Interrupted
        try:
            if self._connection is None:
                self._connection, _ = open_folder(self._folder)
            self._connection.set_progress_handler(is_overtaken, _STEPS)
            with officer_errors():
                return ask(self._connection)
        except InvalidInput as error:
            return error

    def close(self) -> None:
        """Break off what is being read, and let go of the file."""
        self._newest = dict.fromkeys(self._newest, 0)
        self._thread.submit(self._close)
        self._thread.shutdown()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
