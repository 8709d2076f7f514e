"""What a station's leader chooses of the queue's order: what may be chosen, what is in force, how it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from core.answers import Refusal
from core.catalogue import Policy
from core.law import Law
from core.queue import BY_DUE, BY_LAW, BY_RECEIPT, FIRST, FREE, LAST, QueueOrder, Urgency

POLICY = "queue_order"
"""The unit's policy that holds it."""
KIND = "queue_order_set"
"""The event that sets it."""
_BETWEEN = "/"


def chosen(buckets: Sequence[str], ties: Sequence[str]) -> QueueOrder | Refusal:
    """The order that is meant by words of `Urgency` (all of them, or those that are free) and by columns.

    A column alone means that it decides first; none leave the date on which it is due. Refusals: `order_hides`
    (what the law puts first would not stand first, or what needs no work not last), `order_buckets`, `order_ties`.
    """
    free = tuple(Urgency(word) for word in buckets if word in set(FREE))
    order = QueueOrder(free, _ties(ties))
    if sorted(free) != sorted(FREE) or not set(buckets) <= set(Urgency) or len(set(buckets)) != len(buckets):
        return Refusal("order_buckets", params={"known": ", ".join(FREE)})
    if len(buckets) != len(FREE) and tuple(buckets) != order.buckets:
        return Refusal("order_hides", params={"first": ", ".join(FIRST), "last": ", ".join(LAST)})
    return order if order.ties else Refusal("order_ties", params={"known": ", ".join(BY_DUE)})


def _ties(columns: Sequence[str]) -> tuple[str, ...]:
    """BY_DUE or BY_RECEIPT; empty for anything else."""
    named = tuple(columns)
    return next((known for known in (BY_DUE, BY_RECEIPT) if named in (known[:1], known, known[:0])), ())


def written(order: QueueOrder) -> str:
    """As the policy's value: «next_day soon normal / binding_at received_at»."""
    return " ".join((*order.free, _BETWEEN, *order.ties))


def read_order(value: str) -> QueueOrder:
    """What `written` gave; ValueError for anything else."""
    buckets, _, ties = value.partition(f" {_BETWEEN} ")
    found = chosen(buckets.split(), ties.split())
    if isinstance(found, Refusal) or written(found) != value:
        raise ValueError(value)
    return found


def order_in_force(law: Law, unit: str, day: date) -> QueueOrder:
    """The unit's own order on the day, else the one of the law's urgency, then due, then received."""
    row = order_row(law, unit, day)
    return BY_LAW if row is None else read_order(row.value)


def order_row(law: Law, unit: str, day: date) -> Policy | None:
    """Since when the unit has an order of its own, and on what it rests; None where it has none."""
    known = [one for one in _rows(law) if one.unit == law.code_on(unit, day) and one.valid_from <= day]
    return max(known, key=lambda one: one.valid_from, default=None)


def _rows(law: Law) -> Iterable[Policy]:
    return (one for one in law.policies if one.name == POLICY)
