"""`motcua` without a command: opens the workstation, or its queue as plain lines."""

from __future__ import annotations

import argparse

from tui.cli.common import data_folder
from tui.i18n import tr
from tui.terminal import open_screens

_PLAIN_ROWS = 40


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plain", action="store_true", help=tr("cli.workstation.plain"))
    parser.add_argument("--ascii", action="store_true", help=tr("cli.workstation.ascii"))


def run(args: argparse.Namespace) -> int:
    if args.plain:
        return _plain(args)
    return open_screens(data_folder(args), ascii_signs=args.ascii)


def _plain(args: argparse.Namespace) -> int:
    """The queue, and the commands that do what the screens do: for braille lines, scripts and bad terminals."""
    from tui.cli.common import open_desk, row_json
    from tui.cli.rows import print_rows

    with open_desk(args) as desk:
        print_rows(desk, (row_json(desk, row) for row in desk.queries.after(None, desk.bounds(), _PLAIN_ROWS)))
    print(tr("plain.commands"))
    return 0
