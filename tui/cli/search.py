"""`motcua search`: by name, number, phone, address, receipt or plate, with or without diacritics."""

from __future__ import annotations

import argparse

from tui.cli.common import open_desk, row_count, row_json
from tui.cli.output import print_json


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", metavar="TEXT")
    parser.add_argument("--limit", type=row_count, metavar="N", default=50)


def run(args: argparse.Namespace) -> int:
    with open_desk(args) as desk:
        rows = desk.queries.search(args.text, desk.bounds(), args.limit)
        found = [row_json(desk, row) for row in rows]
        if args.json:
            print_json(found)
        else:
            from tui.cli.rows import print_rows

            print_rows(desk, found)
    return 0
