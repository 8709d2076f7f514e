"""`motcua verify`: does the whole history hold, desk by desk?"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from core.moments import legal_day
from storage.desk import Desk
from storage.numbers import gap_report
from tui.cli.common import open_desk
from tui.cli.output import Problem, print_json
from tui.cli.times import read_date
from tui.i18n import tr
from tui.number_words import number_lines, numbers_json

if TYPE_CHECKING:
    from storage.verification import Verdict


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--numbers", action="store_true", help=tr("cli.verify.numbers"))
    parser.add_argument("--on", metavar="DATE", help=tr("cli.verify.on"))


def run(args: argparse.Namespace) -> int:
    from storage.conflicts import desk_numbers
    from storage.verification import verify

    if args.on and not args.numbers:
        raise Problem("usage", {"detail": tr("cli.verify.on_alone"), "command": "motcua verify"}, status=2)
    with open_desk(args) as desk:
        verdict, desks = verify(desk), desk_numbers(desk)
        state = desk.series.state()
        report = gap_report(desk, _day(args, desk)) if args.numbers else None
    if args.json:
        numbers = None if report is None else numbers_json(state, report)
        print_json({**verdict_json(verdict), "numbers": numbers})
    else:
        _print(verdict, desks)
        if report is not None:
            print("\n".join(number_lines(state, report)))
    return 0 if verdict.holds else 1


def _day(args: argparse.Namespace, desk: Desk) -> date:
    return read_date(args.on) if args.on else legal_day(desk.now())


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """Each origin with the first event of it that does not hold, and what else was looked at."""
    bad = {one.origin: {"seq": one.seq, "problem": one.problem} for one in verdict.breaks}
    return {
        "ok": verdict.holds,
        "origins": [
            {
                "desk": origin.desk,
                "epoch": origin.epoch,
                "events": head.seq,
                "hash": head.hash.hex(),
                "first_bad": bad.get(origin),
            }
            for origin, head in verdict.heads.items()
        ],
        "projection": verdict.projection,
        "key": verdict.key,
    }


def _print(verdict: Verdict, desks: Mapping[str, int]) -> None:
    bad = {one.origin: one for one in verdict.breaks}
    for origin, head in verdict.heads.items():
        values = {"desk": desks.get(origin.desk, origin.desk), "epoch": origin.epoch}
        broken = bad.get(origin)
        if broken is None:
            print(tr("cli.verify.whole", count=head.seq, **values))
        else:
            problem = tr(f"cli.verify.{broken.problem}")
            print(tr("cli.verify.broken", seq=broken.seq, problem=problem, **values), file=sys.stderr)
    for name, holds in (("projection", verdict.projection), ("key", verdict.key)):
        if holds is False:
            print(tr(f"cli.verify.{name}_differs"), file=sys.stderr)
