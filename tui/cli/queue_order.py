"""`motcua queue order`: the station's order of the queue; another one is tried before a leader sets it."""

from __future__ import annotations

import argparse
from typing import Any

from core.answers import Refusal
from core.moments import legal_day
from core.queue import QueueOrder
from core.queue_order import chosen, order_row
from core.station import SetQueueOrder
from storage.desk import Desk
from storage.queue_order import Shifted, would_stand
from tui.cli.actions import action, actions
from tui.cli.common import acting_officer, acts, open_desk
from tui.cli.output import Problem, print_json
from tui.i18n import tr
from tui.place_words import order_words, shifted_words


def arguments(parser: argparse.ArgumentParser) -> None:
    place = actions(parser, "show|test|set")
    action(place, "show", parser)
    for name in ("test", "set"):
        one = action(place, name, parser)
        one.add_argument("--buckets", type=_words, metavar="A,B,C")
        one.add_argument("--ties", type=_words, metavar="A,B")
        if name == "set":
            one.add_argument("--reason", metavar="TEXT", required=True)
            acts(one)


def run_order(args: argparse.Namespace) -> int:
    """Tell, try or set the order; what would move is told before it is set, too."""
    with open_desk(args) as desk:
        order, moved = desk.bounds().order, None
        if args.action != "show":
            order = _meant(args, order)
            moved = would_stand(desk, order)
        if args.action == "set":
            command = SetQueueOrder(order.buckets, order.ties, args.reason, desk.now())
            done = desk.do(command, acting_officer(args, desk))
            if isinstance(done, Refusal):
                raise Problem.of(done)
        found = _json(desk, order, moved, tried=args.action == "test")
        if args.json:
            print_json(found)
        else:
            print(order_words(order))
            for line in _lines(found, moved, tried=args.action == "test"):
                print(line)
    return 0


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _meant(args: argparse.Namespace, now: QueueOrder) -> QueueOrder:
    """What is not named stays as it is; to name none of it is no order."""
    buckets = now.free if args.buckets is None else args.buckets
    ties = now.ties if args.ties is None else args.ties or ("",)
    found = chosen(buckets, ties)
    if isinstance(found, Refusal):
        raise Problem.of(found)
    return found


def _json(desk: Desk, order: QueueOrder, moved: list[Shifted] | None, *, tried: bool) -> dict[str, Any]:
    """`since` and `reason`: of an order of the unit's own that is in force; null for one that is only tried."""
    own = None if tried else order_row(desk.law, desk.identity.unit, legal_day(desk.now()))
    return {
        "buckets": [*order.buckets],
        "ties": [*order.ties],
        "since": own.valid_from.isoformat() if own else None,
        "reason": own.basis if own else None,
        "moved": None if moved is None else [_moved_json(one) for one in moved],
    }


def _moved_json(one: Shifted) -> dict[str, Any]:
    return {
        "id": one.row.id,
        "receipt_number": one.row["receipt_number"],
        "applicant_name": one.row["applicant_name"],
        "urgency": one.row.urgency.value,
        "from": one.before,
        "to": one.after,
    }


def _lines(found: dict[str, Any], moved: list[Shifted] | None, *, tried: bool) -> list[str]:
    if moved is not None:
        told = tr("order.would_move" if tried else "order.moved", count=len(moved))
        return [told, *(f"- {shifted_words(one)}" for one in moved)]
    if found["since"] is None:
        return [tr("place.order.default")]
    return [tr("place.order.own", day=found["since"], basis=found["reason"])]
