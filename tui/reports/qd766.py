"""Decision 766/QĐ-TTg: what a desk can prove of its groups, with the counts behind. No total, and no citizen."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.settled import Column as Figure
from storage.desk import Desk
from storage.qd766 import GROUPS, UNKNOWN, Decision766, Indicator, qd766
from storage.quiet import few_collections
from tui.i18n import tr
from tui.reports.ii06a import dossiers_json, listed, moment_json
from tui.reports.sheet import Cell, Line, Part, Sheet, period_words
from tui.widgets.columns import Column

NAME = "qd766"
_TOTALS = (
    Column("group", "report.qd766.group", 22, grow=1),
    Column("indicator", "report.qd766.indicator", 26, grow=2),
    Column("count", "report.qd766.count", 8, align="right"),
    Column("of", "report.qd766.of", 8, align="right"),
    Column("share", "report.qd766.share", 7, align="right", priority=1),
)
_LINES = (Column("group", "report.qd766.group", 30), Column("why", "report.qd766.why", 30, grow=1))
_BEHIND = (
    *(("progress", figure) for figure in (Figure.LATE, Figure.OVERDUE, Figure.EARLY, Figure.ON_TIME, Figure.WITHIN)),
    *(("online", figure) for figure in (Figure.ONLINE, Figure.DIRECT)),
)
"""The columns of form II.06a that open below, what was missed first."""

read = qd766


def sheet(desk: Desk, facts: Decision766) -> Sheet:
    """An indicator a line; the groups without data below."""
    unknown = tuple(Line(name, (tr(f"report.qd766.{name}"), tr(f"report.qd766.no_data.{name}"))) for name in UNKNOWN)
    return Sheet(
        name=NAME,
        title=tr("report.qd766"),
        period=period_words(facts.span.first, facts.span.last, facts.unit, facts.span.now),
        about=(tr("report.qd766.about"), tr("report.qd766.source")),
        totals=Part(tr("report.qd766.proven"), _TOTALS, tuple(map(_line, facts.indicators))),
        lists=tuple(listed(desk, facts.form, figure, {}, group=group) for group, figure in _BEHIND),
        more=(Part(tr("report.qd766.unknown"), _LINES, unknown),),
    )


def _line(one: Indicator) -> Line:
    share: Cell = "–" if not one.of else (Decimal(100 * one.count) / one.of).quantize(Decimal("0.1"))
    words = (tr(f"report.qd766.{one.group}"), tr(f"report.qd766.{one.group}.{one.name}"))
    return Line(f"{one.group} {one.name}", (*words, one.count, one.of, share), group=one.group)


@few_collections()
def document(desk: Desk, facts: Decision766) -> dict[str, Any]:
    """docs/schemas/report-qd766.json."""
    return {
        "name": NAME,
        "from": facts.span.first.isoformat(),
        "to": facts.span.last.isoformat(),
        "unit": facts.unit,
        "made_at": moment_json(facts.span.now),
        "groups": [
            {
                "group": name,
                "indicators": None
                if name in UNKNOWN
                else [
                    {"name": one.name, "count": one.count, "of": one.of}
                    for one in facts.indicators
                    if one.group == name
                ],
            }
            for name in GROUPS
        ],
        "dossiers": dossiers_json(facts.form),
    }
