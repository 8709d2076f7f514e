"""`motcua blanks`: the blank receipts of an outage kit that nobody has keyed in, and voiding what is left of them."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from core.numbers import receipt_number
from storage.blanks import BlankDay, blank_days, void_left
from storage.desk import Desk
from tui.cli.actions import action, actions
from tui.cli.common import acting_officer, acts, open_desk
from tui.cli.output import Problem, print_json
from tui.dates import day_long
from tui.i18n import tr


def arguments(parser: argparse.ArgumentParser) -> None:
    place = actions(parser, "list|void")
    action(place, "list", parser)
    voiding = action(place, "void", parser)
    voiding.add_argument("day", metavar="DAY")
    acts(voiding)


def run(args: argparse.Namespace) -> int:
    with open_desk(args) as desk:
        found = blank_days(desk) if args.action == "list" else _void(args, desk)
        rows = [_json(desk, one) for one in found]
    if args.json:
        print_json(rows)
        return 0
    key = "cli.blanks.line" if args.action == "list" else "cli.blanks.voided"
    for one in found:
        print(tr(key, day=day_long(one.day), count=len(one.open), numbers=one.left, used=one.used, voided=one.voided))
    if not found:
        print(tr("blanks.none"))
    return 0


def _void(args: argparse.Namespace, desk: Desk) -> list[BlankDay]:
    try:
        day = date.fromisoformat(args.day)
    except ValueError as error:
        raise Problem("date_invalid", {"value": args.day}, status=2) from error
    officer = acting_officer(args, desk)
    found = [one for one in blank_days(desk) if one.day == day]
    for one in found:
        refused = void_left(desk, officer, one)
        if refused is not None:
            raise Problem.of(refused)
    return found


def _json(desk: Desk, one: BlankDay) -> dict[str, Any]:
    unit = desk.identity.unit
    return {
        "day": one.day.isoformat(),
        "desk_number": one.number,
        "open": [receipt_number(unit, one.day, one.number, serial) for serial in one.open],
        "used": one.used,
        "voided": one.voided,
    }
