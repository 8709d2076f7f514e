"""The post in a period: letters sent, what became of them, what came back in it, what is still out, and who pays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from core.moments import legal_day
from core.queue import midnight
from storage.desk import Desk
from storage.lawbook.figures import figure
from storage.post import Letter, letters

LONG = "post_out_days"
"""The policy: after how many days a letter of which nothing is known is asked about."""


@dataclass(frozen=True, slots=True)
class PostTotals:
    """Of the letters `sent` in the period, how many are `delivered`, `returned` or `out` by now; `long` out too long.

    `fee`: the sum of what was written, in đồng; `unpriced`: letters without an amount (the carrier's tariff).
    """

    sent: int
    delivered: int
    unproved: int
    returned: int
    out: int
    long: int
    fee: Decimal
    unpriced: int

    @property
    def fee_unknown(self) -> bool:
        """Whether nobody wrote an amount for any of them."""
        return 0 < self.sent == self.unpriced


@dataclass(frozen=True, slots=True)
class PostCounts:
    """`sent`: the letters of `first` to `last`; `out`: every one that is out for more than `days` days at `now`."""

    first: date
    last: date
    unit: str | None
    now: datetime
    days: int
    sent: tuple[Letter, ...]
    out: tuple[Letter, ...]

    @property
    def procedures(self) -> list[str]:
        """Those that have a line."""
        return list(dict.fromkeys(one.procedure for one in (*self.sent, *self.out)))

    def totals(self, procedure: str | None = None) -> PostTotals:
        """Of one procedure, or of all."""
        found = [one for one in self.sent if procedure in (None, one.procedure)]
        return _totals(found, sum(procedure in (None, one.procedure) for one in self.out))

    def payers(self) -> list[tuple[str | None, str | None, PostTotals]]:
        """By who bears the fee and by which decision; None: nobody wrote it."""
        known = dict.fromkeys((one.payer, one.decision) for one in self.sent)
        order = sorted(known, key=lambda one: (one[0] or "", one[1] or ""))
        return [
            (payer, decision, _totals([one for one in self.sent if (one.payer, one.decision) == (payer, decision)], 0))
            for payer, decision in order
        ]

    def reasons(self) -> list[tuple[str, int]]:
        """Why letters of the period came back, the most frequent first; «» where nobody said why."""
        found = Counter(one.reason or "" for one in self.sent if one.stands == "returned")
        return sorted(found.items(), key=lambda one: (-one[1], one[0]))


def post_counts(desk: Desk, first: date, last: date, unit: str | None = None) -> PostCounts:
    """The letters sent from `first` to `last`, and all that are out too long now; `unit` None: of all the station."""
    now = desk.now()
    today = legal_day(now)
    days = int(figure(desk.law, LONG, desk.identity.unit, today))
    low, high = midnight(first), midnight(last + timedelta(days=1))
    sent = letters(desk, "sent_at >= ? AND sent_at < ?", (low, high))
    long = letters(desk, "stands = 'out' AND sent_at < ?", (midnight(today - timedelta(days=days)),))
    kept = [tuple(one for one in found if unit in (None, one.unit)) for found in (sent, long)]
    return PostCounts(first, last, unit, now, days, kept[0], kept[1])


def _totals(found: Iterable[Letter], long: int) -> PostTotals:
    listed = list(found)
    stands = Counter(one.stands for one in listed)
    return PostTotals(
        sent=len(listed),
        delivered=stands["delivered"],
        unproved=sum(one.stands == "delivered" and not one.proof for one in listed),
        returned=stands["returned"],
        out=stands["out"],
        long=long,
        fee=sum((Decimal(one.fee) for one in listed if one.fee), Decimal(0)),
        unpriced=sum(not one.fee for one in listed),
    )
