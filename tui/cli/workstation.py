"""`motcua` without a command: opens the workstation on screens, or line by line."""

from __future__ import annotations

import argparse
import sys

from tui.cli.common import acting_officer, acts, data_folder
from tui.cli.output import Problem
from tui.i18n import tr
from tui.terminal import open_screens


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plain", action="store_true", help=tr("cli.workstation.plain"))
    parser.add_argument("--ascii", action="store_true", help=tr("cli.workstation.ascii"))
    acts(parser)


def run(args: argparse.Namespace) -> int:
    if args.plain:
        return _plain(args)
    if args.officer:
        raise Problem("usage", {"detail": "--as", "command": "motcua"}, status=2)
    return open_screens(data_folder(args), ascii_signs=args.ascii)


def _plain(args: argparse.Namespace) -> int:
    from tui.plain.home import open_lines

    sign_in = (lambda desk: acting_officer(args, desk)) if args.officer else None
    return open_lines(data_folder(args), sys.stdin, sys.stdout, sign_in)
