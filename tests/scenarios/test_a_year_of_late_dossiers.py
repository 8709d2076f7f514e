"""The simulated year that `tests.bench.late_share` measures: nothing is lost in it, and its seed tells all of it."""

from __future__ import annotations

from datetime import date

import pytest

from tests.bench.late_desk import UnitDesk
from tests.bench.late_share import POLICIES, figures
from tests.bench.late_year import OFFICERS, Year, draw_year

FIRST, LAST = date(2026, 2, 2), date(2026, 3, 6)


@pytest.fixture(scope="module")
def year() -> Year:
    """Five weeks with Tết and the leave beside it, more work than there are hours."""
    return drawn("7")


def drawn(seed: str) -> Year:
    return draw_year(seed, 1.1, FIRST, LAST)


@pytest.fixture(scope="module")
def lived(year: Year) -> dict[str, UnitDesk]:
    return {name: policy(year).live() for name, policy in POLICIES.items()}


def test_the_same_seed_draws_the_same_year(year: Year) -> None:
    again, other = drawn("7"), drawn("8")
    assert (again.arrivals, again.away) == (year.arrivals, year.away)
    assert other.arrivals != year.arrivals


def test_every_policy_meets_the_same_dossiers(year: Year, lived: dict[str, UnitDesk]) -> None:
    names = {one.id for one in year.arrivals}
    assert len(names) == len(year.arrivals) > 300
    for desk in lived.values():
        assert {case.came.id for case in desk.cases.values()} == names == set(desk.cases)
        assert all(case.came is came for case, came in zip(desk.cases.values(), year.arrivals, strict=True))


@pytest.mark.parametrize("name", POLICIES)
def test_a_dossier_is_done_once_or_still_open(name: str, lived: dict[str, UnitDesk]) -> None:
    desk = lived[name]
    for case in desk.cases.values():
        queued = [who for who in OFFICERS if case.id in desk.queues[who]]
        assert (case.done is None) == (case.id in desk.open)
        assert queued == ([] if case.done or case.waits else [case.owner])
        assert case.done is None or case.done > case.received_at
    assert 0 < len(desk.open) < len(desk.cases)


@pytest.mark.parametrize("name", POLICIES)
def test_hours_worked_are_those_that_dossiers_took(name: str, lived: dict[str, UnitDesk]) -> None:
    desk = lived[name]
    took = sum(
        sum(case.came.steps if case.done else case.came.steps[: case.step + 1]) - (0 if case.done else case.left)
        for case in desk.cases.values()
    )
    assert desk.worked == took <= desk.present


@pytest.mark.parametrize("name", POLICIES)
def test_a_year_lived_again_is_the_same(name: str, lived: dict[str, UnitDesk], year: Year) -> None:
    again = POLICIES[name](year).live()
    assert figures(again) == figures(lived[name])
    assert {case.id: case.done for case in again.cases.values()} == {
        case.id: case.done for case in lived[name].cases.values()
    }
