"""Feedback in words: until when it is owed, and what that rests on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from core.feedback import Feedback, Owed
from core.moments import legal_day
from storage.desk import Desk
from storage.feedback import FeedbackRow, of_dossier, short
from tui.i18n import tr


def due_words(one: FeedbackRow, today: date) -> str:
    """What is owed until when, or what became of it."""
    if one.destroyed:
        return tr("feedback.gone")
    late = one.days_late(today)
    if one.answered_at is not None:
        key = "feedback.answered_late" if late else "feedback.answered"
        return tr(key, day=f"{one.answered_at:%d/%m/%Y}", days=late)
    if one.due is None:
        return tr("feedback.no_limit")
    key = "feedback.overdue" if late else "feedback.today" if one.due == today else "feedback.due"
    return tr(key, day=f"{one.due:%d/%m/%Y}", days=late)


def said_lines(desk: Desk, dossier: str) -> Iterator[str]:
    """What was said of a dossier, a line each: number, kind, until when it is owed or what became of it."""
    today = legal_day(desk.now())
    for one in of_dossier(desk, dossier):
        kind = tr(f"feedback.kind.{one.kind}") if one.kind else "–"
        yield tr("feedback.of_dossier", code=short(one.id), kind=kind, due=due_words(one, today))


def said_json(desk: Desk, dossier: str) -> list[dict[str, Any]]:
    """The same, for `show`."""
    today = legal_day(desk.now())
    return [
        {
            "id": one.id,
            "code": short(one.id),
            "kind": one.kind or None,
            "received_at": one.received_at.isoformat(),
            "due": one.due.isoformat() if one.due else None,
            "answered_at": one.answered_at.isoformat() if one.answered_at else None,
            "days_late": one.days_late(today),
            "destroyed": one.destroyed,
        }
        for one in of_dossier(desk, dossier)
    ]


def owed_words(kind: str, owed: Owed) -> str:
    """Until when an answer to a feedback of this kind would be owed."""
    named = tr(f"feedback.kind.{kind}")
    if owed.due is None or owed.limit is None:
        return tr("feedback.due_unknown", kind=named)
    count, _, unit = owed.limit.partition(" ")
    basis = owed.basis if owed.verified else tr("paper.unchecked", basis=owed.basis)
    limit = tr(f"feedback.limit.{unit}", count=count)
    return tr("feedback.due_now", kind=named, day=f"{owed.due:%d/%m/%Y}", limit=limit, basis=basis)


def limit_words(found: Feedback) -> str:
    """By what the day was found, and that nobody has held it against the text; empty where a person named it."""
    limit, basis = found.text("limit"), found.text("basis")
    if not limit:
        return ""
    count, _, unit = limit.partition(" ")
    words = tr(f"feedback.limit.{unit}", count=count)
    key = "feedback.limit" if found.received.body.get("verified") is True else "feedback.limit_unverified"
    return tr(key, limit=words, basis=basis)
