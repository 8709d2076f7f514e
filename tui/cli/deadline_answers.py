"""Answers of `deadline --batch`, line by line; plain lines take a short way (tui.cli.plain_lines)."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from core.calendar import WorkCalendar
from core.conventions import Case, compare
from core.counting import seconds_of
from core.deadline import ClockEvent, ClockRules, deadline
from core.law import Law
from core.time_limit import Phase, Unit
from core.trace import explain
from tui.answers import answer_json, deadline_json
from tui.cli.deadline_input import Question, Reader
from tui.cli.plain_lines import DayLines, HourLines
from tui.cli.times import read_moment

_KEPT = 40_000
_HOURS = frozenset({Unit.HOUR, Unit.WORKING_HOUR})
_Clock = tuple[datetime, ClockRules, tuple[ClockEvent, ...], WorkCalendar, tuple[Phase, ...] | None]


class PlainIn(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A line with nothing but an id, a receipt and a limit."""

    id: msgspec.Raw
    received_at: str
    limit: msgspec.Raw


class Answers:
    """Turns one line of input into one line of output."""

    def __init__(self, law: Law, *, traced: bool) -> None:
        self._traced = traced
        self._reader = Reader(law)
        self._calendar = law.calendar(None)
        self._zone = self._calendar.clock.zone
        self._plain = msgspec.json.Decoder(PlainIn)
        values = {row.value for row in law.policies if row.name == "offhours" and row.unit is None}
        self._offhours = values.pop() if len(values) == 1 else None
        self._limits: dict[bytes, DayLines | HourLines | None] = {}
        self._kept = 0

    def __call__(self, line: bytes) -> bytes:
        """Raises `InvalidInput` for a bad line."""
        try:
            plain = self._plain.decode(line)
        except (msgspec.DecodeError, RecursionError):
            return self._whole(self._reader.question(line))
        raw = bytes(plain.limit)
        lines = self._limits[raw] if raw in self._limits else self._lines(raw)
        if lines is None:
            return self._whole(self._reader.question(line))
        received = read_moment(plain.received_at, self._zone)
        if received.tzinfo is not self._zone:
            received = received.astimezone(self._zone)
        before = len(lines)
        answer = lines.answer(bytes(plain.id), received)
        if len(lines) > before:
            self._kept += 1
            if self._kept > _KEPT:
                self._forget()
        return answer

    def _lines(self, raw: bytes) -> DayLines | HourLines | None:
        """The short way for a limit, if there is one."""
        if len(self._limits) >= _KEPT:
            self._forget()
        limit = self._reader.limit(raw)
        found: DayLines | HourLines | None = None
        if limit is not None and limit.amount > 0 and self._offhours is not None:
            rules = ClockRules((Phase(limit),), offhours=self._offhours)
            if limit.unit in _HOURS and seconds_of(limit.amount):
                found = HourLines(partial(self._render, rules), limit, self._calendar)
            elif limit.by_date and limit.unit is not Unit.SAME_DAY and self._offhours == "as_received":
                found = DayLines(partial(self._render, rules))
        self._limits[raw] = found
        return found

    def _forget(self) -> None:
        self._limits.clear()
        self._kept = 0

    def _render(self, rules: ClockRules, received: datetime) -> dict[str, Any]:
        return self._told((received, rules, (), self._calendar, None), None)

    def _whole(self, asked: Question) -> bytes:
        clock = (asked.received_at, asked.rules, asked.events, asked.calendar, asked.committed)
        answer = self._told(clock, asked.identity)
        if asked.theirs is not None:
            difference = compare(Case(*clock), asked.theirs)
            answer["difference"] = {
                "working_seconds": difference.working_seconds,
                "convention": difference.convention,
            }
        return msgspec.json.encode(answer)

    def _told(self, clock: _Clock, identity: object) -> dict[str, Any]:
        if self._traced:
            return answer_json(identity, explain(*clock))
        answer = deadline_json(identity, deadline(*clock))
        answer["error"] = None
        return answer
