"""The law that a desk uses: procedures, calendars, policies and promises, each asked for a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice, pairwise
from typing import Protocol, TypeVar

from core.answers import InvalidInput, Refusal
from core.calendar import DayRow, HoursRow, OpeningRow, WorkCalendar
from core.catalogue import (
    CalendarYear,
    Commitment,
    GoldenCase,
    KnownUnit,
    Policy,
    PostSupport,
    Procedure,
    ProcedureVersion,
    UnitKind,
    Variant,
)
from core.days import CountingRule
from core.history import ClockRules
from core.suggestion import phrases, ranked
from core.text import fold, nfc
from core.time_limit import Phase


class _Dated(Protocol):
    @property
    def valid_from(self) -> date: ...


_D = TypeVar("_D", bound=_Dated)
_REMEMBERED = 64
"""Calendars that two units share: few dossiers move at once."""


@dataclass(frozen=True, slots=True)
class _Memo:
    """What was worked out from a law once: calendars and lines by unit, indexes."""

    lines: dict[str | None, list[tuple[str | None, date]]] = field(default_factory=dict)
    calendars: dict[str | None, WorkCalendar] = field(default_factory=dict)
    shared: dict[object, WorkCalendar] = field(default_factory=dict)
    names: dict[str, Procedure] = field(default_factory=dict)
    phrases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    hashes: dict[str, ProcedureVersion] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Law:
    """A frozen value. `days`, `hours` and `openings` go by unit (None: national), in order of time.

    `former`: versions whose row was replaced by an amendment, for the dossiers that were received under them.
    `rivals`: the law by amendments that were made at the same time and lost; until one amends again, the earlier
    due date stands.
    """

    procedures: tuple[Procedure, ...]
    years: tuple[CalendarYear, ...]
    days: dict[str | None, tuple[DayRow, ...]]
    hours: dict[str | None, tuple[HoursRow, ...]]
    policies: tuple[Policy, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    supports: tuple[PostSupport, ...] = ()
    kinds: tuple[UnitKind, ...] = ()
    units: tuple[KnownUnit, ...] = ()
    cases: tuple[GoldenCase, ...] = ()
    rules: tuple[CountingRule, ...] = ()
    openings: Mapping[str, tuple[OpeningRow, ...]] = field(default_factory=dict)
    former: tuple[ProcedureVersion, ...] = ()
    rivals: tuple[Law, ...] = ()
    _memo: _Memo = field(default_factory=_Memo, init=False, repr=False, compare=False)

    @property
    def size(self) -> int:
        """How many rows it was read from."""
        dated = sum(map(len, (*self.days.values(), *self.hours.values(), *self.openings.values())))
        versions = sum(len(one.versions) for one in self.procedures)
        cases = len({case.where.partition("#")[0] for case in self.cases})
        others = (self.years, self.rules, self.policies, self.commitments, self.supports, self.kinds, self.units)
        return dated + versions + cases + sum(map(len, others))

    def find(self, text: str) -> Procedure | None:
        """The procedure of exactly this national code or name of ours."""
        names = self._memo.names
        if not names:
            names.update((one.code, one) for one in self.procedures if one.code)
            names.update((one.name, one) for one in self.procedures)
        return names.get(nfc(text).strip())

    def suggest(self, text: str, limit: int = 8, day: date | None = None) -> tuple[Procedure, ...]:
        """What an officer may mean by a few letters (aliases, initials, folded words), best first.

        With `day`, only procedures in force on it.
        """
        called = self._memo.phrases
        if not called:
            called.update((one.name, phrases(one)) for one in self.procedures)
        found = (one for name in ranked(text, called) if (one := self.find(name)) is not None)
        fitting = (one for one in found if day is None or any(known.in_force(day) for known in one.versions))
        return tuple(islice(fitting, limit))

    def version_on(self, procedure: Procedure | str, day: date) -> ProcedureVersion | Refusal:
        """The version that governs what is received on the day.

        Refusals: `procedure_unknown`, `procedure_not_yet_in_force` (before its first version),
        `procedure_not_in_force` (ended, or between two versions).
        """
        found = self.find(procedure) if isinstance(procedure, str) else procedure
        if found is None:
            return Refusal("procedure_unknown", params={"procedure": str(procedure)})
        for version in found.versions:
            if version.in_force(day):
                return version
        first, last = found.versions[0].valid_from, found.versions[-1].valid_to
        code = "procedure_not_yet_in_force" if day < first else "procedure_not_in_force"
        params = {"procedure": found.name, "day": str(day), "first": str(first), "last": str(last or "…")}
        return Refusal(code, params=params)

    def version_by_hash(self, row_hash: str) -> ProcedureVersion | None:
        """The version that was read from the row with this hash, also where the row was replaced since."""
        hashes = self._memo.hashes
        if not hashes:
            hashes.update((one.row_hash, one) for one in self.former)
            hashes.update((one.row_hash, one) for found in self.procedures for one in found.versions)
        return hashes.get(row_hash)

    def version_after(self, version: ProcedureVersion) -> ProcedureVersion | None:
        """The version that follows, if there is one yet."""
        found = self.find(version.procedure)
        later = [one for one in found.versions if one.valid_from > version.valid_from] if found else []
        return later[0] if later else None

    def case_on(self, procedure: str, variant: str | None, day: date) -> tuple[ProcedureVersion, Variant] | Refusal:
        """`version_on` and its named case (None: the default); refusal `variant_unknown`."""
        version = self.version_on(procedure, day)
        if isinstance(version, Refusal):
            return version
        case = version.variant(variant)
        return (version, case) if case else Refusal("variant_unknown", params=_unknown(version, variant))

    def clock_rules(self, version: ProcedureVersion, variant: str | None, unit: str | None, day: date) -> ClockRules:
        """How the clock of a dossier received on the day runs; raises `InvalidInput("variant_unknown")`."""
        case = version.variant(variant)
        if case is None:
            raise InvalidInput("variant_unknown", **_unknown(version, variant))
        return ClockRules(
            phases=case.phases,
            starts_on=case.starts_on,
            on_supplement=version.on_supplement,
            on_payment=version.on_payment,
            offhours=self.policy("offhours", unit, day),
            basis=case.basis,
            supplement_basis=version.supplement_basis,
            verified=version.verified,
            calendars=self.calendars_of(case.phases),
        )

    def calendars_of(self, phases: Iterable[Phase]) -> dict[str, WorkCalendar]:
        """The calendars of the units that own a phase."""
        return {phase.station: self.calendar(phase.station) for phase in phases if phase.station is not None}

    def commitment(self, unit: str | None, procedure: str, variant: str | None, day: date) -> Commitment | None:
        """The unit's promise in force on the day: one for the case before one for the whole procedure."""
        code = self.code_on(unit, day)
        fitting = [
            one
            for one in self.commitments
            if one.unit == code
            and one.procedure == procedure
            and one.variant in (None, variant)
            and one.valid_from <= day
            and (one.valid_to is None or day <= one.valid_to)
        ]
        return max(fitting, key=lambda one: (one.variant is not None, one.valid_from), default=None)

    def policy(self, name: str, unit: str | None, day: date) -> str:
        """A setting: the unit's own from its first day on, else the national one.

        Raises `InvalidInput("policy_unknown")`.
        """
        return self.policy_row(name, unit, day).value

    def policy_row(self, name: str, unit: str | None, day: date) -> Policy:
        """The setting with its citation; raises as `policy` does."""
        code = self.code_on(unit, day)
        rows = [one for one in self.policies if one.name == name and one.unit in (None, code)]
        own = [one for one in rows if one.unit is not None and one.valid_from <= day]
        found = own or [one for one in rows if one.unit is None]
        if not found:
            raise InvalidInput("policy_unknown", policy=name)
        return _latest(found, day)

    def cited(self, rule: str, day: date) -> str | None:
        """The article of a rule (`core.days.COUNTING_RULES`) on the day."""
        return self.calendar().law.cited(rule, day.toordinal())

    def unit(self, code: str) -> KnownUnit | None:
        """The unit of a published code; the latest row of it."""
        rows = [one for one in self.units if one.code == code]
        return max(rows, key=lambda one: one.valid_from, default=None)

    def code_on(self, unit: str | None, day: date) -> str | None:
        """The code under which a unit goes on the day: its own, or that of the unit that it was merged into by then."""
        return next(code for code, since in reversed(self._line(unit)) if since <= day)

    def _line(self, unit: str | None) -> list[tuple[str | None, date]]:
        """A unit and what it was merged into, each with its first day; a unit that was divided goes no further."""
        if (known := self._memo.lines.get(unit)) is not None:
            return known
        line: list[tuple[str | None, date]] = [(unit, date.min)]
        while (row := self.unit(line[-1][0] or "")) is not None and len(row.successors) == 1:
            after = self.unit(row.successors[0])
            if after is None or after.valid_from <= line[-1][1] or after.code in [code for code, _ in line]:
                break
            line.append((after.code, after.valid_from))
        self._memo.lines[unit] = line
        return line

    def kind_of(self, code: str, name: str) -> str | None:
        """The kind of a unit: as its row says, else as its name begins («Công an phường …»); None: not known."""
        known = self.unit(code)
        if known is not None:
            return known.kind
        folded = fold(name)
        return next((one.code for one in self.kinds if any(map(folded.startswith, one.names))), None)

    def calendar(self, unit: str | None = None) -> WorkCalendar:
        """The unit's calendar: the national days with its own closures, openings and hours.

        Raises `InvalidInput("calendar_missing")` where the law holds no year or no hours.
        """
        line = self._line(unit)
        own = any(code in rows for code, _ in line for rows in (self.days, self.hours, self.openings))
        owner = unit if own else None
        calendars = self._memo.calendars
        if owner not in calendars:
            calendars[owner] = self._compiled(line if own else [(None, date.min)])
        return calendars[owner]

    def calendar_after(self, unit: str, counted: tuple[date, date, tuple[DayRow, ...]]) -> WorkCalendar:
        """The unit's calendar, of days that another unit counted (`Carried.counted_until`) that one's."""
        known = self._memo.shared.get((unit, counted))
        if known is None:
            if len(self._memo.shared) >= _REMEMBERED:
                self._memo.shared.clear()
            own = self.calendar(unit)
            known = self._memo.shared[unit, counted] = own.by(own.law.with_days(*counted))
        return known

    def _compiled(self, line: Sequence[tuple[str | None, date]]) -> WorkCalendar:
        """The calendar of a unit: of what it was merged into, from the first day of that."""
        days, hours, openings = list(self.days.get(None, ())), list[HoursRow](), list[OpeningRow]()
        for (unit, since), (_, until) in pairwise([*line, (None, date.max)]):
            hours += _between(self._hours(unit), since, until)
            if unit is not None:
                days += [row for row in self.days.get(unit, ()) if since <= row.date < until]
                openings += [row for row in self.openings.get(unit, ()) if since <= row.date < until]
        if not self.years or not hours:
            raise InvalidInput("calendar_missing")
        decided = [one.year for one in self.years if one.decided]
        last = self.years[-1].year
        undecided = max(decided, default=self.years[0].year - 1) + 1
        return WorkCalendar.from_rows(
            days,
            hours,
            date(self.years[0].year, 1, 1),
            date(last, 12, 31),
            estimated_from=date(undecided, 1, 1) if undecided <= last else None,
            openings=openings,
            rules=self.rules,
        )

    def _hours(self, unit: str | None) -> list[HoursRow]:
        national = self.hours.get(None, ())
        if unit is None or not (own := self.hours.get(unit, ())):
            return list(national)
        return [row for row in national if row.valid_from < own[0].valid_from] + list(own)


def _between(rows: Sequence[HoursRow], since: date, until: date) -> list[HoursRow]:
    """The rows in force from one day to the day before another."""
    later = [row for row in rows if since < row.valid_from < until]
    before = [row for row in rows if row.valid_from <= since]
    return [replace(before[-1], valid_from=since), *later] if before else later


def _latest(rows: Iterable[_D], day: date) -> _D:
    """The row in force on the day; the earliest also serves the days before it."""
    ordered = sorted(rows, key=lambda row: row.valid_from)
    return next((row for row in reversed(ordered) if row.valid_from <= day), ordered[0])


def _unknown(version: ProcedureVersion, variant: str | None) -> dict[str, str]:
    return {"variant": str(variant), "known": ", ".join(one.code for one in version.variants)}


def known_units(law: Law) -> frozenset[str]:
    """Units that the law data names, or that have days, hours or promises of their own."""
    own = {unit for unit in (*law.days, *law.hours) if unit is not None}
    return frozenset(own | {one.code for one in law.units} | {one.unit for one in law.commitments})
