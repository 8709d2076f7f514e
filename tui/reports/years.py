"""Form II.06a's columns of the same period, year over year."""

from __future__ import annotations

from typing import Any

from storage.comparing import Compared, Row, by_year
from storage.desk import Desk
from storage.quiet import few_collections
from tui.i18n import tr
from tui.reports.comparing import compared_json, compared_sheet, row_json
from tui.reports.ii06a import READINGS as _READINGS
from tui.reports.ii06a import RULES, dossiers_json
from tui.reports.sheet import Sheet

NAME = "years"
READINGS = _READINGS

read = by_year


def sheet(desk: Desk, facts: Compared) -> Sheet:
    """A line for each year, this one first; years from before anything was counted say so."""
    about = [
        tr("report.years.part", year=row.name, day=f"{row.known_from:%d/%m/%Y}") for row in facts.rows if row.known_from
    ]
    unknown = [row.name for row in facts.rows if row.figures is None]
    if unknown:
        about.append(tr("report.years.unknown", years=", ".join(unknown)))
    return compared_sheet(NAME, facts, about, _words, total=False)


def _words(row: Row) -> str:
    """The year; of a period that spans two, its days."""
    if row.first.year != row.last.year:
        return f"{row.first:%d/%m/%Y}–{row.last:%d/%m/%Y}"
    return row.name


@few_collections()
def document(desk: Desk, facts: Compared) -> dict[str, Any]:
    """docs/schemas/report-years.json. Dossiers are those of the asked period alone: it is what is sent, and adjusted
    later; the years before stand beside it for comparison, and had reports of their own."""
    own = facts.rows[0].form
    years = [
        {
            "from": row.first.isoformat(),
            "to": row.last.isoformat(),
            "known_from": None if row.known_from is None else row.known_from.isoformat(),
            "figures": row_json(row),
        }
        for row in facts.rows
    ]
    return {**compared_json(NAME, facts, RULES), "years": years, "dossiers": [] if own is None else dossiers_json(own)}
