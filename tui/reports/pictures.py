"""The pictures of a report: which charts belong to which, from the same facts and days that the report tells of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from core.document import Picture
from core.moments import legal_day
from storage.daily import Daily, daily
from storage.desk import Desk
from storage.tally import earliest
from tui.bars import Bar, Chart, svg
from tui.i18n import tr
from tui.limit_words import quantity_words
from tui.reports.faster import group_name
from tui.reports.sheet import Sheet

_ONE = timedelta(days=1)
_ROWS = 31
"""Bars of one chart; a longer period is told by weeks, or by months."""
_GROUPS = 8
"""Procedures whose spread is drawn: those with the most dossiers."""


def charts(desk: Desk, sheet: Sheet, facts: Any) -> tuple[Chart, ...]:
    """The charts of a report, of the period and unit that its facts are of; none where it has none.

    No bar is of days before anything was counted, which are no data and not nothing; and none of what came and ended is
    of days that are still to come.
    """
    if sheet.name == "faster":
        return tuple(_spreads(desk, facts))
    drawn = _DRAWN.get(sheet.name, ())
    if not drawn:
        return ()
    of = getattr(facts, "found", facts)
    span = getattr(of, "span", of)
    first, last = span.first, span.last
    found = daily(desk, first, last, of.unit)
    word, spans = _bins(*_told(found, first, last))
    since, today = earliest(desk.connection, of.unit), legal_day(desk.now())
    known = tuple(one for one in spans if since is not None and one[2] >= since)
    gone = tuple(one for one in known if one[1] <= today)
    return tuple(make(found, (word, known if make is _DUE else gone)) for make in drawn)


def pictures(found: tuple[Chart, ...]) -> tuple[Picture, ...]:
    """The charts for paper."""
    return tuple(
        Picture(one.title, tuple((bar.label, svg(bar, one.full), bar.words) for bar in one.bars), one.empty)
        for one in found
    )


Bins = tuple[str, tuple[tuple[str, date, date], ...]]
"""The word for what a bar is of (day, week, month), and each with its label and its days."""


def _told(found: Daily, first: date, last: date) -> tuple[date, date]:
    """The period; of one longer than its months have room for, from the first day that has anything to the last."""
    days = sorted({*found.came, *found.ended, *found.due})
    if (last - first).days < 31 * _ROWS:
        return first, last
    return (days[0], days[-1]) if days else (first, first)


def _bins(first: date, last: date) -> Bins:
    days = (last - first).days + 1
    if days <= _ROWS:
        every = tuple((f"{day:%d/%m}", day, day) for day in _days(first, last))
        return "day", every
    if days <= 7 * _ROWS:
        return "week", tuple(_weeks(first, last))
    if days <= 31 * _ROWS:
        return "month", tuple(_months(first, last))
    every = range(first.year, last.year + 1)
    return "year", tuple((str(year), date(year, 1, 1), date(year, 12, 31)) for year in every)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += _ONE


def _weeks(first: date, last: date) -> Iterator[tuple[str, date, date]]:
    """From Monday to Sunday, cut off at the period's ends."""
    while first <= last:
        end = min(last, first + (6 - first.weekday()) * _ONE)
        yield f"{first:%d/%m}–{end:%d/%m}", first, end
        first = end + _ONE


def _months(first: date, last: date) -> Iterator[tuple[str, date, date]]:
    while first <= last:
        after = (first.replace(day=1) + 32 * _ONE).replace(day=1)
        yield f"{first:%m/%Y}", first, min(last, after - _ONE)
        first = after


def _sum(counts: Mapping[date, int], first: date, last: date) -> int:
    return sum(count for day, count in counts.items() if first <= day <= last)


def _counted(name: str, of: Callable[[Daily], Mapping[date, int]]) -> Callable[[Daily, Bins], Chart]:
    def make(found: Daily, bins: Bins) -> Chart:
        word, spans = bins
        title = tr(f"picture.{name}", each=tr(f"picture.{word}"))
        counts = [(label, _sum(of(found), first, last)) for label, first, last in spans]
        drawn = tuple(Bar(label, count, str(count)) for label, count in counts) if any(dict(counts).values()) else ()
        return Chart(title, drawn, empty=tr("picture.none"))

    return make


def _uptake(found: Daily, bins: Bins) -> Chart:
    """The share that came online, of those whose channel is known."""
    word, spans = bins
    drawn = []
    for label, first, last in spans:
        known, online = _sum(found.known, first, last), _sum(found.online, first, last)
        share = online / known if known else 0.0
        drawn.append(Bar(label, share, f"{round(100 * share)} % ({online}/{known})" if known else "–"))
    title = tr("picture.uptake", each=tr(f"picture.{word}"))
    return Chart(title, tuple(drawn) if any(found.known.values()) else (), top=1.0, empty=tr("picture.no_data"))


_LOAD = _counted("came", lambda found: found.came)
_ENDED = _counted("ended", lambda found: found.ended)
_DUE = _counted("due", lambda found: found.due)
_DRAWN: Mapping[str, tuple[Callable[[Daily, Bins], Chart], ...]] = {
    "ii06a": (_LOAD, _ENDED, _DUE, _uptake),
    "late": (_DUE,),
    "apologies": (_DUE,),
}


def _spreads(desk: Desk, facts: Any) -> Iterator[Chart]:
    """How used time lies, of the procedures with the most dossiers; what is past the limit stands out."""
    most = sorted(facts.groups, key=lambda group: -len(group.cases))[:_GROUPS]
    for group in most:
        limit = group.limit
        bars = []
        for low, high, many in group.spread:
            past = limit is not None and low > limit.amount
            label = str(low) if low == high else f"{low}–{high}"
            bars.append(Bar(f"{label}{' ▶' if past else ''}", many, str(many), strong=past))
        words = quantity_words(limit.amount, limit.unit) if limit is not None else tr("picture.in_days")
        yield Chart(tr("picture.spread", name=group_name(desk, facts, group), limit=words), tuple(bars))
    if not most:
        yield Chart(tr("picture.spread", name="–", limit="–"), (), empty=tr("picture.no_data"))
