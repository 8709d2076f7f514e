"""A change of law in words, a line each with its article: «Đăng ký thường trú: 7 → 5 ngày làm việc, từ 01/01/2027»."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.catalogue import ProcedureVersion, Variant
from core.law import Law
from core.queue_order import POLICY, read_order
from core.time_limit import Limit
from storage.desk import Desk
from storage.law_changes import RowChange, unread_changes
from storage.lawbook.rows import LawRow
from storage.lawbook.versions import commitment_of, version_of
from storage.officers import Officer
from storage.shifting import open_ended
from tui.dossier_words import title_of
from tui.i18n import language, tr
from tui.law_days import day_lines, hours_words, opening_words
from tui.limit_words import amount_words, limit_words, variant_words
from tui.place_words import order_words

_ORDER = (
    "procedure_version",
    "commitment",
    "day",
    "opening",
    "year",
    "hours",
    "policy",
    "post_support",
    "rule",
    "unit",
    "unit_kind",
)
_PARTS: Mapping[str, Callable[[ProcedureVersion], object]] = {
    "limit": lambda one: [(case.code, case.phases, case.starts_on) for case in one.variants],
    "papers": lambda one: one.papers,
    "fees": lambda one: [(fee.channel, fee.amount) for fee in one.fees],
    "result": lambda one: one.result_vi,
    "title": lambda one: one.title_vi,
    "units": lambda one: (one.receiving, one.deciding, one.level),
    "service": lambda one: [service.level for service in one.services],
    "supplement": lambda one: (one.on_supplement, one.on_payment, one.transition),
    "basis": lambda one: (one.basis, [case.basis for case in one.variants]),
}


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One line of what changed; `basis` its article or decision, `events` the amendments that it tells of."""

    text: str
    basis: str | None
    events: tuple[str, ...]

    @property
    def whole(self) -> str:
        """With the article."""
        return f"{self.text} ({self.basis})" if self.basis else self.text


def unread_lines(desk: Desk, officer: Officer) -> list[ChangeLine]:
    """What the officer has still to read."""
    return change_lines(unread_changes(desk, officer), desk.law)


def change_lines(changes: Iterable[RowChange], law: Law) -> list[ChangeLine]:
    """Procedures first, then promises, days, openings and the rest; days of one reason are one line.

    Golden cases, and a version's end where the next one begins, are told by nothing of their own.
    """
    listed = list(changes)
    begun = {str(one.row.row.get("valid_from")) + one.row.entity for one in listed if one.before is None}
    by_table: dict[str, list[RowChange]] = {}
    for one in listed:
        by_table.setdefault(one.row.table, []).append(one)
    decided = {str(one.row.row.get("year")) for one in by_table.get("year", ()) if one.row.row.get("decided")}
    found: list[ChangeLine] = []
    for table in _ORDER:
        told = sorted(by_table.get(table, ()), key=lambda one: _first_day(one.row))
        if table == "day":
            found += [ChangeLine(*line) for line in day_lines(told, decided)]
        else:
            found += [line for one in told for line in _TOLD[table](one, law, begun)]
    return found


def _version(change: RowChange, law: Law, begun: set[str]) -> Iterator[ChangeLine]:
    version = version_of(change.row)
    title = title_of(version, version.procedure)
    basis = version.variants[0].basis or version.basis
    if change.before is not None:
        yield from _amended(change, version_of(change.before), version, begun)
        return
    first = f"{version.valid_from:%d/%m/%Y}"
    if change.earlier is None:
        limit = " / ".join(map(variant_words, version.variants))
        yield ChangeLine(tr("law.line.procedure", title=title, limit=limit, day=first), basis, change.events)
        return
    before = version_of(change.earlier)
    what = _what(before, version)
    yield ChangeLine(f"{title}: {what}, {tr('law.line.from', day=first)}", basis, change.events)


def _amended(
    change: RowChange, before: ProcedureVersion, after: ProcedureVersion, begun: set[str]
) -> Iterator[ChangeLine]:
    """A version whose row was replaced: it ends, or says something else."""
    title = title_of(after, after.procedure)
    basis = after.variants[0].basis or after.basis
    if after.valid_to != before.valid_to and not _followed(after, change.row.entity, begun):
        if after.valid_to is None:
            yield ChangeLine(tr("law.line.goes_on", title=title), basis, change.events)
        else:
            last = f"{after.valid_to:%d/%m/%Y}"
            yield ChangeLine(tr("law.line.ends", title=title, day=last), basis, change.events)
    if open_ended(before) != open_ended(after):
        which = tr("law.line.version", day=f"{after.valid_from:%d/%m/%Y}")
        yield ChangeLine(f"{title}: {_what(before, after)}, {which}", basis, change.events)


def _followed(version: ProcedureVersion, entity: str, begun: set[str]) -> bool:
    """Whether another version begins, among the same changes, where this one ends."""
    if version.valid_to is None:
        return False
    return str(date.fromordinal(version.valid_to.toordinal() + 1)) + entity in begun


def _what(before: ProcedureVersion, after: ProcedureVersion) -> str:
    """What differs between two versions: the limits themselves, the rest by name."""
    differ = [name for name, part in _PARTS.items() if part(before) != part(after)]
    words = [_cases(before.variants, after.variants)] if "limit" in differ else []
    names = [tr(f"law.part.{name}") for name in differ if name != "limit" and not (words and name == "basis")]
    if names:
        words.append(tr("law.line.parts", parts=", ".join(names)))
    return "; ".join(words) or tr("law.line.notes")


def _cases(before: Sequence[Variant], after: Sequence[Variant]) -> str:
    """Each case whose limit is another, by its title where there are several."""
    known = {case.code: case for case in before}
    words = []
    for case in after:
        old = known.get(case.code)
        if old is not None and (old.phases, old.starts_on) == (case.phases, case.starts_on):
            continue
        name = "" if len(after) == 1 else f"{_case_title(case)}: "
        words.append(name + (from_to(old, case) if old else variant_words(case)))
    gone = [_case_title(case) for code, case in known.items() if code not in {one.code for one in after}]
    if gone and len(before) > 1:
        words.append(tr("law.line.no_case", cases=", ".join(gone)))
    return "; ".join(words)


def from_to(before: Variant, after: Variant) -> str:
    """«7 → 5 ngày làm việc»; the unit is said once where it is the same."""
    one, other = (case.phases[0].limit if len(case.phases) == 1 else None for case in (before, after))
    if one is not None and other is not None and before.starts_on == after.starts_on:
        return limits_from_to(one, other)
    return f"{variant_words(before)} → {variant_words(after)}"


def limits_from_to(before: Limit, after: Limit) -> str:
    """`from_to` of two single limits."""
    same = before.unit is after.unit and before.amount > 0 and after.amount > 0
    same = same and before.time is None and before.cutoff is None
    return f"{amount_words(before.amount) if same else limit_words(before)} → {limit_words(after)}"


def _case_title(case: Variant) -> str:
    return case.title_vi if language() == "vi" else case.title_en


def _commitment(change: RowChange, law: Law, begun: set[str]) -> Iterator[ChangeLine]:
    promise = commitment_of(change.row)
    found = law.case_on(promise.procedure, promise.variant, promise.valid_from)
    title, limit = promise.procedure, limit_words(promise.limit)
    if isinstance(found, tuple):
        version, case = found
        title = title_of(version, promise.procedure)
        if promise.variant is not None:
            title += f", {_case_title(case)}"
        if len(case.phases) == 1:
            limit = limits_from_to(case.phases[0].limit, promise.limit)
    since = tr("law.line.from", day=f"{promise.valid_from:%d/%m/%Y}")
    if promise.valid_to is not None:
        since += f" {tr('law.line.until', day=f'{promise.valid_to:%d/%m/%Y}')}"
    yield ChangeLine(f"{tr('law.line.commitment', title=title, limit=limit)}, {since}", promise.decision, change.events)


def _opening(change: RowChange, law: Law, begun: set[str]) -> Iterator[ChangeLine]:
    row = change.row.row
    yield ChangeLine(opening_words(row), row.get("decision"), change.events)


def _year(change: RowChange, law: Law, begun: set[str]) -> Iterator[ChangeLine]:
    row = change.row.row
    if row.get("decided"):
        before = change.before is not None and change.before.row.get("decided")
        key = "law.line.year_amended" if before else "law.line.year_decided"
    else:
        key = "law.line.year_expected"
    yield ChangeLine(tr(key, year=row["year"]), row.get("basis"), change.events)


def _hours(change: RowChange, law: Law, begun: set[str]) -> Iterator[ChangeLine]:
    row = change.row.row
    text = tr("law.line.hours", day=_day(row["valid_from"]), hours=hours_words(row.get("periods")))
    yield ChangeLine(text, row.get("basis"), change.events)


def _policy(change: RowChange, law: Law, begun: set[str]) -> Iterator[ChangeLine]:
    row = change.row.row
    value = _word(f"law.policy.value.{row['value']}", str(row["value"]))
    if row["name"] == POLICY:
        value = order_words(read_order(str(row["value"])))
    name = _word(f"law.policy.{row['name']}", str(row["name"]))
    text = tr("law.line.policy", name=name, value=value, day=_day(row["valid_from"]))
    yield ChangeLine(text, row.get("basis"), change.events)


def _post_support(change: RowChange, law: Law, begun: set[str]) -> Iterator[ChangeLine]:
    row = change.row.row
    last = tr("law.line.until", day=_day(row["valid_to"])) if row.get("valid_to") else ""
    text = tr("law.line.post_support", payer=row["borne_by"], day=_day(row["valid_from"]))
    yield ChangeLine(f"{text} {last}".rstrip(), row.get("decision"), change.events)


def _rule(change: RowChange, law: Law, begun: set[str]) -> Iterator[ChangeLine]:
    row = change.row.row
    yield ChangeLine(tr("law.line.rule", day=_day(row["valid_from"])), row.get("basis"), change.events)


def _unit(change: RowChange, law: Law, begun: set[str]) -> Iterator[ChangeLine]:
    row = change.row.row
    title = _titled(row)
    key = "law.line.unit_new" if change.before is None else "law.line.unit_amended"
    yield ChangeLine(tr(key, title=title, code=row["code"]), row.get("basis"), change.events)


def _titled(row: Mapping[str, Any]) -> str:
    return str(row["title_vi" if language() == "vi" else "title_en"])


def _first_day(row: LawRow) -> str:
    return str(row.row.get("valid_from") or row.row.get("date") or row.row.get("year") or "")


def _day(text: object) -> str:
    return f"{date.fromisoformat(str(text)):%d/%m/%Y}"


def _word(key: str, otherwise: str) -> str:
    """The catalogue's word, or the data's own where there is none."""
    found = tr(key)
    return otherwise if found == key else found


_TOLD: Mapping[str, Callable[[RowChange, Law, set[str]], Iterator[ChangeLine]]] = {
    "procedure_version": _version,
    "commitment": _commitment,
    "opening": _opening,
    "year": _year,
    "hours": _hours,
    "policy": _policy,
    "post_support": _post_support,
    "rule": _rule,
    "unit": _unit,
    "unit_kind": _unit,
}
