"""Large lists without looking for cycles in them: what is made is dropped by nobody, and part of none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

_NEW_OBJECTS = 500_000
_lock = Lock()
_usual: list[tuple[int, int, int]] = []
"""What it was before, once for each that is inside: threads come and go in any order."""


@contextmanager
def few_collections() -> Iterator[None]:
    """Cycles are looked for among far more new objects inside; also a decorator. As before when the last one is out."""
    with _lock:
        _usual.append(_usual[0] if _usual else gc.get_threshold())
        gc.set_threshold(_NEW_OBJECTS, *_usual[0][1:])
    try:
        yield
    finally:
        with _lock:
            before = _usual.pop()
            if not _usual:
                gc.set_threshold(*before)
