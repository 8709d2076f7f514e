"""What a wrong clock means: it is told and marked, and stops nobody."""

from __future__ import annotations

from typing import Literal

AHEAD_MS = 5 * 60 * 1000
"""An event's clock further ahead of one's own than this is suspect, and is not followed."""
WARN_S, BANNER_S = 2 * 60, 10 * 60


def is_ahead(hlc: int, now_ms: int) -> bool:
    """Whether a hybrid logical clock runs too far before the wall clock here, in unix ms, to be followed."""
    return hlc >> 16 > now_ms + AHEAD_MS


def clock_warning(offset_s: float | None) -> Literal["warn", "banner"] | None:
    """How loudly to tell of a clock that is `offset_s` seconds off a hub's, either way; None: not known, or right.

    At `banner` what the desk writes is marked, too.
    """
    off = abs(offset_s or 0)
    return "banner" if off > BANNER_S else "warn" if off > WARN_S else None
