"""What the comparisons of units and of years share: the form's columns, a row for each, the fields of each below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.settled import Column as Figure
from core.text import fold
from storage.comparing import Compared, Row
from tui.i18n import tr
from tui.reports.figures import field_words, figure_cells, figure_columns, figure_heads, figures_json
from tui.reports.ii06a import moment_json, runs_word
from tui.reports.sheet import Cell, Line, Part, Sheet, period_words

_FIELDS = figure_columns("field", "report.field")


def compared_sheet(
    name: str,
    facts: Compared,
    about: list[str],
    words: Callable[[Row], str],
    total: bool,
    behind: tuple[Part, ...] = (),
) -> Sheet:
    """A line for each row (`total`: and for all of them), then its fields, then the dossiers `behind`; no rank and no
    verdict."""
    key = f"report.{name}.what"
    lines = [Line("all", (tr("report.total"), *figure_cells(facts.total)))] if total else []
    lines += [Line(row.name, (words(row), *_cells(row)), group=row.name) for row in facts.rows]
    runs = [tr(runs_word(facts.span))] if facts.span.seen_at < facts.span.end else []
    told = (tr(f"report.{name}.about"), tr(f"report.ii06a.reading.{facts.reading}"), *runs, *about)
    parts = tuple(
        Part(words(row), _FIELDS, tuple(_field_lines(row)), heads=figure_heads("report.field")) for row in facts.rows
    )
    return Sheet(
        name=name,
        title=tr(f"report.{name}"),
        period=period_words(facts.span.first, facts.span.last, facts.unit, facts.span.now),
        about=(*told, tr("report.ii06a.legend")),
        totals=Part(tr("report.totals_alone"), figure_columns("what", key), tuple(lines), heads=figure_heads(key)),
        lists=(*parts, *behind),
    )


def _cells(row: Row) -> tuple[Cell, ...]:
    return tuple("–" for _ in Figure) if row.figures is None else figure_cells(row.figures)


def _field_lines(row: Row) -> list[Line]:
    names = sorted(row.fields, key=lambda field: fold(field_words(field)))
    return [
        Line(f"{row.name} {field}", (field_words(field), *figure_cells(row.fields[field])), group=row.name)
        for field in names
    ]


def compared_json(name: str, facts: Compared, rules: int) -> dict[str, Any]:
    """What docs/schemas/report-units.json and report-years.json have alike."""
    return {
        "name": name,
        "from": facts.span.first.isoformat(),
        "to": facts.span.last.isoformat(),
        "unit": facts.unit,
        "made_at": moment_json(facts.span.now),
        "reading": facts.reading.value,
        "rules": rules,
    }


def row_json(row: Row) -> dict[str, Any] | None:
    """A row's figures with its fields; None where there is no data."""
    if row.figures is None:
        return None
    fields = [{"field": field or None, **figures_json(figures)} for field, figures in row.fields.items()]
    return {**figures_json(row.figures), "fields": fields}
