"""How dossiers came and results went back in a period, where fees were paid, what was said to the online service."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from core.answering import AnswerTimes
from core.queue import midnight
from core.service import read_offer
from core.settled import OUTSIDE
from storage.desk import Desk

_SERVICES = "procedure NOT IN (SELECT value FROM json_each(:outside))"
"""What is no service to a citizen has channels of its own: decisions that fine somebody."""
_IN = f"""
received_at >= :first AND received_at < :after AND (:unit IS NULL OR unit = :unit) AND came = 0 AND {_SERVICES}
"""
_TAKEN = f"{_IN} AND state NOT IN ('submitted', 'guided', 'not_accepted', 'voided')"
_PAID_FOR = f"{_TAKEN} AND paid_by IS NOT NULL"
_ASKED = f"{_IN} AND state <> 'voided' AND service_answer IS NOT NULL"
_GONE = f"""
returned_at >= :first AND returned_at < :after AND (:unit IS NULL OR unit = :unit) AND state <> 'voided'
    AND {_SERVICES}
"""
_ONLINE = """
submitted_at >= :first AND submitted_at < :after AND (:unit IS NULL OR unit = :unit) AND state <> 'voided' AND came = 0
"""
_UNTOLD = f"{_TAKEN} AND channel = 'online' AND id NOT IN (SELECT id FROM dossier WHERE submitted_at IS NOT NULL)"
"""What came online, as whoever took it in wrote, and nobody wrote when: how it was answered is not known."""
_SOURCES = {
    "came": ("channel", "0", _TAKEN, "received_at"),
    "went": ("returned_by", "0", _GONE, "returned_at"),
    "paid": ("paid_by", "fees", _PAID_FOR, "received_at"),
    "offered": ("service_answer", "0", _ASKED, "received_at"),
}
"""Of each part its way, its money, which dossiers count, and the moment that orders them."""
_WAYS = {
    part: f"SELECT procedure, {way}, count(*), sum({amount}) FROM dossier WHERE {which} GROUP BY 1, 2"
    for part, (way, amount, which, _) in _SOURCES.items()
}
_ANSWERED = f"SELECT procedure, unit, submitted_at, answered_at FROM dossier WHERE {_ONLINE}"
_UNTOLD_COUNTS = f"SELECT procedure, count(*) FROM dossier WHERE {_UNTOLD} GROUP BY 1"
_BEHIND = {
    part: f"""
SELECT id, receipt_number, procedure, {way}, {amount} FROM dossier
WHERE {which} AND (:ways IS NULL OR {way} IN (SELECT value FROM json_each(:ways))) ORDER BY {moment}, id
"""
    for part, (way, amount, which, moment) in _SOURCES.items()
}
_BEHIND_ANSWERED = f"""
SELECT id, receipt_number, procedure, unit, submitted_at, answered_at FROM dossier WHERE {_ONLINE}
ORDER BY submitted_at, id
"""
_BEHIND_UNTOLD = f"SELECT id, receipt_number, procedure FROM dossier WHERE {_UNTOLD} ORDER BY received_at, id"
PARTS = ("came", "went", "paid", "offered", "answered")
ANSWERED = ("in_time", "late", "waiting")
"""How what came online was answered; None: the station's law had no limit then, or nobody wrote when it came."""


@dataclass(frozen=True, slots=True)
class Way:
    """How many dossiers of one procedure went one way. `way` None: nobody said; `amount` in đồng, where it is money.

    Of `paid` it is where and how («counter/cash»), or `several`; of `offered` the answer, with its `reason`; of
    `answered` one of ANSWERED.
    """

    procedure: str
    way: str | None
    count: int
    amount: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Channels:
    """`came`, `paid` and `offered` are of the dossiers that came on these days, `went` of what went back, `answered`
    of what came online on them, be it received, sent home, not accepted or still to be answered."""

    first: date
    last: date
    unit: str | None
    now: datetime
    times: AnswerTimes = field(repr=False, compare=False)
    came: tuple[Way, ...] = ()
    went: tuple[Way, ...] = ()
    paid: tuple[Way, ...] = ()
    offered: tuple[Way, ...] = ()
    answered: tuple[Way, ...] = ()

    @property
    def procedures(self) -> list[str]:
        """Those that have a figure."""
        return sorted({one.procedure for part in PARTS for one in getattr(self, part)})

    def count(self, part: str, way: str | tuple[str | None, ...] | None = (), procedure: str | None = None) -> int:
        """How many of a part: of one way (() for all), of one procedure (None for all)."""
        ways: Iterable[Way] = getattr(self, part)
        return sum(one.count for one in ways if way in ((), one.way) and procedure in (None, one.procedure))


class Behind(NamedTuple):
    """One dossier behind a figure, as `Way` has it. No citizen's name goes along."""

    id: str
    number: str | None
    procedure: str
    way: str | None
    amount: int = 0
    reason: str | None = None


def channels(desk: Desk, first: date, last: date, unit: str | None = None, parts: Collection[str] = PARTS) -> Channels:
    """The figures of the days `first` to `last`; `unit` None: of all of the station. Only these `parts` are counted."""
    span = _span(desk, first, last, unit)
    now, times, connection = desk.now(), AnswerTimes(desk.law), desk.connection
    found = {
        part: tuple(Way(*row) for row in connection.execute(_WAYS[part], span).fetchall())
        for part in parts
        if part in _WAYS
    }
    if "offered" in found:
        found["offered"] = tuple(map(_offer, found["offered"]))
    if "answered" in parts:
        judged = Counter(
            (procedure, _judged(times, where, since, given, now))
            for procedure, where, since, given in connection.execute(_ANSWERED, span).fetchall()
        )
        for procedure, count in connection.execute(_UNTOLD_COUNTS, span).fetchall():
            judged[procedure, None] += count
        found["answered"] = tuple(Way(procedure, way, count) for (procedure, way), count in judged.items())
    return Channels(first, last, unit, now, times, **found)


def behind(desk: Desk, facts: Channels, part: str, ways: Collection[str] | None = None) -> list[Behind]:
    """The dossiers of one of PARTS, in the order in which they came (or went back). `ways`: only what went one of
    these, where it is no answer to an offer or to what came online."""
    span = _span(desk, facts.first, facts.last, facts.unit)
    if part == "answered":
        told = [
            Behind(id, number, procedure, _judged(facts.times, where, since, given, facts.now))
            for id, number, procedure, where, since, given in desk.connection.execute(_BEHIND_ANSWERED, span).fetchall()
        ]
        return told + [
            Behind(id, number, procedure, None)
            for id, number, procedure in desk.connection.execute(_BEHIND_UNTOLD, span).fetchall()
        ]
    span["ways"] = None if ways is None else json.dumps(list(ways))
    found = [Behind(*row) for row in desk.connection.execute(_BEHIND[part], span).fetchall()]
    return [_reasoned(one) for one in found] if part == "offered" else found


def _span(desk: Desk, first: date, last: date, unit: str | None) -> dict[str, object]:
    outside = json.dumps([one.name for one in desk.law.procedures if one.field in OUTSIDE])
    return {"first": midnight(first), "after": midnight(last + timedelta(days=1)), "unit": unit, "outside": outside}


def _judged(times: AnswerTimes, unit: str, since: int, given: int | None, now: datetime) -> str | None:
    """One of ANSWERED: what is past its limit and not answered is late, too."""
    late = times.late(since, int(now.timestamp()) if given is None else given, unit)
    if late is None:
        return None
    return "late" if late else "waiting" if given is None else "in_time"


def _offer(one: Way) -> Way:
    answer, reason = read_offer(one.way) or (one.way, None)
    return Way(one.procedure, answer, one.count, reason=reason)


def _reasoned(one: Behind) -> Behind:
    answer, reason = read_offer(one.way) or (one.way, None)
    return one._replace(way=answer, reason=reason)
