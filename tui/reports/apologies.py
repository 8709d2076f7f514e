"""The debt of apology in a period: limits missed, what became of each, what is owed now. No citizen is named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from core.lateness import Fate, Lateness
from core.moments import LEGAL_TIME
from core.text import fold
from storage.delays import Delay, Delays, Totals, delays, place
from storage.desk import Desk
from tui.handover import procedure_title
from tui.i18n import tr
from tui.reason_words import basis_doubt, basis_words
from tui.reports.sheet import Cell, Line, Part, Sheet, period_words
from tui.reports.staff import Staff
from tui.widgets.columns import Column

NAME = "apologies"
PASSING = frozenset({"owed"})
"""Of the moment at which it is made, not of the period: no adjustment of what was sent."""
RUNNING = frozenset({"missed", "working_days_late", "fate", "owed_since", "kept"})
"""What may be otherwise in an open dossier's row of JSON only because days went by."""
_COUNTED = ("missed", "owed", "issued_in_time", "issued_late", "excused", "ended")
_TOTALS = (
    Column("procedure", "report.procedure", 16, grow=1, most=80),
    *(Column(name, f"report.apologies.{name}", 9, align="right") for name in _COUNTED),
)
_LINES = (
    Column("number", "report.number", 11),
    Column("procedure", "report.procedure", 16, priority=1, grow=2),
    Column("officer", "report.officer", 16, priority=2, grow=1),
    Column("limit", "report.apologies.limit", 10),
    Column("days", "report.apologies.days", 9, align="right", marked=True),
    Column("what", "report.apologies.what", 26, grow=4, marked=True),
)
_MARKS = {Fate.OWED: "apology_owed", Fate.PAUSED: "paused", Fate.ENDED: "overdue"}

read = delays


def sheet(desk: Desk, facts: Delays) -> Sheet:
    """The totals by procedure, the period's limits, and what is owed now."""
    titles = {name: procedure_title(desk, name) for name in facts.procedures}
    order = sorted(titles, key=lambda name: fold(titles[name]))
    totals = [_total("", tr("report.total"), facts.totals())]
    totals += [_total(name, titles[name], facts.totals(name)) for name in order]
    about = [tr("report.apologies.about")]
    doubtful = len({one.id for one in (*facts.period, *facts.owed) if one.facts.unverified})
    if doubtful:
        about.append(tr("report.unverified", count=doubtful))
    lists, staff = [("period", facts.period), ("owed_now", facts.owed)], Staff(desk)
    return Sheet(
        name=NAME,
        title=tr("report.apologies"),
        period=period_words(facts.first, facts.last, facts.unit, facts.now),
        about=tuple(about),
        totals=Part(tr("report.totals"), _TOTALS, tuple(totals)),
        lists=tuple(
            Part(tr(f"report.apologies.{name}"), _LINES, _lines(staff, name, rows, titles)) for name, rows in lists
        ),
    )


def _total(name: str, title: str, totals: Totals) -> Line:
    counts = asdict(totals)
    return Line(name or "all", (title, *(counts[one] for one in _COUNTED)), group=name or None)


def _lines(staff: Staff, part: str, rows: Iterable[Delay], titles: dict[str, str]) -> tuple[Line, ...]:
    ordered = sorted(rows, key=lambda one: (fold(titles[one.procedure]), *place(one)))
    return tuple(
        Line(
            f"{part} {one.id}",
            _cells(staff, one, titles[one.procedure]),
            dossier=one.id,
            group=one.procedure,
            mark=_MARKS.get(one.facts.fate, "normal"),
        )
        for one in ordered
    )


def _cells(staff: Staff, one: Delay, title: str) -> tuple[Cell, ...]:
    return (
        one.receipt_number or tr("queue.no_number"),
        title,
        staff.name(one.officer),
        one.facts.limit_on,
        one.facts.days_late,
        what_happened(staff, one.facts),
    )


def what_happened(staff: Staff, facts: Lateness) -> str:
    """The debt, the apology or the excuse; the new appointment and whether it was kept; a doubt about the limit."""
    words = {"since": "", "by": "", "basis": ""}
    if facts.owed_since is not None:
        words["since"] = _day(facts.owed_since)
    if facts.excuse is not None:
        words |= {"by": staff.name(facts.excuse.by), "basis": basis_words(facts.excuse)}
    before = facts.fate is Fate.ENDED and not facts.missed
    told = [tr("report.ended_before") if before else tr(f"report.fate.{facts.fate.value}", **words)]
    if facts.letter is not None:
        told.append(tr("report.letter", number=facts.letter))
    if facts.rescheduled_to is not None:
        kept = {True: "kept", False: "missed_again", None: "appointed"}[facts.kept]
        told.append(tr(f"report.{kept}", day=_day(facts.rescheduled_to)))
    if facts.unverified:
        told.append(tr("report.unverified_limit"))
    return "; ".join(told)


def document(desk: Desk, facts: Delays) -> dict[str, Any]:
    """docs/schemas/report-apologies.json."""
    staff = Staff(desk)
    return {
        "name": NAME,
        "from": facts.first.isoformat(),
        "to": facts.last.isoformat(),
        "unit": facts.unit,
        "made_at": _moment(facts.now),
        "totals": asdict(facts.totals()),
        "procedures": [{"procedure": name, **asdict(facts.totals(name))} for name in facts.procedures],
        "period": [_row(staff, one) for one in facts.period],
        "owed": [_row(staff, one) for one in facts.owed],
    }


def _row(staff: Staff, one: Delay) -> dict[str, Any]:
    facts = one.facts
    excuse = facts.excuse
    return {
        "receipt_number": one.receipt_number,
        "id": one.id,
        "procedure": one.procedure,
        "officer": staff.code(one.officer),
        "limit_at": _moment(facts.limit_at),
        "limit_on": facts.limit_on.isoformat(),
        "missed": facts.missed,
        "working_days_late": facts.days_late,
        "fate": facts.fate.value,
        "owed_since": _moment(facts.owed_since),
        "letter_number": facts.letter,
        "excused": None
        if excuse is None
        else {
            "by": staff.code(excuse.by),
            "basis": excuse.body.get("basis"),
            "basis_unverified": basis_doubt(excuse) is not None,
            "reason": excuse.body.get("reason"),
        },
        "rescheduled_to": _moment(facts.rescheduled_to),
        "kept": facts.kept,
        "unverified": facts.unverified,
    }


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(LEGAL_TIME):%d/%m/%Y}"


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(LEGAL_TIME).isoformat(timespec="seconds")
