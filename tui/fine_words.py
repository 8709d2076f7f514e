"""What is said of decisions that fine somebody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from storage.fines import Fine
from tui.dossier_words import method_words, money
from tui.i18n import tr

WAYS = ("counter/cash", "counter/transfer", "counter/card", "post", "online")
"""How a fine is paid: where, and at the counter with what."""


def way_words(way: str) -> str:
    """One of WAYS, or a channel alone."""
    channel, _, method = way.partition("/")
    said = tr(f"fines.channel.{channel}")
    return f"{said}, {method_words(method)}" if method else said


def fine_cells(one: Fine, today: date) -> tuple[str, ...]:
    """Decision, person, amount, what is owed, what is to be done by when."""
    return (
        one.decision or tr("fines.unnamed"),
        one.applicant_name,
        money(f"{one.amount:f}"),
        money(f"{one.owed:f}") if one.owed else tr("fines.paid"),
        next_words(one, today),
    )


def next_words(one: Fine, today: date) -> str:
    """What is owed until when, or what lies here and may go back from when; in few words."""
    parts = []
    if one.owed:
        due = one.due
        if due is None:
            parts.append(tr("fines.no_limit"))
        else:
            parts.append(tr("fines.late" if due < today else "fines.due", day=f"{due:%d/%m/%Y}"))
    if one.held:
        start = one.return_from()
        if start is None:
            parts.append(tr("fines.held_now", count=one.held))
        elif start > today:
            parts.append(tr("fines.held_until", count=one.held, day=f"{start:%d/%m/%Y}"))
        else:
            parts.append(tr("fines.return_now", count=one.held, day=f"{start:%d/%m/%Y}"))
    if one.seized_until is not None:
        over = "fines.seizure_over" if one.seized_until < today else "fines.seized_until"
        since = tr("fines.seized_on", day=f"{one.seized_on:%d/%m/%Y}") if one.seized_on else tr("fines.seized_unsaid")
        parts.append(f"{tr(over, day=f'{one.seized_until:%d/%m/%Y}')} ({since})")
    if one.over:
        parts.append(tr("fines.over", amount=money(f"{one.over:f}")))
    if one.twice:
        parts.append(tr("fines.twice", number=one.twice))
    return " · ".join(parts) or tr("fines.done")


def limit_doubt(found: Iterable[Fine]) -> str:
    """Which limit nobody has held against the text, where one of these rests on it."""
    bases = {one.last_day.basis for one in found if one.owed and one.last_day is not None and not one.last_day.verified}
    return tr("fines.unverified", basis="; ".join(sorted(bases))) if bases else ""
