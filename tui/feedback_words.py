"""Feedback in words: until when it is owed, and what that rests on."""

from __future__ import annotations

from datetime import date

from core.feedback import Feedback, Owed
from storage.feedback import FeedbackRow
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
