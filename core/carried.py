"""What a dossier's clock stands on at the unit that it leaves, as it travels along: rules, promise and days.

The unit that takes it over counts the days before that by these, and by rules of a row of law that it has not got.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, time
from fractions import Fraction
from typing import Annotated, Any, Literal

import msgspec

from core.answers import InvalidInput
from core.calendar import WorkCalendar
from core.days import DayRow
from core.history import ClockRules
from core.moments import DAY
from core.time_limit import Limit, Phase, Unit

_AHEAD = 60
"""Days: as long as it may lie between an offer and its acceptance with the closures of that time known."""
_Amount = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,7}(/[0-9]{1,3})?$")]
_Time = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{2}:[0-9]{2}(:[0-9]{2})?$")]


class _Phase(msgspec.Struct, frozen=True, omit_defaults=True):
    amount: _Amount
    unit: Unit
    cutoff: _Time | None = None
    time: _Time | None = None
    starts_on: str | None = None
    station: str | None = None
    basis: str | None = None

    def read(self) -> Phase:
        cutoff, at = (None if text is None else time.fromisoformat(text) for text in (self.cutoff, self.time))
        return Phase(Limit(Fraction(self.amount), self.unit, cutoff, at), self.starts_on, self.station, self.basis)


class _Day(msgspec.Struct, frozen=True, omit_defaults=True):
    date: date
    working: bool
    hours: tuple[tuple[int, int], ...] = ()
    reason_vi: str = ""
    reason_en: str = ""
    basis: str | None = None
    confirmed: bool = True
    closure: bool = False

    def read(self) -> DayRow:
        bounds = [bound for period in self.hours for bound in period]
        if bounds != sorted(set(bounds)) or any(not 0 <= bound <= DAY for bound in bounds):
            raise InvalidInput("calendar_invalid")
        more = {"confirmed": self.confirmed, "closure": self.closure, "periods": self.hours if self.working else None}
        return DayRow(self.date, self.working, self.reason_vi, self.reason_en, self.basis, **more)  # type: ignore[arg-type]


class Carried(msgspec.Struct, frozen=True, omit_defaults=True):
    """`version`: the hash of the row of law by which it was counted; `off`: what the nation has off or works beside its
    weekdays, as far as that was known there, from the offer on."""

    version: str
    phases: tuple[_Phase, ...]
    starts_on: str
    on_supplement: Literal["restart", "pause", "none"]
    on_payment: Literal["pause", "none"]
    offhours: Literal["as_received", "next_working_day"]
    received: date
    first: date
    last: date
    days: tuple[_Day, ...]
    off: tuple[date, ...] = ()
    count_first_day: bool = False
    basis: str | None = None
    supplement_basis: str | None = None
    verified: bool = True
    promise: _Phase | None = None

    def rules(self) -> ClockRules:
        """How the clock ran there."""
        return ClockRules(
            tuple(phase.read() for phase in self.phases),
            self.starts_on,
            self.on_supplement,
            self.on_payment,
            self.offhours,
            self.count_first_day,
            self.basis,
            self.supplement_basis,
            self.verified,
        )

    def committed(self) -> tuple[Phase, ...] | None:
        """The promise that the dossier came with."""
        return None if self.promise is None else (self.promise.read(),)

    def counted_until(self, day: date) -> tuple[date, date, tuple[DayRow, ...]]:
        """The first day that the other unit counts, the first one that it does not (`day`, or none that it told of),
        and the rows of those between."""
        return self.received, min(day, self.last), tuple(one.read() for one in self.days if one.date < day)


def carried_along(
    version: str,
    rules: ClockRules,
    promise: tuple[Phase, ...] | None,
    own: WorkCalendar,
    nation: WorkCalendar,
    received: date,
    now: date,
) -> dict[str, Any]:
    """The JSON of it for an offer made `now`: what `read_carried` reads."""
    first, last = received.toordinal(), min(now.toordinal() + _AHEAD, own.last.toordinal(), nation.last.toordinal())
    ahead = range(now.toordinal(), last + 1)
    found = Carried(
        version,
        tuple(_told(phase) for phase in rules.phases),
        rules.starts_on,
        rules.on_supplement,  # type: ignore[arg-type]
        rules.on_payment,  # type: ignore[arg-type]
        rules.offhours,  # type: ignore[arg-type]
        received,
        now,
        date.fromordinal(last),
        tuple(_day(own, day) for day in range(first, last + 1) if own.is_working(day) or own.law.row(day)),
        tuple(date.fromordinal(day) for day in ahead if _stands_out(nation, day)),
        rules.count_first_day,
        rules.basis,
        rules.supplement_basis,
        rules.verified,
        None if promise is None else _told(promise[0]),
    )
    told: dict[str, Any] = msgspec.to_builtins(found)
    return told


def read_carried(rows: Iterable[Mapping[str, Any]] | None) -> Carried | None:
    """What an acceptance brings; None where nothing came, or nothing that this program can read whole."""
    try:
        found = msgspec.convert(next(iter(rows or ()), None), Carried)
        found.rules()
        found.committed()
        found.counted_until(date.max)
    except (msgspec.ValidationError, InvalidInput, ValueError, ZeroDivisionError):
        return None
    return found if found.phases else None


def same_nation(carried: Carried, nation: WorkCalendar, since: date, due: date) -> bool:
    """Whether both units know the same days off of the nation between the acceptance and the due day."""
    first, last = max(since, carried.first), min(due, carried.last)
    own = {date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1) if _stands_out(nation, day)}
    return own == {day for day in carried.off if first <= day <= last}


def _stands_out(calendar: WorkCalendar, day: int) -> bool:
    return calendar.is_working(day) is calendar.law.is_weekend(day)


def _told(phase: Phase) -> _Phase:
    limit = phase.limit
    cutoff, at = (None if one is None else one.isoformat() for one in (limit.cutoff, limit.time))
    return _Phase(str(limit.amount), limit.unit, cutoff, at, phase.starts_on, phase.station, phase.basis)


def _day(calendar: WorkCalendar, day: int) -> _Day:
    if calendar.is_working(day):
        return _Day(date.fromordinal(day), True, calendar.periods(day), confirmed=not calendar.unconfirmed(day, day))
    row = calendar.law.row(day)
    assert row is not None
    more = (row.reason_vi, row.reason_en, row.basis, row.confirmed, row.closure)
    return _Day(row.date, False, (), *more)
