"""Files on a medium that may be pulled out at any moment: whole and read back under their names, or not there."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from core.answers import InvalidInput
from storage.files import patiently


@contextmanager
def unfinished(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """Names for files that are still being written, beside their final ones; whatever is left of them goes away.

    Raises InvalidInput `bundle_exists`, `bundle_is_folder`, and turns the medium's faults into `bundle_medium_full`,
    `bundle_unwritable`.
    """
    temporary = [path.with_name(f".{path.name}.tmp") for path in paths]
    try:
        with _medium(paths[0]):
            for path in paths:
                if path.is_dir():
                    raise InvalidInput("bundle_is_folder", file=path.name)
                if path.exists():
                    raise InvalidInput("bundle_exists", file=path.name)
            yield temporary
    finally:
        for path in temporary:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def write_through(path: Path, content: bytes, holds: Callable[[bytes], bool]) -> None:
    """Write a file down to the medium and read it back from there; InvalidInput `bundle_not_read_back`."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        if sys.platform == "linux":  # else the reading would be answered from memory
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    if not holds(path.read_bytes()):
        raise InvalidInput("bundle_not_read_back", file=path.name.removeprefix(".").removesuffix(".tmp"))


def put_in_place(temporary: Sequence[Path], paths: Sequence[Path]) -> None:
    """Give the files their names, the first one last: where it stands, the others do too; all of them or none."""
    named: list[Path] = []
    try:
        for number in reversed(range(len(paths))):
            patiently(partial(temporary[number].rename, paths[number]))
            named.append(paths[number])
    except OSError:
        for path in named:
            path.unlink(missing_ok=True)
        raise
    with contextlib.suppress(OSError):  # where the system lets a folder be opened
        handle = os.open(paths[0].parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _medium(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
        raise InvalidInput("bundle_medium_full" if full else "bundle_unwritable", file=path.name) from error
