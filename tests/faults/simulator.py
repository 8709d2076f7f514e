"""Random histories of desks, hubs and faults in virtual time; a seed reproduces its history exactly.

python -m tests.faults.simulator --histories 10000 --seed 1 --jobs 2 --hub both
python -m tests.faults.simulator --replay 4711 --hub folder
"""

from __future__ import annotations

import argparse
import heapq
import statistics
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from random import Random

from tests.faults.chaos import ROWS, Chaos
from tests.faults.lines import Weather
from tests.faults.oracles import check, converge
from tests.faults.world import Seat, Violated, World

STEPS = 200
KINDS = frozenset(ROWS)
HUBS = {"folder": (("folder",), ("folder", "folder2")), "memory": (("memory",), ("memory", "memory2"))}
TOLD_EVERY = 250
_THOROUGH = 50


@dataclass(slots=True)
class History:
    """How one history went. `problem`: the invariant that was violated, or what was raised."""

    seed: int
    hub: str
    steps: int = 0
    desks: int = 0
    rounds: int = 0
    conflicts: int = 0
    digest: str = ""
    problem: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    fired: Counter[str] = field(default_factory=Counter)
    trace: list[str] = field(default_factory=list)


class Simulation:
    """One history: a heap of (virtual second, number, what happens)."""

    def __init__(self, seed: int, hub: str, kinds: frozenset[str], steps: int) -> None:
        self.rng = Random(f"{hub} {seed}")
        self.history = History(seed, hub)
        self.steps = steps
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._number = 0
        hubs = HUBS[hub][self.rng.random() < 0.25]
        self.history.desks = self.rng.choice((3, 3, 3, 4))
        self.world = World(self.rng, self.history.desks, hubs)
        self.chaos = Chaos(self.world, self.later, kinds)
        self._pace = self.rng.choice((300.0, 600.0, 1500.0))
        if len(hubs) == 2:
            self._spread(hubs)
        for seat in self.world.seats:
            seat.is_told_its_hubs()

    def later(self, seconds: float, what: Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self._heap, (self.world.t + seconds, self._number, what))

    def run(self) -> None:
        """At least so many steps, then the faults stop, everyone exchanges, and everything is looked at."""
        for seat in list(self.world.seats):
            self._begin(seat)
        self._again(400.0, self.chaos.strike)
        while self.history.steps < self.steps:
            at, _, what = heapq.heappop(self._heap)
            self.world.t = max(self.world.t, at)
            what()
        self.chaos.stop()
        self.history.rounds = converge(self.world)
        check(self.world, thorough=self.history.seed % _THOROUGH == 0)

    def _begin(self, seat: Seat) -> None:
        self._again(200.0, lambda: self.world.work(seat))
        self._again(self._pace, lambda: self._exchange(seat))

    def _again(self, mean: float, what: Callable[[], None]) -> None:
        """A step now and then for as long as the history lasts."""

        def step() -> None:
            self.history.steps += 1
            known = len(self.world.seats)
            what()
            for seat in self.world.seats[known:]:
                self._begin(seat)
            self.later(self.rng.expovariate(1 / mean), step)

        self.later(self.rng.expovariate(1 / mean), step)

    def _exchange(self, seat: Seat) -> None:
        hub = self.rng.choice(sorted(seat.hubs))
        self.world.exchange(seat, hub, self.chaos.armed(), self.chaos.dies_after())

    def _spread(self, hubs: tuple[str, ...]) -> None:
        """The first desk knows both hubs, each other one at least one of them."""
        for seat in self.world.seats[1:]:
            known = self.rng.choice((hubs, hubs[:1], hubs[1:]))
            seat.hubs = {name: seat.hubs[name] for name in known}
            seat.weather = {name: Weather() for name in known}


def run_history(
    seed: int, hub: str, *, kinds: frozenset[str] = KINDS, steps: int = STEPS, traced: bool = False
) -> History:
    """One history; what goes wrong in it stands in `problem`."""
    simulation = Simulation(seed, hub, kinds, steps)
    history, world = simulation.history, simulation.world
    if traced:
        world.log = history.trace
    try:
        simulation.run()
    except Violated as error:
        history.problem = str(error)
    except Exception as error:
        history.problem = f"{type(error).__name__}: {error}"
        if traced:
            history.trace += traceback.format_exc().splitlines()
    finally:
        history.conflicts = max(_conflicts(seat) for seat in world.seats) + world.counts["resolved"]
        world.close()
    history.digest = world.trace.hexdigest()
    history.counts, history.fired = world.counts, world.fired
    return history


def _conflicts(seat: Seat) -> int:
    return int(seat.desk.connection.execute("SELECT count(*) FROM dossier WHERE in_conflict = 1").fetchone()[0])


def _one(work: tuple[int, str]) -> History:
    return run_history(*work)


def run_many(first: int, count: int, hubs: list[str], jobs: int) -> Iterator[History]:
    """Histories by seed, the hubs in turn, as they are done."""
    work = [(first + number, hubs[number % len(hubs)]) for number in range(count)]
    if jobs == 1:
        yield from map(_one, work)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(_one, work, chunksize=10)


@dataclass(slots=True)
class Totals:
    """What many histories came to."""

    histories: int = 0
    steps: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[History] = field(default_factory=list)
    kinds: list[int] = field(default_factory=list)
    conflicts: list[int] = field(default_factory=list)
    rounds: Counter[int] = field(default_factory=Counter)
    in_histories: Counter[str] = field(default_factory=Counter)
    times: Counter[str] = field(default_factory=Counter)

    def add(self, history: History) -> None:
        self.histories += 1
        self.steps += history.steps
        self.counts += history.counts
        self.kinds.append(len(history.fired))
        self.conflicts.append(history.conflicts)
        self.rounds[history.rounds] += 1
        self.in_histories.update(history.fired.keys())
        self.times.update(history.fired)
        if history.problem:
            self.problems.append(history)

    def violated(self, *names: str) -> int:
        """How many histories ended in a violation of one of these invariants."""
        return sum(history.problem.split(":")[0] in names for history in self.problems)

    def verdict(self) -> str:
        """The figures that must be none."""
        others = len(self.problems) - self.violated("I1", "I2", "I3")
        return (
            f"lost {self.violated('I1')} · doubled {self.violated('I2')} · diverged {self.violated('I3')}"
            f" · other violations {others}"
        )

    def lines(self) -> Iterator[str]:
        """The totals, and the table of coverage by row of the fault matrix."""
        yield (
            f"histories {self.histories:,} · steps {self.steps:,} · events {self.counts['events']:,}"
            f" · exchanges {self.counts['exchanges']:,}"
        )
        yield self.verdict()
        yield (
            f"kinds of fault fired in the median history {statistics.median(self.kinds):g}"
            f" · conflicts {statistics.median(self.conflicts):g} · rounds to rest {dict(sorted(self.rounds.items()))}"
        )
        yield f"{'row':>4}  {'fault':<24}{'histories':>10}{'times':>10}"
        for kind, row in sorted(ROWS.items(), key=lambda one: (one[1], one[0])):
            yield f"{row:>4}  {kind:<24}{self.in_histories[kind]:>10,}{self.times[kind]:>10,}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--hub", choices=(*HUBS, "both"), default="both")
    parser.add_argument("--replay", type=int)
    args = parser.parse_args()
    hubs = list(HUBS) if args.hub == "both" else [args.hub]
    if args.replay is not None:
        for hub in hubs:
            history = run_history(args.replay, hub, traced=True)
            print(*history.trace, history.digest, history.problem or "holds", sep="\n")
        return 0
    totals, begun = Totals(), time.monotonic()
    for history in run_many(args.seed, args.histories, hubs, args.jobs):
        totals.add(history)
        if history.problem:
            print(f"seed {history.seed} --hub {history.hub}: {history.problem}", flush=True)
        if totals.histories % TOLD_EVERY == 0:
            seconds = time.monotonic() - begun
            print(
                f"{totals.histories:,} of {args.histories:,} in {seconds:.0f} s · {totals.verdict()}", file=sys.stderr
            )
    print(*totals.lines(), sep="\n")
    print(f"{time.monotonic() - begun:.0f} s", file=sys.stderr)
    return 1 if totals.problems else 0


if __name__ == "__main__":
    sys.exit(main())
