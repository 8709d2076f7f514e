"""`motcua verify-slip`: what a receipt's QR says, and whether it was altered."""

from __future__ import annotations

import argparse
import sys

from tui.cli.common import open_desk
from tui.cli.output import print_json
from tui.i18n import tr

_MOST_BYTES = 65536


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", metavar="TEXT|-", help=tr("cli.verify_slip.text"))


def run(args: argparse.Namespace) -> int:
    from storage.slips import HOLDS, check_slip
    from tui.slip_words import check_json, check_lines, verdict_line

    text = _typed() if args.text == "-" else args.text
    with open_desk(args) as desk:
        check = check_slip(desk, text)
    if args.json:
        print_json(check_json(check))
    else:
        print(verdict_line(check), file=sys.stdout if check.verdict == HOLDS else sys.stderr)
        for line in check_lines(check):
            print(line)
    return 0 if check.verdict == HOLDS else 1


def _typed() -> str:
    """What a scanner or a pipe gives; no code is longer than the limit."""
    return sys.stdin.buffer.read(_MOST_BYTES).decode("utf-8-sig", "replace")
