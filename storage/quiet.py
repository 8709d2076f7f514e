"""Large lists without looking for cycles in them: what is made is dropped by nobody, and part of none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_NEW_OBJECTS = 500_000


@contextmanager
def few_collections() -> Iterator[None]:
    """Cycles are looked for among far more new objects inside; also a decorator. As it was before, afterwards."""
    before = gc.get_threshold()
    gc.set_threshold(_NEW_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
