"""How many dossiers come on which day, at which desk and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from storage.demo.applicants import Request
from storage.demo.exceptions import outage_day
from storage.demo.scene import Scene
from storage.demo.stories import ordinary
from storage.demo.world import World

_THIN = 0.12
"""What came before the full months, in proportion to what came in them."""


@dataclass(slots=True)
class Arrivals:
    """Ordinary dossiers spread over the working days `first` … today, none after `last`; few of them before `full`."""

    scene: Scene
    first: int
    full: int
    last: datetime
    total: int
    _counts: dict[int, int] = field(default_factory=dict)

    def days(self) -> Iterator[int]:
        """The working days, with their share of the total settled."""
        hours, today = self.scene.hours, self.scene.today
        weights = {day: float(hours.weight(day)) for day in range(self.first, today + 1) if hours.weight(day)}
        if hours.day_of(self.scene.at) == today:
            weights[today] *= hours.passed(self.last)
        thin = sum(weight for day, weight in weights.items() if day < self.full)
        rest = sum(weights.values()) - thin
        weights |= {day: weight * _THIN * rest / thin for day, weight in weights.items() if day < self.full}
        self._counts = _shared_out(self.total, weights)
        yield from weights

    def count(self, day: int) -> int:
        return self._counts[day]

    def come(self, world: World, day: int) -> None:
        """Everybody who comes on the day."""
        left = self._counts[day]
        while left:
            at, desk = self._moment(day), int(self.scene.random.random() < 0.45)
            visit = list(self.scene.requests.visit(date.fromordinal(day), left))
            left -= len(visit)
            group = {"visit": world.new_id(desk, at), "ticket": self._ticket()} if len(visit) > 1 else {}
            for number, request in enumerate(visit):
                request.facts.update(group)
                self._tell(world, desk, request, at + timedelta(minutes=4 * number))

    def _tell(self, world: World, desk: int, request: Request, at: datetime) -> None:
        at = min(at, self.last)
        if desk == 1 and self._in_outage(at):
            after = self.scene.hours.later(self.scene.hours.at_share(outage_day(self.scene), 0.51), 10)
            world.tell(ordinary(self.scene, desk, request, after, at), desk)
        else:
            world.tell(ordinary(self.scene, desk, request, at), desk)

    def _moment(self, day: int) -> datetime:
        for _ in range(40):
            at = self.scene.hours.arrival(day)
            if at <= self.last:
                return at
        return self.scene.hours.at_share(day, 0.01)

    def _in_outage(self, at: datetime) -> bool:
        hours, day = self.scene.hours, outage_day(self.scene)
        return hours.at_share(day, 0.12) <= at <= hours.at_share(day, 0.5)

    def _ticket(self) -> str:
        return f"{self.scene.random.choice('ABC')}{self.scene.random.randrange(1, 200):03}"


def _shared_out(total: int, weights: dict[int, float]) -> dict[int, int]:
    """Whole numbers in proportion to the weights, their sum exactly the total."""
    whole = sum(weights.values())
    counts: dict[int, int] = {}
    given, passed = 0, 0.0
    for day, weight in weights.items():
        passed += weight
        counts[day] = round(total * passed / whole) - given
        given += counts[day]
    return counts
