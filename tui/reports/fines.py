"""Fines in a period: decisions, payments by channel with their amounts, and what is owed and held now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from core.moments import LEGAL_TIME, legal_day
from storage.desk import Desk
from storage.fine_counts import FineCounts, Payment, Sum, fine_counts
from storage.fines import Fine
from tui.fine_words import limit_doubt, next_words, way_words
from tui.i18n import tr
from tui.reports.periods import period_words
from tui.reports.sheet import Line, Part, Sheet
from tui.widgets.columns import Column

NAME = "fines"
PASSING = frozenset({"open"})
"""Of the moment at which it is made, not of the period: no adjustment of what was sent."""
_DECISIONS = "decisions"
_TOTALS = (
    Column("what", "report.fines.what", 24, grow=1),
    Column("count", "report.fines.count", 9, align="right"),
    Column("amount", "report.fines.amount", 14, align="right"),
)
_LINES = (
    Column("number", "report.number", 11),
    Column("decision", "fines.decision", 16, grow=1),
    Column("day", "report.fines.day", 10),
    Column("amount", "report.fines.amount", 14, align="right"),
    Column("what", "fines.next", 24, grow=3, marked=True),
)

read = fine_counts


def sheet(desk: Desk, facts: FineCounts) -> Sheet:
    """Payments by their ways and decisions; then each of them, and what is open."""
    today = legal_day(facts.now)
    totals = [_total(None, tr("report.fines.payments"), facts.payments())]
    totals += [line for name, one in facts.channels() for line in _channel(facts, name, one)]
    totals += [_total(_DECISIONS, tr("report.fines.decisions"), facts.decisions())]
    totals += [_total("open", tr("report.fines.owed"), facts.owed())]
    about = [tr("report.fines.about"), tr("report.fines.held", count=facts.held())]
    doubt = limit_doubt(facts.open)
    return Sheet(
        name=NAME,
        title=tr("report.fines"),
        period=period_words(facts),
        about=(*about, doubt) if doubt else tuple(about),
        totals=Part(tr("report.fines.totals"), _TOTALS, tuple(totals)),
        lists=(
            Part(tr("report.fines.payments"), _LINES, tuple(_paid(facts.paid))),
            Part(tr("report.fines.decisions"), _LINES, tuple(_lines(_DECISIONS, facts.entered, today))),
            Part(tr("report.fines.open"), _LINES, tuple(_lines("open", facts.open, today))),
        ),
    )


def _channel(facts: FineCounts, channel: str, one: Sum) -> Iterator[Line]:
    """The channel; where its payments say with what they were made, a line for each way instead."""
    methods = facts.methods(channel)
    if [method for method, _ in methods] in ([], [None]):
        yield _total(channel, way_words(channel), one)
        return
    for method, some in methods:
        if method is None:
            yield _total(channel, f"{way_words(channel)}, {tr('report.channels.unsaid')}", some)
        else:
            yield _total(f"{channel}/{method}", way_words(f"{channel}/{method}"), some)


def _total(name: str | None, title: str, one: Sum) -> Line:
    return Line(name or "all", (title, one.count, int(one.amount)), group=name)


def _paid(found: Iterable[Payment]) -> Iterator[Line]:
    for one in found:
        proof = one.receipt or one.reference or "–"
        how = f"{way_words(one.way)} · {proof}"
        number = one.receipt_number or tr("queue.no_number")
        cells = (number, one.decision or "–", one.paid_on, int(one.amount), how)
        yield Line(f"paid {one.id}", cells, dossier=one.dossier, group=one.way)


def _lines(part: str, found: Iterable[Fine], today: Any) -> Iterator[Line]:
    for one in found:
        number, decision = one.receipt_number or tr("queue.no_number"), one.decision or tr("fines.unnamed")
        amount = one.owed if part == "open" else one.amount
        cells = (number, decision, one.decided_on or one.entered_on, int(amount), next_words(one, today))
        late = bool(one.owed) and one.due is not None and one.due < today
        yield Line(f"{part} {one.id}", cells, dossier=one.dossier, group=part, mark="overdue" if late else "normal")


def document(desk: Desk, facts: FineCounts) -> dict[str, Any]:
    """docs/schemas/report-fines.json."""
    return {
        "name": NAME,
        "from": facts.first.isoformat(),
        "to": facts.last.isoformat(),
        "unit": facts.unit,
        "made_at": facts.now.astimezone(LEGAL_TIME).isoformat(timespec="seconds"),
        "decisions": _sum(facts.decisions()),
        "payments": _sum(facts.payments()),
        "channels": [
            {
                "channel": name,
                **_sum(one),
                "methods": [{"method": method, **_sum(some)} for method, some in facts.methods(name)],
            }
            for name, one in facts.channels()
        ],
        "owed": _sum(facts.owed()),
        "held": facts.held(),
        "paid": [
            {
                "id": one.dossier,
                "receipt_number": one.receipt_number,
                "decision": one.decision,
                "paid_on": one.paid_on.isoformat(),
                "amount": f"{one.amount:f}",
                "channel": one.channel,
                "method": one.method,
                "proof": one.receipt or one.reference,
            }
            for one in facts.paid
        ],
        "entered": [_row(one) for one in facts.entered],
        "open": [_row(one) for one in facts.open],
    }


def _sum(one: Sum) -> dict[str, Any]:
    return {"count": one.count, "amount": f"{one.amount:f}"}


def _row(one: Fine) -> dict[str, Any]:
    """No person is named."""
    days = {"decided_on": one.decided_on, "due": one.due, "return_from": one.return_from()}
    return {
        "id": one.dossier,
        "receipt_number": one.receipt_number,
        "decision": one.decision,
        "stands": one.stands,
        "amount": f"{one.amount:f}",
        "owed": f"{one.owed:f}",
        "held": one.held,
        **{name: day.isoformat() if day else None for name, day in days.items()},
    }
