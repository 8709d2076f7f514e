"""Plain lines of `deadline --batch`: an id, a receipt and a limit, by the law's own calendar.

Such answers repeat: a day limit's depends on nothing but the day of receipt, an hour limit's moves only its
ends within the same stretches of the calendar. Each is computed and rendered once, kept as a template, and
filled in for the lines that follow.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from core.calendar import WorkCalendar
from core.counting import seconds_of
from core.moments import HOUR
from core.time_limit import Limit, Unit

Render = Callable[[datetime], dict[str, Any]]
_SLOT = re.compile(rb'"\\u0001(\w+)"')


def _slot(name: str) -> str:
    return f"\u0001{name}"


def _template(answer: dict[str, Any]) -> list[bytes]:
    """The answer's JSON with the names of its slots at the odd places."""
    return _SLOT.split(msgspec.json.encode(answer))


def _filled(template: list[bytes], values: dict[bytes, bytes]) -> bytes:
    whole = template[:]
    whole[1::2] = [values[name] for name in template[1::2]]
    return b"".join(whole)


def _quoted(moment: datetime) -> bytes:
    return b'"' + moment.isoformat(timespec="seconds").encode() + b'"'


class DayLines:
    """Answers for one limit that is counted in whole days (one at least)."""

    def __init__(self, render: Render) -> None:
        self._render = render
        self._templates: dict[int, list[bytes]] = {}

    def __len__(self) -> int:
        return len(self._templates)

    def answer(self, identity: bytes, local: datetime) -> bytes:
        """`identity` is JSON, `local` in the calendar's zone. Raises `InvalidInput`."""
        day = local.toordinal()
        template = self._templates.get(day)
        if template is None:
            answer = self._render(local) | {"id": _slot("id")}
            if "trace" in answer:
                answer["trace"][0]["from"] = _slot("from")
            template = self._templates[day] = _template(answer)
        return _filled(template, {b"id": identity, b"from": _quoted(local)})


class HourLines:
    """Answers for one limit of hours or working hours that is more than nothing."""

    def __init__(self, render: Render, limit: Limit, calendar: WorkCalendar) -> None:
        self._render = render
        self._elapsed = limit.unit is Unit.HOUR
        self._seconds = seconds_of(limit.amount)
        self._calendar = calendar
        self._templates: dict[tuple[int, int, int, int], tuple[list[bytes], int, int]] = {}

    def __len__(self) -> int:
        return len(self._templates)

    def answer(self, identity: bytes, local: datetime) -> bytes:
        """`identity` is JSON, `local` in the calendar's zone. Raises `InvalidInput`."""
        clock = self._calendar.clock
        received = clock.seconds(local)
        if self._elapsed:
            end = received + self._seconds
            due_day = clock.day(end)
        else:
            end, due_day = self._calendar.after_work(received, self._seconds)
        key = self._key(received, local.toordinal(), end, due_day)
        known = self._templates.get(key)
        if known is None:
            known = self._templates[key] = self._new(local)
        template, first_end, last_start = known
        values = {
            b"id": identity,
            b"from": _quoted(local),
            b"due": _quoted(clock.moment(end)),
            b"first": _hours(first_end - received),
            b"last": _hours(end - last_start),
        }
        return _filled(template, values)

    def _key(self, received: int, day: int, end: int, due_day: int) -> tuple[int, int, int, int]:
        """Between which openings and closings the limit begins and ends."""
        if self._elapsed:
            return day, 0, due_day, 0
        return day, bisect_right(self._marks(day), received), due_day, bisect_left(self._marks(due_day), end)

    def _marks(self, day: int) -> list[int]:
        calendar = self._calendar
        return [mark for span in calendar.spans(day) for mark in span] if calendar.is_working(day) else []

    def _new(self, local: datetime) -> tuple[list[bytes], int, int]:
        answer = self._render(local)
        trace = answer.get("trace", [])
        ends = [self._calendar.clock.seconds(datetime.fromisoformat(one["to"])) for one in trace[:1]]
        starts = [self._calendar.clock.seconds(datetime.fromisoformat(one["from"])) for one in trace[-1:]]
        if len(trace) > 1:
            trace[-1]["counted"] = _slot("last")
            if trace[0]["effect"] == "counted":
                trace[0]["counted"] = _slot("first")
        if trace:
            trace[0]["from"], trace[-1]["to"] = _slot("from"), _slot("due")
        answer |= {"id": _slot("id"), "due_at": _slot("due"), "statutory_due_at": _slot("due")}
        return _template(answer), (ends or [0])[0], (starts or [0])[0]


def _hours(seconds: int) -> bytes:
    """Seconds as hours in JSON, whole ones without a fraction."""
    return str(seconds // HOUR if seconds % HOUR == 0 else seconds / HOUR).encode()
