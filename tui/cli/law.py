"""Which law a command computes with: the station's, where a data folder is named, else the package's."""

from __future__ import annotations

import argparse
import os
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

from core.law import Law
from core.moments import LEGAL_TIME, legal_day


def law_of(args: argparse.Namespace) -> Law:
    """The law in the log of `--data` or MOTCUA_DATA; without a desk there, the law that the program brings."""
    return law_and_today(args)[0]


def law_and_today(args: argparse.Namespace) -> tuple[Law, date]:
    """`law_of`, and the day by the clock of the folder that it comes from."""
    named = args.data or os.environ.get("MOTCUA_DATA")
    if named:
        from storage.database import DATABASE_NAME

        if args.data or (Path(named) / DATABASE_NAME).exists():
            from storage.desk import Desk

            with closing(Desk.open(Path(named))) as desk:
                return desk.law, legal_day(desk.now())
    from storage.folder import fixed_now
    from storage.lawbook import package_law

    return package_law(), legal_day(fixed_now() or datetime.now(LEGAL_TIME))
