"""Meetings and campaigns in words: their days, and how dossiers came before and after them."""

from __future__ import annotations

from core.survey import share
from storage.desk import Desk
from storage.feedback import short
from storage.outreach import OutreachRow, Span, Uptake, entered_twice
from tui.i18n import tr


def days_words(one: OutreachRow) -> str:
    """The day, or the first and the last one."""
    first = f"{one.first:%d/%m/%Y}"
    return first if one.first == one.last else f"{first}–{one.last:%d/%m/%Y}"


def twice_words(desk: Desk, one: OutreachRow) -> str:
    """That another desk wrote the same down apart, and which one; empty where none did."""
    others = entered_twice(desk, one)
    return tr("outreach.twice", codes=", ".join(short(other.id) for other in others)) if others else ""


def span_words(span: Span | None, key: str = "outreach.share") -> str:
    """«12/80 … (15 %, between 9 and 24 %)»; no data where nothing came or the span has not begun."""
    part = share(span.online, span.dossiers) if span is not None else None
    if span is None or part is None:
        return tr("no_data.short")
    percent, low, high = (round(value * 100) for value in (float(part.value), part.low, part.high))
    return tr(key, online=span.online, dossiers=span.dossiers, percent=percent, low=low, high=high)


def uptake_words(found: Uptake | None) -> list[str]:
    """What came online before and after, side by side and without a judgement."""
    if found is None:
        return []
    told = [tr("outreach.before", days=_days(found.before), share=span_words(found.before))]
    if found.after is None:
        return [*told, tr("outreach.not_begun")]
    key = "outreach.after" if found.whole else "outreach.after_so_far"
    return [*told, tr(key, days=_days(found.after), share=span_words(found.after))]


def _days(span: Span) -> str:
    return f"{span.first:%d/%m/%Y}–{span.last:%d/%m/%Y}"
