"""Which law a command computes with: the station's, where a data folder is named, else the package's."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from core.law import Law


def law_of(args: argparse.Namespace) -> Law:
    """The law in the log of `--data` or MOTCUA_DATA; without a desk there, the law that the program brings."""
    named = args.data or os.environ.get("MOTCUA_DATA")
    if named:
        from storage.database import DATABASE_NAME

        if args.data or (Path(named) / DATABASE_NAME).exists():
            return _law_of_desk(Path(named))
    from storage.lawbook import package_law

    return package_law()


def _law_of_desk(folder: Path) -> Law:
    from storage.desk import Desk

    desk = Desk.open(folder)
    try:
        return desk.law
    finally:
        desk.close()
