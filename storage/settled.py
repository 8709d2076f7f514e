"""Form II.06a of a period: its figures by field, what is told beside them, and the dossiers behind each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from core.freezing import Adjustment, adjustments
from core.settled import OUTSIDE, PARTS, Column, Mark, Places, Reading, Span, places, summed
from storage.desk import Desk
from storage.frozen import Sent, sent_before, why
from storage.tally import Counted, Group, dossiers, groups, not_received

Figures = Mapping[Column, int]
NAME = "ii06a"
"""What the report is called by, and was sent as."""


class Behind(NamedTuple):
    """A dossier and the two columns that it counts in; `field` is its procedure's."""

    counted: Counted
    field: str
    where: Places


@dataclass(frozen=True)
class Settled:
    """`beside`: counts that explain the figures, by name; only those that are not 0."""

    span: Span
    unit: str | None
    reading: Reading
    fields: Mapping[str, Figures]
    total: Figures
    beside: Mapping[str, int]
    desk: Desk

    @cached_property
    def behind(self) -> tuple[Behind, ...]:
        """The dossiers, as they came to count; read when they are asked for first."""
        fields = Fields(self.desk)
        rows = dossiers(self.desk.connection, self.span, self.unit, stopped=self.reading is Reading.PORTAL)
        found = (Behind(one, fields.of(one.procedure), places(one.traits, self.reading)) for one in rows)
        return tuple(one for one in found if one.field not in OUTSIDE)

    @cached_property
    def by_column(self) -> Mapping[Column, list[Behind]]:
        """The same in the columns that they stand in."""
        found: dict[Column, list[Behind]] = {part: [] for part in PARTS}
        for one in self.behind:
            for column in one.where:
                found[column].append(one)
        return found

    @cached_property
    def before(self) -> Sent | None:
        """The report of the period before that was sent, if one was."""
        return sent_before(self.desk, NAME, self.span.first, self.unit, self.reading)

    @cached_property
    def sent(self) -> dict[str, Any] | None:
        """What it says; None where it is broken."""
        found = None if self.before is None else self.before.readable()
        return found if found is not None and isinstance(found.get("dossiers"), list) else None

    @cached_property
    def adjusted(self) -> tuple[Adjusted, ...]:
        """What counts otherwise in that period than what was sent; nothing where that can't be read."""
        report = self.before
        if report is None or self.sent is None:
            return ()
        told = self.sent["dossiers"]
        of = {one["id"]: (one["receipt_number"], one["procedure"]) for one in told}
        known = settled(self.desk, report.first, report.last, self.unit, self.reading).behind
        of |= {one.counted.id: (one.counted.number, one.counted.procedure) for one in known}
        found = adjustments(
            {one["id"]: one["columns"] for one in told},
            {one.counted.id: [int(figure) for figure in one.where] for one in known},
            frozenset({Column.WITHIN, Column.OVERDUE}) if report.early else frozenset(),
        )
        return tuple(Adjusted(one, *of[one.id], why(self.desk.dossier(one.id), report)) for one in found)


class Adjusted(NamedTuple):
    """A dossier of the period before that counts otherwise than what was sent, and the word for why."""

    change: Adjustment
    number: str | None
    procedure: str
    why: str


class Fields:
    """The fields of procedures, by the law that the station has."""

    def __init__(self, desk: Desk) -> None:
        self._law = desk.law
        self._known: dict[str, str] = {}

    def of(self, procedure: str) -> str:
        """The procedure's field; "" where the law has no such procedure."""
        if procedure not in self._known:
            found = self._law.find(procedure)
            self._known[procedure] = "" if found is None else found.field
        return self._known[procedure]


def settled(desk: Desk, first: date, last: date, unit: str | None = None, reading: str = Reading.OURS) -> Settled:
    """The form of the days `first` to `last`, as it is known now. `unit` None: of all of the station."""
    span, how = Span(first, last, desk.now()), Reading(reading)
    return settle(desk, span, unit, how, groups(desk.connection, span, unit, stopped=how is Reading.PORTAL))


def settle(desk: Desk, span: Span, unit: str | None, how: Reading, counted: Iterable[Group]) -> Settled:
    """The form of these dossiers, which are the unit's of that span."""
    fields, beside = Fields(desk), Counter(not_received(desk.connection, span, unit))
    by_field: dict[str, Counter[Places]] = {}
    for one in counted:
        field = fields.of(one.procedure)
        if field in OUTSIDE:
            beside["outside"] += one.many
            continue
        where = places(one.traits, how)
        by_field.setdefault(field, Counter())[where] += one.many
        beside.update(dict.fromkeys(_told(one, where), one.many))
    total: Counter[Places] = Counter()
    for counts in by_field.values():
        total.update(counts)
    return Settled(
        span=span,
        unit=unit,
        reading=how,
        fields={field: summed(by_field[field].items()) for field in sorted(by_field)},
        total=summed(total.items()),
        beside=dict(sorted(beside.items())),
        desk=desk,
    )


def _told(one: Group, where: Places) -> Iterator[str]:
    """What is told beside the figures of such dossiers."""
    if one.traits.ending in ("withdrawn", "refused", "stopped"):
        yield one.traits.ending
    if where.became is Column.ON_TIME and one.traits.by_day is None:
        yield "no_due"
    if not one.traits.carried:
        yield from (mark.name.lower() for mark in Mark if one.marks & mark)
