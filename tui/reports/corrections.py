"""What had to be put right, by cause. No citizen is named, and no value told."""

from __future__ import annotations

from typing import Any

from core.events import KINDS as EVERY_KIND
from core.moments import LEGAL_TIME
from storage.desk import Desk
from storage.mended import KINDS, OTHER, REASON_LEAST, Corrections, Mended, corrections
from tui.handover import procedure_title
from tui.i18n import tr
from tui.reports.ii06a import moment_json
from tui.reports.sheet import Line, Part, Sheet, period_words
from tui.widgets.columns import Column

NAME = "corrections"
_TOTALS = (
    Column("kind", "report.corrections.kind", 20),
    Column("cause", "report.corrections.cause", 20, grow=1),
    Column("count", "report.corrections.count", 9, align="right"),
    Column("taken_back", "report.corrections.taken_back", 12, align="right", priority=1),
)
_LINES = (
    Column("number", "report.number", 11),
    Column("cause", "report.corrections.cause", 18, grow=1),
    Column("procedure", "report.procedure", 14, priority=2, grow=1),
    Column("at", "report.corrections.at", 16),
    Column("officer", "report.officer", 14, priority=1),
    Column("note", "report.corrections.note", 12, priority=3),
)
_FAULTS = ("station", "citizen")
_PARTS = ("applicant", "bringer", "matter")

read = corrections


def sheet(desk: Desk, facts: Corrections) -> Sheet:
    """Counts by kind and cause, then each act."""
    titles = {one: procedure_title(desk, one) for one in {act.procedure for act in facts.acts} if one}
    names = {one.id: one.name for one in desk.officers.all()}
    causes = facts.causes()
    back = sum(count for _, count in causes.values())
    totals = [Line("all", (tr("report.total"), "", len(facts.acts), back))]
    for (kind, cause), (count, undone) in causes.items():
        words = (tr(f"kind.{kind}"), cause_words(kind, cause), count, undone)
        totals.append(Line(f"{kind} {cause}", words, group=f"{kind} {cause}"))
    return Sheet(
        name=NAME,
        title=tr("report.corrections"),
        period=period_words(facts.first, facts.last, facts.unit, facts.now),
        about=(tr("report.corrections.about"), tr("report.corrections.reasons", least=REASON_LEAST)),
        totals=Part(tr("report.totals_alone"), _TOTALS, tuple(totals)),
        lists=tuple(
            Part(
                tr(f"kind.{kind}"),
                _LINES,
                tuple(_line(n, one, titles, names) for n, one in enumerate(facts.acts) if one.kind == kind),
            )
            for kind in KINDS
        ),
    )


def cause_words(kind: str, cause: str) -> str:
    """A cause in words: the field, whose fault, the reason, or the kind that was undone."""
    if cause == OTHER:
        return tr(f"report.corrections.other.{kind}")
    if kind == "undone":
        return tr(f"kind.{cause}") if cause in EVERY_KIND else cause
    if kind == "result_corrected":
        return tr(f"report.corrections.fault.{cause}") if cause in _FAULTS else cause
    if kind != "corrected":
        return cause
    place, _, name = cause.partition(".")
    if name and place in _PARTS:
        return tr(f"report.corrections.part.{place}", field=_field_words(name))
    return _field_words(cause)


def _field_words(name: str) -> str:
    """A field in words; one of a matter that has none is called as it is written."""
    words = tr(f"report.corrections.field.{name}")
    return name if words == f"report.corrections.field.{name}" else words


def _line(place: int, one: Mended, titles: dict[str, str], names: dict[str, str]) -> Line:
    cells = (
        one.number or tr("queue.no_number"),
        cause_words(one.kind, one.cause),
        titles.get(one.procedure or "", "–"),
        one.at.astimezone(LEGAL_TIME),
        names.get(one.officer, one.officer),
        tr("report.corrections.undone_since") if one.taken_back else "",
    )
    return Line(f"{place} {one.dossier}", cells, dossier=one.dossier, group=f"{one.kind} {one.cause}")


def document(desk: Desk, facts: Corrections) -> dict[str, Any]:
    """docs/schemas/report-corrections.json."""
    return {
        "name": NAME,
        "from": facts.first.isoformat(),
        "to": facts.last.isoformat(),
        "unit": facts.unit,
        "made_at": moment_json(facts.now),
        "causes": [
            {"kind": kind, "cause": cause or None, "count": count, "taken_back": undone}
            for (kind, cause), (count, undone) in facts.causes().items()
        ],
        "acts": [
            {
                "kind": one.kind,
                "cause": one.cause or None,
                "id": one.dossier,
                "receipt_number": one.number,
                "procedure": one.procedure,
                "at": one.at.astimezone(LEGAL_TIME).isoformat(timespec="seconds"),
                "officer": one.officer,
                "taken_back": one.taken_back,
            }
            for one in facts.acts
        ],
    }
