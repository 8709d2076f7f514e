"""The monthly sheet of a commune's police, by procedure, and the dossiers behind its columns."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from core.commune import COLUMNS, columns_of
from core.settled import OUTSIDE, Span
from storage.channels import Behind, Channels, Way, behind, channels
from storage.desk import Desk
from storage.settled import Fields
from storage.tally import Counted, dossiers, groups

UNKNOWN = ("digitised", "cleaned")
"""Columns of the sheet of which a desk has no data."""


@dataclass(frozen=True)
class Commune:
    """`rows`: by procedure its columns, with `paid_online` of what was received and `returned_online` in the period."""

    span: Span
    unit: str | None
    rows: dict[str, Counter[str]]
    outside: int
    several: int
    ways: Channels
    desk: Desk

    @property
    def total(self) -> Counter[str]:
        """All procedures together."""
        found: Counter[str] = Counter()
        for row in self.rows.values():
            found.update(row)
        return found

    @cached_property
    def behind(self) -> tuple[Counted, ...]:
        """The dossiers, as they came to count; read when they are asked for first."""
        fields = Fields(self.desk)
        rows = dossiers(self.desk.connection, self.span, self.unit, stopped=False)
        return tuple(one for one in rows if fields.of(one.procedure) not in OUTSIDE)

    @cached_property
    def by_column(self) -> dict[str, list[Counted]]:
        """The same in the COLUMNS that they count in."""
        found: dict[str, list[Counted]] = {name: [] for name in COLUMNS}
        for one in self.behind:
            for name in columns_of(one.traits):
                found[name].append(one)
        return found

    @cached_property
    def went_online(self) -> dict[str, list[Behind]]:
        """The dossiers behind the two columns of ways."""
        fields = Fields(self.desk)

        def online(part: str, ways: tuple[Way, ...]) -> list[Behind]:
            found = behind(self.desk, self.ways, part, {one.way for one in ways if one.way and is_online(one)})
            return [one for one in found if fields.of(one.procedure) not in OUTSIDE]

        return {"paid_online": online("paid", self.ways.paid), "returned_online": online("went", self.ways.went)}


def commune(desk: Desk, first: date, last: date, unit: str | None = None) -> Commune:
    """The sheet of the days `first` to `last`, as it is known now."""
    span, fields = Span(first, last, desk.now()), Fields(desk)
    rows: dict[str, Counter[str]] = {}
    outside = 0
    for group in groups(desk.connection, span, unit, stopped=False):
        if fields.of(group.procedure) in OUTSIDE:
            outside += group.many
            continue
        row = rows.setdefault(group.procedure, Counter())
        row.update(dict.fromkeys(columns_of(group.traits), group.many))
    ways = channels(desk, first, last, unit, ("paid", "went"))
    several = 0
    for name, found in (("paid_online", ways.paid), ("returned_online", ways.went)):
        for way in found:
            if fields.of(way.procedure) in OUTSIDE:
                continue
            several += way.count * (way.way == "several")
            if is_online(way):
                rows.setdefault(way.procedure, Counter())[name] += way.count
    return Commune(span, unit, dict(sorted(rows.items())), outside, several, ways, desk)


def is_online(way: Way) -> bool:
    """Whether it went online: the result, or a fee by an online channel or on the portal."""
    channel, _, method = (way.way or "").partition("/")
    return channel == "online" or method == "portal"


def paid(ways: Channels) -> tuple[int, int]:
    """How many dossiers had their fees paid online, of how many that had a fee paid at all."""
    return sum(one.count for one in ways.paid if is_online(one)), sum(one.count for one in ways.paid)


KNOWN = (*COLUMNS, "paid_online", "returned_online")
