"""A deadline as the JSON that `deadline --batch`, `show` and `explain` answer with."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from typing import Any

from core.deadline import Deadline, Step
from core.trace import Explanation, Segment


def answer_json(identity: object, explanation: Explanation) -> dict[str, Any]:
    """The contract's answer with its trace; `identity` is echoed."""
    answer = deadline_json(identity, explanation.deadline)
    answer["trace"] = [segment_json(segment) for segment in explanation.trace]
    if explanation.other is not None:
        limit, trace = explanation.other
        answer["other_trace"] = {"limit": limit, "segments": [segment_json(segment) for segment in trace]}
    answer["error"] = None
    return answer


def deadline_json(identity: object, deadline: Deadline) -> dict[str, Any]:
    """The answer up to its trace; what does not apply is left out."""
    answer: dict[str, Any] = {
        "id": identity,
        "due_at": iso(deadline.due_at),
        "due_date": iso(deadline.due_date),
        "statutory_due_at": iso(deadline.statutory_due_at),
        "committed_due_at": iso(deadline.committed_due_at),
        "apology_owed_by": iso(deadline.apology_owed_by),
    }
    if deadline.waiting_for is not None:
        answer["waiting_for"] = deadline.waiting_for
    if deadline.paused_since is not None:
        answer["paused_since"] = iso(deadline.paused_since)
    if deadline.unconfirmed:
        answer["unconfirmed"] = True
    if deadline.unverified:
        answer["unverified"] = True
    if deadline.steps:
        answer["steps"] = [_step_json(step) for step in deadline.steps]
    return answer


def _step_json(step: Step) -> dict[str, Any]:
    return {
        "phase": step.phase,
        "station": step.station,
        "due_at": iso(step.due_at),
        "ended_at": iso(step.ended_at),
        "late": step.late,
        "basis": step.basis,
    }


def segment_json(segment: Segment) -> dict[str, Any]:
    """One segment of a trace."""
    return {
        "from": iso(segment.from_at),
        "to": iso(segment.to_at),
        "effect": segment.effect,
        "counted": number(segment.counted),
        "unit": segment.unit.value,
        "basis": segment.basis,
        "phase": segment.phase,
    }


def number(amount: Fraction) -> int | float:
    """A whole amount as an integer."""
    return amount.numerator if amount.denominator == 1 else float(amount)


def iso(moment: datetime | date | None) -> str | None:
    """ISO 8601 in whole seconds."""
    return None if moment is None else moment.isoformat()
