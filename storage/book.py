"""The book of what was taken in: a row for each dossier, in the order of their numbers. It names citizens."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from core.queue import NEVER, midnight
from storage.desk import Desk

_RECEIVED = """
SELECT id, receipt_number, official_number, procedure, applicant_name, phone, received_at,
CASE WHEN binding_at < :never AND (waiting_for IS NULL OR promised_at IS NOT NULL) THEN binding_at END,
returned_at, returned_by, channel, officer, state, away
FROM dossier WHERE received_at >= :first AND received_at < :after AND (:unit IS NULL OR unit = :unit) AND came = 0
AND state NOT IN ('submitted', 'guided', 'not_accepted') ORDER BY receipt_number IS NULL, receipt_number, id
"""


class Taken(NamedTuple):
    """One dossier of the book; moments as epoch seconds. `away`: the unit that has it by now."""

    id: str
    receipt_number: str | None
    official_number: str | None
    procedure: str
    applicant_name: str
    phone: str | None
    received_at: int
    due_at: int | None
    returned_at: int | None
    returned_by: str | None
    channel: str | None
    officer: str | None
    state: str
    away: str | None


@dataclass(frozen=True, slots=True)
class Book:
    """What was received on the days `first` to `last`, as it stands now."""

    first: date
    last: date
    unit: str | None
    now: datetime
    rows: tuple[Taken, ...]

    def count(self) -> Counter[str]:
        """How many of each procedure."""
        return Counter(one.procedure for one in self.rows)


def book(desk: Desk, first: date, last: date, unit: str | None = None) -> Book:
    """As form 07 has it: what came from another unit stands in that one's book, what has gone to one in this one."""
    asked = {"first": midnight(first), "after": midnight(last + timedelta(days=1)), "unit": unit, "never": NEVER}
    rows = desk.connection.execute(_RECEIVED, asked).fetchall()
    return Book(first, last, unit, desk.now(), tuple(Taken(*row) for row in rows))
