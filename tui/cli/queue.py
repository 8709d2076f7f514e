"""`motcua queue`: the queue in the order that the screens show, and `motcua queue order`: what that order is."""

from __future__ import annotations

import argparse

from core.queue import Urgency, Worklist
from core.states import State
from storage.queries import QueueFilter
from tui.cli.actions import action
from tui.cli.common import named_officer, open_desk, row_count, row_json
from tui.cli.output import print_json
from tui.cli.queue_order import arguments as order_arguments
from tui.cli.queue_order import run_order


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--officer", metavar="O")
    parser.add_argument("--state", choices=[state.value for state in State])
    parser.add_argument("--urgency", choices=[word.value for word in Urgency])
    parser.add_argument("--list", dest="worklist", choices=[one.value for one in Worklist])
    parser.add_argument("--limit", type=row_count, metavar="N", default=None)
    order_arguments(action(parser.add_subparsers(dest="part", metavar="[order]"), "order", parser))


def run(args: argparse.Namespace) -> int:
    if args.part == "order":
        return run_order(args)
    with open_desk(args) as desk:
        officer = named_officer(desk, args.officer).id if args.officer else None
        urgency = Urgency(args.urgency) if args.urgency else None
        worklist = Worklist(args.worklist) if args.worklist else None
        wanted = QueueFilter(officer=officer, state=args.state, urgency=urgency, worklist=worklist)
        size = -1 if args.limit is None else args.limit
        rows = desk.queries.after(None, desk.bounds(), size, wanted) if size else []
        found = [row_json(desk, row) for row in rows]
        if args.json:
            print_json(found)
        else:
            from tui.cli.rows import print_rows

            print_rows(desk, found)
    return 0
