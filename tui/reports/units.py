"""Form II.06a's columns by unit, beside each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.settled import PARTS
from storage.comparing import Compared, by_unit
from storage.desk import Desk
from storage.quiet import few_collections
from storage.settled import Settled
from tui.reports.comparing import compared_json, compared_sheet, row_json
from tui.reports.figures import figures_json
from tui.reports.ii06a import READINGS as _READINGS
from tui.reports.ii06a import RULES, dossiers_json, listed
from tui.reports.sheet import Part, Sheet
from tui.unit_words import unit_words

NAME = "units"
READINGS = _READINGS

read = by_unit


def sheet(desk: Desk, facts: Compared) -> Sheet:
    """A line for each unit, in the order of their codes; the fields of each below, and the dossiers of its columns."""
    return compared_sheet(
        NAME, facts, [], lambda row: unit_words(desk, row.name), total=True, behind=tuple(_behind(desk, facts))
    )


def _behind(desk: Desk, facts: Compared) -> Iterator[Part]:
    titles: dict[str, str] = {}
    for unit, form in _forms(facts):
        words = f"{unit_words(desk, unit)} – " if len(facts.rows) > 1 else ""
        yield from (listed(desk, form, figure, titles, of=words, group=unit) for figure in PARTS)


def _forms(facts: Compared) -> Iterator[tuple[str, Settled]]:
    yield from ((row.name, row.form) for row in facts.rows if row.form is not None)


@few_collections()
def document(desk: Desk, facts: Compared) -> dict[str, Any]:
    """docs/schemas/report-units.json."""
    units = [{"unit": row.name, **(row_json(row) or {})} for row in facts.rows]
    dossiers = [{**one, "unit": unit} for unit, form in _forms(facts) for one in dossiers_json(form)]
    told = {"totals": figures_json(facts.total), "units": units, "dossiers": dossiers}
    return {**compared_json(NAME, facts, RULES), **told}
