"""Channels and uptake: how dossiers came and went back, where fees were paid, offers, answers to what came online."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from core.moments import LEGAL_TIME
from core.text import fold
from storage.channels import ANSWERED, PARTS, Behind, Channels, Way, behind, channels
from storage.desk import Desk
from storage.quiet import few_collections
from tui.dossier_words import method_words
from tui.handover import procedure_title
from tui.i18n import tr
from tui.reports.sheet import Line, Lines, Part, Sheet
from tui.widgets.columns import Column

NAME = "channels"
_FIGURES = (
    *(("came", way) for way in ("counter", "online", "post", None)),
    *(("went", way) for way in ("counter", "online", "post", None)),
    *(("offered", way) for way in ("took", "next_time", "no")),
    *(("answered", way) for way in (*ANSWERED, None)),
)
_FIRST_TO_GO = {"came": 1, "answered": 1, "offered": 2, "went": 3}
"""Which columns leave a narrow screen first: those with the highest number, after those of what nobody said."""
_TOTALS = (
    Column("procedure", "report.procedure", 16, grow=1, most=80),
    Column("received", "report.channels.received", 9, align="right"),
    *(
        Column(
            f"{part}_{way or 'unsaid'}",
            f"report.channels.{part}.{way or 'unsaid'}",
            14 if (part, way) == ("answered", None) else 9,
            align="right",
            priority=4 if way is None else _FIRST_TO_GO[part],
        )
        for part, way in _FIGURES
    ),
)
_LINES = (
    Column("what", "report.channels.what", 12),
    Column("procedure", "report.procedure", 16, priority=1, grow=2),
    Column("way", "report.channels.way", 22, grow=1),
    Column("count", "report.channels.count", 9, align="right"),
    Column("amount", "report.channels.amount", 14, align="right"),
)

read = channels


def sheet(desk: Desk, facts: Channels) -> Sheet:
    """Counts by procedure, then way by way; no share and no verdict."""
    titles = {name: procedure_title(desk, name) for name in facts.procedures}
    order = sorted(titles, key=lambda name: fold(titles[name]))
    totals = [Line("all", (tr("report.total"), *_figures(facts, None)))]
    totals += [Line(name, (titles[name], *_figures(facts, name)), group=name) for name in order]
    return Sheet(
        name=NAME,
        title=tr("report.channels"),
        period=tr(
            "report.period",
            first=f"{facts.first:%d/%m/%Y}",
            last=f"{facts.last:%d/%m/%Y}",
            unit=facts.unit or tr("report.all_units"),
            now=f"{facts.now.astimezone(LEGAL_TIME):%H:%M %d/%m/%Y}",
        ),
        about=(tr("report.channels.about"), tr("report.channels.answers"), tr("report.channels.unknown")),
        totals=Part(tr("report.totals"), _TOTALS, tuple(totals)),
        lists=(
            *(Part(tr(f"report.channels.{part}"), _LINES, tuple(_lines(facts, part, order, titles))) for part in PARTS),
            *_opened(desk, facts, titles),
        ),
    )


def _opened(desk: Desk, facts: Channels, titles: dict[str, str]) -> Iterator[Part]:
    """The dossiers behind each figure; they are read when somebody looks at them."""
    known: dict[str, tuple[list[Behind], dict[tuple[str | None, str | None], str]]] = {}
    nameless = tr("queue.no_number")

    def lines_of(part: str, way: str | None) -> Callable[[], list[Line]]:
        def lines() -> list[Line]:
            if part not in known:
                some = behind(desk, facts, part)
                said = {(one.way, one.reason) for one in some}
                known[part] = some, {one: _way_words(part, Way("", one[0], 1, reason=one[1])) for one in said}
            found, words = known[part]
            return [
                Line(
                    f"{part} {one.id}",
                    (
                        one.number or nameless,
                        titles.get(one.procedure, one.procedure),
                        words[one.way, one.reason],
                        1,
                        one.amount if part == "paid" else "",
                    ),
                    one.id,
                    one.procedure,
                )
                for one in found
                if part == "paid" or one.way == way
            ]

        return lines

    for part, way in (*_FIGURES, ("paid", None)):
        many = facts.count(part) if part == "paid" else facts.count(part, way)
        word = tr(f"report.channels.{part}")
        title = word if part == "paid" else f"{word} – {_way_words(part, Way('', way, many))}"
        yield Part(title, _LINES, Lines(many, lines_of(part, way)), on_paper=False)


def _figures(facts: Channels, procedure: str | None) -> tuple[int, ...]:
    received = facts.count("came", procedure=procedure)
    return received, *(facts.count(part, way, procedure) for part, way in _FIGURES)


def _lines(facts: Channels, part: str, order: list[str], titles: dict[str, str]) -> Iterator[Line]:
    ways: tuple[Way, ...] = getattr(facts, part)
    for one in sorted(ways, key=lambda one: (order.index(one.procedure), one.way or "~", one.reason or "")):
        name = f"{part} {one.procedure} {one.way} {one.reason}"
        money = one.amount if part == "paid" else ""
        cells = (tr(f"report.channels.{part}"), titles[one.procedure], _way_words(part, one), one.count, money)
        yield Line(name, cells, group=one.procedure)


def _way_words(part: str, one: Way) -> str:
    if part == "answered":
        return tr(f"report.channels.answered.{one.way or 'unsaid'}")
    if one.way is None:
        return tr("report.channels.unsaid")
    if part == "offered":
        words = tr(f"answer.{one.way}")
        return f"{words}: {tr(f'why_not.{one.reason}')}" if one.reason else words
    if part != "paid":
        return tr(f"channel.{one.way}")
    if one.way == "several":
        return tr("report.channels.several")
    channel, _, method = one.way.partition("/")
    known = [tr(f"channel.{channel}") if channel else "", method_words(method)]
    return ", ".join(filter(None, known)) or tr("report.channels.unsaid")


@few_collections()
def document(desk: Desk, facts: Channels) -> dict[str, Any]:
    """docs/schemas/report-channels.json."""
    return {
        "name": NAME,
        "from": facts.first.isoformat(),
        "to": facts.last.isoformat(),
        "unit": facts.unit,
        "made_at": facts.now.astimezone(LEGAL_TIME).isoformat(timespec="seconds"),
        "totals": _total(facts, None),
        "procedures": [{"procedure": name, **_total(facts, name)} for name in facts.procedures],
        "paid": [
            {"procedure": one.procedure, **_paid(one.way), "count": one.count, "amount": one.amount}
            for one in facts.paid
        ],
        "offered": [
            {"procedure": one.procedure, "answer": one.way, "reason": one.reason, "count": one.count}
            for one in facts.offered
        ],
        "dossiers": _dossiers(desk, facts),
    }


def _dossiers(desk: Desk, facts: Channels) -> list[dict[str, Any]]:
    """Each dossier behind a figure once, with its way in each part that it counts in."""
    found: dict[str, dict[str, Any]] = {}
    for part in PARTS:
        for one in behind(desk, facts, part):
            row = found.get(one.id)
            if row is None:
                row = {"id": one.id, "receipt_number": one.number, "procedure": one.procedure, "ways": {}}
                found[one.id] = row
            row["ways"][part] = f"{one.way}:{one.reason}" if one.reason else one.way
    return list(found.values())


def _paid(way: str | None) -> dict[str, str | None]:
    if way == "several":
        return {"channel": "several", "method": "several"}
    channel, _, method = (way or "").partition("/")
    return {"channel": channel or None, "method": method or None}


def _total(facts: Channels, procedure: str | None) -> dict[str, Any]:
    parts: dict[str, dict[str, int]] = {}
    for part, way in _FIGURES:
        parts.setdefault(part, {})[way or "unsaid"] = facts.count(part, way, procedure)
    return {"received": facts.count("came", procedure=procedure), **parts}
