"""The monthly sheet of a commune's police, by procedure. No citizen is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from core.commune import COLUMNS, columns_of
from core.text import fold
from storage.commune import KNOWN, UNKNOWN, Commune, commune
from storage.desk import Desk
from storage.quiet import few_collections
from storage.tally import Counted
from tui.handover import procedure_title
from tui.i18n import tr
from tui.reports.ii06a import day_of, due_day, moment_json, runs_word
from tui.reports.sheet import Cell, Line, Lines, Part, Sheet, period_words
from tui.widgets.columns import Column

NAME = "commune"
_SHEET = (*COLUMNS[:6], "paid_online", *UNKNOWN, "late", "returned_online")
_TOTALS = (
    Column("procedure", "report.procedure", 14, grow=1, most=80),
    *(
        Column(name, f"report.commune.short.{name}", 15, align="right", priority=1)
        if name in UNKNOWN
        else Column(name, f"report.commune.short.{name}", 6, align="right")
        for name in _SHEET
    ),
)
_LINES = (
    Column("number", "report.number", 11),
    Column("procedure", "report.procedure", 16, priority=1, grow=2),
    Column("came", "report.ii06a.since", 11, priority=2),
    Column("due", "report.ii06a.due", 10),
    Column("ended", "report.ii06a.ended", 10),
)

read = commune


def sheet(desk: Desk, facts: Commune) -> Sheet:
    """A line for each procedure; the dossiers of each column below."""
    titles = {name: procedure_title(desk, name) for name in facts.rows}
    order = sorted(titles, key=lambda name: fold(titles[name]))
    totals = [Line("all", (tr("report.total"), *_cells(facts.total)))]
    totals += [Line(name, (titles[name], *_cells(facts.rows[name])), group=name) for name in order]
    heads = (tr("report.procedure"), *(tr(f"report.commune.{name}") for name in _SHEET))
    about = [
        tr("report.commune.about"),
        tr("report.commune.unknown"),
        tr("report.commune.late_means"),
        tr("report.commune.short"),
    ]
    if facts.span.seen_at < facts.span.end:
        about.append(tr(runs_word(facts.span)))
    if facts.outside:
        about.append(tr("report.commune.outside", count=facts.outside))
    if facts.several:
        about.append(tr("report.commune.several", count=facts.several))
    return Sheet(
        name=NAME,
        title=tr("report.commune"),
        period=period_words(facts.span.first, facts.span.last, facts.unit, facts.span.now),
        about=tuple(about),
        totals=Part(tr("report.totals"), _TOTALS, tuple(totals), heads=heads),
        lists=(*_listed(facts, titles), *_ways(facts, titles)),
    )


def _cells(row: Any) -> tuple[Cell, ...]:
    return tuple(tr("report.no_data_cell") if name in UNKNOWN else int(row[name]) for name in _SHEET)


def _listed(facts: Commune, titles: dict[str, str]) -> Iterator[Part]:
    """The dossiers of each column; most are in two, and tell the same in both."""
    cells: dict[str, tuple[Cell, ...]] = {}

    def lines_of(name: str) -> Callable[[], list[Line]]:
        mark = "overdue" if name == "late" else "normal"

        def lines() -> list[Line]:
            if not cells:
                nameless = tr("queue.no_number")
                cells.update((one.id, _line_cells(one, titles, nameless)) for one in facts.behind)
            return [
                Line(f"{name} {one.id}", cells[one.id], one.id, one.procedure, mark) for one in facts.by_column[name]
            ]

        return lines

    for name in COLUMNS:
        yield Part(tr(f"report.commune.{name}"), _LINES, Lines(facts.total[name], lines_of(name)), on_paper=False)


def _ways(facts: Commune, titles: dict[str, str]) -> Iterator[Part]:
    """The dossiers whose fee was paid, or whose result went back, online."""
    for name in ("paid_online", "returned_online"):

        def lines(name: str = name) -> list[Line]:
            return [
                Line(
                    f"{name} {one.id}",
                    (one.number or tr("queue.no_number"), titles[one.procedure], "", "", ""),
                    dossier=one.id,
                    group=one.procedure,
                )
                for one in facts.went_online[name]
            ]

        yield Part(tr(f"report.commune.{name}"), _LINES, Lines(facts.total[name], lines), on_paper=False)


def _line_cells(one: Counted, titles: dict[str, str], nameless: str) -> tuple[Cell, ...]:
    return (
        one.number or nameless,
        titles[one.procedure],
        day_of(one.counted_from),
        "–" if one.due_at is None else due_day(one.due_at),
        "–" if one.ended_at is None else day_of(one.ended_at),
    )


@few_collections()
def document(desk: Desk, facts: Commune) -> dict[str, Any]:
    """docs/schemas/report-commune.json."""
    return {
        "name": NAME,
        "from": facts.span.first.isoformat(),
        "to": facts.span.last.isoformat(),
        "unit": facts.unit,
        "made_at": moment_json(facts.span.now),
        "totals": _json(facts.total),
        "procedures": [{"procedure": name, **_json(row)} for name, row in facts.rows.items()],
        "outside": facts.outside,
        "paid_several": facts.several,
        "dossiers": [
            {
                "id": one.id,
                "receipt_number": one.number,
                "procedure": one.procedure,
                "columns": sorted(columns_of(one.traits)),
            }
            for one in facts.behind
        ],
    }


def _json(row: Any) -> dict[str, int | None]:
    return {name: row[name] for name in KNOWN} | dict.fromkeys(UNKNOWN)
