"""Which procedure could be faster: used time against its limit, where it waits, what a shorter limit would have held.

No citizen is named, and no procedure is judged: every figure stands with its count.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from core.faster import CONFIDENCE, ENOUGH, HOLDS, PERCENTILE, Proposal, Waits, Why, shortest
from core.moments import HOUR, LEGAL_TIME
from core.text import fold
from storage.desk import Desk
from storage.faster import AskedPaper, Case, Faster, Group, faster, paper_title
from storage.quiet import few_collections
from tui.handover import procedure_title
from tui.i18n import tr
from tui.limit_words import phases_words, quantity_words
from tui.reports.ii06a import day_of
from tui.reports.sheet import Line, Lines, Part, Sheet, cell_text, period_words
from tui.widgets.columns import Column

NAME = "faster"
MONTHS = 12
"""On the screen: of one month most procedures have too few dossiers to say anything."""
IS_COMPARED = False
"""It measures how time lies; no count of it is owed to anybody, and its periods overlap."""
RULES = 1
"""Counts up whenever the same events would be counted otherwise."""
_TOTALS = (
    Column("procedure", "report.procedure", 24, grow=1, most=80),
    Column("limit", "report.faster.limit", 16),
    Column("dossiers", "report.faster.dossiers", 8, align="right"),
    Column("median", "report.faster.median", 8, align="right", priority=3),
    Column("most", "report.faster.most", 7, align="right"),
    Column("interval", "report.faster.interval", 9, priority=2),
    Column("missed", "report.faster.missed", 9, align="right"),
    Column("share", "report.faster.share", 8, align="right"),
    Column("why", "report.faster.why", 20, grow=2, priority=4),
)
_LINES = (
    Column("number", "report.number", 11),
    Column("procedure", "report.procedure", 16, priority=1, grow=2),
    Column("came", "report.faster.came", 10, priority=2),
    Column("ended", "report.faster.ended", 10),
    Column("used", "report.faster.used", 8, align="right"),
    Column("why", "report.faster.why", 24, grow=3),
)
_WAITS = (
    Column("since", "report.faster.since", 24, grow=2),
    Column("procedure", "report.procedure", 16, grow=2),
    Column("dossiers", "report.faster.dossiers", 8, align="right"),
    Column("median", "report.faster.median_hours", 10, align="right"),
    Column("total", "report.faster.total_hours", 10, align="right"),
    Column("whose", "report.faster.whose", 16, grow=1),
)
_ASKED = (
    Column("paper", "report.faster.paper", 24, grow=2),
    Column("procedure", "report.procedure", 16, grow=2),
    Column("many", "report.faster.dossiers", 8, align="right"),
    Column("after", "report.faster.after", 9, align="right"),
    Column("before", "report.faster.before", 9, align="right"),
    Column("rest", "report.faster.requests", 10, align="right"),
)
_WAITS_SHOWN = 5
"""Of a procedure's stretches, those with the most time; JSON has all."""

read = faster


@few_collections()
def sheet(desk: Desk, facts: Faster) -> Sheet:
    """Each procedure and the shorter limits beneath it; where it waits, the papers; the dossiers of every figure."""
    names = {place: group_name(desk, facts, group) for place, group in enumerate(facts.groups)}
    order = sorted(names, key=lambda place: fold(names[place]))
    totals = [line for place in order for line in _totals(place, names[place], facts.groups[place])]
    return Sheet(
        name=NAME,
        title=tr("report.faster"),
        period=period_words(facts.span.first, facts.span.last, facts.unit, facts.span.now),
        about=tuple(_about(facts)),
        totals=Part(tr("report.faster.totals"), _TOTALS, tuple(totals)),
        lists=(
            _missed(facts, names, order),
            Part(tr("report.faster.waits"), _WAITS, tuple(_waits(facts, names, order))),
            Part(tr("report.faster.asked"), _ASKED, tuple(_asked(desk, facts))),
            _papers_behind(desk, facts),
            _everyone(facts, names),
        ),
    )


def group_name(desk: Desk, facts: Faster, group: Group) -> str:
    """The procedure with its case and unit, where it has others beside it."""
    kind = group.kind
    words = procedure_title(desk, kind.procedure)
    alike = [one.kind for one in facts.groups if one.kind.procedure == kind.procedure]
    if kind.variant and len({one.variant for one in alike}) > 1:
        words = f"{words} ({variant_title(desk, kind.procedure, kind.variant)})"
    return f"{words} · {kind.unit}" if len({one.kind.unit for one in facts.groups}) > 1 else words


def variant_title(desk: Desk, procedure: str, code: str) -> str:
    """The case's title by the last version that has it; its code where none has."""
    row = desk.law.find(procedure)
    found = [one for version in row.versions for one in version.variants if one.code == code] if row is not None else []
    if not found:
        return code
    return found[-1].title_en if tr("language.code") == "en" else found[-1].title_vi


def _about(facts: Faster) -> Iterator[str]:
    yield tr("report.faster.about")
    yield tr("report.faster.method", few=ENOUGH, share=share_words(PERCENTILE), sure=share_words(CONFIDENCE))
    yield tr("report.faster.holds", share=share_words(HOLDS))
    if facts.left_out:
        told = "; ".join(tr(f"report.faster.left.{word}", count=count) for word, count in facts.left_out.items())
        yield tr("report.faster.left", told=told)


def _totals(place: int, name: str, group: Group) -> Iterator[Line]:
    limit = phases_words(group.kind.phases)
    figures = (len(group.cases), group.median, group.most.value, interval_words(group), "–", "–", "")
    yield Line(f"g{place}", (name, limit, *figures), group=f"g{place}")
    for one in group.proposals:
        cells = (
            f"  → {proposed_words(group, one)}",
            "",
            "",
            "",
            "",
            "",
            one.missed,
            held_share(one),
            reasons_words(group, one.amount),
        )
        mark = "normal" if one.holds else "overdue"
        yield Line(f"g{place}/{one.amount}", cells, group=f"g{place}/{one.amount}", mark=mark)


def proposed_words(group: Group, one: Proposal) -> str:
    """The shorter limit in words."""
    return quantity_words(Fraction(one.amount), group.unit)


def interval_words(group: Group) -> str:
    """«4–6»; the side that the count is too small for is said to be so."""
    low, high = group.most.low, group.most.high
    if high is None:
        return tr("report.faster.few")
    return f"{'–' if low is None else low}–{high}"


def held_share(one: Proposal) -> Decimal:
    """In per cent, to a tenth; never rounded up to all of them."""
    return (Decimal(1000 * one.held // one.many) / 10).quantize(Decimal("0.1"))


def percent(one: Proposal) -> str:
    """«98,6 %», as `held_share`."""
    return f"{cell_text(held_share(one))} %"


def share_words(share: Fraction) -> str:
    """A share of hundredths."""
    return f"{100 * share} %"


def why_words(one: Why) -> str:
    """Why a shorter limit would not have held, in words."""
    after = one.step or (tr(f"kind.{one.since}") if one.since else "–")
    return tr(f"report.faster.why.{one.reason}", after=after)


def reasons_words(group: Group, amount: int) -> str:
    """Every reason with its number."""
    return "; ".join(f"{many} {why_words(reason)}" for reason, many in group.why(amount))


def _missed(facts: Faster, names: dict[int, str], order: list[int]) -> Part:
    """The dossiers that a shorter limit would not have held, once for each such limit."""

    def lines() -> list[Line]:
        words = _Words()
        return [
            _case(case, names[place], f"g{place}/{one.amount}", words[group.reason_of[case.ended.id]])
            for place, group in [(place, facts.groups[place]) for place in order]
            for one in group.proposals
            for case in group.missed(one.amount)
        ]

    many = sum(one.missed for group in facts.groups for one in group.proposals)
    return Part(tr("report.faster.list.missed"), _LINES, Lines(many, lines), on_paper=False)


def _everyone(facts: Faster, names: dict[int, str]) -> Part:
    def lines() -> list[Line]:
        words = _Words()
        return [
            _case(case, names[place], f"g{place}", words[group.reason_of[case.ended.id]])
            for place, group in enumerate(facts.groups)
            for case in group.cases
        ]

    return Part(tr("report.faster.list.all"), _LINES, Lines(facts.measured, lines), on_paper=False)


class _Words(dict[Why, str]):
    """Reasons in words, each made once: many dossiers have the same."""

    def __missing__(self, one: Why) -> str:
        self[one] = found = why_words(one)
        return found


def _case(case: Case, name: str, within: str, reason: str) -> Line:
    ended = case.ended
    cells = (
        ended.number or tr("queue.no_number"),
        name,
        day_of(ended.received),
        day_of(ended.ended),
        case.amount,
        reason,
    )
    mark = "overdue" if ended.judged == "late" else "done"
    return Line(f"{within} {ended.id}", cells, ended.id, within, mark)


def _waits(facts: Faster, names: dict[int, str], order: list[int]) -> Iterator[Line]:
    for place in order:
        for (since, step), one in facts.groups[place].waits[:_WAITS_SHOWN]:
            whose = tr("report.faster.theirs" if one.theirs else "report.faster.ours")
            words = step or tr(f"kind.{since}")
            cells = (words, names[place], len(one.seconds), round(one.median / HOUR), round(one.total / HOUR), whose)
            yield Line(f"w{place} {since} {step}", cells, group=f"g{place}")


def _asked(desk: Desk, facts: Faster) -> Iterator[Line]:
    for place, one in enumerate(facts.asked):
        requests = facts.requests.get(one.procedure, 0)
        counts = (one.many, len(one.after), len(one.before), requests)
        cells = (_paper(desk, one), procedure_title(desk, one.procedure), *counts)
        yield Line(f"a{place}", cells, group=f"a{place}")


def _papers_behind(desk: Desk, facts: Faster) -> Part:
    """The dossiers that lacked each paper."""

    def lines() -> list[Line]:
        nameless = tr("queue.no_number")
        told = [(procedure_title(desk, one.procedure), "–", "–", "–", _paper(desk, one)) for one in facts.asked]
        return [
            Line(f"a{place} {name}", (number or nameless, *told[place]), dossier=name, group=f"a{place}")
            for place, one in enumerate(facts.asked)
            for name, number in (*one.after, *one.before)
        ]

    many = sum(one.many for one in facts.asked)
    return Part(tr("report.faster.list.asked"), _LINES, Lines(many, lines), on_paper=False)


def _paper(desk: Desk, one: AskedPaper) -> str:
    if one.paper is None:
        return tr("report.faster.own_words")
    return paper_title(desk, one.procedure, one.paper, english=tr("language.code") == "en")


@few_collections()
def document(desk: Desk, facts: Faster) -> dict[str, Any]:
    """docs/schemas/report-faster.json."""
    return {
        "name": NAME,
        "from": facts.span.first.isoformat(),
        "to": facts.span.last.isoformat(),
        "unit": facts.unit,
        "made_at": facts.span.now.astimezone(LEGAL_TIME).isoformat(timespec="seconds"),
        "rules": RULES,
        "percentile": float(PERCENTILE),
        "confidence": float(CONFIDENCE),
        "method": "order_statistics",
        "holds_from": float(HOLDS),
        "enough": ENOUGH,
        "measured": facts.measured,
        "left_out": dict(facts.left_out),
        "groups": [_group(one) for one in facts.groups],
        "asked": [
            {
                "procedure": one.procedure,
                "paper": one.paper,
                "dossiers": one.many,
                "after_receipt": [name for name, _ in one.after],
                "before_receipt": [name for name, _ in one.before],
                "procedure_requests": facts.requests.get(one.procedure, 0),
            }
            for one in facts.asked
        ],
    }


def _group(group: Group) -> dict[str, Any]:
    kind, limit = group.kind, group.limit
    best = shortest(group.proposals)
    return {
        "procedure": kind.procedure,
        "variant": kind.variant,
        "unit": kind.unit,
        "limit": None if limit is None else {"amount": int(limit.amount), "unit": limit.unit.value},
        "counted_in": group.unit.value,
        "median": group.median,
        "p95": {"value": group.most.value, "low": group.most.low, "high": group.most.high},
        "enough": len(group.cases) >= ENOUGH,
        "median_working_seconds": sorted(case.work for case in group.cases)[(len(group.cases) - 1) // 2],
        "shortest_that_holds": None if best is None else best.amount,
        "proposals": [
            {
                "limit": one.amount,
                "held": one.held,
                "missed": one.missed,
                "holds": one.holds,
                "why": [
                    {"reason": reason.reason, "since": reason.since, "step": reason.step, "dossiers": many}
                    for reason, many in group.why(one.amount)
                ],
            }
            for one in group.proposals
        ],
        "waits": [_wait(since, step, one) for (since, step), one in group.waits],
        "spread": [{"from": low, "to": high, "dossiers": many} for low, high, many in group.spread],
        "dossiers": [
            {
                "id": case.ended.id,
                "receipt_number": case.ended.number,
                "used": case.amount,
                "working_seconds": case.work,
            }
            for case in group.cases
        ],
    }


def _wait(since: str, step: str | None, one: Waits) -> dict[str, Any]:
    return {
        "since": since,
        "step": step,
        "theirs": one.theirs,
        "dossiers": len(one.seconds),
        "median_seconds": one.median,
        "total_seconds": one.total,
    }
