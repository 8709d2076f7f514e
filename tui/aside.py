"""A question to the desk's file from a thread, by a connection of its own: no key waits for the answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from core.answers import InvalidInput
from storage.database import Connection, officer_errors
from storage.folder import open_folder

_T = TypeVar("_T")


def ask_aside(folder: Path, ask: Callable[[Connection], _T]) -> _T | InvalidInput:
    """What `ask` finds, or why the file can't be read."""
    try:
        connection, _ = open_folder(folder)
        with closing(connection), officer_errors():
            return ask(connection)
    except InvalidInput as error:
        return error
