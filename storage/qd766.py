"""Decision 766/QĐ-TTg: of its groups, what a desk can prove from its own data, with the counts behind. No total."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.service import is_online
from core.settled import OUTSIDE, Column, Reading, Span
from storage.channels import channels
from storage.commune import paid
from storage.desk import Desk
from storage.settled import Fields, Settled, settle
from storage.surveys import satisfaction
from storage.tally import Group, groups

GROUPS = ("publication", "progress", "digitisation", "online", "satisfaction")
"""The decision's groups, in its order."""
UNKNOWN = ("publication", "digitisation")
"""Those of which a desk has no data."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """`count` of `of`; of 0 there is no share."""

    group: str
    name: str
    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Decision766:
    """What a desk can prove of a period; `form`: the figures that most of it is of."""

    span: Span
    unit: str | None
    indicators: tuple[Indicator, ...]
    form: Settled


def qd766(desk: Desk, first: date, last: date, unit: str | None = None) -> Decision766:
    """The indicators of the days `first` to `last`."""
    span = Span(first, last, desk.now())
    received = groups(desk.connection, span, unit, stopped=False)
    counted = settle(desk, span, unit, Reading.OURS, received)
    form = counted.total
    ways = channels(desk, first, last, unit, ("paid",))
    spoken = satisfaction(desk, first, last, unit).total
    new = form[Column.ONLINE] + form[Column.DIRECT]
    found = (
        Indicator("progress", "settled_in_time", form[Column.EARLY] + form[Column.ON_TIME], form[Column.SETTLED]),
        Indicator("progress", "pending_in_time", form[Column.WITHIN], form[Column.PENDING]),
        Indicator("online", "received_online", form[Column.ONLINE], new),
        Indicator("online", "online_where_served", *_where_served(desk, span, received)),
        Indicator("online", "paid_online", *paid(ways)),
        Indicator("satisfaction", "satisfied", spoken.satisfied, spoken.overall),
    )
    return Decision766(span, unit, found, counted)


def _where_served(desk: Desk, span: Span, received: Iterable[Group]) -> tuple[int, int]:
    """How many came online, of those received of procedures that are online services on the period's last day."""
    fields, served, online, every = Fields(desk), {}, 0, 0
    for group in received:
        name = group.procedure
        if name not in served:
            served[name] = fields.of(name) not in OUTSIDE and is_online(desk.law, name, span.last)
        if served[name] and not group.traits.carried:
            every += group.many
            online += group.many * group.traits.online
    return online, every
