"""The interpreter as keys need it: neither a search for cycles nor what runs beside the screens holds a key up.

A search through all objects stops every thread for a tenth of a second: it waits until nobody types, and leaves out
what was loaded before the screens. A forecast, an exchange or a count beside them gives the interpreter up after a
tenth of a millisecond, not after five: a key's some hundred steps of SQL each ask for it anew.
"""

from __future__ import annotations

import gc
import sys

_TURN = 0.0001
_NEW_OBJECTS = (2_000, 5)
_NEVER = 1_000_000
RESTS = 2.0
"""Seconds without a key after which none is expected at once."""


def give_way_to_keys() -> None:
    """Look for cycles among what is new alone, and let threads change places often; for the whole process."""
    sys.setswitchinterval(_TURN)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_NEW_OBJECTS, _NEVER)


def clear_up(idle: float) -> None:
    """Drop what only cycles hold, where nobody has typed for `idle` seconds and there may be any; takes up to 0.1 s."""
    if idle >= RESTS and gc.get_count()[2]:
        gc.collect()
