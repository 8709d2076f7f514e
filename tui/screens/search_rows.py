"""Which dossiers an officer means by a number, a name or a scan."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from core.answers import Refusal
from core.identity import parse_card
from core.numbers import read_number
from core.queue import Bounds
from core.slip_code import dossier_named
from storage.desk import Desk
from storage.queries import Queries, Row
from storage.revoked import without_effect
from tui.i18n import tr
from tui.sentences import sentence
from tui.widgets.window import Row as WindowRow

_RECEIPT = re.compile(r"[A-Z]\d{2}(?:\.[0-9A-Z]+)*-(?:[0-9A-Z]+-)*\d{6}-\d{4,}", re.IGNORECASE)
_SPACED_DIGITS = re.compile(r"\+?[\d\s.]{8,}")
_SHORTEST_ENDING = 4


R = TypeVar("R", bound=WindowRow)


@dataclass(frozen=True)
class ListSource(Generic[R]):
    """A short list as a table's source."""

    rows: Sequence[R] = ()

    def first(self, size: int) -> Sequence[R]:
        return self.rows[:size]

    def last(self, size: int) -> Sequence[R]:
        return self.rows[-size:] if size else ()

    def after(self, row: R, size: int) -> Sequence[R]:
        start = self._place(row) + 1
        return self.rows[start : start + size]

    def before(self, row: R, size: int) -> Sequence[R]:
        end = self._place(row)
        return self.rows[max(0, end - size) : end]

    def _place(self, row: R) -> int:
        return next((place for place, held in enumerate(self.rows) if held.id == row.id), len(self.rows))


def wanted_text(text: str, today: date) -> str:
    """What to look for: a scanned card's number, a receipt's number out of its code, a phone without blanks."""
    if "|" in text:
        reading = parse_card(text, today=today)
        if reading.fields.number:
            return reading.fields.number
    if (named := dossier_named(text)) is not None:
        return named
    receipt = _RECEIPT.search(text)
    if receipt:
        return receipt[0].upper()
    if _SPACED_DIGITS.fullmatch(text.strip()):
        return re.sub(r"[\s.]", "", text)
    return text


def is_slip(text: str) -> bool:
    """Whether it is what a receipt says: its code, or its whole number."""
    return dossier_named(text) is not None or read_number(text.strip().upper()) is not None


def find_rows(queries: Queries, text: str, bounds: Bounds, today: date, limit: int) -> list[Row]:
    """Open ones first; an ending of a receipt number that is known only once is found too."""
    wanted = wanted_text(text, today)
    found = queries.search(wanted, bounds, limit)
    if not found and len(wanted) >= _SHORTEST_ENDING:
        one = queries.find(wanted)
        row = None if isinstance(one, Refusal) else queries.row(one, bounds)
        found = [row] if row is not None else []
    return found


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search has found; `nearly`: nothing is as it was typed, these are like it."""

    rows: Sequence[Row] = ()
    nearly: bool = False


def seek(queries: Queries, text: str, at: Bounds, today: date, limit: int) -> Sought:
    """The dossiers that a text means, else those that it nearly means."""
    rows = find_rows(queries, text, at, today, limit)
    near = [] if rows else queries.near(text, at, limit)
    return Sought(rows or near, bool(near))


def sought_words(desk: Desk, text: str, found: Sought, limit: int) -> str:
    """How many were found for a text, up to a limit; of none, whether it is a receipt without effect."""
    count = len(found.rows)
    if found.nearly:
        return tr("search.near", count=count)
    if count:
        return tr("search.many" if count == limit else "search.found", count=count)
    void = without_effect(desk, text)
    return tr("search.nothing") if void is None else sentence(void.code, void.params)
