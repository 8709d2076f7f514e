"""`motcua post`: batches and letters, numbers that came later, deliveries, what came back, a carrier's list."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from rich.cells import set_cell_size

from core.answers import InvalidInput, Refusal
from core.carrier_list import CarrierLine, columns_of, read_line
from core.sendings import NEXT
from core.text import clean_line
from storage.desk import Desk, Done
from storage.post import (
    Batch,
    Letter,
    Told,
    batches,
    came_back,
    deliver,
    of_batch,
    still_out,
    take_back,
    take_list,
    track,
)
from tui.cli.actions import action, actions
from tui.cli.common import acting_officer, acts, dossier_id, open_desk, row_count
from tui.cli.output import Problem, error_object, print_json
from tui.cli.table_files import lines_of
from tui.i18n import tr
from tui.number_words import told_apart
from tui.post_words import batch_words, fee_said, letter_cells

LETTER_TEXTS = (
    *("receipt_number", "applicant_name", "procedure", "batch", "carrier", "tracking", "stands", "proof", "reason"),
    *("next", "fee", "payer", "decision"),
)


def arguments(parser: argparse.ArgumentParser) -> None:
    place = actions(parser, "batches|show|out|returned|track|delivered|came-back|import")
    action(place, "batches", parser)
    action(place, "show", parser).add_argument("number", metavar="NUMBER")
    action(place, "out", parser).add_argument("--days", type=row_count, default=0, metavar="N")
    action(place, "returned", parser)
    tracking = action(place, "track", parser)
    tracking.add_argument("codes", metavar="CODE=TRACKING", nargs="+")
    tracking.add_argument("--together", action="store_true", help=tr("cli.together"))
    delivering = action(place, "delivered", parser)
    delivering.add_argument("codes", metavar="CODE", nargs="+")
    delivering.add_argument("--date", metavar="D")
    delivering.add_argument("--proof", metavar="TEXT", default="")
    returning = action(place, "came-back", parser)
    returning.add_argument("codes", metavar="CODE", nargs="+")
    returning.add_argument("--reason", metavar="TEXT", default="")
    returning.add_argument("--next", dest="after", choices=NEXT, default="")
    returning.add_argument("--shelf", metavar="TEXT", default="")
    taking = action(place, "import", parser)
    taking.add_argument("file", metavar="FILE")
    taking.add_argument("--dry-run", action="store_true")
    for one in (tracking, delivering, returning, taking):
        acts(one)


def run(args: argparse.Namespace) -> int:
    with open_desk(args) as desk:
        if args.action == "batches":
            return _batches(desk, as_json=args.json)
        if args.action == "import":
            return _import(desk, args)
        if args.action in ("track", "delivered", "came-back"):
            return _act(desk, args)
        if args.action == "show":
            found = of_batch(desk, clean_line(args.number).upper())
        else:
            found = still_out(desk, args.days) if args.action == "out" else came_back(desk)
        return _letters(found, as_json=args.json)


def batch_json(desk: Desk, one: Batch) -> dict[str, Any]:
    """A batch with what became of its letters."""
    officer = desk.officers.get(one.by)
    counts = {name: getattr(one, name) for name in ("dossiers", "out", "delivered", "returned", "taken_back")}
    at = one.at.isoformat(timespec="seconds")
    return {"number": one.number, "carrier": one.carrier, "at": at, "by": officer.code if officer else one.by} | counts


def letter_json(one: Letter) -> dict[str, Any]:
    """One letter."""
    days = {name: getattr(one, name) for name in ("sent_on", "delivered_on", "returned_on")}
    return {
        "id": one.dossier,
        **{name: getattr(one, name) for name in LETTER_TEXTS},
        **{name: day.isoformat() if day else None for name, day in days.items()},
    }


def _batches(desk: Desk, *, as_json: bool) -> int:
    found = batches(desk)
    if as_json:
        print_json([batch_json(desk, one) for one in found])
        return 0
    for one in found:
        stands = batch_words(one)
        print(f"{set_cell_size(one.number, 18)}  {one.at:%d/%m/%Y}  {set_cell_size(one.carrier, 24)}  {stands}")
    print(tr("post.batches.count", count=len(found)))
    return 0


def _letters(found: Sequence[Letter], *, as_json: bool) -> int:
    if as_json:
        print_json([letter_json(one) for one in found])
        return 0
    for one in found:
        cells = letter_cells(one)
        sized = map(set_cell_size, cells, (24, 26, 18))
        print("  ".join((*sized, *cells[3:-1], fee_said(one))).rstrip())
    print(tr("results.count", count=len(found)))
    return 0


def _act(desk: Desk, args: argparse.Namespace) -> int:
    officer = acting_officer(args, desk)
    named = [code.partition("=") for code in args.codes]
    chosen = {dossier_id(desk, code): clean_line(said) for code, _, said in named}
    answers: list[Done | Refusal]
    if args.action == "track":
        if not all(chosen.values()):
            raise Problem("tracking_missing", status=2)
        answers = track(desk, officer, chosen, together=args.together)
    elif args.action == "delivered":
        answers = deliver(desk, officer, chosen, _day(args.date), clean_line(args.proof))
    else:
        if not clean_line(args.reason):
            raise Problem("post_reason_missing", status=2)
        answers = take_back(desk, officer, chosen, clean_line(args.reason), args.after, clean_line(args.shelf))
    return _tell(_answered(desk, args.action.replace("-", "_"), chosen, answers), as_json=args.json)


def _answered(desk: Desk, what: str, chosen: Iterable[str], answers: Iterable[Done | Refusal]) -> list[dict[str, Any]]:
    told = []
    for name, answer in zip(chosen, answers, strict=True):
        row = desk.row(name)
        problem = error_object(Problem.of(answer)) if isinstance(answer, Refusal) else None
        number = (row["receipt_number"] if row else None) or name
        done = "rejected" if problem else what
        told.append({"line": None, "tracking": None, "done": done, "dossiers": [number], "error": problem})
    return told


def _import(desk: Desk, args: argparse.Namespace) -> int:
    officer = acting_officer(args, desk)
    rows = [
        (number, row) for number, _, row in lines_of(args.file) if isinstance(row, InvalidInput) or any(row.values())
    ]
    first = next((row for _, row in rows if not isinstance(row, InvalidInput)), None)
    if first is None:
        raise Problem("table_empty", {"file": Path(args.file).name})
    columns = columns_of(first)
    lines: list[tuple[int, CarrierLine | InvalidInput]] = []
    for number, row in rows:
        try:
            lines.append((number, row if isinstance(row, InvalidInput) else read_line(row, columns)))
        except InvalidInput as error:
            lines.append((number, error))
    return _tell([_told(desk, one) for one in take_list(desk, officer, lines, dry_run=args.dry_run)], as_json=args.json)


def _told(desk: Desk, one: Told) -> dict[str, Any]:
    why = told_apart(desk, one.problem) if isinstance(one.problem, Refusal) else one.problem
    problem = None if why is None else error_object(Problem.of(why, one.line))
    return {
        "line": one.line,
        "tracking": one.tracking or None,
        "done": one.done,
        "dossiers": list(one.numbers),
        "error": problem,
    }


def _tell(told: Sequence[dict[str, Any]], *, as_json: bool) -> int:
    if as_json:
        print_json(list(told))
    for one in () if as_json else told:
        where = f"{tr('cli.line', line=one['line'])}: " if one["line"] is not None else ""
        problem = f"  ✗ {one['error']['message']}" if one["error"] else ""
        cells = (one["tracking"], ", ".join(one["dossiers"]), tr(f"post.done.{one['done']}"))
        print(where + "  ".join(cell for cell in cells if cell) + problem)
    return 1 if any(one["error"] for one in told) else 0


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Problem("date_invalid", {"value": text}, status=2) from error
