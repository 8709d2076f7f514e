"""What citizens asked, proposed and complained of in a period, and what is still owed; no name, no word of theirs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.feedback import FEEDBACK_KINDS
from core.moments import legal_day
from storage.desk import Desk
from storage.feedback import FeedbackRow, open_before, received_between, short
from tui.feedback_words import due_words
from tui.handover import procedure_title
from tui.i18n import tr
from tui.reports.sheet import Cell, Line, Part, Sheet, period_words
from tui.widgets.columns import Column

NAME = "feedback"
PASSING = frozenset({"overdue"})
"""Grows by itself as days go by: no adjustment of what was sent."""
_COUNTED = ("received", "answered", "in_time", "late", "open", "overdue", "no_limit")
_TOTALS = (
    Column("kind", "report.feedback.kind", 12, grow=1),
    *(Column(name, f"report.feedback.{name}", 9, align="right", priority=int(name == "no_limit")) for name in _COUNTED),
)
_LINES = (
    Column("code", "report.feedback.code", 8),
    Column("what", "report.feedback.what", 24, grow=2, marked=True),
    Column("kind", "report.feedback.kind", 10),
    Column("day", "report.feedback.day", 10),
    Column("procedure", "report.procedure", 16, priority=2, grow=2),
    Column("officer", "report.officer", 14, priority=1, grow=1),
    Column("number", "report.number", 11, priority=3),
)


@dataclass(frozen=True, slots=True)
class Answering:
    """`period`: what came in the days; `before`: what came earlier and is not answered now."""

    first: date
    last: date
    unit: str | None
    today: date
    period: tuple[FeedbackRow, ...]
    before: tuple[FeedbackRow, ...]


def read(desk: Desk, first: date, last: date, unit: str | None = None) -> Answering:
    """What came on the days `first` to `last`, and what of before is still owed."""
    today = legal_day(desk.now())
    period, before = received_between(desk, first, last, unit), open_before(desk, first, unit)
    return Answering(first, last, unit, today, tuple(period), tuple(before))


def counts(rows: Sequence[FeedbackRow], today: date) -> dict[str, int]:
    """How many were received, answered (in time, late), are open (overdue, without any known limit)."""
    answered = [one for one in rows if one.answered_at is not None]
    left = [one for one in rows if one.is_open]
    late = sum(one.days_late(today) > 0 for one in answered)
    return {
        "received": len(rows),
        "answered": len(answered),
        "in_time": sum(one.due is not None and not one.destroyed and not one.days_late(today) for one in answered),
        "late": late,
        "open": len(left),
        "overdue": sum(one.days_late(today) > 0 for one in left),
        "no_limit": sum(one.due is None for one in rows),
    }


def sheet(desk: Desk, facts: Answering) -> Sheet:
    """Counts by kind, then what came in the period and what is owed from before."""
    kinds = [kind for kind in (*FEEDBACK_KINDS, "") if any(one.kind == kind for one in facts.period)]
    totals = [_total(facts, tr("report.total"), None, facts.period)]
    totals += [_total(facts, _kind(kind), kind, [one for one in facts.period if one.kind == kind]) for kind in kinds]
    lists = (("period", facts.period), ("before", facts.before))
    return Sheet(
        name=NAME,
        title=tr("report.feedback"),
        period=period_words(facts.first, facts.last, facts.unit, desk.now()),
        about=(tr("report.feedback.about"), *([] if facts.period else [tr("no_data")])),
        totals=Part(tr("report.feedback.totals"), _TOTALS, tuple(totals)),
        lists=tuple(
            Part(tr(f"report.feedback.{name}"), _LINES, tuple(_lines(desk, facts, name, rows))) for name, rows in lists
        ),
    )


def _kind(kind: str) -> str:
    return tr(f"feedback.kind.{kind}") if kind else tr("feedback.gone")


def _total(facts: Answering, title: str, kind: str | None, rows: Sequence[FeedbackRow]) -> Line:
    return Line("all" if kind is None else f"kind {kind}", (title, *counts(rows, facts.today).values()), group=kind)


def _lines(desk: Desk, facts: Answering, part: str, rows: Iterable[FeedbackRow]) -> Iterable[Line]:
    for one in rows:
        dossier = desk.row(one.dossier) if one.dossier else None
        officer = desk.officers.get(one.officer) if one.officer else None
        cells: tuple[Cell, ...] = (
            short(one.id),
            due_words(one, facts.today),
            _kind(one.kind),
            one.received_at.date(),
            procedure_title(desk, one.procedure) if one.procedure else "",
            officer.name if officer else one.officer or "",
            str(dossier["receipt_number"] or "") if dossier else "",
        )
        yield Line(f"{part} {one.id}", cells, dossier=one.dossier, group=one.kind)


def document(desk: Desk, facts: Answering) -> dict[str, Any]:
    """docs/schemas/report-feedback.json."""
    return {
        "name": NAME,
        "from": facts.first.isoformat(),
        "to": facts.last.isoformat(),
        "unit": facts.unit,
        "totals": counts(facts.period, facts.today),
        "kinds": [
            {"kind": kind, **counts([one for one in facts.period if one.kind == kind], facts.today)}
            for kind in FEEDBACK_KINDS
        ],
        "period": [_row(desk, facts, one) for one in facts.period],
        "before": [_row(desk, facts, one) for one in facts.before],
    }


def _row(desk: Desk, facts: Answering, one: FeedbackRow) -> dict[str, Any]:
    officer = desk.officers.get(one.officer) if one.officer else None
    return {
        "code": short(one.id),
        "kind": one.kind or None,
        "received_at": one.received_at.isoformat(),
        "due": one.due.isoformat() if one.due else None,
        "answered_at": one.answered_at.isoformat() if one.answered_at else None,
        "days_late": one.days_late(facts.today),
        "dossier": one.dossier,
        "outreach": one.outreach,
        "procedure": one.procedure,
        "officer": officer.code if officer else one.officer,
        "unit": one.unit,
        "destroyed": one.destroyed,
    }
