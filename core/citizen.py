"""What a paused dossier waits for: until when the citizen has time, and when to remind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from core.answers import InvalidInput
from core.dossier import Dossier
from core.law import Law
from core.moments import legal_day
from core.states import State


@dataclass(frozen=True, slots=True)
class CitizenDeadline:
    """`answer_by`: the last day; past it the leader is proposed to stop (form 05), and nothing stops by itself."""

    answer_by: date
    remind_on: tuple[date, ...]

    def stop_proposed(self, today: date) -> bool:
        """Whether the day has passed."""
        return today > self.answer_by

    def remind_next(self, reminded: date | None) -> date | None:
        """The first day of reminding that the last reminder did not reach; None: no reminder is left."""
        return next((day for day in self.remind_on if reminded is None or reminded < day), None)


def citizen_deadline(dossier: Dossier, law: Law) -> CitizenDeadline | None:
    """For a supplement that is waited for: the day that the request named, else the policy's days after it.

    A last day that is no working day ends on the next one (Civil Code art. 148.5). None where nothing is waited for, or
    neither the request nor the law says until when.
    """
    asked = [event for event in dossier.clock_events if event.kind == "supplement_requested"]
    if dossier.state is not State.AWAITING_SUPPLEMENT or not asked:
        return None
    requested = legal_day(asked[-1].at)
    try:
        named = asked[-1].body.get("answer_by")
        last = date.fromisoformat(named) if named else _policy_day(law, dossier.unit, requested)
        day = law.calendar(dossier.unit).next_working(last.toordinal())
        before = timedelta(days=int(law.policy("citizen_reminder_days", dossier.unit, requested)))
    except InvalidInput:
        return None
    answer_by = date.fromordinal(day)
    return CitizenDeadline(answer_by, (answer_by - before,) if answer_by - before > requested else ())


def _policy_day(law: Law, unit: str, requested: date) -> date:
    return requested + timedelta(days=int(law.policy("citizen_answer_days", unit, requested)))
