"""The answer that an online dossier is owed, in words and as JSON."""

from __future__ import annotations

from typing import Any

from core.answering import answer_of
from core.dossier import Dossier
from core.law import Law
from tui.answers import iso
from tui.dates import end_long, moment_long
from tui.explanation import explanation_lines
from tui.i18n import tr
from tui.limit_words import limit_words


def answer_lines(dossier: Dossier, law: Law) -> list[str]:
    """Until when it is to be answered and why then; of an answered one, whether in time. Nothing for others."""
    answer = answer_of(dossier, law)
    if answer is None:
        return []
    since = moment_long(answer.since)
    if answer.due_at is None or answer.explanation is None or answer.limit is None:
        return [tr("answer.no_limit", since=since)]
    due, limit = end_long(answer.due_at), limit_words(answer.limit)
    if answer.given is None or answer.given_at is None:
        asked = tr("answer.owed", since=since, due=due, limit=limit, basis=answer.basis or "–")
        told = explanation_lines(answer.explanation, law.calendar(dossier.unit), answer.basis)
        appointment = tr("explain.due", moment=due)
        return [asked, *(line for line in told if not line.startswith(appointment))]
    key = "answer.late" if answer.late else "answer.in_time"
    return [tr(key, since=since, due=due, given=moment_long(answer.given_at), kind=tr(f"kind.{answer.given}"))]


def answer_given_json(dossier: Dossier, law: Law) -> dict[str, Any] | None:
    """Null for what did not come online."""
    answer = answer_of(dossier, law)
    if answer is None:
        return None
    return {
        "since": iso(answer.since),
        "answer_by": iso(answer.due_at),
        "given": answer.given,
        "given_at": iso(answer.given_at),
        "late": answer.late,
        "basis": answer.basis,
        "verified": answer.verified,
    }
