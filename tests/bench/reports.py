"""How long every report over a year of a station takes: 50,000 dossiers with their events, and earlier ones as rows.

`python -m tests.bench.reports [--dossiers N] [--earlier N] [--runs N] [--lean 1] [--place FOLDER]`: the processor's
time and the wall's, medians of so many runs, of what the screen shows, of the JSON text, of the .xlsx and of the .pdf;
beside the first a bare aggregate in SQL over the same rows, beside the .xlsx openpyxl's own writer of rows.
`earlier` ended before the year began, and are none of it. `lean`: of what has ended only the row that is counted, and
only the figures of the reports that count those rows: for millions; beyond 200,000 the rows are copied, each beside
the one that it copies.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from statistics import median
from time import perf_counter, process_time, sleep
from typing import Any, NamedTuple

from core.decisions import TakeIn
from core.moments import LEGAL_TIME
from storage.database import Connection, snapshot, transaction
from storage.demo.founding import hold
from storage.desk import Desk, Done
from storage.tally import COLUMNS
from tests.bench.stations import measuring
from tests.bench.year_station import PROCEDURES, UNIT, WEIGHTS, found_station, live, settle
from tui.cli.output import json_text
from tui.i18n import set_language
from tui.reports import REPORTS, Asked, Report, read, readings, report
from tui.reports.files import write

NOW = datetime(2026, 12, 31, 16, 0, tzinfo=LEGAL_TIME)
BEGIN = datetime(2026, 1, 1, tzinfo=LEGAL_TIME)
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
_DAY = 86_400
_PEERS = {
    "dossier": "SELECT procedure, state, count(*) FROM dossier WHERE received_at BETWEEN ? AND ? GROUP BY 1, 2",
    "tally": "SELECT procedure, judged, count(*) FROM tally WHERE counted_from BETWEEN ? AND ? GROUP BY 1, 2",
    "passage": "SELECT procedure, avg(ended - received) FROM passage WHERE ended BETWEEN ? AND ? GROUP BY 1",
    "limit": "SELECT procedure, count(*) FROM dossier WHERE limit_at BETWEEN ? AND ? GROUP BY 1",
    "survey": "SELECT procedure, overall, count(*) FROM survey_answer WHERE ? < ? GROUP BY 1, 2",
    "feedback": "SELECT kind, count(answered_at) FROM feedback WHERE received_at BETWEEN ? AND ? GROUP BY 1",
    "outreach": "SELECT kind, sum(audience) FROM outreach WHERE ? < ? GROUP BY 1",
    "sending": "SELECT procedure, stands, count(*) FROM sending WHERE sent_at BETWEEN ? AND ? GROUP BY 1, 2",
    "fine": "SELECT stands, count(*), sum(amount) FROM fine WHERE entered_at BETWEEN ? AND ? GROUP BY 1",
    "event": "SELECT officer, kind, count(*) FROM event WHERE ? < ? GROUP BY 1, 2",
}
"""A bare aggregate over the rows that a report counts, its period as two moments."""
_OF = {
    **dict.fromkeys(("ii06a", "commune", "units", "years"), "tally"),
    **dict.fromkeys(("channels", "register", "qd766"), "dossier"),
    **dict.fromkeys(("late", "apologies"), "limit"),
    **dict.fromkeys(("corrections", "day"), "event"),
    **{"faster": "passage", "satisfaction": "survey", "feedback": "feedback"},
    **{"outreach": "outreach", "post": "sending", "fines": "fine"},
}
_NO_PAPER = frozenset({"register"})
"""50,000 rows of paper are nobody's."""
_DRAWN = 200_000
_COPY = f"""
WITH RECURSIVE copy (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM copy WHERE n + 1 < ?)
INSERT INTO tally ({COLUMNS}) SELECT {{columns}} FROM drawn CROSS JOIN copy ORDER BY drawn.id, n
"""
_OTHER = {"id": "substr(id, 1, 12) || printf('%02x', n) || substr(id, 15)", "number": "number || '-' || n"}
"""What is another value in a copy."""
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
    "unit": UNIT,
}


class Took(NamedTuple):
    """Milliseconds of the processor and of the wall."""

    processor: float
    wall: float

    def __str__(self) -> str:
        return f"{self.processor:,.0f} ms ({self.wall:,.0f})"


def main() -> None:
    """Print the medians: the processor's time, the wall's in brackets."""
    with measuring(__doc__, NOW, dossiers=50_000, earlier=150_000, runs=3, lean=0) as (args, folder):
        if not folder.exists():
            _make(folder, args.dossiers, args.earlier, lean=bool(args.lean))
        print(f"{args.dossiers:,} dossiers of the year, {args.earlier:,} from before")
        set_language("vi")
        if args.lean:
            _measure_figures(folder)
            return
        for name in REPORTS:
            for reading in readings(report(name)) or ("",):
                desk = Desk.open(folder)
                hold(desk, NOW)
                _measure(desk, report(name), reading, args.runs, folder)
                desk.close()


def _make(folder: Path, dossiers: int, earlier: int, *, lean: bool) -> None:
    desk = found_station(folder, BEGIN)
    if not lean:
        print(f"{live(desk, dossiers, YEAR[0].year)} acts refused")
        settle(desk, dossiers, YEAR[0].year)
    times = -(-(dossiers + earlier) // _DRAWN) if lean else 1
    with transaction(desk.connection):
        _fill(desk.connection, dossiers // times if lean else 0, earlier // times, lean=lean)
        if times > 1:
            _copy(desk.connection, times)
    desk.close()


def _copy(connection: Connection, times: int) -> None:
    """Each counted row that many times, in the order of its key: as a desk's own rows lie, one day's together."""
    columns = ", ".join(_OTHER.get(name, name) for name in map(str.strip, COLUMNS.split(",")))
    connection.execute("CREATE TEMP TABLE drawn AS SELECT * FROM tally")
    connection.execute("DELETE FROM tally")
    connection.execute(_COPY.format(columns=columns), (times,))
    connection.execute("DROP TABLE drawn")


def _measure_figures(folder: Path) -> None:
    """Of the year and of all years: alone, then as F7 reads them, in a thread and as of one moment, beside intake."""
    desk = Desk.open(folder)
    for form in (report(name) for name, table in _OF.items() if table == "tally"):
        for reading in readings(form) or ("",):
            chosen = (reading,) if reading else ()
            for first in (YEAR[0], date(YEAR[0].year - 4, 1, 1)):
                days = (first, YEAR[1])

                def sheet(one: Desk, days: tuple[date, date] = days) -> Any:
                    return form.sheet(one, form.read(one, *days, None, *chosen))  # noqa: B023 - it is asked at once

                alone = _took(lambda: sheet(desk), 3)
                took, intakes = _beside_intake(folder, sheet)
                slowest, many = max(intakes, default=0.0), len(intakes)
                told = f"beside {many} intakes {took:,.0f} ms, the slowest intake {slowest:,.0f} ms"
                print(f"{f'{form.NAME} {reading}'.strip()} from {first.year} on: {alone}; {told}", flush=True)
    desk.close()


def _beside_intake(folder: Path, sheet: Callable[[Desk], Any]) -> tuple[float, list[float]]:
    """Milliseconds until a thread has told it, and of each dossier that was taken in meanwhile."""

    def tell() -> float:
        with closing(Desk.open(folder)) as desk:
            begun = perf_counter()
            with snapshot(desk.connection):
                sheet(desk)
            return 1000 * (perf_counter() - begun)

    with closing(Desk.open(folder)) as desk, ThreadPoolExecutor(1) as thread:
        officer, intakes = desk.officers.all()[0], []
        told = thread.submit(tell)
        while not told.done():
            begun = perf_counter()
            facts = {"procedure": PROCEDURES[0], "applicant": {"kind": "citizen", "name": "Trần Thị Hồng"}}
            answer = desk.do(TakeIn(desk.new_id(), "received", desk.now(), facts | {"channel": "counter"}), officer)
            assert isinstance(answer, Done), answer
            intakes.append(1000 * (perf_counter() - begun))
            sleep(0.05)
        return told.result(), intakes


def _measure(desk: Desk, form: Report, reading: str, runs: int, folder: Path) -> None:
    """Each way of telling one report, everything read anew each time."""
    asked = Asked(*YEAR, None, (reading,) if reading else ())
    officer = desk.officers.all()[0]

    def facts() -> Any:
        return read(form, desk, officer, asked)

    steps: dict[str, Callable[[], Any]] = {
        "figures": lambda: form.sheet(desk, facts()),
        "SQL alone": lambda: _peer(desk.connection, form.NAME),
        "JSON": lambda: json_text(form.document(desk, facts())),
        ".xlsx": lambda: write(desk, form, facts(), folder / "x.xlsx"),
        "openpyxl's": lambda: _by_openpyxl(form, desk, facts(), folder / "y.xlsx"),
    }
    if form.NAME not in _NO_PAPER:
        steps[".pdf"] = lambda: write(desk, form, facts(), folder / "x.pdf")
    told = "; ".join(f"{words} {_took(step, runs)}" for words, step in steps.items())
    print(f"{f'{form.NAME} {reading}'.strip()}: {told}", flush=True)


def _peer(connection: Connection, name: str) -> list[tuple[Any, ...]]:
    span = int(BEGIN.timestamp()), int(NOW.timestamp())
    found: list[tuple[Any, ...]] = connection.execute(_PEERS[_OF[name]], span).fetchall()
    return found


def _by_openpyxl(form: Report, desk: Desk, facts: Any, path: Path) -> None:
    """The same rows by the library's own fast way, without heads, widths and paper."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for number, part in enumerate(form.sheet(desk, facts).tables):
        page = book.create_sheet(str(number))
        for line in part.lines:
            page.append([cell.replace(tzinfo=None) if isinstance(cell, datetime) else cell for cell in line.cells])
    book.save(path)


def _took(step: Callable[[], Any], runs: int) -> Took:
    found = []
    for _ in range(runs):
        begun = process_time(), perf_counter()
        step()
        found.append((process_time() - begun[0], perf_counter() - begun[1]))
    return Took(*(1000 * median(one) for one in zip(*found, strict=True)))


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
    for tallied, shown in sorted(chain(of_the_year, _rows(random.Random(8), earlier, begin - 1095 * _DAY, 1000))):
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
        name, number = f"{came:011x}-{place:024x}", f"{UNIT}-{place:06}"
        procedure = drawn.choices(PROCEDURES, WEIGHTS)[0]
        channel = drawn.choice(("counter", "online"))
        state, lane = ("in_progress", 1) if ended is None else ("returned", 4)
        yield (
            (name, came, ended, kind, judged, ended and due, None, None, procedure, UNIT, channel, 0, number),
            (name, number, procedure, state, lane, came, due, due, ended),
        )


if __name__ == "__main__":
    main()
