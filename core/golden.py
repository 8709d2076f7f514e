"""Golden cases: what people counted by hand, computed and compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from core.answers import InvalidInput
from core.catalogue import GoldenCase, ProcedureVersion
from core.deadline import ClockRules, deadline
from core.law import Law
from core.moments import legal_day
from core.time_limit import Phase


@dataclass(frozen=True, slots=True)
class CaseFailure:
    """A case whose hand count and computed due time differ; `problem`: why there is no due time at all, as a code."""

    case: GoldenCase
    due_at: datetime | None
    problem: str | None = None


def failures(law: Law) -> Iterator[CaseFailure]:
    """The cases that do not hold under this law: national calendar, default policy, no promise of a unit."""
    for case in law.cases:
        try:
            rules = _rules(law, case)
            if isinstance(rules, str):
                yield CaseFailure(case, None, rules)
                continue
            found = deadline(case.received_at, rules, case.events, law.calendar()).due_at
        except InvalidInput as error:
            yield CaseFailure(case, None, error.code)
            continue
        if found != case.due_at:
            yield CaseFailure(case, found)


def without_cases(law: Law) -> Iterator[str]:
    """The versions and years that no case travels with, by their keys."""
    counted = {case.where.rpartition("#")[0] for case in law.cases}
    versions = (f"{one.name}/{version.valid_from}" for one in law.procedures for version in one.versions)
    years = (str(one.year) for one in law.years)
    yield from (key for key in (*versions, *years) if key not in counted)


def _rules(law: Law, case: GoldenCase) -> ClockRules | str:
    day = legal_day(case.received_at)
    if case.limit is not None:
        return ClockRules((Phase(case.limit),), offhours=law.policy("offhours", None, day))
    version = law.version_on(case.procedure or "", day)
    if not isinstance(version, ProcedureVersion):
        return version.code
    if version.valid_from != case.valid_from:
        return "case_outside_version"
    return law.clock_rules(version, case.variant, None, day)
