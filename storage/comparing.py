"""The form's figures beside each other: of each unit, and of the same period in the years before."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from core.settled import Column, Reading, Span
from storage.desk import Desk
from storage.settled import Figures, Settled, settle, settled
from storage.tally import earliest, unit_groups

YEARS = 5
"""The period's own year and those before it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One unit, or one year's period. `form` None: no data, for nothing was counted there by then; `known_from`: where
    only a part of the period is known, since when."""

    name: str
    first: date
    last: date
    form: Settled | None
    known_from: date | None = None

    @property
    def figures(self) -> Figures | None:
        return None if self.form is None else self.form.total

    @property
    def fields(self) -> Mapping[str, Figures]:
        return {} if self.form is None else self.form.fields


@dataclass(frozen=True, slots=True)
class Compared:
    """The rows, in the order in which they are told."""

    span: Span
    unit: str | None
    reading: Reading
    rows: tuple[Row, ...]

    @property
    def total(self) -> Figures:
        """All rows together."""
        return {column: sum(row.figures[column] for row in self.rows if row.figures) for column in Column}


def by_unit(desk: Desk, first: date, last: date, unit: str | None = None, reading: str = Reading.OURS) -> Compared:
    """Each unit that the station has, this desk's own first, also where it has nothing."""
    span, how = Span(first, last, desk.now()), Reading(reading)
    found = unit_groups(desk.connection, span, unit, stopped=how is Reading.PORTAL)
    own, rows = desk.identity.unit, []
    for name in sorted({unit or own} | found.keys(), key=lambda one: (one != own, one)):
        rows.append(Row(name, first, last, settle(desk, span, name, how, found.get(name, ()))))
    return Compared(span, unit, how, tuple(rows))


def by_year(desk: Desk, first: date, last: date, unit: str | None = None, reading: str = Reading.OURS) -> Compared:
    """The period and the same one of the years before, as all of them are known now."""
    since, rows = earliest(desk.connection, unit), []
    for back in range(YEARS):
        begin, end = same_days(first, last, back)
        if since is None or end < since:
            rows.append(Row(str(end.year), begin, end, None))
            continue
        part = since if begin < since else None
        rows.append(Row(str(end.year), begin, end, settled(desk, begin, end, unit, reading), part))
    return Compared(Span(first, last, desk.now()), unit, Reading(reading), tuple(rows))


def same_days(first: date, last: date, back: int) -> tuple[date, date]:
    """The same days `back` years before; what ends with its month ends with it there, too (29/2, 28/2)."""
    return _back(first, back, at_end=False), _back(last, back, at_end=(last + timedelta(days=1)).day == 1)


def _back(day: date, back: int, *, at_end: bool) -> date:
    longest = monthrange(day.year - back, day.month)[1]
    return date(day.year - back, day.month, longest if at_end else min(day.day, longest))
