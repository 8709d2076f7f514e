"""`motcua backup F`: one consistent file of the whole desk, while others work at it."""

from __future__ import annotations

import argparse
from pathlib import Path

from tui.cli.common import open_desk
from tui.cli.output import print_json
from tui.i18n import tr


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="F")


def run(args: argparse.Namespace) -> int:
    from storage.backup import make_backup

    with open_desk(args) as desk:
        made = make_backup(desk, Path(args.file))
    if args.json:
        facts = {"events": made.events, "dossiers": made.dossiers, "sha256": made.sha256}
        recovery = str(made.recovery) if made.recovery else None
        print_json({"file": str(made.file), "bytes": made.size, **facts, "recovery": recovery})
        return 0
    print(tr("cli.backup.made", file=made.file, dossiers=made.dossiers, events=made.events, sha256=made.sha256))
    if made.recovery:
        print(tr("cli.recovery.left", file=made.recovery))
    return 0
