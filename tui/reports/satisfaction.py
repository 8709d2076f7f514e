"""Satisfaction in a period: shares and points with counts and intervals, and no officer of whom few have spoken."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.survey import CRITERIA, MOST_POINTS, OVERALL, Interval, mean, scale_on, share
from storage.desk import Desk
from storage.lawbook.scales import package_scales
from storage.surveys import Satisfaction, Tally, satisfaction
from tui.handover import procedure_title
from tui.i18n import tr
from tui.reports.sheet import Cell, Line, Part, Sheet, cell_text, period_words
from tui.scale_words import band_words, criterion_words, scale_line
from tui.widgets.columns import Column

NAME = "satisfaction"
_COLUMNS = (
    Column("answers", "report.satisfaction.answers", 7, align="right"),
    Column("what", "report.satisfaction.what", 20, grow=3),
    Column("satisfied", "report.satisfaction.satisfied", 9, align="right"),
    Column("percent", "report.satisfaction.percent", 6, align="right"),
    Column("between", "report.satisfaction.between", 10, align="right"),
    Column("points", "report.satisfaction.points", 7, align="right", priority=1),
    Column("points_between", "report.satisfaction.between", 11, align="right", priority=2),
    Column("band", "report.satisfaction.band", 10, priority=3),
)

read = satisfaction


def sheet(desk: Desk, facts: Satisfaction) -> Sheet:
    """All answers, then by unit, procedure, month and officer, the five steps and the nine criteria."""
    scale = scale_on(package_scales(), facts.last)
    about = [] if facts.total.count else [tr("no_data")]
    if facts.waiting:
        about.append(tr("report.satisfaction.waiting", count=facts.waiting))
    if facts.twice:
        about.append(tr("report.satisfaction.twice", count=facts.twice))
    if scale is not None:
        about.append(scale_line(scale))
    about.append(tr("report.satisfaction.officers", least=facts.officer_least, hidden=facts.hidden))
    about += [tr("report.satisfaction.about"), tr("report.satisfaction.method")]

    def part(name: str, tallies: Iterable[Tally]) -> Part:
        lines = (Line(f"{name} {one.name}", _cells(facts, one, _name(desk, name, one.name))) for one in tallies)
        title = "officers_list" if name == "officers" else name
        return Part(tr(f"report.satisfaction.{title}"), _COLUMNS, tuple(lines))

    totals = (Line("all", _cells(facts, facts.total, tr("report.total"))),)
    return Sheet(
        name=NAME,
        title=tr("report.satisfaction"),
        period=period_words(facts.first, facts.last, facts.unit, desk.now()),
        about=tuple(about),
        totals=Part(tr("report.satisfaction.all"), _COLUMNS, totals),
        lists=(
            *(part(name, getattr(facts, name)) for name in ("units", "procedures", "months", "officers")),
            Part(tr("report.satisfaction.steps"), _COLUMNS, tuple(_steps(facts.total))),
            Part(tr("report.satisfaction.criteria"), _COLUMNS, tuple(_criteria(facts))),
        ),
    )


def _name(desk: Desk, part: str, name: str) -> str:
    if part == "procedures":
        return procedure_title(desk, name) if name else tr("report.satisfaction.unnamed")
    if part == "officers":
        found = desk.officers.get(name)
        return found.name if found else name
    return f"{name[5:]}/{name[:4]}" if part == "months" else name


def _cells(facts: Satisfaction, one: Tally, title: str) -> tuple[Cell, ...]:
    part = share(one.satisfied, one.overall)
    points = Fraction(one.points, one.whole) if one.whole else None
    spread = mean(one.points, one.squares, one.whole, CRITERIA * MOST_POINTS)
    scale = scale_on(package_scales(), facts.last)
    return (
        one.count,
        title,
        one.satisfied,
        *_share_cells(part),
        "–" if points is None else _tenths(points),
        "–" if spread is None else f"{_tenths_text(spread.low)}–{_tenths_text(spread.high)}",
        "–" if points is None else band_words(scale, points),
    )


def _share_cells(part: Interval | None) -> tuple[Cell, Cell]:
    if part is None:
        return "–", "–"
    return round(part.value * 100), f"{round(part.low * 100)}–{round(part.high * 100)}"


def _steps(total: Tally) -> Iterable[Line]:
    for step, count in zip(OVERALL, total.steps, strict=True):
        cells = (count, tr(f"survey.step.{step}"), "", *_share_cells(share(count, total.overall)), "", "", "")
        yield Line(f"step {step}", cells)


def _criteria(facts: Satisfaction) -> Iterable[Line]:
    scale = scale_on(package_scales(), facts.last)
    for one in scale.criteria if scale else ():
        count, points = facts.total.marks[one.place - 1]
        told = _tenths(Fraction(points, count)) if count else "–"
        yield Line(f"criterion {one.place}", (count, f"{one.place}. {criterion_words(one)}", "", "", "", told, "", ""))


def _tenths(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.1"))


def _tenths_text(value: float) -> str:
    return cell_text(Decimal(f"{value:.1f}"))


def document(desk: Desk, facts: Satisfaction) -> dict[str, Any]:
    """docs/schemas/report-satisfaction.json."""
    scale = scale_on(package_scales(), facts.last)
    return {
        "name": NAME,
        "from": facts.first.isoformat(),
        "to": facts.last.isoformat(),
        "unit": facts.unit,
        "methods": {"share": "Wilson score, 95 %", "points": "normal distribution, 95 %, from 30 answers on"},
        "scale": None if scale is None else {"basis": scale.basis, "verified": scale.verified},
        "waiting": facts.waiting,
        "codes_used_twice": facts.twice,
        "officer_least": facts.officer_least,
        "officers_hidden": facts.hidden,
        "total": _json(facts, facts.total),
        "units": [_json(facts, one) for one in facts.units],
        "procedures": [_json(facts, one) for one in facts.procedures],
        "months": [_json(facts, one) for one in facts.months],
        "officers": [_json(facts, one) | {"name": _name(desk, "officers", one.name)} for one in facts.officers],
    }


def _json(facts: Satisfaction, one: Tally) -> dict[str, Any]:
    part = share(one.satisfied, one.overall)
    points = Fraction(one.points, one.whole) if one.whole else None
    spread = mean(one.points, one.squares, one.whole, CRITERIA * MOST_POINTS)
    scale = scale_on(package_scales(), facts.last)
    return {
        "name": one.name or None,
        "answers": one.count,
        "steps": dict(zip(OVERALL, one.steps, strict=True)),
        "satisfied": one.satisfied,
        "satisfied_share": None if part is None else _interval(part),
        "all_nine": one.whole,
        "points": None if points is None else round(float(points), 4),
        "points_interval": None if spread is None else [round(spread.low, 4), round(spread.high, 4)],
        "band": None if points is None or scale is None else scale.band(points),
        "criteria": [{"answers": count, "points": total} for count, total in one.marks],
    }


def _interval(part: Interval) -> dict[str, float]:
    return {"value": round(float(part.value), 4), "low": round(part.low, 4), "high": round(part.high, 4)}
