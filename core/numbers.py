"""Receipt numbers: which serials of a day belong to which desk number, written and read back; what a day leaves open.

Desk n of 1–19 owns `(n−1)·500+1 … n·500` of each day; past that, and for desks 20–89 always, `10+n` and four digits.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

RANGE = 500
RANGED_DESKS = 19
LAST_DESK_NUMBER = 89
_OVERFLOWS = 9999
_NUMBER = re.compile(r"(?P<unit>.+)-(?P<day>[0-9]{6})-(?P<tail>[0-9]{4}|[0-9]{6})")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A receipt number read back: `day` is YYMMDD as written, `serial` counts a desk number's day from 1."""

    unit: str
    day: str
    desk_number: int
    serial: int

    @property
    def is_overflow(self) -> bool:
        """Whether it lies past a desk's own range."""
        return self.desk_number > RANGED_DESKS or self.serial > RANGE


def receipt_number(unit: str, day: date, desk_number: int, serial: int) -> str | None:
    """`{unit}-{YYMMDD}-{tail}`; None where the desk number has no such serial: no number is better than another's."""
    tail = number_tail(desk_number, serial)
    return None if tail is None else f"{unit}-{day_text(day)}-{tail}"


def number_tail(desk_number: int, serial: int) -> str | None:
    """What stands after the day: four digits within the desk's own range, six past it."""
    owned = RANGE if desk_number <= RANGED_DESKS else 0
    if not 1 <= desk_number <= LAST_DESK_NUMBER or not 1 <= serial <= owned + _OVERFLOWS:
        return None
    if serial <= owned:
        return f"{(desk_number - 1) * RANGE + serial:04d}"
    return f"{10 + desk_number}{serial - owned:04d}"


def set_aside(desk_number: int, count: int, last: int, lowest: int | None) -> tuple[int, int] | None:
    """The next `count` serials for blank receipts, (first, last): from the top of the desk's own range down.

    `last` was given out already, `lowest` is the lowest one that was set aside before. None: there are not so many.
    """
    top = RANGE if desk_number <= RANGED_DESKS else _OVERFLOWS
    end = top if lowest is None else lowest - 1
    first = end - count + 1
    return (first, end) if first > last else None


def paper_serials(body: Mapping[str, Any]) -> list[int]:
    """The serials that a body of `blanks_set_aside` or `blanks_voided` is about; what is no serial is left out."""
    if "serials" in body:
        found = [int(text) for text in body["serials"] if re.fullmatch("[0-9]{1,5}", text)]
    else:
        found = list(range(max(1, int(body["first"])), min(int(body["last"]), RANGE + _OVERFLOWS) + 1))
    return [serial for serial in found if number_tail(int(body["number"]), serial) is not None]


def day_text(day: date) -> str:
    """YYMMDD: a number says no century, so neither does the series that it is counted in."""
    return f"{day:%y%m%d}"


def day_of(text: str) -> date:
    """`day_text` read back, as a day of this century."""
    return date.fromisoformat(f"20{text[:2]}-{text[2:4]}-{text[4:]}")


def read_number(text: str) -> Numbered | None:
    """Whose number it is; None for what no desk gives out."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    tail = found["tail"]
    if len(tail) == 4:
        place, serial = divmod(int(tail) - 1, RANGE)
        desk_number, serial = place + 1, serial + 1
    else:
        desk_number = int(tail[:2]) - 10
        serial = int(tail[2:]) + (RANGE if desk_number <= RANGED_DESKS else 0)
    if number_tail(desk_number, serial) != tail:
        return None
    return Numbered(found["unit"], found["day"], desk_number, serial)


def is_overflow(text: str) -> bool:
    """Whether an official number is still to be mapped to this one: it lies past a desk's own range."""
    found = read_number(text)
    return found is not None and found.is_overflow


def free_number(held: Collection[int], place: int = 0, desks: int = 1, before: int = 0) -> int | None:
    """The first desk number that nobody of the station ever had, as one desk looks for it; None where none is left.

    `place`: which desk of how many it is, from 0. Each looks at every `desks`-th number first, so that two that look at
    the same time do not take the same one; of those, one with a range of its own where there is one. `before`: so many
    are left to others that look at them, as long as there are more.
    """
    free = [number for number in range(1, LAST_DESK_NUMBER + 1) if number not in held]
    free.sort(key=lambda number: (number - 1 - place) % desks)
    return free[min(before, len(free) - 1)] if free else None


def spans(serials: Iterable[int]) -> list[tuple[int, int]]:
    """Consecutive serials as (first, last)."""
    found: list[tuple[int, int]] = []
    for serial in sorted(set(serials)):
        if found and found[-1][1] == serial - 1:
            found[-1] = found[-1][0], serial
        else:
            found.append((serial, serial))
    return found


def span_text(desk_number: int, first: int, last: int) -> str:
    """A span as the numbers' own digits: `0007` or `0007-0009`."""
    begin, end = number_tail(desk_number, first), number_tail(desk_number, last)
    return f"{begin}" if first == last else f"{begin}-{end}"


def unused(desk_number: int, last: int, taken: Collection[int]) -> list[str]:
    """What a day's series leaves unused: the holes up to `last`, and the rest of the desk's own range."""
    owned = RANGE if desk_number <= RANGED_DESKS else 0
    parts = []
    for first, end in spans(set(range(1, max(last, owned) + 1)) - set(taken)):
        edges = [(first, min(end, owned)), (max(first, owned + 1), end)]
        parts += [span_text(desk_number, begin, until) for begin, until in edges if begin <= until]
    return parts
