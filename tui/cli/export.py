"""`motcua export`: everything, as JSON Lines: a station is never locked in."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from storage.files import give_name
from tui.cli.common import open_desk
from tui.cli.output import Problem

if TYPE_CHECKING:
    from storage.desk import Desk


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kind", choices=("events", "dossiers"), default="events")
    parser.add_argument("--out", metavar="F")


def run(args: argparse.Namespace) -> int:
    with open_desk(args) as desk, _output(args.out) as file:
        for row in _events(desk) if args.kind == "events" else _dossiers(desk):
            file.write(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n")
    return 0


def _events(desk: Desk) -> Iterator[dict[str, Any]]:
    from storage.exporting import event_json, events_in_order

    return (event_json(event, stored) for event, stored in events_in_order(desk.log))


def _dossiers(desk: Desk) -> Iterator[dict[str, Any]]:
    from storage.exporting import dossier_ids
    from tui.cli.show import dossier_json

    return (dossier_json(desk, name) for name in dossier_ids(desk))


@contextmanager
def _output(name: str | None) -> Iterator[TextIO]:
    """Standard output, or a file that stands under its name only once it is whole."""
    if name is None:
        yield sys.stdout
        return
    path = Path(name)
    unfinished = path.with_name(path.name + ".unfinished")
    try:
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        give_name(unfinished, path)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        raise Problem("file_unwritable", {"file": name}) from error
