"""Days, hours and openings of an amendment in words; days of one reason and decision are told together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Any

from storage.law_changes import RowChange
from tui.i18n import language, tr

_COUNTED = ("working", "in_force", "hours", "closure")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_Line = tuple[str, str | None, tuple[str, ...]]


def day_lines(changes: Sequence[RowChange], decided: set[str]) -> Iterator[_Line]:
    """A line (text, basis, event ids) for the days that one decision makes off, worked, announced or ordinary again.

    Days that count as before are told only where they are confirmed, and not of a year in `decided`: its own
    line says that.
    """
    grouped: dict[tuple[str, str, str | None], list[RowChange]] = {}
    for change in changes:
        kind = _kind(change, decided)
        if kind is not None:
            row = change.row.row
            grouped.setdefault((kind, _reason(change), row.get("basis")), []).append(change)
    for (kind, reason, basis), same in grouped.items():
        days = [date.fromisoformat(str(one.row.row["date"])) for one in same]
        ids = tuple(dict.fromkeys(event for one in same for event in one.events))
        yield tr(f"law.line.{kind}", days=days_words(days), reason=reason), basis, ids


def _kind(change: RowChange, decided: set[str]) -> str | None:
    """What the row makes of its day: a message's name, None for nothing that is told."""
    row, before = change.row.row, change.before.row if change.before else None
    if before is not None and _same(row, before):
        newly = bool(row.get("confirmed")) and not before.get("confirmed")
        return "confirmed" if newly and str(row["date"])[:4] not in decided else None
    if row.get("in_force", True):
        return _made(row)
    return f"announced_{_made(row)}" if row["working"] != _ordinary(row) else f"withdrawn_{_made(_lost(change))}"


def _made(row: Mapping[str, Any]) -> str:
    return "closure" if row.get("closure") else "worked" if row["working"] else "off"


def _lost(change: RowChange) -> Mapping[str, Any]:
    """The row that a withdrawn day had."""
    found = change.last or change.before
    return found.row if found else {"working": not change.row.row["working"]}


def _ordinary(row: Mapping[str, Any]) -> bool:
    """Whether the weekday works anyway."""
    return date.fromisoformat(str(row["date"])).weekday() < 5


def _same(row: Mapping[str, Any], before: Mapping[str, Any]) -> bool:
    defaults = {"in_force": True, "closure": False}
    return all(row.get(name, defaults.get(name)) == before.get(name, defaults.get(name)) for name in _COUNTED)


def _reason(change: RowChange) -> str:
    return str(change.row.row["reason_vi" if language() == "vi" else "reason_en"])


def days_words(days: Iterable[date]) -> str:
    """«25–26/11/2026», «23/11, 30/11/2026»; a weekend between two of them joins them."""
    ordered = sorted(set(days))
    breaks = [0, *(place + 1 for place, pair in enumerate(pairwise(ordered)) if not _joined(*pair)), len(ordered)]
    spans = [(ordered[start], ordered[end - 1]) for start, end in pairwise(breaks)]
    words = []
    for place, (first, last) in enumerate(spans):
        following = spans[place + 1][0].year if place + 1 < len(spans) else None
        words.append(_span(first, last, with_year=following != last.year))
    return ", ".join(words)


def _joined(one: date, other: date) -> bool:
    between = [one + timedelta(days=more) for more in range(1, (other - one).days)]
    return len(between) <= 2 and all(day.weekday() >= 5 for day in between)


def _span(first: date, last: date, *, with_year: bool) -> str:
    end = f"{last:%d/%m/%Y}" if with_year else f"{last:%d/%m}"
    if first == last:
        return end
    start = f"{first:%d}" if (first.year, first.month) == (last.year, last.month) else f"{first:%d/%m}"
    if first.year != last.year:
        start = f"{first:%d/%m/%Y}"
    return f"{start}–{end}"


def hours_words(periods: Mapping[str, Sequence[Sequence[str]]] | None) -> str:
    """«T2–T6 07:30–11:30, 13:00–17:00; T7 07:30–11:30»; no periods: the whole day."""
    if periods is None:
        return tr("law.line.whole_days")
    told = [(number, periods_words(periods.get(name, ()))) for number, name in enumerate(_WEEKDAYS, 1)]
    words = []
    for text, run in groupby(told, key=lambda pair: pair[1]):
        days = [tr(f"weekday.short.{number}") for number, _ in run]
        if text:
            words.append(f"{days[0]}–{days[-1]} {text}" if len(days) > 1 else f"{days[0]} {text}")
    return "; ".join(words)


def periods_words(periods: Iterable[Sequence[str]]) -> str:
    """«07:30–11:30, 13:00–17:00»."""
    return ", ".join(f"{opens}–{closes}" for opens, closes in periods)


def opening_words(row: Mapping[str, Any]) -> str:
    """Date, hours, place and desk of an opening."""
    text = tr(
        "law.line.opening", day=f"{date.fromisoformat(str(row['date'])):%d/%m/%Y}", hours=periods_words(row["hours"])
    )
    if row.get("place"):
        text += f", {tr('law.line.place', place=row['place'])}"
    if row.get("desk") is not None:
        text += f", {tr('law.line.desk', desk=row['desk'])}"
    return text
