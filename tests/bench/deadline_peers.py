"""Our due dates beside those of the libraries that people use: `python -m tests.bench.deadline_peers [JOBS] [ROUNDS]`.

One job: the n-th working day after the day of receipt. Every entry gets the same receipts and limits, turned into its
own types before the clock starts. A round runs every entry once, so that a busy machine disturbs all alike. What is
right comes from a walk over our cited days, one by one. Needs the optional group `bench`.
"""

from __future__ import annotations

import gc
import os
import platform
import random
import statistics
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import partial
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Any

from core.calendar import WorkCalendar
from core.counting import due_days
from core.deadline import ClockRules, Deadline, deadline
from core.moments import LEGAL_TIME
from core.time_limit import Limit, Phase, Unit
from storage.lawbook import package_law
from tests.bench.peers import Days, Entry, Job, by_limit, from_ordinals, numpy_at_once, one_at_a_time

_FIRST, _LAST = date(2019, 1, 1), date(2026, 11, 13)
_TOLD = date(2018, 12, 1), date(2027, 3, 31)
_MANY = 80_000
_SWAPPED_OFF = ("2019-04-29", "2024-04-29", "2025-05-02", "2026-01-02", "2026-08-31")
_MADE_WORKING = ("2019-01-05", "2019-05-04", "2024-05-04", "2025-04-26", "2026-01-10", "2026-08-22")
_ALL = "all"
_SPANS = (1, 30, 3000)
_SPAN_YEARS = date(2012, 1, 1), date(2017, 12, 31)
_RULES = {n: ClockRules((Phase(Limit(Fraction(n), Unit.WORKING_DAY)),)) for n in (*range(1, 31), 3000)}


@dataclass(slots=True)
class Measured:
    """What one entry got right, and µs for a job in each round."""

    entry: Entry
    right: int
    wrong_on: list[str]
    times: list[float]

    @property
    def middle(self) -> float:
        return statistics.median(self.times)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    days = Days.of_rows(package_law().days[None], *_TOLD)
    _check_facts(days)
    _head(count, rounds)
    single = _measure([*_ours(), *one_at_a_time(days)], _jobs(count, _FIRST, _LAST), rounds, days)
    _table("One at a time", single, {"× never asked": single[0], "× asked before": single[1]})
    many = sorted(_jobs(_MANY, _FIRST, _LAST), key=lambda job: job.limit)
    at_once = _measure([_OURS_AT_ONCE, *numpy_at_once(days)], many, rounds, days)
    _table("Many at once, one call for each limit", at_once, {"× (c)": at_once[0]})
    print(f"\n`due_days`: {1 / at_once[0].middle:.1f} million a second (goal 3)\n")
    _spans(count, rounds)
    _compiling(rounds)


def _jobs(count: int, first: date, last: date) -> list[Job]:
    """Receipts on any day of the week and limits of 1–30 working days, no pair of them twice."""
    picked = random.Random(7)
    places = picked.sample(range(((last - first).days + 1) * 30), count)
    return [
        Job(first + timedelta(days=place // 30), picked.randrange(7 * 3600, 18 * 3600), place % 30 + 1)
        for place in places
    ]


def _about(day: date) -> list[Job]:
    """Jobs that end on the day, pass it or start on it."""
    return [Job(day - timedelta(days=before), 32_400, limit) for limit in (1, 2) for before in (0, 1, 2)]


def _check_facts(days: Days) -> None:
    wrong = [day for day in _SWAPPED_OFF if days.working(date.fromisoformat(day))]
    wrong += [day for day in _MADE_WORKING if not days.working(date.fromisoformat(day))]
    if wrong:
        raise SystemExit(f"not exchanged in the calendar's data: {', '.join(wrong)}")


def _fresh() -> WorkCalendar:
    """A calendar that nobody has asked anything yet."""
    return replace(package_law()).calendar()


def _received(job: Job) -> datetime:
    return datetime.combine(job.day, datetime.min.time(), LEGAL_TIME) + timedelta(seconds=job.second)


def _read_again(moment: datetime) -> datetime:
    """As it comes from text: with a zone object of its own."""
    return datetime.fromisoformat(moment.isoformat())


def _ours() -> list[Entry]:
    known = _fresh()

    def prepare(
        calendar: Callable[[], WorkCalendar], moment: Callable[[datetime], datetime], jobs: Sequence[Job]
    ) -> tuple[WorkCalendar, list[tuple[datetime, ClockRules]]]:
        return calendar(), [(moment(_received(job)), _RULES[job.limit]) for job in jobs]

    def look_up(given: Iterable[tuple[int, int]]) -> Iterator[int]:
        return (known.nth_after(day, limit) for day, limit in given)

    def entry(name: str, *how: Callable[..., Any]) -> Entry:
        return Entry(f"**(a)** `deadline()`, {name}", _ALL, partial(prepare, *how), _run_deadline, _due_dates)

    return [
        entry("never asked before", _fresh, lambda moment: moment),
        entry("receipt day and limit asked before", lambda: known, lambda moment: moment),
        entry("asked before, moments as read from text", lambda: known, _read_again),
        Entry(
            "**(b)** `WorkCalendar.nth_after`, the bare look-up",
            f"{_ALL}; ordinal → ordinal, no date and no hours",
            lambda jobs: [(job.day.toordinal(), job.limit) for job in jobs],
            look_up,
            lambda answers: [date.fromordinal(answer) for answer in answers],
        ),
    ]


def _run_deadline(given: tuple[WorkCalendar, list[tuple[datetime, ClockRules]]]) -> Iterator[Deadline]:
    calendar, pairs = given
    return (deadline(received, rules, (), calendar) for received, rules in pairs)


def _due_dates(answers: Iterable[Deadline]) -> list[date]:
    return [answer.due_at.date() for answer in answers if answer.due_at is not None]


def _run_due_days(groups: list[tuple[int, list[int]]]) -> Iterator[list[int]]:
    calendar = package_law().calendar()
    return (due_days(days, _RULES[limit].phases[0].limit, calendar) for limit, days in groups)


_OURS_AT_ONCE = Entry("**(c)** `due_days`, list of ordinals → list", _ALL, by_limit, _run_due_days, from_ordinals)


def _measure(entries: Sequence[Entry], jobs: list[Job], rounds: int, days: Days) -> list[Measured]:
    """Check every entry (which also warms it up), then time them round by round."""
    expected = [days.due(job) for job in jobs]
    measured = [_checked(entry, jobs, expected, days) for entry in entries]
    for _ in range(rounds):
        for one in measured:
            one.times.append(_timed(one.entry, jobs))
    return measured


def _checked(entry: Entry, jobs: list[Job], expected: list[date], days: Days) -> Measured:
    right = sum(answer == due for answer, due in zip(_answers(entry, jobs), expected, strict=True))
    wrong_on = []
    for day in map(date.fromisoformat, sorted(_SWAPPED_OFF + _MADE_WORKING)):
        about = _about(day)
        if _answers(entry, about) != [days.due(job) for job in about]:
            wrong_on.append(f"{day.day}/{day.month}/{day.year}")
    return Measured(entry, right, wrong_on, [])


def _answers(entry: Entry, jobs: Sequence[Job]) -> list[date]:
    return entry.read(entry.run(entry.prepare(jobs)))


def _timed(entry: Entry, jobs: Sequence[Job]) -> float:
    """µs for a job; what is prepared and thrown away does not count."""
    given = entry.prepare(jobs)
    gc.collect()
    gc.disable()
    began = time.perf_counter()
    deque(entry.run(given), maxlen=0)
    took = time.perf_counter() - began
    gc.enable()
    return took / len(jobs) * 1e6


def _head(count: int, rounds: int) -> None:
    names = ("numpy", "pandas", "holidays", "workalendar", "python-dateutil")
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    machine = f"{platform.machine()}, {_processor()}, {os.cpu_count()} cores{load}"
    print(f"{datetime.now(UTC):%Y-%m-%d} · Python {platform.python_version()} · {machine}")
    print(" · ".join(f"{name} {version(name)}" for name in names))
    print(f"{count:,} jobs one at a time, {_MANY:,} at once (seed 7): 1–30 working days from any day {_FIRST}–{_LAST}")
    print(f"µs for a job: median of {rounds} rounds (min–max). ×: as many times ours, by medians / by minima")


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text("utf-8").splitlines() if told.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _table(title: str, measured: list[Measured], bases: dict[str, Measured]) -> None:
    head = ("what", "what it can be told", "µs", *bases, "right", "wrong on")
    print(f"\n{title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for one in measured:
        ratios = [_ratio(one, base) for base in bases.values()]
        wrong = ", ".join(one.wrong_on) or "–"
        cells = (one.entry.name, one.entry.told, _spread(one.times), *ratios, f"{one.right:,}", wrong)
        print(f"| {' | '.join(cells)} |")


def _ratio(one: Measured, base: Measured) -> str:
    return f"{one.middle / base.middle:.3g} / {min(one.times) / min(base.times):.3g}"


def _spread(times: list[float]) -> str:
    return f"{statistics.median(times):.3g} ({min(times):.3g}–{max(times):.3g})"


def _spans(count: int, rounds: int) -> None:
    """What the length of the limit costs: the same receipts with each limit, and bytecodes of one first call."""
    jobs = _jobs(count, *_SPAN_YEARS)
    print("| `deadline()`, never asked before | µs | bytecodes |\n|---|---|---|")
    same = {n: [replace(job, limit=n) for job in jobs] for n in _SPANS}
    entry = _ours()[0]
    times: dict[int, list[float]] = {n: [] for n in _SPANS}
    for _ in range(rounds):
        for n in _SPANS:
            times[n].append(_timed(entry, same[n]))
    for n in _SPANS:
        print(f"| {n} working days | {_spread(times[n])} | {_bytecodes(same[n][0])} |")


def _bytecodes(job: Job) -> int:
    """How many instructions of the interpreter one call takes."""
    calendar, received, count = _fresh(), _received(job), 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes = True
        count += event == "opcode"
        return trace

    sys.settrace(trace)
    deadline(received, _RULES[job.limit], (), calendar)
    sys.settrace(None)
    return count


def _compiling(rounds: int) -> None:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        calendar = _fresh()
        times.append((time.perf_counter() - began) * 1000)
    years = f"{calendar.first.year}–{calendar.last.year}"
    print(
        f"\nCompiling the calendar {years}, once: {statistics.median(times):.1f} ms ({min(times):.1f}–{max(times):.1f})"
    )


if __name__ == "__main__":
    main()
