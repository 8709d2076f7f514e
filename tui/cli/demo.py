"""`motcua demo`: a station of invented people, made once for its arguments and opened."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.answers import InvalidInput
from core.moments import LEGAL_TIME
from tui.cli.output import Problem, print_json
from tui.cli.times import read_moment
from tui.i18n import tr
from tui.terminal import open_screens, refusal

if TYPE_CHECKING:
    from storage.demo import DemoStation
    from storage.desk import Desk
    from storage.officers import Officer


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dossiers", type=int, default=2000, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--at", metavar="ISO")
    parser.add_argument("--headless", action="store_true")


def run(args: argparse.Namespace) -> int:
    if args.dossiers < 1:
        raise Problem("dossiers_not_positive", status=2)
    at = read_moment(args.at, LEGAL_TIME) if args.at else None
    folder = Path(args.data).absolute() if args.data else _cache(args, at)
    if args.headless or args.json:
        print_json(demo_json(_made(args, at, folder, lambda done, total: None)))
        return 0
    return _open(args, at, folder)


def demo_json(station: DemoStation) -> dict[str, Any]:
    """The contract's document of a demo."""
    return {
        "data": str(station.data),
        "unit": station.unit,
        "now": station.now.isoformat(),
        "desks": [{"id": desk.id, "number": desk.number, "data": str(desk.data)} for desk in station.desks],
        "officers": [
            {"id": one.id, "code": one.code, "name": one.name, "role": one.role, "pin": one.pin}
            for one in station.officers
        ],
        "dossiers": station.dossiers,
    }


def _cache(args: argparse.Namespace, at: datetime | None) -> Path:
    """A folder of its own for each version of the program and each set of arguments."""
    from platformdirs import user_cache_path

    moment = "" if at is None else f"-{int(at.timestamp())}"
    return user_cache_path("motcua") / f"demo-{version('motcua')}-{args.dossiers}-{args.seed}{moment}"


def _made(
    args: argparse.Namespace, at: datetime | None, folder: Path, progress: Callable[[int, int], None]
) -> DemoStation:
    """The demo in the folder, made now unless it is there by the same arguments; two commands at once make it once."""
    from filelock import FileLock

    from storage.demo import demo_players, make_demo, read_demo

    if args.data:
        there = read_demo(folder)
        players = demo_players(dossiers=args.dossiers, seed=args.seed, at=at)
        if (
            there
            and there.dossiers == args.dossiers
            and [(one.code, one.pin) for one in there.officers] == [(one.code, one.pin) for one in players]
        ):
            return there
        return make_demo(folder, dossiers=args.dossiers, seed=args.seed, at=at, progress=progress, finish=_send_report)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.parent / f"{folder.name}.lock"):
        ready = read_demo(folder)
        return ready or make_demo(
            folder, dossiers=args.dossiers, seed=args.seed, at=at, progress=progress, finish=_send_report
        )


def _send_report(desk: Desk, leader: Officer) -> None:
    """Form II.06a of the last whole quarter is sent, so that there is one to look at; of a demo that is too small to
    reach so far back, that of the month before."""
    from core.answers import Refusal
    from core.moments import legal_day
    from core.periods import Periods
    from storage.frozen import freeze
    from tui.reports import ii06a

    for periods in (Periods(3), Periods(1)):
        first, last = periods.before(periods.around(legal_day(desk.now()))[0])
        facts = ii06a.read(desk, first, last, None)
        if not isinstance(freeze(desk, leader, ii06a.document(desk, facts), (first, last), None), Refusal):
            return


def _open(args: argparse.Namespace, at: datetime | None, folder: Path) -> int:
    """Open the workstation; a demo that is still to be made fills while its frame is there."""
    from storage.database import DATABASE_NAME
    from storage.demo import demo_players, read_demo

    if refusal() is not None:
        print(tr("terminal.demo", data=args.data or tr("terminal.demo.folder")), file=sys.stderr)
        return 1
    ready = read_demo(folder)
    if ready is None and (folder / DATABASE_NAME).exists():
        raise InvalidInput("folder_taken", path=folder)
    players = ready.officers if ready else demo_players(dossiers=args.dossiers, seed=args.seed, at=at)
    pins = {one.code: one.pin for one in players}
    if ready:
        return open_screens(folder, officer=players[0].code, demo_pins=pins)

    def prepare(progress: Callable[[int, int], None]) -> Path:
        return _made(args, at, folder, progress).data

    return open_screens(None, officer=players[0].code, prepare=prepare, demo_pins=pins)
