"""Forms that an officer has begun: kept in this desk's file until they are taken in or thrown away."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.answers import Refusal
from storage.database import Connection, officer_errors, transaction
from storage.desk import Command, Desk, Done
from storage.officers import Officer

_SAVE = """
INSERT INTO draft (id, officer, saved_at, content) VALUES (?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET saved_at = excluded.saved_at, content = excluded.content
"""

_INTAKES = """
SELECT id, saved_at, content FROM draft WHERE officer = ? AND id NOT LIKE ? ORDER BY saved_at DESC, id DESC
"""
_TYPING = "typing:"
"""Begins the id of what was typed into a small form; every other draft is an intake."""
_ABOUT = ""
_KEPT_S = 14 * 86_400


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """A begun form; `saved_at` in epoch seconds, `content` as the screen gave it."""

    id: str
    saved_at: int
    content: Mapping[str, Any]


class Drafts:
    """One officer's drafts: nobody else sees or takes them."""

    def __init__(self, connection: Connection, officer: str) -> None:
        self._db = connection
        self._officer = officer

    def save(self, draft: str, content: Mapping[str, Any], at: int) -> None:
        """Keep the form, durable when this returns. Raises InvalidInput where the disk prevents it."""
        with transaction(self._db):
            self._db.execute(_SAVE, (draft, self._officer, at, json.dumps(content, ensure_ascii=False)))

    def all(self) -> list[SavedDraft]:
        """The begun intakes, the newest first."""
        with officer_errors():
            rows = self._db.execute(_INTAKES, (self._officer, f"{_TYPING}%")).fetchall()
        return [SavedDraft(draft, saved_at, json.loads(content)) for draft, saved_at, content in rows]

    def typing(self, form: str, now: int) -> SavedDraft | None:
        """What was typed into a small form and not carried out; after two weeks it is forgotten."""
        asked = "SELECT id, saved_at, content FROM draft WHERE id = ? AND officer = ? AND saved_at > ?"
        with officer_errors():
            row = self._db.execute(asked, (self._named(form), self._officer, now - _KEPT_S)).fetchone()
        if row is None:
            return None
        texts = {name: text for name, text in json.loads(row[2]).items() if name != _ABOUT}
        return SavedDraft(row[0], row[1], texts)

    def keep_typing(self, form: str, texts: Mapping[str, str], at: int, about: Sequence[str] = ()) -> None:
        """Keep what was typed into a small form, durable when this returns; no text at all is forgotten.

        `about`: the dossiers, where the form's name does not name them: it goes when one of theirs is destroyed.
        """
        with transaction(self._db):
            self._db.execute("DELETE FROM draft WHERE id LIKE ? AND saved_at <= ?", (f"{_TYPING}%", at - _KEPT_S))
            if texts:
                content = json.dumps({**texts, _ABOUT: " ".join(about)}, ensure_ascii=False)
                self._db.execute(_SAVE, (self._named(form), self._officer, at, content))
            else:
                self.delete_within(self._named(form))

    def _named(self, form: str) -> str:
        return f"{_TYPING}{self._officer}:{form}"

    def delete(self, draft: str) -> None:
        with transaction(self._db):
            self.delete_within(draft)

    def delete_within(self, draft: str) -> None:
        """`delete` inside a transaction that the caller holds."""
        self._db.execute("DELETE FROM draft WHERE id = ? AND officer = ?", (draft, self._officer))


class _Refused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal


def finish(
    desk: Desk, commands: Sequence[Command], officer: Officer, draft: str | None = None
) -> tuple[Done, ...] | Refusal:
    """Carry out a form's commands and forget its draft: all of it in one transaction, or nothing."""
    try:
        with transaction(desk.connection):
            done = tuple(_done(desk, command, officer) for command in commands)
            if draft is not None:
                Drafts(desk.connection, officer.id).delete_within(draft)
            return done
    except _Refused as answer:
        return answer.refusal


def _done(desk: Desk, command: Command, officer: Officer) -> Done:
    answer = desk.do_within(command, officer)
    if isinstance(answer, Refusal):
        raise _Refused(answer)
    return answer
