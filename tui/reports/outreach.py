"""What was held for citizens in a period, and how dossiers of its procedures came before and after; no judgement."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.outreach import OUTREACH_KINDS
from core.survey import share
from storage.desk import Desk
from storage.feedback import of_outreach
from storage.outreach import OutreachRow, Span, Uptake, held, uptakes
from tui.handover import procedure_title
from tui.i18n import tr
from tui.outreach_words import days_words, span_words, twice_words
from tui.reports.sheet import Cell, Line, Part, Sheet, period_words
from tui.widgets.columns import Column

NAME = "outreach"
_SHARE = "outreach.share.short"
_COLUMNS = (
    Column("day", "report.outreach.day", 10),
    Column("what", "report.outreach.what", 18, grow=2),
    Column("held", "report.outreach.held", 5, align="right"),
    Column("people", "report.outreach.people", 15, align="right", priority=1),
    Column("feedback", "report.outreach.feedback", 8, align="right", priority=2),
    Column("procedures", "report.outreach.procedures", 14, priority=4, grow=1),
    Column("before", "report.outreach.before", 19, grow=1),
    Column("after", "report.outreach.after", 19, grow=1),
)


_UPTAKE = (
    Column("day", "report.outreach.day", 10),
    Column("what", "report.outreach.what", 18, grow=2),
    Column("before_online", "report.outreach.before_online", 17, priority=1, align="right"),
    Column("before_all", "report.outreach.before_all", 13, priority=2, align="right"),
    Column("after_online", "report.outreach.after_online", 15, align="right"),
    Column("after_all", "report.outreach.after_all", 11, align="right"),
)


@dataclass(frozen=True, slots=True)
class Held:
    """One of those, with what was raised there and how dossiers came."""

    row: OutreachRow
    feedback: int
    open: int
    uptake: Uptake | None


@dataclass(frozen=True, slots=True)
class Outreaches:
    """All of a period."""

    first: date
    last: date
    unit: str | None
    held: tuple[Held, ...]

    def of(self, kind: str | None) -> list[Held]:
        """Those of one kind; of all where none is named."""
        return [one for one in self.held if kind in (None, one.row.kind)]


def read(desk: Desk, first: date, last: date, unit: str | None = None) -> Outreaches:
    """What was held on or into the days `first` to `last`."""
    rows = held(desk, first, last, unit)[::-1]
    found = [_held(desk, one, grown) for one, grown in zip(rows, uptakes(desk, rows), strict=True)]
    return Outreaches(first, last, unit, tuple(found))


def _held(desk: Desk, one: OutreachRow, grown: Uptake | None) -> Held:
    raised = of_outreach(desk, one.id)
    return Held(one, len(raised), sum(each.is_open for each in raised), grown)


def sheet(desk: Desk, facts: Outreaches) -> Sheet:
    """Counts by kind, then each one with its people, what was raised, and how dossiers came."""
    totals = [_total(tr("report.total"), None, facts.of(None))]
    totals += [_total(tr(f"outreach.kind.{kind}"), kind, found) for kind in OUTREACH_KINDS if (found := facts.of(kind))]
    about = [tr("report.outreach.about"), tr("report.outreach.method")]
    twice = ((one.row, twice_words(desk, one.row)) for one in facts.held)
    about += [f"{row.title}, {days_words(row)}: {told}" for row, told in twice if told]
    return Sheet(
        name=NAME,
        title=tr("report.outreach"),
        period=period_words(facts.first, facts.last, facts.unit, desk.now()),
        about=(*about, *([] if facts.held else [tr("no_data")])),
        totals=Part(tr("report.outreach.totals"), _COLUMNS, tuple(totals)),
        lists=(
            Part(tr("report.outreach.each"), _COLUMNS, tuple(_lines(desk, facts.held))),
            Part(tr("report.outreach.uptake"), _UPTAKE, tuple(_counts(facts.held)), on_paper=False),
        ),
    )


def _total(title: str, kind: str | None, found: list[Held]) -> Line:
    counted = [one.row.audience for one in found if one.row.audience is not None]
    people: Cell = sum(counted) if counted else tr("no_data.short")
    raised = sum(one.feedback for one in found)
    return Line(kind or "all", ("", title, len(found), people, raised, "", "", ""), group=kind)


def _lines(desk: Desk, found: Iterable[Held]) -> Iterable[Line]:
    for one in found:
        row, grown = one.row, one.uptake
        cells: tuple[Cell, ...] = (
            row.first if row.first == row.last else days_words(row),
            f"{tr(f'outreach.kind.{row.kind}')}: {row.title}",
            "",
            row.audience if row.audience is not None else tr("no_data.short"),
            one.feedback,
            ", ".join(procedure_title(desk, name) for name in row.procedures),
            "" if grown is None else span_words(grown.before, _SHARE),
            "" if grown is None else _after(grown),
        )
        yield Line(row.id, cells, group=row.kind)


def _counts(found: Iterable[Held]) -> Iterable[Line]:
    """How dossiers came before and after as figures, for whoever counts on."""
    for one in found:
        if one.uptake is not None:
            spans = (one.uptake.before, one.uptake.after)
            cells: list[Cell] = [one.row.first, one.row.title]
            for span in spans:
                cells += ["", ""] if span is None else [span.online, span.dossiers]
            yield Line(f"uptake {one.row.id}", tuple(cells), group=one.row.kind)


def _after(grown: Uptake) -> str:
    if grown.after is None:
        return tr("outreach.not_begun")
    said = span_words(grown.after, _SHARE)
    return said if grown.whole else tr("report.outreach.so_far", share=said, day=f"{grown.after.last:%d/%m}")


def document(desk: Desk, facts: Outreaches) -> dict[str, Any]:
    """docs/schemas/report-outreach.json."""
    return {
        "name": NAME,
        "from": facts.first.isoformat(),
        "to": facts.last.isoformat(),
        "unit": facts.unit,
        "methods": {"share": "Wilson score, 95 %"},
        "totals": {
            kind or "all": {
                "held": len(found),
                "counted": sum(one.row.audience is not None for one in found),
                "people": sum(one.row.audience or 0 for one in found),
                "feedback": sum(one.feedback for one in found),
            }
            for kind in (None, *OUTREACH_KINDS)
            for found in [facts.of(kind)]
        },
        "held": [
            {
                "id": one.row.id,
                "kind": one.row.kind,
                "title": one.row.title,
                "date": one.row.first.isoformat(),
                "until": one.row.last.isoformat(),
                "unit": one.row.unit,
                "audience": one.row.audience,
                "procedures": list(one.row.procedures),
                "feedback": one.feedback,
                "feedback_open": one.open,
                "before": _span(one.uptake.before) if one.uptake else None,
                "after": _span(one.uptake.after) if one.uptake and one.uptake.after else None,
                "after_is_whole": one.uptake.whole if one.uptake else None,
            }
            for one in facts.held
        ],
    }


def _span(span: Span) -> dict[str, Any]:
    part = share(span.online, span.dossiers)
    return {
        "from": span.first.isoformat(),
        "to": span.last.isoformat(),
        "dossiers": span.dossiers,
        "online": span.online,
        "share": None if part is None else {
            "value": round(float(part.value), 4), "low": round(part.low, 4), "high": round(part.high, 4)},
    }  # fmt: skip
