"""What an officer types to narrow the queue: «dang xu ly han<=25/11 tt:tach ho hong dao»."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from core.states import State
from core.text import fold

_NEXT = r"(?=\s(?:han|due)\s*[<≤:=]|\s(?:cb|by):|$)"
_PROCEDURE = re.compile(rf'(?:^|\s)(?:tt|proc):\s*(?:"([^"]*)"|(.*?){_NEXT})')
_DUE = re.compile(r"(?:^|\s)(?:han|due)\s*(<=|≤|<|:|=)\s*(\S+)")
_OFFICER = re.compile(r"(?:^|\s)(?:cb|by):\s*(\S+)")
_DAY = re.compile(r"(\d{1,2})(?:[/.-](\d{1,2})(?:[/.-](\d{4}))?)?")
_HALF_YEAR = timedelta(days=182)
NARROW_LISTS = ("custody", "at_post", "to_collect", "to_post", "open")
"""Beside states and urgencies: papers held, results at the post, results that wait here, those for the post, what has
not ended."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """`due_from` and `due_until`: the first and the last due day that are wanted; `procedure` and `officer` as typed.

    `list`: one of NARROW_LISTS. `unknown`: not understood.
    """

    text: str = ""
    state: str | None = None
    urgency: str | None = None
    procedure: str | None = None
    officer: str | None = None
    due_from: date | None = None
    due_until: date | None = None
    list: str | None = None
    unknown: tuple[str, ...] = ()


def parse_filter(typed: str, words: Mapping[str, str], today: date) -> Narrowing:
    """Read a filter. `words`: folded phrases of the interface's language → a state, an urgency, or of NARROW_LISTS.

    «han=25/11» and «han:25/11» are that day, «han<=25/11» is until its end.
    """
    rest = fold(typed)
    procedure, rest = _taken(_PROCEDURE, rest)
    officer, rest = _taken(_OFFICER, rest)
    unknown: list[str] = []
    due_from: date | None = None
    due_until: date | None = None
    due = _DUE.search(rest)
    if due is not None:
        rest = f"{rest[: due.start()]} {rest[due.end() :]}"
        due_until = read_day(due[2], today)
        if due_until is None:
            unknown.append(due[0].strip())
        elif due[1] == "<":
            due_until -= timedelta(days=1)
        elif due[1] in ":=":
            due_from = due_until
    found, text = _phrases(rest.split(), words)
    state = next((word for word in found if word in set(State)), None)
    narrow = next((word for word in found if word in NARROW_LISTS), None)
    urgency = next((word for word in found if word not in {*State, *NARROW_LISTS}), None)
    return Narrowing(text, state, urgency, procedure, officer, due_from, due_until, narrow, tuple(unknown))


def read_day(text: str, today: date) -> date | None:
    """«25», «25/11» or «25/11/2026»; what is left out is chosen nearest to today."""
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    day, month, year = (int(part) if part else None for part in found.groups())
    if year is not None:
        return _date(year, month or 1, day or 0)
    if month is None:
        months = [(today.replace(day=1) + timedelta(days=step)) for step in (-1, 0, 31)]
        near = [_date(one.year, one.month, day or 0) for one in months]
    else:
        near = [_date(today.year + step, month, day or 0) for step in (-1, 0, 1)]
    known = [one for one in near if one is not None and abs(one - today) <= _HALF_YEAR + timedelta(days=2)]
    return min(known, key=lambda one: abs(one - today), default=None)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _taken(pattern: re.Pattern[str], text: str) -> tuple[str | None, str]:
    found = pattern.search(text)
    if found is None:
        return None, text
    value = next((group for group in found.groups() if group), "").strip()
    return value or None, f"{text[: found.start()]} {text[found.end() :]}"


def _phrases(words: list[str], known: Mapping[str, str]) -> tuple[list[str], str]:
    """The known phrases among the words, longest first, and the other words."""
    longest = max((phrase.count(" ") + 1 for phrase in known), default=0)
    found: list[str] = []
    others: list[str] = []
    place = 0
    while place < len(words):
        for length in range(min(longest, len(words) - place), 0, -1):
            phrase = " ".join(words[place : place + length])
            if phrase in known:
                found.append(known[phrase])
                place += length
                break
        else:
            others.append(words[place])
            place += 1
    return found, " ".join(others)
