"""`motcua` without a command: opens the workstation on screens, or line by line."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress
from pathlib import Path

from core.answers import InvalidInput
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
    folder = data_folder(args)
    _bring_up(folder)
    return open_screens(folder, ascii_signs=args.ascii)


def _bring_up(folder: Path) -> None:
    """Bring an earlier version's data up before there are screens: it can take a minute, and is told."""
    from storage.database import DATABASE_NAME, is_behind
    from storage.desk import Desk
    from storage.keys import database_key

    if not (folder / DATABASE_NAME).exists():
        return
    with suppress(InvalidInput):  # the screens tell it
        if is_behind(folder / DATABASE_NAME, database_key(folder)):
            print(tr("cli.workstation.bringing_up"), file=sys.stderr, flush=True)
            Desk.open(folder).close()


def _plain(args: argparse.Namespace) -> int:
    from tui.plain.home import open_lines

    sign_in = (lambda desk: acting_officer(args, desk)) if args.officer else None
    return open_lines(data_folder(args), sys.stdin, sys.stdout, sign_in)
