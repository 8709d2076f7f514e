"""`motcua verify`: does the whole history hold, desk by desk?"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from tui.cli.common import open_desk
from tui.cli.output import print_json
from tui.i18n import tr

if TYPE_CHECKING:
    from storage.verification import Verdict


def arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing of its own."""


def run(args: argparse.Namespace) -> int:
    from storage.verification import verify

    with open_desk(args) as desk:
        verdict = verify(desk)
    if args.json:
        print_json(verdict_json(verdict))
    else:
        _print(verdict)
    return 0 if verdict.holds else 1


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


def _print(verdict: Verdict) -> None:
    bad = {one.origin: one for one in verdict.breaks}
    for origin, head in verdict.heads.items():
        values = {"desk": origin.desk, "epoch": origin.epoch}
        broken = bad.get(origin)
        if broken is None:
            print(tr("cli.verify.whole", count=head.seq, **values))
        else:
            problem = tr(f"cli.verify.{broken.problem}")
            print(tr("cli.verify.broken", seq=broken.seq, problem=problem, **values), file=sys.stderr)
    for name, holds in (("projection", verdict.projection), ("key", verdict.key)):
        if holds is False:
            print(tr(f"cli.verify.{name}_differs"), file=sys.stderr)
