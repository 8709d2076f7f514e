"""Every dossier that was late or was given a new date, a row each, missing apologies first. No citizen is named."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from core.lateness import Fate
from core.lost import Lost
from core.moments import LEGAL_TIME, legal_day
from core.text import fold
from storage.desk import Desk
from storage.late import Late, LateList, late
from tui.handover import procedure_title
from tui.i18n import tr
from tui.reports.apologies import what_happened
from tui.reports.sheet import Cell, Line, Part, Sheet, period_words
from tui.reports.staff import Staff
from tui.widgets.columns import Column

NAME = "late"
RUNNING = frozenset({"missed", "working_days_late", "fate", "apology_missing", "lost"})
"""What may be otherwise in an open dossier's row of JSON only because days went by."""
_HOUR = 3600
_COUNTED = ("rows", "missing", "before", "after", "excused")
_TOTALS = (
    Column("procedure", "report.procedure", 16, grow=1, most=80),
    *(Column(name, f"report.late.{name}", 9, align="right") for name in _COUNTED),
)
_LINES = (
    Column("number", "report.number", 11),
    Column("procedure", "report.procedure", 12, grow=2),
    Column("due", "report.late.due", 10),
    Column("promised", "report.late.promised", 10, priority=5),
    Column("finished", "report.late.finished", 10, priority=3),
    Column("days", "report.late.days", 8, align="right", marked=True),
    Column("step", "report.late.step", 18, priority=4, grow=2),
    Column("officer", "report.officer", 14, priority=1, grow=1),
    Column("apology", "report.late.apology", 12, priority=6),
    Column("apology_on", "report.late.apology_on", 10, priority=8),
    Column("signer", "report.late.signer", 14, priority=7),
    Column("what", "report.late.what", 14, grow=2, marked=True),
)
_MARKS = {Fate.OWED: "apology_owed", Fate.ENDED: "overdue", Fate.PAUSED: "paused"}

read = late


def sheet(desk: Desk, facts: LateList) -> Sheet:
    """Counts by procedure, and the rows: those without an apology, then the others."""
    titles = {name: procedure_title(desk, name) for name in dict.fromkeys(one.delay.procedure for one in facts.rows)}
    totals = [Line("all", (tr("report.total"), *_counts(facts.rows)))]
    for name, title in sorted(titles.items(), key=lambda one: fold(one[1])):
        rows = [one for one in facts.rows if one.delay.procedure == name]
        totals.append(Line(name, (title, *_counts(rows)), group=name))
    found, staff = facts.found, Staff(desk)
    return Sheet(
        name=NAME,
        title=tr("report.late"),
        period=period_words(found.first, found.last, found.unit, found.now),
        about=(tr("report.late.about"), tr("report.late.lost")),
        totals=Part(tr("report.totals"), _TOTALS, tuple(totals)),
        lists=tuple(
            Part(tr(f"report.late.list.{name}"), _LINES, tuple(_line(staff, one, titles) for one in rows))
            for name, rows in (
                ("missing", [one for one in facts.rows if one.missing]),
                ("others", [one for one in facts.rows if not one.missing]),
            )
        ),
    )


def _counts(rows: list[Late] | tuple[Late, ...]) -> tuple[int, ...]:
    fates = [one.delay.facts.fate for one in rows]
    return (
        len(rows),
        sum(one.missing for one in rows),
        fates.count(Fate.IN_TIME),
        fates.count(Fate.LATE),
        fates.count(Fate.EXCUSED),
    )


def _line(staff: Staff, one: Late, titles: dict[str, str]) -> Line:
    delay, facts = one.delay, one.delay.facts
    cells: tuple[Cell, ...] = (
        delay.receipt_number or tr("queue.no_number"),
        titles[delay.procedure],
        facts.limit_on,
        _day(one.promised_at),
        _day(one.ended_at),
        facts.days_late,
        _where(one.lost),
        "–" if one.lost is None else staff.name(one.lost.officer),
        (one.apology.body.get("number") or tr("report.late.no_number")) if one.apology is not None else "–",
        _day(None if one.apology is None else one.apology.at),
        "–" if one.signer is None else staff.name(one.signer),
        what_happened(staff, facts),
    )
    mark = _MARKS.get(facts.fate, "normal")
    return Line(delay.id, cells, dossier=delay.id, group=delay.procedure, mark=mark)


def _where(found: Lost | None) -> str:
    if found is None:
        return "–"
    since = found.step or tr(f"kind.{found.since}")
    until = tr("report.late.still") if found.until is None else tr(f"kind.{found.until}")
    return tr("report.late.stretch", since=since, until=until, hours=round(found.seconds / _HOUR))


def document(desk: Desk, facts: LateList) -> dict[str, Any]:
    """docs/schemas/report-late.json."""
    staff = Staff(desk)
    return {
        "name": NAME,
        "from": facts.found.first.isoformat(),
        "to": facts.found.last.isoformat(),
        "unit": facts.found.unit,
        "made_at": _moment(facts.found.now),
        "missing": facts.missing,
        "rows": [_row(staff, one) for one in facts.rows],
    }


def _row(staff: Staff, one: Late) -> dict[str, Any]:
    delay, facts, where = one.delay, one.delay.facts, one.lost
    before = {Fate.IN_TIME: True, Fate.LATE: False}.get(facts.fate)
    return {
        "receipt_number": delay.receipt_number,
        "id": delay.id,
        "procedure": delay.procedure,
        "due_at": _moment(facts.limit_at),
        "due_on": facts.limit_on.isoformat(),
        "promised_at": _moment(one.promised_at),
        "finished_at": _moment(one.ended_at),
        "missed": facts.missed,
        "working_days_late": facts.days_late,
        "fate": facts.fate.value,
        "apology_missing": one.missing,
        "rescheduled_to": _moment(facts.rescheduled_to),
        "lost": None
        if where is None
        else {
            "since": where.since,
            "step": where.step,
            "until": where.until,
            "officer": staff.code(where.officer),
            "working_seconds": where.seconds,
        },
        "apology": None
        if one.apology is None
        else {
            "number": one.apology.body.get("number"),
            "issued_at": _moment(one.apology.at),
            "signer": None if one.signer is None else staff.code(one.signer),
            "before_limit": before,
        },
        "unverified": facts.unverified,
    }


def _day(moment: datetime | None) -> date | str:
    return "–" if moment is None else legal_day(moment)


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(LEGAL_TIME).isoformat(timespec="seconds")
