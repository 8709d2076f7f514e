"""How dossiers came and results went back in a period, where fees were paid, what was said to the online service."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.queue import midnight
from core.service import read_offer
from storage.desk import Desk

_IN = "received_at >= :first AND received_at < :after AND (:unit IS NULL OR unit = :unit) AND came = 0"
_TAKEN = f"{_IN} AND state NOT IN ('submitted', 'guided', 'not_accepted', 'voided')"
_CAME = f"SELECT procedure, channel, count(*), 0 FROM dossier WHERE {_TAKEN} GROUP BY 1, 2"
_PAID = (
    f"SELECT procedure, paid_by, count(*), sum(fees) FROM dossier WHERE {_TAKEN} AND paid_by IS NOT NULL GROUP BY 1, 2"
)
_OFFERED = f"""
SELECT procedure, service_answer, count(*), 0 FROM dossier
WHERE {_IN} AND state <> 'voided' AND service_answer IS NOT NULL GROUP BY 1, 2
"""
_WENT = """
SELECT procedure, returned_by, count(*), 0 FROM dossier
WHERE returned_at >= :first AND returned_at < :after AND (:unit IS NULL OR unit = :unit)
AND state <> 'voided' GROUP BY 1, 2
"""
PARTS = ("came", "went", "paid", "offered")


@dataclass(frozen=True, slots=True)
class Way:
    """How many dossiers of one procedure went one way. `way` None: nobody said; `amount` in đồng, where it is money.

    Of `paid` it is where and how («counter/cash»), or `several`; of `offered` the answer, with its `reason`.
    """

    procedure: str
    way: str | None
    count: int
    amount: int = 0
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Channels:
    """`came`, `paid` and `offered` are of the dossiers that came on these days, `went` of what went back."""

    first: date
    last: date
    unit: str | None
    now: datetime
    came: tuple[Way, ...]
    went: tuple[Way, ...]
    paid: tuple[Way, ...]
    offered: tuple[Way, ...]

    @property
    def procedures(self) -> list[str]:
        """Those that have a figure."""
        return sorted({one.procedure for part in PARTS for one in getattr(self, part)})

    def count(self, part: str, way: str | tuple[str | None, ...] | None = (), procedure: str | None = None) -> int:
        """How many of a part: of one way (() for all), of one procedure (None for all)."""
        ways: Iterable[Way] = getattr(self, part)
        return sum(one.count for one in ways if way in ((), one.way) and procedure in (None, one.procedure))


def channels(desk: Desk, first: date, last: date, unit: str | None = None) -> Channels:
    """The figures of the days `first` to `last`; `unit` None: of all of the station."""
    span = {"first": midnight(first), "after": midnight(last + timedelta(days=1)), "unit": unit}

    def read(asked: str) -> tuple[Way, ...]:
        return tuple(Way(*row) for row in desk.connection.execute(asked, span).fetchall())

    offered = tuple(_offer(one) for one in read(_OFFERED))
    return Channels(first, last, unit, desk.now(), read(_CAME), read(_WENT), read(_PAID), offered)


def _offer(one: Way) -> Way:
    answer, reason = read_offer(one.way) or (one.way, None)
    return Way(one.procedure, answer, one.count, reason=reason)
