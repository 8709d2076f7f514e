"""The interpreter as keys need it: neither a search for cycles nor what runs beside the screens holds a key up.

A search through all objects stops every thread for a tenth of a second: it waits until nobody types, and leaves out
what was loaded before the screens. A forecast, an exchange or a count beside them gives the interpreter up after half
a millisecond, not after five.
"""

from __future__ import annotations

import gc
import sys

_TURN = 0.0005
_NEW_OBJECTS = (2_000, 5)
_NEVER = 1_000_000
_RESTS = 2.0
"""Seconds without a key after which none is expected at once."""


def give_way_to_keys() -> None:
    """Look for cycles among what is new alone, and let threads change places often; for the whole process."""
    sys.setswitchinterval(_TURN)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_NEW_OBJECTS, _NEVER)


def clear_up(idle: float) -> None:
    """Drop what only cycles hold, where nobody has typed for `idle` seconds and there may be any; takes up to 0.1 s."""
    if idle >= _RESTS and gc.get_count()[2]:
        gc.collect()
