"""The post in a period: letters by procedure and by who pays, what came back and why, what is out too long."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from core.moments import LEGAL_TIME
from core.text import fold
from storage.desk import Desk
from storage.post import Letter
from storage.post_counts import PostCounts, PostTotals, post_counts
from tui.handover import procedure_title
from tui.i18n import tr
from tui.post_words import fee_words, stands_words
from tui.reports.periods import period_words
from tui.reports.sheet import Line, Part, Sheet
from tui.widgets.columns import Column

NAME = "post"
PASSING = frozenset({"long", "out_long"})
"""Of the moment at which it is made, not of the period: no adjustment of what was sent."""
_COUNTED = ("sent", "delivered", "unproved", "returned", "out", "long")
_TOTALS = (
    Column("procedure", "report.procedure", 16, grow=1, most=80),
    *(
        Column(name, f"report.post.{name}", 16, align="right", priority=1)
        if name == "unproved"
        else Column(name, f"report.post.{name}", 9, align="right")
        for name in _COUNTED
    ),
    Column("fee", "report.post.fee", 15, align="right"),
    Column("unpriced", "report.post.unpriced", 13, align="right", priority=2),
)
_PAYERS = (Column("payer", "report.post.payer", 16, grow=1), *_TOTALS[1:])
_REASONS = (
    Column("reason", "report.post.reason", 24, grow=1),
    Column("count", "report.post.returned", 9, align="right"),
)
_LINES = (
    Column("number", "report.number", 11),
    Column("procedure", "report.procedure", 16, priority=1, grow=2),
    Column("tracking", "post.tracking", 15, priority=2),
    Column("sent", "post.sent", 10),
    Column("what", "post.what", 26, grow=3, marked=True),
    Column("fee", "post.fee", 14, priority=2, grow=1),
)

read = post_counts


def sheet(desk: Desk, facts: PostCounts) -> Sheet:
    """Totals by procedure; who pays, and why letters came back; the letters."""
    titles = {name: procedure_title(desk, name) for name in facts.procedures}
    order = sorted(titles, key=lambda name: fold(titles[name]))
    totals = [_total(None, tr("report.total"), facts.totals())]
    totals += [_total(name, titles[name], facts.totals(name)) for name in order]
    payers = [
        _total(None, payer_words(payer, decision), counts)._replace(id=f"payer {payer} {decision}")
        for payer, decision, counts in facts.payers()
    ]
    reasons = [
        Line(f"reason {reason}", (reason or tr("report.post.no_reason"), count)) for reason, count in facts.reasons()
    ]
    about = [tr("report.post.about"), tr("report.post.long_is", days=facts.days)]
    about += [tr("report.post.letters", payer=line.cells[0], count=line.cells[1]) for line in payers]
    return Sheet(
        name=NAME,
        title=tr("report.post"),
        period=period_words(facts),
        about=tuple(about),
        totals=Part(tr("report.totals"), _TOTALS, tuple(totals)),
        lists=(
            Part(tr("report.post.period"), _LINES, _lines("period", facts.sent, titles)),
            Part(tr("report.post.out_long", days=facts.days), _LINES, _lines("out", facts.out, titles)),
        ),
        more=(
            Part(tr("report.post.payers"), _PAYERS, tuple(payers)),
            Part(tr("report.post.reasons"), _REASONS, tuple(reasons)),
        ),
    )


def payer_words(payer: str | None, decision: str | None) -> str:
    """Who bears the fee, by which decision; or that nobody wrote it."""
    said = tr(f"payer.{payer}") if payer else tr("report.no_data")
    return f"{said} ({decision})" if decision else said


def _total(name: str | None, title: str, totals: PostTotals) -> Line:
    counts = asdict(totals)
    fee = tr("report.no_data") if totals.fee_unknown else int(totals.fee)
    cells = (title, *(counts[one] for one in _COUNTED), fee, totals.unpriced)
    return Line(name or "all", cells, group=name)


def _lines(part: str, found: Iterable[Letter], titles: dict[str, str]) -> tuple[Line, ...]:
    return tuple(
        Line(
            f"{part} {one.id}",
            (
                one.receipt_number or tr("queue.no_number"),
                titles[one.procedure],
                one.tracking or "–",
                one.sent_on,
                stands_words(one),
                fee_words(one),
            ),
            dossier=one.dossier,
            group=one.procedure,
            mark="overdue" if one.stands == "returned" or part == "out" else "normal",
        )
        for one in found
    )


def document(desk: Desk, facts: PostCounts) -> dict[str, Any]:
    """docs/schemas/report-post.json."""
    return {
        "name": NAME,
        "from": facts.first.isoformat(),
        "to": facts.last.isoformat(),
        "unit": facts.unit,
        "made_at": facts.now.astimezone(LEGAL_TIME).isoformat(timespec="seconds"),
        "long_after_days": facts.days,
        "totals": _counts(facts.totals()),
        "procedures": [{"procedure": name, **_counts(facts.totals(name))} for name in sorted(facts.procedures)],
        "payers": [
            {"payer": payer, "decision": decision, **_counts(counts)} for payer, decision, counts in facts.payers()
        ],
        "reasons": [{"reason": reason or None, "count": count} for reason, count in facts.reasons()],
        "period": [_row(one) for one in facts.sent],
        "out_long": [_row(one) for one in facts.out],
    }


def _counts(totals: PostTotals) -> dict[str, Any]:
    return asdict(totals) | {"fee": None if totals.fee_unknown else f"{totals.fee:f}"}


def _row(one: Letter) -> dict[str, Any]:
    """No citizen is named."""
    days = {name: getattr(one, name) for name in ("sent_on", "delivered_on", "returned_on")}
    texts = ("receipt_number", "procedure", "batch", "tracking", "stands", "reason", "next", "fee", "payer", "decision")
    return {
        "id": one.dossier,
        **{name: getattr(one, name) for name in texts},
        **{name: day.isoformat() if day else None for name, day in days.items()},
    }
