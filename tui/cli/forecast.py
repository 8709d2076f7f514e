"""`motcua forecast`: will the queue be in time? Of a desk, of one officer, or of an outside list."""

from __future__ import annotations

import argparse

from core.outlook import Outlook
from tui.cli.common import named_officer, open_desk
from tui.cli.output import Problem, print_json
from tui.forecast import Naming, cost_lines, for_people, for_programs, forecast_json, forecast_lines
from tui.i18n import tr

_OF_A_LIST = ("first", "capacity")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--officer", metavar="O")
    parser.add_argument("--jobs", metavar="FILE|-", help=tr("cli.forecast.jobs"))
    parser.add_argument("--from", dest="first", metavar="DATE", help=tr("cli.forecast.from"))
    parser.add_argument("--capacity", metavar="JSON", help=tr("cli.forecast.capacity"))


def run(args: argparse.Namespace) -> int:
    given = [getattr(args, name) is not None for name in _OF_A_LIST]
    if (not all(given) or args.officer) if args.jobs is not None else any(given):
        raise Problem("forecast_incomplete", status=2)
    if args.jobs is not None:
        from tui.cli.forecast_jobs import outlook_of, said_as_given

        seen = outlook_of(args)
        if seen is None:
            return 1
        _tell(args, seen, said_as_given)
        return 0
    from storage.forecast import outlook

    with open_desk(args) as desk:
        officer = named_officer(desk, args.officer) if args.officer else None
        seen = outlook(desk, officer)
        _tell(args, seen, for_programs(desk) if args.json else for_people(desk))
        if not args.json and seen.costs:
            print("", *cost_lines(seen, desk), sep="\n")
    return 0


def _tell(args: argparse.Namespace, seen: Outlook, naming: Naming) -> None:
    if args.json:
        print_json(forecast_json(seen, naming))
    else:
        print(*forecast_lines(seen, naming), sep="\n")
