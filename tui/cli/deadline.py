"""`motcua deadline --batch`: the rules engine as a filter."""

from __future__ import annotations

import argparse

from tui.cli.batch import batch_argument, run_batch
from tui.cli.law import law_of
from tui.i18n import tr

_FAILED = ("due_at", "due_date", "statutory_due_at", "committed_due_at", "apology_owed_by")


def arguments(parser: argparse.ArgumentParser) -> None:
    batch_argument(parser)
    parser.add_argument("--no-trace", action="store_true", help=tr("cli.deadline.no_trace"))


def run(args: argparse.Namespace) -> int:
    from tui.cli.deadline_answers import Answers

    traced = not args.no_trace
    failed: dict[str, object] = dict.fromkeys(_FAILED)
    return run_batch(args.batch, Answers(law_of(args), traced=traced), failed | ({"trace": []} if traced else {}))
