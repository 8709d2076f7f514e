"""The book of what was taken in, over any period; it names citizens, so it is never sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.moments import LEGAL_TIME
from core.text import fold
from storage.book import Book, Taken, book
from storage.desk import Desk
from storage.quiet import few_collections
from tui.handover import procedure_title
from tui.i18n import tr
from tui.reports.ii06a import due_day, moment_json
from tui.reports.sheet import Cell, Line, Lines, Part, Sheet, period_words
from tui.unit_words import unit_words
from tui.widgets.columns import Column

NAME = "register"
IS_SENT = False
"""What is sent stays for good, and nobody could destroy the names in it."""
_TOTALS = (
    Column("procedure", "report.procedure", 16, grow=1, most=80),
    Column("count", "report.register.count", 9, align="right"),
)
_LINES = (
    Column("number", "report.number", 11),
    Column("name", "report.register.name", 16, grow=2),
    Column("phone", "report.register.phone", 11, priority=4),
    Column("procedure", "report.procedure", 14, priority=1, grow=2),
    Column("received", "report.register.received", 16, priority=2),
    Column("due", "report.register.due", 16, priority=3),
    Column("returned", "report.register.returned", 16, priority=5),
    Column("channel", "report.register.channel", 11, priority=7),
    Column("officer", "report.officer", 14, priority=8),
    Column("note", "report.register.note", 14, priority=6),
)

read = book


def sheet(desk: Desk, facts: Book) -> Sheet:
    """How many of each procedure, and the rows."""
    counts = facts.count()
    titles = {name: procedure_title(desk, name) for name in counts}
    totals = [Line("all", (tr("report.total"), len(facts.rows)))]
    totals += [
        Line(name, (titles[name], counts[name]), group=name)
        for name in sorted(titles, key=lambda one: fold(titles[one]))
    ]
    names = {one.id: one.name for one in desk.officers.all()}

    def lines() -> list[Line]:
        return [_line(desk, one, titles, names) for one in facts.rows]

    return Sheet(
        name=NAME,
        title=tr("report.register"),
        period=period_words(facts.first, facts.last, facts.unit, facts.now),
        about=(tr("report.register.about"), tr("report.register.paper")),
        totals=Part(tr("report.totals"), _TOTALS, tuple(totals)),
        lists=(Part(tr("report.register"), _LINES, Lines(len(facts.rows), lines)),),
    )


def _line(desk: Desk, one: Taken, titles: dict[str, str], names: dict[str, str]) -> Line:
    note = tr(f"state.{one.state}") if one.away is None else tr("dossier.away", unit=unit_words(desk, one.away))
    cells = (
        one.receipt_number or tr("queue.no_number"),
        one.applicant_name,
        one.phone or "–",
        titles[one.procedure],
        _moment(one.received_at),
        "–" if one.due_at is None else due_day(one.due_at),
        _moment(one.returned_at),
        tr(f"channel.{one.channel}") if one.channel else "–",
        names.get(one.officer or "", one.officer or "–"),
        note,
    )
    return Line(one.id, cells, dossier=one.id, group=one.procedure)


def _moment(seconds: int | None) -> Cell:
    return "–" if seconds is None else datetime.fromtimestamp(seconds, LEGAL_TIME)


@few_collections()
def document(desk: Desk, facts: Book) -> dict[str, Any]:
    """docs/schemas/report-register.json."""
    return {
        "name": NAME,
        "from": facts.first.isoformat(),
        "to": facts.last.isoformat(),
        "unit": facts.unit,
        "made_at": moment_json(facts.now),
        "procedures": [{"procedure": name, "count": count} for name, count in sorted(facts.count().items())],
        "dossiers": [
            {
                **one._asdict(),
                "received_at": _json(one.received_at),
                "due_at": _json(one.due_at),
                "returned_at": _json(one.returned_at),
            }
            for one in facts.rows
        ],
    }


def _json(seconds: int | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, LEGAL_TIME).isoformat()
