"""The standard streams: UTF-8 and the same bytes on every system, and no traceback where nobody can be told."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from errno import ENOSPC


def open_streams() -> None:
    """JSON and Vietnamese are UTF-8 in every locale, and lines end alike on Windows; a closed stream takes nothing."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def is_output_full(error: OSError) -> bool:
    """Did a stream take no more, rather than a file of ours?"""
    return error.errno == ENOSPC and error.filename is None


def abandon_output() -> None:
    """What still waits to be written is dropped, so that the interpreter's end does not try it again."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
