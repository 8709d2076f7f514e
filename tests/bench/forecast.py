"""How long a forecast takes: 5,000 open dossiers and 60 days, of a desk's own tables and as a bare list of jobs.

    python -m tests.bench.forecast [--dossiers 5000] [--officers 30] [--rounds 7] [--place FOLDER]

A desk's forecast reads its rows, hours and roster, proves every officer's queue and the unit's, and tries its mends:
once as it is, once with what would ease it where an officer has just hours enough, so that the light is yellow, and
once with an officer away for three weeks, so that the queue breaks and mends are looked for. On a machine that others
use the processor's own time tells most. Beside it, on the same jobs in memory: our proof, and two straightforward peers
in exact fractions. One works through the days, always on what is due first: it tells the first day that is missed, not
by how many hours. The other adds up, for each day, all that is due by then: that is every window, as nothing here is
released later, and it tells both.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

from core.decisions import Act, TakeIn
from core.forecast import HORIZON
from core.moments import LEGAL_TIME
from core.outlook import Light
from core.proof import Job, prove
from core.record import Draft
from core.rostering import NoteAbsence, SetRoster
from storage.database import transaction
from storage.desk import Desk, Done
from storage.event_log import epoch_ms
from storage.forecast import outlook
from storage.founding import NewDesk, found

_NOW = datetime(2026, 11, 16, 7, 30, tzinfo=LEGAL_TIME)
_PROCEDURES = ("permanent-residence", "identity-card", "temporary-residence", "household-split")
_FIRST = date(2026, 11, 16)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--dossiers", type=int, default=5_000)
    options.add_argument("--officers", type=int, default=30)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--place", type=Path, help="keep the station here, and use the one that is there")
    args = options.parse_args()
    os.environ["MOTCUA_NOW"] = _NOW.isoformat()
    machine = f"{os.cpu_count()} cores · {platform.machine()}"
    print(f"{datetime.now(UTC):%Y-%m-%d} · Python {platform.python_version()} · {machine}")
    jobs = _jobs(args.dossiers)
    enough = max(load.demand_hours / place for place, load in enumerate(prove(jobs, _FIRST, _no_hours).days, 1))
    for name, hours in (("just in time", enough), ("breaking", enough * Fraction(9, 10))):
        print(f"{args.dossiers:,} jobs, {HORIZON} days, {name}:")
        for peer in (_ours, _day_by_day, _every_window):
            _report(f"  {peer.__name__.strip('_').replace('_', ' ')}", peer, jobs, hours, rounds=args.rounds)
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.place or Path(scratch) / "desk"
        desk = Desk.open(folder) if folder.exists() else _station(folder, args.dossiers, args.officers)
        print(f"a desk with {args.dossiers:,} open dossiers and {args.officers} officers:")
        _report("  cold (hours of work learned from the log)", outlook, desk, rounds=1)
        _report("  as it is", outlook, desk, rounds=args.rounds)
        _shorten(desk, "officer-1")
        seen = outlook(desk)
        _report(f"  an officer with just enough hours: {len(seen.mends)} eases", outlook, desk, rounds=args.rounds)
        away = NoteAbsence("officer-0", _FIRST, _FIRST + timedelta(days=21), "away", _NOW)
        assert isinstance(desk.do(away, desk.officers.all()[0]), Done)
        seen = outlook(desk)
        _report(f"  an officer away: {len(seen.mends)} mends", outlook, desk, rounds=args.rounds)
        desk.close()


def _jobs(count: int) -> list[Job]:
    """Work of 10 to 90 minutes, to be done on any day from the first one to its own."""
    drawn = random.Random(7)
    return [
        Job(str(place), Fraction(drawn.randrange(10, 91), 60), _FIRST + timedelta(days=drawn.randrange(HORIZON)))
        for place in range(count)
    ]


def _no_hours(day: date) -> Fraction:
    return Fraction(0)


def _ours(jobs: Sequence[Job], hours: Fraction) -> date | None:
    found = prove(jobs, _FIRST, lambda _: hours).first_break
    return found.date if found else None


def _day_by_day(jobs: Sequence[Job], hours: Fraction) -> date | None:
    waiting = sorted(jobs, key=lambda job: job.due, reverse=True)
    left = {job.id: job.hours for job in waiting}
    for number in range(HORIZON):
        day, there = _FIRST + timedelta(days=number), hours
        while waiting and there:
            job = waiting[-1]
            done = min(there, left[job.id])
            there -= done
            left[job.id] -= done
            if not left[job.id]:
                waiting.pop()
        if waiting and waiting[-1].due <= day:
            return waiting[-1].due
    return None


def _every_window(jobs: Sequence[Job], hours: Fraction) -> date | None:
    found, short = None, Fraction(0)
    for number in range(HORIZON):
        day = _FIRST + timedelta(days=number)
        over = sum((job.hours for job in jobs if job.due <= day), Fraction(0)) - hours * (number + 1)
        found, short = (day if over > 0 and found is None else found), max(short, over)
    return found


def _station(folder: Path, dossiers: int, officers: int) -> Desk:
    new = NewDesk("BENCH.1", "Công an phường Đo", 1, "Trần Minh", "2468", _NOW, test=True, demo_clock=True)
    desk = found(folder, new)
    boss = desk.officers.all()[0]
    verifier = desk.sealed_verifier("2468")
    drafts = [
        Draft(
            f"officer:officer-{number}",
            "officer_added",
            _NOW,
            {"code": f"cb{number}", "name": f"Cán bộ {number}", "roles": ["processing"], "verifier": verifier},
        )
        for number in range(officers)
    ]
    with transaction(desk.connection):
        desk.projection.apply(desk.log.append(drafts, boss.id, epoch_ms(_NOW)))
    drawn = random.Random(7)
    commands: list[TakeIn | Act] = []
    for place in range(dossiers):
        dossier = desk.new_id()
        at = _NOW - timedelta(hours=drawn.randrange(1, 48))
        facts = {
            "procedure": drawn.choices(_PROCEDURES, (45, 25, 20, 10))[0],
            "applicant": {"kind": "citizen", "name": "Trần Thị Hồng"},
            "channel": "counter",
        }
        commands.append(TakeIn(dossier, "received", at, facts, imported=True))
        commands.append(Act(dossier, "assigned", at, {"to": f"officer-{place % officers}"}))
        longer = {"amount": str(drawn.randrange(1, 45)), "unit": "day", "reason": "spread over the horizon"}
        commands.append(Act(dossier, "extended", at, longer))
    for start in range(0, len(commands), 5_000):
        for answer in desk.do_all(commands[start : start + 5_000], boss):
            assert isinstance(answer, Done), answer
    return desk


def _shorten(desk: Desk, officer: str) -> None:
    """Give the officer's days so few hours that the light is yellow."""
    leader = next(one for one in desk.officers.all() if "leader" in one.roles)
    for minutes in range(480, 0, -5):
        if outlook(desk, mended=False).light is Light.TIGHT:
            return
        week = (((27_000, 27_000 + 60 * minutes),),) * 5 + ((), ())
        assert isinstance(desk.do(SetRoster(officer, _FIRST, week, _NOW), leader), Done)


def _report(what: str, work: Callable[..., object], *given: object, rounds: int) -> None:
    times, own = [], []
    answer: object = None
    for _ in range(rounds):
        began, ours = time.perf_counter(), time.process_time()
        answer = work(*given)
        times.append((time.perf_counter() - began) * 1000)
        own.append((time.process_time() - ours) * 1000)
    told = f"first break {answer}" if answer is None or isinstance(answer, date) else getattr(answer, "light", answer)
    spread = f"min {min(times):.1f} · max {max(times):.1f} (n={len(times)}) · of the processor min {min(own):.1f}"
    print(f"{what}: median {statistics.median(times):.1f} ms · {spread} · {told}")


if __name__ == "__main__":
    main()
