"""Undo without a screen: what would be taken back, in words, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from core.answers import Refusal
from core.decisions import Undo
from core.record import Event
from core.standing import version_of
from storage.desk import Desk, Done
from tui.dossier_words import event_words, officer_names
from tui.i18n import tr
from tui.screens.queue_rows import short_number
from tui.sentences import sentence


def named(desk: Desk, commands: Sequence[Event]) -> str:
    """What `last_commands` found: the act, and whose dossier or how many they are."""
    event = commands[0]
    dossier = desk.dossier(event.entity)
    version = version_of(dossier, desk.law_for(dossier)) if dossier is not None else None
    names = officer_names(desk.officers.all())
    words = event_words(event, names, version)
    if any(event_words(one, names, version) != words for one in commands):
        words = tr(f"kind.{event.kind}")  # what they have in common
    if len(commands) > 1:
        return f"{words} · {tr('undo.many', count=len(commands))}"
    row = desk.row(event.entity)
    return words + (f" · {short_number(row['receipt_number'])} {row['applicant_name']}" if row else "")


def undoing(desk: Desk, commands: Sequence[Event]) -> list[Undo]:
    """The commands that take these back."""
    now = desk.now()
    return [Undo(one.entity, one.event_id, now) for one in commands]


def outcome(answers: Sequence[Done | Refusal], what: str) -> str | Refusal:
    """What was taken back, and how many were not; the refusal where none was."""
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    if len(refused) == len(answers):
        return refused[0]
    first = refused[0] if refused else None
    left = tr("undo.left", count=len(refused), why=sentence(first.code, first.params)) if first else ""
    return tr("undo.done", what=what) + left
