"""Form II.06a's columns by unit, beside each other."""

from __future__ import annotations

from typing import Any

from storage.comparing import Compared, by_unit
from storage.desk import Desk
from tui.reports.comparing import compared_json, compared_sheet, row_json
from tui.reports.figures import figures_json
from tui.reports.ii06a import READINGS as _READINGS
from tui.reports.ii06a import RULES
from tui.reports.sheet import Sheet
from tui.unit_words import unit_words

NAME = "units"
READINGS = _READINGS

read = by_unit


def sheet(desk: Desk, facts: Compared) -> Sheet:
    """A line for each unit, in the order of their codes; the fields of each below."""
    return compared_sheet(NAME, facts, [], lambda row: unit_words(desk, row.name), total=True)


def document(desk: Desk, facts: Compared) -> dict[str, Any]:
    """docs/schemas/report-units.json."""
    units = [{"unit": row.name, **(row_json(row) or {})} for row in facts.rows]
    return {**compared_json(NAME, facts, RULES), "totals": figures_json(facts.total), "units": units}
