"""`motcua restore F`: a desk back from a backup, or from what can be read of its damaged database."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.answers import InvalidInput
from tui.cli.common import data_folder, open_desk
from tui.cli.output import Problem, error_object, print_json, reading_fault, report
from tui.i18n import tr

if TYPE_CHECKING:
    from storage.sync.exchange import HubReport
    from storage.sync.restoring import Restored

_CLOSED = (FileNotFoundError, IsADirectoryError, PermissionError)


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="F")


def run(args: argparse.Namespace) -> int:
    from storage.sync.exchange import exchange_all
    from storage.sync.restoring import restore

    try:
        restored = restore(Path(args.file), data_folder(args).absolute())
    except InvalidInput as error:
        fault = error.__cause__
        if error.code == "backup_unreadable" and isinstance(fault, _CLOSED):
            told = {"file": args.file, "detail": reading_fault(fault)}
            raise Problem("file_unreadable", told) from error
        raise
    with open_desk(args) as desk:
        hubs = exchange_all(desk)
        wanted = desk.series.state().wanted
    if args.json:
        print_json(restored_json(restored, wanted, hubs))
        return 0
    print(tr("cli.restore.done", dossiers=restored.dossiers, events=restored.events))
    if restored.kept:
        print(tr("cli.restore.kept", file=restored.kept, carried=restored.carried))
    if restored.left:
        print(tr("cli.restore.left", left=restored.left))
    if wanted:
        print(tr("cli.restore.without_number"))
    for one in hubs:
        print(tr("cli.sync.done", url=one.url, sent=one.sent, received=one.received, pending=one.pending))
        if one.error:
            report(Problem.of(one.error), as_json=False)
    return 0


def restored_json(restored: Restored, wanted: str | None, hubs: list[HubReport]) -> dict[str, Any]:
    """What came back, what was kept, and the first exchange."""
    return {
        "desk": restored.desk,
        "events": restored.events,
        "dossiers": restored.dossiers,
        "carried": restored.carried,
        "left": restored.left,
        "kept": str(restored.kept) if restored.kept else None,
        "number_wanted": wanted,
        "hubs": [
            {
                "url": one.url,
                "sent": one.sent,
                "received": one.received,
                "error": error_object(Problem.of(one.error)) if one.error else None,
            }
            for one in hubs
        ],
    }
