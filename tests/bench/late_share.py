"""The share of late dossiers in a year of one unit, under several ways to work on the same arrivals.

    python -m tests.bench.late_share [--seeds 5] [--loads 85 95 105]

Six officers work the hours of the unit's roster, with leave, illness and the year's days off; each owns what he takes
in. A load is the true work that comes over the hours that there are for it. Policies: first come first served and by
due date, each officer for himself; the product's order, alone and with what the product's forecast proposes each
morning: moves of dossiers, papers asked for early and, apart because it adds hours, overtime. Beside them one queue for
all by due date, as if nobody owned anything. Then again with the law's letters: whoever's date has passed gets an
apology and a new appointment on the next morning, by which the dossier stands in the queue from then on; late it stays.
How all this is drawn: `tests.bench.late_year`.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.bench.late_desk import UnitDesk
from tests.bench.late_mends import ByLaw, Mending, by_due, by_receipt
from tests.bench.late_year import Year, draw_year

POLICIES: dict[str, Callable[[Year], UnitDesk]] = {
    "first come, first served": lambda year: UnitDesk(year, by_receipt),
    "by due date": lambda year: UnitDesk(year, by_due),
    "our order": lambda year: UnitDesk(year, ByLaw(year.ground)),
    "our order, moves": lambda year: _ours(year, Mending()),
    "our order, moves, papers asked for early": lambda year: _ours(year, Mending(asks=True)),
    "the same and overtime": lambda year: _ours(year, Mending(asks=True, overtime=True)),
    "one queue for all, by due date": lambda year: UnitDesk(year, by_due, together=True),
    "letters: by due date": lambda year: UnitDesk(year, by_due, _letters()),
    "letters: our order": lambda year: _ours(year, _letters()),
    "letters: our order, moves, papers": lambda year: _ours(year, Mending(asks=True, apologises=True)),
    "letters: the same and overtime": lambda year: _ours(year, Mending(asks=True, overtime=True, apologises=True)),
}


def _ours(year: Year, leader: Mending) -> UnitDesk:
    return UnitDesk(year, ByLaw(year.ground), leader)


def _letters() -> Mending:
    return Mending(moves=False, apologises=True)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of a year that was lived. `late`: dossiers whose limit passed before their end, or before the year's; each owes
    an apology. `days`: how late they were, in working days; `idle`: hours for dossiers in which nothing was there."""

    came: int
    done: int
    late: int
    mean_days: float
    most_days: int
    idle: float
    moved: int
    asked: int
    half_days: int

    @property
    def share(self) -> float:
        """In per cent."""
        return 100 * self.late / self.came


def figures(desk: UnitDesk) -> Figures:
    """What came of a year."""
    year = desk.year
    clock = year.ground.calendar.clock
    end = clock.at(year.last.toordinal() + 1, 0) - 1
    ends = ((case, clock.moment(end if case.done is None else case.done)) for case in desk.cases.values())
    late = [days for case, at in ends if (days := case.late(at, year)) is not None]
    leader = desk.leader
    return Figures(
        came=len(desk.cases),
        done=len(desk.cases) - len(desk.open),
        late=len(late),
        mean_days=statistics.fmean(late) if late else 0.0,
        most_days=max(late, default=0),
        idle=(desk.present - desk.worked) * float(year.ground.share) / 3600,
        moved=desk.moved,
        asked=desk.asks,
        half_days=leader.half_days if isinstance(leader, Mending) else 0,
    )


_COLUMNS = ("late, %", "apologies", "days late", "most", "open", "idle hours", "moves", "asked", "half days")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, default=5)
    options.add_argument("--loads", type=int, nargs="+", default=[85, 95, 105])
    args = options.parse_args()
    print(f"{datetime.now(UTC):%Y-%m-%d} · Python {platform.python_version()} · {args.seeds} seeds")
    for load in args.loads:
        began = time.perf_counter()
        years = [draw_year(f"{seed}/{load}", load / 100) for seed in range(1, args.seeds + 1)]
        came = [len(year.arrivals) for year in years]
        print(f"\nload {load} %: {min(came):,}–{max(came):,} dossiers a year")
        print(f"| | {' | '.join(_COLUMNS)} |")
        print("|---" * (len(_COLUMNS) + 1) + "|")
        for name, policy in POLICIES.items():
            _report(name, [figures(policy(year).live()) for year in years])
        print(f"({time.perf_counter() - began:.0f} s)")


def _report(name: str, found: Sequence[Figures]) -> None:
    cells = [
        _spread([one.share for one in found], 1),
        _spread([one.late for one in found]),
        _spread([one.mean_days for one in found], 1),
        _spread([one.most_days for one in found]),
        _spread([one.came - one.done for one in found]),
        _spread([one.idle for one in found]),
        _spread([one.moved for one in found]),
        _spread([one.asked for one in found]),
        _spread([one.half_days for one in found]),
    ]
    print(f"| {name} | {' | '.join(cells)} |", flush=True)


def _spread(values: Sequence[float], digits: int = 0) -> str:
    """Median and range; one number where they are the same."""
    middle, low, high = (f"{one:,.{digits}f}" for one in (statistics.median(values), min(values), max(values)))
    return middle if low == high else f"{middle} ({low}–{high})"


if __name__ == "__main__":
    main()
