"""An officer's day: what one did, by kind and hour. Each sees the own; leaders and auditors all."""

from __future__ import annotations

from typing import Any

from storage.desk import Desk
from storage.officer_day import Day, OfficerDay, officer_day
from tui.i18n import tr
from tui.reports.ii06a import moment_json
from tui.reports.sheet import Line, Part, Sheet, period_words
from tui.widgets.columns import Column

NAME = "day"
IS_SENT = False
"""What each officer did is for the officer and the leaders; what is sent can be read by all."""
_TOTALS = (
    Column("officer", "report.officer", 20, grow=1),
    Column("acts", "report.day.acts", 8, align="right"),
    Column("dossiers", "report.day.dossiers", 8, align="right"),
)
_LINES = (
    Column("what", "report.day.what", 28, grow=1),
    Column("officer", "report.officer", 18),
    Column("count", "report.day.count", 8, align="right"),
)

read_for = officer_day


def sheet(desk: Desk, facts: Day) -> Sheet:
    """Acts of each officer; then by kind, and by hour."""
    names = {one.id: one.name for one in desk.officers.all()}
    totals = [
        Line(one.officer, (names.get(one.officer, one.officer), one.acts, one.dossiers), group=one.officer)
        for one in facts.officers
    ]
    if not facts.own_only:
        totals.insert(0, Line("all", (tr("report.total"), sum(one.acts for one in facts.officers), "")))
    whose = tr("report.day.own" if facts.own_only else "report.day.all")
    return Sheet(
        name=NAME,
        title=tr("report.day"),
        period=period_words(facts.first, facts.last, facts.unit, facts.now),
        about=(*(() if facts.officers else (tr("no_data"),)), whose, tr("report.day.about")),
        totals=Part(tr("report.totals_alone"), _TOTALS, tuple(totals)),
        lists=(
            Part(tr("report.day.kinds"), _LINES, tuple(_lines(facts, names, "kinds"))),
            Part(tr("report.day.hours"), _LINES, tuple(_lines(facts, names, "hours"))),
        ),
    )


def _lines(facts: Day, names: dict[str, str], part: str) -> list[Line]:
    found = []
    for one in facts.officers:
        for what, words, count in _counts(one, part):
            cells = (words, names.get(one.officer, one.officer), count)
            found.append(Line(f"{part} {one.officer} {what}", cells, group=one.officer))
    return found


def _counts(one: OfficerDay, part: str) -> list[tuple[str, str, int]]:
    if part == "hours":
        return [(str(hour), f"{hour:02}:00–{hour:02}:59", count) for hour, count in sorted(one.hours.items())]
    return [(kind, tr(f"kind.{kind}"), count) for kind, count in one.kinds.most_common()]


def document(desk: Desk, facts: Day) -> dict[str, Any]:
    """docs/schemas/report-day.json."""
    return {
        "name": NAME,
        "from": facts.first.isoformat(),
        "to": facts.last.isoformat(),
        "unit": facts.unit,
        "made_at": moment_json(facts.now),
        "own_only": facts.own_only,
        "officers": [
            {
                "officer": one.officer,
                "acts": one.acts,
                "dossiers": one.dossiers,
                "kinds": dict(sorted(one.kinds.items())),
                "hours": {str(hour): count for hour, count in sorted(one.hours.items())},
            }
            for one in facts.officers
        ],
    }
