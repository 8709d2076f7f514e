"""Form II.06a/VPCP/KSTT: received, settled and pending dossiers by field. No citizen is named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from core.moments import LEGAL_TIME
from core.settled import PARTS, Reading, Span
from core.settled import Column as Figure
from core.text import fold
from storage.desk import Desk
from storage.frozen import Sent
from storage.quiet import few_collections
from storage.settled import NAME, Adjusted, Settled, settled
from tui.handover import procedure_title
from tui.i18n import tr
from tui.reports.figures import field_words, figure_cells, figure_columns, figure_heads, figure_title, figures_json
from tui.reports.sheet import Cell, Line, Lines, Part, Sheet, period_words
from tui.widgets.columns import Column

READINGS = tuple(Reading)
"""Whose judgement of «early, on time, late» it can be told by, the usual one first."""
IS_COMPARED = False
"""It names its adjustments itself, column by column."""
RULES = 1
"""Counts up whenever the same events would be counted otherwise; it stands in what was sent."""
_TOTALS = figure_columns("field", "report.field")
_LINES = (
    Column("number", "report.number", 11),
    Column("procedure", "report.procedure", 16, priority=1, grow=2),
    Column("came", "report.ii06a.since", 11, priority=2),
    Column("due", "report.ii06a.due", 10),
    Column("ended", "report.ii06a.ended", 10),
    Column("with", "report.ii06a.with", 16, priority=3, grow=1),
)
_ADJUSTED = (
    Column("number", "report.number", 11),
    Column("why", "report.adjusted.why", 24, grow=1),
    Column("was", "report.adjusted.was", 10),
    Column("now", "report.adjusted.now", 10),
    Column("procedure", "report.procedure", 16, priority=1, grow=2),
)
"""The longest text last: a narrow screen may cut it."""
_AHEAD, _DAY, _EPOCH = 25_200, 86_400, date(1970, 1, 1)
_MARKS = {Figure.LATE: "overdue", Figure.OVERDUE: "apology_owed", Figure.WITHIN: "normal"}

read = settled


def sheet(desk: Desk, facts: Settled) -> Sheet:
    """The form, and the dossiers of each of its columns."""
    names = {field: field_words(field) for field in facts.fields}
    order = sorted(names, key=lambda field: fold(names[field]))
    totals = [Line("all", (tr("report.total"), *figure_cells(facts.total)))]
    totals += [
        Line(field or "none", (names[field], *figure_cells(facts.fields[field])), group=field) for field in order
    ]
    titles: dict[str, str] = {}
    return Sheet(
        name=NAME,
        title=tr("report.ii06a"),
        period=period_words(facts.span.first, facts.span.last, facts.unit, facts.span.now),
        about=tuple(_about(facts)),
        totals=Part(tr("report.ii06a.totals"), _TOTALS, tuple(totals), heads=figure_heads("report.field")),
        lists=(*(listed(desk, facts, figure, titles) for figure in PARTS), *_adjusted(desk, facts, titles)),
    )


def _about(facts: Settled) -> Iterator[str]:
    if facts.before is not None:
        reasons = Counter(one.why for one in facts.adjusted)
        words = "; ".join(tr(f"report.ii06a.why.{word}", count=count) for word, count in sorted(reasons.items()))
        words = words or tr("report.ii06a.unchanged" if facts.sent is not None else "report.adjusted.broken")
        yield tr("report.ii06a.adjusted", period=_period(facts.before), told=words)
    yield tr(f"report.ii06a.reading.{facts.reading}")
    if facts.span.seen_at < facts.span.end:
        yield tr(runs_word(facts.span))
    told = [tr(f"report.ii06a.beside.{name}", count=count) for name, count in facts.beside.items()]
    if told:
        yield tr("report.ii06a.beside", told="; ".join(told))
    yield tr("report.ii06a.legend")


def runs_word(span: Span) -> str:
    """What to say of a period that is not over."""
    return "report.ii06a.runs" if span.begin <= int(span.now.timestamp()) else "report.ii06a.not_begun"


def _period(report: Sent) -> str:
    return f"{report.first:%d/%m/%Y}–{report.last:%d/%m/%Y}"


def listed(
    desk: Desk, facts: Settled, figure: Figure, titles: dict[str, str], *, of: str = "", group: str | None = None
) -> Part:
    """The dossiers of a column; they are read when somebody looks at them. `of`: what stands before its name, `group`:
    the line of the totals that they belong to, where that is not their field's."""

    def lines() -> list[Line]:
        return _lines(desk, facts, figure, titles, group)

    return Part(f"{of}{figure_title(figure)}", _LINES, Lines(facts.total[figure], lines), on_paper=False)


def _lines(desk: Desk, facts: Settled, figure: Figure, titles: dict[str, str], group: str | None) -> list[Line]:
    """A year of them: what many have alike is made once."""
    behind = facts.by_column[figure]
    nameless = tr("queue.no_number")
    for name in {one.counted.procedure for one in behind} - titles.keys():
        titles[name] = procedure_title(desk, name)
    alike = {
        where: (figure_title(where.became if figure == where.came else where.came), _MARKS.get(where.became, "done"))
        for where in {one.where for one in behind}
    }
    before = f"{int(figure)}" if group is None else f"{group} {int(figure)}"
    found = []
    for counted, field, where in behind:
        other, mark = alike[where]
        cells: tuple[Cell, ...] = (
            counted.number or nameless,
            titles[counted.procedure],
            _day((counted.counted_from + _AHEAD) // _DAY),
            "–" if counted.due_at is None else _day((counted.due_at - 1 + _AHEAD) // _DAY),
            "–" if counted.ended_at is None else _day((counted.ended_at + _AHEAD) // _DAY),
            other,
        )
        found.append(Line(f"{before} {counted.id}", cells, counted.id, field if group is None else group, mark))
    return found


def _adjusted(desk: Desk, facts: Settled, titles: dict[str, str]) -> Iterator[Part]:
    """The dossiers of the period before that count otherwise than what was sent: columns then and now, and why."""
    if facts.adjusted:
        lines = tuple(_adjusted_line(desk, one, titles) for one in facts.adjusted)
        yield Part(tr("report.ii06a.adjustments"), _ADJUSTED, lines, on_paper=True)


def _adjusted_line(desk: Desk, one: Adjusted, titles: dict[str, str]) -> Line:
    if one.procedure not in titles:
        titles[one.procedure] = procedure_title(desk, one.procedure)
    was, now = (", ".join(f"({figure})" for figure in columns) or "–" for columns in (one.change.was, one.change.now))
    words = tr(f"report.ii06a.reason.{one.why}")
    cells = (one.number or tr("queue.no_number"), words, was, now, titles[one.procedure])
    return Line(f"adjusted {one.change.id}", cells, dossier=one.change.id)


@few_collections()
def document(desk: Desk, facts: Settled) -> dict[str, Any]:
    """docs/schemas/report-ii06a.json."""
    return {
        "name": NAME,
        "from": facts.span.first.isoformat(),
        "to": facts.span.last.isoformat(),
        "unit": facts.unit,
        "made_at": moment_json(facts.span.now),
        "reading": facts.reading.value,
        "rules": RULES,
        "totals": figures_json(facts.total),
        "fields": [{"field": field or None, **figures_json(figures)} for field, figures in facts.fields.items()],
        "beside": dict(facts.beside),
        "adjustments": None
        if facts.before is None
        else {
            "of": facts.before.id,
            "from": facts.before.first.isoformat(),
            "to": facts.before.last.isoformat(),
            "dossiers": [_adjustment(one) for one in facts.adjusted],
        },
        "dossiers": dossiers_json(facts),
    }


def dossiers_json(facts: Settled) -> list[dict[str, Any]]:
    """Each dossier behind the form's figures once, with the two columns that it counts in."""
    columns = {where: [int(figure) for figure in where] for where in {one.where for one in facts.behind}}
    return [
        {
            "id": one.counted.id,
            "receipt_number": one.counted.number,
            "procedure": one.counted.procedure,
            "field": one.field or None,
            "columns": columns[one.where],
        }
        for one in facts.behind
    ]


def _adjustment(one: Adjusted) -> dict[str, Any]:
    was, now = list(one.change.was), list(one.change.now)
    return {"id": one.change.id, "receipt_number": one.number, "was": was, "now": now, "why": one.why}


def day_of(seconds: int) -> date:
    """The day of a moment in legal time, which is seven hours ahead all year."""
    return _day((seconds + _AHEAD) // _DAY)


@lru_cache(maxsize=8192)
def _day(number: int) -> date:
    return _EPOCH + timedelta(days=number)


def due_day(seconds: int) -> date:
    """What is due at 24:00 is due on the day that ends then."""
    return day_of(seconds - 1)


def moment_json(moment: datetime) -> str:
    """A moment as every report's JSON has it."""
    return moment.astimezone(LEGAL_TIME).isoformat(timespec="seconds")
