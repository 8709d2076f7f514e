"""Fines in a period: decisions entered, payments by channel and method, and what is owed and held now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from core.fines import CHANNELS, METHODS
from core.moments import LEGAL_TIME
from core.queue import midnight
from storage.desk import Desk
from storage.fines import Fine, fines_where

_PAID = """
SELECT fine_payment.id, dossier.id, dossier.receipt_number, fine_payment.unit, paid_at, amount,
    fine_payment.channel, method, receipt, reference,
    (SELECT count(*) FROM fine WHERE fine.dossier = dossier.id),
    (SELECT min(decision) FROM fine WHERE fine.dossier = dossier.id)
FROM fine_payment JOIN dossier ON dossier.id = fine_payment.dossier
WHERE paid_at >= ? AND paid_at < ? AND dossier.state <> 'voided' ORDER BY paid_at, amount LIKE '-%', fine_payment.id
"""


@dataclass(frozen=True, slots=True)
class Payment:
    """Money for a fine (đồng); less than nothing where one was taken back.

    `decision`: None where it has no number, or an earlier version wrote the payment for all of the dossier.
    """

    id: str
    dossier: str
    receipt_number: str | None
    unit: str
    paid_on: date
    amount: Decimal
    channel: str
    method: str | None
    receipt: str | None
    reference: str | None
    decision: str | None

    @property
    def way(self) -> str:
        """Where, and with what where that was said: «counter/cash»."""
        return f"{self.channel}/{self.method}" if self.method else self.channel


@dataclass(frozen=True, slots=True)
class Sum:
    """How many payments that stand, or decisions, and đồng in all, less what was given back of payments.

    What was taken back whole within the period stands no more.
    """

    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class FineCounts:
    """`entered`: decisions of `first` to `last`; `paid`: payments in it; `open`: all that is owed or held at `now`."""

    first: date
    last: date
    unit: str | None
    now: datetime
    entered: tuple[Fine, ...]
    paid: tuple[Payment, ...]
    open: tuple[Fine, ...]

    def channels(self) -> list[tuple[str, Sum]]:
        """Payments by how they came, each channel though nothing came by it."""
        return [(one, _sum([found for found in self.paid if found.channel == one])) for one in CHANNELS]

    def methods(self, channel: str) -> list[tuple[str | None, Sum]]:
        """A channel's payments by what they were made with, those that do not say it last."""
        found: dict[str | None, list[Payment]] = {}
        for one in self.paid:
            if one.channel == channel:
                found.setdefault(one.method, []).append(one)
        order = sorted(found, key=lambda method: (method is None, *_place(method)))
        return [(method, _sum(found[method])) for method in order]

    def payments(self) -> Sum:
        return _sum(self.paid)

    def decisions(self) -> Sum:
        return Sum(len(self.entered), sum((one.amount for one in self.entered), Decimal(0)))

    def owed(self) -> Sum:
        found = [one.owed for one in self.open if one.owed]
        return Sum(len(found), sum(found, Decimal(0)))

    def held(self) -> int:
        """How many papers and things lie here by decisions."""
        return sum(one.held for one in self.open)


def fine_counts(desk: Desk, first: date, last: date, unit: str | None = None) -> FineCounts:
    """The fines of the days `first` to `last`, by entry and by payment; `unit` None: of all the station."""
    low, high = midnight(first), midnight(last + timedelta(days=1))
    entered = fines_where(desk, "entered_at >= ? AND entered_at < ? AND stands <> 'void'", (low, high))
    rows = desk.connection.execute(_PAID, (low, high)).fetchall()
    named = _named(desk, {row[1] for row in rows if row[-2] > 1})
    paid = [_payment(row, named) for row in rows]
    still = fines_where(desk, "stands IN ('owed', 'held') OR (stands <> 'void' AND held > 0)")
    return FineCounts(
        first,
        last,
        unit,
        desk.now(),
        tuple(one for one in entered if unit in (None, one.unit)),
        tuple(one for one in paid if unit in (None, one.unit)),
        tuple(one for one in still if unit in (None, one.unit)),
    )


def _place(method: str | None) -> tuple[int, str]:
    """The known ones in their order, then an officer's own."""
    return (METHODS.index(method) if method in METHODS else len(METHODS)), method or ""


def _sum(found: Sequence[Payment]) -> Sum:
    stands: dict[tuple[str, str | None, str], list[Decimal]] = {}
    for one in found:
        before = stands.setdefault((one.dossier, one.decision, one.way), [])
        if one.amount > 0:
            before.append(one.amount)
        else:
            _take_back(before, -one.amount)
    return Sum(sum(map(len, stands.values())), sum((one.amount for one in found), Decimal(0)))


def _take_back(before: list[Decimal], amount: Decimal) -> None:
    """Off the payment of that amount, else off the last ones; what came before the period is not among them."""
    if amount in before:
        before.remove(amount)
        return
    while before and amount:
        last = before.pop()
        if last > amount:
            before.append(last - amount)
        amount -= min(last, amount)


def _named(desk: Desk, several: set[str]) -> dict[str, str | None]:
    """The decision of each payment of dossiers that have several: no table holds it."""
    found = [dossier for dossier, _ in desk.explained(sorted(several))]
    numbers = {one.id: {key: said.number for key, said in one.decisions.items() if said.named} for one in found}
    return {paid.event: numbers[one.id].get(paid.decision or "") for one in found for paid in one.fine_payments}


def _payment(row: tuple[Any, ...], named: Mapping[str, str | None]) -> Payment:
    name, dossier, number, unit, at, amount, channel, method, receipt, reference, count, only = row
    day = datetime.fromtimestamp(at, LEGAL_TIME).date()
    decision = only if count == 1 else named.get(name)
    return Payment(name, dossier, number, unit, day, Decimal(amount), channel, method, receipt, reference, decision)
