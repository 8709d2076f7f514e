"""However three to five desks interleave, crash and lose files: once the faults stop, they are one station."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.faults.chaos import AT_LARGE, ROWS, Chaos
from tests.faults.lines import ON_CALL
from tests.faults.oracles import check, converge
from tests.faults.world import Seat, World
from tests.postgres import new_database

RANDOM = st.randoms(use_true_random=False)
SEATS = st.integers(0, 5)
CALLS = st.integers(0, 12)


class Station(RuleBasedStateMachine):
    """The simulator's world, with Hypothesis choosing what happens next."""

    hubs: tuple[str, ...]
    server: str

    @initialize(desks=st.integers(3, 5))
    def begin(self, desks: int) -> None:
        database = new_database(self.server) if "postgresql" in self.hubs else ""
        self.world = World(Random(0), desks, self.hubs, database)
        self.later: list[tuple[float, int, Callable[[], None]]] = []
        self.chaos = Chaos(self.world, self._later, frozenset(ROWS))
        self.chaos.on = set(ROWS)

    @rule(rng=RANDOM, which=SEATS)
    def works(self, rng: Random, which: int) -> None:
        self._chosen_by(rng)
        self.world.work(self._seat(which))

    @rule(rng=RANDOM, which=SEATS, hub=st.integers(0, 1))
    def exchanges(self, rng: Random, which: int, hub: int) -> None:
        self._chosen_by(rng)
        seat = self._seat(which)
        self.world.exchange(seat, self._hub(seat, hub), {})

    @rule(
        rng=RANDOM, which=SEATS, hub=st.integers(0, 1), kind=st.sampled_from(sorted(ON_CALL)), call=st.integers(0, 12)
    )
    def exchanges_over_a_bad_line(self, rng: Random, which: int, hub: int, kind: str, call: int) -> None:
        self._chosen_by(rng)
        seat = self._seat(which)
        self.world.exchange(seat, self._hub(seat, hub), {kind: call})

    @rule(rng=RANDOM, which=SEATS, hub=st.integers(0, 1), events=st.integers(0, 20))
    def dies_half_way(self, rng: Random, which: int, hub: int, events: int) -> None:
        self._chosen_by(rng)
        seat = self._seat(which)
        self.world.exchange(seat, self._hub(seat, hub), {}, events)

    @rule(rng=RANDOM, kind=st.sampled_from(sorted(AT_LARGE)))
    def something_happens(self, rng: Random, kind: str) -> None:
        self._chosen_by(rng)
        self.chaos.do(kind)

    @rule(minutes=st.sampled_from([1, 30, 300, 3000]))
    def time_passes(self, minutes: int) -> None:
        self.world.t += 60 * minutes
        due = sorted(one for one in self.later if one[0] <= self.world.t)
        self.later = [one for one in self.later if one[0] > self.world.t]
        for _, _, what in due:
            what()

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        try:
            self._chosen_by(Random(0))
            self.chaos.stop()
            converge(self.world)
            check(self.world, thorough=True)
        finally:
            self.world.close()

    def _chosen_by(self, rng: Random) -> None:
        self.world.rng = self.chaos.rng = rng

    def _seat(self, which: int) -> Seat:
        return self.world.seats[which % len(self.world.seats)]

    def _hub(self, seat: Seat, which: int) -> str:
        return sorted(seat.hubs)[which % len(seat.hubs)]

    def _later(self, seconds: float, what: Callable[[], None]) -> None:
        self.later.append((self.world.t + seconds, len(self.later), what))


HUBS = [("folder",), ("memory",), ("folder", "memory"), ("postgresql",), ("postgresql", "folder")]


@pytest.mark.parametrize("hubs", HUBS, ids="+".join)
def test_desks_always_end_as_one_station(hubs: tuple[str, ...], postgres: str) -> None:
    machine = type("Station", (Station,), {"hubs": hubs, "server": postgres})
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            derandomize=True,  # the gate is no lottery; other histories are the simulator's, by seed
            phases=[Phase.generate],
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=checks,
        ),
    )
