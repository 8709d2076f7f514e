"""Answers of `deadline --batch`, line by line, with a short way for plain lines.

A plain line has an id, a receipt and a limit, and the law's calendar. Where its limit is counted in days, the
answer depends on nothing but the day of receipt: it is rendered once and kept.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from core.conventions import Case, compare
from core.deadline import ClockRules, deadline
from core.law import Law
from core.time_limit import Limit, Phase, Unit
from core.trace import explain
from tui.answers import answer_json, deadline_json
from tui.cli.deadline_input import Question, Reader
from tui.cli.times import read_moment

_KEPT = 200_000


class PlainIn(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A line with nothing but an id, a receipt and a limit."""

    id: msgspec.Raw
    received_at: str
    limit: msgspec.Raw


class _PlainLimit:
    """A limit by the law's own policies and the answers to it by day of receipt."""

    __slots__ = ("by_day", "days", "rules")

    def __init__(self, limit: Limit, offhours: str) -> None:
        self.rules = ClockRules((Phase(limit),), offhours=offhours)
        self.by_day = (
            offhours == "as_received" and limit.by_date and limit.amount > 0 and limit.unit is not Unit.SAME_DAY
        )
        self.days: dict[int, tuple[bytes, bytes]] = {}


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
        self._limits: dict[bytes, _PlainLimit] = {}
        self._kept = 0

    def __call__(self, line: bytes) -> bytes:
        """Raises `InvalidInput` for a bad line."""
        try:
            plain = self._plain.decode(line)
        except (msgspec.DecodeError, RecursionError):
            return self._whole(self._reader.question(line))
        raw = bytes(plain.limit)
        known = self._limits.get(raw)
        if known is None:
            known = self._known(raw)
            if known is None:
                return self._whole(self._reader.question(line))
        received = read_moment(plain.received_at, self._zone)
        if not known.by_day:
            return self._answer(plain.id, received, known.rules)
        local = received if received.tzinfo is self._zone else received.astimezone(self._zone)
        day = local.toordinal()
        parts = known.days.get(day)
        if parts is None:
            parts = self._rendered(known, local, day)
        head, tail = parts
        if not self._traced:
            return b'{"id":' + bytes(plain.id) + head
        moment = local.isoformat(timespec="seconds").encode()
        return b'{"id":' + bytes(plain.id) + head + moment + tail

    def _known(self, raw: bytes) -> _PlainLimit | None:
        limit = self._reader.limit(raw)
        if limit is None or self._offhours is None:
            return None
        if self._kept >= _KEPT:
            self._limits.clear()
            self._kept = 0
        self._kept += 1
        known = self._limits[raw] = _PlainLimit(limit, self._offhours)
        return known

    def _rendered(self, known: _PlainLimit, local: datetime, day: int) -> tuple[bytes, bytes]:
        """The answer without its id, in two halves around the moment of receipt."""
        whole = self._answer(msgspec.Raw(b"null"), local, known.rules)
        moment = local.isoformat(timespec="seconds").encode()
        head, mark, tail = whole.removeprefix(b'{"id":null').partition(b'"from":"' + moment)
        self._kept += 1
        parts = known.days[day] = (head + mark[: len(mark) - len(moment)], tail)
        return parts

    def _answer(self, identity: msgspec.Raw, received: datetime, rules: ClockRules) -> bytes:
        if self._traced:
            return msgspec.json.encode(answer_json(identity, explain(received, rules, (), self._calendar)))
        answer = deadline_json(identity, deadline(received, rules, (), self._calendar))
        answer["error"] = None
        return msgspec.json.encode(answer)

    def _whole(self, asked: Question) -> bytes:
        clock = (asked.received_at, asked.rules, asked.events, asked.calendar, asked.committed)
        if self._traced:
            answer = answer_json(asked.identity, explain(*clock))
        else:
            answer = deadline_json(asked.identity, deadline(*clock))
            answer["error"] = None
        if asked.theirs is not None:
            difference = compare(Case(*clock), asked.theirs)
            answer["difference"] = {
                "working_seconds": difference.working_seconds,
                "convention": difference.convention,
            }
        return msgspec.json.encode(answer)
