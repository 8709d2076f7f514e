"""Rows of law → a validated `Law`: of one key the last row counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from typing import Any

from core.answers import InvalidInput
from core.calendar import DayRow, HoursRow, OpeningRow
from core.catalogue import UNIT_KINDS, CalendarYear, KnownUnit, Policy, PostSupport, UnitKind
from core.custody import PAYERS
from core.days import COUNTING_RULES, CountingRule, Periods
from core.intake import APPLICANT_KINDS
from core.law import Law
from core.periods import read_periods
from core.queue_order import POLICY, read_order
from core.text import fold
from storage.lawbook.cases import cases_of
from storage.lawbook.rows import Fields, LawRow
from storage.lawbook.versions import commitment_of, procedures_of, version_of

TABLES = (
    "year",
    "day",
    "hours",
    "rule",
    "policy",
    "post_support",
    "unit_kind",
    "unit",
    "opening",
    "procedure_version",
    "commitment",
    "cases",
)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_REASONS = ("unverified_reason_vi", "unverified_reason_en")
_YEAR = frozenset({"year", "decided", "basis", "note_vi", "note_en"})
_DAY = frozenset(
    {
        "unit",
        "date",
        "working",
        "reason_vi",
        "reason_en",
        "basis",
        "confirmed",
        "in_force",
        "closure",
        "hours",
    }
)
_HOURS = frozenset({"unit", "valid_from", "periods", "basis", "verified", *_REASONS})
_RULE = frozenset({"name", "valid_from", "basis", "verified", *_REASONS})
_POLICY = frozenset({"unit", "name", "value", "valid_from", "basis", "verified", *_REASONS})
_POLICY_VALUES = {
    "offhours": ("as_received", "next_working_day"),
    "filing_place": ("as_published", "any_area"),
    "strict_enrolment": ("off", "on"),
    "post_fee": ("tariff",),
    "post_fee_payer": PAYERS,
    "shift_at_sign_in": ("off", "on"),
}
_ALSO_AMOUNTS = frozenset({"post_fee"})
_SUPPORT = frozenset(
    {
        "decision",
        "borne_by",
        "unit",
        "valid_from",
        "valid_to",
        "applicants",
        "procedures",
        "whom",
        "fee",
        "verified",
        "basis",
    }
)
_OPENING = frozenset({"unit", "date", "hours", "place", "decision", "desk"})
_TITLED = frozenset({"code", "title_vi", "title_en", "valid_from", "valid_to"})
_KIND = _TITLED | {"names"}
_UNIT = _TITLED | {"kind", "basis", "verified", "predecessors", "successors", "address", *_REASONS}


def law_from_rows(rows: Iterable[LawRow]) -> Law:
    """The law that these rows give; an `InvalidInput` names the row (and file) of the first fault."""
    last: dict[tuple[str, str, str], LawRow] = {}
    replaced: list[LawRow] = []
    for row in rows:
        before = last.get((row.entity, row.table, row.key))
        if before is not None and before.table == "procedure_version":
            replaced.append(before)
        last[row.entity, row.table, row.key] = row
    tables: dict[str, list[LawRow]] = {name: [] for name in TABLES}
    for row in last.values():
        if row.table not in tables:
            raise InvalidInput("law_row_invalid", where=row.where, problem=f"table = {row.table!r}")
        tables[row.table].append(row)
    return Law(
        procedures=procedures_of(tables["procedure_version"]),
        years=tuple(sorted(map(_year, tables["year"]), key=lambda one: one.year)),
        days=_days(tables["day"]),
        hours=_hours(tables["hours"]),
        rules=tuple(map(_rule, tables["rule"])),
        policies=tuple(map(_policy, tables["policy"])),
        supports=tuple(map(_support, tables["post_support"])),
        commitments=tuple(map(commitment_of, tables["commitment"])),
        kinds=tuple(map(_kind, tables["unit_kind"])),
        units=tuple(map(_unit, tables["unit"])),
        cases=cases_of(tables["cases"]),
        openings=_openings(tables["opening"]),
        former=tuple(map(version_of, replaced)),
    )


def _year(row: LawRow) -> CalendarYear:
    fields = Fields(row.row, row.where, _YEAR)
    return CalendarYear(
        year=fields.number("year"),
        decided=fields.flag("decided"),
        basis=fields.text("basis"),
        note_vi=fields.maybe_text("note_vi") or "",
        note_en=fields.maybe_text("note_en") or "",
    )


def _days(rows: list[LawRow]) -> dict[str | None, tuple[DayRow, ...]]:
    found: dict[str | None, list[DayRow]] = {}
    for row in rows:
        fields = Fields(row.row, row.where, _DAY)
        found.setdefault(fields.maybe_text("unit"), []).append(_day(fields))
    return {unit: tuple(sorted(days, key=lambda one: one.date)) for unit, days in found.items()}


def _day(fields: Fields) -> DayRow:
    return DayRow(
        date=fields.day("date"),
        working=fields.flag("working"),
        reason_vi=fields.text("reason_vi"),
        reason_en=fields.text("reason_en"),
        basis=fields.text("basis"),
        confirmed=fields.flag("confirmed"),
        in_force=fields.flag("in_force", True),
        closure=fields.flag("closure", False),
        periods=_periods(fields, "hours", fields.items("hours")) if fields.get("hours") is not None else None,
    )


def _openings(rows: list[LawRow]) -> dict[str, tuple[OpeningRow, ...]]:
    found: dict[str, list[OpeningRow]] = {}
    for row in rows:
        fields = Fields(row.row, row.where, _OPENING)
        opening = OpeningRow(
            date=fields.day("date"),
            periods=_periods(fields, "hours", fields.items("hours")),
            place=fields.maybe_text("place") or "",
            basis=fields.maybe_text("decision"),
            desk=fields.number("desk") if fields.get("desk") is not None else None,
        )
        if not opening.periods:
            raise fields.bad("hours")
        found.setdefault(fields.text("unit"), []).append(opening)
    return {unit: tuple(sorted(openings, key=lambda one: (one.date, one.periods))) for unit, openings in found.items()}


def _hours(rows: list[LawRow]) -> dict[str | None, tuple[HoursRow, ...]]:
    found: dict[str | None, list[HoursRow]] = {}
    for row in rows:
        fields = Fields(row.row, row.where, _HOURS)
        week = Fields(fields.get("periods"), row.where, frozenset(_WEEKDAYS))
        hours = HoursRow(
            valid_from=fields.day("valid_from"),
            periods=tuple(_periods(week, day, week.items(day)) for day in _WEEKDAYS),
            basis=fields.text("basis"),
            verified=fields.flag("verified"),
        )
        found.setdefault(fields.maybe_text("unit"), []).append(hours)
    return {unit: tuple(sorted(hours, key=lambda one: one.valid_from)) for unit, hours in found.items()}


def _periods(fields: Fields, name: str, pairs: list[Any]) -> Periods:
    """`[["07:30", "11:30"], …]` as seconds after midnight, in order and apart."""
    try:
        periods = tuple((_second(opening), _second(closing)) for opening, closing in pairs)
    except (TypeError, ValueError):
        raise fields.bad(name) from None
    bounds = [bound for period in periods for bound in period]
    if bounds != sorted(set(bounds)):
        raise fields.bad(name)
    return periods


def _second(text: Any) -> int:
    if text == "24:00":
        return 86_400
    at = time.fromisoformat(str(text))
    return at.hour * 3_600 + at.minute * 60 + at.second


def _rule(row: LawRow) -> CountingRule:
    fields = Fields(row.row, row.where, _RULE)
    name = fields.one_of("name", COUNTING_RULES)
    return CountingRule(name, fields.day("valid_from"), fields.text("basis"), fields.flag("verified"))


def _policy(row: LawRow) -> Policy:
    fields = Fields(row.row, row.where, _POLICY)
    name, value = fields.text("name"), fields.text("value")
    number = value.isdecimal() and (name not in _POLICY_VALUES or name in _ALSO_AMOUNTS)
    family, _, report = name.partition(".")
    if name == POLICY:
        fields.read("value", read_order)
    elif report and family == "report_months":
        read_periods(value, "1")
    elif report and family == "report_first_day":
        read_periods("1", value)
    elif not (number or value in _POLICY_VALUES.get(name, ())):
        raise fields.bad("value")
    return Policy(
        name=name,
        unit=fields.maybe_text("unit"),
        valid_from=fields.day("valid_from"),
        value=value,
        basis=fields.text("basis"),
        verified=fields.flag("verified"),
    )


def _support(row: LawRow) -> PostSupport:
    fields = Fields(row.row, row.where, _SUPPORT)
    first, last = fields.days()
    given = fields.get("fee")
    fee = None if given is None else str(given)
    if fee is not None and not (fee.isdecimal() and type(given) in (int, str)):
        raise fields.bad("fee")
    applicants = fields.texts("applicants")
    if not set(applicants) <= set(APPLICANT_KINDS):
        raise fields.bad("applicants")
    return PostSupport(
        decision=fields.text("decision"),
        borne_by=fields.text("borne_by"),
        unit=fields.maybe_text("unit"),
        valid_from=first,
        valid_to=last,
        applicants=applicants,
        procedures=fields.texts("procedures"),
        whom=fields.maybe_text("whom"),
        fee=fee,
        verified=fields.flag("verified"),
    )


def _kind(row: LawRow) -> UnitKind:
    fields = Fields(row.row, row.where, _KIND)
    first, last = fields.days()
    kind = fields.one_of("code", UNIT_KINDS)
    names = tuple(map(fold, fields.texts("names")))
    return UnitKind(kind, fields.text("title_vi"), fields.text("title_en"), first, last, names)


def _unit(row: LawRow) -> KnownUnit:
    fields = Fields(row.row, row.where, _UNIT)
    first, last = fields.days()
    return KnownUnit(
        code=fields.text("code"),
        kind=fields.one_of("kind", UNIT_KINDS),
        title_vi=fields.text("title_vi"),
        title_en=fields.text("title_en"),
        valid_from=first,
        valid_to=last,
        basis=fields.text("basis"),
        verified=fields.flag("verified"),
        predecessors=fields.texts("predecessors"),
        successors=fields.texts("successors"),
        address=fields.maybe_text("address"),
    )
