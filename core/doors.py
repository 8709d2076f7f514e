"""Which door a procedure goes through: the units that may receive it, who decides, and where else to send somebody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from core.answers import InvalidInput
from core.calendar import WorkCalendar
from core.catalogue import UNIT_KINDS, KnownUnit, Policy, ProcedureVersion
from core.days import Periods
from core.law import Law
from core.moments import legal_day

ANY_AREA = "any_area"
_TWO_WEEKS = 14


@dataclass(frozen=True, slots=True)
class Place:
    """A kind of unit that may receive, with the unit of it whose address is known (None: none is), and its hours.

    `day` is the first day of reception from the day asked on, `periods` its hours in seconds after midnight;
    none where no day of the next two weeks has any.
    """

    kind: str
    unit: KnownUnit | None
    day: date
    periods: Periods


@dataclass(frozen=True, slots=True)
class Door:
    """Whether a unit may receive a procedure: `fits`, with the kind that it is handed on to; else `places` to go to.

    `filing`: the policy by which the applicant's place of residence makes no difference; None where it may.
    """

    fits: bool
    hand_on: str | None
    places: tuple[Place, ...]
    filing: Policy | None


def door(law: Law, version: ProcedureVersion, kind: str | None, at: datetime) -> Door | None:
    """The answer for a unit of the kind at the moment; None where the kind is not known.

    A kind that has ended by that day (district police on 28-2-2025) neither receives nor decides. It is handed on
    upward only: of a higher unit that receives, the data does not say that a lower one decides for it.
    """
    if kind is None or not version.receiving:
        return None
    day = legal_day(at)
    living = {one.code for one in law.kinds if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)}
    receiving = [one for one in version.receiving if one in living]
    filing = _filing(law, day)
    if kind not in receiving:
        return Door(False, None, tuple(place for one in receiving for place in _places(law, one, day)), filing)
    higher = version.deciding in living and UNIT_KINDS.index(version.deciding) > UNIT_KINDS.index(kind)
    return Door(True, version.deciding if higher else None, (), filing)


def receives_at(calendar: WorkCalendar, moment: datetime) -> bool:
    """Whether somebody may come at the moment: within a day's hours (a closing is inside) or an opening."""
    day = calendar.clock.day_of(moment)
    second = calendar.clock.seconds(moment) - calendar.clock.at(day, 0)
    hours = [*_hours_of(calendar, day), *(period for one in calendar.law.openings(day) for period in one.periods)]
    return any(opening <= second <= closing for opening, closing in hours)


def _hours_of(calendar: WorkCalendar, day: int) -> Periods:
    """A day's hours of reception: a working day's, or a weekend's own; none on a day off."""
    extra = calendar.law.is_weekend(day) and calendar.law.row(day) is None
    return calendar.periods(day) if extra or calendar.is_working(day) else ()


def _filing(law: Law, day: date) -> Policy | None:
    rows = [one for one in law.policies if one.name == "filing_place" and one.unit is None and one.valid_from <= day]
    last = max(rows, key=lambda one: one.valid_from, default=None)
    return last if last is not None and last.value == ANY_AREA else None


def _places(law: Law, kind: str, day: date) -> Iterator[Place]:
    """The units of the kind with a known address, else the kind itself with the general hours."""
    latest = {one.code: one for one in sorted(law.units, key=lambda one: one.valid_from) if one.valid_from <= day}
    known = [
        one
        for _, one in sorted(latest.items())
        if one.kind == kind and one.address and (one.valid_to is None or day <= one.valid_to)
    ]
    for unit in known or (None,):
        calendar = law.calendar(unit.code if unit is not None else None)
        yield Place(kind, unit, *_reception(calendar, day))


def _reception(calendar: WorkCalendar, day: date) -> tuple[date, Periods]:
    """The first day from this one on with hours of reception, and them; beyond the calendar's days there are none."""
    try:
        for ordinal in range(day.toordinal(), day.toordinal() + _TWO_WEEKS):
            if periods := _hours_of(calendar, ordinal):
                return date.fromordinal(ordinal), periods
    except InvalidInput:
        pass
    return day, ()
