"""An officer's drawer by the log: fees since it was last handed over or closed, and the stamped forms of the desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.readback import MONEY, Ask, drawer_asks
from storage.blanks import blank_days
from storage.desk import Desk
from storage.event_log import StoredEvent
from storage.handed import stands

_SIGNS = {"payment_received": 1, "payment_reversed": -1}


@dataclass(slots=True)
class Drawer:
    """What events add up to: `fees` by method (đồng); `counted`: what its last count expected, None: none was made."""

    fees: dict[str, Decimal] = field(default_factory=dict)
    counted: Mapping[str, str] | None = None

    def take(self, stored: StoredEvent) -> None:
        """One event of the drawer's officer: what was counted in a handover came with it."""
        sign = _SIGNS.get(stored.outline.kind)
        if sign is not None:
            body = stored.event.body
            self._add(_method(body), sign * Decimal(str(body.get("amount") or 0)))
        elif stored.outline.kind == "money_counted":
            body = stored.event.body
            if "handover" in body:
                for item, amount in body["counted"].items():
                    kind, _, method = item.partition(":")
                    if kind == MONEY:
                        self._add(method, Decimal(amount))
            else:
                self.counted = body["expected"]

    def _add(self, method: str, amount: Decimal) -> None:
        self.fees[method] = self.fees.get(method, Decimal(0)) + amount


def _method(body: Mapping[str, Any]) -> str:
    """With what it was paid; what came by post or through the portal is in no drawer, whoever wrote it down."""
    away = {"online": "portal", "post": "post"}
    return str(body.get("method") or away.get(str(body.get("channel")), "cash"))


def fee_lines(fees: Mapping[str, Decimal]) -> list[dict[str, Any]]:
    """Fees as lines of a sheet."""
    return [{"method": method, "amount": f"{amount:f}"} for method, amount in sorted(fees.items())]


def form_lines(desk: Desk) -> list[dict[str, Any]]:
    """The desk's stamped forms by day as lines of a sheet."""
    return [
        {"day": one.day.isoformat(), "desk": one.number, "open": one.left, "left": len(one.open), "used": one.used,
         "voided": one.voided}
        for one in blank_days(desk)
    ]  # fmt: skip


def own_events(desk: Desk, officer: str | None, after: int) -> Iterable[StoredEvent]:
    """What the officer (None: anybody) wrote at this desk after a place in the log's clock, in order.

    Without what was counted with an acceptance that does not stand: whoever else took over has that money.
    """
    for stored in desk.log.since(desk.identity.origin, after >> 16):
        if stored.outline.hlc > after and officer in (None, stored.outline.by) and _stands(desk, stored):
            yield stored


def _stands(desk: Desk, stored: StoredEvent) -> bool:
    if stored.outline.kind != "money_counted" or "handover" not in stored.event.body:
        return True
    return stands(desk.connection, desk.log, desk.projection.authority(), stored.event)


def to_count(desk: Desk, officer: str, after: int) -> tuple[list[Ask], bool]:
    """What the officer counts of the drawer that began at `after`, and whether just that was counted already."""
    drawer = Drawer()
    for stored in own_events(desk, officer, after):
        drawer.take(stored)
    asks = drawer_asks({"fees": fee_lines(drawer.fees), "forms": form_lines(desk)})
    return asks, {one.item: one.expected for one in asks} == (drawer.counted or {})
