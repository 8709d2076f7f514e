"""The answer that an online dossier is owed: taken in, guided or not accepted within some working hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from core.answers import InvalidInput
from core.deadline import deadline
from core.dossier import Dossier
from core.history import ClockRules
from core.law import Law
from core.moments import DAY, HOUR, LEGAL_TIME, legal_day
from core.time_limit import Limit, Phase, Unit
from core.trace import Explanation, explain

_AHEAD, _EPOCH = 7 * HOUR, date(1970, 1, 1)
POLICY = "online_answer_hours"
"""The row of the law that holds the limit, in working hours."""


@dataclass(frozen=True, slots=True)
class Answer:
    """When it came, until when it is to be answered, and how it was.

    `due_at` None: the station's law has no such limit for the day. `late`: after the limit; None while that is open.
    `basis`: the limit's article, `verified` False where nobody held it against the text.
    """

    since: datetime
    due_at: datetime | None
    given: str | None
    given_at: datetime | None
    basis: str | None
    verified: bool
    limit: Limit | None = None
    explanation: Explanation | None = None

    @property
    def late(self) -> bool | None:
        """Whether it was given too late; None where there is no limit, or none was given yet."""
        if self.due_at is None or self.given_at is None:
            return None
        return self.given_at > self.due_at


def answer_of(dossier: Dossier, law: Law) -> Answer | None:
    """The answer that the dossier is owed, or was given; None for one that did not come online."""
    if dossier.submitted_at is None:
        return None
    since, given = dossier.submitted_at, dossier.answered
    kind, at = given if given is not None else (None, None)
    try:
        rules = _rules(law, dossier.unit, legal_day(since))
        if rules is None:
            return Answer(since, None, kind, at, None, verified=False)
        told = explain(since, rules, (), law.calendar(dossier.unit))
    except (InvalidInput, ValueError):
        return Answer(since, None, kind, at, None, verified=False)
    limit = rules.phases[0].limit
    return Answer(since, told.deadline.due_at, kind, at, rules.basis, rules.verified, limit, told)


class AnswerTimes:
    """Whether many answers were late: what the law says of a unit's day, or of a moment, is looked up once."""

    def __init__(self, law: Law) -> None:
        self._law = law
        self._rules: dict[tuple[str, int], tuple[ClockRules, int] | None] = {}
        self._due: dict[tuple[str, int], int | None] = {}

    def late(self, since: int, given: int, unit: str) -> bool | None:
        """Whether an answer (or now) comes after the limit; epoch seconds. None where the law has no limit."""
        known = self._rules_on(unit, (since + _AHEAD) // DAY)
        if known is None:
            return None
        rules, seconds = known
        if given - since <= seconds:
            return False  # fewer hours than the limit's have passed, worked or not
        if (unit, since) not in self._due:
            self._due[unit, since] = self._due_at(since, unit, rules)
        due = self._due[unit, since]
        return None if due is None else given > due

    def _due_at(self, since: int, unit: str, rules: ClockRules) -> int | None:
        try:
            due = deadline(datetime.fromtimestamp(since, LEGAL_TIME), rules, (), self._law.calendar(unit)).due_at
        except (InvalidInput, ValueError):
            return None
        return None if due is None else int(due.timestamp())

    def _rules_on(self, unit: str, day: int) -> tuple[ClockRules, int] | None:
        """With the limit's seconds, rounded down."""
        if (unit, day) not in self._rules:
            try:
                rules = _rules(self._law, unit, _EPOCH + timedelta(days=day))
            except (InvalidInput, ValueError):
                rules = None
            self._rules[unit, day] = None if rules is None else (rules, int(rules.phases[0].limit.amount * HOUR))
        return self._rules[unit, day]


def _rules(law: Law, unit: str, day: date) -> ClockRules | None:
    row = law.policy_row(POLICY, unit, day)
    if row.valid_from > day:
        return None
    limit = Limit(Fraction(row.value), Unit.WORKING_HOUR)
    return ClockRules((Phase(limit, basis=row.basis),), basis=row.basis, verified=row.verified)
