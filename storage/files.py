"""Files that other processes read and replace too: Windows refuses whoever comes while another has one open."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

_Done = TypeVar("_Done")
HELD_S = 1.0 if sys.platform == "win32" else 0.0
"""Seconds for which another desk, a virus scanner or a backup may have a file open: elsewhere it is in nobody's way."""
_AGAIN_S = 0.01


def patiently(act: Callable[[], _Done]) -> _Done:
    """What `act` answers, which is tried again while a file is held. Raises what it raises the last time."""
    until = time.monotonic() + HELD_S
    while True:
        try:
            return act()
        except PermissionError:
            if time.monotonic() >= until:
                raise
            time.sleep(_AGAIN_S)


def give_name(fresh: Path, path: Path) -> None:
    """Give a finished file its name, over what stood there. Raises OSError."""
    patiently(lambda: fresh.replace(path))


@contextmanager
def in_place_of(path: Path) -> Iterator[Path]:
    """A file beside `path`, of the same ending, that takes its place once all is well; else nothing of it is left.

    Raises OSError.
    """
    if path.is_dir():
        raise IsADirectoryError(path)
    fresh = path.with_name(f"{path.stem}.part{path.suffix}")
    try:
        yield fresh
        give_name(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)


def read_whole(path: Path) -> bytes:
    """The bytes of a file that may be replaced at this moment. Raises OSError."""
    return patiently(path.read_bytes)
