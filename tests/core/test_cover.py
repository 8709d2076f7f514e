"""Absence cover: what falls due goes to those who have the hours, and nobody is late for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cover import Absence, Cover, Workload, cover, slack

TODAY = date(2026, 11, 30)  # a Monday
EIGHT = Fraction(8)


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def week(hours: int = 8) -> dict[date, Fraction]:
    return {day(number): Fraction(hours) for number in range(5)}


def workload(dues: Mapping[str, Mapping[str, int]], free: Mapping[str, int], hours: Fraction = Fraction(2)) -> Workload:
    """Dossiers by the number of their due day, each of two hours; officers by their hours a day."""
    days = {one: {dossier: day(number) for dossier, number in known.items()} for one, known in dues.items()}
    work = {dossier: hours for known in dues.values() for dossier in known}
    return Workload(days, work, {one: week(more) for one, more in free.items()})


AWAY = Absence("a", day(1), day(2))
FREE = {"a": 8, "b": 8, "c": 8}


@pytest.mark.parametrize(
    ("absence", "covered"),
    [
        (AWAY, ["d1", "d2"]),
        (Absence("a", day(0), day(2)), ["late", "d0", "d1", "d2"]),  # it has begun: what is late can't wait
        (Absence("a", day(3), day(9)), ["d3"]),
        (Absence("b", day(0), day(9)), []),
    ],
)
def test_what_falls_due_while_the_officer_is_away_is_covered(absence: Absence, covered: list[str]) -> None:
    mine = {"late": -2, "d0": 0, "d1": 1, "d2": 2, "d3": 3}
    found = cover(absence, TODAY, workload({"a": mine}, FREE))
    assert [dossier for dossier, _ in found.given] == covered and found.left == ()
    assert absence.officer not in {to for _, to in found.given}


def test_equal_officers_get_equal_shares() -> None:
    found = cover(AWAY, TODAY, workload({"a": {f"d{n}": 2 for n in range(6)}}, FREE))
    assert [to for _, to in found.given] == ["b", "c", "b", "c", "b", "c"]


def test_who_has_dossiers_of_their_own_gets_fewer() -> None:
    own = {f"b{n}": 2 for n in range(4)}
    found = cover(AWAY, TODAY, workload({"a": {"x": 2, "y": 2}, "b": own}, FREE))
    assert found == Cover((("x", "c"), ("y", "c")), ())


def test_a_later_due_day_of_ones_own_is_kept_free_too() -> None:
    """Sixteen hours until the due day, but forty of its own by Friday take all of them."""
    own = {f"b{n}": 4 for n in range(20)}
    found = cover(AWAY, TODAY, workload({"a": {"x": 1}, "b": own}, {"a": 8, "b": 8}))
    assert found == Cover((), ("x",))


def test_nobody_with_free_hours_leaves_it_to_be_told() -> None:
    mine = {f"d{n:02}": 1 for n in range(20)}
    found = cover(AWAY, TODAY, workload({"a": mine}, FREE))
    assert len(found.given) == 16 and found.left == ("d16", "d17", "d18", "d19")


def test_a_proof_that_is_passed_in_has_the_last_word() -> None:
    asked = []

    def holds(officer: str, dossiers: tuple[str, ...]) -> bool:
        asked.append((officer, dossiers))
        return officer == "c" and len(dossiers) < 3

    found = cover(AWAY, TODAY, workload({"a": {"x": 1, "y": 1, "z": 2}}, FREE), holds)
    assert found == Cover((("x", "c"), ("y", "c")), ("z",))
    assert asked[0] == ("b", ("x",)) and ("c", ("x", "y", "z")) in asked


def late(dues: Mapping[str, date], work: Mapping[str, Fraction], hours: Mapping[date, Fraction]) -> bool:
    """Whether working the earliest due first, day by day, leaves something undone on its day."""
    left = {dossier: work[dossier] for dossier in dues}
    last = max((*hours, *dues.values()), default=TODAY)
    for now in (day(number) for number in range((last - TODAY).days + 1)):
        rest = hours.get(now, Fraction(0))
        for dossier in sorted(dues, key=lambda one: dues[one]):
            done = min(rest, left[dossier])
            left[dossier], rest = left[dossier] - done, rest - done
        if any(left[one] > 0 for one, due in dues.items() if max(due, TODAY) <= now):
            return True
    return False


NAMES = ("a", "b", "c", "d")
STATIONS = st.fixed_dictionaries(
    {
        one: st.tuples(
            st.lists(st.tuples(st.integers(-1, 6), st.integers(0, 6)), max_size=6),
            st.lists(st.integers(0, 8), min_size=7, max_size=7),
        )
        for one in NAMES
    }
)


@given(STATIONS, st.integers(0, 3), st.integers(0, 4))
def test_nobody_who_was_in_time_becomes_late_by_covering(
    station: dict[str, tuple[list[tuple[int, int]], list[int]]], begins: int, lasts: int
) -> None:
    dues = {one: {f"{one}{n}": day(due) for n, (due, _) in enumerate(jobs)} for one, (jobs, _) in station.items()}
    work = {f"{one}{n}": Fraction(more, 2) for one, (jobs, _) in station.items() for n, (_, more) in enumerate(jobs)}
    hours = {one: {day(n): Fraction(more) for n, more in enumerate(days)} for one, (_, days) in station.items()}
    absence = Absence("a", day(begins), day(begins + lasts))
    found = cover(absence, TODAY, Workload(dues, work, hours))
    wanted = {
        dossier for dossier, due in dues["a"].items() if due <= absence.last and (due >= absence.first or begins == 0)
    }
    assert sorted([dossier for dossier, _ in found.given] + [*found.left]) == sorted(wanted)
    after = {one: dict(known) for one, known in dues.items()}
    for dossier, to in found.given:
        assert to != "a"
        after[to][dossier] = after["a"].pop(dossier)
    for one in NAMES[1:]:
        if not late(dues[one], work, hours[one]):
            assert not late(after[one], work, hours[one])
        for dossier in found.left:
            more = {**after[one], dossier: dues["a"][dossier]}
            assert work[dossier] > slack(dues["a"][dossier], TODAY, after[one], work, hours[one])
            assert late(more, work, hours[one])
