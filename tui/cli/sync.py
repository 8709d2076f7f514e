"""`motcua sync`: one exchange with every hub, or on a schedule without the screens."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tui.cli.common import open_desk
from tui.cli.output import Problem, error_object, print_json, report
from tui.i18n import tr
from tui.scheduled_sync import PROGRESS_LINES
from tui.sentences import by_number

if TYPE_CHECKING:
    from core.answers import Refusal
    from storage.sync.exchange import HubReport
    from storage.sync.tally import Progress


def arguments(parser: argparse.ArgumentParser) -> None:
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--once", action="store_true")
    how.add_argument("--schedule", metavar="RRULE")


def run(args: argparse.Namespace) -> int:
    if args.schedule is not None:
        return _scheduled(args)
    reports, warnings, offers = _exchange(args)
    if args.json:
        print_json(reports_json(reports, warnings))
    else:
        _print(reports, warnings, offers)
    return 1 if any(one.error for one in reports) else 0


def reports_json(reports: list[HubReport], warnings: list[Refusal]) -> dict[str, Any]:
    """The contract's document of an exchange with every hub; `warnings`: what this desk itself is short of."""
    told = [error_object(Problem.of(one)) for one in warnings]
    return {"hubs": [_report_json(one) for one in reports], "warnings": told}


def _exchange(args: argparse.Namespace) -> tuple[list[HubReport], list[Refusal], int]:
    """What each hub's exchange came to, what the desk is short of, and how many offers of other units wait here."""
    from storage.conflicts import desk_numbers
    from storage.room import room_warnings
    from storage.sync.exchange import exchange_all
    from storage.transfers import incoming

    with open_desk(args) as desk:
        found = exchange_all(desk, _progress())
        numbers = desk_numbers(desk)
        reports = [replace(one, error=by_number(one.error, numbers)) if one.error else one for one in found]
        return reports, room_warnings(desk), len(incoming(desk))


def _progress() -> Progress | None:
    """How far an exchange is, on stderr: lines for the workstation, a line that is written over for a person."""
    if os.environ.get(PROGRESS_LINES):
        return lambda done, total: print(done, total, file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        return _tell_person
    return None


def _tell_person(done: int, total: int) -> None:
    end = "\n" if done == total else ""
    print("\r" + tr("cli.sync.progress", done=done, total=total), end=end, file=sys.stderr, flush=True)


def _report_json(one: HubReport) -> dict[str, Any]:
    return {
        "url": one.url,
        "sent": one.sent,
        "received": one.received,
        "duplicates": one.duplicates,
        "pending": one.pending,
        "behind": one.behind,
        "conflicts": one.conflicts,
        "repeats": one.repeats,
        "last_contact": one.last_contact.isoformat(timespec="seconds") if one.last_contact else None,
        "clock_offset_s": one.clock_offset_s,
        "error": error_object(Problem.of(one.error)) if one.error else None,
    }


def _print(reports: list[HubReport], warnings: list[Refusal], offers: int) -> None:
    if not reports:
        print(tr("cli.sync.no_hub"))
    for one in reports:
        print(tr("cli.sync.done", url=one.url, sent=one.sent, received=one.received, pending=one.pending))
        if one.conflicts:
            print(tr("cli.sync.conflicts", count=one.conflicts))
        if one.repeats:
            print(tr("cli.sync.repeats", count=one.repeats))
        if one.error:
            report(Problem.of(one.error), as_json=False)
    if offers:
        print(tr("cli.sync.transfers", count=offers))
    for warning in warnings:
        report(Problem.of(warning), as_json=False)


def _scheduled(args: argparse.Namespace) -> int:
    """Runs until SIGINT or SIGTERM, or the rule's end; an exchange that has begun is finished first.

    With --json each exchange is one line. Outside of an exchange a signal ends it at once: looking for a rare rule's
    next moment may take a while.
    """
    from datetime import datetime
    from random import Random

    from core.answers import InvalidInput
    from core.moments import LEGAL_TIME
    from storage.sync.schedule import run_schedule

    with open_desk(args):
        stop, exchanging = threading.Event(), threading.Event()

    def end(*_: object) -> None:
        stop.set()
        if not exchanging.is_set():
            sys.exit(0)

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, end)

    def once() -> bool:
        exchanging.set()
        try:
            return exchange()
        finally:
            exchanging.clear()

    def exchange() -> bool:
        try:
            reports, warnings, offers = _exchange(args)
        except InvalidInput as error:
            if args.json:
                _print_line({"error": error_object(Problem.of(error))})
            else:
                report(Problem.of(error), as_json=False)
            return False
        if args.json:
            _print_line(reports_json(reports, warnings))
        else:
            _print(reports, warnings, offers)
        return not any(one.error for one in reports)

    done = run_schedule(args.schedule, once, lambda: datetime.now(LEGAL_TIME), stop.wait, Random())
    return 0 if done else 1


def _print_line(document: dict[str, Any]) -> None:
    print(json.dumps(document, ensure_ascii=False), flush=True)
