"""A day's receipt numbers in words and as JSON, and whether this desk may give any."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from storage.numbers import GapReport, SeriesReport
from storage.series import NumberState
from tui.dates import day_long, moment_long
from tui.i18n import tr


def numbers_json(state: NumberState, report: GapReport) -> dict[str, Any]:
    """This desk's own state, each desk number's day, and what nobody explains."""
    return {
        "desk": {
            "number": state.number,
            "wanted": state.wanted,
            "claimed": state.claimed,
            "moved_back": state.moved_back.isoformat() if state.moved_back else None,
        },
        "day": report.day.isoformat(),
        "series": [
            {
                "number": one.number,
                "desks": list(one.desks),
                "first": one.first,
                "last": one.last,
                "used": one.used,
                "voided": list(one.voided),
                "unused": list(one.unused),
                "unmapped": list(one.unmapped),
                "blanks": list(one.blanks),
                "closed": one.closed,
            }
            for one in report.series
        ],
        "questions": [{"code": code, "what": what} for code, what in report.questions],
    }


def no_number_lines(state: NumberState) -> list[str]:
    """Why receipts go without a number now; nothing where all is well."""
    if state.wanted is None:
        return []
    return [tr("numbers.claimed", number=state.number) if state.claimed else tr(f"numbers.wanted.{state.wanted}")]


def number_lines(state: NumberState, report: GapReport) -> Iterator[str]:
    """The report as lines: each series, then the questions."""
    if state.moved_back is not None:
        yield tr("numbers.moved_back", moment=moment_long(state.moved_back))
    yield from no_number_lines(state)
    yield tr("numbers.day", day=day_long(report.day))
    if not report.series:
        yield tr("numbers.none")
    for one in report.series:
        yield from _series_lines(one)
    for code, what in report.questions:
        yield tr(f"numbers.question.{code}", what=what)


def _series_lines(one: SeriesReport) -> Iterator[str]:
    line = tr(
        "numbers.series",
        number=one.number,
        first=one.first,
        last=one.last,
        used=one.used,
        voided=", ".join(one.voided) or "–",
        unused=", ".join(one.unused) or "–",
    )
    yield line if one.closed else f"{line} {tr('numbers.open')}"
    if one.blanks:
        yield tr("numbers.blanks", numbers=", ".join(one.blanks))
    if one.unmapped:
        yield tr("numbers.to_map", numbers=", ".join(one.unmapped))
