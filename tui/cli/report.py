"""`motcua report`: a report of a period as lines, as JSON or as a file."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from rich.cells import set_cell_size

from storage.delays import has_unit
from tui.cli.common import open_desk
from tui.cli.output import Problem, print_json
from tui.i18n import tr
from tui.reports import REPORTS, report
from tui.reports.files import FORMATS, write
from tui.reports.sheet import Part, Sheet, cell_text


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", nargs="?")
    parser.add_argument("--list", action="store_true", help=tr("cli.report.list"))
    parser.add_argument("--from", dest="first", metavar="D")
    parser.add_argument("--to", dest="last", metavar="D")
    parser.add_argument("--unit", metavar="CODE")
    parser.add_argument("--out", metavar="F")


def run(args: argparse.Namespace) -> int:
    if args.list:
        _list(as_json=args.json)
        return 0
    if args.name not in REPORTS:
        raise Problem("report_unknown", {"report": args.name or "–", "known": ", ".join(REPORTS)}, status=2)
    first, last = _day(args.first), _day(args.last)
    if first > last:
        raise Problem("report_period", {"first": first.isoformat(), "last": last.isoformat()}, status=2)
    path = Path(args.out) if args.out else None
    if path is not None and path.suffix.lower() not in FORMATS:
        raise Problem("report_format", {"file": path.name, "known": ", ".join(FORMATS)}, status=2)
    with open_desk(args) as desk:
        if args.unit is not None and not has_unit(desk, args.unit):
            raise Problem("report_unit_unknown", {"unit": args.unit})
        found = report(args.name)
        facts = found.read(desk, first, last, args.unit)
        if path is not None:
            try:
                write(desk, found, facts, path)
            except OSError as error:
                raise Problem("file_unwritable", {"file": path.name}) from error
        if args.json:
            print_json(found.document(desk, facts) | {"file": args.out})
        elif path is None:
            _print(found.sheet(desk, facts))
    return 0


def _list(*, as_json: bool) -> None:
    known = [{"name": name, "title": tr(f"report.{name}"), "about": tr(f"report.{name}.about")} for name in REPORTS]
    if as_json:
        print_json(known)
        return
    for one in known:
        print(f"{one['name']:12} {one['title']}\n             {one['about']}")


def _day(text: str | None) -> date:
    if text is None:
        raise Problem("report_without_period", status=2)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Problem("date_invalid", {"value": text}, status=2) from error


def _print(sheet: Sheet) -> None:
    for words in (sheet.title, sheet.period, *sheet.about):
        print(words)
    for title, part in sheet.parts:
        print()
        print(title)
        _print_table(part)


def _print_table(part: Part) -> None:
    rows = [[tr(column.title_key) for column in part.columns]]
    rows += [[cell_text(cell) for cell in line.cells] for line in part.lines]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(set_cell_size(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip())
