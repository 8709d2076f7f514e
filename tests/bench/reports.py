"""How long reports over a year of a station take: 50,000 dossiers, written straight into the tables that are counted.

`python -m tests.bench.reports [--dossiers N] [--earlier N] [--lean 1]`: `earlier` ended before the year began, and are
none of it. `lean`: of what has ended only the row that is counted, and only form II.06a's figures: for millions.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from core.moments import LEGAL_TIME
from storage.database import Connection, transaction
from storage.desk import Desk
from storage.founding import NewDesk, found
from storage.tally import COLUMNS
from tests.bench.stations import measuring
from tui.cli.output import json_text
from tui.i18n import set_language
from tui.reports import report
from tui.reports.files import write

NOW = datetime(2026, 12, 31, 16, 0, tzinfo=LEGAL_TIME)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
_DAY = 86_400
_PROCEDURES = ("permanent-residence", "identity-card", "temporary-residence", "household-split")
_WRITE = f"INSERT INTO tally ({COLUMNS}) VALUES ({', '.join('?' * 13)})"
_FACTS = {
    "applicant_name": "Trần Thị Hồng",
    "officer": "o",
    "desk": "d",
    "at_post": 0,
    "originals": 0,
    "fees": 0,
    "unprinted": 0,
    "in_conflict": 0,
    "unverified": 0,
    "by_date": 1,
    "unit": "H30-001",
}


def main() -> None:
    """Print the medians of five."""
    with measuring(__doc__, NOW, dossiers=50_000, earlier=150_000, lean=0) as (args, folder):
        desk = found(folder, NewDesk("H30-001", "Công an phường Hải Châu", 1, "Trần Minh", "135790", NOW, test=True))
        with transaction(desk.connection):
            _fill(desk.connection, args.dossiers, args.earlier, lean=bool(args.lean))
        desk.close()
        print(f"{args.dossiers:,} dossiers of the year, {args.earlier:,} from before")
        set_language("vi")
        if args.lean:
            _measure_figures(folder)
            return
        for name, reading in (("ii06a", "ours"), ("ii06a", "portal")):
            _measure(folder, name, reading)
        for name in ("register", "commune", "units", "years", "qd766"):
            _measure(folder, name)


def _measure_figures(folder: Path) -> None:
    desk, form = Desk.open(folder), report("ii06a")
    for reading in ("ours", "portal"):
        times = _times(lambda reading=reading: form.sheet(desk, form.read(desk, *YEAR, None, reading)), 3)
        print(f"ii06a {reading}: figures: {', '.join(f'{one:.0f}' for one in times)} ms")
    desk.close()


def _measure(folder: Path, name: str, *reading: str) -> None:
    desk = Desk.open(folder)
    form = report(name)
    facts = form.read(desk, *YEAR, None, *reading)
    steps: dict[str, Callable[[], Any]] = {
        "figures": lambda: form.sheet(desk, form.read(desk, *YEAR, None, *reading)),
        "as JSON text": lambda: json_text(form.document(desk, form.read(desk, *YEAR, None, *reading))),
    }
    if name != "register":  # 50,000 rows of paper are nobody's
        steps[".pdf"] = lambda: write(desk, form, facts, folder / "x.pdf")
    for words, step in steps.items():
        print(f"{' '.join((name, *reading))}: {words}: {median(_times(step, 5)):.0f} ms")
    xlsx = median(_times(lambda: write(desk, form, form.read(desk, *YEAR, None, *reading), folder / "x.xlsx"), 3))
    print(f"{' '.join((name, *reading))}: .xlsx, read anew: {xlsx:.0f} ms")
    desk.close()


def _times(step: Callable[[], Any], runs: int) -> list[float]:
    found = []
    for _ in range(runs):
        begun = perf_counter()
        step()
        found.append((perf_counter() - begun) * 1000)
    return found


def _fill(connection: Connection, dossiers: int, earlier: int, *, lean: bool) -> None:
    names = (
        "id",
        "receipt_number",
        "procedure",
        "state",
        "lane",
        "received_at",
        "due_at",
        "binding_at",
        "ended_at",
        *_FACTS,
    )
    insert = f"INSERT INTO dossier ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"
    begin = int(datetime(2026, 1, 1, tzinfo=LEGAL_TIME).timestamp())
    of_the_year = _rows(random.Random(7), dossiers, begin, 365)
    for tallied, shown in chain(of_the_year, _rows(random.Random(8), earlier, begin - 1095 * _DAY, 1000)):
        connection.execute(_WRITE, tallied)
        if not lean or shown[3] == "in_progress":
            connection.execute(insert, (*shown, *_FACTS.values()))


def _rows(drawn: random.Random, many: int, begin: int, days: int) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    for place in range(many):
        came = begin + drawn.randrange(days) * _DAY + drawn.randrange(27_000, 60_000)
        due = came + 7 * _DAY
        ended: int | None = came + drawn.choice((2, 4, 6, 7, 9)) * _DAY
        if ended is not None and ended > NOW.timestamp():
            ended = None
        judged = None if ended is None else "early" if ended < due else "on_time" if ended == due else "late"
        kind = None if ended is None else drawn.choices(("result_ready", "withdrawn", "stopped"), (96, 2, 2))[0]
        name, number = f"{begin:011x}-{place:024x}", f"H30-001-{place:06}"
        procedure = drawn.choices(_PROCEDURES, (45, 25, 20, 10))[0]
        channel = drawn.choice(("counter", "online"))
        state, lane = ("in_progress", 1) if ended is None else ("returned", 4)
        yield (
            (name, came, ended, kind, judged, ended and due, None, None, procedure, "H30-001", channel, 0, number),
            (name, number, procedure, state, lane, came, due, due, ended),
        )


if __name__ == "__main__":
    main()
