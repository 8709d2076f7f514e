"""Rows of golden cases → values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from core.catalogue import GoldenCase
from core.history import ClockEvent
from core.moments import LEGAL_TIME
from storage.lawbook.rows import Fields, LawRow
from storage.lawbook.versions import LIMIT_FIELDS, limit_of

_ROW = frozenset({"procedure", "valid_from", "year", "case"})
_CASE = frozenset({"variant", "limit", "received_at", "events", "due_at", "counted", "source"})
_EVENT = frozenset({"kind", "at", "limit", "due_at"})


def cases_of(rows: Iterable[LawRow]) -> tuple[GoldenCase, ...]:
    """The cases in the order of their rows; an `InvalidInput` names the row of the first fault."""
    return tuple(case for row in rows for case in _row(row))


def _row(row: LawRow) -> Iterator[GoldenCase]:
    whole = Fields(row.row, row.where, _ROW)
    for number, item in enumerate(whole.items("case"), start=1):
        where = f"{row.where} case {number}"
        fields = Fields(item, where, _CASE)
        of_year = whole.get("year") is not None
        yield GoldenCase(
            where=f"{row.key}#{number}",
            procedure=None if of_year else whole.text("procedure"),
            valid_from=None if of_year else whole.day("valid_from"),
            variant=fields.maybe_text("variant"),
            limit=limit_of(Fields(fields.get("limit"), where, LIMIT_FIELDS)) if of_year else None,
            received_at=fields.read("received_at", _moment),
            events=tuple(_event(event, where) for event in fields.items("events")),
            due_at=fields.read("due_at", _moment),
            counted=fields.text("counted"),
            source=fields.text("source"),
        )


def _event(item: Mapping[str, Any], where: str) -> ClockEvent:
    fields = Fields(item, where, _EVENT)
    limit = fields.get("limit")
    return ClockEvent(
        fields.text("kind"),
        fields.read("at", _moment),
        limit=None if limit is None else limit_of(Fields(limit, where, LIMIT_FIELDS)),
        due_at=fields.read("due_at", _moment) if fields.get("due_at") is not None else None,
    )


def _moment(text: str) -> datetime:
    """Local time without a zone is legal time."""
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=LEGAL_TIME)
