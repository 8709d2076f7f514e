"""A day's receipt numbers in words and as JSON, whether this desk may give any, and what several dossiers bear."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.answers import Refusal
from core.moments import LEGAL_TIME
from storage.conflicts import desk_numbers
from storage.desk import Desk
from storage.numbers import GapReport, SeriesReport
from storage.official import bears_too
from storage.series import NumberState
from tui.dates import day_long, moment_long
from tui.handover import procedure_title
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


def told_apart(desk: Desk, refused: Refusal) -> Refusal:
    """A refusal `code_shared` with what tells its dossiers apart, naming nobody; any other one as it is."""
    if refused.code != "code_shared":
        return refused
    numbers, told = desk_numbers(desk), []
    for name in refused.params["dossiers"].split(", "):
        row = desk.row(name)
        assert row is not None
        received = datetime.fromtimestamp(row["received_at"], LEGAL_TIME)
        procedure, where = procedure_title(desk, row["procedure"]), numbers.get(row["desk"], "–")
        told.append(tr("number.borne_by", id=name, moment=moment_long(received), procedure=procedure, desk=where))
    return replace(refused, params={**refused.params, "dossiers": "; ".join(told)})


def shared_lines(desk: Desk, dossier: str) -> list[str]:
    """The other dossiers with its number of the national system: a person sees which one is wrong."""
    row = desk.row(dossier)
    return [
        tr("dossier.number_twice", official=row["official_number"], number=other["receipt_number"] or other.id)
        for other in (bears_too(desk, row) if row is not None else ())
    ]
