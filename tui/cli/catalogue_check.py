"""`motcua catalogue check`: is the law whole, and does it give what people counted by hand?"""

from __future__ import annotations

import argparse

from core.golden import CaseFailure, failures, without_cases
from core.law import Law
from core.moments import LEGAL_TIME
from tui.cli.law import law_of
from tui.cli.output import Problem, error_object, print_json, report
from tui.dates import end_long
from tui.i18n import tr


def check(args: argparse.Namespace) -> int:
    """Reading the law has found faults of its rows already; here its golden cases are computed."""
    law = law_of(args)
    law.calendar()
    problems = [case_problem(failure) for failure in failures(law)]
    problems += [Problem("case_none", {"where": key}) for key in without_cases(law)]
    result = _result(law, problems)
    if args.json:
        print_json(result)
    else:
        for problem in problems:
            report(problem, as_json=False)
        print(tr("cli.catalogue.checked", **result))
    return 1 if problems else 0


def case_problem(failure: CaseFailure) -> Problem:
    """The case, its hand count and what came out instead."""
    case = failure.case
    if failure.problem is not None:
        reason = error_object(Problem(failure.problem))["message"]
    elif failure.due_at is None:
        reason = tr("cli.catalogue.no_due")
    else:
        reason = end_long(failure.due_at)
    due = end_long(case.due_at.astimezone(LEGAL_TIME))
    return Problem(
        "case_fails",
        {"where": case.where, "due": due, "counted": case.counted, "found": reason},
        basis=case.source,
    )


def _result(law: Law, problems: list[Problem]) -> dict[str, object]:
    versions = [version for procedure in law.procedures for version in procedure.versions]
    return {
        "ok": not problems,
        "rows": law.size,
        "procedures": len(law.procedures),
        "versions": len(versions),
        "unverified_versions": sum(not version.verified for version in versions),
        "first_year": law.years[0].year,
        "last_year": law.years[-1].year,
        "undecided_years": [one.year for one in law.years if not one.decided],
        "cases": len(law.cases),
        "problems": [error_object(problem) for problem in problems],
    }
