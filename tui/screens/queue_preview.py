"""The pane below the queue: the dossier under the cursor, and why it is due when it is."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from core.dossier import Dossier
from core.law import Law
from core.standing import Standing, calendar_of, earliest, explained, standing
from core.trace import Explanation
from tui.dates import day_short, moment_long
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
from tui.screens.parts import TextLines
from tui.widgets.ribbon import Ribbon, RibbonDay, ribbon_days


class Preview(Horizontal):
    """Shows one dossier, or nothing."""

    def compose(self) -> ComposeResult:
        yield TextLines(id="facts")
        with Vertical(id="reason"):
            yield TextLines(id="why")
            yield Ribbon(id="days")

    def show_dossier(self, dossier: Dossier | None, law: Law, officers: Mapping[str, str]) -> None:
        """Fold nothing here: the dossier comes folded."""
        if dossier is None:
            facts, why, days = [], [], []
        else:
            stands, reason = standing(dossier, law), explained(dossier, law)
            facts = summary(dossier, stands, officers)
            why = why_lines(dossier, stands, reason, law)
            days = days_of(reason)
        self.query_one("#facts", TextLines).show_lines(facts)
        self.query_one("#why", TextLines).show_lines(why)
        self.query_one(Ribbon).show_days(days)


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
    if reason is None:
        return [tr("why.none"), no_deadline_words(stands), *doubt]
    due = reason.deadline.due_at
    question = tr("why.question", day=day_short(due.date())) if due else tr("why.open")
    basis = stands.version.basis if stands.version else None
    promised = stands.promised_at
    if dossier.ending is None and promised is not None and due is not None and promised < due:
        question = tr("why.promise_holds", moment=moment_long(promised), day=day_short(due.date()))
    calendar = calendar_of(dossier, earliest(dossier, law))
    return [question, *doubt, *explanation_lines(reason, calendar, basis), *citizen_lines(dossier, law)]


def days_of(reason: Explanation | None) -> list[RibbonDay]:
    """The days of the trace for the ribbon; a pause that still runs is left out."""
    if reason is None:
        return []
    closed = [(one.effect, one.from_at, one.to_at) for one in reason.trace if one.to_at is not None]
    return ribbon_days((effect, start, end) for effect, start, end in closed)
