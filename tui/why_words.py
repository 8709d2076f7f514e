"""A dossier in some lines, and why it is due when it is."""

from __future__ import annotations

from collections.abc import Mapping

from core.dossier import Dossier
from core.law import Law
from core.moments import limit_day
from core.standing import Standing, calendar_of, earliest
from core.trace import Explanation
from tui.answer_words import answer_lines
from tui.dates import day_short, end_long
from tui.dossier_words import (
    apology_lines,
    bringer_line,
    citizen_lines,
    fee_line,
    history_line,
    missing_papers,
    no_deadline_words,
    notes,
    person_line,
    received_line,
)
from tui.explanation import explanation_lines
from tui.i18n import tr


def summary(dossier: Dossier, stands: Standing, officers: Mapping[str, str]) -> list[str]:
    """Who, what, which papers are missing, what was paid, notes, the last events."""
    missing = missing_papers(dossier, stands.version)
    lines = [
        f"{dossier.receipt_number or tr('queue.no_number')} · {tr(f'state.{dossier.state}')}",
        person_line(dossier),
        bringer_line(dossier),
        received_line(dossier, stands.version, officers),
        *apology_lines(dossier, officers),
        tr("dossier.missing", papers="; ".join(missing) or tr("dossier.nothing_missing")),
        fee_line(dossier),
        *(tr("dossier.note", text=note) for note in notes(dossier)[:1]),
        history_line(dossier),
    ]
    return [line for line in lines if line]


def why_lines(dossier: Dossier, stands: Standing, reason: Explanation | None, law: Law) -> list[str]:
    """The question with its answer, line by line; an earlier promise that still binds stands before it."""
    doubt = [tr(f"why.elsewhere.{stands.elsewhere}")] if stands.elsewhere else []
    if stands.answer is not None and stands.answer.given is None:
        return [tr("answer.question"), *answer_lines(dossier, law)]
    if reason is None:
        return [tr("why.none"), no_deadline_words(stands), *doubt]
    due = reason.deadline.due_at
    day = limit_day(due) if due else None
    question = tr("why.question", day=day_short(day)) if day else tr("why.open")
    basis = stands.version.basis if stands.version else None
    promised = stands.promised_at
    if dossier.ending is None and promised is not None and due and day and promised < due:
        question = tr("why.promise_holds", moment=end_long(promised), day=day_short(day))
    calendar = calendar_of(dossier, earliest(dossier, law))
    return [question, *doubt, *explanation_lines(reason, calendar, basis), *citizen_lines(dossier, law)]


def date_lines(stands: Standing) -> list[str]:
    """Due now, promised and binding, or until when a limit's running part is; whether nobody has verified the rule."""
    dates = [
        ("due", stands.due_at),
        ("promised", stands.promised_at),
        ("binding", stands.binding_at),
        ("answer" if stands.answer is not None and stands.answer.given is None else "step", stands.step_at),
    ]
    told = [tr(f"why.{name}", moment=end_long(moment)) for name, moment in dates if moment]
    if stands.version is not None and not stands.version.verified:
        told.append(tr("why.unverified"))
    return told
