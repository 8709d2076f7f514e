"""Which days and hours count; day arithmetic in O(1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DayRow:
    """What the law or a decision says of one date: a day off, or a weekend day made working.

    `confirmed` is False for an estimate or a proposal; `in_force` False for one that is only announced
    (shown, but not counted).
    """

    date: date
    working: bool
    reason_vi: str
    reason_en: str
    basis: str | None
    confirmed: bool = True
    in_force: bool = True


@dataclass(frozen=True, slots=True)
class HoursRow:
    """Reception hours from a day on: seconds after midnight `(open, close)` by weekday, Monday first.

    A weekday with no periods has no hours. `None` for `periods` means whole days (00:00–24:00).
    """

    valid_from: date
    periods: tuple[tuple[tuple[int, int], ...], ...] | None
    basis: str | None
    verified: bool = True
