"""The appointments of the coming days, procedure by procedure, for a desk that must count them by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from core.answers import InvalidInput, Refusal
from core.catalogue import ProcedureVersion, Variant
from core.deadline import ClockEvent
from core.dossier import Dossier
from core.law import Law
from core.standing import clock_inputs


@dataclass(frozen=True, slots=True)
class DueCase:
    """A case of a procedure; `paid`: with the fee paid at receipt, where that starts its clock."""

    version: ProcedureVersion
    variant: Variant
    paid: bool = False


@dataclass(frozen=True, slots=True)
class DueColumn:
    """Cases that are all due at the same moments: `due` has one for each receipt date, None where none is known."""

    cases: tuple[DueCase, ...]
    due: tuple[datetime | None, ...]


@dataclass(frozen=True, slots=True)
class DueTable:
    """`by_the_hour`: cases whose date depends on the hour of receipt; `waiting`: those that no date is known for at
    receipt, with the event that they wait for («law»: no limit here)."""

    days: tuple[date, ...]
    columns: tuple[DueColumn, ...]
    by_the_hour: tuple[DueCase, ...]
    waiting: tuple[tuple[DueCase, str], ...]


def receipt_days(law: Law, unit: str, first: date, count: int) -> tuple[date, ...]:
    """The days, of so many from `first` on, on which the unit receives dossiers."""
    calendar = law.calendar(unit)
    days = (first + timedelta(days=ahead) for ahead in range(count))
    return tuple(day for day in days if calendar.is_working(day) or calendar.law.openings(day.toordinal()))


def due_table(law: Law, unit: str, days: Sequence[date]) -> DueTable:
    """When each case of each procedure in force is due, received on each of the days, the unit's own limits included.

    A moment stands in it only where the first and the last minute of reception give the same one.
    """
    columns: dict[tuple[datetime | None, ...], list[DueCase]] = {}
    by_the_hour: list[DueCase] = []
    waiting: list[tuple[DueCase, str]] = []
    for case in _cases(law, days):
        answers = [_answer(law, unit, case, day) for day in days]
        waits = next((one for one in answers if isinstance(one, str)), None)
        if waits == _BY_THE_HOUR:
            by_the_hour.append(case)
        elif waits is not None:
            waiting.append((case, waits))
        else:
            due = tuple(one if isinstance(one, datetime) else None for one in answers)
            columns.setdefault(due, []).append(case)
    ordered = sorted(columns.items(), key=lambda pair: [one.timestamp() if one else 0 for one in pair[0]])
    found = tuple(DueColumn(tuple(cases), due) for due, cases in ordered)
    return DueTable(tuple(days), found, tuple(by_the_hour), tuple(waiting))


_BY_THE_HOUR = "hour"
_PAYMENT = "payment_received"


def _cases(law: Law, days: Sequence[date]) -> list[DueCase]:
    """Each case that is in force on one of the days, as it is on the first such day; also as paid at once."""
    found: dict[tuple[str, str, bool], DueCase] = {}
    for procedure in law.procedures:
        for day in days:
            version = law.version_on(procedure, day)
            if not isinstance(version, Refusal):
                for variant in version.variants:
                    for paid in (False, True) if _PAYMENT in _starts(variant) else (False,):
                        found.setdefault((procedure.name, variant.code, paid), DueCase(version, variant, paid))
    return list(found.values())


def _starts(variant: Variant) -> set[str | None]:
    return {variant.starts_on, *(phase.starts_on for phase in variant.phases)}


def _answer(law: Law, unit: str, case: DueCase, day: date) -> datetime | str | None:
    """When it is due; else what it waits for; None where it is not in force on the day."""
    found = law.case_on(case.version.procedure, case.variant.code, day)
    if isinstance(found, Refusal):
        return None
    on_the_day = DueCase(*found, case.paid)
    calendar = law.calendar(unit)
    opening = calendar.clock.moment(calendar.opening(day.toordinal()))
    closing = calendar.clock.moment(calendar.reception_end(day.toordinal())) - timedelta(minutes=1)
    first = _earliest(law, unit, on_the_day, opening)
    last = _earliest(law, unit, on_the_day, closing)
    return first if first == last else _BY_THE_HOUR


def _earliest(law: Law, unit: str, case: DueCase, received_at: datetime) -> datetime | str:
    """By the law and by its rivals: until one amends again, the earlier date stands."""
    found = [_due(one, unit, case, received_at) for one in (law, *law.rivals)]
    return min((one for one in found if isinstance(one, datetime)), default=found[0])


def _due(law: Law, unit: str, case: DueCase, received_at: datetime) -> datetime | str:
    procedure, variant = case.version.procedure, case.variant.code
    dossier = Dossier("", procedure=procedure, variant=variant, received_at=received_at, unit=unit)
    try:
        asked = clock_inputs(dossier, law, case.version)
        events = (ClockEvent(_PAYMENT, received_at),) if case.paid else ()
        found = replace(asked, events=events).deadline()
    except InvalidInput:
        return "law"
    return found.due_at or found.waiting_for or "law"
