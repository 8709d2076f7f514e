"""A unit's promise of a shorter limit: it can only shorten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from core.answers import InvalidInput, Refusal
from core.calendar import WorkCalendar
from core.deadline import ClockEvent, ClockRules, deadline
from core.law import Law
from core.moments import LEGAL_TIME
from core.time_limit import Limit, Phase, Unit

_A_YEAR = 366


def longer(body: Mapping[str, Any], unit: str, law: Law) -> Refusal | None:
    """Why the promise of a `commitment_made` may not be made: somewhere within its first year it would be later.

    Refusals: `commitment_longer` (it names the first day of receipt with a later date), `commitment_not_shorter`
    (never earlier), and those of `Law.case_on`. Raises InvalidInput `limit_invalid`.
    """
    promise = _limit(body)
    first = date.fromisoformat(str(body["valid_from"]))
    last = date.fromisoformat(str(body["valid_to"])) if body.get("valid_to") else date.max
    calendar, earlier = law.calendar(unit), False
    for day in range(first.toordinal(), min(first.toordinal() + _A_YEAR, last.toordinal() + 1)):
        if day > calendar.last.toordinal() - _A_YEAR:
            break
        found = law.case_on(str(body["procedure"]), body.get("variant"), date.fromordinal(day))
        if isinstance(found, Refusal):
            return found
        version, case = found
        rules = law.clock_rules(version, case.code, unit, date.fromordinal(day))
        for order in _orders(rules, promise, day, calendar):
            if order > 0:
                told = {"procedure": version.procedure, "day": f"{date.fromordinal(day):%d/%m/%Y}"}
                return Refusal("commitment_longer", version.basis, params=told)
            earlier = earlier or order < 0
    return None if earlier else Refusal("commitment_not_shorter", params={"procedure": str(body["procedure"])})


def _orders(rules: ClockRules, promise: Limit, day: int, calendar: WorkCalendar) -> list[int]:
    """-1 where the promise is due before the law's limit, 0 with it, 1 after it; for receipts over the day."""
    found = []
    for hour in (8, 11, 14, 16):
        received = datetime.combine(date.fromordinal(day), datetime.min.time(), LEGAL_TIME) + timedelta(hours=hour)
        events = () if rules.gate == "received" else (ClockEvent(rules.gate, received),)
        answer = deadline(received, rules, events, calendar, (Phase(promise),))
        law, unit = answer.statutory_due_at, answer.committed_due_at
        if law is not None and unit is not None:
            found.append((unit > law) - (unit < law))
    return found


def _limit(body: Mapping[str, Any]) -> Limit:
    try:
        return Limit(Fraction(str(body["amount"])), Unit(str(body["unit"])))
    except (ValueError, ZeroDivisionError):
        raise InvalidInput("limit_invalid") from None
