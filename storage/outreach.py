"""What was held for citizens, and how many dossiers of the named procedures came online before and after it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.answers import Refusal
from core.moments import legal_day
from core.outreach import HoldOutreach, Window, WithdrawOutreach, window
from core.queue import midnight
from core.text import fold
from storage.database import transaction
from storage.desk import Desk, Done
from storage.feedback import ending_of, short
from storage.lawbook.figures import figure
from storage.officers import Officer

_ROWS = """
SELECT id, kind, first, last, title, place, note, audience, procedures, unit, officer FROM outreach WHERE {where}
ORDER BY first DESC, id LIMIT ?
"""
_COUNTED = """
SELECT (received_at + 25200) / 86400, procedure, count(*), total(channel = 'online') FROM dossier
WHERE received_at >= ? AND received_at < ? AND came = 0
AND state NOT IN ('submitted', 'guided', 'not_accepted', 'voided') AND channel IS NOT NULL GROUP BY 1, 2
"""
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class OutreachRow:
    """One meeting, campaign or session. `audience` None: nobody has counted."""

    id: str
    kind: str
    first: date
    last: date
    title: str
    place: str | None
    note: str | None
    audience: int | None
    procedures: tuple[str, ...]
    unit: str
    officer: str


@dataclass(frozen=True, slots=True)
class Span:
    """Dossiers of a span of days whose channel is known, and those of them that came online."""

    first: date
    last: date
    dossiers: int
    online: int


@dataclass(frozen=True, slots=True)
class Uptake:
    """Before and after; `after` None: not begun. `whole`: the span after it is over."""

    before: Span
    after: Span | None
    whole: bool


def hold(desk: Desk, officer: Officer, given: HoldOutreach) -> Done | Refusal:
    """Write down what was held. Refusal `outreach_repeated` where the same stands there of the same day."""
    with transaction(desk.connection):
        for one in _read(desk, "first = ? AND kind = ?", (given.day.isoformat(), given.kind, -1)):
            if fold(one.title) == fold(given.title.strip()):
                return Refusal("outreach_repeated", params={"code": short(one.id)})
        return desk.do_within(given, officer)


def withdraw(desk: Desk, officer: Officer, name: str, reason: str) -> Done | Refusal:
    """Take back what was written down by mistake."""
    if outreach(desk, name) is None:
        return Refusal("outreach_unknown", params={"code": short(name)})
    return desk.do(WithdrawOutreach(name, reason, desk.now()), officer)


def find(desk: Desk, code: str) -> str | Refusal:
    """The id behind a code: an id or an ending of one. Refusals `outreach_unknown`, `outreach_ambiguous`."""
    return ending_of(desk, "outreach", code)


def outreach(desk: Desk, name: str) -> OutreachRow | None:
    """The one of that id."""
    return next(iter(_read(desk, "id = ?", (name, 1))), None)


def held(desk: Desk, first: date = date.min, last: date = date.max, unit: str | None = None) -> list[OutreachRow]:
    """What was held on or into the days `first` to `last`, the newest first."""
    found = _read(desk, "last >= ? AND first <= ?", (first.isoformat(), last.isoformat(), -1))
    return [one for one in found if unit in (None, one.unit)]


def entered_twice(desk: Desk, one: OutreachRow) -> list[OutreachRow]:
    """The others of the same kind, day and title: desks that had not met wrote one down apart."""
    same = _read(desk, "first = ? AND kind = ?", (one.first.isoformat(), one.kind, -1))
    return [other for other in same if other.id != one.id and fold(other.title) == fold(one.title)]


def uptake(desk: Desk, one: OutreachRow) -> Uptake | None:
    """How the dossiers of its procedures came, as long before as after it; None where it names no procedure."""
    return uptakes(desk, [one])[0]


def uptakes(desk: Desk, rows: Sequence[OutreachRow]) -> list[Uptake | None]:
    """The same of each; every dossier is read once, however many spans it lies in."""
    today = legal_day(desk.now())
    told: dict[str, tuple[Window, bool]] = {}
    for one in rows:
        if one.procedures:
            days = int(figure(desk.law, "outreach_window_days", one.unit, one.first))
            told[one.id] = window(one.first, one.last, days, today), one.last + timedelta(days=days) < today
    spans = [span for found, _ in told.values() for span in (found.before, found.after) if span is not None]
    counts = _Counts(desk, spans)
    return [_uptake(counts, one.procedures, *told[one.id]) if one.procedures else None for one in rows]


def _uptake(counts: _Counts, procedures: Sequence[str], days: Window, whole: bool) -> Uptake:
    after = None if days.after is None else counts.of(days.after, procedures)
    return Uptake(counts.of(days.before, procedures), after, whole)


class _Counts:
    """Of each day within some spans, and of each procedure: dossiers whose channel is known, and those online."""

    def __init__(self, desk: Desk, spans: Iterable[tuple[date, date]]) -> None:
        self._days: dict[int, dict[str, tuple[int, int]]] = {}
        for first, last in _joined(spans):
            values = (midnight(first), midnight(last + timedelta(days=1)))
            for day, procedure, many, online in desk.connection.execute(_COUNTED, values).fetchall():
                self._days.setdefault(day + _EPOCH, {})[procedure] = int(many), int(online)

    def of(self, span: tuple[date, date], procedures: Sequence[str]) -> Span:
        """The dossiers of these procedures."""
        dossiers = online = 0
        for day in range(span[0].toordinal(), span[1].toordinal() + 1):
            known = self._days.get(day, {})
            for name in dict.fromkeys(procedures):
                many, by_wire = known.get(name, (0, 0))
                dossiers, online = dossiers + many, online + by_wire
        return Span(*span, dossiers, online)


def _joined(spans: Iterable[tuple[date, date]]) -> list[tuple[date, date]]:
    """The same days without any twice."""
    found: list[tuple[date, date]] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + timedelta(days=1):
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return found


def _read(desk: Desk, where: str, values: tuple[object, ...]) -> Iterable[OutreachRow]:
    rows = desk.connection.execute(_ROWS.format(where=where), values).fetchall()
    for id, kind, first, last, title, place, note, audience, procedures, unit, officer in rows:
        days = date.fromisoformat(first), date.fromisoformat(last)
        yield OutreachRow(id, kind, *days, title, place, note, audience, tuple(json.loads(procedures)), unit, officer)
