"""A million plain lines through `motcua deadline --batch`: `python -m tests.bench.deadline_batch [LINES] [RUNS]`.

Prints the median of the runs with minimum and maximum, with and without traces, for day limits and for a mix
that has hour limits in it.
"""

from __future__ import annotations

import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

DAY_LIMITS = ('{"amount":7,"unit":"working_day"}', '{"amount":15,"unit":"day"}', '{"amount":1,"unit":"month"}')
HOUR_LIMITS = ('{"amount":8,"unit":"working_hour"}', '{"amount":12,"unit":"hour"}')


def lines(count: int, limits: tuple[str, ...]) -> Iterator[str]:
    """Plain lines over five years of receipts, the same ones every time."""
    chosen = random.Random(7)
    first = date(2021, 1, 1)
    for number in range(count):
        day = first + timedelta(days=chosen.randrange(365 * 5))
        moment = f"{day}T{chosen.randrange(7, 18):02}:{chosen.randrange(60):02}:{chosen.randrange(60):02}+07:00"
        yield f'{{"id":"d{number}","received_at":"{moment}","limit":{chosen.choice(limits)}}}\n'


def measured(source: Path, *options: str) -> float:
    """Seconds of one whole run, the program's start included."""
    command = [sys.executable, "-c", "from tui.cli.main import main; raise SystemExit(main())"]
    started = time.perf_counter()
    subprocess.run([*command, "deadline", "--batch", str(source), *options], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    print(f"{platform.python_implementation()} {platform.python_version()}, {platform.machine()}, {count} lines")
    with tempfile.TemporaryDirectory() as folder:
        for name, limits in (("day limits", DAY_LIMITS), ("days and hours", DAY_LIMITS + HOUR_LIMITS)):
            source = Path(folder) / "lines.jsonl"
            with source.open("w", encoding="utf-8") as out:
                out.writelines(lines(count, limits))
            for label, options in (("without traces", ("--no-trace",)), ("with traces", ())):
                times = [measured(source, *options) for _ in range(runs)]
                middle = statistics.median(times)
                print(f"{name}, {label}: {middle:.2f} s ({min(times):.2f}–{max(times):.2f})")


if __name__ == "__main__":
    main()
